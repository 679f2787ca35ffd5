"""Candidates -> matches: a calibrated probability that a statement is the claim, with reasons and vetoes.

Cheap features first; the pairs that they find plausible go to the verifier; a small linear model over both gives
the probability. Its coefficients and the two thresholds are data (`model.json`), written by `make train` with the
curve that they were chosen from.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from obelism.matches.explain import reasons_of
from obelism.matches.features import FEATURE_NAMES, Asked, Features, Reader, features_of, wording_for
from obelism.matches.vetoes import vetoes_of
from obelism.model import Match
from obelism.verifier import MOST_CLAIMS, Pair, Verdict, Verifier

# A vetoed pair is at most a suggestion: its score stays under the threshold that makes a note.
VETOED = 0.95
# Pairs that the verifier is given at a time, and the rest of the last statement's; the first few tell whether a page
# is about any of the claims at all.
PROBE, PORTION = 6, 32
# When no pair of a portion is as likely as this, the less plausible ones are not asked about either.
HOPE = 0.1
# What somebody looks up, or puts as a pair, need only be more likely the same than not: it marks nobody's page.
EVEN = 0.5
# A statement that holds the claim word for word, with somebody's "said" around it, is the claim: articles seldom do
# that, so the linear model has not met it. Of written pairs of unseen topics, half of them made to mislead, 40 of the
# 41 that are word for word and not UNLIKELY to the verifier are the same.
WORD_FOR_WORD = 0.9
UNLIKELY = -0.5


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression."""

    intercept: float
    weights: tuple[float, ...]

    def probability(self, values: Sequence[float]) -> float:
        logit = self.intercept + sum(w * v for w, v in zip(self.weights, values, strict=True))
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


@dataclass(frozen=True, slots=True)
class Model:
    """The coefficients and thresholds of `model.json`."""

    cheap: Linear
    """Over FEATURE_NAMES: is it worth asking the verifier?"""
    final: Linear
    """Over the verifier's log-odds, then FEATURE_NAMES."""
    alone: Linear
    """Over the same, for a pair that was put on purpose: as likely the same as not before it is read."""
    rank: Linear
    """Over the same, for look-ups: which of the candidates does an editor mean?"""
    rank_cheap: Linear
    """Over FEATURE_NAMES, for the look-up results that the verifier is not asked about."""
    plausible: float
    same: float
    related: float


@cache
def default_model() -> Model:
    read = json.loads((files("obelism") / "matches" / "model.json").read_text("utf-8"))
    if tuple(read["features"]) != FEATURE_NAMES:
        raise ValueError("matches/model.json was made for other features: run `make train`")
    cheap, final, alone, rank, rank_cheap = (
        Linear(read[name]["intercept"], tuple(read[name]["weights"]))
        for name in ("cheap", "final", "alone", "rank", "rank_cheap")
    )
    return Model(cheap, final, alone, rank, rank_cheap, read["plausible"], read["same"], read["related"])


class Matcher:
    """Judges candidates; holds no state but the verifier and the model."""

    def __init__(self, verifier: Verifier, model: Model | None = None) -> None:
        self.verifier = verifier
        self.model = model or default_model()

    def match(
        self,
        asked: Sequence[Asked],
        most: int = 200,
        plausible: float | None = None,
        enough: Callable[[], bool] = lambda: False,
    ) -> list[Match | None]:
        """One match for each pair that is worth showing at all, in order; None for the others.

        At most `most` pairs, the most plausible first, are put before the verifier, a portion at a time, until it is
        `enough` or a portion holds nothing that looks like a match.
        """
        floor = self.model.plausible if plausible is None else plausible
        reader = Reader()
        seen = [features_of(one, reader) for one in asked]
        cheap = [self.model.cheap.probability(list(features.vector())) for features in seen]
        chosen = [
            at for at in np.argsort(-np.asarray(cheap), kind="stable")[:most].tolist() if cheap[at] >= floor
        ]
        out: list[Match | None] = [None] * len(asked)
        for portion in _portions(chosen, asked):
            verdicts = verdicts_of(self.verifier, [asked[at] for at in portion])
            best = 0.0
            for at, verdict in zip(portion, verdicts, strict=True):
                score = self._probability(verdict, seen[at])
                out[at] = self._judged(asked[at], seen[at], verdict, score, reader)
                best = max(best, score)
            if best < HOPE or enough():
                break
        return out

    def compare(self, asked: Sequence[Asked]) -> list[Match]:
        """One match a pair, each pair alone: whether the two are the same when somebody asks just that."""
        reader = Reader()
        answers = self.verifier.judge([[_pair(one)] for one in asked])
        out = []
        for one, (verdict,) in zip(asked, answers, strict=True):
            features = features_of(one, reader)
            score = self.model.alone.probability([verdict.same, *features.vector()])
            out.append(self._judged(one, features, verdict, score, reader, EVEN))
        return out

    def rank(self, asked: Sequence[Asked], most: int) -> list[Match]:
        """All pairs, given as the index found them, best first: the verifier orders the first `most` of the cheap
        order, the rest follow."""
        reader = Reader()
        seen = [features_of(one, reader) for one in asked]
        cheap = [self.model.rank_cheap.probability(list(features.vector())) for features in seen]
        order = np.argsort(-np.asarray(cheap), kind="stable").tolist()
        answers = verdicts_of(self.verifier, [asked[at] for at in order[:most]])
        verdicts = dict(zip(order, answers, strict=False))
        first = []
        for at, verdict in verdicts.items():
            values = [verdict.same, *seen[at].vector()]
            score = self._probability(verdict, seen[at])
            match = self._judged(asked[at], seen[at], verdict, score, reader, EVEN)
            first.append((self.model.rank.probability(values), match))
        first.sort(key=lambda one: -one[0])
        place = {at: number for number, at in enumerate(order)}
        # By the cheap features' order and the index's: by the former alone recall@50 fell behind the index's own,
        # on train parts from 0.920 to 0.908 (French posts) and from 0.980 to 0.967 (tweets).
        rest = sorted(order[most:], key=lambda at: (place[at] + at, at))
        unverified = [self._unverified(asked[at], seen[at], cheap[at], reader) for at in rest]
        return [*(match for _, match in first), *unverified]

    def _probability(self, verdict: Verdict, features: Features) -> float:
        score = self.model.final.probability([verdict.same, *features.vector()])
        word_for_word = is_word_for_word(features) and verdict.same > UNLIKELY
        return max(score, WORD_FOR_WORD) if word_for_word else score

    def _unverified(self, one: Asked, features: Features, score: float, reader: Reader) -> Match:
        wording = wording_for(one.candidate, one.language)
        said = reader.view(one.statement, one.language)
        reasons = reasons_of(said, wording, one.language, features, 0.0, ())
        return Match(one.candidate.claim, min(score, self.model.related / 2), False, reasons)

    def _judged(
        self,
        one: Asked,
        features: Features,
        verdict: Verdict,
        score: float,
        reader: Reader,
        least: float | None = None,
    ) -> Match:
        wording = wording_for(one.candidate, one.language)
        said = reader.view(one.statement, one.language)
        vetoes = vetoes_of(one, wording, reader)
        least = self.model.same if least is None else least
        if vetoes:
            score = min(score, VETOED * least)
        return Match(
            one.candidate.claim,
            score,
            score >= least,
            reasons_of(said, wording, one.language, features, score, vetoes),
            vetoes,
            verdict.framing,
        )


def is_word_for_word(features: Features) -> bool:
    """Whether the statement has the claim's words in their order, with all its names and numbers."""
    return (
        features.partial >= 0.9
        and features.claim_covered == 1
        and features.names_met == 1
        and features.numbers_missing == 0
    )


def verdicts_of(verifier: Verifier, asked: Sequence[Asked]) -> list[Verdict]:
    """One verdict a pair, in order: the claims of one statement are told from one another.

    Claims alike, the same one from two publishers, are no rivals: each is told from the claims that are not like it.
    """
    of: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, one in enumerate(asked):
        of[one.statement, one.context].append(at)
    questions = [question for places in of.values() for question in _questions(places, asked)]
    answers = verifier.judge([[_pair(asked[at]) for at in [*own, *rivals]] for own, rivals in questions])
    verdicts = {
        at: verdict
        for (own, _), found in zip(questions, answers, strict=True)
        for at, verdict in zip(own, found, strict=False)
    }
    return [verdicts[at] for at in range(len(asked))]


def _questions(places: Sequence[int], asked: Sequence[Asked]) -> Iterator[tuple[list[int], list[int]]]:
    """(pairs to be answered, their rivals, which are answered elsewhere) for the pairs of one statement."""
    first: list[int] = []
    twins: list[int] = []
    for at in places:
        alike = asked[at].candidate.alike
        (twins if any(asked[other].candidate.claim.id in alike for other in first) else first).append(at)
    for start in range(0, len(first), MOST_CLAIMS):
        yield first[start : start + MOST_CLAIMS], []
    for at in twins:
        alike = asked[at].candidate.alike
        rivals = [other for other in first if asked[other].candidate.claim.id not in alike]
        yield [at], rivals[: MOST_CLAIMS - 1]


def _portions(chosen: Sequence[int], asked: Sequence[Asked]) -> Iterator[list[int]]:
    """The chosen pairs, those of one statement together, the statements with the likeliest pairs first."""
    of: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at in chosen:
        of[asked[at].statement, asked[at].context].append(at)
    portion: list[int] = []
    size = PROBE
    for places in of.values():
        portion += places
        if len(portion) >= size:
            yield portion
            portion, size = [], PORTION
    if portion:
        yield portion


def _pair(one: Asked) -> Pair:
    return Pair(one.statement, wording_for(one.candidate, one.language).text, one.context)
