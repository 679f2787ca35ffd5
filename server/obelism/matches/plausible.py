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
    at = [places.setdefault((one.statement, one.context), len(places)) for one in asked]
    of = [claims.setdefault(one.candidate.claim.id, len(claims)) for one in asked]
    page = np.full((len(places), len(claims)), FAR)
    page[at, of] = near
    falling = -np.sort(-page, 0)
    before = np.full_like(page, FAR)
    for back in range(1, min(BEFORE, len(page) - 1) + 1):
        before[back:] = np.maximum(before[back:], page[:-back])
    return np.column_stack(
        [
            _nearer(page)[at, of],
            _nearer(page.T).T[at, of],
            falling[:1].repeat(len(page), 0)[at, of],
            falling[2 if len(page) > 2 else -1][of],
            before[at, of],
        ]
    )


def _nearer(page: Rows) -> Rows:
    """How many are nearer in each row; of equals the earlier."""
    return np.argsort(np.argsort(-page, 1, kind="stable"), 1).astype(np.float64)


@cache
def default_trees() -> Trees:
    return Trees.of(json.loads((files("obelism") / "matches" / "trees.json").read_text("utf-8")))
