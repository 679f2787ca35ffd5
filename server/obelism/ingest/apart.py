"""What a source says of one id in several places: each claim is taken once, and two claims of a page are kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from obelism.ingest.rejected import Rejected
from obelism.model import Claim
from obelism.records import PUBLISHED, first_page, published_id
from obelism.text import fold


def apart(found: Iterable[Claim | Rejected]) -> Iterator[Claim | Rejected]:
    """`found`, every id with one content, so that reading a source again changes nothing.

    A feed may list the claims of one page in several places: those behind the first are known by page and wording,
    and by claimant where several made it. Any other second content of an id is rejected.
    """
    # Hashes only: a feed holds several hundred thousand claims.
    contents: dict[int, int] = {}
    claimants: dict[int, int | None] = {}
    for entry in found:
        if isinstance(entry, Rejected):
            yield entry
            continue
        claim = entry
        if hash(claim.id) in contents and _wording(claim) not in claimants:
            claim = _of_its_own(claim)
        claimant = hash(fold(claim.claimant)) if claim.claimant else None
        wording = _wording(claim)
        first = claimants[wording] = claimants.get(wording) or claimant
        if claim.claimant and claimant != first:
            claim = _of_its_own(claim, claim.claimant)
        if contents.setdefault(hash(claim.id), hash(claim)) == hash(claim):
            yield claim
        else:
            yield Rejected(
                claim.id, "stands further up in this source with another content; the first is kept"
            )


def _of_its_own(claim: Claim, claimant: str = "") -> Claim:
    if not claim.id.startswith(PUBLISHED) or not claim.reviews:
        return claim
    return replace(claim, id=published_id(first_page(claim), claim.text, claimant))


def _wording(claim: Claim) -> int:
    return hash((claim.id, fold(claim.text)))
