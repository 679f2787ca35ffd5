"""What publishers' markup says, made fit to keep: plain text, dates, addresses.

Markup in the wild holds HTML entities once or twice over, control characters, lone surrogates, dates
in half a dozen forms and addresses relative to the page. Tags in a text stay, as text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from obelism.records import (
    MAX_NAME,
    MAX_TEXT,
    UNREADABLE,
    escaped_address,
    is_web_address,
    iso_date,
    primary_language,
)

_SPACE = re.compile(r"[ \t\r\n\f\v\x85\u2028\u2029]+")
_ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_WRITTEN_DATES = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y%m%d", "%Y/%m/%d")


def text_of(value: object, most: int = MAX_TEXT) -> str:
    """The text in a value of JSON-LD: a string, a number, `{"@value": …}`, or the first of a list."""
    for found in each(value):
        if isinstance(found, dict):
            found = found.get("@value")
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            found = f"{found:g}" if isinstance(found, float) else str(found)
        if isinstance(found, str) and (text := clean(found)):
            return text[:most].rstrip()
    return ""


def clean(text: str) -> str:
    """`text` without entities, control characters, lone surrogates, and runs of white space."""
    for _ in range(2):  # "&amp;#039;" is common: escaped by the editor's page, and again by its template
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return _SPACE.sub(" ", UNREADABLE.sub("", _SPACE.sub(" ", text))).strip()


def name_of(value: object) -> str:
    """The name of a person or organisation: a string, or an object with a name."""
    for found in each(value):
        name = text_of(found.get("name"), MAX_NAME) if isinstance(found, dict) else text_of(found, MAX_NAME)
        if name:
            return name
    return ""


def address_of(value: object, base: str | None = None) -> str | None:
    """The first http(s) address in a value, relative ones completed by `base`."""
    for found in each(value):
        if isinstance(found, dict):
            found = found.get("url") or found.get("@id") or found.get("@value")
        if not isinstance(found, str) or not found.strip():
            continue
        address = html.unescape(UNREADABLE.sub("", found.strip()))
        try:
            address = urljoin(base, address) if base else address
        except ValueError:
            continue
        if is_web_address(escaped_address(address)):
            return escaped_address(address)
    return None


def date_of(value: object) -> str | None:
    """The calendar date in a value, in ISO 8601; None when it is not clear which day is meant."""
    text = text_of(value)
    if date := iso_date(text):
        return date
    for form in _WRITTEN_DATES:
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except ValueError:
        return None


def language_in(value: object) -> str | None:
    """The primary subtag in a value: "fr-FR", `{"@type": "Language", "alternateName": "fr"}`."""
    for found in each(value):
        if isinstance(found, dict):
            found = found.get("alternateName") or found.get("name")
        if isinstance(found, str) and (language := primary_language(found)) and len(language) <= 3:
            return language
    return None


def each(value: object) -> Iterator[Any]:
    """The entries of a list; anything else is a list of one."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value
