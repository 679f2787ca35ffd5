"""The starter claims: every one in two languages, with a source that exists and may be relied on."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from rapidfuzz import fuzz, process

from obelism import records
from obelism.model import Claim, Position, Review
from obelism.names import terms
from obelism.ratings import status_of
from obelism.text import fold

SHARED = Path(__file__).parents[2].parent / "shared" / "data"

# Fact-checkers, news agencies, newspapers and broadcasters under their own name; no copies, no aggregators.
ESTABLISHED = {
    "www.politifact.com",
    "factcheck.afp.com",
    "factuel.afp.com",
    "faktencheck.afp.com",
    "checamos.afp.com",
    "africacheck.org",
    "apnews.com",
    "bangla.boomlive.in",
    "euvsdisinfo.eu",
    "www.estadao.com.br",
    "www.logicallyfacts.com",
    "www.newtral.es",
    "www.snopes.com",
    "www.vishvasnews.com",
    "www.wsj.com",
    "www.bfmtv.com",
    "www.lavenir.net",
    "www.mediapart.fr",
    "www.themoscowtimes.com",
    "blogs.letemps.ch",
    "goodmorningamerica.com",
    "africa.businessinsider.com",
    "jang.com.pk",
    "tass.com",
    "tribune.net.ph",
}

MUSK_AND_PUTIN = (
    "musk-putin-regular-contact",
    "putin-asked-musk-no-starlink-taiwan",
    "musk-kiriyenko-contacts",
    "musk-putin-spoke-only-once",
    "trump-putin-calls-after-presidency",
    "musk-putin-talk-before-peace-plan",
    "trump-sent-putin-covid-tests",
    "musk-refused-starlink-crimea",
)

# The data set keeps the file names of PolitiFact's meter; readers of PolitiFact see these words.
POLITIFACT_WORDS = {
    "true": "True",
    "mostly-true": "Mostly True",
    "barely-true": "Mostly False",
    "false": "False",
    "pants-fire": "Pants on Fire",
}


@cache
def starter() -> tuple[Claim, ...]:
    lines = files("obelism.starter").joinpath("claims.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(records.parse(json.loads(line)) for line in lines)


def sources(claim: Claim) -> tuple[Review | Position, ...]:
    return claim.reviews + claim.positions


def test_there_are_over_a_hundred_claims_each_under_its_own_readable_name() -> None:
    ids = [claim.id for claim in starter()]
    assert len(ids) >= 120
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+){1,9}", name)] == []


def test_the_file_holds_exactly_the_records_that_an_export_would_write() -> None:
    lines = files("obelism.starter").joinpath("claims.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines == [records.dump(claim) for claim in starter()]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_claim_can_be_met_in_english_and_in_french_in_several_words(language: str) -> None:
    few = [c.id for c in starter() if sum(w.language == language for w in c.wordings) < 2]
    assert few == []


def test_both_languages_are_claims_of_their_own_and_not_translations_only() -> None:
    french = sum(claim.language == "fr" for claim in starter())
    assert len(starter()) / 3 < french < 2 * len(starter()) / 3


def test_no_wording_is_a_mere_topic() -> None:
    short = [
        (claim.id, wording.text)
        for claim in starter()
        for wording in claim.wordings
        if len(set(terms(wording.text, wording.language))) < 4
    ]
    assert short == []


def test_the_wordings_of_a_claim_differ_in_their_words() -> None:
    alike = [
        (claim.id, one.text, other.text)
        for claim in starter()
        for one, other in combinations(claim.wordings, 2)
        if fuzz.token_set_ratio(fold(one.text), fold(other.text)) > 92
    ]
    assert alike == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_claims_say_nearly_the_same(language: str) -> None:
    said = [(c.id, fold(w.text)) for c in starter() for w in c.wordings if w.language == language]
    texts = [text for _, text in said]
    scores = process.cdist(texts, texts, scorer=fuzz.token_set_ratio, score_cutoff=88)
    alike = {(said[i][0], said[j][0]) for i, j in zip(*scores.nonzero(), strict=True)}
    assert {(one, other) for one, other in alike if one != other} == set()


def test_every_source_is_a_web_address_of_an_established_publisher() -> None:
    hosts = {urlsplit(source.url).hostname for claim in starter() for source in sources(claim)}
    assert hosts == ESTABLISHED
    assert all(sources(claim) for claim in starter())


def test_every_review_names_publisher_rating_and_language() -> None:
    bare = [
        (claim.id, review.url)
        for claim in starter()
        for review in claim.reviews
        if not (review.publisher and review.rating and review.language != "und")
    ]
    assert bare == []


@pytest.mark.parametrize("name", MUSK_AND_PUTIN)
def test_the_story_of_musk_and_putin_shows_both_sides(name: str) -> None:
    claim = next(claim for claim in starter() if claim.id == name)
    stances = {position.stance for position in claim.positions}
    assert "asserts" in stances
    assert stances & {"denies", "disputes"}
    assert status_of(claim) == "disputed"


def test_claims_that_turned_out_true_are_there_beside_the_refuted_ones() -> None:
    statuses = [status_of(claim) for claim in starter()]
    assert statuses.count("supported") >= 10
    assert statuses.count("refuted") >= 80


def test_every_source_address_occurs_in_the_shared_data() -> None:
    known = _known_sources()
    found = {source.url for claim in starter() for source in sources(claim)}
    pages = "".join(
        path.read_text(encoding="utf-8") for path in sorted((SHARED / "claimreview-html").glob("*.html"))
    )
    pages = pages.replace("\\/", "/")
    assert [url for url in sorted(found) if url not in known and url not in pages] == []


def test_politifact_reviews_keep_verdict_date_and_headline() -> None:
    known = _known_sources()
    wrong = [
        (claim.id, review.url)
        for claim in starter()
        for review in claim.reviews
        if review.publisher == "PolitiFact"
        and (review.rating, review.date, review.title)
        != (
            POLITIFACT_WORDS[known[review.url]["rating"]],
            known[review.url]["date"],
            known[review.url]["title"],
        )
    ]
    assert wrong == []


def test_no_wording_copies_a_record_of_the_shared_data() -> None:
    taken = {fold(text) for path in _record_files() for record in _records(path) for text in _texts(record)}
    copied = [(claim.id, w.text) for claim in starter() for w in claim.wordings if fold(w.text) in taken]
    assert copied == []


def _known_sources() -> dict[str, dict[str, Any]]:
    """Reviews and positions of the shared records by address."""
    return {
        source["url"]: source
        for path in _record_files()
        for record in _records(path)
        for source in (*record["reviews"], *record["positions"])
    }


def _record_files() -> list[Path]:
    paths = [SHARED / "retrieval/checkthat2021-debates/claims.jsonl", SHARED / "pages/claims.jsonl"]
    if not all(path.exists() for path in paths):
        pytest.skip(f"SKIPPED LOUDLY: {SHARED} is absent, so no address can be compared with its source")
    return paths


@cache
def _records(path: Path) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def _texts(record: dict[str, Any]) -> list[str]:
    return [record["text"], *(phrasing["text"] for phrasing in record["phrasings"])]
