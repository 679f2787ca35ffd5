"""Rating words of fact-checkers -> buckets, and from them the derived status of a claim.

The words are in ratings.csv, one line a rating, with publishers known to use it. A rating is looked
up whole, then without what surrounds it ("Rating by X: False", "FALSO: As imagens …"), then as the
only rating inside a short phrase ("false claims"). Words that the table does not hold, and phrases
with a negation, a hedge or two ratings that disagree, are `unrated`; a number is never judged.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, cast

from obelism.model import Claim, Status
from obelism.text import words

_TABLE = files("obelism").joinpath("ratings.csv").read_text("utf-8")
_RULES = 1  # raised when the code below comes to other buckets with the same table
TABLE_VERSION = zlib.crc32(_TABLE.encode()) * 1000 + _RULES
"""Another number for another table: statuses that were kept are derived anew."""

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
    if found := _known(_tokens(rating), language):
        return found
    for part in _parts(rating):
        found = _known(_tokens(part), language)
        if found and found != "unrated":
            return "unrated" if found == "true" and _contradicted(rating, language) else found
    return _inside(_sentence(rating), language)


def _parts(rating: str) -> Iterator[str]:
    """The parts of a rating that may be the rating proper."""
    before, colon, after = rating.partition(":")
    if colon:
        yield from (before, after, rating.rpartition(":")[2])
    yield _sentence(rating)


def _sentence(rating: str) -> str:
    return re.split(r"[.!;(\n।。]| [-–—|] ", rating.strip(), maxsplit=1)[0]


def _known(tokens: tuple[str, ...], language: str | None) -> Bucket | None:
    entries = _table().get(tokens, {})
    if language in entries:
        return entries[language]
    found = set(entries.values())
    return found.pop() if len(found) == 1 else None


def _inside(phrase: str, language: str | None) -> Bucket:
    """The bucket of the one rating in a short phrase, if nothing in the phrase can turn it round."""
    tokens = _tokens(phrase)
    if len(tokens) > _SHORT:
        return "unrated"
    found, rest = _ratings_in(tokens, language)
    if len(found) != 1 or _holds(rest, _TURNING):
        return "unrated"
    # Saying that a claim is true is held to more: "the true story" and "real photo" do not say it.
    if found <= {"true", "mixed"} and not set(rest) <= _FRAME:
        return "unrated"
    return found.pop()


def _contradicted(rating: str, language: str | None) -> bool:
    """Whether more is said than that the claim is true: "True. But it lacks context"."""
    found, _ = _ratings_in(_tokens(rating), language)
    return found != {"true"}


def _ratings_in(tokens: tuple[str, ...], language: str | None) -> tuple[set[Bucket], tuple[str, ...]]:
    """The buckets of all ratings in a phrase, longest first, and the words that are part of none."""
    found: set[Bucket] = set()
    rest: list[str] = []
    at = 0
    while at < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
            known = _known(tokens[at : at + length], language)
            if known and known != "unrated":
                found.add(known)
                at += length
                break
        else:
            rest.append(tokens[at])
            at += 1
    return found, tuple(rest)


def _holds(tokens: tuple[str, ...], phrases: frozenset[tuple[str, ...]]) -> bool:
    return any(
        tokens[at : at + length] in phrases for length in (1, 2, 3) for at in range(len(tokens) - length + 1)
    )


@cache
def _table() -> dict[tuple[str, ...], dict[str | None, Bucket]]:
    """Rating words -> language -> bucket."""
    table: dict[tuple[str, ...], dict[str | None, Bucket]] = {}
    for row in csv.DictReader(_TABLE.splitlines()):
        table.setdefault(_tokens(row["rating"]), {})[row["language"]] = cast(Bucket, row["bucket"])
    return table


def _tokens(text: str) -> tuple[str, ...]:
    # Case folding knows no Turkish: "YANLIŞ" and "yanlış" must be the same word.
    return tuple(word.replace("ı", "i").replace("\u0307", "") for word in words(text))


_SHORT = 12  # words: beyond, a "rating" is a sentence about something, and any word in it can be
_LONGEST = 6  # words of the longest rating in the table that is looked for inside phrases

# Words that turn a rating round or take it back, wherever in the phrase: negations and hedges.
_TURNING_WORDS = """
    not no never none nor without isn't isnt aren't wasn't weren't doesn't don't didn't can't cannot couldn't
    won't hardly nothing nobody neither almost nearly partly partially mostly largely probably possibly likely
    maybe perhaps half somewhat allegedly apparently seemingly if whether or
    pas ne n ni non jamais aucun aucune sans rien presque plutôt peut-être partiellement probablement possiblement
    si ou sinon
    nicht kein keine keinen keiner nie niemals ohne fast wahrscheinlich vermutlich teilweise teils vielleicht
    größtenteils eher oder ob
    sin nunca jamás tampoco casi parcialmente probablemente quizás quizá posiblemente o
    não nem sem quase talvez provavelmente possivelmente ou
    né mai senza nessun nessuna forse quasi probabilmente parzialmente
    niet geen nooit zonder bijna mogelijk waarschijnlijk deels
    nie bez nigdy prawie częściowo prawdopodobnie czy
    değil kısmen belki muhtemelen
    není nejsou částečně možná nu fără parțial aproape inte ej utan delvis nästan ikke uden uten delvist nesten
    ei eivät osittain nem nincs részben nije nisu djelomično djelimično
    не нет без нет частично возможно почти немає ні частково δεν όχι μη χωρίς
    नहीं न ना না নয় নেই ليس لا غير لم tidak bukan tanpa belum sebagian si sio
"""
# What may stand around "true" without changing what is said.
_FRAME_WORDS = """
    this that it it's that's is was are the a an claim claims statement story quote report rating rated verdict
    indeed actually by our we
    c est ce cette l la le les affirmation information
    das die der ist behauptung aussage es esta este la el afirmación é esta a o afirmação è questa
"""
_TURNING = frozenset(map(_tokens, _TURNING_WORDS.split()))
_FRAME = frozenset(_FRAME_WORDS.split())
