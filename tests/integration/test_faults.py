"""Killed processes, full and read-only disks, locks, clocks that jump: a clear word, and nothing lost.

FAULT_KILLS sets how often the writers are killed: 25 by default, 200 in the benchmarks.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
import pytest

from nodes.disks import Disk, small_disk
from nodes.killing import Say, killed
from nodes.ports import free_ports
from nodes.site import Node, wait_for
from nodes.traffic import Editor
from obelism import records
from obelism.candidates import Index, keeper
from obelism.candidates.keeper import Keeper, open_or_build
from obelism.encoder import Encoder, default_encoder
from obelism.model import Claim, Review
from obelism.store import BATCH, Store, open_store
from serving import ARTICLE, CLAIMS, running

KILLS = int(os.environ.get("FAULT_KILLS", "25"))
OBELISM = str(Path(sys.executable).with_name("obelism"))

IMPORTED = [
    Claim(f"i{n:05}", f"Claim {n}", "en", reviews=(Review("AFP", "Faux", f"https://afp.example/{n}"),))
    for n in range(6 * BATCH)
]


def moments(seed: str, longest: float) -> Iterator[float]:
    """When to kill: KILLS moments, the same in each run."""
    chance = random.Random(seed)
    return (chance.uniform(0, longest) for _ in range(KILLS))


def assert_sound(url: str) -> None:
    """The database file is whole; PostgreSQL sees to that itself."""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()


def edits(number: int) -> tuple[str, str | None]:
    """The edit of that number: a claim's id and its new text, or None to retire it. The first twelve add."""
    claim = number % 12
    return f"e{claim:02}", None if number >= 12 and number % 5 == 4 else f"Claim {claim}, version {number}"


def edit(store: Store, number: int) -> None:
    id, text = edits(number)
    if text is None:
        store.retire(id, "anna")
    else:
        store.put([Claim(id, text, "en")], "anna", edit=True)


def after(many: int) -> dict[str, str]:
    """The claims in service after so many edits."""
    last = dict(edits(number) for number in range(many))
    return {id: text for id, text in last.items() if text is not None}


# --- killed at any moment ------------------------------------------------------------------------


def test_killed_imports_keep_whole_batches_and_all_that_they_acknowledged(url: str, store: Store) -> None:
    before: dict[str, Claim] = {}
    for number, moment in enumerate(moments("import", 0.3)):
        version = [replace(claim, text=f"{claim.text}, as of {number}") for claim in IMPORTED]

        def work(say: Say, version: list[Claim] = version) -> None:
            say("0")
            for start in range(0, len(version), BATCH):
                store.put(version[start : start + BATCH])
                say(str(start + BATCH))

        acknowledged = int(killed(work, moment)[-1])
        assert_sound(url)
        kept = {claim.id: claim for claim in store.claims()}
        # The batch in work when it was killed is there or not, and never in part.
        possible = [
            before | {claim.id: claim for claim in version[:taken]}
            for taken in (acknowledged, acknowledged + BATCH)
        ]
        assert kept in possible
        numbers = [change for change, _, _ in store.changes(0)]
        assert numbers == sorted(set(numbers))
        before = kept
    urls = {claim.reviews[0].url for claim in before.values()}
    assert store.reviewed_urls(claim.reviews[0].url for claim in IMPORTED) == urls
    assert store.put(version).total == len(IMPORTED)


def test_killed_editors_lose_no_acknowledged_edit(url: str, store: Store) -> None:
    done = 0
    for moment in moments("edit", 0.08):

        def work(say: Say, first: int = done) -> None:
            for number in count(first):
                edit(store, number)
                say(str(number + 1))

        acknowledged = int(killed(work, moment)[-1])
        assert_sound(url)
        kept = {claim.id: claim.text for claim in store.claims()}
        # The edit in work when it was killed is there or not, and never in part.
        assert kept in (after(acknowledged), after(acknowledged + 1))
        done = acknowledged + (kept != after(acknowledged))
    assert logged(store) == [edits(number) for number in range(done)]
    assert done > 0


def logged(store: Store) -> list[tuple[str, str | None]]:
    """Every edit by anna that the audit log holds, as `edits` tells them, in their order."""
    entries = reversed(store.audit.entries(limit=1_000_000))
    return [
        (entry.subject, json.loads(entry.after)["text"] if entry.after else None)
        for entry in entries
        if entry.actor == "anna"
    ]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return default_encoder()


def test_a_killed_index_writer_leaves_a_whole_index_that_catches_up(
    tmp_path: Path, encoder: Encoder, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}")
    # A new generation at every change, not at every few thousand.
    monkeypatch.setattr(keeper, "DUE_CLAIMS", 0)
    monkeypatch.setattr(keeper, "DUE_SHARE", 0)
    folder = tmp_path / "index"
    for number in range(12):
        edit(store, number)
    open_or_build(folder, encoder, store.claims, store.latest_change())
    for turn, moment in enumerate(moments("index", 0.1)):

        def work(say: Say, first: int = 12 + turn * 1000) -> None:
            index = open_or_build(folder, encoder, gone, store.latest_change())
            writer = Keeper(index, folder, store.changes)
            say("open")
            for number in count(first):
                edit(store, number)
                writer.refresh()

        killed(work, moment)
        index = open_or_build(folder, encoder, gone, store.latest_change())
        index.apply(store.changes(index.sequence))
        assert {claim.id: claim for claim in index.claims()} == {claim.id: claim for claim in store.claims()}
        fresh = Index.build(store.claims(), encoder)
        for claim in store.claims():
            ours, theirs = (some.candidates([claim.text], "en", 3)[0] for some in (index, fresh))
            assert [one.claim.id for one in ours] == [one.claim.id for one in theirs]
    edit(store, 0)
    index = open_or_build(folder, encoder, gone, store.latest_change())
    Keeper(index, folder, store.changes).refresh()
    assert list(folder.glob("draft-*")) == [], "the drafts of killed writers pile up"
    assert len(list(folder.glob("generation-*"))) == 1
    store.close()


def gone() -> Iterator[Claim]:
    raise AssertionError("the index is built anew: a killed writer has left none")


def test_a_killed_service_starts_again_with_every_acknowledged_edit(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'claims.db'}"
    store = open_store(url)
    store.put(CLAIMS)
    secret, _ = store.tokens.create("anna", {"edit"}, "test")
    node = Node(1, free_ports(1)[0], tmp_path, url)
    editor = Editor(node.address, secret)
    try:
        for round in ("first", "second"):
            node.start()
            node.wait_until_ready()
            for id, text in editor.acknowledged.items():
                assert store.get(id) == Claim(id, text, "en")
            if editor.acknowledged:
                id, text = list(editor.acknowledged.items())[-1]
                assert node.look_up(text)[0] == id
            with editor.writing(round):
                wait_for(lambda round=round: f"{round}-6" in editor.acknowledged, 60)
                node.kill()
            assert_sound(url)
        assert {claim.id: claim.text for claim in store.claims()}.items() >= editor.acknowledged.items()
    finally:
        node.kill()
        editor.close()
        store.close()


# --- disks ---------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", "2m") as disk:
        if disk is None:
            pytest.skip("a small disk cannot be mounted here: run as root, in a container with CAP_SYS_ADMIN")
        yield disk


@pytest.fixture
def claims_file(tmp_path: Path) -> Path:
    path = tmp_path / "claims.jsonl"
    path.write_text("".join(records.dump(claim) + "\n" for claim in IMPORTED))
    return path


def obelism(
    *arguments: str, database: str, limit: Callable[[], None] | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    """The real command, without starter claims."""
    return subprocess.run(
        [OBELISM, *arguments],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("OBELISM_")},
            "OBELISM_DATABASE_URL": database,
            "OBELISM_STARTER_CLAIMS": "0",
            **environ,
        },
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_import_onto_a_full_disk_says_so_and_loses_nothing(disk: Disk, claims_file: Path) -> None:
    url = f"sqlite:///{disk.folder / 'claims.db'}"
    store = open_store(url)
    store.put(CLAIMS)
    store.close()
    done = obelism("claims", "import", str(claims_file), database=url)
    assert done.returncode == 1
    assert "the disk is full. Nothing was lost; make room and run it again" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert_sound(url)
    store = open_store(url)
    assert {claim.id for claim in store.claims()} >= {claim.id for claim in CLAIMS}
    store.close()


def test_a_file_that_may_not_grow_is_said_and_loses_nothing(tmp_path: Path, claims_file: Path) -> None:
    url = f"sqlite:///{tmp_path / 'claims.db'}"
    store = open_store(url)
    store.put(CLAIMS)
    store.close()
    most = 900_000

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    done = obelism("claims", "import", str(claims_file), database=url, limit=limit)
    assert done.returncode == 1
    assert "claims.db cannot be read or written" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert_sound(url)
    store = open_store(url)
    kept = {claim.id for claim in store.claims()}
    assert kept >= {claim.id for claim in CLAIMS}
    assert (len(kept) - len(CLAIMS)) % BATCH == 0
    assert store.put(IMPORTED).total == len(IMPORTED)
    store.close()


def test_a_service_on_a_full_disk_goes_on_reading_pages(disk: Disk) -> None:
    url = f"sqlite:///{disk.folder / 'claims.db'}"
    store = open_store(url)
    store.put(CLAIMS)
    secret, _ = store.tokens.create("anna", {"edit"}, "test")
    store.close()
    # Its temporary files and its index are on that disk too.
    node = Node(1, free_ports(1)[0], disk.folder, url)
    editor = httpx.Client(base_url=node.address, headers={"Authorization": f"Bearer {secret}"}, timeout=60)
    claim = {"id": "mill", "text": "The mill of Larnoc ground sand instead of flour.", "language": "en"}
    pages = (ARTICLE.replace("two fishing boats", f"{boats} fishing boats") for boats in count(3))
    try:
        node.start()
        node.wait_until_ready()
        disk.fill()
        refused = [
            editor.put("/v1/claims/mill", json=claim | {"text": f"{claim['text']} {'x' * length}"})
            for length in (4000, 6000, 9000)
        ]
        assert refused[-1].status_code == 503
        assert {answer.status_code for answer in refused} <= {200, 201, 503}
        disk.fill()  # what SQLite gave back
        for _ in range(3):
            assert editor.post("/v1/notes", json={"html": next(pages)}).json()["counts"]["notes"] == 1
        disk.make_room()
        assert editor.put("/v1/claims/mill", json=claim).is_success
        assert editor.get("/v1/claims/mill").json()["text"] == claim["text"]
        assert editor.post("/v1/notes", json={"html": next(pages)}).json()["counts"]["notes"] == 1
    finally:
        node.kill()
        editor.close()
    assert_sound(url)


@pytest.mark.parametrize("command", ["import", "serve"])
def test_a_read_only_disk_is_said_in_one_line(disk: Disk, claims_file: Path, command: str) -> None:
    url = f"sqlite:///{disk.folder / 'claims.db'}"
    open_store(url).close()
    disk.lock()
    arguments = (
        ["serve", "--port", str(free_ports(1)[0])]
        if command == "serve"
        else ["claims", "import", str(claims_file)]
    )
    done = obelism(*arguments, database=url)
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert len(said) == 1
    assert "check" in said[0]
    assert "may be written" in said[0]


# --- locks and clocks ----------------------------------------------------------------------------


def test_a_locked_database_delays_an_edit_and_no_reader(tmp_path: Path) -> None:
    path = tmp_path / "claims.db"
    store = open_store(f"sqlite:///{path}")
    store.put(CLAIMS)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def work(say: Say) -> None:
        own = open_store(f"sqlite:///{path}")
        say("asks")
        own.put([Claim("late", "text", "en")])
        say("kept")

    assert killed(work, 0.3) == ["asks"]
    assert store.count() == len(CLAIMS)
    other.execute("ROLLBACK")
    other.close()
    assert killed(work, 3)[-1] == "kept"
    assert store.get("late") is not None
    store.close()


def test_writers_who_wait_for_a_locked_database_keep_no_reader_waiting_and_are_not_taken_for_hanging(
    tmp_path: Path,
) -> None:
    # A worker that hangs is replaced after 5 s here; the four threads are fewer than the writers.
    few = {"OBELISM_WORKERS": "1", "OBELISM_REQUEST_SECONDS": "1"}
    with running(tmp_path, **few) as service, ThreadPoolExecutor(8) as pool:
        workers = service.workers()
        other = sqlite3.connect(tmp_path / "claims.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        sent = {"claim": CLAIMS[0].id, "kind": "helpful"}
        written = [
            pool.submit(httpx.post, f"{service.address}/v1/feedback", json=sent, timeout=60) for _ in range(8)
        ]
        wait_for(lambda: sum(one.done() for one in written) == 7, 60)
        began = time.monotonic()
        while time.monotonic() < began + 8:
            read = httpx.post(f"{service.address}/v1/lookups", json={"text": "a bridge"}, timeout=5)
            assert read.status_code == 200
            time.sleep(0.2)
        assert service.workers() == workers
        other.execute("ROLLBACK")
        other.close()
        answers = [one.result() for one in written]
    assert sorted(answer.status_code for answer in answers) == [202] + [503] * 7
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)


@pytest.mark.parametrize("jump", [timedelta(days=-4000), timedelta(days=4000)])
def test_a_clock_that_jumps_hides_no_change_and_breaks_no_order(url: str, jump: timedelta) -> None:
    start = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    clock = [start]
    store = open_store(url, now=lambda: clock[0])
    secret, _ = store.tokens.create("anna", {"edit"}, "test", lasts=timedelta(days=9000))
    store.put(CLAIMS, "anna")
    seen = store.latest_change()
    clock[0] = start + jump
    store.put([Claim("later", "text", "en")], "anna", edit=True)
    store.retire("later", "anna")
    store.put([Claim("later", "text again", "en")], "anna", edit=True)
    assert [(id, claim.text) for _, id, claim in store.changes(seen) if claim] == [("later", "text again")]
    assert [entry.action for entry in reversed(store.audit.entries(limit=3))] == ["add", "retire", "edit"]
    assert store.tokens.check(secret) is not None
    store.close()
