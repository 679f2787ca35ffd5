"""/v1/claims: anyone who may call reads them; only an editor's token changes them."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from obelism.records import to_record
from serving import ARTICLE, BRIDGE, CLAIMS, MAYOR, application, program, token

NEW: dict[str, Any] = {
    "id": "ferry-sank",
    "text": "The Larnoc ferry sank in the storm of 2020.",
    "language": "en",
    "phrasings": [{"text": "Le bac de Larnoc a coulé pendant la tempête de 2020.", "language": "fr"}],
    "reviews": [
        {
            "publisher": "Checkers",
            "rating": "False",
            "url": "https://checkers.example/ferry?a=1",
            "title": "Still afloat",
            "date": "2020-05-01",
            "language": "en",
        }
    ],
    "positions": [{"party": "Ferry company", "stance": "denies", "url": "https://ferry.example/"}],
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Flask]:
    """An application that no test changes."""
    with application() as app:
        yield app


@pytest.fixture
def app() -> Iterator[Flask]:
    with application() as app:
        yield app


def test_claims_are_listed_page_by_page_in_the_order_of_their_ids(shared: Flask) -> None:
    client = program(shared)
    first = client.get("/v1/claims?limit=1").json
    assert [claim["id"] for claim in first["claims"]] == ["bridge-closed"]
    second = client.get(f"/v1/claims?limit=1&after={first['next']}").json
    assert [claim["id"] for claim in second["claims"]] == ["mayor-salary"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ODILE", ["mayor-salary"]),
        ("q=fissures", ["bridge-closed"]),
        ("publisher=checkers", ["bridge-closed"]),
        ("status=supported", ["mayor-salary"]),
        ("language=en", ["bridge-closed", "mayor-salary"]),
        ("language=en-GB&since=2021-01-01", ["mayor-salary"]),
        ("status=satire", []),
    ],
)
def test_claims_are_filtered(shared: Flask, query: str, found: list[str]) -> None:
    assert [claim["id"] for claim in program(shared).get(f"/v1/claims?{query}").json["claims"]] == found


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=many", "limit=501", "status=fake", "since=lately", "pages=2", "q=", "limit=1&limit=2"],
)
def test_a_query_that_cannot_be_used_is_refused(shared: Flask, query: str) -> None:
    answer = program(shared).get(f"/v1/claims?{query}")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


def test_a_claim_is_shown_as_its_record_with_its_status(shared: Flask) -> None:
    shown = program(shared).get("/v1/claims/bridge-closed").json
    assert shown.pop("status") == "refuted"
    record = to_record(BRIDGE)
    for review in shown["reviews"]:
        assert review.pop("state") == "current"
    assert shown == record


def test_an_editor_adds_changes_and_retires_a_claim(app: Flask) -> None:
    client, editor = program(app), token(app)
    added = client.post("/v1/claims", json=NEW, headers=editor)
    assert (added.status_code, added.headers["Location"]) == (201, "/v1/claims/ferry-sank")
    assert added.json["status"] == "refuted"
    assert client.post("/v1/claims", json=NEW, headers=editor).status_code == 409

    changed = added.json | {"text": "The ferry of Larnoc sank in 2020."}
    answer = client.put("/v1/claims/ferry-sank", json=changed, headers=editor)
    assert (answer.status_code, answer.json) == (200, changed)
    assert client.get("/v1/claims/ferry-sank").json == changed

    assert client.delete("/v1/claims/ferry-sank", headers=editor).status_code == 204
    assert client.get("/v1/claims/ferry-sank").status_code == 404
    history = app.extensions["obelism"].store.audit.history("ferry-sank")
    assert [entry.actor for entry in history] == ["editor"] * 3


def test_a_put_under_a_new_id_adds_and_two_ids_are_refused(app: Flask) -> None:
    client, editor = program(app), token(app)
    assert client.put("/v1/claims/ferry-sank", json=NEW, headers=editor).status_code == 201
    assert client.put("/v1/claims/another", json=NEW, headers=editor).status_code == 409


def test_an_id_that_was_ever_used_is_taken(app: Flask) -> None:
    client, editor = program(app), token(app)
    store = app.extensions["obelism"].store
    store.retire(BRIDGE.id, "anna")
    assert client.post("/v1/claims", json=NEW | {"id": BRIDGE.id}, headers=editor).status_code == 409
    assert store.get(BRIDGE.id) is None
    assert store.desk.kept(BRIDGE.id).claim == BRIDGE


def test_a_change_is_seen_in_pages_after_the_next_look_at_the_store(app: Flask) -> None:
    client, editor = program(app), token(app)
    client.delete(f"/v1/claims/{BRIDGE.id}", headers=editor)
    app.extensions["obelism"].refresh()
    assert client.post("/v1/notes", json={"html": ARTICLE}).json["notes"] == []


def test_without_a_right_token_nothing_changes(shared: Flask) -> None:
    client = program(shared)
    reader = token(shared, "read", name="reader")
    calls = [
        ("POST", "/v1/claims", NEW),
        ("PUT", f"/v1/claims/{BRIDGE.id}", to_record(MAYOR)),
        ("DELETE", f"/v1/claims/{BRIDGE.id}", None),
    ]
    for method, path, sent in calls:
        for headers, status in [({}, 401), ({"Authorization": "Bearer wrong"}, 401), (reader, 403)]:
            answer = client.open(path, method=method, json=sent, headers=headers)
            assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
            assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert len(client.get("/v1/claims").json["claims"]) == len(CLAIMS)


def test_a_token_ends_at_once_when_it_is_revoked(app: Flask) -> None:
    client, editor = program(app), token(app)
    assert client.post("/v1/claims", json=NEW, headers=editor).status_code == 201
    app.extensions["obelism"].store.tokens.revoke("editor", "test")
    assert client.delete("/v1/claims/ferry-sank", headers=editor).status_code == 401


def test_wrong_tokens_are_throttled_and_right_ones_are_not() -> None:
    with application(token_failures="3 per minute") as app:
        client, editor = program(app), token(app)
        for _ in range(5):
            assert client.delete("/v1/claims/none", headers=editor).status_code == 404
        wrong = {"Authorization": "Bearer guess"}
        statuses = [client.delete("/v1/claims/none", headers=wrong).status_code for _ in range(4)]
        assert statuses == [401, 401, 401, 429]


@pytest.fixture(scope="module")
def editor(shared: Flask) -> dict[str, str]:
    return token(shared, name="shared editor")


BROKEN = {
    "no text": {"text": " "},
    "no id": {"id": ""},
    "id with a space": {"id": "two words"},
    "unknown field": {"verdict": "false"},
    "review without address": {"reviews": [{"publisher": "Checkers", "rating": "False"}]},
    "script for an address": {"reviews": [{"publisher": "C", "rating": "F", "url": "javascript:alert(1)"}]},
    "data for an address": {"positions": [{"party": "P", "stance": "denies", "url": "data:text/html,x"}]},
    "unknown stance": {"positions": [{"party": "P", "stance": "likes", "url": "https://p.example/"}]},
    "no day": {
        "reviews": [{"publisher": "C", "rating": "F", "url": "https://c.example/", "date": "2021-02-30"}]
    },
    "control characters": {"text": "a\u0000b"},
    "no language": {"language": "English, mostly"},
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_a_claim_that_cannot_be_stored_is_refused_with_the_place_of_the_mistake(
    shared: Flask, editor: dict[str, str], change: dict[str, Any]
) -> None:
    answer = program(shared).post("/v1/claims", json=NEW | change, headers=editor)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["at"].startswith("body")
    assert program(shared).get("/v1/claims/ferry-sank").status_code == 404
