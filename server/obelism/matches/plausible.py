"""Which pairs of a page is it worth asking the verifier about? Each pair costs it 15 ms, and a page has a thousand.

A logistic regression over the features of a pair finds those that might be, boosted trees over these and over the
pair's place on its page decide. The regression alone would ask about three times as many pairs of pages that hold none
of the claims; the trees alone, taught by articles of our own, miss more of the claims of real pages
(docs/decisions/0013).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from obelism.matches.features import FEATURE_NAMES, FUZZY, Asked, Reader, fill_fuzzy, matrix_of

Rows = NDArray[np.float64]

# Of the log-odds, the trees' share.
OF_TREES = 2 / 3
# The trees are not asked about a pair whose log-odds by the regression are this far below the floor: of 423 true pairs
# that they put over it none were lost on the nine pages, five on development articles.
MARGIN = 1.5
# Pairs that go through the trees at once: each takes some kilobytes there.
AT_ONCE = 1_000
# Sentences before a statement whose nearness to the claim counts.
BEFORE = 3
# Of a claim that was not a candidate for a sentence.
FAR = -1.0


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression."""

    intercept: float
    weights: tuple[float, ...]

    def probability(self, values: Sequence[float]) -> float:
        logit = self.intercept + sum(w * v for w, v in zip(self.weights, values, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

    def logits(self, rows: Rows) -> NDArray[np.float64]:
        """The log-odds of each row of values; columns that are missing on the left are left out."""
        return np.asarray(rows @ np.array(self.weights[-rows.shape[1] :]) + self.intercept, np.float64)


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees, each a complete binary one: the children of split `i` are `2i + 1` and, where the column is over
    the threshold, `2i + 2`; those of the last splits are leaves."""

    columns: NDArray[np.intp]
    """(trees, splits)"""
    thresholds: NDArray[np.float64]
    leaves: NDArray[np.float64]
    """(trees, splits + 1)"""
    intercept: float

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Trees:
        return cls(
            np.array(data["columns"], np.intp),
            np.array(data["thresholds"], np.float64),
            np.array(data["leaves"], np.float64),
            data["intercept"],
        )

    def logits(self, rows: Rows) -> NDArray[np.float64]:
        """(rows,): the log-odds of each."""
        starts = range(0, max(len(rows), 1), AT_ONCE)
        return np.concatenate([self._logits(rows[start : start + AT_ONCE]) for start in starts])

    def _logits(self, rows: Rows) -> NDArray[np.float64]:
        trees, splits = self.columns.shape
        tree = np.arange(trees)
        at = np.zeros((len(rows), trees), np.intp)
        row = np.arange(len(rows))[:, None]
        for _ in range((splits + 1).bit_length() - 1):
            at = 2 * at + 1 + (rows[row, self.columns[tree, at]] > self.thresholds[tree, at])
        return np.asarray(self.leaves[tree, at - splits].sum(1) + self.intercept, np.float64)


@dataclass(frozen=True, slots=True)
class Plausibility:
    """Judges the pairs of a page."""

    linear: Linear
    """Over FEATURE_NAMES."""
    trees: Trees
    """Over FEATURE_NAMES, then the columns of `on_page`."""

    def of(self, asked: Sequence[Asked], reader: Reader, floor: float) -> tuple[Rows, NDArray[np.float64]]:
        """The features of all pairs, and the log-odds of each; of those below the floor both may be too low."""
        rows = matrix_of(asked, reader)
        if not asked:
            return rows, np.zeros(0)
        most = sum(max(self.linear.weights[place], 0.0) for place in FUZZY)
        worth = self.linear.logits(rows) + most >= floor - MARGIN
        fill_fuzzy(rows, asked, reader, worth)
        odds = np.where(worth, self.linear.logits(rows), -math.inf)
        likely = np.flatnonzero(odds >= floor - MARGIN)
        by_trees = self.trees.logits(np.column_stack([rows, on_page(asked, rows[:, DENSE])])[likely])
        odds[likely] += OF_TREES * (by_trees - odds[likely])
        return rows, odds


DENSE = FEATURE_NAMES.index("dense")


def on_page(asked: Sequence[Asked], near: NDArray[np.float64]) -> Rows:
    """(pairs, 5), from all pairs of a page in the order of its sentences, and how near the two of each are in meaning:
    how many claims are nearer to the sentence, how many sentences nearer to the claim, the nearness of the claim's
    nearest sentence, of its third nearest, and of the nearest of the BEFORE sentences before this one."""
    places: dict[tuple[str, str], int] = {}
    claims: dict[str, int] = {}
    cells: dict[tuple[int, int], int] = {}
    at = [places.setdefault((one.statement, one.context), len(places)) for one in asked]
    of = [claims.setdefault(one.candidate.claim.id, len(claims)) for one in asked]
    cell = [cells.setdefault(one, len(cells)) for one in zip(at, of, strict=True)]
    # Not a table of all sentences and claims: of a long page, in a large database, it would have millions of cells.
    value = np.empty(len(cells))
    value[cell] = near
    sentence, claim = np.array(list(cells)).T
    sentences_nearer = _nearer(value, claim, sentence)
    nearest, third = np.full((2, len(claims)), FAR)
    nearest[claim[sentences_nearer == 0]] = value[sentences_nearer == 0]
    is_third = sentences_nearer == min(2, len(places) - 1)
    third[claim[is_third]] = value[is_third]
    known = dict(zip(cells, value.tolist(), strict=True))
    before = np.array(
        [max(known.get((one - back, other), FAR) for back in range(1, BEFORE + 1)) for one, other in cells]
    )
    columns = (_nearer(value, sentence, claim), sentences_nearer, nearest[claim], third[claim], before)
    return np.column_stack(columns)[cell].astype(np.float64)


def _nearer(
    value: NDArray[np.float64], group: NDArray[np.intp], within: NDArray[np.intp]
) -> NDArray[np.intp]:
    """How many of the same group are nearer than each; of equals those that come earlier in it."""
    order = np.lexsort((within, -value, group))
    ordered = group[order]
    out = np.empty(len(value), np.intp)
    out[order] = np.arange(len(value)) - np.searchsorted(ordered, ordered)
    return out


@cache
def default_trees() -> Trees:
    return Trees.of(json.loads((files("obelism") / "matches" / "trees.json").read_text("utf-8")))
