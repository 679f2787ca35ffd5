"""Which sentences of a text would match a claim that is still being written.

The matcher judges each sentence against this claim alone; that it is ranked among all other claims is
what weighs its words. Nothing of the text is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from obelism.api.front import html_of
from obelism.article import read_article
from obelism.article.language import told_by_words
from obelism.errors import NotAnArticle
from obelism.framing import frame
from obelism.matches import Asked, page_names
from obelism.model import Article, Block, Candidate, Claim, Framed, Match, Page
from obelism.pipeline import BEFORE, MOST_PAIRS, Pipeline
from obelism.statements import statements_of

MAX_CHARACTERS = 20_000
# More than the searches of one segment bring, so that the draft is among them wherever it ranks.
ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence and how it stands to the claim; without a match it is too far from it to be compared."""

    text: str
    match: Match | None = None
    framed: Framed | None = None
    noted: bool = False
    """Readers would see a note."""


def judged(pipeline: Pipeline, claim: Claim, text: str, floor: float | None = None) -> list[Judged]:
    """The sentences of `text` in order; `floor` is the least score that the claim's notes need.

    Raises PageTooLarge.
    """
    article = _article(text[:MAX_CHARACTERS], claim.language)
    sentences = [statement.text for statement in statements_of(article)]
    before = [sentences[max(0, at - BEFORE) : at] for at in range(len(sentences))]
    asked = _asked(pipeline, claim, article.language, sentences, before)
    matches = dict(zip(asked, pipeline.matcher.match(list(asked.values()), MOST_PAIRS), strict=True))
    return [
        _judged(sentence, matches.get(at), claim, article.language, before[at], floor)
        for at, sentence in enumerate(sentences)
    ]


def _asked(
    pipeline: Pipeline,
    claim: Claim,
    language: str,
    sentences: Sequence[str],
    before: Sequence[Sequence[str]],
) -> dict[int, Asked]:
    own = _own_candidates(pipeline, claim, language, sentences)
    support = max((candidate.rank_score for candidate in own.values()), default=0.0)
    named = page_names(sentences)
    return {
        at: Asked(sentences[at], " ".join(before[at]), language, candidate, named, support)
        for at, candidate in own.items()
    }


def _own_candidates(
    pipeline: Pipeline, claim: Claim, language: str, sentences: Sequence[str]
) -> dict[int, Candidate]:
    found = pipeline.index.beside(claim).candidates(sentences, language, ALL)
    return {
        at: candidate
        for at, candidates in enumerate(found)
        for candidate in candidates
        if candidate.claim.id == claim.id
    }


def _judged(
    sentence: str,
    match: Match | None,
    claim: Claim,
    language: str,
    before: Sequence[str],
    floor: float | None,
) -> Judged:
    if match is None:
        return Judged(sentence)
    framed = frame(sentence, claim, language, before, match.framing_odds)
    return Judged(sentence, match, framed, match.same and match.score >= (floor or 0.0))


def _article(text: str, language: str) -> Article:
    """What was pasted as an article; a few lines that are none are taken as they are."""
    if "<" in text and html_of(text) == text:
        try:
            return read_article(Page(text))
        except NotAnArticle:
            pass
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    blocks, start = [], 0
    for line in lines:
        blocks.append(Block(start, start + len(line), "text"))
        start += len(line) + 2
    whole = "\n\n".join(lines)
    return Article(whole, tuple(blocks), "", told_by_words(whole) or language)
