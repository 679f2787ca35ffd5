"""The index over claims: statements -> candidates, cheap, generous, across languages.

The index is a list of immutable segments and a note of which segment holds the newest form of a changed
claim. Changes arrive as small segments; the state is replaced in one assignment, so readers in other threads
always see a whole index. It is derived data: built from the same claims it finds the same candidates, however
they came in.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Lock

import numpy as np

from obelism.candidates.lexical import Hits, inverse_document_frequency, term_key
from obelism.candidates.segment import EXACT_ROWS, SCALE, VERSION, Segment, id_key
from obelism.encoder import Encoder, Vectors
from obelism.model import Candidate, Claim
from obelism.names import terms

# How many claims each of the two searches may bring before they are ranked together.
POOL = 120
# Terms in more of the documents than this say little, and their postings are long: skipped while rarer ones
# remain.
COMMON = 0.04
MIN_RARE_TERMS = 3
# How a claim's words and its vector count when the pool is cut.
LEXICAL_SHARE = 0.5
# Segments of changes beyond this are merged into one.
MAX_CHANGES = 8

Change = tuple[int, str, Claim | None]


@dataclass(frozen=True)
class _State:
    segments: tuple[Segment, ...] = ()
    newest: Mapping[int, int] = field(default_factory=dict)
    """Key of a changed claim's id -> the segment that holds it; -1 when it was retired."""
    sequence: int = 0


class Index:
    """Finds the claims that a statement may be about."""

    def __init__(self, encoder: Encoder, state: _State | None = None) -> None:
        self.encoder = encoder
        self._state = state or _State()
        self._writing = Lock()
        self._searching = Lock()

    # --- building and changing

    @classmethod
    def build(cls, claims: Iterable[Claim], encoder: Encoder, sequence: int = 0) -> Index:
        """Index all claims; `sequence` is the store's change number that they reflect."""
        segment = Segment.build(claims, encoder)
        return cls(encoder, _State((segment,), {}, sequence))

    def apply(self, changes: Iterable[Change]) -> int:
        """Take in changes (number, id, claim or None when retired), in order; returns how many."""
        taken = list(changes)
        if not taken:
            return 0
        with self._writing:
            state = self._state
            last = {claim_id: claim for _, claim_id, claim in taken}
            segments = list(state.segments)
            newest = dict(state.newest)
            added = [claim for claim in last.values() if claim is not None]
            if added:
                segments.append(Segment.build(added, self.encoder))
            for claim_id, claim in last.items():
                newest[id_key(claim_id)] = len(segments) - 1 if claim is not None else -1
            self._state = self._merged(_State(tuple(segments), newest, max(number for number, _, _ in taken)))
        return len(taken)

    def beside(self, claim: Claim) -> Index:
        """Another index that holds `claim` too, in place of one of that id; this one stays as it is."""
        other = Index(self.encoder, self._state)
        other._searching = self._searching
        other.apply([(self.sequence + 1, claim.id, claim)])
        return other

    def _merged(self, state: _State) -> _State:
        """The same claims with all change segments in one, once there are too many of them."""
        if len(state.segments) <= MAX_CHANGES:
            return state
        changed = [claim for number in range(1, len(state.segments)) for claim in _living(state, number)]
        merged = Segment.build(changed, self.encoder)
        newest = {key: -1 for key, number in state.newest.items() if number != 0}
        newest.update((int(key), 1) for key in merged.ids)
        return _State((state.segments[0], merged), newest, state.sequence)

    # --- reading

    @property
    def sequence(self) -> int:
        """The store's change number that the index reflects."""
        return self._state.sequence

    def __len__(self) -> int:
        state = self._state
        gone = (
            sum(
                1
                for number, segment in enumerate(state.segments)
                for key in segment.ids
                if state.newest.get(int(key), number) != number
            )
            if state.newest
            else 0
        )
        return sum(map(len, state.segments)) - gone

    def claims(self) -> Iterator[Claim]:
        """All claims of the index."""
        state = self._state
        for number in range(len(state.segments)):
            yield from _living(state, number)

    def candidates(self, texts: Sequence[str], language: str, limit: int = 50) -> list[list[Candidate]]:
        """For each text its candidates, most promising first, at most `limit` each."""
        state = self._state
        if not texts or not state.segments:
            return [[] for _ in texts]
        vectors = self.encoder.encode(texts)
        with self._searching:  # the scratch arrays are shared
            return [found[:limit] for found in _Search(state, texts, vectors, language, limit).run()]

    # --- on disk

    def save(self, folder: Path) -> Path:
        """Write the index as one new generation under `folder`; a crash leaves the older one in place."""
        folder.mkdir(parents=True, exist_ok=True)
        segment = (
            Segment.build(self.claims(), self.encoder) if self._state.newest else self._state.segments[0]
        )
        sequence = self.sequence
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=folder))
        segment.save(draft / "segment")
        meta = {
            "version": VERSION,
            "encoder": self.encoder.name,
            "sequence": sequence,
            "claims": len(segment),
        }
        (draft / "meta.json").write_text(json.dumps(meta))
        _sync_folder(draft)
        final = folder / f"generation-{sequence:012d}"
        if final.exists():
            shutil.rmtree(final)
        draft.rename(final)
        _drop_older(folder, final)
        return final

    @classmethod
    def open(cls, folder: Path, encoder: Encoder) -> Index | None:
        """Map the newest generation that this version and encoder can read; None when there is none."""
        for generation in sorted(folder.glob("generation-*"), reverse=True):
            try:
                meta = json.loads((generation / "meta.json").read_text())
                if meta["version"] != VERSION or meta["encoder"] != encoder.name:
                    continue
                segment = Segment.open(generation / "segment")
            except (OSError, ValueError, KeyError):
                continue  # half-written or damaged: the index is derived data and is built anew
            return cls(encoder, _State((segment,), {}, int(meta["sequence"])))
        return None


def _living(state: _State, number: int) -> Iterator[Claim]:
    segment = state.segments[number]
    for ordinal, key in enumerate(segment.ids):
        if state.newest.get(int(key), number) == number:
            yield segment.claim(ordinal)


class _Search:
    """One batch of texts against one state of the index."""

    def __init__(
        self, state: _State, texts: Sequence[str], vectors: Vectors, language: str, limit: int
    ) -> None:
        self.state, self.texts, self.vectors = state, texts, vectors
        self.language, self.limit = language, limit
        self.total = sum(segment.postings.row_count for segment in state.segments)
        self.close = [self._close_rows(segment) for segment in state.segments]

    def run(self) -> Iterator[list[Candidate]]:
        for number, text in enumerate(self.texts):
            found: list[tuple[float, int, int, float, float]] = []
            weighted, best_possible = self._weighted(text)
            for at, segment in enumerate(self.state.segments):
                postings = [(where[at], weight) for where, weight in weighted]
                hits = segment.postings.search(postings, segment.scratch).best(POOL)
                found += self._scored(at, segment, number, hits, best_possible)
            found.sort(key=lambda one: (-one[0], one[1], one[2]))
            yield [self._candidate(number, *one[1:]) for one in islice(found, self.limit)]

    def _weighted(self, text: str) -> tuple[list[tuple[list[slice], float]], float]:
        """The text's terms as (postings of each segment, weight), and the best score a claim could have."""
        known: list[tuple[int, list[slice], float]] = []
        best_possible = 0.0
        for term in dict.fromkeys(terms(text, self.language)):
            key = term_key(term)
            where = [segment.postings.find(key) for segment in self.state.segments]
            holding = sum(one.stop - one.start for one in where)
            weight = inverse_document_frequency(holding, self.total)
            best_possible += weight * 2.2  # K1 + 1: the term-frequency part at its highest
            if holding:
                known.append((holding, where, weight))
        known.sort(key=lambda one: one[0])
        rare = [one for one in known if one[0] <= max(COMMON * self.total, 200)]
        kept = rare if len(rare) >= MIN_RARE_TERMS else known[: max(MIN_RARE_TERMS, len(rare))]
        return [(where, weight) for _, where, weight in kept], max(best_possible, 1e-6)

    def _close_rows(self, segment: Segment) -> Vectors | list[list[int]]:
        """All cosines of a small segment, or the nearest rows of a large one."""
        if len(segment.vectors) <= EXACT_ROWS:
            return segment.cosines(self.vectors)
        return [[int(row) for row in rows if row >= 0] for rows in segment.nearest(self.vectors, POOL)]

    def _scored(
        self, at: int, segment: Segment, number: int, hits: Hits, best_possible: float
    ) -> list[tuple[float, int, int, float, float]]:
        """(rank score, segment, claim ordinal, lexical, dense) of the segment's living candidates."""
        lexical: dict[int, float] = {}
        for row, score in zip(hits.rows.tolist(), hits.scores.tolist(), strict=True):
            claim = int(segment.document_claim[row])
            lexical[claim] = max(lexical.get(claim, 0.0), score / best_possible)
        dense = self._dense(at, segment, number, lexical)
        out = []
        for claim, cosine in dense.items():
            if self.state.newest and self.state.newest.get(int(segment.ids[claim]), at) != at:
                continue
            words = lexical.get(claim, 0.0)
            out.append((LEXICAL_SHARE * words + (1 - LEXICAL_SHARE) * cosine, at, claim, words, cosine))
        return out

    def _dense(
        self, at: int, segment: Segment, number: int, lexical: Mapping[int, float]
    ) -> dict[int, float]:
        """The best cosine of each claim that either search found."""
        close = self.close[at]
        if isinstance(close, list):
            claims = {int(segment.vector_claim[row]) for row in close[number]} | set(lexical)
            return {claim: self._best_row(segment, number, claim)[1] for claim in claims}
        row_scores = close[number]
        per_claim = (
            np.maximum.reduceat(row_scores, segment.vector_start[:-1]) if len(row_scores) else row_scores
        )
        nearest = Hits(np.arange(len(per_claim), dtype=np.int32), per_claim).best(POOL)
        return {claim: float(per_claim[claim]) for claim in {*nearest.rows.tolist(), *lexical}}

    def _best_row(self, segment: Segment, number: int, claim: int) -> tuple[int, float]:
        start, stop = int(segment.vector_start[claim]), int(segment.vector_start[claim + 1])
        scores = (segment.vectors[start:stop].astype(np.float32) / SCALE) @ self.vectors[number]
        best = int(np.argmax(scores))
        return start + best, float(scores[best])

    def _candidate(self, number: int, at: int, ordinal: int, words: float, cosine: float) -> Candidate:
        segment = self.state.segments[at]
        row, _ = self._best_row(segment, number, ordinal)
        return Candidate(segment.claim(ordinal), words, cosine, int(segment.vector_wording[row]))


def _sync_folder(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _drop_older(folder: Path, kept: Path) -> None:
    """Processes that still map an older generation keep its pages until they let go of them."""
    for generation in folder.glob("generation-*"):
        if generation.name < kept.name:
            shutil.rmtree(generation, ignore_errors=True)
