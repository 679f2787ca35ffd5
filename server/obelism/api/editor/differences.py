"""What one version of a claim has that another has not, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from obelism import records
from obelism.errors import BadClaim
from obelism.model import Claim

Sign = Literal["-", "+"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that went or came: a field of the claim, or one of its phrasings, reviews, positions."""

    sign: Sign
    field: str
    text: str


def differences(before: Claim | None, after: Claim | None) -> tuple[Difference, ...]:
    """What went (`-`) and what came (`+`), in the order of the claim's fields; None is no claim at all."""
    old, new = list(_lines(before)), list(_lines(after))
    found: list[Difference] = []
    for field in dict.fromkeys(field for field, _ in (*old, *new)):
        found += _only(old, new, field, "-") + _only(new, old, field, "+")
    return tuple(found)


def claim_of(logged: str | None) -> Claim | None:
    """The claim of a log entry's `before` or `after`; None where it holds words of another kind."""
    try:
        return records.parse(json.loads(logged or "null"))
    except (ValueError, BadClaim):
        return None


def _only(
    these: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]], field: str, sign: Sign
) -> list[Difference]:
    known = set(others)
    return [
        Difference(sign, field, text) for name, text in these if name == field and (name, text) not in known
    ]


def _lines(claim: Claim | None) -> Iterator[tuple[str, str]]:
    if claim is None:
        return
    yield "text", claim.text
    yield "language", claim.language
    if claim.claimant:
        yield "claimant", claim.claimant
    for phrasing in claim.phrasings:
        yield "phrasings", f"{phrasing.text} ({phrasing.language})"
    for review in claim.reviews:
        parts = (review.publisher, review.rating, review.title, review.url, review.date, review.language)
        state = "" if review.state == "current" else review.state
        yield "reviews", " · ".join(part for part in (*parts, state) if part)
    for position in claim.positions:
        told = (position.party, position.stance, position.title, position.url, position.date)
        yield "positions", " · ".join(part for part in told if part)
