"""(sentence, claim) -> Framed: how the page presents the claim, who speaks, and the words that show it.

Rules read the cue words (`cues`), where they stand relative to the claim (`scope`), and decide
(`rules`); the trained verifier's odds settle what the rules are not sure of (`combined`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from obelism.framing.cues import quoted
from obelism.framing.reference import refers_back
from obelism.framing.rules import Ruling, rule
from obelism.framing.speakers import speaker_of
from obelism.model import FRAMINGS, Claim, Framed, Framing
from obelism.text import fold_with_map

__all__ = ["frame", "refers_back"]

# How much the verifier's odds count beside what the rule has met (1 is naive Bayes). On articles that it was not
# trained on 0.73 are right with 0.7, 0.74 with 1, 0.75 by the odds alone, 0.62 by the rules alone; but a plain "not"
# must not be talked away by the odds.
ODDS_WEIGHT = 0.7


def frame(
    text: str,
    claim: Claim,
    language: str,
    context: Sequence[str] = (),
    odds: tuple[float, float, float, float] | None = None,
) -> Framed:
    """How `text` presents `claim`.

    `language` is that of the text; `context` are the sentences before it, nearest last; `odds` are the
    verifier's probabilities in the order of `FRAMINGS`. `speaker` and `cues` are in the page's own
    characters; `speaker` is None where the page itself speaks or nobody is named.
    """
    primary = language[:2].lower()
    ruling = rule(text, claim, primary, context)
    framing = combined(ruling, odds)
    mapped = fold_with_map(text)
    speaker = (
        speaker_of(text, mapped, ruling.all_cues, framing, primary, context)
        if framing != "asserted"
        else None
    )
    return Framed(framing, speaker, quoted(text, mapped, ruling.cues))


def combined(ruling: Ruling, odds: tuple[float, float, float, float] | None) -> Framing:
    """The likeliest framing: what this rule has met, times the odds to the power `ODDS_WEIGHT`."""
    if odds is None:
        return ruling.framing
    scores = [
        math.log(met) + ODDS_WEIGHT * math.log(max(probability, 1e-6))
        for met, probability in zip(_met_by(ruling), odds, strict=True)
    ]
    return FRAMINGS[scores.index(max(scores))]


def _met_by(ruling: Ruling) -> Sequence[float]:
    """Shares of FRAMINGS where the rule applied, as counted by `make train`; by its precision where it is rare."""
    rest = (1 - ruling.precision) / (len(FRAMINGS) - 1)
    return _priors().get(ruling.rule) or [
        ruling.precision if framing == ruling.framing else rest for framing in FRAMINGS
    ]


@cache
def _priors() -> dict[str, list[float]]:
    read: dict[str, list[float]] = json.loads((files("obelism.framing") / "priors.json").read_text("utf-8"))
    return read
