"""One immutable part of the index: claims, their postings and their vectors, in memory or memory-mapped.

On disk a segment is a folder of `.npy` files, `claims.jsonl`, and for many vectors a nearest-neighbour graph.
`meta.json` is written last and the folder is renamed into place, so a half-written segment is never opened.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from os import cpu_count
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from obelism.candidates.lexical import Postings
from obelism.encoder import Encoder, Vectors, encoder_named
from obelism.model import Claim
from obelism.names import terms
from obelism.records import dump, load

VERSION = 1
# Up to here one matrix product is fast enough and exact: 20,000 rows x 50 sentences take about 15 ms.
EXACT_ROWS = 20_000
# Below this many texts, starting processes costs more than it saves.
POOL_FROM = 4_000
SCALE = 127.0  # unit vectors as 8-bit integers: cosine off by less than 0.005


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
        for wording in claim.wordings:
            by_language.setdefault(wording.language[:2], []).append(wording.text)
        for review in claim.reviews:
            if review.title:
                by_language.setdefault(review.language[:2], []).append(review.title)
        for language, texts in by_language.items():
            self.documents.append([term for text in texts for term in terms(text, language)])
            self.document_claim.append(ordinal)
        titles = (review.title for review in claim.reviews if review.title)
        for number, text in enumerate((*(w.text for w in claim.wordings), *titles)):
            self.texts.append(text)
            self.text_claim.append(ordinal)
            self.text_wording.append(number if number < len(claim.wordings) else 0)


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
        graph: Any = None,
    ) -> None:
        self.lines, self.ids, self.postings = lines, ids, postings
        self.document_claim, self.vectors = document_claim, vectors
        self.vector_claim, self.vector_wording, self.graph = vector_claim, vector_wording, graph
        self.scratch = np.zeros(postings.row_count, np.float32)
        # Rows of one claim lie together: where each claim's vectors start.
        self.vector_start = np.searchsorted(vector_claim, np.arange(len(lines) + 1))
        self._exact: Vectors | None = None
        self.claim = lru_cache(maxsize=20_000)(self._claim)

    @classmethod
    def build(cls, claims: Iterable[Claim], encoder: Encoder) -> Segment:
        wordings = Wordings()
        lines: list[bytes] = []
        ids: list[int] = []
        for ordinal, claim in enumerate(claims):
            lines.append(dump(claim).encode("utf-8", "replace"))
            ids.append(id_key(claim.id))
            wordings.add(ordinal, claim)
        vectors = _quantised(_encode_all(wordings.texts, encoder))
        return cls(
            lines,
            np.asarray(ids, np.uint64),
            Postings.build(wordings.documents),
            np.asarray(wordings.document_claim, np.int32),
            vectors,
            np.asarray(wordings.text_claim, np.int32),
            np.asarray(wordings.text_wording, np.int16),
            _graph(vectors) if len(vectors) > EXACT_ROWS else None,
        )

    def __len__(self) -> int:
        return len(self.lines)

    def _claim(self, ordinal: int) -> Claim:
        return load(self.lines[ordinal].decode("utf-8"))

    def cosines(self, queries: Vectors) -> Vectors:
        """(queries, rows): exact, for segments of at most EXACT_ROWS vectors."""
        if self._exact is None:
            self._exact = self.vectors.astype(np.float32) / SCALE
        return np.asarray(queries @ self._exact.T, np.float32)

    def nearest(self, queries: Vectors, count: int) -> NDArray[np.int64]:
        """(queries, count) rows close to each query, by the graph; -1 where there are fewer."""
        found = self.graph.search(_quantised(queries), count, threads=1)
        return np.asarray(found.keys, np.int64).reshape(len(queries), -1)

    def save(self, folder: Path) -> None:
        """Write all files; the caller renames the folder into place."""
        folder.mkdir(parents=True)
        arrays: dict[str, NDArray[Any]] = {
            "ids": self.ids,
            "keys": self.postings.keys,
            "starts": self.postings.starts,
            "rows": self.postings.rows,
            "weights": self.postings.weights,
            "document_claim": self.document_claim,
            "vectors": self.vectors,
            "vector_claim": self.vector_claim,
            "vector_wording": self.vector_wording,
            "line_starts": np.cumsum([0, *(len(line) + 1 for line in self.lines)], dtype=np.int64),
        }
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        with (folder / "claims.jsonl").open("wb") as out:
            for line in self.lines:
                out.write(line + b"\n")
        if self.graph is not None:
            self.graph.save(str(folder / "graph.usearch"))

    @classmethod
    def open(cls, folder: Path) -> Segment:
        """Map a saved segment into memory; its pages are shared by all processes that open it."""

        def array(name: str) -> Any:
            return np.load(folder / f"{name}.npy", mmap_mode="r")

        documents = array("document_claim")
        postings = Postings(array("keys"), array("starts"), array("rows"), array("weights"), len(documents))
        vectors = array("vectors")
        graph = _open_graph(folder / "graph.usearch", vectors.shape[1]) if len(vectors) > EXACT_ROWS else None
        lines = MappedLines(folder / "claims.jsonl", array("line_starts"))
        return cls(
            lines,
            array("ids"),
            postings,
            documents,
            vectors,
            array("vector_claim"),
            array("vector_wording"),
            graph,
        )


class MappedLines(Sequence[bytes]):
    """The lines of a file, read from memory-mapped pages only when asked for."""

    def __init__(self, path: Path, starts: NDArray[np.int64]) -> None:
        self._starts = starts
        with path.open("rb") as file:
            empty = path.stat().st_size == 0
            self._data: bytes | mmap.mmap = (
                b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            )

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, number: int) -> bytes: ...
    @overload
    def __getitem__(self, number: slice) -> list[bytes]: ...
    def __getitem__(self, number: int | slice) -> bytes | list[bytes]:
        if isinstance(number, slice):
            return [self[at] for at in range(*number.indices(len(self)))]
        if number >= len(self):
            raise IndexError(number)
        return bytes(self._data[int(self._starts[number]) : int(self._starts[number + 1]) - 1])


def id_key(claim_id: str) -> int:
    return int.from_bytes(
        blake2b(claim_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )


def _quantised(vectors: Vectors) -> NDArray[np.int8]:
    return np.asarray(np.clip(np.rint(vectors * SCALE), -127, 127), np.int8)


def _encode_all(texts: Sequence[str], encoder: Encoder) -> Vectors:
    workers = min(cpu_count() or 1, 8)
    if len(texts) < POOL_FROM or workers == 1 or encoder.name != encoder_named("use").name:
        return encoder.encode(texts)
    chunks = [list(texts[at : at + 2_000]) for at in range(0, len(texts), 2_000)]
    with ProcessPoolExecutor(workers) as pool:
        return np.concatenate(list(pool.map(_encode_chunk, chunks)))


def _encode_chunk(texts: list[str]) -> Vectors:
    return encoder_named("use").encode(texts)


def _new_graph(dimensions: int) -> Any:
    from usearch.index import Index as Graph

    # 16 links, breadth 64: recall@50 of 0.97 against brute force on 50,000 claims.
    return Graph(
        ndim=dimensions, metric="cos", dtype="i8", connectivity=16, expansion_add=64, expansion_search=96
    )


def _graph(vectors: NDArray[np.int8]) -> Any:
    graph = _new_graph(vectors.shape[1])
    graph.add(np.arange(len(vectors)), vectors, threads=cpu_count() or 1)
    return graph


def _open_graph(path: Path, dimensions: int) -> Any:
    graph = _new_graph(dimensions)
    graph.view(str(path))
    return graph
