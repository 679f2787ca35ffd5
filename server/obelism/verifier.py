"""(statement, claim) pairs -> are they the same, and how is the claim presented: the trained cross-encoder.

The network reads a statement, what stands before it, and the claims that it might be, all at once, and answers for
each claim; it was trained on our own articles and pairs (training/, docs/MODEL_CARD.md) and ships in 8 bits inside the
package. It is asked only about pairs that the cheap features find plausible.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

BOS, EOS = 0, 2
# Tokens kept of each part; the network was trained with these.
STATEMENT, CLAIM, CONTEXT = 80, 80, 96
# What stands between two wordings of one claim that are read as one; the network was trained with this, too.
BETWEEN_WORDINGS = " / "
# Claims that are read with a statement at once, at most; the network was trained with one to eight.
MOST_CLAIMS = 8
# Tokens that the network reads at most; many long claims are each cut to an equal share.
LONGEST = 512
# What stands before a statement explains it, and misleads: where a claim is the topic, a sentence that says nothing of
# it is taken for it. So a statement is also read by itself, and the two answers are averaged: on the shared pages
# average precision 0.70 instead of 0.65. By itself first, which is the shorter text, and then with what stands before
# it only if that could still bring a claim to the odds that are needed: on the shared pages one time in five. Where no
# claim has HOPELESS log-odds with it, it alone counts. The second reading has two wordings of a claim that has them:
# what one leaves open the other may tell.
HOPELESS = -1.5
# Two wordings are seldom both met in full, so their log-odds come out lower than those of one; with so much more, one
# threshold does for both (docs/decisions/0012).
OF_TWO = 1.35
# No reading of 2,580 pairs of development articles and labelled pages was higher (5.41), OF_TWO aside.
HIGHEST = 5.5
THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Pair:
    """What is judged: a sentence, a wording of a claim, the text before the sentence (may be empty), and the claim in
    other words."""

    statement: str
    claim: str
    context: str = ""
    other: str = ""
    """Another wording of the claim; empty when there is none."""

    @property
    def wordings(self) -> str:
        return self.claim + BETWEEN_WORDINGS + self.other if self.other else self.claim


@dataclass(frozen=True, slots=True)
class Verdict:
    """The network's answer."""

    same: float
    """Log-odds that the claim's truth settles the statement; not yet calibrated."""
    framing: tuple[float, float, float, float]
    """Probabilities in the order of FRAMINGS, should it be the same."""


Needed = Sequence[Sequence[float]]
Enough = Callable[[], bool]
"""Whether no more is to be read."""


def never() -> bool:
    """All is to be read."""
    return False


class Verifier(Protocol):
    """Anything that judges whether sentences are claims, and how they present them."""

    def judge(
        self, questions: Sequence[Sequence[Pair]], needed: Needed | None = None, enough: Enough = never
    ) -> list[list[Verdict]]:
        """One verdict a pair, in order. The pairs of a question have one statement and context; their claims, at most
        MOST_CLAIMS, are told from one another.

        `needed` are log-odds, one a pair: where no pair of a question can come to its own, the verdicts on them need
        say no more than that. Questions that were not begun when it was `enough` have no verdicts.
        """


class CrossEncoder:
    """The network of the package, run by onnxruntime, one core a question."""

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

    def judge(
        self, questions: Sequence[Sequence[Pair]], needed: Needed | None = None, enough: Enough = never
    ) -> list[list[Verdict]]:
        def answer(question: Sequence[Pair], odds: Sequence[float]) -> list[Verdict]:
            return [] if enough() else self._verdicts(question, odds, ids)

        ids = self._read([pair for question in questions for pair in question])
        # Each question by itself: in 8 bits the activations are scaled by what is judged at once, and a verdict must
        # not depend on other statements. A lone reader has all cores; the threads end with the call, so that none
        # is lost when a server forks.
        with ThreadPoolExecutor(THREADS) as pool:
            least = [[-np.inf] * len(question) for question in questions] if needed is None else needed
            return list(pool.map(answer, questions, least))

    def _read(self, pairs: Sequence[Pair]) -> dict[str, list[int]]:
        """Token ids of all texts."""
        texts = list(
            dict.fromkeys(t for one in pairs for t in (one.statement, one.claim, one.context, one.wordings))
        )
        return {text: read.ids for text, read in zip(texts, self._tokenizer.encode_batch(texts), strict=True)}

    def _verdicts(
        self, question: Sequence[Pair], needed: Sequence[float], ids: Mapping[str, list[int]]
    ) -> list[Verdict]:
        """Those of pairs with one statement and context."""
        statement, context = ids[question[0].statement], ids[question[0].context]
        same, framing = self._run(statement, [], [ids[pair.claim] for pair in question])
        is_more = bool(question[0].context) or any(pair.other for pair in question)
        if is_more and (np.maximum(highest_with(same), HOPELESS) >= needed).any():
            in_full, framing_in_full = self._run(
                statement, context, [ids[pair.wordings] for pair in question]
            )
            if in_full.max() > HOPELESS:
                in_full += [OF_TWO if pair.other else 0.0 for pair in question]
                same, framing = (same + in_full) / 2, (framing + framing_in_full) / 2
            else:
                same, framing = in_full, framing_in_full
        return [
            Verdict(float(odds), (row[0], row[1], row[2], row[3]))
            for odds, row in zip(same, framing.tolist(), strict=True)
        ]

    def _run(
        self, statement: list[int], context: list[int], claims: Sequence[list[int]]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """(log-odds of each claim, probabilities of its framings)."""
        row, places = sequence(statement, context, claims)
        spans = np.zeros((1, len(claims), len(row)), np.float32)
        for claim, (start, end) in enumerate(places):
            spans[0, claim, start:end] = 1
        same, framing = self._session.run(None, {"ids": np.array([row], np.int64), "spans": spans})
        return same[0], _softmax(framing[0])


def sequence(
    statement: list[int], context: list[int], claims: Sequence[list[int]]
) -> tuple[list[int], list[tuple[int, int]]]:
    """Token ids of one question, and where each claim lies in them (start, end).

    `<s> statement </s></s> context </s></s> claim </s></s> claim … </s>`; of the context the end is kept, and nothing
    stands for an empty one.
    """
    ids = [BOS, *statement[:STATEMENT]]
    if context:
        ids += [EOS, EOS, *context[-CONTEXT:]]
    kept = min(CLAIM, (LONGEST - 1 - len(ids)) // max(len(claims), 1) - 2)
    spans = []
    for claim in claims:
        ids += [EOS, EOS]
        spans.append((len(ids) - 1, len(ids) + len(claim[:kept])))
        ids += claim[:kept]
    return [*ids, EOS], spans


def highest_with(bare: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest log-odds that a second reading can bring a claim to."""
    return np.asarray((bare + np.maximum(bare, HIGHEST)) / 2, np.float32)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), np.float32)


@cache
def default_verifier() -> Verifier:
    """The package's network, loaded once a process."""
    return CrossEncoder()
