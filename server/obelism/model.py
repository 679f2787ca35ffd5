"""The nouns of Obelism. All are frozen; the stages pass these and nothing else.

Page -> Article -> Statement -> Candidate -> Match -> Note
                      Claim ----^
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Framing = Literal["asserted", "attributed", "denied", "questioned"]
Level = Literal["flag", "context"]
Stance = Literal["asserts", "disputes", "denies", "no comment"]
Status = Literal["refuted", "supported", "disputed", "unproven", "satire", "unrated"]
ReviewState = Literal["current", "corrected", "superseded", "retracted"]
PageKind = Literal["news", "opinion", "satire", "fact-check"]
BlockKind = Literal["title", "lede", "text", "heading", "quote", "item"]

FRAMINGS: tuple[Framing, ...] = ("asserted", "attributed", "denied", "questioned")


# --- the page -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """What the reader's browser sent: the HTML, and the address if the reader lets it be sent."""

    html: str
    url: str | None = None
    language: str | None = None
    """BCP 47 primary subtag ("fr"), when the sender knows it."""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or item of an article: `article.text[start:end]` is its text."""

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Article:
    """The readable text of a page in reading order, blocks joined by a blank line.

    The characters are the page's own (no-break spaces, curly quotes, soft hyphens); only runs of
    ordinary white space are one space. The title, where the page shows one, is the first block.
    """

    text: str
    blocks: tuple[Block, ...]
    title: str
    language: str
    """Primary subtag; "und" when it could not be told."""
    published: str | None = None
    """ISO 8601 date, as the page states it."""
    url: str | None = None
    kind: PageKind = "news"

    @property
    def is_fact_check(self) -> bool:
        return self.kind == "fact-check"

    @property
    def body(self) -> str:
        """The text without the title."""
        return "\n\n".join(self.text[b.start : b.end] for b in self.blocks if b.kind != "title")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an article: `article.text[start:end] == text`."""

    text: str
    start: int
    end: int
    block: int = 0
    """Index into `article.blocks`."""


# --- claims -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phrasing:
    """Another way of stating the same claim, in any language."""

    text: str
    language: str
    """Primary subtag, as everywhere ("fr-CA" is "fr"): `records.primary_language`."""


@dataclass(frozen=True, slots=True)
class Review:
    """A fact-checker's published verdict; `rating` is kept word for word."""

    publisher: str
    rating: str
    url: str
    title: str = ""
    date: str | None = None
    language: str = "und"
    state: ReviewState = "current"


@dataclass(frozen=True, slots=True)
class Position:
    """What one party says of the claim, and where that can be read."""

    party: str
    stance: Stance
    url: str
    title: str = ""
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One proposition that somebody contests; a sentence stating the opposite refers to it too."""

    id: str
    text: str
    language: str
    claimant: str | None = None
    phrasings: tuple[Phrasing, ...] = ()
    reviews: tuple[Review, ...] = ()
    positions: tuple[Position, ...] = ()

    @property
    def wordings(self) -> tuple[Phrasing, ...]:
        """The claim's text and all its phrasings."""
        return (Phrasing(self.text, self.language), *self.phrasings)


# --- matching -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim that a statement may be about, from the index: cheap, and generous."""

    claim: Claim
    lexical: float
    """BM25 score of the wordings and review titles of one language, the best of them, divided by the statement's own
    best possible score: 0..1."""
    dense: float
    """Cosine of the sentence vectors, best wording or review title: -1..1."""
    wording: int = 0
    """Index into `claim.wordings` of the best wording; 0 where a review title is nearest."""
    rival: float | None = None
    """`dense` of the best other claim for the same statement; None when there is none. Claims that mean nearly
    the same as this one are no rivals."""
    alike: frozenset[str] = frozenset()
    """Ids of the claims near the statement that mean nearly the same as this one."""

    @property
    def rank_score(self) -> float:
        """One number to compare candidates by: half words, half meaning."""
        return (self.lexical + max(self.dense, 0.0)) / 2


@dataclass(frozen=True, slots=True)
class Veto:
    """A difference that keeps a statement from being the claim: `Veto("number", "3 % / 30 %")`."""

    kind: Literal["number", "date", "name", "roles", "modality", "fragment"]
    detail: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the explanation shown with a note: `Reason("names", "Musk, Putin")`."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Match:
    """How sure we are that a statement and a claim have the same truth conditions."""

    claim: Claim
    score: float
    """Calibrated probability, 0..1."""
    same: bool
    """At or above the threshold that makes a note."""
    reasons: tuple[Reason, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    framing_odds: tuple[float, float, float, float] | None = None
    """The verifier's view, in the order of FRAMINGS; None when it was not asked."""


@dataclass(frozen=True, slots=True)
class Framed:
    """How a sentence presents a claim, who speaks, and the words that show it."""

    framing: Framing
    speaker: str | None = None
    cues: tuple[str, ...] = ()


# --- notes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quote:
    """Where a sentence stands, in words: W3C TextQuoteSelector. Prefix and suffix: up to 32 characters."""

    exact: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A side note for one sentence."""

    id: str
    quote: Quote
    claim: Claim
    status: Status
    framing: Framing
    speaker: str | None
    level: Level
    score: float
    reasons: tuple[Reason, ...] = ()
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the service found in one page."""

    article: Article
    statements: int
    notes: tuple[Note, ...] = ()
    is_hurried: bool = False
    """Others waited, and so less was compared than the page would have been given alone."""

    @property
    def flags(self) -> int:
        return sum(note.level == "flag" for note in self.notes)
