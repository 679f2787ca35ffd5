"""A text and claims -> how near they are in meaning by a second, more exact encoder.

Such an encoder reads some twenty claims a second and core, so only the likeliest candidates are put to it, and the
vectors of claims are kept: claims are public. Nothing is kept of the text.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from obelism.encoder import Encoder, Vectors
from obelism.model import Claim
from obelism.verifier import Enough, never

# Wordings of claims whose vectors are kept: 30 MB with 384 dimensions.
KEPT = 20_000
# Claims that are encoded in one go; in between it may be enough.
PORTION = 8


class Nearness:
    """Compares texts with claims, the likeliest first."""

    def __init__(self, encoder: Encoder, kept: int = KEPT) -> None:
        self.encoder = encoder
        self._most = kept
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._changing = Lock()

    def of(self, text: str, claims: Sequence[Claim], enough: Enough = never) -> NDArray[np.float64]:
        """The cosine of each claim's nearest wording, in standard deviations above the mean of the claims.

        So what is fitted to one encoder suits others, whose cosines lie elsewhere. One value a claim; once it is
        `enough`, the rest have 0.
        """
        said = self.encoder.encode([text])[0]
        cosines: list[float] = []
        while len(cosines) < len(claims) and (not cosines or not enough()):
            some = claims[len(cosines) : len(cosines) + PORTION]
            of = self._encoded([wording.text for claim in some for wording in claim.wordings])
            cosines += [max(float(of[wording.text] @ said) for wording in claim.wordings) for claim in some]
        return np.append(standardised(cosines), np.zeros(len(claims) - len(cosines)))

    def _encoded(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of claims' wordings, from now on kept."""
        with self._changing:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
        new = list(dict.fromkeys(text for text in texts if text not in found))
        found |= dict(zip(new, self.encoder.encode(new), strict=True)) if new else {}
        with self._changing:
            for text in found:
                self._vectors[text] = found[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._most:
                self._vectors.popitem(last=False)
        return found


def standardised(cosines: Sequence[float]) -> NDArray[np.float64]:
    """Standard deviations above the mean; all 0 where the values are equal."""
    values = np.asarray(cosines, np.float64)
    if not len(values):
        return values
    spread = values.std()
    return np.asarray((values - values.mean()) / spread if spread > 1e-6 else np.zeros(len(values)))
