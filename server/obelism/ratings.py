"""Rating words of fact-checkers -> buckets, and from them the derived status of a claim.

The words are in ratings.csv, one line a rating, with the publishers known to use it. A rating is
looked up whole, then without what surrounds it ("Rating by X: False", "FALSO: As imagens …"), then
as the one known rating inside a short phrase ("false claims"). Words that are not in the table, and
phrases with a negation or with two ratings that disagree, are `unrated`; a number is never judged.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, cast

from obelism.model import Claim, Status
from obelism.text import words

Bucket = Literal["false", "misleading", "mixed", "unproven", "true", "satire", "unrated"]


def status_of(claim: Claim) -> Status:
    """What the reviews and positions of a claim come to; reviews that no longer stand do not count.

    Reviews decide where they settle the matter. Otherwise positions that conflict make it disputed.
    """
    buckets = {
        bucket(review.rating, review.language)
        for review in claim.reviews
        if review.state in ("current", "corrected")
    }
    if settled := _settled(buckets - {"unrated"}):
        return settled
    if _conflict(claim):
        return "disputed"
    return "unproven" if "unproven" in buckets else "unrated"


def _settled(buckets: set[Bucket]) -> Status | None:
    against = buckets & {"false", "misleading"}
    for_it = buckets & {"true", "mixed"}
    if (against and for_it) or "mixed" in buckets or ("true" in buckets and len(buckets) > 1):
        return "disputed"
    # "Unproven" beside "false" is no disagreement: neither found it to be so.
    if against:
        return "refuted"
    if "true" in buckets:
        return "supported"
    return "satire" if "satire" in buckets else None


def _conflict(claim: Claim) -> bool:
    stances = {position.stance for position in claim.positions}
    asserted = "asserts" in stances or claim.claimant is not None
    return asserted and bool(stances & {"disputes", "denies"})


@lru_cache(maxsize=20_000)
def bucket(rating: str, language: str | None = None) -> Bucket:
    """The bucket of a rating's own words; `language` settles words that mean two things."""
    tokens = words(rating)
    for phrase in _readings(rating):
        if found := _known(tuple(words(phrase)), language):
            return found
    return _inside(tokens, language)


def _readings(rating: str) -> Iterator[str]:
    """The whole rating, then the parts of it that may be the rating proper."""
    yield rating
    before, _, after = rating.partition(":")
    yield before
    yield after
    yield re.split(r"[.!,;(\n]| [-–—] ", rating.strip(), maxsplit=1)[0]


def _known(tokens: tuple[str, ...], language: str | None) -> Bucket | None:
    entries = _table().get(tokens, ())
    own = {entry.bucket for entry in entries if entry.language == language}
    found = own or {entry.bucket for entry in entries}
    return found.pop() if len(found) == 1 else None


def _inside(tokens: Sequence[str], language: str | None) -> Bucket:
    return "unrated"


@dataclass(frozen=True, slots=True)
class _Entry:
    bucket: Bucket
    language: str


@cache
def _table() -> dict[tuple[str, ...], list[_Entry]]:
    table: dict[tuple[str, ...], list[_Entry]] = {}
    with files("obelism").joinpath("ratings.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            entry = _Entry(cast(Bucket, row["bucket"]), row["language"])
            table.setdefault(tuple(words(row["rating"])), []).append(entry)
    return table
