"""docs/CLAIMS.md is what importers and exporters do."""

from __future__ import annotations

import json
import re
from pathlib import Path

from obelism import records
from obelism.exports import COLUMNS, FORMS
from obelism.ingest import _SUFFIXES
from obelism.ingest.tables import ALIASES
from obelism.ratings import bucket
from obelism.store import BATCH

TEXT = (Path(__file__).parents[2] / "docs" / "CLAIMS.md").read_text("utf-8")


def rows(first: str) -> dict[str, list[str]]:
    """The table whose head begins with `first`: other cells by the first of each line, without back-ticks."""
    table = TEXT.split(f"\n| {first} |", 1)[1].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {line[0].strip("`"): line[1:] for line in cells}


def test_the_columns_of_a_table_and_their_other_names_are_told() -> None:
    told = {
        column: [name for name in names[0].split(", ") if name] for column, names in rows("column").items()
    }
    assert list(told) == list(COLUMNS)
    assert {column: names for column, names in told.items() if names} == {
        c: list(n) for c, n in ALIASES.items()
    }


def test_the_example_is_a_record() -> None:
    example = json.loads(TEXT.split("```json\n")[1].split("```")[0])
    assert records.to_record(records.parse(example)) == example
    assert set(rows("field")) == set(example)


def test_the_buckets_are_those_of_the_words_given() -> None:
    for name, [words] in rows("bucket").items():
        for word in words.split(", "):
            assert bucket(word) == name, word


def test_limits_suffixes_states_and_forms_are_told() -> None:
    told = set(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)))
    assert {*records.STATES, *records.STANCES, *(_SUFFIXES - {".gz", ""})} <= told
    assert set(FORMS) <= told
    for number in (records.MAX_ID, f"{records.MAX_TEXT:,}", f"{records.MAX_ITEMS:,}", BATCH):
        assert f"{number}" in TEXT
