"""Fact-checkers' words mean what they mean, in many languages; the status of a claim follows from them."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from importlib.resources import files
from typing import get_args

import pytest

from obelism.model import Claim, Position, Review
from obelism.ratings import Bucket, bucket, status_of
from obelism.text import words

ROWS = list(csv.DictReader(files("obelism").joinpath("ratings.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        # in the publishers' own spellings
        ("False", "false"),
        ("FAUX", "false"),
        ("Plutôt faux", "misleading"),
        ("Pants on Fire!", "false"),
        ("pants-fire", "false"),
        ("barely-true", "misleading"),
        ("half-true", "mixed"),
        ("mostly-true", "true"),
        ("full-flop", "unrated"),
        ("Four Pinocchios", "false"),
        ("Two Pinocchios", "mixed"),
        ("Größtenteils falsch", "misleading"),
        ("Engañoso", "misleading"),
        ("Bulo", "false"),
        ("Não é bem assim", "misleading"),
        ("C'eri quasi", "true"),
        ("Panzana pazzesca", "false"),
        ("भ्रामक", "misleading"),
        ("মিথ্যা", "false"),
        ("Yanlış", "false"),
        ("Manipulacja", "misleading"),
        ("مضلل", "misleading"),
        ("部分錯誤", "mixed"),
        ("Labeled Satire", "satire"),
        ("Satira", "satire"),
        # what stands around a rating
        ("Rating by Snopes: False", "false"),
        ("Our rating: Mostly False", "misleading"),
        ("FALSO: As imagens foram retiradas do canal de um corretor. Não são verdade.", "false"),
        ("False. The video is from 2015.", "false"),
        ("Incorrect \r", "false"),
        ("“Faux”", "false"),
        ("Misleading (photo)", "misleading"),
        ("Fact check: False", "false"),
        ("❌ False", "false"),
        ("This is false", "false"),
        ("This claim is true", "true"),
        # free text
        ("false claims", "false"),
        ("fausse rumeur", "false"),
        ("no evidence given", "unproven"),
        ("There is no evidence", "unproven"),
        ("fundamentally flawed and unsupported by credible evidence", "unproven"),
        ("C'est une fausse information", "false"),
        ("It's not true", "false"),
        ("Das stimmt nicht", "false"),
    ],
)
def test_a_rating_has_the_meaning_of_its_words(rating: str, expected: Bucket) -> None:
    assert bucket(rating) == expected


@pytest.mark.parametrize(
    "rating",
    [
        "not false",
        "Not misleading",
        "pas faux",
        "nicht falsch",
        "No es falso que lo dijera",
        "não é falso",
        "नहीं झूठ",
        "probably true",
        "almost false",
        "true or false",
        "vrai ou faux",
        "True, but missing context",
        "True. But it lacks context and is misleading.",
        "Real photo, false context",
        "The true story behind the picture",
        "experts disagree",
        "it is a piece of paper towel",
        "a plastic coffee stirrer",
        "unknown",
        "1",
        "1/5",
        "0.2",
        "5 (worst 1, best 5)",
        "-1",
        "",
        "   ",
        "?!",
        "In this long text about many things somebody somewhere said that one of them was false",
    ],
)
def test_words_that_settle_nothing_are_unrated(rating: str) -> None:
    assert bucket(rating) == "unrated"


def test_a_word_that_means_two_things_is_judged_by_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {("karma",): {"tr": "mixed", "en": "satire"}}
    monkeypatch.setattr("obelism.ratings._table", lambda: table)
    bucket.cache_clear()
    assert [bucket("Karma", language) for language in ("tr", "en", "fr", None)] == [
        "mixed",
        "satire",
        "unrated",
        "unrated",
    ]
    bucket.cache_clear()


def test_every_line_of_the_table_is_found_by_its_words_in_either_case() -> None:
    def missed(row: dict[str, str]) -> bool:
        spellings = (row["rating"], row["rating"].upper(), row["rating"].lower())
        return any(bucket(spelling, row["language"]) != row["bucket"] for spelling in spellings)

    assert [row for row in ROWS if missed(row) or row["bucket"] not in get_args(Bucket)] == []


def test_the_table_says_nothing_twice() -> None:
    told: dict[tuple[tuple[str, ...], str], set[str]] = defaultdict(set)
    for row in ROWS:
        told[tuple(words(row["rating"])), row["language"]].add(row["rating"])
    assert [ratings for ratings in told.values() if len(ratings) > 1] == []


def test_the_big_publishers_are_covered_in_many_languages() -> None:
    assert len({row["language"] for row in ROWS if row["bucket"] == "false"}) >= 40
    assert len({row["language"] for row in ROWS if row["bucket"] == "satire"}) >= 10
    known = {name.strip() for row in ROWS for name in row["publishers"].split(";")}
    assert known >= {
        "PolitiFact", "Snopes", "AFP", "AFP Factuel", "Full Fact", "Les Décodeurs", "Libération", "20 Minutes",
        "FactCheck.org", "Washington Post", "Lead Stories", "USA Today", "dpa", "Correctiv", "Maldita",
        "Newtral", "Lupa", "Aos Fatos", "Comprova", "BOOM", "Africa Check", "Vishvas News", "Teyit",
        "Demagog", "Facta", "Pagella Politica",
    }  # fmt: skip


# --- the status of a claim -----------------------------------------------------------------------


def review(rating: str, **more: str) -> Review:
    return replace(Review("P", rating, "https://p.example/1", language="en"), **more)  # type: ignore[arg-type]


def claim(*ratings: str, stances: tuple[str, ...] = (), claimant: str | None = None) -> Claim:
    positions = [Position(f"party {n}", s, "https://q.example") for n, s in enumerate(stances)]  # type: ignore[arg-type]
    return Claim("c", "text", "en", claimant, (), tuple(map(review, ratings)), tuple(positions))


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ((), "unrated"),
        (("False",), "refuted"),
        (("Misleading",), "refuted"),
        (("False", "Misleading", "Pants on Fire"), "refuted"),
        (("True", "Mostly True"), "supported"),
        (("True", "False"), "disputed"),
        (("Half True",), "disputed"),
        (("Half True", "False"), "disputed"),
        (("Half True", "True"), "disputed"),
        (("Unproven",), "unproven"),
        (("Unproven", "False"), "refuted"),
        (("Unproven", "True"), "disputed"),
        (("Satire",), "satire"),
        (("Satire", "False"), "refuted"),
        (("Satire", "True"), "disputed"),
        (("Satire", "Unproven"), "satire"),
        (("what the experts say",), "unrated"),
        (("what the experts say", "False"), "refuted"),
        (("1", "True"), "supported"),
    ],
)
def test_reviews_settle_a_claim_where_they_agree(ratings: tuple[str, ...], expected: str) -> None:
    assert status_of(claim(*ratings)) == expected


@pytest.mark.parametrize(
    ("stances", "claimant", "expected"),
    [
        (("asserts", "denies"), None, "disputed"),
        (("asserts", "disputes", "no comment"), None, "disputed"),
        (("asserts", "no comment"), None, "unrated"),
        (("asserts", "asserts"), None, "unrated"),
        (("denies",), None, "unrated"),
        (("denies",), "Anna", "disputed"),
        (("no comment",), "Anna", "unrated"),
    ],
)
def test_an_assertion_and_a_denial_make_a_dispute(
    stances: tuple[str, ...], claimant: str | None, expected: str
) -> None:
    assert status_of(claim(stances=stances, claimant=claimant)) == expected


def test_a_review_that_settles_the_matter_counts_more_than_positions() -> None:
    assert status_of(claim("False", stances=("asserts", "denies"))) == "refuted"
    assert status_of(claim("True", stances=("asserts", "denies"))) == "supported"
    assert status_of(claim("Unproven", stances=("asserts", "denies"))) == "disputed"
    assert status_of(claim("hard to say", stances=("asserts", "denies"))) == "disputed"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("current", "disputed"),
        ("corrected", "disputed"),
        ("superseded", "supported"),
        ("retracted", "supported"),
    ],
)
def test_a_review_that_no_longer_stands_does_not_count(state: str, expected: str) -> None:
    standing = Claim("c", "t", "en", reviews=(review("True"), review("False", state=state)))
    assert status_of(standing) == expected
