"""Where the claim's words stand in a sentence, and which clauses carry them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from obelism.model import Claim
from obelism.names import terms

# Below this share of the claim's words (other language, other wording) their places tell nothing.
MIN_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Scope:
    """The clauses of a folded text, and how many words of the claim each carries."""

    starts: tuple[int, ...]
    weights: tuple[int, ...]
    spots: tuple[int, ...]
    share: float
    """Of the claim's words, how many stand in the text."""

    @property
    def known(self) -> bool:
        return self.share >= MIN_SHARE

    def clause(self, at: int) -> int:
        return bisect_right(self.starts, at) - 1

    def reaches(self, at: int) -> bool:
        """May words at `at` bear on the claim: is a fair part of it in their clause?"""
        return not self.known or 2 * self.weights[self.clause(at)] >= max(self.weights)

    def follows(self, at: int, reach: int = 30) -> bool:
        """Does a word of the claim begin within `reach` characters after `at`?"""
        return not self.known or any(at <= spot <= at + reach for spot in self.spots)


def scope_of(folded: str, claim: Claim, language: str) -> Scope:
    """The scope of `claim` in a folded text, by the wording that shares most words with it."""
    starts = (0, *(match.end() for match in _BREAK.finditer(folded)))
    tokens = [(match.start(), _terms(match.group(), language)) for match in _WORD.finditer(folded)]
    best = max((_spots(tokens, w.text, w.language) for w in claim.wordings), key=lambda found: found[1])
    weights = [0] * len(starts)
    for spot in best[0]:
        weights[bisect_right(starts, spot) - 1] += 1
    return Scope(starts, tuple(weights), best[0], best[1])


def _spots(
    tokens: list[tuple[int, tuple[str, ...]]], wording: str, language: str
) -> tuple[tuple[int, ...], float]:
    wanted = _terms(wording, language)
    heads = {term[:5] for term in wanted if len(term) >= 5} | set(wanted)
    hits = [(at, term) for at, found in tokens for term in found if term in heads or term[:5] in heads]
    covered = {term[:5] for _, term in hits}
    share = len(covered) / max(1, len({term[:5] for term in wanted}))
    return tuple(sorted({at for at, _ in hits})), share


@lru_cache(maxsize=65536)
def _terms(text: str, language: str) -> tuple[str, ...]:
    return tuple(terms(text, language))


_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*")
_BREAK = re.compile(
    r"[,;:.!?(]\s|\s-\s|\b(?:but|whereas|while|although|though|however|mais|alors que|tandis que|pourtant)\b"
)
