"""How words and meaning count together when the pool of candidates is cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

# Words against the best that any claim has, since a long post can hold few of the words that it could. Swept on the
# training parts of three retrieval sets: flat from 0.2 to 0.3.
SHARE_OF_WORDS = 0.25


def ranks(words: Scores, cosines: Scores) -> Scores:
    """(texts, claims): merit of claims for each text; `words` is any lexical score."""
    most = np.maximum(words.max(axis=1, initial=0.0, keepdims=True), np.float32(1e-6))
    return np.asarray(SHARE_OF_WORDS * words / most + (1 - SHARE_OF_WORDS) * cosines, np.float32)


def first_by_score(scores: Scores, ids: NDArray[np.uint64], count: int) -> NDArray[np.int64]:
    """Places of the `count` highest scores, best first; equal scores by id, so that no place depends on order."""
    if len(scores) > count:
        floor = np.partition(scores, len(scores) - count)[len(scores) - count]
        kept = np.flatnonzero(scores >= floor)
    else:
        kept = np.arange(len(scores))
    return kept[np.lexsort((ids[kept], -scores[kept]))][:count]
