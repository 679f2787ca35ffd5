"""Nearest vectors among hundreds of thousands, through a graph over one bit a dimension.

Malkov and Yashunin 2018, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
Small World graphs". A graph over whole vectors took 1.3 kB a vector and 0.6 ms a query; over bits it takes a
fifth and finds as many of the ten nearest, since what it finds is compared again with the whole vectors.
"""

from __future__ import annotations

from os import cpu_count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINKS = 16
BUILD_BREADTH = 64


class Graph:
    """Rows of a matrix, found by nearness. A dimension's bit says whether it lies above the rows' mean."""

    def __init__(self, graph: Any, mean: NDArray[np.float32]) -> None:
        self._graph, self.mean = graph, mean

    @classmethod
    def build(cls, vectors: NDArray[np.int8]) -> Graph:
        mean = np.asarray(vectors.mean(0), np.float32)
        graph = _empty(vectors.shape[1])
        graph.add(np.arange(len(vectors)), _bits(vectors, mean), threads=cpu_count() or 1)
        return cls(graph, mean)

    def nearest(self, queries: NDArray[np.int8], count: int) -> list[NDArray[np.int64]]:
        """For each query about `count` rows that are probably the nearest, ascending."""
        self._graph.expansion_search = max(count, BUILD_BREADTH)
        found = self._graph.search(_bits(queries, self.mean), count, threads=1)
        keys = np.asarray(found.keys, np.int64).reshape(len(queries), -1)
        counts = np.atleast_1d(np.asarray(getattr(found, "counts", keys.shape[1])))
        return [
            np.sort(row[:most])
            for row, most in zip(keys, np.broadcast_to(counts, len(keys)).tolist(), strict=True)
        ]

    def save(self, path: Path) -> None:
        self._graph.save(str(path))

    @classmethod
    def open(cls, path: Path, mean: NDArray[np.float32]) -> Graph:
        """Map a saved graph; its pages are shared by all processes that open it."""
        graph = _empty(len(mean))
        graph.view(str(path))
        return cls(graph, mean)


def _empty(dimensions: int) -> Any:
    # usearch 2.26 brings its own C++ runtime into the process; onnxruntime 1.32 imported after it ends the
    # process with a segmentation fault, imported before it both work.
    import onnxruntime  # noqa: F401
    from usearch.index import Index

    return Index(
        ndim=dimensions, metric="hamming", dtype="b1", connectivity=LINKS, expansion_add=BUILD_BREADTH
    )


def _bits(vectors: NDArray[np.int8], mean: NDArray[np.float32]) -> NDArray[np.uint8]:
    # A block at a time: the comparison holds a byte a dimension.
    blocks = [np.packbits(vectors[at : at + 8192] > mean, axis=1) for at in range(0, len(vectors), 8192)]
    return np.concatenate(blocks)
