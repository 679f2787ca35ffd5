"""Killed processes, full and read-only disks, locks, clocks that jump: a clear word, and nothing lost.

Importers, editors and index writers are killed 20 times each, the service twice; `tests/bench faults` kills 200 times.
"""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
import pytest

from bench import faults
from bench.faults import IMPORTED, assert_sound
from nodes.disks import Disk, small_disk
from nodes.killing import Say, killed
from nodes.ports import free_ports
from nodes.site import Node, wait_for
from obelism import records
from obelism.encoder import Encoder, default_encoder
from obelism.model import Claim
from obelism.store import BATCH, open_store
from serving import ARTICLE, CLAIMS, running

ROOT = Path(__file__).parents[2]
OBELISM = str(Path(sys.executable).with_name("obelism"))

# --- killed at any moment ------------------------------------------------------------------------


def test_killed_imports_keep_whole_batches_and_all_that_they_acknowledged(url: str) -> None:
    faults.kill_importers(url, 20)


def test_killed_editors_lose_no_acknowledged_edit(url: str) -> None:
    faults.kill_editors(url, 20)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return default_encoder()


def test_a_killed_index_writer_leaves_a_whole_index_that_catches_up(tmp_path: Path, encoder: Encoder) -> None:
    faults.kill_index_writers(tmp_path / "index", encoder, 20)


def test_a_killed_service_starts_again_with_every_acknowledged_write(
    tmp_path: Path, encoder: Encoder
) -> None:
    faults.kill_services(tmp_path / "service", encoder, 2)


# --- disks ---------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", "2m") as disk:
        if disk is None:
            pytest.skip(outcome_in_a_namespace(request.node.nodeid))
        yield disk


def outcome_in_a_namespace(test: str) -> str:
    """Run a test once more, where an ordinary user may mount; fails where it fails, and says where it cannot run.

    On the build server (.ci/run) it must run.
    """
    command = ("unshare", "--map-root-user", "--mount")
    allowed = shutil.which(command[0]) and not subprocess.run([*command, "true"], check=False).returncode
    if not allowed:
        assert "MUST_RUN_ALL" not in os.environ, (
            "no small disk can be mounted: run as root or with user namespaces"
        )
        return "NOT RUN: no small disk can be mounted here, run as root or with user namespaces"
    again = [*command, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", test]
    done = subprocess.run(again, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout[-4000:] + done.stderr[-1000:]
    return "run and passed in a namespace of its own, where it may mount a disk"


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
