"""An inverted index over short texts, ranked by BM25, in flat arrays that can be memory-mapped.

Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond". Postings hold the
term-frequency part; the inverse document frequency is applied when searching, over all segments together, so
that the same claims give the same scores however they came in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.5
# A fixed length to compare with, not the corpus average: a claim's score must not depend on its neighbours.
TYPICAL_LENGTH = 20.0


def term_key(term: str) -> int:
    """64 bits of a term; among a million terms the odds of any collision are below one in ten million."""
    return int.from_bytes(blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Postings:
    """For each term, sorted by key: the rows that hold it, ascending, with their term-frequency part."""

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    row_count: int

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> Postings:
        """Index documents given as lists of terms; row i is documents[i]."""
        known: dict[str, int] = {}
        term_of: list[int] = []
        rows: list[int] = []
        weights: list[float] = []
        for row, document in enumerate(documents):
            norm = K1 * (1 - B + B * len(document) / TYPICAL_LENGTH)
            for term, count in Counter(document).items():
                term_of.append(known.setdefault(term, len(known)))
                rows.append(row)
                weights.append(count * (K1 + 1) / (count + norm))
        keys = np.fromiter((term_key(term) for term in known), np.uint64, len(known))
        rank = np.empty(len(known), np.int64)
        order = np.argsort(keys, kind="stable")
        rank[order] = np.arange(len(known))
        ranked = rank[np.asarray(term_of, np.int64)]
        by_term = np.argsort(ranked, kind="stable")
        starts = np.zeros(len(known) + 1, np.int64)
        np.cumsum(np.bincount(ranked, minlength=len(known)), out=starts[1:])
        return cls(
            keys[order],
            starts,
            np.asarray(rows, np.int32)[by_term],
            np.asarray(weights, np.float32)[by_term],
            len(documents),
        )

    def find(self, key: int) -> slice:
        """Where the postings of a term lie; empty when there are none."""
        at = int(np.searchsorted(self.keys, np.uint64(key)))
        if at == len(self.keys) or int(self.keys[at]) != key:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    def search(self, weighted: Sequence[tuple[slice, float]], scratch: NDArray[np.float32]) -> Hits:
        """Rows and their scores for terms given as (postings, weight); `scratch` is zero, one cell a row."""
        touched = [self.rows[where] for where, _ in weighted if where.stop > where.start]
        if not touched:
            return Hits(np.zeros(0, np.int32), np.zeros(0, np.float32))
        for where, weight in weighted:
            scratch[self.rows[where]] += self.weights[where] * np.float32(weight)
        rows = np.concatenate(touched)
        scores = scratch[rows]
        # A row that several terms hold is taken once: its cell is emptied as it is read.
        first = np.zeros(len(rows), bool)
        scratch[rows] = np.arange(len(rows), dtype=np.float32)
        first[scratch[rows].astype(np.int64)] = True
        scratch[rows] = 0
        return Hits(rows[first], scores[first])


@dataclass(frozen=True, slots=True)
class Hits:
    rows: NDArray[np.int32]
    scores: NDArray[np.float32]

    def best(self, count: int) -> Hits:
        """The `count` highest, best first; equal scores in row order."""
        if len(self.rows) > count:
            kept = np.argpartition(-self.scores, count - 1)[:count]
            floor = self.scores[kept].min()
            kept = np.flatnonzero(self.scores >= floor)
        else:
            kept = np.arange(len(self.rows))
        order = kept[np.lexsort((self.rows[kept], -self.scores[kept]))][:count]
        return Hits(self.rows[order], self.scores[order])


def inverse_document_frequency(holding: int, total: int) -> float:
    return float(np.log1p((total - holding + 0.5) / (holding + 0.5)))
