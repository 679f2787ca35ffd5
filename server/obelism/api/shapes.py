"""The JSON of requests and answers: what is validated here is what /openapi.json describes.

Requests are strict: an unknown field or a number written as text is refused, so that a mistake is
told rather than ignored. Answers have the same names as the records of docs/CLAIMS.md.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from obelism.model import Framing, Level, PageKind, ReviewState, Stance, Status
from obelism.records import MAX_ID, MAX_ITEMS, MAX_NAME, MAX_TEXT, MAX_URL, primary_language

# --- words of the schema ------------------------------------------------------------------------

# The same characters that `records.UNREADABLE` refuses (JSON itself refuses lone surrogates).
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_READABLE = rf"^[^{_CONTROLS}]*$"
_NOT_BLANK = rf"^[^{_CONTROLS}]*[^\s{_CONTROLS}][^{_CONTROLS}]*$"
_ADDRESS = (
    r"^https?://[A-Za-z0-9][A-Za-z0-9._-]*(:[1-9][0-9]{0,3})?([/?#][!#$%&-;=?-\[\]_a-z~\u00a1-\ud7ff]*)?$"
)
_LEAP = r"([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DAY = (
    r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
)
_DATE = rf"^([0-9]{{4}}(-(0[1-9]|1[0-2]))?|[0-9]{{4}}-({_DAY})|{_LEAP}-02-29)$"

Language = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,4}$"),
    AfterValidator(lambda tag: primary_language(tag) or tag),
]
Identity = Annotated[str, StringConstraints(pattern=rf"^[^\s{_CONTROLS}]+$", min_length=1, max_length=MAX_ID)]
Name = Annotated[str, StringConstraints(pattern=_NOT_BLANK, max_length=MAX_NAME)]
Text = Annotated[str, StringConstraints(pattern=_NOT_BLANK, max_length=MAX_TEXT)]
OptionalText = Annotated[str, StringConstraints(pattern=_READABLE, max_length=MAX_TEXT)]
Address = Annotated[str, StringConstraints(pattern=_ADDRESS, max_length=MAX_URL)]
Date = Annotated[str, StringConstraints(pattern=_DATE)]


def _whole(value: Any) -> Any:
    # In JSON 5.0 is an integer.
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Shape(BaseModel):
    """A JSON object with these fields and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


# --- claims as they are sent --------------------------------------------------------------------


class PhrasingSent(Shape):
    text: Text
    language: Language


class ReviewSent(Shape):
    publisher: Name
    rating: OptionalText = ""
    url: Address
    title: OptionalText = ""
    date: Date | None = None
    language: Language = "und"
    state: ReviewState = "current"


class PositionSent(Shape):
    party: Name
    stance: Stance
    url: Address
    title: OptionalText = ""
    date: Date | None = None


class ClaimSent(Shape):
    """A claim record. `status` is derived from the reviews and positions: it may be sent back, and is ignored."""

    id: Identity
    text: Text
    language: Language
    claimant: Name | None = None
    phrasings: list[PhrasingSent] = Field([], max_length=MAX_ITEMS)
    reviews: list[ReviewSent] = Field([], max_length=MAX_ITEMS)
    positions: list[PositionSent] = Field([], max_length=MAX_ITEMS)
    status: Status | None = Field(None, json_schema_extra={"readOnly": True})


# --- claims as they are answered ----------------------------------------------------------------


class PhrasingShown(Shape):
    text: str
    language: str


class ReviewShown(Shape):
    publisher: str
    rating: str
    url: str
    title: str
    date: str | None
    language: str
    state: ReviewState


class PositionShown(Shape):
    party: str
    stance: Stance
    url: str
    title: str
    date: str | None


class ClaimShown(Shape):
    id: str
    text: str
    language: str
    claimant: str | None
    status: Status
    phrasings: list[PhrasingShown]
    reviews: list[ReviewShown]
    positions: list[PositionShown]


class ClaimPath(Shape):
    id: Identity


class ClaimPage(Shape):
    """Claims in the order of their ids; `next` is the `after` of the following page."""

    claims: list[ClaimShown]
    next: str | None


class ClaimQuery(Shape):
    """Filters are joined by "and"; `since` compares with the latest review."""

    after: Identity | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    q: Name | None = None
    publisher: Name | None = None
    status: Status | None = None
    language: Language | None = None
    since: Date | None = None


# --- pages --------------------------------------------------------------------------------------


class NotesAsked(Shape):
    """A page: its HTML, and its address and language where the sender tells them."""

    html: str = Field(min_length=1)
    url: Address | None = None
    language: Language | None = None


class PageShown(Shape):
    url: str | None
    title: str
    language: str
    published: str | None
    is_fact_check: bool
    kind: PageKind


class Counts(Shape):
    statements: int
    notes: int
    flags: int


class QuoteShown(Shape):
    exact: str
    prefix: str
    suffix: str


class ReasonShown(Shape):
    kind: str
    detail: str


class NoteShown(Shape):
    id: str
    quote: QuoteShown
    claim: ClaimShown
    framing: Framing
    speaker: str | None
    level: Level
    score: float = Field(ge=0, le=1)
    reasons: list[ReasonShown]
    cues: list[str]


class NotesShown(Shape):
    """Notes in page order. No note is no clean bill: it says that no known claim was recognised."""

    page: PageShown
    counts: Counts
    notes: list[NoteShown]


# --- look-ups -----------------------------------------------------------------------------------

MAX_STATEMENT = 5_000


class LookupAsked(Shape):
    """A statement to look up; `publisher`, `status` and `since` keep only claims that have such a review or status."""

    text: Annotated[str, StringConstraints(pattern=_NOT_BLANK, max_length=MAX_STATEMENT)]
    language: Language | None = None
    limit: Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)] = 10
    publisher: Name | None = None
    status: Status | None = None
    since: Date | None = None


class ResultShown(Shape):
    claim: ClaimShown
    score: float = Field(ge=0, le=1)
    same: bool
    reasons: list[ReasonShown]
    vetoes: list[ReasonShown]


class ResultsShown(Shape):
    """Claims by falling score; `same` says whether the statement makes (or denies) the claim."""

    results: list[ResultShown]


# --- the rest -----------------------------------------------------------------------------------


class FeedbackSent(Shape):
    """A reader's word on a note: the claim's id and nothing of the page."""

    claim: Identity
    framing: Framing | None = None
    kind: Literal["wrong-match", "wrong-framing", "helpful"]


class Accepted(Shape):
    status: Literal["accepted"] = "accepted"


class Health(Shape):
    status: Literal["ok"] = "ok"


class FeedShown(Shape):
    name: str
    age_seconds: float | None


class Readiness(Shape):
    """`degraded`: the store does not answer; pages are read against the claims known so far."""

    status: Literal["ready", "degraded"]
    claims: int
    index_version: int
    feeds: list[FeedShown]


class ProblemShown(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[dict[str, str]] = []
