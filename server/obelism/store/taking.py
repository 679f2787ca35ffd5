"""What becomes of a claim that is put: added, changed, or as it was.

A source's new version and an editor's corrections are joined by a three-way merge, with the version
that the source sent last as the base: so a sync never undoes what an editor has mended, and an
editor's mending never hides what the source has changed elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeVar

from obelism.errors import BadClaim
from obelism.model import Claim, Review
from obelism.records import PUBLISHED
from obelism.store.claims import Changes, Kept
from obelism.store.merges import follow
from obelism.text import fold

Outcome = Literal["added", "changed", "unchanged", "retired"]
T = TypeVar("T")


def take_import(changes: Changes, claim: Claim) -> Outcome:
    """Keep a claim as its source now has it. A retired claim stays retired."""
    old = changes.get(claim.id)
    if old is None:
        changes.set(Kept(claim), "add")
        return "added"
    base = old.imported or old.claim
    if claim == base:
        return "retired" if old.retired else "unchanged"
    joined = _joined(base, old.claim, claim)
    if claim.id.startswith(PUBLISHED):
        joined = replace(joined, reviews=_with_superseded(old.claim.reviews, joined.reviews))
    if old.merged_into:
        follow(changes, old, joined)
        return "changed"
    changes.set(replace(old, claim=joined, imported=claim), "change")
    return "retired" if old.retired else "changed"


def take_edit(changes: Changes, claim: Claim) -> Outcome:
    """Keep a claim as an editor wrote it; a retired claim comes back."""
    old = changes.get(claim.id)
    if old is None:
        changes.set(Kept(claim), "add")
        return "added"
    if old.merged_into:
        raise BadClaim(f"claim {claim.id} was merged into {old.merged_into}; undo the merge or edit that one")
    if old.claim == claim and not old.retired:
        return "unchanged"
    changes.set(Kept(claim, imported=old.imported or old.claim), "edit")
    return "changed"


def _joined(base: Claim, ours: Claim, theirs: Claim) -> Claim:
    if ours == base:
        return theirs
    return Claim(
        theirs.id,
        theirs.text if ours.text == base.text else ours.text,
        theirs.language if ours.language == base.language else ours.language,
        theirs.claimant if ours.claimant == base.claimant else ours.claimant,
        _joined_items(base.phrasings, ours.phrasings, theirs.phrasings),
        _joined_items(base.reviews, ours.reviews, theirs.reviews),
        _joined_items(base.positions, ours.positions, theirs.positions),
    )


def _joined_items(base: Sequence[T], ours: Sequence[T], theirs: Sequence[T]) -> tuple[T, ...]:
    remaining = [item for item in ours if item in theirs or item not in base]
    return (*remaining, *(item for item in theirs if item not in base and item not in remaining))


def _with_superseded(before: Sequence[Review], now: Sequence[Review]) -> tuple[Review, ...]:
    """`now`, and the verdicts that their publishers have since replaced, marked as superseded."""
    ratings = {(review.url, fold(review.rating)) for review in now}
    pages = {review.url for review in now}
    replaced = [
        replace(review, state="superseded")
        for review in before
        if review.url in pages and (review.url, fold(review.rating)) not in ratings
    ]
    return (*now, *(review for review in replaced if review not in now))
