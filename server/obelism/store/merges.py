"""Merging: several records of one claim become one, by somebody's decision, and apart again.

The merged record stays as it was, out of service, and points to the kept one; the kept claim gains
its wordings, reviews and positions. Undoing takes away from the kept claim what only the merge
brought, so that corrections made since stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update

from obelism import records
from obelism.errors import BadInput, NotFound
from obelism.model import Claim
from obelism.store.attention import waits_for_decision
from obelism.store.claims import Changes, Kept, url_key
from obelism.store.database import Database, counter, set_counter
from obelism.store.joined import counterparts, joined_items
from obelism.store.schema import merge_suggestions, merges

T = TypeVar("T")
Decision = Literal["merged", "kept apart"]
_COMPARED = "compared"


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge that was made; `undone` says when it was taken back."""

    id: int
    kept: str
    merged: str
    actor: str
    at: str
    undone: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two claims that may be one, for an editor to decide on; `score` is a probability, 0..1."""

    id: int
    first: str
    second: str
    score: float
    reason: str
    decision: Decision | None = None


class Merges:
    """The merges and merge suggestions of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def merge(self, kept: str, merged: Sequence[str], actor: str) -> list[Merge]:
        """Make `merged` part of the claim `kept`. Raises NotFound, or BadInput for one twice."""
        if not merged or kept in merged or len(set(merged)) != len(merged):
            raise BadInput("a merge needs the claim to keep and at least one other, each once")
        at = self._database.timestamp()
        with self._database.writing() as connection:
            changes = Changes(connection, at, actor, [kept, *merged])
            ids: list[int] = []
            for other in merged:
                row = {"kept": kept, "merged": other, "actor": actor, "at": at}
                row["kept_before"] = records.dump(_live(changes, kept).claim)
                _merge_one(changes, kept, other)
                ids.append(connection.execute(insert(merges).values(row).returning(merges.c.id)).scalar_one())
                connection.execute(
                    update(merge_suggestions).where(_pair(kept, other)).values(decision="merged")
                )
            changes.write()
        return [Merge(id, kept, other, actor, at) for id, other in zip(ids, merged, strict=True)]

    def undo(self, id: int, actor: str) -> None:
        """Take a merge back: the merged claim is itself again. Raises NotFound."""
        at = self._database.timestamp()
        with self._database.writing() as connection:
            found = (merges.c.id == id, merges.c.undone.is_(None))
            row = connection.execute(select(merges).where(*found)).first()
            if row is None:
                raise NotFound(f"no merge {id} that could be undone")
            changes = Changes(connection, at, actor, [row.kept, row.merged])
            _undo_one(changes, row)
            connection.execute(update(merges).where(*found).values(undone=at))
            changes.write()

    def all(self, claim_id: str | None = None, *, limit: int | None = None) -> list[Merge]:
        """The merges, newest first, `limit` at most; of one claim, those on either side."""
        columns = [merges.c[name] for name in ("id", "kept", "merged", "actor", "at", "undone")]
        chosen = select(*columns).order_by(merges.c.id.desc()).limit(limit)
        if claim_id is not None:
            chosen = chosen.where(or_(merges.c.kept == claim_id, merges.c.merged == claim_id))
        with self._database.reading() as connection:
            return [Merge(**row) for row in connection.execute(chosen).mappings()]

    def suggest(self, pairs: Iterable[tuple[str, str, float, str]]) -> int:
        """Note pairs (first, second, score, reason) for an editor; how many are new.

        A pair that somebody has decided on is not brought up again.
        """
        new = 0
        with self._database.writing() as connection:
            for one, other, score, reason in pairs:
                first, second = sorted((one, other))
                if connection.execute(select(merge_suggestions.c.id).where(_pair(first, second))).first():
                    continue
                row = {"first": first, "second": second, "score": repr(score), "reason": reason}
                connection.execute(insert(merge_suggestions).values(**row, at=self._database.timestamp()))
                new += 1
        return new

    def compared(self) -> int:
        """The number of the last change whose claim was compared with all others; 0 when none was."""
        with self._database.reading() as connection:
            return counter(connection, _COMPARED) or 0

    def set_compared(self, change: int) -> None:
        """Remember how far the search for claims that may be one has come."""
        with self._database.writing() as connection:
            set_counter(connection, _COMPARED, change)

    def suggestions(self) -> list[Suggestion]:
        """The pairs of claims in service that nobody has decided on, the surest first."""
        chosen = select(merge_suggestions).where(waits_for_decision())
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(merge_suggestions.c.id)).all()
        found = [Suggestion(r.id, r.first, r.second, float(r.score), r.reason) for r in rows]
        return sorted(found, key=lambda suggestion: -suggestion.score)

    def keep_apart(self, first: str, second: str, actor: str) -> None:
        """Decide that a suggested pair is two claims. Raises NotFound."""
        with self._database.writing() as connection:
            decided = update(merge_suggestions).where(_pair(first, second)).values(decision="kept apart")
            if not connection.execute(decided).rowcount:
                raise NotFound(f"nobody suggested to merge {first} and {second}")
            changes = Changes(connection, self._database.timestamp(), actor)
            changes.note("keep apart", first, after=second)
            changes.write()


def take_in(into: Claim, other: Claim) -> Claim:
    """`into` with the wordings, reviews and positions of `other`."""
    return replace(
        into,
        claimant=into.claimant or other.claimant,
        phrasings=_with(into.phrasings, [w for w in other.wordings if w not in into.wordings]),
        reviews=_with(into.reviews, other.reviews),
        positions=_with(into.positions, other.positions),
    )


def take_out(of: Claim, other: Claim, before: Claim, others: Sequence[Claim] = ()) -> Claim:
    """`of` without what came from `other`, was not there `before`, and is in none of `others`.

    A review of a page that only `other` reviews came from it, whatever an editor has made of it since.
    """
    brought = take_in(before, other)
    stays = (before, *others)
    pages = _pages([other]) - _pages(stays)
    reviews = [review for review in of.reviews if url_key(review.url) not in pages]
    claimant = next((claim.claimant for claim in stays if claim.claimant), None)
    return replace(
        of,
        claimant=claimant if of.claimant and of.claimant == brought.claimant else of.claimant,
        phrasings=_without(of.phrasings, brought.phrasings, [w for claim in stays for w in claim.wordings]),
        reviews=_without(reviews, brought.reviews, [r for claim in stays for r in claim.reviews]),
        positions=_without(of.positions, brought.positions, [p for claim in stays for p in claim.positions]),
    )


def follow(changes: Changes, merged: Kept, new: Kept) -> None:
    """Bring a new version of a merged claim into the claims that it went into."""
    kept = changes.get(merged.merged_into or "")
    if kept is None:
        return
    part = _part(changes, kept, merged.claim)
    # What editors have made of its reviews since the merge is joined with the news.
    ours = [review for review in kept.claim.reviews if review not in part.reviews]
    reviews = joined_items(merged.claim.reviews, ours, new.claim.reviews)
    claim = take_in(part, replace(new.claim, reviews=reviews))
    changes.set(new, "change")
    if claim == kept.claim:
        return
    now = replace(kept, claim=claim, imported=kept.imported or kept.claim)
    if kept.merged_into:
        follow(changes, kept, now)
    else:
        changes.set(now, "change")


def _merge_one(changes: Changes, kept_id: str, merged_id: str) -> None:
    into, other = _live(changes, kept_id), _live(changes, merged_id)
    # What the source sent stays the base of its next version; what a merge brings is our own.
    joined = replace(into, claim=take_in(into.claim, other.claim), imported=into.imported or into.claim)
    changes.set(joined, "merge")
    changes.set(replace(other, merged_into=kept_id), "merge")


def _undo_one(changes: Changes, row: Row[Any]) -> None:
    into, other = changes.get(row.kept), changes.get(row.merged)
    if into is None or other is None or not into.is_live:
        raise BadInput(f"claim {row.kept} is out of service; bring it back before undoing this merge")
    part = _part(changes, into, other.claim)
    # What editors have made of its reviews since goes with it.
    own = [review for review in into.claim.reviews if review not in part.reviews]
    mended = zip(counterparts(other.claim.reviews, own), other.claim.reviews, strict=True)
    claim = replace(other.claim, reviews=_with(tuple(mine or review for mine, review in mended), own))
    changes.set(replace(into, claim=part), "undo merge")
    apart = Kept(claim, other.imported or other.claim, other.retired)
    changes.set(apart, "undo merge")


def _part(changes: Changes, into: Kept, other: Claim) -> Claim:
    """The claim `into` without what only `other`, a part of it, has brought.

    What it had been before each later merge is noted anew, so that undoing that one leaves nothing of `other`.
    """
    chosen = select(merges).where(merges.c.kept == into.claim.id, merges.c.undone.is_(None))
    made = changes.connection.execute(chosen.order_by(merges.c.id)).all()
    row = next(row for row in made if row.merged == other.id)
    before = records.load(row.kept_before)
    # Parts share sources: what another one, or the claim's own source, has too is not `other`'s alone.
    others: list[Claim] = []
    for one in made:
        if one.id > row.id:
            noted = records.dump(take_out(records.load(one.kept_before), other, before, others))
            changed = update(merges).where(merges.c.id == one.id).values(kept_before=noted)
            changes.connection.execute(changed)
        if one.id != row.id and (part := changes.get(one.merged)):
            others.append(part.claim)
    own = [into.imported] if into.imported else []
    return take_out(into.claim, other, before, [*others, *own])


def _live(changes: Changes, id: str) -> Kept:
    found = changes.get(id)
    if found is None or not found.is_live:
        raise NotFound(f"no claim {id} is in service")
    return found


def _pair(one: str, other: str) -> ColumnElement[bool]:
    first, second = sorted((one, other))
    return and_(merge_suggestions.c.first == first, merge_suggestions.c.second == second)


def _pages(claims: Iterable[Claim]) -> set[str]:
    return {url_key(review.url) for claim in claims for review in claim.reviews}


def _with(items: tuple[T, ...], more: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys([*items, *more]))


def _without(items: Iterable[T], brought: Iterable[T], before: Iterable[T]) -> tuple[T, ...]:
    gone = set(brought) - set(before)
    return tuple(item for item in items if item not in gone)
