"""Lists the licence of everything that the service and the extension are built from."""

import json
import re
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
# As their LICENSE files say: the fields that are read here are empty.
READ = {"atheris": "Apache-2.0", "is-relative": "MIT", "os-shim": "MIT"}


def main() -> None:
    python = {(d.metadata["Name"], d.version, of_distribution(d)) for d in distributions()}
    for title, found in (("Python", python), ("Node", set(node_packages()))):
        print(f"# {title}: {len(found)} packages")
        for name, version, licence in sorted(found, key=lambda row: row[0].lower()):
            print(
                f"{name}\t{version}\t{READ.get(name, 'not stated') if licence == 'not stated' else licence}"
            )


def of_distribution(distribution: Distribution) -> str:
    """The licence as a package states it: expression, classifier, or first line of the free text."""
    about = distribution.metadata
    classified = [c.split(" :: ")[-1] for c in about.get_all("Classifier", []) if c.startswith("License")]
    stated = about["License-Expression"] or "; ".join(classified) or (about["License"] or "").strip()
    return stated.splitlines()[0][:80] if stated else "not stated"


def node_packages() -> list[tuple[str, str, str]]:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    return [
        (re.sub(r"^.*node_modules/", "", path), entry.get("version", ""), entry.get("license", "not stated"))
        for path, entry in lock["packages"].items()
        if path
    ]


if __name__ == "__main__":
    main()
