"""Backup and restore: the whole database as one compressed file, the same for both engines.

So a backup of SQLite can be restored into PostgreSQL when a newsroom grows out of one machine. The
file is gzip over JSON Lines: a head, one line a row, and a foot with the number of rows, which a
truncated file lacks.
"""

from __future__ import annotations

import gzip
import json
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Table, delete, func, insert, select, text

from obelism.errors import BadInput, Unavailable
from obelism.store.claims import CHUNK
from obelism.store.database import Database, counter, set_counter
from obelism.store.schema import REVISION, counters, metadata

_FORMAT = "obelism-backup-1"
# Schemas whose rows fit the tables of today as they are: 0002 only adds a table, 0003 a trigger.
_READABLE = ("0001", "0002", REVISION)
_RESTORED = "restored"


def back_up(database: Database, path: Path) -> int:
    """Write everything to `path`, as it is at one moment, while others read and write; the rows written.

    The file appears whole or not at all. Raises Unavailable when it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        # For its owner only: it holds the hashes of tokens and what readers said.
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as raw:
            with (
                gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw) as file,
                database.snapshot() as connection,
            ):
                rows = _write(connection, file)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
    except OSError as error:
        raise Unavailable(f"the backup {path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return rows


def restore(database: Database, path: Path) -> int:
    """Fill an empty database from a backup, wholly or not at all; the rows restored.

    Raises BadInput when the file is no whole backup or the database holds anything, Unavailable when the
    file cannot be read.
    """
    try:
        with gzip.open(path, "rb") as file, database.writing() as connection:
            _check_empty(connection, database.name)
            return _read(connection, file, path.name)
    except (EOFError, gzip.BadGzipFile, zlib.error, OverflowError) as error:
        raise BadInput(f"{path.name} is no whole backup: {error}; nothing was restored") from error
    except OSError as error:
        raise Unavailable(f"the backup {path} cannot be read: {error.strerror}") from error


def restored(connection: Connection) -> int:
    """A number that was drawn when the database was last filled from a backup; 0 where it never was."""
    return counter(connection, _RESTORED) or 0


def _write(connection: Connection, file: BinaryIO | gzip.GzipFile) -> int:
    rows = 0
    file.write(_line({"format": _FORMAT, "revision": REVISION}))
    for table in metadata.sorted_tables:
        # In the order of the key, so that equal databases give equal backups.
        chosen = select(table).order_by(*table.primary_key.columns)
        for row in connection.execution_options(yield_per=CHUNK).execute(chosen).mappings():
            file.write(_line({"table": table.name, "row": dict(row)}))
            rows += 1
    file.write(_line({"rows": rows}))
    return rows


def _read(connection: Connection, file: BinaryIO | gzip.GzipFile, name: str) -> int:
    head = _entry(file.readline() or b"{}", f"{name} line 1")
    if head.get("format") != _FORMAT or "revision" not in head:
        raise BadInput(f"{name} is no backup of Obelism; nothing was restored")
    if head["revision"] not in _READABLE:
        raise BadInput(
            f"{name} was made by another version of Obelism (schema {head['revision']}); use that one"
        )
    connection.execute(delete(counters))
    rows = 0
    for table, batch in _batches(file, name):
        connection.execute(insert(table), batch)
        rows += len(batch)
    _continue_numbering(connection)
    # What others derived from the database at this address must not be taken for a view of this one.
    set_counter(connection, _RESTORED, secrets.randbits(62))
    return rows


def _batches(file: BinaryIO | gzip.GzipFile, name: str) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    filled: Table | None = None
    batch, rows = list[dict[str, Any]](), 0
    for number, line in enumerate(file, start=2):
        at = f"{name} line {number}"
        entry = _entry(line, at)
        table = metadata.tables.get(str(entry.get("table")))
        if filled is not None and (table is not filled or len(batch) == CHUNK):
            yield filled, batch
            batch = []
        if "rows" in entry:
            if entry["rows"] != rows:
                raise BadInput(f"{name} lacks rows; nothing was restored")
            return
        if table is None or not _fits(entry.get("row"), table):
            raise BadInput(f"{at} holds no row of a table; nothing was restored")
        filled, rows = table, rows + 1
        batch.append(entry["row"])
    raise BadInput(f"{name} is cut off; nothing was restored")


def _entry(line: bytes, at: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{at} is damaged; nothing was restored") from error
    if not isinstance(entry, dict):
        raise BadInput(f"{at} is no line of a backup; nothing was restored")
    return entry


def _fits(row: object, table: Table) -> bool:
    """Whether `row` has a value for each column of `table`, of its kind."""
    if not isinstance(row, dict) or row.keys() != set(table.c.keys()):
        return False
    return all(
        column.nullable if row[column.name] is None else isinstance(row[column.name], column.type.python_type)
        for column in table.c
    )


def _check_empty(connection: Connection, name: str) -> None:
    for table in metadata.sorted_tables:
        rows = select(func.count()).select_from(table)
        if table is not counters and connection.execute(rows).scalar_one():
            raise BadInput(
                f"{name} holds rows already; restore into an empty database (OBELISM_DATABASE_URL)"
            )


def _continue_numbering(connection: Connection) -> None:
    """PostgreSQL does not notice ids that were given to it: its sequences go on behind them."""
    if connection.dialect.name == "sqlite":
        return
    for table in metadata.sorted_tables:
        if "id" in table.c and table.c.id.autoincrement is not False and table.c.id.type.python_type is int:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name}), false)"
                )
            )


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
