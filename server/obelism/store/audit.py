"""The audit log: who changed what, when. Rows are only ever added; triggers see to that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select

from obelism.store.database import Database
from obelism.store.schema import audit


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `before` and `after` are claim records (or words, for tokens and feeds) as text.

    Both are None where the record stayed as it was, as in a retirement.
    """

    at: str
    actor: str
    action: str
    subject: str
    before: str | None = None
    after: str | None = None
    id: int | None = None


def log(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add `entries` in the transaction of the change that they tell of."""
    if entries:
        rows = [{name: value for name, value in asdict(entry).items() if name != "id"} for entry in entries]
        connection.execute(insert(audit), rows)


class Audit:
    """Reading the audit log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(
        self, subject: str | None = None, *, before: int | None = None, limit: int = 100
    ) -> list[Entry]:
        """The latest entries, newest first; `before` is the id of the last one of the page before."""
        chosen = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if subject is not None:
            chosen = chosen.where(audit.c.subject == subject)
        if before is not None:
            chosen = chosen.where(audit.c.id < before)
        with self._database.reading() as connection:
            return [Entry(**row) for row in connection.execute(chosen).mappings()]

    def history(self, id: str) -> Iterator[Entry]:
        """Everything that ever happened to one claim, oldest first."""
        chosen = select(audit).where(audit.c.subject == id).order_by(audit.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(chosen).mappings().all()
        return (Entry(**row) for row in rows)
