"""Cues, their scope and polarity -> Ruling: a framing, with the measured precision of the rule that gave it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from obelism.framing.cues import Cue, cues_in
from obelism.framing.polarity import opposite_in
from obelism.framing.reference import refers_back
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
    all_cues: tuple[Cue, ...] = ()
    """Every cue of the text, those of other rules too."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the rules look at."""

    folded: str
    claim: str
    scope: Scope
    cues: tuple[Cue, ...]
    claim_kinds: frozenset[str]
    in_quotation: bool
    """A quotation begun in a sentence before is still open."""
    refers_back: bool

    def of(self, *kinds: str) -> tuple[Cue, ...]:
        return tuple(cue for cue in self.cues if cue.kind in kinds)

    def near(self, *kinds: str) -> tuple[Cue, ...]:
        return tuple(cue for cue in self.of(*kinds) if self.scope.reaches(cue.start))

    def concerns(self, cue: Cue) -> bool:
        """Not in a clause of its own that turns to something else ("…, but its union denies any dispute")."""
        clause = self.scope.clause(cue.start)
        aside = self.scope.share > 0.5 and self.scope.weights[clause] == 0 and clause > 0
        turned = aside and _TURN.search(self.folded[: self.scope.starts[clause]]) is not None
        return not turned or _ANAPHOR.search(self.clause_text(clause)) is not None

    def is_aside(self, cue: Cue) -> bool:
        """The claim was stated whole before the clause of the cue, and that clause does not come back to it
        ("…, a reform that the union rejects", "…, raising questions about its future")."""
        clause = self.scope.clause(cue.start)
        stated = self.scope.share >= 0.6 and clause > 0 and self.scope.weights[clause] == 0
        return (
            stated
            and self.scope.spots[-1] < cue.start
            and _MEANS_CLAIM.search(self.clause_text(clause)) is None
        )

    def trails(self, cue: Cue) -> bool:
        """The claim was stated whole before a joining word, and the cue after it ("… and did not tell voters")."""
        scope, at = self.scope, bisect_left(self.scope.spots, cue.start)
        if scope.share < 0.7 or at == 0:
            return False
        before, after = scope.spots[at - 1], scope.spots[at : at + 1]
        ended = all(scope.clause(spot) != scope.clause(cue.start) for spot in after)
        stated = ended and scope.clause(before) == scope.clause(cue.start)
        return stated and _JOINS.search(self.folded[before : cue.start]) is not None

    def unturning(self, *kinds: str) -> tuple[Cue, ...]:
        """Negations of the claim's opposite: "not safe" where the claim says "unsafe"."""
        word = opposite_in(self.folded, self.claim)
        if word is None:
            return ()
        reach = len(word) + 20
        return tuple(c for c in self.of(*kinds) if self.folded.find(word, c.start, c.end + reach) >= 0)

    def clause_text(self, number: int) -> str:
        """The words of a clause of the scope."""
        starts = (*self.scope.starts, len(self.folded))
        return self.folded[starts[number] : starts[number + 1]]

    def words(self, cue: Cue) -> str:
        return self.folded[cue.start : cue.end]


def rule(text: str, claim: Claim, language: str, context: Sequence[str] = ()) -> Ruling:
    """The first rule that applies, strongest first."""
    evidence = _evidence(text, claim, language, context)
    for name, framing, precision, test in _RULES:
        found = test(evidence)
        if found is not None:
            return Ruling(framing, precision, name, found, evidence.cues)
    return Ruling("asserted", 0.8, "plain", (), evidence.cues)


def continues_quotation(context: Sequence[str]) -> bool:
    """Is a quotation of the sentence before still open at its end?"""
    last = context[-1] if context else ""
    return any(last.rfind(left) > last.rfind(right) for left, right in ("«»", "“”"))


def _evidence(text: str, claim: Claim, language: str, context: Sequence[str]) -> Evidence:
    folded = fold(text)
    stated, claim_kinds = _stated(claim.text, claim.language)
    return Evidence(
        folded,
        stated,
        scope_of(folded, claim, language),
        tuple(cues_in(folded, language)),
        claim_kinds,
        continues_quotation(context),
        refers_back(text, language),
    )


@lru_cache(maxsize=4096)
def _stated(claim: str, language: str) -> tuple[str, frozenset[str]]:
    folded = fold(claim)
    return folded, frozenset(cue.kind for cue in cues_in(folded, language))


Test = Callable[[Evidence], tuple[str, ...] | None]


def _any(*kinds: str) -> Test:
    def test(evidence: Evidence) -> tuple[str, ...] | None:
        return tuple(map(evidence.words, evidence.of(*kinds))) or None

    return test


def _question(evidence: Evidence) -> tuple[str, ...] | None:
    at = evidence.folded.rfind("?")
    # "A tax on rooms? That is a hoax": the page answers itself.
    answered = any(cue.start > at for cue in evidence.of("deny", "false", "unproven", "contrary"))
    return ("?",) if at >= 0 and not answered else None


def _answered_no(evidence: Evidence) -> tuple[str, ...] | None:
    """ "Does green tea cure malaria? No." """
    return ("?",) if _NO.search(evidence.folded) else None


def _hypothetical(evidence: Evidence) -> tuple[str, ...] | None:
    """The claim stands in the if-clause, or in the main clause of one ("aurait … s'il avait …")."""
    found = [cue for cue in evidence.of("if") if evidence.scope.known and evidence.scope.reaches(cue.start)]
    unreal = evidence.of("if") if evidence.of("conditional") else ()
    return tuple(map(evidence.words, found or unreal)) or None


def _neither(evidence: Evidence) -> tuple[str, ...] | None:
    """ "Would neither confirm nor deny": open, unless somebody else in the sentence states it."""
    return (
        None if evidence.of("say", "accord") else tuple(map(evidence.words, evidence.of("neither"))) or None
    )


def _contrary_states(evidence: Evidence) -> tuple[str, ...] | None:
    """ "Contrary to what the mayor says, <the claim>": the page states it, if it says so without a negation."""
    first = next(iter(evidence.of("contrary")), None)
    if (
        first is None
        or first.start > 0
        or not evidence.folded.startswith(("contrary to", "contrairement", "unlike what"))
    ):
        return None
    scope = evidence.scope
    main = sum(scope.weights[1:])
    plain = not evidence.of("negate", "lack", "false", "deny", "unproven", "concede")
    stated = (
        scope.share >= 0.6
        and main > 2 * scope.weights[0]
        and not opposite_in(evidence.folded, evidence.claim)
    )
    return (evidence.words(first),) if plain and stated else None


def _not_fake(evidence: Evidence) -> tuple[str, ...] | None:
    """ "It is not a fake" denies a claim of fakery, and asserts any other."""
    about_fakes = evidence.claim_kinds & {"false", "doubtful"}
    return tuple(map(evidence.words, evidence.of("unfalse"))) or None if about_fakes else None


def _denial(*kinds: str) -> Test:
    """A cue of falsehood, unless the claim itself speaks of falsehoods or denials."""

    def test(evidence: Evidence) -> tuple[str, ...] | None:
        found = [cue for cue in evidence.of(*kinds) if _is_new(cue, evidence) and evidence.concerns(cue)]
        answers = [cue for cue in found if not (_WEAK.match(evidence.words(cue)) and evidence.is_aside(cue))]
        return tuple(map(evidence.words, answers)) or None

    return test


def _is_new(cue: Cue, evidence: Evidence) -> bool:
    """Not of a kind that the claim has too; but "Moscow denies it" does answer "Russia shot down the airliner"."""
    words = evidence.words(cue)
    plain = _DENY.match(words) is not None and words[:4] not in evidence.claim
    return plain or cue.kind not in evidence.claim_kinds


def _open(evidence: Evidence) -> tuple[str, ...] | None:
    found = [cue for cue in evidence.of("open") if not evidence.is_aside(cue)]
    return tuple(map(evidence.words, found)) or None


def _polarity(evidence: Evidence) -> tuple[str, ...] | None:
    unturning = evidence.unturning("negate")
    found = [cue for cue in evidence.near("negate") if cue not in unturning and not evidence.trails(cue)]
    refusal = _REFUSAL.search(evidence.claim) if evidence.claim_kinds & _NEGATIVE == {"lack"} else None
    if refusal:
        # "did not refuse" denies "refused", and so does no other negation.
        stem = refusal.group()[:5]
        found = [cue for cue in found if stem in evidence.folded[cue.start : cue.end + 15]]
    elif evidence.claim_kinds & _NEGATIVE:
        return None
    return tuple(map(evidence.words, found)) or None


def _lack(evidence: Evidence) -> tuple[str, ...] | None:
    if evidence.claim_kinds & _NEGATIVE or "implied" in evidence.claim_kinds:
        return None
    found = [cue for cue in evidence.near("lack") if evidence.scope.follows(cue.end)]
    return tuple(map(evidence.words, found)) or None


def _affirmed(evidence: Evidence) -> tuple[str, ...] | None:
    """A claim says "never", and a sentence with the claim's words does not."""
    denies = evidence.of("negate", "lack", "deny", "false", "unproven", "contrary")
    stated = evidence.scope.share >= 0.5 and _NEVER.search(evidence.claim)
    return () if stated and not denies else None


def _reference(evidence: Evidence) -> tuple[str, ...] | None:
    """References back are answers, and answers deny unless they confirm (46 of 46 in training/articles)."""
    answers = evidence.refers_back and evidence.scope.share < 0.5
    return () if answers and not evidence.of("real", "nondenial") else None


def _opposite(evidence: Evidence) -> tuple[str, ...] | None:
    word = opposite_in(evidence.folded, evidence.claim)
    if evidence.unturning("negate", "idle"):
        return None
    # "opened fire" is no answer to "the branch is closed": a third of the claim's words must be there too.
    return (word,) if word and (evidence.scope.known or not evidence.scope.spots) else None


def _headline(evidence: Evidence) -> tuple[str, ...] | None:
    """ "Valley Post: …" or "… - ministry", where those words are not the claim's own topic."""
    if evidence.folded.endswith("."):
        return None
    found = _SOURCE.search(evidence.folded)
    if not found or any(found.start() <= spot < found.end() for spot in evidence.scope.spots):
        return None
    return (found.group().strip(),)


_SOURCE = re.compile(
    r"^(?!breaking|update|exclusive|video|watch|photo|vidéo|exclusif|opinion|revealed)"
    r"(?:[\w'.-]+ ){0,2}[\w'.-]+: | - (?:[\w'.-]+ ){0,2}[\w'.-]+$"
)
_NO = re.compile(
    r"\?\W*(?:no|non|not (?:really|quite|exactly|at all)|pas (?:du tout|vraiment|tout à fait)|faux|c'est faux)"
    r"(?:[,.!]|$)"
)
_TURN = re.compile(r"\b(?:but|while|whereas|however|though|mais|alors que|tandis que|pourtant) ?$")
_ANAPHOR = re.compile(
    r"\b(?:it|this|that|these|those|them|so|claims?|allegations?|accusations?|reports?|rumou?rs?|wrong|false"
    r"|le|la|les|cela|c'est|cette|ces|ce|faux|rien)\b|\bl'"
)
# Of the words of denial, those that may as well turn against a plan, a law or a cost; "deny" and "dément" never do.
_WEAK = re.compile(
    r"(?:reject|dismiss|disput|contest|rejet|récus|écart|balay|contredi|contradict|exclu|quash|withdr)"
    r"|(?:que|qu'|les|le|la) "
)
_JOINS = re.compile(
    r"\b(?:because|which|who|whose|that|where|since|and|que|qui|dont|où|et|pour|parce|sans)\b|\bqu'"
)
_REFUSAL = re.compile(r"\b(?:refus|fail|échou|omi|manqu|hésit)\w*")
_DENY = re.compile(r"(?:den(?:y|ied|ies|ying|ials?)|refut\w+|dément\w*|ni(?:e|ent|ée?|er|ait|ant)|réfut\w*)$")
_MEANS_CLAIM = re.compile(
    r"\b(?:it|this|that|these|those|them|so|which|claims?|allegations?|accusations?|charges?|reports?|rumou?rs?|story"
    r"|stories|suggestions?|idea|theory|wrong|false|true|cela|c'est|ce qu(?:e|')|cette|ces|affirmations?|allégations?"
    r"|informations?|rumeurs?|thèse|version|histoire|propos|faux|vrai|rien)\b"
    r"|(?:^|\s)(?:l'|les? |la )(?:a |ont )?(?:dément|nie|conteste|réfute|rejette)"
)
_NEVER = re.compile(r"\b(?:never|jamais)\b")
_NEGATIVE = frozenset(("negate", "lack"))


def _quote(evidence: Evidence) -> tuple[str, ...] | None:
    quotes = '"' in evidence.folded or evidence.in_quotation or _SINGLE_QUOTES.search(evidence.folded)
    return ('"',) if quotes else None


# 'hid cracks in the dam's wall', as British headlines quote; no elision, and no "workers'".
_SINGLE_QUOTES = re.compile(r"(?<!\w)'(?=\w)[^'\"]{6,}?(?:'\w[^'\"]*?)?(?<=[\w.!?,])'(?!\w)")


_RULES: tuple[tuple[str, Framing, float, Test], ...] = (
    ("answered no", "denied", 0.8, _answered_no),
    ("question", "questioned", 0.97, _question),
    ("not fake", "denied", 0.8, _not_fake),
    ("undenied", "asserted", 0.8, _any("undenied", "unfalse")),
    ("neither", "questioned", 0.8, _neither),
    ("hypothetical", "questioned", 0.8, _hypothetical),
    ("contrary states", "asserted", 0.7, _contrary_states),
    ("open", "questioned", 0.82, _open),
    ("nondenial", "attributed", 0.8, _any("nondenial")),
    ("deny", "denied", 0.93, _denial("deny")),
    ("unproven", "denied", 0.97, _denial("unproven")),
    ("contrary", "denied", 0.95, _denial("contrary")),
    ("false", "denied", 0.75, _denial("false")),
    ("polarity", "denied", 0.8, _polarity),
    ("lack", "denied", 0.75, _lack),
    ("opposite", "denied", 0.65, _opposite),
    ("affirmed", "denied", 0.7, _affirmed),
    ("reference", "denied", 0.8, _reference),
    ("attribution", "attributed", 0.85, _any("accord", "hedge", "say", "rumour", "conditional")),
    ("headline", "attributed", 0.6, _headline),
    ("quote", "attributed", 0.45, _quote),
)
