"""When a page says it was published."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime

from obelism.article.description import Description, text_value

_META = [
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dcterms.issued",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_date",
    "publication_date",
    "date.issued",
    "parsely-pub-date",
    "sailthru.date",
    "article.published",
    "article_date_original",
    "cxenseparse:recs:publishtime",
    "release_date",
    "displaydate",
    "last-modified",
]
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.]?([01]\d)[-/.]?([0-3]\d)(?!\d)")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]([01]?\d)[/-]([0-3]?\d)(?=[/_-]|$)")


def published_date(about: Description, url: str | None) -> str | None:
    """ISO 8601 day of publication: from JSON-LD, meta tags, `<time>`, a dated element, or the address."""
    for thing in about.of_type("Article", "Posting", "ClaimReview", "Report"):
        if day := iso_day(text_value(thing.get("datePublished"))):
            return day
    for name in _META:
        if day := iso_day(about.meta.get(name, "")):
            return day
    shown = (day for text in about.dates if (day := iso_day(text)))
    return next(shown, None) or _address_date(url or about.canonical or "")


def iso_day(text: str) -> str | None:
    """The day in a machine-readable date: ISO 8601 (basic form and "2020-10-07 20:05" too) or RFC 2822."""
    if found := _ISO.search(text[:40]):
        return _day(*found.groups())
    if not re.match(r"(?:\w{3}, )?\d{1,2} \w{3} \d{4}", text):
        return None
    try:
        return parsedate_to_datetime(text[:40]).date().isoformat()
    except (ValueError, OverflowError):  # "+9999999999" is no time zone
        return None


def _address_date(url: str) -> str | None:
    found = _IN_ADDRESS.search(url)
    return _day(*found.groups()) if found else None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
