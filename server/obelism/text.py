"""One normal form for comparing words, and tokens.

Two texts that read the same fold to the same characters: case, curly quotes, dashes, soft hyphens,
no-break spaces and ligatures do not count. `fold_with_map` tells for each folded character where it
stood, so that what is found in the folded text can be quoted in the page's own characters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, combining, normalize


def fold(text: str) -> str:
    """The normal form of `text` for comparing: NFKC, case folded, quotes and dashes straightened.

    Soft hyphens and zero-width characters are gone, every run of white space is one space, and there
    is none at the ends. `fold(fold(text)) == fold(text)`. Linear time.
    """
    if _SINGLES_ONLY.fullmatch(text):
        return " ".join(_normalize(text).split())
    return fold_with_map(text)[0]


def readable(text: str) -> str:
    """`text` without characters that nobody sees (soft hyphens and the like), every white space one space."""
    return " ".join(text.translate(_UNSEEN_ONLY).split())


def fold_with_map(text: str) -> tuple[str, list[int]]:
    """`fold(text)` and, for each of its characters, the offset in `text` of the character it came from."""
    folded: list[str] = []
    offsets: list[int] = []
    space_at = -1
    for start, piece in _pieces(text):
        for char in _fold_piece(piece):
            if char.isspace():
                space_at = start if space_at < 0 else space_at
                continue
            if space_at >= 0 and folded:
                folded.append(" ")
                offsets.append(space_at)
            space_at = -1
            folded.append(char)
            offsets.append(start)
    return "".join(folded), offsets


def words(text: str) -> list[str]:
    """The words and numbers of `fold(text)`, in order.

    French elisions come apart ("l'Europe" gives "l", "europe"), English contractions and possessives
    do not ("don't", "putin's"); hyphens separate; a number keeps its decimal and thousands marks.
    """
    return words_of(fold(text))


def words_of(folded: str) -> list[str]:
    """`words` of a text that is folded already."""
    return _WORD.findall(folded)


# Left of the apostrophe in "l'Europe", "qu'il", "jusqu'à": a word of its own.
_ELIDED = r"(?:[cdjlmnst]|(?:jus|lors|puis|quoi|presqu|quelqu)?qu)(?='\w)"
_NUMBER = r"\d+(?:[.,]\d+)*(?![^\W_])"
_WORD = re.compile(rf"{_ELIDED}|{_NUMBER}|[^\W_]+(?:'[^\W\d_]+)*")

_QUOTES = dict.fromkeys("‘’‚‛′ʼʹ`´‹›", "'") | dict.fromkeys("“”„‟″«»", '"')
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
# Characters that nobody sees: soft hyphen, zero-width spaces and joiners, direction marks, word
# joiner, byte order mark, variation selectors. Newspapers put them inside words to guide hyphenation.
_UNSEEN = dict.fromkeys(
    "\u00ad\u034f\u061c\u115f\u1160\u180e\ufeff"
    + "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))))
    + "".join(map(chr, range(0xFE00, 0xFE10))),
    "",
)
_UNSEEN_ONLY = str.maketrans(_UNSEEN)
_PLAIN = _QUOTES | _DASHES | _UNSEEN
_NOT_PLAIN = re.compile(f"[{''.join(_PLAIN)}]")

# Latin, Greek and Cyrillic letters, punctuation and signs: here no character changes its neighbour
# under NFKC, so a text made of these alone can be folded in one go.
_SINGLES_ONLY = re.compile(r"[\0-\u02ff\u0370-\u0482\u048a-\u0590\u1e00-\u1eff\u2000-\u20cf\u2100-\u2bff]*")

# NFKC sorts a run of combining marks by insertion, which is quadratic: 30 marks are more than any
# language writes (Unicode Standard Annex 15 calls this the Stream-Safe Text Format).
_MAX_MARKS = 30


@lru_cache(maxsize=8192)
def _fold_piece(piece: str) -> str:
    return _normalize(piece)


def _normalize(text: str) -> str:
    composed = normalize("NFKC", _plain(text))
    return _plain(normalize("NFKC", composed.casefold()))


def _plain(text: str) -> str:
    # A text has few of these: finding them costs less than `str.translate`, which looks every character up.
    return _NOT_PLAIN.sub(lambda found: _PLAIN[found[0]], text)


@lru_cache(maxsize=8192)
def _joins_previous(char: str) -> bool:
    """May `char` merge with the character before it under NFKC?"""
    first = normalize("NFKD", char)[0]
    return combining(first) != 0 or category(first) in ("Mn", "Mc", "Me") or "\u1160" <= first <= "\u11ff"


def _pieces(text: str) -> list[tuple[int, str]]:
    """`text` cut, with offsets, where characters cannot merge; unseen characters do not separate."""
    pieces: list[tuple[int, str]] = []
    start = 0
    for at in range(1, len(text) + 1):
        joins = at < len(text) and (text[at] in _UNSEEN or _joins_previous(text[at]))
        if not joins or at - start > _MAX_MARKS:
            pieces.append((start, text[start:at]))
            start = at
    return pieces
