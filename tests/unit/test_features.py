"""The features of many pairs at once are those of each pair, written down plainly."""

from itertools import product

import numpy as np
import pytest
from rapidfuzz import fuzz

from obelism.matches import Asked, page_names
from obelism.matches.features import (
    FEATURE_NAMES,
    Features,
    Reader,
    View,
    features_of,
    fill_fuzzy,
    matrix_of,
    view_of,
    wording_for,
)
from obelism.matches.quantities import shared
from obelism.model import Candidate, Claim, Phrasing

CLAIMS = (
    Claim("calls", "Elon Musk called Vladimir Putin 30 times in 2022.", "en"),
    Claim(
        "tower",
        "La tour 7 a été dynamitée en septembre 2001.",
        "fr",
        phrasings=(Phrasing("Tower 7 was blown up in September 2001.", "en"),),
    ),
    Claim("rain", "It rains.", "en"),
)
STATEMENTS = (
    "Elon Musk aurait appelé Vladimir Poutine 30 fois.",
    "En septembre, la tour 7 s'est effondrée, dit Richard Gage, et 3 % des New-Yorkais le croient.",
    "Il pleut.",
    "",
)
CONTEXTS = ("", "Vladimir Poutine a parlé en 2022 de la tour.", "RICHARD GAGE DÉMENT")
CANDIDATES = (
    Candidate(CLAIMS[0], 0.4, 0.7, rival=0.2),
    Candidate(CLAIMS[0], 1.2, -0.1),
    Candidate(CLAIMS[1], 0.3, 0.5, wording=1, rival=0.95),
    Candidate(CLAIMS[2], 0.0, 0.0),
)
PAGE = page_names(STATEMENTS)
ASKED = [
    Asked(statement, context, language, candidate, names, support)
    for statement, context, candidate in product(STATEMENTS, CONTEXTS, CANDIDATES)
    for language, names, support in (("fr", PAGE, 0.6), ("en", frozenset[str](), 0.0))
]


def plainly(asked: Asked) -> Features:
    candidate, language = asked.candidate, asked.language
    wording = wording_for(candidate, language)
    said, around, meant = (
        view_of(text, spoken)
        for text, spoken in (
            (asked.statement, language),
            (asked.context, language),
            (wording.text, wording.language),
        )
    )
    nearby = said.names | around.names
    met, missing, extra = shared(meant.quantities, said.quantities)
    support = max(asked.support, candidate.rank_score, 1e-6)
    lead = 0.0 if candidate.rival is None else candidate.dense - candidate.rival
    return Features(
        dense=candidate.dense,
        lexical=min(candidate.lexical, 1.0),
        token_set=fuzz.token_set_ratio(said.folded, meant.folded) / 100,
        partial=fuzz.partial_ratio(said.folded, meant.folded) / 100,
        claim_covered=share(meant.terms & said.terms, meant.terms),
        claim_covered_in_context=share(meant.terms & (said.terms | around.terms), meant.terms),
        statement_covered=share(meant.terms & said.terms, said.terms),
        names_met=share(meant.names & said.names, meant.names),
        names_met_in_context=share(meant.names & nearby, meant.names),
        names_missing=min(len(meant.names - nearby), 3) / 3,
        names_extra=min(len(said.names - meant.names), 3) / 3,
        numbers_met=min(met, 2) / 2,
        numbers_missing=min(missing, 2) / 2,
        numbers_extra=min(extra, 2) / 2,
        length=min(len(said.terms), 30) / 30,
        claim_length=min(len(meant.terms), 30) / 30,
        across=float(wording.language != language),
        names_on_page=share(meant.names & (nearby | asked.page_names), meant.names),
        support=support,
        closeness=candidate.rank_score / support,
        lead=max(-0.3, min(0.3, lead)),
    )


def share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part) / len(whole) if whole else 1.0


def test_a_pair_has_the_features_that_are_written_down() -> None:
    for asked in ASKED:
        assert features_of(asked, Reader()) == plainly(asked)


def test_many_pairs_at_once_have_the_features_of_each() -> None:
    reader = Reader()
    rows = matrix_of(ASKED, reader)
    worth = np.arange(len(ASKED)) % 3 > 0
    fill_fuzzy(rows, ASKED, reader, worth)
    for row, asked, is_whole in zip(rows, ASKED, worth, strict=True):
        expected = plainly(asked)
        for name, value in zip(FEATURE_NAMES, row, strict=True):
            left_out = name in ("token_set", "partial") and not is_whole
            assert value == (0 if left_out else pytest.approx(getattr(expected, name)))


def test_no_pairs_have_no_features() -> None:
    assert matrix_of([], Reader()).shape == (0, len(FEATURE_NAMES))


def test_a_view_of_nothing_is_empty() -> None:
    assert view_of("", "en") == View(frozenset(), frozenset(), (), "")
