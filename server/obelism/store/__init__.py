"""The claim database: SQLite in one file, or PostgreSQL shared by many nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypedDict, Unpack

from sqlalchemy import ColumnElement, and_, exists, func, select

from obelism import records
from obelism.errors import NotFound
from obelism.model import Claim, Status
from obelism.store import schema
from obelism.store.archive import back_up, restore, restored
from obelism.store.attention import needs_attention
from obelism.store.audit import Audit, Entry
from obelism.store.claims import Changes, chunks, in_service, url_key
from obelism.store.database import Database, latest_change
from obelism.store.desk import ChangedMeanwhile, Desk, Taken, revision_of
from obelism.store.feedback import Feedback, FeedbackTable
from obelism.store.feeds import Feed, Feeds
from obelism.store.floors import Floors
from obelism.store.known import as_known
from obelism.store.merges import Merge, Merges, Suggestion
from obelism.store.migrate import migrate
from obelism.store.statuses import renew_statuses
from obelism.store.taking import take_edit, take_import
from obelism.store.tokens import SCOPES, Token, Tokens
from obelism.text import fold

__all__ = [
    "BATCH",
    "SCOPES",
    "ChangedMeanwhile",
    "Entry",
    "Feed",
    "Feedback",
    "Filters",
    "Merge",
    "PutSummary",
    "Store",
    "Suggestion",
    "Taken",
    "Token",
    "open_store",
    "revision_of",
]

# Few enough that a killed import repeats little, many enough that commits cost nothing beside parsing.
BATCH = 500
_PAGE = 1_000


class Filters(TypedDict, total=False):
    """Which claims to list: all that are given must hold."""

    query: str | None
    """A part of a wording or of the claimant's name; case does not count."""
    language: str | None
    publisher: str | None
    """Of one of the reviews, in full; case does not count."""
    status: Status | None
    since: str | None
    """ISO 8601 date: a review is of that day or later."""
    retired: bool
    """The retired claims instead of those in service."""
    attention: bool
    """Only claims that wait for an editor: readers complained, or a merge was suggested."""


@dataclass(frozen=True, slots=True)
class PutSummary:
    """What became of the claims of a put; `retired` ones are known, and stay retired."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0

    @property
    def total(self) -> int:
        return self.added + self.changed + self.unchanged + self.retired

    def __add__(self, other: PutSummary) -> PutSummary:
        return PutSummary(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.retired + other.retired,
        )


def open_store(url: str, now: Callable[[], datetime] | None = None) -> Store:
    """The claim database at an SQLAlchemy address, created and migrated when it is missing.

    `now` replaces the clock. Raises BadInput for an address that cannot be one, Unavailable when the
    database does not answer.
    """
    database = Database(url)
    if now is not None:
        database.now = now
    try:
        migrate(database)
        renew_statuses(database)
    except BaseException:
        database.close()
        raise
    return Store(database)


class Store:
    """Claims, and every change of them, in one database.

    May be used from several threads. Reads never wait for writes; writes go one after the other.
    Every method raises Unavailable when the database does not answer.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.audit = Audit(database)
        self.desk = Desk(database)
        self.feedback = FeedbackTable(database)
        self.feeds = Feeds(database)
        self.floors = Floors(database)
        self.merges = Merges(database)
        self.tokens = Tokens(database)

    def close(self) -> None:
        self._database.close()

    @property
    def away(self) -> bool:
        """Whether the database did not answer when it was last asked, by whomever in this process."""
        return self._database.away

    def get(self, id: str) -> Claim | None:
        """The claim of that id; a retired one is None, a merged one is the claim that it went into."""
        with self._database.reading() as connection:
            found = in_service(connection, id)
        return found.claim if found else None

    def put(self, claims: Iterable[Claim], actor: str = "import", *, edit: bool = False) -> PutSummary:
        """Keep `claims`, in transactions of at most BATCH; those acknowledged survive whatever follows.

        Plain, they are a source's current version: what editors have changed is respected, and retired
        claims stay retired. With `edit` they are kept as given, and retired ones come back.
        """
        summary = PutSummary()
        take = take_edit if edit else take_import
        remaining = iter(claims)
        while batch := list(islice(remaining, BATCH)):
            with self._database.writing() as connection:
                changes = Changes(connection, self._database.timestamp(), actor, [c.id for c in batch])
                outcomes = [take(changes, c) for c in (batch if edit else as_known(changes, batch))]
                changes.write()
            summary += PutSummary(*(outcomes.count(o) for o in ("added", "changed", "unchanged", "retired")))
        return summary

    def retire(self, id: str, actor: str) -> None:
        """Take a claim out of service; its record and history stay. Raises NotFound."""
        self._set_retired(id, actor, True)

    def revive(self, id: str, actor: str) -> None:
        """Bring a retired claim back. Raises NotFound."""
        self._set_retired(id, actor, False)

    def claims(
        self, after: str | None = None, limit: int | None = None, **filters: Unpack[Filters]
    ) -> Iterator[Claim]:
        """Claims in the order of their ids, those behind `after`.

        The order and the paging hold while others write.
        """
        chosen = _filter(**filters)
        remaining = limit
        while remaining is None or remaining > 0:
            size = _PAGE if remaining is None else min(_PAGE, remaining)
            page = select(schema.claims.c.id, schema.claims.c.record).where(chosen)
            if after is not None:
                page = page.where(schema.claims.c.id > after)
            with self._database.reading() as connection:
                rows = connection.execute(page.order_by(schema.claims.c.id).limit(size)).all()
            yield from (records.load(row.record) for row in rows)
            if len(rows) < size:
                return
            after = rows[-1].id
            remaining = None if remaining is None else remaining - len(rows)

    def count(self, **filters: Unpack[Filters]) -> int:
        """How many claims `claims` would give."""
        counted = select(func.count()).select_from(schema.claims).where(_filter(**filters))
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def latest_change(self) -> int:
        """The number of the last change; it grows with each, and the same number means the same claims."""
        with self._database.reading() as connection:
            return latest_change(connection)

    def changes(self, after: int) -> Iterator[tuple[int, str, Claim | None]]:
        """Each claim that changed since change number `after`, once, as it is now, in order of change.

        None stands for a claim that is no longer there: retired, or merged into another.
        """
        table = schema.claims
        while True:
            page = select(table).where(table.c.change > after).order_by(table.c.change).limit(_PAGE)
            with self._database.reading() as connection:
                rows = connection.execute(page).all()
            for row in rows:
                gone = row.retired or row.merged_into is not None
                yield row.change, row.id, None if gone else records.load(row.record)
            if len(rows) < _PAGE:
                return
            after = rows[-1].change

    def reviewed_urls(self, urls: Iterable[str]) -> set[str]:
        """Those of `urls` that are the address of a review in the database."""
        keys = {url: url_key(url) for url in urls}
        column = schema.review_index.c.url_key
        is_live = (schema.claims.c.retired.is_(False), schema.claims.c.merged_into.is_(None))
        reviewed = select(column).join(schema.claims).where(*is_live)
        found: set[str] = set()
        with self._database.reading() as connection:
            for some in chunks(keys.values()):
                found |= set(connection.execute(reviewed.where(column.in_(some))).scalars())
        return {url for url, key in keys.items() if key in found}

    def score_floors(self) -> dict[str, float]:
        """The least score of a match that makes a note, for claims that need more than the usual one."""
        return self.floors.all()

    def back_up(self, path: Path) -> int:
        """Write the whole database to a file; see `obelism.store.archive`."""
        return back_up(self._database, path)

    def restore(self, path: Path) -> int:
        """Fill this database, which must be empty, from a backup; see `obelism.store.archive`."""
        return restore(self._database, path)

    def restored(self) -> int:
        """A number that tells a database that was filled from a backup from the one before it; 0 where none was."""
        with self._database.reading() as connection:
            return restored(connection)

    def _set_retired(self, id: str, actor: str, retired: bool) -> None:
        with self._database.writing() as connection:
            changes = Changes(connection, self._database.timestamp(), actor)
            old = changes.get(id)
            if old is None or old.merged_into:
                raise NotFound(f"no claim {id}")
            if old.retired != retired:
                changes.set(replace(old, retired=retired), "retire" if retired else "revive")
                changes.write()


def _filter(
    query: str | None = None,
    language: str | None = None,
    publisher: str | None = None,
    status: Status | None = None,
    since: str | None = None,
    retired: bool = False,
    attention: bool = False,
) -> ColumnElement[bool]:
    claims, reviews = schema.claims, schema.review_index
    wanted = [claims.c.retired == retired, claims.c.merged_into.is_(None)]
    if query:
        wanted.append(claims.c.folded.contains(fold(query), autoescape=True))
    if language:
        wanted.append(claims.c.language == language)
    if status:
        wanted.append(claims.c.status == status)
    if attention:
        wanted.append(needs_attention())
    of_review = [reviews.c.claim_id == claims.c.id]
    if publisher:
        of_review.append(reviews.c.publisher == fold(publisher))
    if since:
        of_review.append(reviews.c.date >= since)
    if len(of_review) > 1:
        wanted.append(exists().where(*of_review))
    return and_(*wanted)
