"""Where a sentence ends and the next begins, inside one block of text.

Boundaries are proposed twice, by `sentencex` (any language and script) and by end marks (it proposes
none inside quotations and between glued sentences), and then judged one by one by what stands left
and right: abbreviations, initials, numbers, quotations. Only a few characters around a place are
looked at, and `sentencex`, quadratic on unclosed quotes (17 s on 50,000 times "« "), sees short
windows: the time is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

import sentencex

from obelism.statements.abbreviations import (
    BEFORE_NUMBER,
    MAYBE_LAST,
    MAYBE_LAST_CAPITALIZED,
    NEVER_LAST,
    OF_TIME,
    PARTICLES,
    REPORTING,
    STARTERS,
    TITLES,
)

_WINDOW = 1_000  # characters that sentencex sees at a time
_NEAR = 60  # characters looked at on each side of a place
_TAIL = 20  # of them, for the end mark and what closes behind it
_SHORT_QUOTATION = 100  # characters; one with less is never divided
_ENUMERATED = 8  # characters of "12. "
_FEW_WORDS = 4  # a part of a quotation with fewer is never on its own

_CLOSERS = "»”’\"')\\]"
_END_MARK = re.compile(rf"(?<![.!?…。！？؟।])[.!?…。！？؟।]+(?:\s?[{_CLOSERS}])*\s+|[。！？]+[{_CLOSERS}]*")
_GLUED = re.compile(r"(?<=[a-zà-ÿ]{3})[.!?](?=[A-ZÀ-Ý][a-zà-ÿ’' ])(?!(?:Com|Org|Net|Js|Fr|Uk|Io)\b)")
_LEFT = re.compile(rf"(?P<mark>[.!?…。！？؟।]+)(?P<closers>(?:\s?[{_CLOSERS}])*)\s*$")
_CUT_OFF = re.compile(r"[(\[](?:…|\.\.\.)[)\]]\s*$")  # "[…]" stands for words left out
_NEXT_WORD = re.compile(r"[^\w]*(?P<word>[^\W\d_]+|\d+)(?P<stop>\.?)")
_ENUMERATOR = re.compile(r"\W*(?:\d{1,3}|[IVX]{1,4}|[A-Za-z])")
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]$")
_NAMES = re.compile(r"(?P<first>[A-ZÀ-Ý][^\W\d_]*)\.?(?:\s+[A-ZÀ-Ý][\w.’'-]*){0,3}\s+(?P<verb>[a-z]+)\b")
_OPENING = re.compile(r"^.*[(\[«“„\"'’]")
_QUOTE_MARK = re.compile(r"[«»“”„\"]")
_CLOSES = {"«": "»", "“": "”", "„": "“”", '"': '"'}


def boundaries(text: str, language: str) -> Iterator[int]:
    """Offsets in `text` where a new sentence begins, in order; 0 and the end are left out."""
    quotations = list(_quotations(text))
    starts = [start for start, _ in quotations]
    begin = 0
    for place in sorted({*_after_end_marks(text), *_proposed(text, language)}):
        if begin < place < len(text) and _divides(text, begin, place):
            at = bisect_left(starts, place) - 1
            quotation = quotations[at] if at >= 0 else (0, 0)
            if place >= quotation[1] or _divides_quotation(text, begin, place, quotation):
                begin = place
                yield place


def _after_end_marks(text: str) -> Iterator[int]:
    for pattern in (_END_MARK, _GLUED):
        for found in pattern.finditer(text):
            yield found.end()


def _proposed(text: str, language: str) -> Iterator[int]:
    """The boundaries of sentencex, window by window."""
    for start in range(0, len(text), _WINDOW):
        for sentence in sentencex.get_sentence_boundaries(language, text[start : start + _WINDOW]):
            if sentence["start_index"]:
                yield start + sentence["start_index"]


def _divides(text: str, start: int, place: int) -> bool:
    """Does a sentence that begins at `start` end before `place`, quotations aside?"""
    left, right = text[max(start, place - _NEAR) : place], text[place : place + _NEAR]
    end = _LEFT.search(left, max(0, len(left) - _TAIL))
    if not end or _CUT_OFF.search(left) or right[0] in "»”)]":
        return False
    if not left[-1].isspace() and end["mark"] in ".!?…" and not _GLUED.match(text, place - 1):
        return False
    following = _NEXT_WORD.match(right)
    if not following:
        return True
    word = following["word"]
    if word[0].islower() and word.islower():  # "iPhone" may begin a sentence
        return False
    if end["closers"].strip() and not end["mark"].endswith(".") and _is_reported(right):
        return False
    if end["closers"].strip() or end["mark"] not in (".", "!"):
        return True
    return not _is_abbreviation(left[: end.start()], following, place - start <= _ENUMERATED)


def _is_reported(right: str) -> bool:
    """Is this the "Smith asked" after a quoted question or cry?"""
    names = _NAMES.match(right)
    return names is not None and names["verb"] in REPORTING and names["first"].lower() not in STARTERS


def _is_abbreviation(left: str, following: re.Match[str], first: bool) -> bool:
    """Does the full stop behind `left` belong to its last word only? `first`: the sentence is that short."""
    written, before = _last_words(left)
    if first and _ENUMERATOR.fullmatch(left):
        return True
    word, next_word = written.lower(), following["word"].lower()
    capital = written[:1].isupper()
    if word in NEVER_LAST or (capital and word in TITLES) or (word == "ex" and before == "p."):
        return True
    if word in BEFORE_NUMBER and (following["word"].isdigit() or following["stop"]):
        return True
    begins = next_word in STARTERS | PARTICLES and not (following["stop"] and len(next_word) == 1)
    if word in MAYBE_LAST or (capital and word in MAYBE_LAST_CAPITALIZED):
        return next_word in OF_TIME if word in ("p.m", "a.m") else not begins
    if _INITIAL.match(written):
        return _is_initial(written, before, next_word, bool(following["stop"]))
    return False


def _is_initial(written: str, before: str, next_word: str, stopped: bool) -> bool:
    """Is a letter with a full stop part of a name ("J. Le Pen"), and not the end ("vitamin C. It")?"""
    if stopped and len(next_word) == 1:
        return True
    if next_word in STARTERS or (written.islower() and before[-1:].isdigit()):  # "at 8 h."
        return False
    return not (before[:1].islower() and (next_word in PARTICLES or written == "I"))


def _last_words(left: str) -> tuple[str, str]:
    """The last word, without what opens or elides before it, and the one before that."""
    words = left.split()[-2:]
    last = words[-1] if words else ""
    return _OPENING.sub("", last), words[0] if len(words) == 2 else ""


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the outermost quotations that are closed, marks included."""
    opened: re.Match[str] | None = None
    for mark in _QUOTE_MARK.finditer(text):
        if opened is None:
            opened = mark if mark[0] in _CLOSES else None
        elif mark[0] in _CLOSES[opened[0]]:
            yield opened.start(), mark.end()
            opened = None


def _divides_quotation(text: str, start: int, place: int, quotation: tuple[int, int]) -> bool:
    """May a quotation be divided at `place`? Only a long one, into parts that can stand alone."""
    first, last = quotation
    if last - first <= _SHORT_QUOTATION:
        return False
    parts = text[max(first, start) : place], text[place : min(last, place + 200)]
    return all(len(part.split()) >= _FEW_WORDS for part in parts)
