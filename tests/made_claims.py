"""Small claims and a slow, obvious index to compare the fast one with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from math import log1p

import numpy as np

from obelism.candidates.lexical import K1, TYPICAL_LENGTH, B
from obelism.candidates.ranking import ranks
from obelism.candidates.segment import SCALE, Wordings, quantised
from obelism.encoder import Vectors
from obelism.model import Claim, Phrasing, Review
from obelism.names import terms


class WordEncoder:
    """Each word has a direction of its own: quick, and the same in every batch."""

    name = "words-1"
    dimensions = 64

    def encode(self, texts: Sequence[str]) -> Vectors:
        out = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in text.casefold().split():
                seed = int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "little")
                out[row] += np.random.default_rng(seed).standard_normal(self.dimensions).astype(np.float32)
            out[row] /= np.linalg.norm(out[row]) or 1
        return out


def claim(
    number: int | str,
    text: str,
    language: str = "en",
    phrasings: Iterable[tuple[str, str]] = (),
    title: str = "",
) -> Claim:
    review = Review("A", "false", "https://example.org/a", title=title, language=language)
    others = tuple(Phrasing(text, spoken) for text, spoken in phrasings)
    return Claim(str(number), text, language, phrasings=others, reviews=(review,) if title else ())


def brute_force(
    claims: Sequence[Claim], texts: Sequence[str], language: str
) -> list[dict[str, tuple[float, float, float]]]:
    """For each text, by claim id: merit, lexical score, cosine. Everything is compared with everything."""
    documents = [_documents(one) for one in claims]
    every = [document for some in documents for document in some]
    words = np.array([[_bm25(text, language, some, every) for some in documents] for text in texts])
    cosines = np.array([[_cosine(text, one) for one in claims] for text in texts])
    lexical, best = words[..., 0], words[..., 1]
    merit = np.concatenate(
        [ranks(lexical[row : row + 1], cosines[row : row + 1]) for row in range(len(texts))]
    )
    return [
        {
            one.id: (float(merit[row, at]), float(lexical[row, at] / best[row, at]), float(cosines[row, at]))
            for at, one in enumerate(claims)
        }
        for row in range(len(texts))
    ]


def _documents(one: Claim) -> list[list[str]]:
    wordings = Wordings()
    wordings.add(0, one)
    return wordings.documents


def _bm25(text: str, language: str, some: list[list[str]], every: list[list[str]]) -> tuple[float, float]:
    best, scores = 1e-6, [0.0] * len(some)
    for term in set(terms(text, language)):
        holding = sum(term in document for document in every)
        weight = log1p((len(every) - holding + 0.5) / (holding + 0.5))
        best += weight * (K1 + 1)
        for at, document in enumerate(some):
            count = Counter(document)[term]
            norm = K1 * (1 - B + B * len(document) / TYPICAL_LENGTH)
            scores[at] += weight * count * (K1 + 1) / (count + norm)
    return max(scores), best


def _cosine(text: str, one: Claim) -> float:
    wordings = Wordings()
    wordings.add(0, one)
    vectors = quantised(WordEncoder().encode([text, *wordings.texts])).astype(np.float64)
    return float((vectors[1:] @ vectors[0]).max() / SCALE**2)
