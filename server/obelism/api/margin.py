"""A reading -> rows for the front page: each paragraph with its marked sentences and, beside it, their notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from obelism.model import Article, Block, Note, Quote, Reading

AROUND = 64  # characters: more than a quote tells of its surroundings
TAGS = {"title": "h2", "heading": "h3", "quote": "blockquote"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a paragraph's text; with a number when it is the sentence of that note."""

    text: str
    number: int = 0
    level: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph, the HTML element that it is, and the numbered notes on it."""

    tag: str
    pieces: tuple[Piece, ...]
    notes: tuple[tuple[int, Note], ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    number: int
    note: Note


def rows_of(reading: Reading) -> tuple[tuple[Row, ...], tuple[tuple[int, Note], ...]]:
    """The rows in reading order, and the notes whose sentence was not found in the text."""
    article = reading.article
    marks, lost = _marks(article, reading.notes)
    return tuple(_row(article, block, marks) for block in article.blocks), lost


def _marks(article: Article, notes: Sequence[Note]) -> tuple[list[_Mark], tuple[tuple[int, Note], ...]]:
    marks: list[_Mark] = []
    lost: list[tuple[int, Note]] = []
    for number, note in enumerate(notes, 1):
        start = find(article.text, note.quote)
        if start is None:
            lost.append((number, note))
        else:
            marks.append(_Mark(start, start + len(note.quote.exact), number, note))
    return marks, tuple(lost)


def find(text: str, quote: Quote) -> int | None:
    """Where `quote` stands in `text`: the occurrence with the most of its surroundings; None when nowhere."""
    best, best_score = None, -1
    start = text.find(quote.exact)
    while start >= 0:
        end = start + len(quote.exact)
        # A quote's surroundings go on over paragraphs, with one space for the blank line between them.
        before = text[max(0, start - AROUND) : start].replace("\n\n", " ")
        after = text[end : end + AROUND].replace("\n\n", " ")
        score = before.endswith(quote.prefix) + after.startswith(quote.suffix)
        if score > best_score:
            best, best_score = start, score
        start = -1 if best_score == 2 else text.find(quote.exact, start + 1)
    return best


def _row(article: Article, block: Block, marks: Sequence[_Mark]) -> Row:
    here = sorted((mark for mark in marks if block.start <= mark.start < block.end), key=lambda m: m.start)
    pieces = tuple(piece for piece in _pieces(article.text, block, here) if piece.text)
    return Row(TAGS.get(block.kind, "p"), pieces, tuple((mark.number, mark.note) for mark in here))


def _pieces(text: str, block: Block, marks: Sequence[_Mark]) -> Iterator[Piece]:
    at = block.start
    for mark in marks:
        # Two notes on one sentence: the first marks it, both stand beside it.
        if mark.start < at:
            continue
        yield Piece(text[at : mark.start])
        yield Piece(text[mark.start : mark.end], mark.number, mark.note.level)
        at = mark.end
    yield Piece(text[at : block.end])
