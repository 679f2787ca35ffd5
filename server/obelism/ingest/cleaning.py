"""What publishers' markup says, made fit to keep: plain text, dates, addresses.

Markup in the wild holds HTML entities once or twice over, control characters, lone surrogates, dates
in half a dozen forms and addresses relative to the page. Tags in a text stay, as text.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any
from unicodedata import decimal
from urllib.parse import urljoin, urlsplit

from obelism.ingest.language import named
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
# Python refuses to read numbers of thousands of digits.
_ENTITY = re.compile(r"&(#\d{1,20}|#x[0-9a-fA-F]{1,20}|[A-Za-z][A-Za-z0-9]*);")
_DIGIT = re.compile(r"\d")
"""Of any script: ٧ and ७ are 7."""
_MONTHS = [
    months.split()
    for months in (
        "january february march april may june july august september october november december",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    )
]
_YEAR_FIRST = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)|^(\d{4})(\d{2})(\d{2})(?:T|$)")
_YEAR_LAST = re.compile(r"\b(\d{1,2})([-/.])(\d{1,2})\2(\d{4})\b")
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|º|\.)?[ -](?:de )?([^\W\d_]{3,})[.,]*(?: de)?[ -](\d{4})\b"
)
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")


def text_of(value: object, most: int = MAX_TEXT) -> str:
    """The text in a value of JSON-LD: a string, a number, `{"@value": …}`, or the first of a list."""
    for found in each(value):
        if isinstance(found, dict):
            found = found.get("@value")
        if isinstance(found, float) and math.isfinite(found):
            found = f"{found:g}"
        elif isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        if isinstance(found, str) and (text := clean(found)):
            return text[:most].rstrip()
    return ""


def clean(text: str) -> str:
    """`text` without entities, control characters, lone surrogates, and runs of white space."""
    return _SPACE.sub(" ", UNREADABLE.sub("", _SPACE.sub(" ", unescaped(text)))).strip()


def unescaped(text: str) -> str:
    """`text` with the characters that its HTML entities stand for."""
    for _ in range(2):  # "&amp;#039;" is common: escaped by the editor's page, and again by its template
        text = _ENTITY.sub(_character, text)
    return text


def _character(entity: re.Match[str]) -> str:
    # One by one: html.unescape also takes the beginning of a word for one, the "sect" of "?p=1&section=2".
    return html.unescape(entity[0]) if entity[1][0] == "#" or f"{entity[1]};" in html5 else entity[0]


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
        address = unescaped(UNREADABLE.sub("", found.strip()))
        if address.startswith(("//", "www.")):
            address = f"https://{address.lstrip('/')}"
        try:
            address = urljoin(base, address) if base else address
        except ValueError:
            continue
        if is_web_address(escaped_address(address)):
            return escaped_address(address)
    return None


def page_of_its_own(*addresses: str | None) -> str | None:
    """The first address that is not a site's front page: templates give that for all of its pages. Else the first."""
    given = [address for address in addresses if address]
    return next((address for address in given if not _is_front_page(address)), given[0] if given else None)


def _is_front_page(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path in ("", "/") and not parts.query


def date_of(value: object) -> str | None:
    """The calendar date in a value, in ISO 8601; None when it is not clear which day is meant."""
    text = _DIGIT.sub(lambda digit: str(decimal(digit[0])), text_of(value, 100))
    if date := iso_date(text):
        return date
    if found := _YEAR_FIRST.search(text):
        year, month, day = (found[n] or found[n + 3] for n in (1, 2, 3))
    elif found := _YEAR_LAST.search(text):
        one, point, other, year = found.groups()
        # Dots are written by those who put the day first. With slashes only a number over 12 tells.
        day_first = point == "." or int(one) > 12 or one == other
        day, month = (one, other) if day_first else (other, one)
        if not day_first and int(other) <= 12:
            return None
    elif found := _DAY_MONTH.search(text):
        day, month, year = found[1], _month(found[2]), found[3]
    elif found := _MONTH_DAY.search(text):
        month, day, year = _month(found[1]), found[2], found[3]
    else:
        return None
    return iso_date(f"{year}-{int(month):02}-{int(day):02}")


def _month(name: str) -> int:
    """The number of a month by its name or the beginning of it; 0 for no month, and for "jui" and the like."""
    name = name.casefold()
    meant = {
        number for months in _MONTHS for number, month in enumerate(months, start=1) if month.startswith(name)
    }
    return meant.pop() if len(meant) == 1 else 0


def language_in(value: object) -> str | None:
    """The primary subtag in a value: "fr-FR", `{"@type": "Language", "alternateName": "fr"}`."""
    for found in each(value):
        if isinstance(found, dict):
            found = found.get("alternateName") or found.get("name")
        if isinstance(found, str) and (language := primary_language(found) or named(found)):
            return language
    return None


def each(value: object) -> Iterator[Any]:
    """The entries of a list; anything else is a list of one."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value
