"""Claims in the forms that other programs read: JSON Lines, CSV, and ClaimReview as a DataFeed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from obelism import records
from obelism.model import Claim, Review

COLUMNS = (
    "id", "text", "language", "claimant",
    "publisher", "rating", "url", "title", "date", "review_language", "state",
    "party", "stance", "position_url", "position_title", "position_date",
    "phrasing", "phrasing_language",
)  # fmt: skip
"""The columns of a table of claims, in order; an import takes them in any order."""

# What spreadsheets take for a formula; `=HYPERLINK(…)` in a claim's text must stay text. A quotation
# mark before it keeps it so, and an import takes that off again.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def json_lines(claims: Iterable[Claim]) -> Iterator[str]:
    """A record a line; importing and exporting again gives the same bytes."""
    return (f"{records.dump(claim)}\n" for claim in claims)


def table(claims: Iterable[Claim]) -> Iterator[str]:
    """CSV with the COLUMNS: a line for a claim and its first review, position and phrasing, more for more."""
    yield _csv_line(COLUMNS)
    for claim in claims:
        for row in _rows(claim):
            yield _csv_line(_guarded(row.get(column) or "") for column in COLUMNS)


def claim_reviews(claims: Iterable[Claim]) -> Iterator[str]:
    """A schema.org DataFeed of ClaimReviews: every review that stands, claim by claim.

    Claims without a review have no place in it.
    """
    yield '{"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": ['
    separator = "\n"
    for claim in claims:
        items = [claim_review(claim, r) for r in claim.reviews if r.state in ("current", "corrected")]
        if items:
            element = {"@type": "DataFeedItem", "item": items}
            yield separator + json.dumps(element, ensure_ascii=False)
            separator = ",\n"
    yield "\n]}\n"


def claim_review(claim: Claim, review: Review) -> dict[str, Any]:
    """One review as schema.org ClaimReview; the rating keeps its words and gets no number, a correction no text."""
    node: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": claim.text,
        "url": review.url,
        "author": {"@type": "Organization", "name": review.publisher},
        "itemReviewed": {"@type": "Claim", "text": claim.text},
    }
    if review.rating:
        node["reviewRating"] = {"@type": "Rating", "alternateName": review.rating}
    if claim.claimant:
        node["itemReviewed"]["author"] = {"@type": "Person", "name": claim.claimant}
    optional = {"name": review.title, "datePublished": review.date}
    node |= {name: value for name, value in optional.items() if value}
    if review.state == "corrected":
        node["correction"] = {"@type": "CorrectionComment"}
    if review.language != "und":
        node["inLanguage"] = review.language
    return node


FORMS: Mapping[str, Callable[[Iterable[Claim]], Iterator[str]]] = {
    "jsonl": json_lines,
    "csv": table,
    "claimreview": claim_reviews,
}
"""The forms of an export by name; each gives the file piece by piece."""


def _rows(claim: Claim) -> Iterator[dict[str, str | None]]:
    first: dict[str, str | None] = {
        "text": claim.text,
        "language": claim.language,
        "claimant": claim.claimant,
    }
    reviews = [
        {
            "publisher": r.publisher, "rating": r.rating, "url": r.url, "title": r.title, "date": r.date,
            "review_language": r.language, "state": r.state if r.state != "current" else "",
        }
        for r in claim.reviews
    ]  # fmt: skip
    positions = [
        {
            "party": p.party, "stance": p.stance, "position_url": p.url, "position_title": p.title,
            "position_date": p.date,
        }
        for p in claim.positions
    ]  # fmt: skip
    phrasings = [{"phrasing": p.text, "phrasing_language": p.language} for p in claim.phrasings]
    nothing: dict[str, str | None] = {}
    for parts in zip_longest([first], reviews, positions, phrasings, fillvalue=nothing):
        row: dict[str, str | None] = {"id": claim.id}
        for part in parts:
            row.update(part)
        yield row


def _guarded(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
