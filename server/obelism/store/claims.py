"""Claims as rows: the changes of one transaction, collected claim by claim and written together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from obelism import records
from obelism.model import Claim
from obelism.ratings import status_of
from obelism.store.audit import Entry, log
from obelism.store.database import next_changes
from obelism.store.schema import claims, review_index
from obelism.text import fold

# SQLite before 3.32 takes no more than 999 parameters, and no plan gets better beyond this.
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A claim as the database keeps it."""

    claim: Claim
    imported: Claim | None = None
    """What the source last sent, where an editor has changed the claim since."""
    retired: bool = False
    merged_into: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether readers can meet it."""
        return not self.retired and self.merged_into is None


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """`values`, each once, in lists short enough for one query."""
    distinct = list(dict.fromkeys(values))
    return (distinct[start : start + CHUNK] for start in range(0, len(distinct), CHUNK))


def kept(connection: Connection, ids: Iterable[str]) -> dict[str, Kept]:
    """The stored claims among `ids`, retired and merged ones included."""
    found: dict[str, Kept] = {}
    for some in chunks(ids):
        for row in connection.execute(select(claims).where(claims.c.id.in_(some))):
            imported = records.load(row.imported) if row.imported else None
            found[row.id] = Kept(records.load(row.record), imported, row.retired, row.merged_into)
    return found


def in_service(connection: Connection, id: str) -> Kept | None:
    """The claim that readers meet under `id`: itself, or the one that it was merged into."""
    found = kept(connection, [id]).get(id)
    while found and found.merged_into:
        found = kept(connection, [found.merged_into]).get(found.merged_into)
    return found if found and found.is_live else None


def root(connection: Connection, id: str) -> str:
    """The id of the claim that one was merged into, through all merges; its own where it was not."""
    into = select(claims.c.merged_into)
    while found := connection.execute(into.where(claims.c.id == id)).scalar():
        id = found
    return id


def parts(connection: Connection, id: str) -> list[str]:
    """The id of a claim, and those of all that were merged into it."""
    found = [id]
    for one in found:  # grows while it is read: parts have parts
        found += connection.execute(select(claims.c.id).where(claims.c.merged_into == one)).scalars()
    return found


class Changes:
    """The changes of one transaction; `get` sees what `set` was told before."""

    def __init__(self, connection: Connection, at: str, actor: str, ids: Iterable[str] = ()) -> None:
        self.connection = connection
        self._at = at
        self._actor = actor
        self._now = kept(connection, ids)
        self._stored = set(self._now)
        self._changed: dict[str, None] = {}
        self._log: list[Entry] = []
        self._asked = set(ids)

    def get(self, id: str) -> Kept | None:
        if id not in self._asked:
            self._asked.add(id)
            found = kept(self.connection, [id])
            self._now |= found
            self._stored |= set(found)
        return self._now.get(id)

    def set(self, new: Kept, action: str) -> None:
        """Keep `new` in place of the claim of that id, and say so in the audit log."""
        id = new.claim.id
        old = self.get(id)
        if new.imported == new.claim:
            new = replace(new, imported=None)
        self._now[id] = new
        self._changed[id] = None
        before = records.dump(old.claim) if old and old.claim != new.claim else None
        after = records.dump(new.claim) if old is None or before else None
        self._log.append(Entry(self._at, self._actor, action, id, before, after))

    def touch(self, id: str) -> None:
        """Give a claim a new change number, so that every node looks at it again."""
        if self.get(id):
            self._changed[id] = None

    def note(self, action: str, subject: str, before: str | None = None, after: str | None = None) -> None:
        """Log what is no change of a claim's record."""
        self._log.append(Entry(self._at, self._actor, action, subject, before, after))

    def write(self) -> None:
        numbers = next_changes(self.connection, len(self._changed))
        rows = [_row(self._now[id], n, self._at) for id, n in zip(self._changed, numbers, strict=True)]
        self._insert([row for row in rows if row["id"] not in self._stored])
        self._update([row for row in rows if row["id"] in self._stored])
        if index := [entry for id in self._changed for entry in _review_rows(self._now[id])]:
            self.connection.execute(insert(review_index), index)
        log(self.connection, self._log)

    def _insert(self, rows: Sequence[dict[str, object]]) -> None:
        if rows:
            self.connection.execute(insert(claims), rows)

    def _update(self, rows: Sequence[dict[str, object]]) -> None:
        if not rows:
            return
        values: dict[str, BindParameter[Any]] = {name: bindparam(name) for name in rows[0] if name != "id"}
        changed = update(claims).where(claims.c.id == bindparam("this")).values(values)
        self.connection.execute(changed, [{**row, "this": row["id"]} for row in rows])
        forgotten = delete(review_index).where(review_index.c.claim_id == bindparam("this"))
        self.connection.execute(forgotten, [{"this": row["id"]} for row in rows])


def url_key(url: str) -> str:
    """The same for two addresses that lead to one page: scheme, "www.", fragment, tracking aside."""
    return hashlib.sha256(_page(url).encode("utf-8", "replace")).hexdigest()[:32]


def _page(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # an address that is none is only like itself
        return url
    query = [(k, v) for k, v in parse_qsl(parts.query) if not k.startswith("utm_") and k not in _TRACKING]
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{port}{parts.path.rstrip('/')}?{urlencode(sorted(query), errors='replace')}"


_TRACKING = {"fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "at_medium", "at_campaign", "xtor"}


def _row(kept: Kept, change: int, at: str) -> dict[str, object]:
    claim = kept.claim
    return {
        "id": claim.id,
        "record": records.dump(claim),
        "imported": records.dump(kept.imported) if kept.imported else None,
        "text": claim.text,
        "folded": fold("\n".join([*(w.text for w in claim.wordings), claim.claimant or ""])),
        "language": claim.language,
        "status": status_of(claim),
        "retired": kept.retired,
        "merged_into": kept.merged_into,
        "change": change,
        "updated": at,
    }


def _review_rows(kept: Kept) -> Iterator[dict[str, object]]:
    for position, review in enumerate(kept.claim.reviews):
        yield {
            "claim_id": kept.claim.id,
            "position": position,
            "publisher": fold(review.publisher),
            "url_key": url_key(review.url),
            "date": review.date,
        }
