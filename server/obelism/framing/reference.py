"""Does a sentence only refer back ("The company denies it"), so that its claim stands before it?"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from re import Pattern

from obelism.framing.cues import compiled
from obelism.text import fold, words

# Beyond this a sentence says things of its own: 43 of 46 in the tuning half of training/articles do not.
MAX_WORDS = 24


def refers_back(text: str, language: str) -> bool:
    """True where `text` denies, confirms or repeats "it", "this claim", "ces accusations", naming no content."""
    folded = fold(text)
    pattern = _patterns().get(language) or _patterns()["en"]
    return len(words(folded)) <= MAX_WORDS and pattern.search(folded) is not None


@cache
def _patterns() -> dict[str, Pattern[str]]:
    table = json.loads((files("obelism.framing") / "references.json").read_text("utf-8"))
    return {language: compiled(table[language]) for language in ("en", "fr")}
