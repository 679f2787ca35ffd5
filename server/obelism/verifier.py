"""(statement, claim) pairs -> are they the same, and how is the claim presented: the trained cross-encoder.

The network reads statement, claim and what stands before the statement together; it was trained on our own
articles and pairs (training/, docs/MODEL_CARD.md) and ships in 8 bits inside the package. It is asked only about
pairs that the cheap features find plausible.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

BOS, EOS = 0, 2
# Tokens kept of each part; the network was trained with these.
STATEMENT, CLAIM, CONTEXT = 80, 48, 64
THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Pair:
    """What is judged: a sentence, a wording of a claim, and the text before the sentence (may be empty)."""

    statement: str
    claim: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The network's answer."""

    same: float
    """Log-odds that the claim's truth settles the statement; not yet calibrated."""
    framing: tuple[float, float, float, float]
    """Probabilities in the order of FRAMINGS, should it be the same."""


class Verifier(Protocol):
    def judge(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """One verdict a pair, in order."""


class CrossEncoder:
    """The network of the package, run by onnxruntime, one core a pair."""

    def __init__(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        folder = files("obelism") / "verifier_model"
        with as_file(folder / "verifier.onnx") as model:
            self._session: Any = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text("utf-8"))

    def judge(self, pairs: Sequence[Pair]) -> list[Verdict]:
        # Each pair by itself: in 8 bits the activations are scaled by what is judged together, and a verdict must
        # not depend on its neighbours. A lone reader has all cores; the threads end with the call, so that none
        # is lost when a server forks.
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(self._verdict, self._rows(pairs)))

    def _verdict(self, row: list[int]) -> Verdict:
        same, framing = self._session.run(None, {"ids": np.array([row], np.int64)})
        odds = _softmax(framing[0]).tolist()
        return Verdict(float(same[0]), (odds[0], odds[1], odds[2], odds[3]))

    def _rows(self, pairs: Sequence[Pair]) -> list[list[int]]:
        texts = [text for pair in pairs for text in (pair.statement, pair.claim, pair.context)]
        distinct = list(dict.fromkeys(texts))
        read = dict(zip(distinct, self._tokenizer.encode_batch(distinct), strict=True))
        return [
            sequence(
                read[pair.statement].ids, read[pair.claim].ids, read[pair.context].ids if pair.context else []
            )
            for pair in pairs
        ]


def sequence(statement: list[int], claim: list[int], context: list[int]) -> list[int]:
    """Token ids of one input: `<s> statement </s></s> claim </s></s> context </s>`, the context's end kept."""
    ids = [BOS, *statement[:STATEMENT], EOS, EOS, *claim[:CLAIM]]
    if context:
        ids += [EOS, EOS, *context[-CONTEXT:]]
    return [*ids, EOS]


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum(), np.float32)


@cache
def default_verifier() -> Verifier:
    """The package's network, loaded once a process."""
    return CrossEncoder()
