"""Cues, their scope and polarity -> Ruling: a framing, with the measured precision of the rule that gave it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from obelism.framing.cues import Cue, cues_in
from obelism.framing.polarity import opposite_in
from obelism.framing.scope import Scope, scope_of
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the rules look at."""

    folded: str
    claim: str
    scope: Scope
    cues: tuple[Cue, ...]
    claim_kinds: frozenset[str]

    def of(self, *kinds: str) -> tuple[Cue, ...]:
        return tuple(cue for cue in self.cues if cue.kind in kinds)

    def near(self, *kinds: str) -> tuple[Cue, ...]:
        return tuple(cue for cue in self.of(*kinds) if self.scope.reaches(cue.start))

    def words(self, cue: Cue) -> str:
        return self.folded[cue.start : cue.end]


def rule(text: str, claim: Claim, language: str, context: Sequence[str] = ()) -> Ruling:
    """The first rule that applies, strongest first."""
    evidence = _evidence(text, claim, language)
    for name, framing, precision, test in _RULES:
        found = test(evidence)
        if found is not None:
            return Ruling(framing, precision, name, found)
    return Ruling("asserted", 0.7, "plain")


def _evidence(text: str, claim: Claim, language: str) -> Evidence:
    folded = fold(text)
    stated = fold(claim.text)
    claim_kinds = frozenset(cue.kind for cue in cues_in(stated, claim.language[:2].lower()))
    cues = cues_in(folded, language)
    return Evidence(folded, stated, scope_of(folded, claim, language), tuple(cues), claim_kinds)


Test = Callable[[Evidence], tuple[str, ...] | None]


def _any(*kinds: str) -> Test:
    def test(evidence: Evidence) -> tuple[str, ...] | None:
        return tuple(map(evidence.words, evidence.of(*kinds))) or None

    return test


def _question(evidence: Evidence) -> tuple[str, ...] | None:
    return ("?",) if "?" in evidence.folded else None


def _denial(*kinds: str) -> Test:
    """A cue of falsehood, unless the claim itself speaks of falsehoods or denials."""

    def test(evidence: Evidence) -> tuple[str, ...] | None:
        mine = tuple(kind for kind in kinds if kind not in evidence.claim_kinds)
        return tuple(map(evidence.words, evidence.of(*mine))) or None

    return test


def _polarity(evidence: Evidence) -> tuple[str, ...] | None:
    if evidence.claim_kinds & _NEGATIVE:
        return None
    return tuple(map(evidence.words, evidence.near("negate"))) or None


def _lack(evidence: Evidence) -> tuple[str, ...] | None:
    if evidence.claim_kinds & _NEGATIVE or "implied" in evidence.claim_kinds:
        return None
    found = [cue for cue in evidence.near("lack") if evidence.scope.follows(cue.end)]
    return tuple(map(evidence.words, found)) or None


def _opposite(evidence: Evidence) -> tuple[str, ...] | None:
    word = opposite_in(evidence.folded, evidence.claim)
    return (word,) if word else None


_NEGATIVE = frozenset(("negate", "lack"))


def _quote(evidence: Evidence) -> tuple[str, ...] | None:
    return ('"',) if '"' in evidence.folded else None


_RULES: tuple[tuple[str, Framing, float, Test], ...] = (
    ("question", "questioned", 0.95, _question),
    ("undenied", "asserted", 0.8, _any("undenied", "unfalse")),
    ("open", "questioned", 0.8, _any("open")),
    ("nondenial", "attributed", 0.8, _any("nondenial")),
    ("deny", "denied", 0.8, _denial("deny")),
    ("unproven", "denied", 0.8, _denial("unproven")),
    ("contrary", "denied", 0.8, _denial("contrary")),
    ("false", "denied", 0.8, _denial("false")),
    ("polarity", "denied", 0.7, _polarity),
    ("lack", "denied", 0.7, _lack),
    ("opposite", "denied", 0.7, _opposite),
    ("attribution", "attributed", 0.8, _any("accord", "hedge", "say", "rumour", "conditional", "doubtful")),
    ("quote", "attributed", 0.8, _quote),
)
