"""POST /v1/lookups always ranks; the filters keep only claims of that kind."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from obelism.api.shapes import ResultsShown
from serving import BRIDGE, application, program


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    with application() as app:
        yield app


def look_up(app: Flask, **fields: Any) -> ResultsShown:
    answer = program(app).post("/v1/lookups", json=fields)
    assert answer.status_code == 200, answer.data
    return ResultsShown.model_validate_json(answer.data)


def test_the_claim_itself_comes_first_and_is_the_same(app: Flask) -> None:
    first, *others = look_up(app, text=BRIDGE.text, language="en").results
    assert (first.claim.id, first.same) == (BRIDGE.id, True)
    assert first.reasons
    assert all(other.score <= first.score and not other.same for other in others)


def test_a_statement_of_another_language_finds_the_claim(app: Flask) -> None:
    found = look_up(app, text=BRIDGE.phrasings[0].text, language="fr", limit=1).results
    assert [(result.claim.id, result.same) for result in found] == [(BRIDGE.id, True)]


def test_a_region_is_no_language_of_its_own(app: Flask) -> None:
    found = [
        look_up(app, text=BRIDGE.phrasings[0].text, language=tag).results for tag in ("fr", "fr-CA", "fra")
    ]
    assert found[0] == found[1] == found[2]


def test_nothing_alike_is_still_ranked_and_none_of_it_is_the_same(app: Flask) -> None:
    results = look_up(app, text="Penguins cannot fly because of their heavy bones.").results
    assert len(results) == 2
    assert not any(result.same for result in results)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"publisher": "second"}, ["mayor-salary"]),
        ({"status": "refuted"}, ["bridge-closed"]),
        ({"since": "2021-01-01"}, ["mayor-salary"]),
        ({"publisher": "checkers", "status": "supported"}, []),
        ({"limit": 1}, ["bridge-closed"]),
    ],
)
def test_filters_keep_only_claims_of_that_kind(app: Flask, filters: dict[str, Any], found: list[str]) -> None:
    results = look_up(app, text="The bridge in Larnoc was closed in 2019.", **filters).results
    assert [result.claim.id for result in results] == found


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"text": ""},
        {"text": " \n"},
        {"text": "a" * 5_001},
        {"text": "a", "limit": 101},
        {"text": "a", "limit": 0},
        {"text": "a", "limit": "5"},
        {"text": "a", "limit": 5.5},
        {"text": "a", "limit": True},
        {"text": "a", "status": "fake"},
        {"text": "a", "since": "yesterday"},
        {"text": "a", "language": "a language"},
        {"text": ["a"]},
    ],
)
def test_a_question_that_cannot_be_used_is_refused(app: Flask, sent: dict[str, Any]) -> None:
    answer = program(app).post("/v1/lookups", json=sent)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
