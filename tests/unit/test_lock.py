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


def test_every_licence_is_stated() -> None:
    command = [sys.executable, str(ROOT / ".ci" / "licences.py")]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line for line in listed if line.endswith("\tnot stated")] == []
    assert any(line.startswith("Flask\t") for line in listed)
    assert any(line.startswith("wxt\t") for line in listed)
