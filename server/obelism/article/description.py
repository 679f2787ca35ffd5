"""What a page says of itself to machines: JSON-LD, microdata, `<meta>`, `<time>`, declared language."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

Thing = dict[str, Any]

MAX_SCRIPT = 400_000  # characters; a longer JSON-LD block is a data dump, not a description
MAX_THINGS = 2_000
MAX_STATED = 50  # dates and microdata items looked at
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|;)\s*$")
_DATED = re.compile(r"date|publi|time|posted")


@dataclass(slots=True)
class Description:
    """The page's own statements about itself, gathered in one pass."""

    title: str = ""
    """`<title>`, white space collapsed."""
    language: str = ""
    """`lang` of the root element."""
    canonical: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    """Content by lower-case name or property; the first of each."""
    things: list[Thing] = field(default_factory=list)
    """JSON-LD objects, nested ones too."""
    dates: list[str] = field(default_factory=list)
    """Machine-readable dates of `<time>` and the like, in page order."""
    reviews: list[str] = field(default_factory=list)
    """`url` of each ClaimReview in microdata; empty where it has none."""

    def of_type(self, *endings: str) -> Iterator[Thing]:
        """JSON-LD things whose `@type` ends with one of `endings`: "Article" takes NewsArticle in."""
        for thing in self.things:
            if any(kind.endswith(endings) for kind in type_names(thing)):
                yield thing


def describe(soup: BeautifulSoup) -> Description:
    """What a parsed page says of itself; markup that is broken says nothing."""
    about = Description(
        language=str((soup.html.get("lang") or soup.html.get("xml:lang") or "") if soup.html else "")
    )
    for element in soup.descendants:
        if isinstance(element, Tag):
            if read := _READERS.get(element.name):
                read(element, about)
            elif element.attrs:
                _read_attributes(element, about)
    return about


def type_names(thing: Thing) -> list[str]:
    """`@type` without its namespace; a list however it was written."""
    types = thing.get("@type", ())
    listed = types if isinstance(types, list) else [types]
    return [kind.rsplit("/", 1)[-1] for kind in listed if isinstance(kind, str)]


def text_value(value: Any) -> str:
    """The text of a JSON-LD value that may be a string, a list of them, or an object with one."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id") or ""
    return value.strip() if isinstance(value, str) else ""


def _read_script(element: Tag, about: Description) -> None:
    raw = _only_text(element)
    if "ld+json" not in str(element.get("type", "")).lower() or not raw or len(raw) > MAX_SCRIPT:
        return
    try:
        pending: deque[Any] = deque([json.loads(_WRAPPING.sub("", raw), strict=False)])
    except (ValueError, RecursionError):  # broken markup says nothing; the page may still be read
        return
    while pending and len(about.things) < MAX_THINGS:
        value = pending.popleft()
        if isinstance(value, dict):
            about.things.append(value)
            pending.extend(child for child in value.values() if isinstance(child, dict | list))
        elif isinstance(value, list):
            pending.extend(child for child in value if isinstance(child, dict | list))


def _read_meta(element: Tag, about: Description) -> None:
    name = str(element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
    about.meta.setdefault(name, str(element.get("content") or "").strip())


def _read_link(element: Tag, about: Description) -> None:
    if str(element.get("rel", "")).lower() == "canonical" and not about.canonical:
        about.canonical = str(element.get("href") or "").strip() or None


def _read_title(element: Tag, about: Description) -> None:
    about.title = about.title or " ".join(_only_text(element).split())


def _read_time(element: Tag, about: Description) -> None:
    stated = element.get("datetime") or element.get("title") or _only_text(element)
    if stated and len(about.dates) < MAX_STATED:
        about.dates.append(str(stated).strip())


_READERS = {
    "script": _read_script,
    "meta": _read_meta,
    "link": _read_link,
    "title": _read_title,
    "time": _read_time,
    "abbr": _read_time,
}


def _read_attributes(element: Tag, about: Description) -> None:
    attrs = element.attrs
    if (
        "itemtype" in attrs
        and str(attrs["itemtype"]).endswith("/ClaimReview")
        and len(about.reviews) < MAX_STATED
    ):
        about.reviews.append(_own_url(element))
    if "class" in attrs and _DATED.search(str(attrs["class"])) and 0 < len(_only_text(element)) <= 40:
        _read_time(element, about)


def _only_text(element: Tag) -> str:
    """The text of an element that holds nothing else; `Tag.string` would recurse down a deep page."""
    first = element.contents[0] if len(element.contents) == 1 else None
    return first if isinstance(first, NavigableString) else ""


def _own_url(item: Tag) -> str:
    """`itemprop="url"` of a microdata item itself, not of an item inside it."""
    for link in item.find_all(itemprop="url", limit=MAX_STATED):
        if link.find_parent(itemscope=True) is item:
            return str(link.get("href") or link.get("content") or "").strip()
    return ""
