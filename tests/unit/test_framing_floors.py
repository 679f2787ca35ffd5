"""Framing by rules stays as right as it was, on every labelled set: the floors of tests/bench/floors.json."""

import json
from pathlib import Path

import pytest

from bench import framing

FLOORS = json.loads((Path(framing.__file__).parent / "floors.json").read_text("utf-8"))["framing"]

pytestmark = pytest.mark.skipif(
    not framing.DATA.exists(), reason=f"needs the shared data in {framing.DATA.parent.name}/data"
)


@pytest.fixture(scope="module")
def numbers() -> dict[str, float]:
    return framing.run()


@pytest.mark.parametrize("name", FLOORS)
def test_no_number_is_below_its_floor(numbers: dict[str, float], name: str) -> None:
    assert numbers[name] >= FLOORS[name]
