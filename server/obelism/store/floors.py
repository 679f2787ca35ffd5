"""How sure a match must be, for single claims: raised where editors have confirmed wrong matches.

A merged claim keeps its own least score, which counts for the claim that it is a part of: undoing the merge needs no
more than to part them.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select, update

from obelism.errors import BadInput, NotFound
from obelism.store.claims import Changes, parts, root
from obelism.store.database import Database
from obelism.store.schema import claims, score_floors

STEPS = (0.9, 0.95, 0.98, 0.99)
"""What a confirmed wrong match raises a claim's floor to, one step at a time."""


class Floors:
    """The least scores of one database; claims without one follow the matcher's own threshold."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, float]:
        """The least score of a match that makes a note, by claim; of a merged one under the claim that it went into."""
        of_claim = select(score_floors, claims.c.merged_into).join(claims).order_by(score_floors.c.claim_id)
        floors: dict[str, float] = {}
        with self._database.reading() as connection:
            for row in connection.execute(of_claim).all():
                id = root(connection, row.claim_id) if row.merged_into else row.claim_id
                floors[id] = max(float(row.min_score), floors.get(id, 0.0))
        return floors

    def get(self, claim_id: str) -> float | None:
        """The least score of one claim; None where it is the usual one."""
        with self._database.reading() as connection:
            return _floor(connection, claim_id)

    def set(self, claim_id: str, floor: float | None, actor: str) -> None:
        """Ask for a score of at least `floor`, 0..1, from now on; None ends that. Raises NotFound.

        It counts for all parts of a merged claim. The claim gets a new change number, so that every node asks anew.
        """
        if floor is not None and not 0 <= floor <= 1:
            raise BadInput("the least score of a match is a number from 0 to 1")
        with self._database.writing() as connection:
            changes = Changes(connection, self._database.timestamp(), actor)
            if changes.get(claim_id) is None:
                raise NotFound(f"no claim {claim_id}")
            _set(changes, claim_id, floor)
            changes.write()


def raise_floor(changes: Changes, claim_id: str) -> None:
    """Ask for the next higher of STEPS, as part of the transaction of `changes`."""
    now = _floor(changes.connection, claim_id) or 0.0
    _set(changes, claim_id, next((step for step in STEPS if step > now), now))


def _floor(connection: Connection, claim_id: str) -> float | None:
    of_parts = score_floors.c.claim_id.in_(parts(connection, claim_id))
    return connection.execute(select(func.max(score_floors.c.min_score)).where(of_parts)).scalar()


def _set(changes: Changes, claim_id: str, floor: float | None) -> None:
    before = _floor(changes.connection, claim_id)
    if before == floor:
        return
    of_parts = score_floors.c.claim_id.in_(parts(changes.connection, claim_id))
    if floor is None:
        changes.connection.execute(delete(score_floors).where(of_parts))
    else:
        lower = update(score_floors).where(of_parts, score_floors.c.min_score > floor)
        changes.connection.execute(lower.values(min_score=floor))
        changes.connection.execute(delete(score_floors).where(score_floors.c.claim_id == claim_id))
        changes.connection.execute(insert(score_floors).values(claim_id=claim_id, min_score=floor))
    changes.touch(claim_id)
    changes.note("set least score", claim_id, _told(before), _told(floor))


def _told(floor: float | None) -> str:
    return "as usual" if floor is None else f"{floor:g}"
