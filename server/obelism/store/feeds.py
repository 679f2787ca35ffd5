"""Feeds: where claims are fetched again and again, and how that went."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from obelism.errors import BadInput, NotFound
from obelism.store.audit import Entry, log
from obelism.store.database import Database
from obelism.store.schema import feeds

# Two nodes' clocks; what is further ahead is wrong.
CLOCKS_DIFFER = timedelta(minutes=5)
# PostgreSQL indexes no text over 2,700 bytes.
MAX_URL = 2_000


def without_query(url: str) -> str:
    """The address of a feed as logs and metrics may show it: a query can hold a key, and a user have a password.

    Of what is no address too.
    """
    return re.sub("(?<=//)[^/]*@", "", re.split("[?#]", url, maxsplit=1)[0])


@dataclass(frozen=True, slots=True)
class Feed:
    """A source to be fetched again. Times are UTC, as 2026-11-22T08:00:00Z."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    last_try: str | None = None
    last_success: str | None = None
    last_error: str | None = None
    """Why the last try failed; None when it did not."""

    def age(self, now: datetime) -> float | None:
        """Seconds since the feed was last known to be up to date; None when it never was.

        What a clock that was ahead has written is not known.
        """
        if self.last_success is None:
            return None
        age = (now - datetime.fromisoformat(self.last_success).astimezone(UTC)).total_seconds()
        return max(0.0, age) if age > -CLOCKS_DIFFER.total_seconds() else None

    def news_since(self, now: datetime) -> str | None:
        """An ISO 8601 date from which on everything may be news; None when all of it is."""
        if self.last_success is None or self.age(now) is None:
            return None
        return (datetime.fromisoformat(self.last_success) - timedelta(days=1)).date().isoformat()


class Feeds:
    """The feeds of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Feed]:
        """The feeds by address."""
        with self._database.reading() as connection:
            rows = connection.execute(select(feeds).order_by(feeds.c.url)).mappings().all()
        return [Feed(**row) for row in rows]

    def add(self, url: str, actor: str) -> bool:
        """Remember a feed; False when it was there already. Raises BadInput for an address too long."""
        if len(url.encode()) > MAX_URL:
            raise BadInput(f"the address of a feed has at most {MAX_URL} bytes")
        with self._database.writing() as connection:
            if connection.execute(select(feeds.c.url).where(feeds.c.url == url)).first():
                return False
            connection.execute(insert(feeds).values(url=url))
            log(connection, [Entry(self._database.timestamp(), actor, "add feed", url)])
        return True

    def remove(self, url: str, actor: str) -> None:
        """Forget a feed; its claims stay. Raises NotFound."""
        with self._database.writing() as connection:
            if not connection.execute(delete(feeds).where(feeds.c.url == url)).rowcount:
                raise NotFound(f"no feed {url}")
            log(connection, [Entry(self._database.timestamp(), actor, "remove feed", url)])

    def take(self, url: str, every: timedelta) -> bool:
        """Whether to fetch a feed now: nobody has tried in the last `every`. A True is a try.

        Of several nodes that ask at the same time one is told True. A try in the future is a clock's that was ahead.
        """
        before, after = (self._database.timestamp(later) for later in (-every, CLOCKS_DIFFER))
        is_due = or_(feeds.c.last_try.is_(None), feeds.c.last_try <= before, feeds.c.last_try > after)
        taken = update(feeds).where(feeds.c.url == url, is_due).values(last_try=self._database.timestamp())
        with self._database.writing() as connection:
            return connection.execute(taken).rowcount == 1

    def succeeded(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> None:
        """The feed's claims are in the database as of now; the marks make the next request conditional."""
        at = self._database.timestamp()
        self._set(url, etag=etag, last_modified=last_modified, last_try=at, last_success=at, last_error=None)

    def failed(self, url: str, reason: str) -> None:
        """The feed could not be fetched, or not to its end."""
        self._set(url, last_try=self._database.timestamp(), last_error=reason)

    def _set(self, url: str, **values: str | None) -> None:
        with self._database.writing() as connection:
            connection.execute(update(feeds).where(feeds.c.url == url).values(**values))
