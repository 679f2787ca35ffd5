"""One database, SQLite or PostgreSQL: connections, transactions, and errors in words."""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from obelism.errors import BadInput, Unavailable
from obelism.store.schema import counters

BUSY_SECONDS = 30
# A server that has gone without a word: libpq would wait for the kernel's timeouts, which are minutes.
PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 5_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


class Database:
    """Reads and writes in transactions; writers go one after the other on both engines.

    `now` is the clock, an aware datetime in UTC.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        self._writer = self.engine.execution_options(writing=True)
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.away = False
        """Whether the database did not answer when it was last asked."""
        _forget_connections_after_fork(self.engine)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """The database as messages name it: a file, or an address without its password."""
        return str(self.url.database) if self.is_sqlite else self.url.render_as_string(hide_password=True)

    @contextmanager
    def connected(self, *, writing: bool = False) -> Iterator[Connection]:
        """A plain transaction, before there are any tables to rely on."""
        engine = self._writer if writing else self.engine
        with self._errors_in_words(), engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and holds nobody up."""
        with self.connected() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One state of the database, however many queries are asked of it."""
        with self.connected() as connection:
            if not self.is_sqlite:  # a transaction of SQLite is a snapshot already
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in writing; on an exception nothing of it stays."""
        with self.connected(writing=True) as connection:
            # SQLite has taken its one write lock already (BEGIN IMMEDIATE). PostgreSQL waits for this
            # row: so change numbers become visible in their order, and no reader can miss one.
            connection.execute(
                select(counters.c.value).where(counters.c.name == "change").with_for_update()
            ).one()
            yield connection

    def timestamp(self, later: timedelta = timedelta()) -> str:
        """Now, or so much later, as it is written into the tables: UTC to the second."""
        return (self.now() + later).strftime("%Y-%m-%dT%H:%M:%SZ")

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
            self.away = False
        except DBAPIError as error:
            self.away = isinstance(error, OperationalError)
            raise Unavailable(f"the claim database {self.name} {_in_words(error)}") from error


def next_changes(connection: Connection, count: int) -> range:
    """`count` change numbers that nobody else has; only inside `Database.writing`."""
    last = connection.execute(
        update(counters)
        .where(counters.c.name == "change")
        .values(value=counters.c.value + count)
        .returning(counters.c.value)
    ).scalar_one()
    return range(last - count + 1, last + 1)


def latest_change(connection: Connection) -> int:
    return counter(connection, "change") or 0


def counter(connection: Connection, name: str) -> int | None:
    """The number that is kept under that name; None where none is."""
    return connection.execute(select(counters.c.value).where(counters.c.name == name)).scalar()


def set_counter(connection: Connection, name: str, value: int) -> None:
    """Keep a number under that name; only inside `Database.writing`."""
    known = counter(connection, name) is not None
    noted = update(counters).where(counters.c.name == name) if known else insert(counters)
    connection.execute(noted.values(name=name, value=value))


def _checked(url: str) -> URL:
    try:
        checked = make_url(url)
        backend = checked.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        backend = ""
    if backend == "postgresql":
        # psycopg 3, whichever of the usual spellings was given.
        return checked.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and checked.database and checked.database != ":memory:":
        return checked
    raise BadInput(
        "OBELISM_DATABASE_URL must read like sqlite:////path/to/claims.db or postgresql://user@host/database"
    )


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    # Of an address in SQLite's own form (`file:…?uri=true`) only SQLite knows which file is meant.
    folder = None if "uri" in url.query else Path(str(url.database)).absolute().parent

    @event.listens_for(engine, "do_connect")
    def make_folder(*_: Any) -> None:
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"the folder {folder} cannot be made: {error.strerror}") from error

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        # The driver's own handling of transactions leaves out DDL and reads; "begin" below does it all.
        connection.isolation_level = None
        _use_write_ahead_log(connection)
        # FULL: what was acknowledged survives a power cut, not only a killed process.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL: readers and one writer at the same time.

    The switch needs the file for itself and SQLite does not wait for that by `timeout`, so processes
    that open a new database at the same moment take turns here.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname not in ("SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_LOCKED"):
                if error.sqlite_errorname.startswith("SQLITE_READONLY"):
                    return  # reading works; a write will say what is wrong
                raise
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _postgresql(url: URL) -> Engine:
    try:
        patience = {name: value for name, value in PATIENCE.items() if name not in url.query}
        return create_engine(url, pool_pre_ping=True, connect_args=patience)
    except ModuleNotFoundError as error:
        raise BadInput("PostgreSQL needs its driver: pip install 'obelism[postgres]'") from error


def _forget_connections_after_fork(engine: Engine) -> None:
    """A forked worker must not talk over its parent's connections: it opens its own."""
    remembered = weakref.ref(engine)

    def forget() -> None:
        if alive := remembered():
            alive.dispose(close=False)

    if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
        os.register_at_fork(after_in_child=forget)


_SQLITE_WORDS = {
    "SQLITE_FULL": "cannot grow: the disk is full. Nothing was lost; make room and run it again",
    "SQLITE_READONLY": "may not be written: check the rights of the file and its folder",
    "SQLITE_CANTOPEN": "cannot be opened: check that the folder exists and may be written",
    "SQLITE_BUSY": f"was kept locked by another program for {BUSY_SECONDS} seconds; try again",
    "SQLITE_CORRUPT": "is damaged: restore a backup with `obelism claims restore`",
    "SQLITE_NOTADB": "is not an SQLite database: choose another file in OBELISM_DATABASE_URL",
    "SQLITE_IOERR": "cannot be read or written: the disk reports an error",
}


def _in_words(error: DBAPIError) -> str:
    original = error.orig
    name = getattr(original, "sqlite_errorname", None)
    if name:
        for prefix, words in _SQLITE_WORDS.items():
            if name.startswith(prefix):
                return words
    first_line = str(original).strip().split("\n")[0]
    return f"does not answer as it should: {first_line}"
