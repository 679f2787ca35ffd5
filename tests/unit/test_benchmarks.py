"""`make bench` prints one table: our numbers beside the peers of the same run, and whether the goal is met."""

import json
import math
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from bench import quality, table
from bench.__main__ import PARTS, write
from bench.table import Line
from obelism.pipeline import Pipeline

FLOORS = json.loads((Path(table.__file__).parent / "floors.json").read_text("utf-8"))
LINE = Line("pages", "labelled pages", "precision", "all", "dev", "test", {"naive form": "naive"}, goal=0.9)
NUMBERS = {"pages": {"all": 0.925, "dev": 0.95, "test": 0.89, "naive": 0.21}}


def row(text: str) -> list[str]:
    """The cells of the only row below the head."""
    return [cell.strip() for cell in text.splitlines()[2].strip("|").split("|")]


def test_a_row_has_our_number_that_of_each_half_and_the_peers() -> None:
    assert row(table.table(NUMBERS, [LINE])) == [
        "labelled pages", "precision", "0.925", "0.950", "0.890", "0.210 naive form", "", "≥ 0.9: not met",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "at_most", "said"),
    [
        (90, False, "≥ 100: not met"),
        (100, False, "≥ 100: met"),
        (90, True, "≤ 100: met"),
        (101, True, "≤ 100: not met"),
    ],
)
def test_a_goal_is_least_or_most(value: float, at_most: bool, said: str) -> None:
    line = Line("speed", "a page", "ms", "ms", goal=100, at_most=at_most)
    assert row(table.table({"speed": {"ms": value}}, [line]))[-1] == said


def test_what_was_not_measured_is_no_row_and_an_absent_peer_is_named() -> None:
    other = Line("speed", "a page", "ms", "ms")
    assert len(table.table({"pages": {"all": 0.9}}, [LINE, other]).splitlines()) == 3
    assert table.absent_peers({"pages": {"all": 0.9}}, [LINE, other]) == ["naive form"]


def test_a_number_below_its_floor_is_named_with_both() -> None:
    floors = {"pages": {"all": 0.93, "dev": 0.94}, "speed": {"ms": 1.0}}
    assert table.below_floors(NUMBERS, floors) == ["pages all: 0.925, floor 0.930"]


def test_a_broken_promise_is_named_and_a_goal_that_is_none_is_not() -> None:
    lines = [
        Line("load", "a stop", "requests lost", "lost", goal=0, at_most=True, is_promise=True),
        Line("load", "a stop", "in work", "in_work", goal=1, is_promise=True),
        Line("load", "known pages", "pages/s", "per_second", goal=500),
    ]
    measured = {"load": {"lost": 2.0, "in_work": 5.0, "per_second": 79.0}}
    assert table.broken_promises(measured, lines) == ["load requests lost: 2, goal 0"]
    assert table.broken_promises({}, lines) == []


def test_a_run_replaces_what_the_last_one_measured_and_keeps_the_words(tmp_path: Path) -> None:
    document = tmp_path / "BENCHMARKS.md"
    document.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", "utf-8")
    table.write("new", document)
    table.write("newer", document)
    assert document.read_text("utf-8") == f"before\n{table.BEGIN}\n\nnewer\n\n{table.END}\nafter\n"


def test_a_run_of_some_parts_keeps_what_was_measured_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "BENCHMARKS.md"
    document.write_text(f"{table.BEGIN}\n{table.END}\n", "utf-8")
    monkeypatch.setattr(table, "earlier", partial(table.earlier, document))
    monkeypatch.setattr(table, "write", partial(table.write, document=document))
    write({"pages": {"precision": 0.5, "recall": 0.25, "framing": 0.9}, "paws": {"en_AUC": 0.75}})
    write({"paws": {"en_AUC": 0.8, "fr: AUC": 0.5}})
    numbers, days = table.earlier()
    assert numbers == {
        "pages": {"precision": 0.5, "recall": 0.25, "framing": 0.9},
        "paws": {"en_AUC": 0.8, "fr: AUC": 0.5},
    }
    assert set(days) == {"pages", "paws"}
    text = document.read_text("utf-8")
    assert "**Not measured**: story, ordinary" in text
    assert "**Below its floor**: pages precision: 0.500" in text


def test_the_document_has_the_place_that_a_run_fills() -> None:
    text = table.DOCUMENT.read_text("utf-8")
    assert text.count(table.BEGIN) == text.count(table.END) == 1


@pytest.mark.parametrize("name", sorted({line.part for line in table.LINES} | set(FLOORS)))
def test_each_row_and_each_floor_belongs_to_a_part_of_the_run(name: str) -> None:
    module, _, function = PARTS[name].partition(".")
    assert callable(getattr(import_module(f"bench.{module}"), function))


def test_quality_is_measured_in_full_and_speed_as_readers_have_it() -> None:
    measured = quality.pipeline_over([])
    assert math.isinf(measured.verify_seconds)
    assert not math.isinf(Pipeline(measured.index).verify_seconds)
