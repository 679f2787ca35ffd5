"""Cues and polarity -> Ruling: a framing, with the measured precision of the rule that gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from obelism.framing.cues import cues_in
from obelism.model import Claim, Framing
from obelism.text import fold


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say: `precision` is how often this rule was right on the tuning topics."""

    framing: Framing
    precision: float
    rule: str
    cues: tuple[str, ...] = ()
    """In the folded text."""


def rule(text: str, claim: Claim, language: str, context: Sequence[str] = ()) -> Ruling:
    """The first rule that applies, strongest first."""
    folded = fold(text)
    cues = cues_in(folded, language)
    for name, framing, precision, kinds in _RULES:
        found = [cue for cue in cues if cue.kind in kinds]
        if name == "question" and "?" in folded:
            return Ruling(framing, precision, name, ("?",))
        if not found or (name == "polarity" and _negative(claim)):
            continue
        return Ruling(framing, precision, name, tuple(folded[c.start : c.end] for c in found))
    if '"' in folded:
        return Ruling("attributed", 0.6, "quote", ())
    return Ruling("asserted", 0.6, "plain", ())


def _negative(claim: Claim) -> bool:
    kinds = {cue.kind for cue in cues_in(fold(claim.text), claim.language[:2])}
    return "negate" in kinds


_RULES: tuple[tuple[str, Framing, float, tuple[str, ...]], ...] = (
    ("question", "questioned", 0.9, ("?",)),
    ("undenied", "asserted", 0.8, ("undenied", "unfalse")),
    ("open", "questioned", 0.7, ("open",)),
    ("nondenial", "attributed", 0.8, ("nondenial",)),
    ("denial", "denied", 0.8, ("deny", "unproven", "contrary", "false")),
    ("polarity", "denied", 0.7, ("negate",)),
    ("attribution", "attributed", 0.8, ("accord", "hedge", "say", "rumour", "conditional")),
)
