"""Candidates -> matches: a calibrated probability that a statement is the claim, with reasons and vetoes.

Cheap features first; the pairs that they find plausible go to the verifier; a small linear model over both gives
the probability. Its coefficients and thresholds are data (`model.json`), written by `make train` with the curve that
they were chosen from.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from obelism.matches.explain import reasons_of
from obelism.matches.features import (
    FEATURE_NAMES,
    Asked,
    Features,
    Reader,
    claim_view,
    features_in,
    other_wording_for,
    whole_matrix,
    wording_for,
)
from obelism.matches.nearness import Nearness
from obelism.matches.plausible import Linear, Plausibility, Rows, default_trees
from obelism.matches.vetoes import vetoes_of
from obelism.model import Match, Veto
from obelism.verifier import HIGHEST, MOST_CLAIMS, Enough, Pair, Verdict, Verifier, never

# A vetoed pair is at most a suggestion: its score stays under the threshold that makes a note.
VETOED = 0.95
# Pairs, and the rest of the last statement's, after which it is seen whether there is hope; the likeliest statement
# alone tells of most pages that they are about none of the claims.
PROBE, PORTION = 1, 16
# Pairs that the verifier is given at a time, four statements or so: work for some cores.
HANDFUL = 16
# Claims, at least, that a plausible one is read with, itself among them, where the index brought so many. By itself it
# is taken for what it is only near to (docs/decisions/0013).
RIVALS = 4
# When no pair of a portion is as likely as HOPE by the verifier, the less plausible ones are not asked about either,
# but for those with LIKELY log-odds by the cheap features. Of 69 notes on 75 labelled, golden and ordinary pages, and
# of 31 among sentences that were put into ordinary pages, none is lost by it; with 0.15 two are. Ordinary pages take
# the verifier two thirds of the time.
HOPE, LIKELY = 0.1, 0.0
# What somebody looks up, or puts as a pair, need only be more likely the same than not: it marks nobody's page.
EVEN = 0.5
# A statement that holds the claim word for word, with somebody's "said" around it, is the claim: articles seldom do
# that, so the linear model has not met it. Of written pairs of unseen topics, half of them made to mislead, 40 of the
# 41 that are word for word and not UNLIKELY to the verifier are the same.
WORD_FOR_WORD = 0.9
UNLIKELY = -0.5


@dataclass(frozen=True, slots=True)
class LookUp:
    """Which of the candidates does somebody mean who looks a text up? Only the order of their odds counts."""

    first: Linear
    """Over the columns of `beside_others`: what is the verifier asked?"""
    verified: Linear
    """Over its log-odds, and those of `first`."""
    near: Linear
    """Over the nearness by the second encoder, then both."""


@dataclass(frozen=True, slots=True)
class Model:
    """The coefficients and thresholds of `model.json`."""

    cheap: Plausibility
    """Is it worth asking the verifier?"""
    final: Linear
    """Over the verifier's log-odds, then FEATURE_NAMES."""
    alone: Linear
    """Over the same, for a pair that was put on purpose: as likely the same as not before it is read."""
    rank_cheap: Linear
    """Over FEATURE_NAMES: how likely a result is that the verifier is not asked about."""
    look_up: LookUp
    plausible: float
    same: float
    related: float


@cache
def default_model() -> Model:
    """The package's model, read once a process. Raises ValueError when it was made for other features."""
    read = json.loads((files("obelism") / "matches" / "model.json").read_text("utf-8"))
    if tuple(read["features"]) != FEATURE_NAMES:
        raise ValueError("matches/model.json was made for other features: run `make train`")

    def linear(data: Mapping[str, Any]) -> Linear:
        return Linear(data["intercept"], tuple(data["weights"]))

    cheap = Plausibility(linear(read["cheap"]), default_trees())
    final, alone, rank_cheap = (linear(read[name]) for name in ("final", "alone", "rank_cheap"))
    look_up = LookUp(*(linear(read["look_up"][name]) for name in ("first", "verified", "near")))
    return Model(cheap, final, alone, rank_cheap, look_up, read["plausible"], read["same"], read["related"])


class Matcher:
    """Judges candidates; holds no state but the verifier, the model, and what makes look-ups more exact."""

    def __init__(
        self, verifier: Verifier, model: Model | None = None, nearness: Nearness | None = None
    ) -> None:
        self.verifier = verifier
        self.model = model or default_model()
        self.nearness = nearness

    def match(
        self,
        asked: Sequence[Asked],
        most: int = 200,
        plausible: float | None = None,
        enough: Enough = never,
        only_same: bool = False,
    ) -> list[Match | None]:
        """One match for each pair that is worth showing at all, in order; None for the others.

        At most `most` pairs, the most plausible first, are put before the verifier, a portion at a time, until it is
        `enough` (the first few are read in any case) or neither a portion holds anything that looks like a match nor
        does the next promise to. With `only_same` the verifier reads no more than it takes to find those that are the
        same: of others there may be no match, or one with a lower score.
        """
        reader = Reader()
        floor = log_odds(self.model.plausible if plausible is None else plausible)
        rows, cheap = self.model.cheap.of(asked, reader, floor)
        chosen = chosen_pairs(asked, cheap, floor, most)
        seen = {at: features_in(rows[at]) for at in chosen}
        vetoes = {at: _vetoes(asked[at], reader) for at in chosen}
        needed = dict.fromkeys(chosen, -math.inf)
        if only_same:
            needed = {at: self._needed(rows[at], seen[at], vetoes[at]) for at in chosen}
        out: list[Match | None] = [None] * len(asked)
        best, read, size = 0.0, 0, PROBE
        stop = never
        for some, following in pairwise([*_handfuls(chosen, asked, needed), []]):
            for at, verdict in _answers(self.verifier, asked, some, needed, stop).items():
                score = self._probability(verdict, seen[at])
                out[at] = self._judged(asked[at], seen[at], verdict, score, vetoes[at], reader)
                best = max(best, score)
            read += len(some)
            if read >= size:
                is_hopeful = best >= HOPE or (following and cheap[following[0]] >= LIKELY)
                if not is_hopeful:
                    break
                best, read, size = 0.0, 0, PORTION
            if following and enough():
                break
            stop = enough
        return out

    def compare(self, asked: Sequence[Asked]) -> list[Match]:
        """One match a pair, each pair alone: whether the two are the same when somebody asks just that."""
        reader = Reader()
        answers = self.verifier.judge([[_pair(one)] for one in asked])
        out = []
        for one, row, (verdict,) in zip(asked, whole_matrix(asked, reader), answers, strict=True):
            score = self.model.alone.probability([verdict.same, *row.tolist()])
            out.append(
                self._judged(one, features_in(row), verdict, score, _vetoes(one, reader), reader, EVEN)
            )
        return out

    def rank(self, asked: Sequence[Asked], most: int, enough: Enough = never) -> list[Match]:
        """All pairs of one text, given as the index found them, best first: the verifier, and the second encoder where
        there is one and until it is `enough`, order the first `most` of the cheap order, the rest follow."""
        reader = Reader()
        rows = whole_matrix(asked, reader)
        seen = [features_in(row) for row in rows]
        cheap = [self.model.rank_cheap.probability(row) for row in rows.tolist()]
        before = self.model.look_up.first.logits(beside_others(rows))
        order = np.argsort(-before, kind="stable").tolist()
        answers = _answers(self.verifier, asked, order[:most])
        odds = self._odds([asked[at] for at in answers], before[[*answers]], [*answers.values()], enough)
        first = []
        for (at, verdict), odd in zip(answers.items(), odds.tolist(), strict=True):
            score = self._probability(verdict, seen[at])
            match = self._judged(
                asked[at], seen[at], verdict, score, _vetoes(asked[at], reader), reader, EVEN
            )
            first.append((odd, match))
        first.sort(key=lambda one: -one[0])
        place = {at: number for number, at in enumerate(order)}
        # By the cheap features' order and the index's: by the former alone recall@50 fell behind the index's own,
        # on train parts from 0.920 to 0.908 (French posts) and from 0.980 to 0.967 (tweets).
        rest = sorted(order[most:], key=lambda at: (place[at] + at, at))
        unverified = [self._unverified(asked[at], seen[at], cheap[at], reader) for at in rest]
        return [*(match for _, match in first), *unverified]

    def _odds(
        self, asked: Sequence[Asked], before: Rows, verdicts: Sequence[Verdict], enough: Enough
    ) -> Rows:
        """What the verified candidates of a look-up are ordered by, from what they were ordered by before."""
        columns = np.column_stack([[verdict.same for verdict in verdicts], before])
        if self.nearness is None or not asked:
            return self.model.look_up.verified.logits(columns)
        near = self.nearness.of(asked[0].statement, [one.candidate.claim for one in asked], enough)
        return self.model.look_up.near.logits(np.column_stack([near, columns]))

    def _needed(self, row: Rows, features: Features, vetoes: Sequence[Veto]) -> float:
        """The verifier's log-odds from which on the pair is the same; infinite for one that is vetoed."""
        if vetoes:
            return math.inf
        of_rest = float(self.model.final.logits(row[None])[0])
        needed = (log_odds(self.model.same) - of_rest) / self.model.final.weights[0]
        return min(needed, UNLIKELY) if is_word_for_word(features) else needed

    def _probability(self, verdict: Verdict, features: Features) -> float:
        score = self.model.final.probability([verdict.same, *features.vector().tolist()])
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
        vetoes: tuple[Veto, ...],
        reader: Reader,
        least: float | None = None,
    ) -> Match:
        wording = wording_for(one.candidate, one.language)
        said = reader.view(one.statement, one.language)
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


def chosen_pairs(asked: Sequence[Asked], odds: NDArray[np.float64], floor: float, most: int) -> list[int]:
    """The places of the pairs that are put to the verifier: at most `most` from the floor on, the most plausible first,
    and then, of statements that have fewer than RIVALS claims among these, the next ones."""
    order = [at for at in np.argsort(-odds, kind="stable").tolist() if odds[at] > -math.inf]
    chosen = [at for at in order[:most] if odds[at] >= floor]
    of: dict[tuple[str, str], int] = defaultdict(int)
    for at in chosen:
        of[asked[at].statement, asked[at].context] += 1
    for at in order[len(chosen) :]:
        statement = asked[at].statement, asked[at].context
        if 0 < of[statement] < RIVALS:
            of[statement] += 1
            chosen.append(at)
    return chosen


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
    verdicts = _answers(verifier, asked, range(len(asked)))
    return [verdicts[at] for at in range(len(asked))]


def _answers(
    verifier: Verifier,
    asked: Sequence[Asked],
    places: Sequence[int],
    needed: Mapping[int, float] | None = None,
    enough: Enough = never,
) -> dict[int, Verdict]:
    """The verdicts on the pairs at some places, in their order; none where no verdict could be as `needed`, and of
    those that were not begun when it was `enough`."""
    of: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at in places:
        of[asked[at].statement, asked[at].context].append(at)
    least = dict.fromkeys(places, -math.inf) if needed is None else needed
    questions = [
        (own, rivals)
        for some in of.values()
        for own, rivals in _questions(some, asked)
        if any(least[at] <= HIGHEST for at in own)
    ]
    answers = verifier.judge(
        [[_pair(asked[at]) for at in [*own, *rivals]] for own, rivals in questions],
        [[*(least[at] for at in own), *(math.inf for _ in rivals)] for own, rivals in questions],
        enough,
    )
    verdicts = {
        at: verdict
        for (own, _), found in zip(questions, answers, strict=True)
        for at, verdict in zip(own, found, strict=False)
    }
    return {at: verdicts[at] for at in places if at in verdicts}


def _questions(places: Sequence[int], asked: Sequence[Asked]) -> Iterator[tuple[list[int], list[int]]]:
    """(pairs to be answered, their rivals, which are answered elsewhere) for the pairs of one statement."""
    first: list[int] = []
    twins: list[int] = []
    for at in places:
        (twins if any(_are_twins(asked[at], asked[other]) for other in first) else first).append(at)
    for start in range(0, len(first), MOST_CLAIMS):
        yield first[start : start + MOST_CLAIMS], []
    for at in twins:
        rivals = [other for other in first if not _are_twins(asked[at], asked[other])]
        yield [at], rivals[: MOST_CLAIMS - 1]


def _are_twins(one: Asked, other: Asked) -> bool:
    """Whether two claims are alike, and neither names somebody or something in the other's place.

    One politician's bag and another's spoon in the same train are near in meaning, and the worst of rivals.
    """
    if other.candidate.claim.id not in one.candidate.alike:
        return False
    names, others = (claim_view(wording_for(two.candidate, two.language)).names for two in (one, other))
    return names <= others or others <= names


def _handfuls(
    chosen: Sequence[int], asked: Sequence[Asked], needed: Mapping[int, float]
) -> Iterator[list[int]]:
    """The chosen pairs, those of one statement together, the statements with the likeliest pairs first; without the
    statements on which no verdict could be as needed."""
    of: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at in chosen:
        of[asked[at].statement, asked[at].context].append(at)
    handful: list[int] = []
    size = PROBE
    for places in of.values():
        if all(needed[at] > HIGHEST for at in places):
            continue
        handful += places
        if len(handful) >= size:
            yield handful
            handful, size = [], HANDFUL
    if handful:
        yield handful


def beside_others(rows: Rows) -> Rows:
    """(candidates of one text, 2 + features), from their features in the index's order: the place in that order, on a
    scale that falls, and the words as a share of the best candidate's. A long post can hold few of the words that it
    could, and then only the share tells: without the two, of tweets the index alone had MAP@5 0.78 and this 0.71."""
    words = rows[:, FEATURE_NAMES.index("lexical")]
    place = -np.log1p(np.arange(len(rows)))
    return np.column_stack([place, words / max(words.max(initial=0.0), 1e-6), rows])


def _vetoes(one: Asked, reader: Reader) -> tuple[Veto, ...]:
    return vetoes_of(one, wording_for(one.candidate, one.language), reader)


def log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability)) if probability > 0 else -math.inf


def _pair(one: Asked) -> Pair:
    other = other_wording_for(one.candidate, one.language)
    claim = wording_for(one.candidate, one.language).text
    return Pair(one.statement, claim, one.context, other.text if other else "")
