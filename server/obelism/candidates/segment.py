"""One immutable part of the index: claims, their postings and their vectors, in memory or memory-mapped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from multiprocessing import get_context
from os import cpu_count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from obelism.candidates.graph import Graph
from obelism.candidates.lexical import Postings
from obelism.encoder import Encoder, Vectors, default_encoder
from obelism.model import Claim
from obelism.names import terms
from obelism.records import dump, load

# Up to here all vectors are compared, which is exact: 12,000 rows x 50 sentences take about 15 ms.
EXACT_ROWS = 12_000
# Claims that are tokenised and encoded in one go, by one process.
CHUNK = 2_000
SCALE = 127.0  # unit vectors as 8-bit integers: cosine off by less than 0.005
# A headline that says little more than the claim is found through the claim's own vector.
SAME_WORDS = 0.6

Progress = Callable[[int], None]
"""Told after every CHUNK of claims how many are done."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """What of the claims is searched: one document a claim and language, one vector a wording."""

    documents: list[list[str]] = field(default_factory=list)
    document_claim: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    text_claim: list[int] = field(default_factory=list)
    text_wording: list[int] = field(default_factory=list)

    def add(self, ordinal: int, claim: Claim) -> None:
        by_language: dict[str, list[str]] = {}
        told: set[str] = set()
        for number, wording in enumerate(claim.wordings):
            found = terms(wording.text, wording.language)
            by_language.setdefault(wording.language, []).extend(found)
            told.update(found)
            self._add_text(wording.text, ordinal, number)
        for title, language in dict.fromkeys((r.title, r.language) for r in claim.reviews if r.title):
            found = terms(title, language)
            by_language.setdefault(language, []).extend(found)
            if sum(term in told for term in found) < SAME_WORDS * len(found):
                self._add_text(title, ordinal, 0)
        for document in by_language.values():
            self.documents.append(document)
            self.document_claim.append(ordinal)

    def _add_text(self, text: str, ordinal: int, wording: int) -> None:
        self.texts.append(text)
        self.text_claim.append(ordinal)
        self.text_wording.append(wording)


class Segment:
    """Claims in a fixed order (their ordinals) with what is needed to find them."""

    def __init__(
        self,
        lines: Sequence[bytes],
        ids: NDArray[np.uint64],
        postings: Postings,
        document_claim: NDArray[np.int32],
        vectors: NDArray[np.int8],
        vector_claim: NDArray[np.int32],
        vector_wording: NDArray[np.int16],
        graph: Graph | None = None,
    ) -> None:
        self.lines, self.ids, self.postings = lines, ids, postings
        self.document_claim = document_claim
        self.vectors, self.vector_claim, self.vector_wording = vectors, vector_claim, vector_wording
        self.graph = graph
        # Rows of one claim lie together: where each claim's vectors start.
        self.vector_start = np.searchsorted(vector_claim, np.arange(len(lines) + 1))
        self.claim = lru_cache(maxsize=20_000)(self._claim)

    @classmethod
    def build(cls, claims: Iterable[Claim], encoder: Encoder, progress: Progress | None = None) -> Segment:
        """Tokenise and encode all claims, on all cores where there are many."""
        parts = []
        done = 0
        for part in _parts(claims, encoder):
            parts.append((part, np.ones(len(part), bool)))
            done += len(part)
            if progress:
                progress(done)
        return cls.merged(parts, encoder.dimensions)

    @classmethod
    def merged(cls, parts: Sequence[tuple[Segment, NDArray[np.bool_]]], dimensions: int) -> Segment:
        """The claims of all parts for which the mask holds, in order; nothing is tokenised or encoded again."""
        kept = [
            (part, living, living[part.document_claim], living[part.vector_claim]) for part, living in parts
        ]
        numbers = _new_numbers([living for _, living in parts])
        lines = [part.lines[at] for part, living in parts for at in np.flatnonzero(living).tolist()]
        vectors = _joined((p.vectors[v] for p, _, _, v in kept), np.int8, dimensions)
        return cls(
            lines,
            _joined((p.ids[living] for p, living, _, _ in kept), np.uint64),
            Postings.merged([(p.postings, d) for p, _, d, _ in kept]),
            _joined(
                (n[p.document_claim[d]] for (p, _, d, _), n in zip(kept, numbers, strict=True)), np.int32
            ),
            vectors,
            _joined((n[p.vector_claim[v]] for (p, _, _, v), n in zip(kept, numbers, strict=True)), np.int32),
            _joined((p.vector_wording[v] for p, _, _, v in kept), np.int16),
            Graph.build(vectors) if len(vectors) > EXACT_ROWS else None,
        )

    def __len__(self) -> int:
        return len(self.lines)

    def __reduce__(self) -> tuple[type[Segment], tuple[object, ...]]:
        """Between processes all but the graph is sent."""
        vectors = (self.vectors, self.vector_claim, self.vector_wording)
        return Segment, (self.lines, self.ids, self.postings, self.document_claim, *vectors)

    def _claim(self, ordinal: int) -> Claim:
        return load(self.lines[ordinal].decode("utf-8"))

    def terms_of(self, ordinal: int) -> tuple[set[str], ...]:
        """The terms of each document of a claim."""
        wordings = Wordings()
        wordings.add(0, self.claim(ordinal))
        return tuple(map(set, wordings.documents))


def id_key(claim_id: str) -> int:
    return int.from_bytes(
        blake2b(claim_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )


def quantised(vectors: Vectors) -> NDArray[np.int8]:
    """Unit vectors times SCALE. Their products are whole numbers below 2^24: exact in float32, in any order."""
    return np.asarray(np.clip(np.rint(vectors * SCALE), -127, 127), np.int8)


def _part(claims: Sequence[Claim], encoder: Encoder | None = None) -> Segment:
    encoder = encoder or default_encoder()
    wordings = Wordings()
    for ordinal, claim in enumerate(claims):
        wordings.add(ordinal, claim)
    return Segment(
        [dump(claim).encode("utf-8", "replace") for claim in claims],
        np.asarray([id_key(claim.id) for claim in claims], np.uint64),
        Postings.build(wordings.documents),
        np.asarray(wordings.document_claim, np.int32),
        quantised(encoder.encode(wordings.texts)),
        np.asarray(wordings.text_claim, np.int32),
        np.asarray(wordings.text_wording, np.int16),
    )


def _parts(claims: Iterable[Claim], encoder: Encoder) -> Iterator[Segment]:
    chunks = _chunks(claims)
    first = list(islice(chunks, 2))
    workers = min(cpu_count() or 1, 8)
    # A process that runs threads must not be forked, and a few claims are not worth it. Only the default
    # encoder can be made again in another process by its name alone.
    alone = len(first) < 2 or workers == 1 or threading.active_count() > 1
    if alone or encoder.name != default_encoder().name:
        for chunk in (*first, *chunks):
            yield _part(chunk, encoder)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        waiting = [pool.submit(_part, chunk) for chunk in first]
        for chunk in chunks:
            if len(waiting) > 2 * workers:
                yield waiting.pop(0).result()
            waiting.append(pool.submit(_part, chunk))
        for future in waiting:
            yield future.result()


def _chunks(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    every = iter(claims)
    while chunk := list(islice(every, CHUNK)):
        yield chunk


def _new_numbers(masks: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.int64]]:
    """For each mask the number that each kept entry gets when all kept ones stand in a row."""
    numbers = []
    count = 0
    for mask in masks:
        numbers.append(np.cumsum(mask) - 1 + count)
        count += int(mask.sum())
    return numbers


def _joined(arrays: Iterable[NDArray[Any]], kind: type, width: int | None = None) -> NDArray[Any]:
    """All arrays one after another; an empty one of the right shape when there are none."""
    found = list(arrays)
    if not found:
        return np.zeros(0 if width is None else (0, width), kind)
    return np.concatenate(found).astype(kind, copy=False)
