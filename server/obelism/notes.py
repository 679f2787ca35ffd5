"""Matches -> notes: which to show, at what level, as which quote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from obelism.model import Article, Framed, Framing, Level, Match, Note, PageKind, Quote, Statement, Status

CONTESTED: frozenset[Status] = frozenset({"refuted", "disputed", "unproven"})
REPEATED: frozenset[Framing] = frozenset({"asserted", "attributed"})
# A fact-check repeats the claim in order to judge it, satire in order to mock it: neither is flagged.
NEVER_FLAGGED: frozenset[PageKind] = frozenset({"fact-check", "satire"})
AROUND = 32  # characters of prefix and suffix


@dataclass(frozen=True, slots=True)
class Found:
    """A statement that is a claim, and how it presents it."""

    statement: Statement
    match: Match
    framed: Framed
    status: Status


def notes_of(article: Article, found: Iterable[Found]) -> tuple[Note, ...]:
    """One note a sentence, in page order: the surest claim, a flag before a context note when equally sure."""
    best: dict[tuple[int, int], Found] = {}
    for one in found:
        place = (one.statement.start, one.statement.end)
        if place not in best or _rank(one, article.kind) > _rank(best[place], article.kind):
            best[place] = one
    return tuple(_note(article, best[place]) for place in sorted(best))


def level_of(framing: Framing, status: Status, kind: PageKind) -> Level:
    """`flag` for a contested claim that the page states or passes on; `context` for the rest."""
    flagged = framing in REPEATED and status in CONTESTED and kind not in NEVER_FLAGGED
    return "flag" if flagged else "context"


def quote_of(article: Article, statement: Statement) -> Quote:
    """The sentence in the page's own characters, with what stands around it."""
    text = article.text
    # Blank lines shrink, and half of one may stand at the far end: twice as much is enough, however short the lines.
    before = text[max(0, statement.start - 2 * AROUND) : statement.start].replace("\n\n", " ")
    after = text[statement.end : statement.end + 2 * AROUND].replace("\n\n", " ")
    return Quote(statement.text, before[-AROUND:], after[:AROUND])


def _rank(one: Found, kind: PageKind) -> tuple[float, bool, str]:
    return (
        round(one.match.score, 3),
        level_of(one.framed.framing, one.status, kind) == "flag",
        one.match.claim.id,
    )


def _note(article: Article, one: Found) -> Note:
    return Note(
        _identity(one.match.claim.id, one.statement),
        quote_of(article, one.statement),
        one.match.claim,
        one.status,
        one.framed.framing,
        one.framed.speaker,
        level_of(one.framed.framing, one.status, article.kind),
        round(one.match.score, 4),
        one.match.reasons,
        one.framed.cues,
    )


def _identity(claim_id: str, statement: Statement) -> str:
    """The same sentence at the same place with the same claim has the same id on every visit."""
    parts: Sequence[str] = (claim_id, statement.text, str(statement.start))
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=9).hexdigest()
