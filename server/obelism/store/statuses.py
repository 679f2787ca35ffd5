"""Derived statuses follow the table of ratings: a new version of it is applied to all claims."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Connection, bindparam, select, update

from obelism import records
from obelism.errors import Unavailable
from obelism.ratings import TABLE_VERSION, status_of
from obelism.store.claims import CHUNK
from obelism.store.database import Database, counter, set_counter
from obelism.store.schema import claims

_NAME = "ratings"


def renew_statuses(database: Database) -> None:
    """Derive every status anew where the database was last filled with another table of ratings.

    A copy that may only be read keeps the statuses that it has.
    """
    with database.reading() as connection:
        if counter(connection, _NAME) == TABLE_VERSION:
            return
    with suppress(Unavailable), database.writing() as connection:
        if counter(connection, _NAME) == TABLE_VERSION:
            return
        _renew(connection)
        set_counter(connection, _NAME, TABLE_VERSION)


def _renew(connection: Connection) -> None:
    changed = update(claims).where(claims.c.id == bindparam("this")).values(status=bindparam("derived"))
    after = ""
    while True:
        page = select(claims.c.id, claims.c.record, claims.c.status).where(claims.c.id > after)
        rows = connection.execute(page.order_by(claims.c.id).limit(CHUNK)).all()
        if not rows:
            return
        derived = [(row, status_of(records.load(row.record))) for row in rows]
        if wrong := [{"this": row.id, "derived": now} for row, now in derived if now != row.status]:
            connection.execute(changed, wrong)
        after = rows[-1].id
