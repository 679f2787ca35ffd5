"""Notes on labelled news pages stay as right as they were: the floors of tests/bench/floors.json."""

import json
from pathlib import Path

import pytest

from bench import quality

FLOORS = json.loads((Path(quality.__file__).parent / "floors.json").read_text("utf-8"))["pages"]

pytestmark = pytest.mark.skipif(
    not quality.DATA.exists(), reason=f"needs the shared data in {quality.DATA.parent.name}/data"
)


@pytest.fixture(scope="module")
def numbers() -> dict[str, float]:
    return quality.pages()


@pytest.mark.parametrize("name", FLOORS)
def test_no_number_is_below_its_floor(numbers: dict[str, float], name: str) -> None:
    assert numbers[name] >= FLOORS[name]


def test_the_naive_form_is_left_far_behind(numbers: dict[str, float]) -> None:
    assert numbers["precision"] > 2 * numbers["naive_precision"]
    assert numbers["recall"] > 2 * numbers["naive_recall"]
