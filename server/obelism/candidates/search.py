"""A group of texts against one state of the index: two searches, and one ranking over what both found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from obelism.candidates.lexical import K1, inverse_document_frequency, term_key
from obelism.candidates.ranking import first_by_score, ranks
from obelism.candidates.segment import EXACT_ROWS, SCALE, Segment, quantised
from obelism.candidates.state import State
from obelism.encoder import Vectors
from obelism.model import Candidate
from obelism.names import terms

# How many claims each of the two searches may bring before they are ranked together.
POOL = 120
# More cannot be asked for: the time of a search grows with it.
MOST_POOL = 5_000
# Rows that the graph is asked for, as times the pool, before they are compared with whole vectors: 300 hold 0.94
# of the ten nearest.
NEAR = 2.5
LEAST_NEAR = 160
# A text's rarest terms are searched until they have this many postings: common words say little, and without an
# end the time of a query would grow with the number of claims.
MOST_POSTINGS = 40_000
MIN_TERMS = 3
BLOCK = 4096
# Texts are compared in one go as long as their pools hold no more claims: the sentences of a page share most of the
# claims of a small index, and few of a large one's.
TOGETHER = 1_000
# The rival of a claim is looked for among the nearest of a text.
RIVALS = 8
# From this cosine two claims are taken for wordings of one, or of nearly one: of the starter claims in English and
# French 60 % of the translations lie above, and a dozen pairs of different claims.
ALIKE = 0.7
NOBODY: frozenset[str] = frozenset()

Numbers = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """A text with its vectors: one, or for a long text several."""

    text: str
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class _Found:
    """Claims that hold words of a text (one entry a document), and the pool of both searches."""

    claims: Numbers
    scores: Scores
    best_possible: float
    pool: Numbers


class Search:
    """Searches texts of one language. Equal claims in whatever segments give equal candidates, graphs aside."""

    def __init__(self, state: State, language: str, limit: int) -> None:
        self.state, self.language, self.limit = state, language, limit
        self._claim = cache(state.claim)

    def run(self, asked: Sequence[Asked]) -> list[list[Candidate]]:
        """Candidates of each text."""
        pool = min(max(POOL, self.limit), MOST_POOL)
        vectors = np.concatenate([one.vectors for one in asked])
        owner = np.repeat(np.arange(len(asked)), [len(one.vectors) for one in asked])
        whole = quantised(vectors).astype(np.float32)
        words = _Words(self.state, self.language, [one.text for one in asked], pool)
        near = _near(self.state, whole, owner, pool)
        out: list[list[Candidate]] = []
        for found, union in _groups(words, near):
            if not len(union):  # all that the graph brought has been retired since, and no word is known
                out += [[] for _ in found]
                continue
            rows = (owner >= len(out)) & (owner < len(out) + len(found))
            meanings = _Meanings(self.state, union, whole[rows], owner[rows])
            out += self._ranked(found, union, meanings)
        return out

    def _ranked(self, found: Sequence[_Found], union: Numbers, meanings: _Meanings) -> list[list[Candidate]]:
        """The best claims of each text's own pool."""
        lexical = np.zeros((len(found), len(union)), np.float32)
        column = np.full(self.state.offsets[-1], -1, np.int64)
        column[union] = np.arange(len(union))
        for row, one in enumerate(found):
            at = column[one.claims]
            np.maximum.at(lexical[row], at[at >= 0], one.scores[at >= 0])
        cosines = meanings.cosines
        order = ranks(lexical, cosines)
        lexical /= np.array([[one.best_possible] for one in found], np.float32)
        chosen = []
        for scores, one in zip(order, found, strict=True):
            own = column[one.pool]
            chosen.append(own[first_by_score(scores[own], self.state.ids[union[own]], self.limit)])
        out = []
        for row, (own, rivals) in enumerate(zip(chosen, rivals_of(meanings, chosen), strict=True)):
            of_each = (union[own], lexical[row, own], cosines[row, own], meanings.wordings(row, own))
            each = zip(*(values.tolist() for values in of_each), rivals, strict=True)
            out.append(
                [
                    Candidate(self._claim(number), words, cosine, wording, rival, self._ids(alike))
                    for number, words, cosine, wording, (rival, alike) in each
                ]
            )
        return out

    def _ids(self, numbers: Sequence[int]) -> frozenset[str]:
        # Most are empty, and a generator costs as much as the rest of a candidate.
        return frozenset(self._claim(number).id for number in numbers) if numbers else NOBODY


class _Words:
    """BM25 over all segments."""

    def __init__(self, state: State, language: str, texts: Sequence[str], pool: int) -> None:
        self.state, self.pool = state, pool
        self.terms = [list(dict.fromkeys(map(term_key, terms(text, language)))) for text in texts]
        known = sorted({key for keys in self.terms for key in keys})
        self.number = {key: at for at, key in enumerate(known)}
        keys = np.asarray(known, np.uint64)
        self.where = [part.segment.postings.find(keys) for part in state.parts]
        self.scratch = [np.zeros(part.segment.postings.row_count, np.float32) for part in state.parts]
        postings = sum((stops - starts for starts, stops in self.where), np.zeros(len(keys), np.int64))
        gone = [sum(part.gone_terms.get(key, 0) for part in state.parts) for key in known]
        self.holding: list[int] = (postings - np.asarray(gone, np.int64)).tolist()
        self.weight = [inverse_document_frequency(holding, state.documents) for holding in self.holding]

    def found(self, at: int, near: Numbers) -> _Found:
        numbers = [self.number[key] for key in self.terms[at]]
        best_possible = max(sum(self.weight[number] * (K1 + 1) for number in numbers), 1e-6)
        searched = self._searched(numbers)
        claims, scores = [], []
        for part, (starts, stops), scratch, offset in zip(
            self.state.parts, self.where, self.scratch, self.state.offsets, strict=False
        ):
            postings = part.segment.postings
            slices = [(slice(starts[number], stops[number]), self.weight[number]) for number in searched]
            touched = [postings.rows[where] for where, _ in slices]
            for rows, (where, weight) in zip(touched, slices, strict=True):
                scratch[rows] += postings.weights[where] * np.float32(weight)
            rows = _once(touched, scratch)
            owners = part.segment.document_claim[rows]
            living = slice(None) if part.living.all() else part.living[owners]
            claims.append(owners[living].astype(np.int64) + offset)
            scores.append(scratch[rows][living])
            scratch[rows] = 0
        every, score = np.concatenate(claims), np.concatenate(scores)
        pool = every[first_by_score(score, self.state.ids[every], self.pool)] if len(every) else every
        return _Found(every, score, best_possible, np.union1d(pool, near))

    def _searched(self, numbers: Sequence[int]) -> list[int]:
        """The terms that are looked for, rarest first, until they have enough postings."""
        order = sorted(
            (number for number in numbers if self.holding[number] > 0),
            key=lambda number: (self.holding[number], number),
        )
        touched = np.cumsum([self.holding[number] for number in order])
        return order[: max(MIN_TERMS, int(np.searchsorted(touched, MOST_POSTINGS, side="right")))]


def _groups(words: _Words, near: Sequence[Numbers]) -> Iterator[tuple[list[_Found], Numbers]]:
    """Texts in a row that are compared in one go, and the claims of their pools."""
    found: list[_Found] = []
    union = np.zeros(0, np.int64)
    for at, claims in enumerate(near):
        one = words.found(at, claims)
        both = np.union1d(union, one.pool)
        if found and len(both) > TOGETHER:
            yield found, union
            found, both = [], one.pool
        found.append(one)
        union = both
    yield found, union


class _Meanings:
    """The cosines of texts with the claims of a union: the best of a text's vectors and a claim's wordings."""

    def __init__(self, state: State, union: Numbers, queries: Vectors, owner: Numbers) -> None:
        self.union = union
        text_start = np.flatnonzero(np.diff(owner, prepend=-1))
        by_row, wordings, starts, vectors = [], [], [], []
        count = 0
        for segment, ordinals in _by_segment(state, union):
            rows, start = _rows_of(segment.vector_start, ordinals)
            vectors.append(segment.vectors[rows])
            products = queries @ vectors[-1].astype(np.float32).T
            by_row.append(np.maximum.reduceat(products, text_start, axis=0))
            wordings.append(segment.vector_wording[rows])
            starts.append(start + count)
            count += len(rows)
        self._by_row = np.concatenate(by_row, axis=1) / np.float32(SCALE * SCALE)
        self._wording = np.concatenate(wordings)
        self._vectors = np.concatenate(vectors)
        self._start = np.append(np.concatenate(starts), count)
        self.cosines: Scores = np.maximum.reduceat(self._by_row, self._start[:-1], axis=1)

    def between(self, columns: Numbers, others: Numbers) -> Scores:
        """The cosines of some claims of the union with others, best wordings of both: a row a claim."""
        some, start = _rows_of(self._start, columns)
        more, begin = _rows_of(self._start, others)
        products = self._vectors[some].astype(np.float32) @ self._vectors[more].astype(np.float32).T
        per_claim = np.maximum.reduceat(np.maximum.reduceat(products, start, axis=0), begin, axis=1)
        return np.asarray(per_claim / np.float32(SCALE * SCALE), np.float32)

    def wordings(self, text: int, columns: Numbers) -> NDArray[np.int16]:
        """For some claims of the union, which of its wordings is the closest to a text; the first of equals."""
        rows, start = _rows_of(self._start, columns)
        claim = np.repeat(columns, np.diff(start, append=len(rows)))
        closest = np.flatnonzero(self._by_row[text, rows] == self.cosines[text, claim])
        return self._wording[rows[closest[np.searchsorted(closest, start)]]]


def rivals_of(
    meanings: _Meanings, chosen: Sequence[Numbers]
) -> Iterator[list[tuple[float | None, Sequence[int]]]]:
    """For each text, of each claim chosen for it: the cosine of its best rival, and the nearest that are no rivals."""
    nearest = [
        own[np.argsort(-row[own], kind="stable")[:RIVALS]]
        for row, own in zip(meanings.cosines, chosen, strict=True)
    ]
    some, others = np.unique(np.concatenate(chosen)), np.unique(np.concatenate(nearest))
    close = meanings.between(some, others) >= ALIKE
    for row, own, near in zip(meanings.cosines, chosen, nearest, strict=True):
        alike = close[np.ix_(np.searchsorted(some, own), np.searchsorted(others, near))]
        other = own[:, None] != near
        # Behind the nearest stands nobody.
        rivals = np.column_stack([~alike & other, np.ones(len(own), bool)]).argmax(1)
        cosines: list[float | None] = [*row[near].tolist(), None]
        numbers = meanings.union[near].tolist()
        no_rivals: list[list[int]] = [[] for _ in own]
        for claim, place in np.argwhere(alike & other).tolist():
            no_rivals[claim].append(numbers[place])
        yield [(cosines[rival], same) for rival, same in zip(rivals.tolist(), no_rivals, strict=True)]


def _near(state: State, queries: Vectors, owner: Numbers, pool: int) -> list[Numbers]:
    """For each text the numbers of the claims closest in meaning."""
    found: list[list[tuple[Numbers, Scores]]] = [[] for _ in range(int(owner[-1]) + 1)]
    text_start = np.append(np.flatnonzero(np.diff(owner, prepend=-1)), len(owner))
    for part, offset in zip(state.parts, state.offsets, strict=False):
        segment, living = part.segment, part.living
        if not len(segment):
            continue
        if segment.graph is None:
            products = np.concatenate([queries @ block.T for block in _blocks(segment.vectors)], axis=1)
            per_claim = np.maximum.reduceat(products, segment.vector_start[:-1], axis=1)
            per_text = np.maximum.reduceat(per_claim, text_start[:-1], axis=0)
            every = np.flatnonzero(living)
            for text, scores in enumerate(per_text):
                found[text].append((every + offset, scores[every]))
            continue
        close = segment.graph.nearest(queries.astype(np.int8), max(LEAST_NEAR, round(NEAR * pool)))
        for text, (start, stop) in enumerate(pairwise(text_start.tolist())):
            rows = close[start] if stop == start + 1 else np.unique(np.concatenate(close[start:stop]))
            owners = segment.vector_claim[rows]
            rows, owners = rows[living[owners]], owners[living[owners]]
            products = (queries[start:stop] @ segment.vectors[rows].astype(np.float32).T).max(0, initial=-1e9)
            claims, first = np.unique(owners, return_index=True)
            best = np.maximum.reduceat(products, first) if len(first) else products
            found[text].append((claims.astype(np.int64) + offset, best))
    return [_closest(state, parts, pool) for parts in found]


def _closest(state: State, found: Sequence[tuple[Numbers, Scores]], pool: int) -> Numbers:
    if not found:
        return np.zeros(0, np.int64)
    claims = np.concatenate([numbers for numbers, _ in found])
    scores = np.concatenate([scores for _, scores in found])
    return claims[first_by_score(scores, state.ids[claims], pool)]


def _blocks(vectors: NDArray[np.int8]) -> list[Vectors]:
    return [
        vectors[at : at + BLOCK].astype(np.float32) for at in range(0, min(len(vectors), EXACT_ROWS), BLOCK)
    ]


def _once(touched: Sequence[NDArray[np.int32]], scratch: Scores) -> NDArray[np.int32]:
    """The rows of several lists, each once. Most queries hold few rows twice, and sorting costs more."""
    if len(touched) == 1:
        return touched[0]
    rows = np.concatenate([np.zeros(0, np.int32), *touched])
    mark = scratch[rows]
    scratch[rows] = np.arange(len(rows), dtype=np.float32)
    first = scratch[rows] == np.arange(len(rows), dtype=np.float32)
    scratch[rows] = mark
    return np.asarray(rows[first], np.int32)


def _by_segment(state: State, numbers: Numbers) -> list[tuple[Segment, Numbers]]:
    """Ascending claim numbers as ordinals of their segments; segments without any are left out."""
    cuts = np.searchsorted(numbers, state.offsets).tolist()
    return [
        (part.segment, numbers[start:stop] - offset)
        for part, offset, start, stop in zip(state.parts, state.offsets, cuts, cuts[1:], strict=False)
        if stop > start
    ]


def _rows_of(starts: Numbers, ordinals: Numbers) -> tuple[Numbers, Numbers]:
    """The rows of some claims, one claim after another, and where each claim's rows start among them."""
    counts = starts[ordinals + 1] - starts[ordinals]
    begin = np.append(0, np.cumsum(counts))[:-1]
    return np.arange(int(counts.sum())) + np.repeat(starts[ordinals] - begin, counts), begin
