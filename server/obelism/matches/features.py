"""What is cheap to see in a (statement, claim) pair: words, names, numbers, meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from obelism.matches.quantities import Quantity, quantities, shared
from obelism.model import Candidate, Phrasing
from obelism.names import names_in, terms
from obelism.text import fold


@dataclass(frozen=True, slots=True)
class Features:
    """All between 0 and 1 unless said otherwise; fuzzy scores are rapidfuzz's over folded words, by 100."""

    dense: float
    lexical: float
    token_set: float
    partial: float
    claim_covered: float
    """Share of the claim's content words that the statement has."""
    claim_covered_in_context: float
    """The same, with the text before the statement."""
    statement_covered: float
    names_met: float
    """Share of the claim's names that the statement has; 1 where the claim has none."""
    names_met_in_context: float
    names_missing: float
    """How many of the claim's names neither statement nor context have: 0, 1, 2, … over 3."""
    names_extra: float
    """How many names of the statement the claim does not have, over 3."""
    numbers_met: float
    """How many of the claim's numbers the statement states, over 2."""
    numbers_missing: float
    numbers_extra: float
    length: float
    """Content words of the statement, over 30."""
    claim_length: float
    across: float
    """1 when statement and wording are in different languages."""
    names_on_page: float
    """Share of the claim's names that the page has anywhere; 1 where the claim has none."""
    support: float
    """How close the page's closest sentence is to the claim (rank score of the index)."""
    closeness: float
    """How close this sentence is, as a share of `support`."""
    lead: float
    """By how much this claim is nearer in meaning than its best rival, -0.3 to 0.3; 0 when it has none."""

    def vector(self) -> NDArray[np.float64]:
        return np.array([getattr(self, name) for name in FEATURE_NAMES], np.float64)


FEATURE_NAMES = tuple(field.name for field in fields(Features))
FUZZY = (FEATURE_NAMES.index("token_set"), FEATURE_NAMES.index("partial"))
"""Places of the features that cost most to compute."""


@dataclass(frozen=True, slots=True)
class View:
    """What is compared of a text."""

    terms: frozenset[str]
    names: frozenset[str]
    quantities: tuple[Quantity, ...]
    folded: str


@dataclass(frozen=True, slots=True)
class Around:
    """What is compared of the text before a statement."""

    terms: frozenset[str]
    names: frozenset[str]


def view_of(text: str, language: str) -> View:
    """Read a text once for all its comparisons."""
    return View(frozenset(terms(text, language)), frozenset(names_in(text)), quantities(text), fold(text))


@lru_cache(maxsize=20_000)
def claim_view(wording: Phrasing) -> View:
    """The view of a claim's wording, kept: claims are public, pages are not."""
    return view_of(wording.text, wording.language)


class Reader:
    """Views of one page's texts; it is thrown away with the page, so that nothing of a page is kept."""

    def __init__(self) -> None:
        self._views: dict[tuple[str, str], View] = {}
        self._around: dict[tuple[str, str], Around] = {}

    def view(self, text: str, language: str) -> View:
        key = (text, language)
        if key not in self._views:
            self._views[key] = view_of(text, language)
        return self._views[key]

    def around(self, context: str, language: str) -> Around:
        key = (context, language)
        if key not in self._around:
            self._around[key] = Around(frozenset(terms(context, language)), frozenset(names_in(context)))
        return self._around[key]


def page_names(texts: Iterable[str]) -> frozenset[str]:
    """All names of a page's sentences."""
    return frozenset(name for text in texts for name in names_in(text))


def wording_for(candidate: Candidate, language: str) -> Phrasing:
    """The wording to compare with: the closest one, or one in the statement's language if there is any."""
    wordings = candidate.claim.wordings
    best = wordings[min(candidate.wording, len(wordings) - 1)]
    if best.language == language:
        return best
    return next((one for one in wordings if one.language == language), best)


def other_wording_for(candidate: Candidate, language: str) -> Phrasing | None:
    """Another one than `wording_for` gives, in the statement's language if there is any."""
    first = wording_for(candidate, language)
    others = [one for one in candidate.claim.wordings if one.text != first.text]
    return next((one for one in others if one.language == language), others[0] if others else None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement, what stands around it, and a claim it may be about."""

    statement: str
    context: str
    """The title and the sentences before it; empty when unknown."""
    language: str
    candidate: Candidate
    page_names: frozenset[str] = frozenset()
    """All names of the page."""
    support: float = 0.0
    """The claim's best rank score on the page; 0 when there is no page."""


def features_of(asked: Asked, reader: Reader) -> Features:
    """Compare a statement with the wording of a candidate that suits it best."""
    return features_in(whole_matrix([asked], reader)[0])


def features_in(row: NDArray[np.float64]) -> Features:
    """The features of a row of the matrix."""
    return Features(*row.tolist())


def whole_matrix(asked: Sequence[Asked], reader: Reader) -> NDArray[np.float64]:
    """The features of all pairs."""
    rows = matrix_of(asked, reader)
    fill_fuzzy(rows, asked, reader, np.ones(len(asked), bool))
    return rows


def matrix_of(asked: Sequence[Asked], reader: Reader) -> NDArray[np.float64]:
    """(pairs, FEATURE_NAMES): all features but FUZZY, which are 0 until `fill_fuzzy` has computed them."""
    return np.array([_row(one, reader) for one in asked], np.float64).reshape(-1, len(FEATURE_NAMES))


def fill_fuzzy(
    rows: NDArray[np.float64], asked: Sequence[Asked], reader: Reader, worth: NDArray[np.bool_]
) -> None:
    """Compute what `matrix_of` has left out, for the pairs that are worth it."""
    chosen = [asked[at] for at in np.flatnonzero(worth).tolist()]
    said = [reader.view(one.statement, one.language).folded for one in chosen]
    meant = [claim_view(wording_for(one.candidate, one.language)).folded for one in chosen]
    for place, scorer in zip(FUZZY, (fuzz.token_set_ratio, fuzz.partial_ratio), strict=True):
        rows[worth, place] = process.cpdist(said, meant, scorer=scorer, dtype=np.float64) / 100


def _row(asked: Asked, reader: Reader) -> tuple[float, ...]:
    """The features in order, the fuzzy ones 0."""
    candidate, language = asked.candidate, asked.language
    wording = wording_for(candidate, language)
    said, around = reader.view(asked.statement, language), reader.around(asked.context, language)
    meant = claim_view(wording)
    own = meant.terms & said.terms
    lacking = meant.names - said.names
    missing = lacking - around.names
    met, unmet, extra = shared(meant.quantities, said.quantities)
    rank_score = candidate.rank_score
    support = max(asked.support, rank_score, 1e-6)
    return (
        candidate.dense,
        min(candidate.lexical, 1.0),
        0.0,
        0.0,
        _share(len(own), len(meant.terms)),
        _share(len(own) + len((meant.terms - own) & around.terms), len(meant.terms)),
        _share(len(own), len(said.terms)),
        _share(len(meant.names) - len(lacking), len(meant.names)),
        _share(len(meant.names) - len(missing), len(meant.names)),
        min(len(missing), 3) / 3,
        min(len(said.names) - len(meant.names) + len(lacking), 3) / 3,
        min(met, 2) / 2,
        min(unmet, 2) / 2,
        min(extra, 2) / 2,
        min(len(said.terms), 30) / 30,
        min(len(meant.terms), 30) / 30,
        float(wording.language != language),
        _share(len(meant.names) - len(missing - asked.page_names), len(meant.names)),
        support,
        rank_score / support,
        0.0 if candidate.rival is None else _within(candidate.dense - candidate.rival, 0.3),
    )


def _within(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
