"""The index finds at least what it found: the floors of tests/bench/floors.json, on the smallest of the public sets.

All sets are held against their floors by `make bench`.
"""

import json
from pathlib import Path

import pytest

from bench import retrieval

FLOORS = json.loads((Path(retrieval.__file__).parent / "floors.json").read_text("utf-8"))["retrieval"]
FRENCH = [name for name in FLOORS if name.startswith("french_")]

pytestmark = pytest.mark.skipif(
    not retrieval.DATA.exists(), reason=f"needs the shared data in {retrieval.DATA.parent.name}/retrieval"
)


@pytest.fixture(scope="module")
def numbers() -> dict[str, float]:
    return retrieval.run(("checkthat2025-french",))


@pytest.mark.parametrize("name", FRENCH)
def test_no_number_is_below_its_floor(numbers, name):
    assert numbers[name] >= FLOORS[name]
