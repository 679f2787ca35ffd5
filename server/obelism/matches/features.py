"""What is cheap to see in a (statement, claim) pair: words, names, numbers, meaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

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


@dataclass(frozen=True, slots=True)
class View:
    """What is compared of a text."""

    terms: frozenset[str]
    names: frozenset[str]
    quantities: tuple[Quantity, ...]
    folded: str


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

    def view(self, text: str, language: str) -> View:
        key = (text, language)
        if key not in self._views:
            self._views[key] = view_of(text, language)
        return self._views[key]


def page_names(texts: Iterable[str]) -> frozenset[str]:
    """All names of a page's sentences."""
    return frozenset(name for text in texts for name in names_in(text))


def wording_for(candidate: Candidate, language: str) -> Phrasing:
    """The wording to compare with: the closest one, or one in the statement's language if there is any."""
    wordings = candidate.claim.wordings
    best = wordings[min(candidate.wording, len(wordings) - 1)]
    if best.language[:2] == language[:2]:
        return best
    return next((one for one in wordings if one.language[:2] == language[:2]), best)


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
    candidate, language = asked.candidate, asked.language
    wording = wording_for(candidate, language)
    said, around = reader.view(asked.statement, language), reader.view(asked.context, language)
    meant = claim_view(wording)
    nearby = said.names | around.names
    met, missing, extra = shared(meant.quantities, said.quantities)
    support = max(asked.support, candidate.rank_score, 1e-6)
    return Features(
        dense=candidate.dense,
        lexical=min(candidate.lexical, 1.0),
        token_set=fuzz.token_set_ratio(said.folded, meant.folded) / 100,
        partial=fuzz.partial_ratio(said.folded, meant.folded) / 100,
        claim_covered=_share(meant.terms & said.terms, meant.terms),
        claim_covered_in_context=_share(meant.terms & (said.terms | around.terms), meant.terms),
        statement_covered=_share(meant.terms & said.terms, said.terms),
        names_met=_share(meant.names & said.names, meant.names),
        names_met_in_context=_share(meant.names & nearby, meant.names),
        names_missing=min(len(meant.names - nearby), 3) / 3,
        names_extra=min(len(said.names - meant.names), 3) / 3,
        numbers_met=min(met, 2) / 2,
        numbers_missing=min(missing, 2) / 2,
        numbers_extra=min(extra, 2) / 2,
        length=min(len(said.terms), 30) / 30,
        claim_length=min(len(meant.terms), 30) / 30,
        across=float(wording.language[:2] != language[:2]),
        names_on_page=_share(meant.names & (nearby | asked.page_names), meant.names),
        support=support,
        closeness=candidate.rank_score / support,
        lead=0.0 if candidate.rival is None else _within(candidate.dense - candidate.rival, 0.3),
    )


def _within(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part) / len(whole) if whole else 1.0
