"""What becomes of a claim that is put: added, changed, or as it was.

A source's new version and an editor's corrections are joined by a three-way merge, with the version
that the source sent last as the base: so a sync never undoes what an editor has mended, and an
editor's mending never hides what the source has changed elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from obelism.errors import BadClaim
from obelism.model import Claim, Review
from obelism.records import PUBLISHED
from obelism.store.claims import Changes, Kept, url_key
from obelism.store.joined import joined
from obelism.store.merges import follow
from obelism.text import fold

Outcome = Literal["added", "changed", "unchanged", "retired"]


def take_import(changes: Changes, claim: Claim) -> Outcome:
    """Keep a claim as its source now has it. A retired claim stays retired."""
    old = changes.get(claim.id)
    if old is None:
        changes.set(Kept(claim), "add")
        return "added"
    base = old.imported or old.claim
    if claim.id.startswith(PUBLISHED):
        claim = _with_missing(claim, base)
    if claim == base:
        return "retired" if old.retired else "unchanged"
    now = joined(base, old.claim, claim)
    if claim.id.startswith(PUBLISHED):
        now = replace(now, reviews=_with_superseded(old.claim.reviews, now.reviews))
    new = replace(old, claim=now, imported=claim)
    if old.merged_into:
        follow(changes, old, new)
        return "changed"
    changes.set(new, "change")
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


def _with_missing(claim: Claim, base: Claim) -> Claim:
    """`claim`, in the order of `base`, with the reviews of pages that it does not speak of: they may only be missing.

    The page of one publisher tells of its own review, a feed of several.
    """
    places = {url_key(review.url): place for place, review in reversed(list(enumerate(base.reviews)))}
    told = {url_key(review.url) for review in claim.reviews}
    missing = [review for review in base.reviews if url_key(review.url) not in told]
    reviews = sorted(
        [*claim.reviews, *missing], key=lambda review: places.get(url_key(review.url), len(places))
    )
    return replace(claim, reviews=tuple(reviews))


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
