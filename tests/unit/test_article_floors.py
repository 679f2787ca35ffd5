"""Extraction on real news pages stays as good as it was: the floors of tests/bench/floors.json."""

import json
from pathlib import Path

import pytest

from bench import extraction

FLOORS = json.loads((Path(extraction.__file__).parent / "floors.json").read_text("utf-8"))["extraction"]
LABELLED = extraction.DATA / "pages"

pytestmark = pytest.mark.skipif(
    not extraction.DATA.exists(), reason=f"needs the shared data in {extraction.DATA.parent.name}/data"
)


@pytest.fixture(scope="module")
def numbers() -> dict[str, float]:
    return extraction.run()


@pytest.mark.parametrize("name", FLOORS)
def test_no_number_is_below_its_floor(numbers, name):
    assert numbers[name] >= FLOORS[name]


@pytest.mark.parametrize("slug", sorted(folder.name for folder in LABELLED.glob("*/")))
def test_on_a_labelled_page_each_quote_is_one_statement_and_no_chrome_is_read(slug):
    assert extraction.faults(LABELLED / slug) == []
