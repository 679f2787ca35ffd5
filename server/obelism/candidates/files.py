"""A segment as a folder: `.npy` files, `claims.jsonl`, and a graph where there are many vectors.

`meta.json` is written last, with the size and checksum of every file, and the folder is then renamed into place:
a half-written index is never opened, and one that was damaged later is noticed.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, overload
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from obelism.candidates.graph import Graph
from obelism.candidates.lexical import Postings
from obelism.candidates.segment import Segment

META = "meta.json"
LINES = "claims.jsonl"
GRAPH = "graph.usearch"


def write(folder: Path, segment: Segment, meta: dict[str, Any]) -> None:
    """Write all files and make sure that they are on the disk; `folder` exists and is empty."""
    for name, array in _arrays(segment).items():
        np.save(folder / f"{name}.npy", array)
    with (folder / LINES).open("wb") as out:
        out.writelines(line + b"\n" for line in segment.lines)
    if segment.graph is not None:
        segment.graph.save(folder / GRAPH)
    told = {path.name: [path.stat().st_size, _checksum(path)] for path in sorted(folder.iterdir())}
    (folder / META).write_text(json.dumps({**meta, "files": told}))
    for path in folder.iterdir():
        sync(path)
    sync(folder)


def meta_of(folder: Path) -> dict[str, Any]:
    """What `write` was told. Raises OSError or ValueError when it cannot be read."""
    read = json.loads((folder / META).read_text())
    if not isinstance(read, dict) or not isinstance(read.get("files"), dict):
        raise ValueError(f"{folder / META} does not describe an index")
    return read


def open_segment(folder: Path, meta: dict[str, Any]) -> Segment:
    """Map a saved segment; its pages are shared by all processes that open it.

    Raises OSError or ValueError when a file is missing or not as it was written. Reading every file once
    (0.3 s for 300,000 claims) also brings it into memory before the first reader needs it.
    """
    for name, (size, checksum) in meta["files"].items():
        path = folder / name
        if path.stat().st_size != size or _checksum(path) != checksum:
            raise ValueError(f"{path} is not as it was written")

    def array(name: str) -> Any:
        # A plain array over the map: numpy's own class for maps costs microseconds at every slice.
        return np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray)

    documents = array("document_claim")
    graph = Graph.open(folder / GRAPH, array("mean")) if GRAPH in meta["files"] else None
    return Segment(
        MappedLines(folder / LINES, array("line_starts")),
        array("ids"),
        Postings(array("keys"), array("starts"), array("rows"), array("weights"), len(documents)),
        documents,
        array("vectors"),
        array("vector_claim"),
        array("vector_wording"),
        graph,
    )


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
        if not 0 <= number < len(self):
            raise IndexError(number)
        return bytes(self._data[int(self._starts[number]) : int(self._starts[number + 1]) - 1])


def _arrays(segment: Segment) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {
        "ids": segment.ids,
        "keys": segment.postings.keys,
        "starts": segment.postings.starts,
        "rows": segment.postings.rows,
        "weights": segment.postings.weights,
        "document_claim": segment.document_claim,
        "vectors": segment.vectors,
        "vector_claim": segment.vector_claim,
        "vector_wording": segment.vector_wording,
        "line_starts": np.cumsum([0, *(len(line) + 1 for line in segment.lines)], dtype=np.int64),
    }
    return arrays if segment.graph is None else {**arrays, "mean": segment.graph.mean}


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = crc32(block, checksum)
    return checksum
