"""The lock file pins what pyproject.toml names, by hash, and says nothing of where it comes from."""

import re
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
