"""Nothing acknowledged is lost: many processes, killed processes, full disks, backups."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import obelism.store
from obelism import records
from obelism.errors import BadInput, NotFound, Unavailable
from obelism.model import Claim, Review
from obelism.store import BATCH, Store, archive, open_store, schema

CLAIMS = [
    Claim(f"c{n:06}", f"Claim {n}", "en", reviews=(Review("AFP", "Faux", f"https://afp.example/{n}"),))
    for n in range(16 * BATCH)
]

# Says after each batch how many claims are safe, as an import does with its progress.
WRITER = f"""
import sys
from obelism.store import BATCH, open_store
from obelism.model import Claim, Review
store = open_store(sys.argv[1])
for start in range(0, {len(CLAIMS)}, BATCH):
    store.put(
        Claim(f"c{{n:06}}", f"Claim {{n}}", "en",
              reviews=(Review("AFP", "Faux", f"https://afp.example/{{n}}"),))
        for n in range(start, start + BATCH)
    )
    print(start + BATCH, flush=True)
"""


def test_processes_that_start_together_make_one_database(new_url: Callable[[], str]) -> None:
    url = new_url()
    program = (
        "import sys; from obelism.store import open_store; from obelism.model import Claim;"
        "open_store(sys.argv[1]).put([Claim(sys.argv[2], 'text', 'en')])"
    )
    started = [subprocess.Popen([sys.executable, "-c", program, url, f"p{n}"]) for n in range(6)]
    assert [process.wait(60) for process in started] == [0] * 6
    store = open_store(url)
    assert [claim.id for claim in store.claims()] == [f"p{n}" for n in range(6)]
    assert [number for number, _, _ in store.changes(0)] == [1, 2, 3, 4, 5, 6]
    store.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_writer_killed_at_any_moment_loses_nothing_acknowledged(url: str, seed: int) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = int(writer.stdout.readline())
    time.sleep(random.Random(seed).uniform(0, 0.8))
    writer.send_signal(signal.SIGKILL)
    acknowledged = max([acknowledged, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    writer.stdout.close()
    writer.wait()

    store = open_store(url)
    kept = list(store.claims())
    assert len(kept) >= acknowledged
    assert len(kept) % BATCH == 0, "a batch was kept in part"
    assert kept == CLAIMS[: len(kept)]
    assert [number for number, _, _ in store.changes(0)] == list(range(1, len(kept) + 1))
    assert len(store.reviewed_urls(c.reviews[0].url for c in kept)) == len(kept)
    summary = store.put(CLAIMS)
    assert (summary.unchanged, summary.added) == (len(kept), len(CLAIMS) - len(kept))
    store.close()


def test_the_file_is_sound_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "claims.db"
    command = [sys.executable, "-c", WRITER, f"sqlite:///{path}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.kill()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


# --- the schema ----------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_that_the_code_expects(url: str, store: Store) -> None:
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


def test_the_revision_in_the_code_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(obelism.store.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.REVISION]


def test_an_older_database_gets_the_guards_of_today(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'claims.db'}"
    first = open_store(url)
    first.put(CLAIMS[:1])
    first.close()
    file = sqlite3.connect(tmp_path / "claims.db")
    file.execute("DROP TRIGGER audit_no_replace")
    file.execute("UPDATE alembic_version SET version_num = '0002'")
    file.commit()
    second = open_store(url)
    second.put(CLAIMS[1:2])
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        file.execute("REPLACE INTO audit SELECT id, at, 'nobody', action, subject, before, after FROM audit")
    assert [entry.actor for entry in second.audit.entries()] == ["import"] * 2
    second.close()
    file.close()


def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(Unavailable, match="newer Obelism"):
        open_store(url)


# --- trouble -------------------------------------------------------------------------------------


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a/b/claims.db")
    store.put([Claim("moon", "text", "en")])
    store.close()
    assert (tmp_path / "a" / "b" / "claims.db").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="file/x cannot be made"):
        open_store(f"sqlite:///{tmp_path}/file/x/claims.db")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database at all, but a text that is long enough to be looked at " * 10)
    with pytest.raises(Unavailable, match="not an SQLite database"):
        open_store(f"sqlite:///{path}")
    assert path.read_text().startswith("no database")


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "claims.db"
    store = open_store(f"sqlite:///{path}")
    store.put(CLAIMS[:BATCH])

    @sqlalchemy.event.listens_for(store._database.engine, "begin")
    def little_room(connection: sqlalchemy.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={int(pages or 0) + 8}")

    with pytest.raises(Unavailable, match="the disk is full"):
        store.put(CLAIMS[BATCH:])
    store.close()
    store = open_store(f"sqlite:///{path}")
    assert list(store.claims()) == CLAIMS[:BATCH]
    store.close()


def test_a_database_that_may_only_be_read_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, here = tmp_path / "claims.db", tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    store = open_store(f"sqlite:///{path}")
    store.put(CLAIMS[:3])
    store.close()
    # A read-only connection, because these tests may run as root, whom no file mode stops.
    store = open_store(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert list(store.claims()) == CLAIMS[:3]
    with pytest.raises(Unavailable, match="may not be written"):
        store.put(CLAIMS)
    store.close()
    assert list(here.iterdir()) == []


def test_a_locked_database_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("obelism.store.database.BUSY_SECONDS", 0.2)
    path = tmp_path / "claims.db"
    store = open_store(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked by another program"):
        store.put(CLAIMS[:3])
    other.execute("ROLLBACK")
    other.close()
    assert store.put(CLAIMS[:3]).added == 3
    store.close()


def test_a_forked_worker_uses_connections_of_its_own(store: Store) -> None:
    store.put(CLAIMS[:3])
    assert store.count() == 3
    child = os.fork()
    if child == 0:
        try:
            store.put(CLAIMS[3:5])
            os._exit(0 if store.count() == 5 else 1)
        except BaseException:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert store.count() == 5


# --- backup and restore --------------------------------------------------------------------------


def everything(store: Store) -> object:
    return (
        [records.dump(claim) for claim in store.claims()],
        list(store.claims(retired=True)),
        list(store.changes(0)),
        store.audit.entries(limit=10_000),
        store.merges.all(),
        store.tokens.all(),
        store.feeds.all(),
        store.feedback.queue(),
    )


def fill(store: Store) -> None:
    store.put(CLAIMS[:1200])
    store.retire("c000003", "anna")
    store.merges.merge("c000001", ["c000002"], "anna")
    store.tokens.create("anna", {"edit"}, "root")
    store.feeds.add("https://feed.example/é\U0001f9c0", "root")
    store.feedback.add("c000001", "wrong-match", "asserted")


def test_a_backup_brings_everything_back(store: Store, new_url: Callable[[], str], tmp_path: Path) -> None:
    fill(store)
    store.back_up(tmp_path / "backup.gz")
    other = open_store(new_url())
    other.restore(tmp_path / "backup.gz")
    assert everything(other) == everything(store)
    # New rows are numbered behind the restored ones.
    other.put([Claim("new", "text", "en")])
    assert other.latest_change() == store.latest_change() + 1
    other.close()


def test_only_an_empty_database_is_filled(store: Store, tmp_path: Path) -> None:
    store.back_up(tmp_path / "backup.gz")
    store.tokens.create("anna", {"edit"}, "root")
    with pytest.raises(BadInput, match="holds rows already; restore into an empty database"):
        store.restore(tmp_path / "backup.gz")
    store.put(CLAIMS[:10])
    with pytest.raises(BadInput, match="holds rows already"):
        store.restore(tmp_path / "backup.gz")


@pytest.mark.parametrize(("schema", "restored"), [("0001", True), ("0002", True), ("9999", False)])
def test_a_backup_of_an_older_version_is_restored_and_one_of_a_newer_is_not(
    store: Store, new_url: Callable[[], str], tmp_path: Path, schema: str, restored: bool
) -> None:
    fill(store)
    path = tmp_path / "backup.gz"
    store.back_up(path)
    head, _, rows = gzip.decompress(path.read_bytes()).partition(b"\n")
    path.write_bytes(
        gzip.compress(json.dumps({**json.loads(head), "revision": schema}).encode() + b"\n" + rows)
    )
    other = open_store(new_url())
    if restored:
        other.restore(path)
    else:
        with pytest.raises(BadInput, match=r"another version of Obelism \(schema 9999\)"):
            other.restore(path)
    assert other.count() == (store.count() if restored else 0)
    other.close()


@pytest.mark.parametrize("damage", ["cut off", "bits", "other", "rows"])
def test_a_damaged_backup_restores_nothing(
    store: Store, new_url: Callable[[], str], tmp_path: Path, damage: str
) -> None:
    fill(store)
    path = tmp_path / "backup.gz"
    store.back_up(path)
    data = path.read_bytes()
    if damage == "cut off":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "bits":
        path.write_bytes(data[:2000] + bytes(100) + data[2100:])
    elif damage == "rows":
        lines = gzip.decompress(data).splitlines(keepends=True)
        path.write_bytes(gzip.compress(b"".join(lines[:10] + lines[11:])))
    else:
        path.write_bytes(gzip.compress(b'{"some": "other file"}\n'))
    other = open_store(new_url())
    with pytest.raises(BadInput, match="nothing was restored"):
        other.restore(path)
    assert other.count() == 0
    assert other.latest_change() == 0
    other.close()


ODD = {
    "a list": (2, b"[]"),
    "no JSON": (2, b'{"table": '),
    "no characters": (2, b"\xff"),
    "another table": (2, b'{"table": "audits", "row": {}}'),
    "no row": (2, b'{"table": "audit"}'),
    "a row of lists": (2, b'{"table": "counters", "row": {"name": [], "value": 1}}'),
    "a row with a column less": (2, b'{"table": "counters", "row": {"name": "change"}}'),
    "a row with a column more": (2, b'{"table": "counters", "row": {"name": "x", "value": 1, "more": 1}}'),
    "a row with a column empty": (2, b'{"table": "counters", "row": {"name": "x", "value": null}}'),
    "a head that is a list": (1, b"[]"),
}


@pytest.mark.parametrize(("number", "line"), ODD.values(), ids=ODD.keys())
def test_an_odd_line_of_a_backup_is_named(store: Store, tmp_path: Path, number: int, line: bytes) -> None:
    path = tmp_path / "backup.gz"
    store.back_up(path)
    lines = gzip.decompress(path.read_bytes()).splitlines()
    lines[number - 1] = line
    path.write_bytes(gzip.compress(b"\n".join(lines)))
    with pytest.raises(BadInput, match=rf"backup.gz line {number} .*nothing was restored"):
        store.restore(path)
    store.put(CLAIMS[:1])
    assert store.latest_change() == 1


@pytest.mark.parametrize("seed", range(10))
def test_flipped_bits_of_a_backup_are_said(store: Store, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "backup.gz"
    store.back_up(path)
    data = bytearray(path.read_bytes())
    # Behind the head of gzip, whose flags and dates may be anything.
    data[random.Random(seed).randrange(10, len(data))] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r"nothing was restored|another version"):
        store.restore(path)


def test_a_backup_that_cannot_be_made_is_said_and_leaves_the_old_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        store.back_up(tmp_path / "missing" / "backup.gz")
    path = tmp_path / "backup.gz"
    store.back_up(path)
    old = path.read_bytes()
    for error, told in (
        (OSError(28, "No space left"), "cannot be written: No space"),
        (Unavailable("gone"), "gone"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(archive, "_write", Mock(side_effect=error))
            with pytest.raises(Unavailable, match=told):
                store.back_up(path)
        assert path.read_bytes() == old
        assert list(tmp_path.glob("*.part")) == []


def test_a_backup_that_is_not_there_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        store.restore(tmp_path / "missing.gz")


def test_a_backup_may_be_read_by_its_owner_only(store: Store, tmp_path: Path) -> None:
    store.back_up(tmp_path / "backup.gz")
    assert stat.S_IMODE((tmp_path / "backup.gz").stat().st_mode) == 0o600


def test_retiring_in_a_restored_database_works(
    store: Store, new_url: Callable[[], str], tmp_path: Path
) -> None:
    fill(store)
    store.back_up(tmp_path / "backup.gz")
    other = open_store(new_url())
    other.restore(tmp_path / "backup.gz")
    other.retire("c000005", "anna")
    with pytest.raises(NotFound):
        other.retire("mars", "anna")
    other.merges.undo(other.merges.all()[0].id, "anna")
    assert other.get("c000002") == CLAIMS[2]
    other.close()
