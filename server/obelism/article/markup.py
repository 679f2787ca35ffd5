"""HTML as a string -> a tree, within limits that a hostile page cannot get around."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup
from bs4.element import AttributeDict, Tag

from obelism.errors import NotAnArticle, PageTooLarge


@dataclass(frozen=True, slots=True)
class Limits:
    """What a page may cost. Real news pages stay below a tenth of each but the first."""

    max_bytes: int = 5 * 1024 * 1024
    """Of the HTML as UTF-8."""
    max_tags: int = 200_000
    """Start and end tags: a tree of 100,000 elements takes about 1.5 s and 130 MB to build."""
    max_depth: int = 1_000
    """Elements open at a time: 100,000 nested ones take a second to build, and are refused after 20 ms."""
    max_text: int = 500_000
    """Characters of the article: the length of a novel."""
    max_statements: int = 2_500
    """Sentences of the article: 4,000 take three seconds to search."""
    max_statement_length: int = 1_000
    """Characters of a sentence: a longer one is no sentence, and is cut."""


PART = 64 * 1024  # characters
# Pieces of one text that are kept apart. Five million took 40 MB.
MOST_PIECES = 64 * 1024

_TAG = re.compile(r"</?[a-zA-Z]")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}>", re.IGNORECASE)
_UNENCODABLE = re.compile(r"[\ud800-\udfff]")


def parse(html: str, limits: Limits) -> BeautifulSoup:
    """The tree of a page. Raises PageTooLarge before any time is spent on a page over the limits.

    Attributes are a plain dict of strings, "class" too: that is an eighth of the time.
    """
    size = utf8_size(html)
    if size > limits.max_bytes:
        raise PageTooLarge(f"The page has {size:,} bytes; the limit is {limits.max_bytes:,}.")
    readable = _readable(html)  # first: "<\0p>" becomes a tag only then
    if readable.count("<") > limits.max_tags:
        tags = sum(1 for _ in _TAG.finditer(readable))
        if tags > limits.max_tags:
            raise PageTooLarge(f"The page has {tags:,} tags; the limit is {limits.max_tags:,}.")
    if not _TAG.search(readable):
        raise NotAnArticle("This is not an HTML page: it has no tags.")
    return _Tree(readable, limits.max_depth)


def utf8_size(text: str) -> int:
    """How many bytes `text` has as UTF-8; without a copy of it."""
    if text.isascii():
        return len(text)
    return sum(len(text[at : at + PART].encode("utf-8", "surrogatepass")) for at in range(0, len(text), PART))


class _Tree(BeautifulSoup):
    """Is never built deeper than `max_depth`, nor of more pieces of a text than MOST_PIECES."""

    def __init__(self, html: str, max_depth: int) -> None:
        self._max_depth = max_depth
        super().__init__(html, "lxml", multi_valued_attributes=None, attribute_dict_class=AttributeDict)

    def pushTag(self, tag: Tag) -> None:
        if len(self.tagStack) > self._max_depth:
            raise PageTooLarge(f"The page nests its elements more than {self._max_depth:,} deep.")
        super().pushTag(tag)

    def handle_data(self, data: str) -> None:
        # Of "<<<<" and "&amp;&amp;" the parser makes a piece of each character.
        self.current_data.append(data)
        if len(self.current_data) > MOST_PIECES:
            self.current_data = ["".join(self.current_data)]


def _readable(html: str) -> str:
    """Without what the parser cannot take: an XML declaration, NUL, halves of surrogate pairs."""
    if html[:200].lstrip().lower().startswith("<?xml"):
        html = _XML_DECLARATION.sub("", html, count=1)
    return _UNENCODABLE.sub("\ufffd", html.replace("\0", ""))
