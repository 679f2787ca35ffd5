"""The stages in a row: page -> article -> statements -> candidates -> matches -> framing -> notes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter

from obelism.article import Limits, read_article
from obelism.candidates import Index
from obelism.encoder import Encoder
from obelism.framing import frame, refers_back
from obelism.matches import Asked, Matcher, Nearness, page_names
from obelism.model import Article, Candidate, Claim, Match, Page, Reading, Statement
from obelism.notes import Found, notes_of
from obelism.ratings import status_of
from obelism.statements import statements_of
from obelism.text import readable
from obelism.verifier import Verifier, default_verifier

# Claims that the index brings for each sentence. A sentence deep in an article shares few words with the claim it
# repeats ("the move", "those figures"): of 1,081 labelled sentences the claim is among the first 12 for 72 % only.
PER_STATEMENT = 60
# So a sentence is compared with its own best few, and with the claims that the page as a whole is closest to.
OWN = 6
PAGE_CLAIMS = 16
# Pairs of one page that the verifier may be asked about: a page dense with one topic needs about 100.
MOST_PAIRS = 160
# A slow machine judges the most plausible pairs only, so that the reader is answered within five seconds; while others
# wait, each page has a share of this.
VERIFY_SECONDS = 2.0
# Of the time that whoever asks has left, so much is for what follows the verifier.
RESERVED_SECONDS = 0.7
# Sentences before a statement that the verifier reads with it, after the title.
BEFORE = 3
LOOKUP_CANDIDATES = 100
# Before a filter takes most of them away.
FILTERED_CANDIDATES = 1_000
LOOKUP_VERIFIED = 24
# So long after the beginning of a look-up no more claims are put to a second encoder; those it has met are kept.
LOOKUP_SECONDS = 2.0

Timer = Callable[[str, float], None]
Keep = Callable[[Claim], bool]
TakeIn = Callable[[], int]
"""Brings the index to the store's latest change; says by how many changes it went on."""
Waiting = Callable[[], int]
"""How many pages wait until this one is read."""
Left = Callable[[], float]
"""Seconds after which the reading of a page that begins now is stopped."""
Floors = Callable[[], Mapping[str, float]]
"""Claims that readers' confirmed reports have made harder to match: id -> the least score of a note."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement with what stands before it."""

    statement: Statement
    text: str
    """Without soft hyphens and the like, which would take its words apart."""
    before: tuple[str, ...]
    """The title, then up to BEFORE sentences; empty for the title itself."""

    @property
    def context(self) -> str:
        return " ".join(self.before)


class _Time:
    """Seconds for the verifier to read one page; a share of them while others wait, and none beyond what is left."""

    def __init__(self, seconds: float, waiting: Waiting, left: float) -> None:
        self.seconds = seconds
        self.waiting = waiting
        self.is_hurried = False
        self._begun = 0.0
        self._end = perf_counter() + left - RESERVED_SECONDS

    def begin(self) -> None:
        self._begun = perf_counter()

    def is_up(self) -> bool:
        passed = perf_counter() - self._begun
        up = passed > self.seconds / (1 + self.waiting()) or self.is_over()
        self.is_hurried |= up and passed <= self.seconds
        return up

    def is_over(self) -> bool:
        """Whether the page's own time is, but for what follows the verifier."""
        return perf_counter() > self._end


class Pipeline:
    """Reads pages and looks claims up, against one index."""

    def __init__(
        self,
        index: Index,
        take_in: TakeIn = lambda: 0,
        floors: Floors = dict,
        is_reviewed: Callable[[str], bool] = lambda _url: False,
        verifier: Verifier | None = None,
        limits: Limits | None = None,
        timer: Timer | None = None,
        verify_seconds: float = VERIFY_SECONDS,
        second: Encoder | None = None,
    ) -> None:
        self.index = index
        self.take_in = take_in
        self.floors = floors
        self.is_reviewed = is_reviewed
        self._least: Mapping[str, float] = floors()
        nearness = None if second is None else Nearness(second)
        self.matcher = Matcher(verifier or default_verifier(), nearness=nearness)
        self.limits = limits or Limits()
        self.verify_seconds = verify_seconds
        self.timer = timer or (lambda _stage, _seconds: None)
        self.waiting: Waiting = lambda: 0
        self.left: Left = lambda: math.inf

    @property
    def version(self) -> str:
        """Names, within this process, what the answers depend on: the encoder, the store's change that the index
        reflects, and the least scores, which may be those of a change before or after."""
        return f"{self.index.encoder.name}:{self.index.sequence}:{hash(frozenset(self._least.items()))}"

    def refresh(self) -> int:
        """Take in what the store has changed since; returns how many changes."""
        self._least = self.floors()
        return self.take_in()

    def read(self, page: Page) -> Reading:
        """Find the notes of a page. Raises NotAnArticle or PageTooLarge."""
        time = _Time(self.verify_seconds, self.waiting, self.left())
        with self._timed("article"):
            article = read_article(page, self.limits)
            if page.url and self.is_reviewed(page.url):
                article = replace(article, kind="fact-check")
        with self._timed("statements"):
            statements = statements_of(article, self.limits.max_statements, self.limits.max_statement_length)
        notes = notes_of(article, self._find(article, statements, time))
        return Reading(article, len(statements), notes, time.is_hurried)

    def _find(self, article: Article, statements: Sequence[Statement], time: _Time) -> list[Found]:
        """All statements that are a claim; a statement may be several."""
        sentences = sentences_of(article, statements)
        with self._timed("candidates"):
            texts = [one.text for one in sentences]
            candidates = self.index.candidates(texts, article.language, PER_STATEMENT)
        with self._timed("matches"):
            matches = self._matches(sentences, candidates, article.language, time)
        with self._timed("framing"):
            return [
                self._framed(one, match, article.language)
                for one, found in zip(sentences, matches, strict=True)
                for match in found
            ]

    def look_up(
        self, text: str, language: str | None = None, limit: int = 10, keep: Keep | None = None
    ) -> list[Match]:
        """The claims most like `text`, best first, whether the same or only related."""
        spoken = language or "und"
        text = readable(text)
        most = LOOKUP_CANDIDATES if keep is None else FILTERED_CANDIDATES
        (candidates,) = self.index.candidates([text], spoken, most)
        kept = [one for one in candidates if keep is None or keep(one.claim)][:LOOKUP_CANDIDATES]
        asked = [Asked(text, "", spoken, one) for one in kept]
        until = perf_counter() + LOOKUP_SECONDS
        found = self.matcher.rank(asked, LOOKUP_VERIFIED, lambda: perf_counter() > until)[:limit]
        return [replace(match, same=match.same and self._is_sure(match)) for match in found]

    def _matches(
        self,
        sentences: Sequence[Sentence],
        candidates: Sequence[Sequence[Candidate]],
        language: str,
        time: _Time,
    ) -> list[list[Match]]:
        """The matches that are the same, for each sentence."""
        asked = asked_of_page([(one.text, one.context) for one in sentences], candidates, language)
        matches: list[list[Match]] = [[] for _ in sentences]
        of: dict[tuple[int, str], Candidate] = {}
        time.begin()
        questions = [one for _, one in asked]
        judged = self.matcher.match(questions, MOST_PAIRS, enough=time.is_up, only_same=True)
        for (at, one), match in zip(asked, judged, strict=True):
            if match and match.same and self._is_sure(match):
                matches[at].append(match)
                of[at, match.claim.id] = one.candidate
        self._inherit(sentences, matches, of, language, time)
        return matches

    def _inherit(
        self,
        sentences: Sequence[Sentence],
        matches: list[list[Match]],
        of: dict[tuple[int, str], Candidate],
        language: str,
        time: _Time,
    ) -> None:
        """A sentence that only refers back takes its claim from the sentences before it, if the verifier agrees."""
        for at, one in enumerate(sentences):
            # A few sentences, as a rule: where nobody waits they are read though the verifier's time is up.
            if (time.is_up() and time.is_hurried) or time.is_over():
                return
            if matches[at] or not one.before or not refers_back(one.text, language):
                continue
            source = next(
                (back for back in range(at - 1, max(-1, at - 1 - BEFORE), -1) if matches[back]), None
            )
            if source is None:
                continue
            earlier = [of[source, match.claim.id] for match in matches[source]]
            asked = [
                Asked(one.text, one.context, language, candidate, support=candidate.rank_score)
                for candidate in earlier
            ]
            for candidate, match in zip(
                earlier, self.matcher.match(asked, plausible=0.0, only_same=True), strict=True
            ):
                if match and match.same and self._is_sure(match):
                    matches[at].append(match)
                    of[at, match.claim.id] = candidate

    def _is_sure(self, match: Match) -> bool:
        return match.score >= self._least.get(match.claim.id, 0.0)

    def _framed(self, one: Sentence, match: Match, language: str) -> Found:
        framed = frame(one.statement.text, match.claim, language, one.before, match.framing_odds)
        return Found(one.statement, match, framed, status_of(match.claim))

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            self.timer(stage, perf_counter() - started)


def asked_of_page(
    sentences: Sequence[tuple[str, str]], candidates: Sequence[Sequence[Candidate]], language: str
) -> list[tuple[int, Asked]]:
    """(sentence number, question) for all pairs worth comparing; sentences are given as (text, context)."""
    support: dict[str, float] = {}
    for found in candidates:
        for candidate in found:
            claim = candidate.claim.id
            support[claim] = max(support.get(claim, 0.0), candidate.rank_score)
    of_page = set(sorted(support, key=lambda claim: (-support[claim], claim))[:PAGE_CLAIMS])
    names = page_names(text for text, _ in sentences)
    return [
        (at, Asked(text, context, language, candidate, names, support[candidate.claim.id]))
        for at, ((text, context), found) in enumerate(zip(sentences, candidates, strict=True))
        for place, candidate in enumerate(found)
        if place < OWN or candidate.claim.id in of_page
    ]


def sentences_of(article: Article, statements: Sequence[Statement]) -> list[Sentence]:
    """The statements of an article in order, each with what stands before it."""
    out: list[Sentence] = []
    body: list[str] = []
    title = readable(article.title)
    for statement in statements:
        text = readable(statement.text)
        if article.blocks[statement.block].kind == "title":
            out.append(Sentence(statement, text, ()))
            continue
        out.append(Sentence(statement, text, (title, *body[-BEFORE:])))
        body.append(text)
    return out
