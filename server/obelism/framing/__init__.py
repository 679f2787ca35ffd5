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

# How much the verifier's odds count beside what is known of the rule (1 is naive Bayes), and how much of that is the
# precision that the rule was written with; the rest is what it met on our own articles, which allude and deny more than
# news pages do. Right with (0, 0.7) before and (0.6, 0.6) now, rules alone last: 60 sentences 0.75, 0.88, 0.90; the
# notes of the shared pages 0.75, 0.76, 0.75; of our golden pages 0.85, 0.87, 0.84; Emergent 0.74, 0.75, 0.74; our own
# articles 0.73, 0.69, 0.61.
ODDS_WEIGHT, WRITTEN_SHARE = 0.6, 0.6


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
    ruling = rule(text, claim, language, context)
    framing = combined(ruling, odds)
    mapped = fold_with_map(text)
    speaker = (
        speaker_of(text, mapped, ruling.all_cues, framing, language, context)
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
    """Shares of FRAMINGS where the rule applies: by the precision that it was written with, and as counted by
    `make train`; by the former alone where it is rare."""
    rest = (1 - ruling.precision) / (len(FRAMINGS) - 1)
    written = [ruling.precision if framing == ruling.framing else rest for framing in FRAMINGS]
    counted = _priors().get(ruling.rule)
    if counted is None:
        return written
    return [
        WRITTEN_SHARE * one + (1 - WRITTEN_SHARE) * other for one, other in zip(written, counted, strict=True)
    ]


@cache
def _priors() -> dict[str, list[float]]:
    read: dict[str, list[float]] = json.loads((files("obelism.framing") / "priors.json").read_text("utf-8"))
    return read
