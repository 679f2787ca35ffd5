"""The index on disk: shared, replaced whole, never trusted when damaged."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from made_claims import WordEncoder, claim
from obelism.candidates import Change, Index, Keeper, generations, keeper, open_or_build
from obelism.candidates import segment as segments
from obelism.errors import Unavailable
from obelism.model import Claim

ENCODER = WordEncoder()


class Store:
    """What the index needs of a store: claims, and the changes since."""

    def __init__(self, *claims: Claim) -> None:
        self.log: list[Change] = [(number, one.id, one) for number, one in enumerate(claims, 1)]
        self.asked: list[int] = []

    def change(self, claim_id: str, changed: Claim | None) -> None:
        self.log.append((len(self.log) + 1, claim_id, changed))

    def changes(self, after: int) -> Iterator[Change]:
        self.asked.append(after)
        yield from self.log[after:]

    def claims(self) -> list[Claim]:
        return [one for one in {claim_id: one for _, claim_id, one in self.log}.values() if one]

    def open(self, folder: Path) -> Index:
        return open_or_build(folder, ENCODER, self.claims, len(self.log))

    def keeper(self, folder: Path) -> Keeper:
        return Keeper(self.open(folder), folder, self.changes)


def must_not_build() -> list[Claim]:
    raise AssertionError("the index was built anew")


@pytest.fixture
def store() -> Store:
    return Store(claim(1, "rain in paris"), claim(2, "tax on bread", "fr"), claim(3, "the moon is cheese"))


def first(index: Index, text: str) -> str:
    return index.candidates([text], "en", 1)[0][0].claim.id


def test_an_opened_index_gives_the_candidates_that_it_was_saved_with(tmp_path: Path, store: Store) -> None:
    built = Index.build(store.claims(), ENCODER, 3)
    built.apply([(4, "3", None), (5, "4", claim(4, "virus in bread", phrasings=[("pain viral", "fr")]))])
    built.save(tmp_path)
    opened = Index.open(tmp_path, ENCODER)
    assert opened
    assert opened.sequence == 5
    texts = ["bread", "moon", "pain viral"]
    assert opened.candidates(texts, "en") == built.candidates(texts, "en")


def test_an_index_without_claims_is_kept_too(tmp_path: Path) -> None:
    open_or_build(tmp_path, ENCODER, list, 7)
    opened = open_or_build(tmp_path, ENCODER, must_not_build, 7)
    assert (len(opened), opened.sequence, opened.candidates(["rain"], "en")) == (0, 7, [[]])


def test_a_large_index_is_opened_with_its_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "EXACT_ROWS", 100)
    built = Index.build([claim(at, f"number{at} and number{at + 1}") for at in range(300)], ENCODER)
    built.save(tmp_path)
    opened = Index.open(tmp_path, ENCODER)
    assert opened
    texts = [f"number{at} number{at + 1}" for at in range(0, 300, 20)]
    assert opened.candidates(texts, "en", 5) == built.candidates(texts, "en", 5)


def test_the_second_start_maps_what_the_first_one_built(tmp_path: Path, store: Store) -> None:
    store.open(tmp_path)
    assert len(open_or_build(tmp_path, ENCODER, must_not_build, 3)) == 3


def test_another_encoder_builds_anew(tmp_path: Path, store: Store) -> None:
    class Other(WordEncoder):
        name = "words-2"

    store.open(tmp_path)
    assert Index.open(tmp_path, Other()) is None
    assert open_or_build(tmp_path, Other(), store.claims, 3).encoder.name == "words-2"
    assert Index.open(tmp_path, Other())


def test_another_version_builds_anew(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open(tmp_path)
    monkeypatch.setattr(generations, "VERSION", generations.VERSION + 1)
    assert Index.open(tmp_path, ENCODER) is None
    assert len(store.open(tmp_path)) == 3
    assert Index.open(tmp_path, ENCODER)


def test_an_index_of_a_later_change_than_the_store_knows_is_built_anew(tmp_path: Path, store: Store) -> None:
    store.open(tmp_path)
    restored = Store(claim(9, "an older backup"))
    assert [one.id for one in restored.open(tmp_path).claims()] == ["9"]


@pytest.mark.parametrize("harm", ["flip", "shorten", "remove", "empty"])
@pytest.mark.parametrize("name", ["vectors.npy", "claims.jsonl", "keys.npy", "meta.json", "graph.usearch"])
def test_a_damaged_file_is_noticed_and_the_index_built_anew(
    tmp_path: Path, store: Store, name: str, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "EXACT_ROWS", 1)
    store.open(tmp_path)
    path = next(tmp_path.glob("generation-*")) / name
    data = path.read_bytes()
    match harm:
        case "flip":
            path.write_bytes(data[:-3] + bytes([data[-3] ^ 255]) + data[-2:])
        case "shorten":
            path.write_bytes(data[:-1])
        case "empty":
            path.write_bytes(b"")
        case _:
            path.unlink()
    assert Index.open(tmp_path, ENCODER) is None
    assert first(store.open(tmp_path), "moon cheese") == "3"
    assert Index.open(tmp_path, ENCODER)


def test_a_folder_that_cannot_be_written_costs_only_the_building(tmp_path: Path, store: Store) -> None:
    (tmp_path / "file").write_text("no folder")
    index = store.open(tmp_path / "file" / "index")
    assert len(index) == 3
    kept = Keeper(index, tmp_path / "file" / "index", store.changes)
    store.change("4", claim(4, "virus"))
    assert kept.refresh() == 1
    assert first(index, "virus") == "4"


SAVER = """
import sys
from pathlib import Path
from made_claims import WordEncoder, claim
from obelism.candidates import Index
folder, encoder = Path(sys.argv[1]), WordEncoder()
number = Index.open(folder, encoder).sequence
while True:
    number += 1
    Index.build([claim(at, f"text{at} of {number}") for at in range(40)], encoder, number).save(folder)
    print(number, flush=True)
"""


def test_a_process_killed_while_saving_leaves_the_old_or_the_new_index(tmp_path: Path) -> None:
    Index.build([claim(0, "text0 of 1")], ENCODER, 1).save(tmp_path)
    dice = random.Random(7)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(6):
        saver = subprocess.Popen(
            [sys.executable, "-c", SAVER, str(tmp_path)], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert saver.stdout
        told = int(saver.stdout.readline())
        time.sleep(dice.uniform(0, 0.05))
        saver.kill()
        rest, _ = saver.communicate()
        last = int(rest.split()[-1]) if rest.split() else told
        opened = Index.open(tmp_path, ENCODER)
        assert opened
        assert opened.sequence in (last, last + 1)
        assert {one.text.split()[-1] for one in opened.claims()} == {str(opened.sequence)}


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path, store: Store) -> None:
    (tmp_path / "draft-left").mkdir(parents=True)
    (tmp_path / "draft-left" / "vectors.npy").write_bytes(b"half")
    store.open(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["generation-00000001"]


# --- one folder, several processes


def test_a_change_is_found_at_the_next_refresh(tmp_path: Path, store: Store) -> None:
    one, other = store.keeper(tmp_path), store.keeper(tmp_path)
    store.change("3", None)
    store.change("4", claim(4, "the moon is bread"))
    assert (one.refresh(), other.refresh(), other.refresh()) == (2, 2, 0)
    assert first(one.index, "moon") == first(other.index, "moon") == "4"


def test_one_process_writes_a_new_generation_and_the_others_switch_without_dropping_changes(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "DUE_CLAIMS", 5)
    one, other = store.keeper(tmp_path), store.keeper(tmp_path)
    for number in range(4, 14):
        store.change(str(number), claim(number, f"word{number} of ten"))
    one.refresh()
    assert generations.newest_name(tmp_path) == "generation-00000002"
    assert one.index.changed == 0
    other.index.apply(store.changes(3))
    store.change("20", claim(20, "after the generation was written"))
    store.change("13", None)
    assert other.refresh() == 2
    assert other.index.changed == 2
    assert first(other.index, "word12") == "12"
    assert first(other.index, "generation written") == "20"
    assert {c.id for c in other.index.claims()} == {c.id for c in store.claims()}


def test_a_process_that_is_ahead_of_the_new_generation_stays_ahead(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "DUE_CLAIMS", 5)
    ahead, writer = store.keeper(tmp_path), store.keeper(tmp_path)
    for number in range(4, 14):
        store.change(str(number), claim(number, f"word{number}"))
    writer.index.apply(store.changes(3))
    store.change("30", claim(30, "latest"))
    ahead.index.apply(store.changes(3))
    writer.index.save(tmp_path)
    assert ahead.refresh() == 0
    assert ahead.index.sequence == 14
    assert first(ahead.index, "latest") == "30"
    assert ahead.index.changed == 1


def test_many_changes_are_encoded_by_one_process_only(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "OWN_CHANGES", 5)
    monkeypatch.setattr(keeper, "DUE_CLAIMS", 5)
    one, other = store.keeper(tmp_path), store.keeper(tmp_path)
    for number in range(4, 24):
        store.change(str(number), claim(number, f"word{number}"))
    with FileLock(tmp_path / keeper.LOCK):
        assert other.refresh() == 0
    assert one.refresh() == 20
    monkeypatch.setattr(segments, "_part", must_not_build)
    assert other.refresh() == 20
    assert first(other.index, "word23") == "23"


def test_of_a_large_import_the_first_claims_are_found_before_the_last_are_encoded(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "OWN_CHANGES", 5)
    monkeypatch.setattr(keeper, "MOST_AT_ONCE", 8)
    one = store.keeper(tmp_path)
    for number in range(4, 24):
        store.change(str(number), claim(number, f"word{number}"))
    apply, found = one.index.apply, []

    def watched(changes: list[Change]) -> int:
        taken = apply(changes)
        found.append([number for number in (4, 23) if first(one.index, f"word{number}") == str(number)])
        return taken

    monkeypatch.setattr(one.index, "apply", watched)
    assert one.refresh() == 20
    assert found == [[4], [4], [4, 23]]


def test_of_two_threads_that_refresh_one_takes_the_changes_in(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "PATIENCE_SECONDS", 0.01)
    index = store.open(tmp_path)
    store.change("4", claim(4, "word4"))
    seen: list[int] = []

    def changes(after: int) -> Iterator[Change]:
        seen.append(both.refresh())
        yield from store.changes(after)

    both = Keeper(index, tmp_path, changes)
    assert both.refresh() == 1
    assert seen == [0]


def test_a_store_that_does_not_answer_leaves_the_index_as_it_was(tmp_path: Path, store: Store) -> None:
    def unavailable(_: int) -> Iterator[Change]:
        raise Unavailable("the database does not answer")

    index = store.open(tmp_path)
    with pytest.raises(Unavailable):
        Keeper(index, tmp_path, unavailable).refresh()
    assert (len(index), index.sequence) == (3, 3)


GRAPH_FIRST = """
import numpy as np
from obelism.candidates.graph import Graph
vectors = np.eye(64, dtype=np.int8)
assert 3 in Graph.build(vectors).nearest(vectors[3:4], 5)[0]
from obelism.verifier import Pair, default_verifier
print(len(default_verifier().judge([[Pair("rain", "rain")]])))
"""


def test_the_graph_and_the_verifier_work_in_one_process_whichever_comes_first() -> None:
    # Each alone worked, and so did all tests of either: together they ended the process.
    done = subprocess.run([sys.executable, "-c", GRAPH_FIRST], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr


BUILDER = """
import sys, time
from pathlib import Path
from made_claims import WordEncoder, claim
from obelism.candidates import open_or_build
def claims():
    print("built", flush=True)
    time.sleep(0.5)
    yield claim(1, "rain")
index = open_or_build(Path(sys.argv[1]), WordEncoder(), claims, 1)
print(len(index), index.candidates(["rain"], "en")[0][0].claim.id)
"""


def test_processes_that_start_together_build_once(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", BUILDER, str(tmp_path)]
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    told = [process.communicate()[0].split() for process in started]
    assert [words[-2:] for words in told] == [["1", "1"]] * 4
    assert sum("built" in words for words in told) == 1


def test_meta_says_what_the_index_holds(tmp_path: Path, store: Store) -> None:
    store.open(tmp_path)
    (meta,) = tmp_path.glob("generation-*/meta.json")
    told = json.loads(meta.read_text())
    assert (told["version"], told["encoder"], told["sequence"], told["claims"]) == (
        generations.VERSION,
        "words-1",
        3,
        3,
    )
