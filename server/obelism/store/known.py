"""Which stored claim an arriving one is, whatever the order, number and addresses in which its source now gives it.

The id of a claim of a publisher's own markup comes from its review's address, and from its wording only where the page
reviews several claims: so it changes when a page gains or loses a claim, when a feed is sorted anew, and with
`https:` or `?utm_source=`. What stays is the page and the wording; of two claims with both, who made them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from obelism.model import Claim
from obelism.records import PUBLISHED, first_page, may_share_claimant, published_id
from obelism.store.claims import Changes, chunks, url_key
from obelism.store.schema import review_index
from obelism.text import fold

Said = tuple[str, str]
"""The key of a review's address, and a folded wording."""


def as_known(changes: Changes, arriving: Sequence[Claim]) -> list[Claim]:
    """`arriving`, in its order, under the ids and addresses that the database knows each claim by.

    An id that another claim of the same page goes by, if that arrives too, is left to it.
    """
    wanted = {said for claim in arriving for said in _said(claim)}
    known: dict[Said, dict[str, Claim]] = defaultdict(dict)
    for stored in _stored(changes, wanted):
        for said in _said(stored):
            known[said].setdefault(stored.id, stored)
    taken = {id for claim in arriving for id in _own(claim, known)}
    found: list[Claim] = []
    for claim in arriving:
        if own := _own(claim, known):
            claim = _in_its_place(claim, own.get(claim.id) or own[min(own)])
        elif claim.id in taken and claim.id.startswith(PUBLISHED):
            claim = _of_its_own(claim, taken)
        for said in _said(claim):
            known[said].setdefault(claim.id, claim)
        found.append(claim)
    return found


def _said(claim: Claim) -> Iterator[Said]:
    if claim.id.startswith(PUBLISHED):
        yield from ((url_key(review.url), fold(claim.text)) for review in claim.reviews)


def _own(claim: Claim, known: Mapping[Said, Mapping[str, Claim]]) -> dict[str, Claim]:
    """What is known of the page and the wording of `claim`, and is not said to be of somebody else."""
    same = (one for said in _said(claim) for one in known.get(said, {}).items())
    return {id: stored for id, stored in same if may_share_claimant(stored, claim)}


def _of_its_own(claim: Claim, taken: set[str]) -> Claim:
    page = first_page(claim)
    of_wording, of_claimant = (published_id(page, claim.text, by) for by in ("", claim.claimant or ""))
    return replace(claim, id=of_claimant if of_wording in taken else of_wording)


def _stored(changes: Changes, wanted: set[Said]) -> Iterator[Claim]:
    """What sources last sent of the claims that one of the pages reviews, and what became of it here."""
    for keys in chunks(key for key, _ in wanted):
        of_page = select(review_index.c.claim_id).where(review_index.c.url_key.in_(keys))
        for id in sorted(set(changes.connection.execute(of_page).scalars())):
            if kept := changes.get(id):
                yield from (claim for claim in (kept.imported, kept.claim) if claim)


def _in_its_place(claim: Claim, stored: Claim) -> Claim:
    addresses = {url_key(review.url): review.url for review in stored.reviews}
    reviews = (
        replace(review, url=addresses.get(url_key(review.url), review.url)) for review in claim.reviews
    )
    return replace(claim, id=stored.id, reviews=tuple(reviews))
