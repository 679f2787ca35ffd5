"""Readers' words on notes, counted by claim and day: no page text, no address, no reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from obelism.errors import BadInput, NotFound
from obelism.model import FRAMINGS, Framing
from obelism.store.claims import Changes, chunks, in_service, parts, root
from obelism.store.database import Database
from obelism.store.floors import raise_floor
from obelism.store.schema import claims, feedback

Kind = Literal["wrong-match", "wrong-framing", "helpful"]
Decision = Literal["confirmed", "dismissed"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Feedback:
    """So many readers said this of a claim's notes since `first_day`; nobody has decided on it yet."""

    claim_id: str
    kind: Kind
    framing: Framing | None
    count: int
    first_day: str
    last_day: str


class FeedbackTable:
    """The feedback of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, claim_id: str, kind: Kind, framing: Framing | None = None) -> None:
        """Count one reader's word. Raises NotFound for a claim that is not in service."""
        if kind not in KINDS or (framing is not None and framing not in FRAMINGS):
            raise BadInput(f"feedback is one of {', '.join(KINDS)}, on one of {', '.join(FRAMINGS)}")
        day = self._database.timestamp()[:10]
        with self._database.writing() as connection:
            found = in_service(connection, claim_id)
            if found is None:
                raise NotFound(f"no claim {claim_id}")
            _count_up(connection, found.claim.id, kind, framing or "", day, "open", 1)

    def queue(self, limit: int = 100) -> list[Feedback]:
        """What waits for an editor, the most frequent first; of a merged claim, what was said of its parts too."""
        said = (feedback.c.claim_id, feedback.c.kind, feedback.c.framing)
        chosen = (
            select(
                *said,
                claims.c.merged_into,
                func.sum(feedback.c.readers).label("total"),
                func.min(feedback.c.day).label("first_day"),
                func.max(feedback.c.day).label("last_day"),
            )
            .outerjoin(claims, claims.c.id == feedback.c.claim_id)
            .where(feedback.c.state == "open", feedback.c.kind != "helpful")
            .group_by(*said, claims.c.merged_into)
        )
        found: dict[tuple[str, Kind, str], Feedback] = {}
        with self._database.reading() as connection:
            for r in connection.execute(chosen).all():
                id = root(connection, r.claim_id) if r.merged_into else r.claim_id
                one = Feedback(id, r.kind, r.framing or None, int(r.total), r.first_day, r.last_day)
                known = found.get((id, r.kind, r.framing))
                found[id, r.kind, r.framing] = _sum(known, one) if known else one
        waiting = sorted(found.values(), key=lambda f: (-f.count, f.claim_id, f.kind, f.framing or ""))
        return waiting[:limit]

    def decide(self, claim_id: str, kind: Kind, decision: Decision, actor: str) -> int:
        """Confirm or dismiss what is open of that kind; how many readers it was.

        A merged claim is decided on as a whole. With confirmed wrong matches it needs a higher score from the same
        moment on. It gets a new change number: every node then asks anew how careful it must be.
        """
        at = self._database.timestamp()
        with self._database.writing() as connection:
            claim_id = root(connection, claim_id)
            of_parts = feedback.c.claim_id.in_(parts(connection, claim_id))
            of_it = (of_parts, feedback.c.kind == kind, feedback.c.state == "open")
            rows = connection.execute(select(feedback).where(*of_it)).all()
            for row in rows:
                _count_up(connection, row.claim_id, kind, row.framing, row.day, decision, row.readers)
            connection.execute(delete(feedback).where(*of_it))
            total = sum(int(row.readers) for row in rows)
            if total:
                changes = Changes(connection, at, actor)
                changes.touch(claim_id)
                if kind == "wrong-match" and decision == "confirmed" and changes.get(claim_id):
                    raise_floor(changes, claim_id)
                changes.note("decide feedback", claim_id, after=f"{total} × {kind}: {decision}")
                changes.write()
        return total

    def counts(self, claim_ids: Iterable[str]) -> Mapping[str, Mapping[Kind, int]]:
        """What readers said of each claim, dismissed words left out."""
        columns = (feedback.c.claim_id, feedback.c.kind)
        found: dict[str, dict[Kind, int]] = {}
        with self._database.reading() as connection:
            for some in chunks(claim_ids):
                chosen = (
                    select(*columns, func.sum(feedback.c.readers).label("total"))
                    .where(feedback.c.claim_id.in_(some), feedback.c.state != "dismissed")
                    .group_by(*columns)
                )
                for row in connection.execute(chosen):
                    found.setdefault(row.claim_id, {})[row.kind] = int(row.total)
        return found


def _sum(one: Feedback, other: Feedback) -> Feedback:
    days = (min(one.first_day, other.first_day), max(one.last_day, other.last_day))
    return Feedback(one.claim_id, one.kind, one.framing, one.count + other.count, *days)


def _count_up(
    connection: Connection, claim_id: str, kind: str, framing: str, day: str, state: str, readers: int
) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"claim_id": claim_id, "kind": kind, "framing": framing, "day": day, "state": state}
    counted = dialect.insert(feedback).values(**row, readers=readers)
    connection.execute(
        counted.on_conflict_do_update(
            index_elements=[feedback.c[name] for name in row],
            set_={"readers": feedback.c.readers + counted.excluded.readers},
        )
    )
