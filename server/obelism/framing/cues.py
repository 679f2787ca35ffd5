"""Text -> Cues: the words that show how a sentence presents what it says.

The words themselves are data (`cues.json`); its notation is described there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue in a folded text: `folded[start:end]` are its words."""

    kind: str
    start: int
    end: int


def cues_in(folded: str, language: str) -> list[Cue]:
    """All cues, in the order of the text; no two overlap, since longer readings are searched first."""
    found: list[Cue] = []
    taken = bytearray(len(folded))
    for kind, pattern in _patterns(language if language in ("en", "fr") else "en"):
        for match in pattern.finditer(folded):
            start, end = match.span()
            if end > start and not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(Cue(kind, start, end))
    return sorted(found, key=lambda cue: cue.start)


def quoted(text: str, mapped: tuple[str, list[int]], folded_cues: tuple[str, ...]) -> tuple[str, ...]:
    """The cues in the characters of `text`, without repetition; `mapped` is `fold_with_map(text)`."""
    folded, offsets = mapped
    starts = ((cue, folded.find(cue)) for cue in dict.fromkeys(folded_cues))
    return tuple(text[offsets[at] : offsets[at + len(cue) - 1] + 1] for cue, at in starts if at >= 0)


@cache
def _patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = json.loads((files("obelism.framing") / "cues.json").read_text("utf-8"))
    return tuple(
        (kind, compiled(table[language][kind])) for kind in table["order"] if table[language].get(kind)
    )


def compiled(entries: list[str]) -> re.Pattern[str]:
    """One pattern for whole words, from entries in the notation of `cues.json`."""
    return re.compile(r"(?<!\w)(?:" + "|".join(map(_as_regex, entries)) + r")(?:(?!\w)|(?<!\w))")


def _as_regex(entry: str) -> str:
    grouped = re.sub(r"\((?!\?)", "(?:", entry)
    return grouped.replace("*", r"\w*").replace("…", r"(?:[^ ,;:!?]+ ){0,6}?")
