"""Article -> Statements: its sentences, with their places in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from obelism.errors import PageTooLarge
from obelism.model import Article, Statement
from obelism.statements.boundaries import boundaries

__all__ = ["statements_of"]

MAX_STATEMENTS = 2_500
MAX_CHARS = 1_000

_WORDY = re.compile(r"\w")


def statements_of(
    article: Article, max_statements: int = MAX_STATEMENTS, max_chars: int = MAX_CHARS
) -> tuple[Statement, ...]:
    """The sentences of an article in order; `article.text[s.start:s.end] == s.text`.

    None spans two blocks. A headline is one statement, whatever it holds. What has no letter or
    digit is no statement. A sentence of more than `max_chars` is cut at a comma or a space.
    Raises PageTooLarge beyond `max_statements`.
    """
    found: list[Statement] = []
    for number, block in enumerate(article.blocks):
        text = article.text[block.start : block.end]
        headline = block.kind in ("title", "heading")
        places = () if headline else boundaries(text, article.language)
        for start, end in _pieces(text, places, max_chars):
            piece = text[start:end]
            if _WORDY.search(piece):
                start += block.start + len(piece) - len(piece.lstrip())
                piece = piece.strip()
                found.append(Statement(piece, start, start + len(piece), block=number))
            if len(found) > max_statements:
                raise PageTooLarge(f"The page has more than {max_statements:,} sentences.")
    return tuple(found)


def _pieces(text: str, places: Iterable[int], max_chars: int) -> Iterator[tuple[int, int]]:
    """Spans between `places`, without gaps; nothing longer than `max_chars`."""
    start = 0
    for end in [*places, len(text)]:
        while end - start > max_chars:
            cut = _cut(text, start, start + max_chars)
            yield start, cut
            start = cut
        yield start, end
        start = end


def _cut(text: str, start: int, end: int) -> int:
    """Where to cut a sentence that is too long: behind its last comma or space before `end`."""
    for mark in (", ", " "):
        place = text.rfind(mark, start + (end - start) // 2, end)
        if place > 0:
            return place + len(mark)
    return end
