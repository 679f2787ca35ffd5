"""Does a sentence use the opposite of a claim's words: "fell" where the claim has "rose"?"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from obelism.framing.cues import compiled


def opposite_in(sentence: str, claim: str) -> str | None:
    """The word of `sentence` that turns `claim` round, if exactly one side of a pair stands in each; both folded."""
    for one, other in _pairs():
        for mine, theirs in ((one, other), (other, one)):
            if mine.search(claim) and not theirs.search(claim):
                found = theirs.search(sentence)
                if found and not mine.search(sentence):
                    return found.group()
    return None


@cache
def _pairs() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    table = json.loads((files("obelism.framing") / "opposites.json").read_text("utf-8"))
    return tuple((compiled([one]), compiled([other])) for one, other in table["pairs"])
