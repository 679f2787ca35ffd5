"""The lock file pins what pyproject.toml names, by hash; servers install from it, and each licence is known."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_every_dependency_but_those_of_training_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    named = [*project["dependencies"], *extras["dev"], *extras["postgres"], *extras["redis"]]
    pinned = {name_of(line) for line in LOCK.splitlines() if re.match(r"[a-z0-9]", line)}
    assert {name_of(requirement) for requirement in named} <= pinned, "run `make lock`"


def test_every_pin_has_a_hash_and_no_address() -> None:
    pins = re.findall(
        r"^[a-z0-9][^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", LOCK, re.MULTILINE
    )
    assert len(pins) == len(re.findall(r"^[a-z0-9]", LOCK, re.MULTILINE)) > 100
    assert "://" not in LOCK


def test_every_package_of_the_extension_has_a_hash_and_no_address() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    packages = [about for place, about in locked.items() if place]
    assert len(packages) > 100
    assert all(about["integrity"].startswith("sha512-") for about in packages)
    assert not any("resolved" in about for about in packages)


def test_a_server_installs_what_is_pinned_and_nothing_else() -> None:
    manual = (ROOT / "docs" / "OPERATING.md").read_text("utf-8")
    locked, *others = re.findall(r"^    \S*pip install (.*)$", manual, re.MULTILINE)
    assert locked == "--require-hashes --requirement requirements.lock"
    assert others
    assert all("--no-deps" in other for other in others)


def test_the_bills_of_materials_name_everything_with_its_version(tmp_path: Path) -> None:
    # As `make sbom`, but for the setup: it would ask the package registries.
    command = ["make", "--old-file=setup", "sbom", f"VENV={sys.prefix}", f"DIST={tmp_path}"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extension = json.loads((ROOT / "package.json").read_text("utf-8"))
    for name, kind, expected in (
        ("service", "pypi", {name_of(requirement) for requirement in project["dependencies"]}),
        ("extension", "npm", set(extension["devDependencies"])),
    ):
        bill = json.loads((tmp_path / f"sbom-{name}.cdx.json").read_text("utf-8"))
        assert (bill["bomFormat"], bill["specVersion"][:2]) == ("CycloneDX", "1.")
        packages = [one for one in bill["components"] if one.get("purl", "").startswith(f"pkg:{kind}/")]
        assert expected <= {one["name"] if kind == "npm" else name_of(one["name"]) for one in packages}
        assert len(packages) > 100
        assert all(one["version"] for one in packages)
        refs = {
            bill["metadata"].get("component", {}).get("bom-ref"),
            *(one["bom-ref"] for one in bill["components"]),
        }
        assert {dependency["ref"] for dependency in bill["dependencies"]} <= refs


def test_every_licence_is_stated() -> None:
    command = [sys.executable, str(ROOT / ".ci" / "licences.py")]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line for line in listed if line.endswith("\tnot stated")] == []
    assert any(line.startswith("Flask\t") for line in listed)
    assert any(line.startswith("wxt\t") for line in listed)
