"""Near misses are told from true pairs as well as they were: the floors of tests/bench/floors.json."""

import json
from pathlib import Path

import pytest

from bench import quality

FLOORS = json.loads((Path(quality.__file__).parent / "floors.json").read_text("utf-8"))["near_misses"]

pytestmark = pytest.mark.skipif(
    not quality.DATA.exists(), reason=f"needs the shared data in {quality.DATA.parent.name}/data"
)


@pytest.fixture(scope="module")
def numbers() -> dict[str, float]:
    return quality.near_misses()


@pytest.mark.parametrize("name", FLOORS)
def test_no_number_is_below_its_floor(numbers: dict[str, float], name: str) -> None:
    assert numbers[name] >= FLOORS[name]
