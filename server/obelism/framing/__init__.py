"""(sentence, claim) -> Framed: how the page presents the claim, who speaks, and the words that show it.

Rules read the cue words (`cues`), where they stand relative to the claim (`scope`), and decide
(`rules`); the trained verifier's odds settle what the rules are not sure of (`combined`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from obelism.framing.cues import quoted
from obelism.framing.reference import refers_back
from obelism.framing.rules import Ruling, rule
from obelism.framing.speakers import speaker_of
from obelism.model import FRAMINGS, Claim, Framed, Framing
from obelism.text import fold_with_map

__all__ = ["frame", "refers_back"]

# How much the verifier's odds count beside the rule's own (1 is naive Bayes). On labelled pages 0.76 are right
# with 0.7, 0.73 with 0 or 1; on written pairs more would be better, on framing.jsonl less.
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
    """The likeliest framing: the rule's measured precision times the odds to the power `ODDS_WEIGHT`."""
    if odds is None:
        return ruling.framing
    rest = (1 - ruling.precision) / (len(FRAMINGS) - 1)

    def score(item: tuple[Framing, float]) -> float:
        framing, probability = item
        prior = ruling.precision if framing == ruling.framing else rest
        return math.log(prior) + ODDS_WEIGHT * math.log(max(probability, 1e-6))

    return max(zip(FRAMINGS, odds, strict=True), key=score)[0]
