"""POST /v1/notes: a page in, its notes out; and what cannot be read is told clearly."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from obelism.api.shapes import NotesShown, ProblemShown
from serving import ARTICLE, BRIDGE, application, program, token


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    # More time than readers get: these tests ask what is answered, not how fast this machine is.
    with application(request_seconds=60) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return program(app)


def post(client: FlaskClient, body: bytes, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/notes", data=body, headers={"Content-Type": "application/json"} | named)


def body(html: str = ARTICLE, **fields: str) -> bytes:
    return json.dumps({"html": html, **fields}).encode()


def test_a_repeated_claim_is_noted_with_its_sentence_its_status_and_its_sources(client: FlaskClient) -> None:
    answer = client.post("/v1/notes", json={"html": ARTICLE, "url": "https://news.example/larnoc"})
    assert answer.status_code == 200
    shown = NotesShown.model_validate_json(answer.data)
    assert (shown.page.url, shown.page.title) == ("https://news.example/larnoc", "Quiet days in Larnoc")
    assert (shown.page.language, shown.page.is_fact_check) == ("en", False)
    assert shown.counts.notes == len(shown.notes) == 1
    assert shown.counts.flags == 1
    assert shown.counts.statements == 6
    (note,) = shown.notes
    assert note.quote.exact == BRIDGE.text
    assert note.quote.prefix.endswith("before noon. ")
    assert note.quote.suffix.startswith(" People in the market")
    assert (note.framing, note.level, note.claim.status) == ("asserted", "flag", "refuted")
    assert note.claim.id == BRIDGE.id
    assert [review.rating for review in note.claim.reviews] == ["False"]
    assert note.reasons


def test_the_same_page_gives_the_same_bytes_packed_or_not_and_from_memory(client: FlaskClient) -> None:
    first = post(client, body())
    again = post(client, body())
    packed = post(client, gzip.compress(body()), Content_Encoding="gzip")
    assert first.data == again.data == packed.data
    assert b"obelism_answers_cached_total 1.0" in client.get("/metrics").data


def test_a_claim_that_changed_changes_the_answer_at_once_although_the_page_was_remembered() -> None:
    with application() as app:
        client, service = program(app), app.extensions["obelism"]
        assert post(client, body()).json["counts"]["notes"] == 1
        service.store.retire(BRIDGE.id, "test")
        service.refresh()
        assert post(client, body()).json["counts"]["notes"] == 0


def test_the_memory_of_answers_can_be_turned_off() -> None:
    with application(cache_bytes=0) as app:
        client = program(app)
        assert post(client, body()).data == post(client, body()).data
        assert b"obelism_answers_cached_total 0.0" in client.get("/metrics").data


BOMB = gzip.compress(b"[" * 40_000_000)

BAD: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "empty body": (b"", {}, 400, "bad-json"),
    "no JSON": (b"html=<p>", {}, 400, "bad-json"),
    "half JSON": (b'{"html": "<p>', {}, 400, "bad-json"),
    "two values": (b'{"html": "<p>"} {}', {}, 400, "bad-json"),
    "lone surrogate": (b'{"html": "<p>\\ud83d text</p>"}', {}, 422, "not-an-article"),
    "another charset": ('{"html": "<p>élu</p>"}'.encode("latin-1"), {}, 400, "bad-json"),
    "UTF-16": ('{"html": "<p>élu</p>"}'.encode("utf-16"), {}, 400, "bad-json"),
    "deep JSON": (b"[" * 100_000, {}, 400, "bad-json"),
    "not a number": (b'{"html": NaN}', {}, 422, "bad-input"),
    "no object": (b"[]", {}, 422, "bad-input"),
    "no html": (b"{}", {}, 422, "bad-input"),
    "html of another type": (b'{"html": 3}', {}, 422, "bad-input"),
    "empty html": (b'{"html": ""}', {}, 422, "bad-input"),
    "unknown field": (b'{"html": "<p>", "canary": 1}', {}, 422, "bad-input"),
    "address of another kind": (b'{"html": "<p>", "url": "javascript:alert(1)"}', {}, 422, "bad-input"),
    "no article": (body("<html><body><p>Log in</p></body></html>"), {}, 422, "not-an-article"),
    "white space": (body(" \n "), {}, 422, "not-an-article"),
    "too much HTML": (body("<p>" + "a" * 5_300_000), {}, 413, "too-large"),
    "20 MB": (body("<p>" * 7_000_000), {}, 413, "too-large"),
    "too many tags": (body("<br>" * 1_000_000), {}, 413, "too-large"),
    "100,000 nested tags": (body("<div>" * 100_000), {}, 413, "too-large"),
    "bomb": (BOMB, {"Content_Encoding": "gzip"}, 413, "too-large"),
    "truncated gzip": (gzip.compress(body())[:-20], {"Content_Encoding": "gzip"}, 400, "bad-gzip"),
    "no gzip": (body(), {"Content_Encoding": "gzip"}, 400, "bad-gzip"),
    "gzip of gzip": (gzip.compress(gzip.compress(body())), {"Content_Encoding": "gzip"}, 400, "bad-json"),
    "bytes behind gzip": (gzip.compress(body()) + b"more", {"Content_Encoding": "gzip"}, 400, "bad-gzip"),
    "unknown encoding": (body(), {"Content_Encoding": "br"}, 415, "encoding"),
    "two encodings": (body(), {"Content_Encoding": "gzip, gzip"}, 415, "encoding"),
    "a form": (b"html=a", {"Content_Type": "application/x-www-form-urlencoded"}, 415, "content-type"),
    "plain text": (body(), {"Content_Type": "text/plain"}, 415, "content-type"),
}


@pytest.mark.parametrize(("sent", "headers", "status", "kind"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_is_told_as_a_problem(
    client: FlaskClient, sent: bytes, headers: dict[str, str], status: int, kind: str
) -> None:
    answer = post(client, sent, **headers)
    assert answer.status_code == status, answer.data
    assert answer.content_type == "application/problem+json"
    problem = ProblemShown.model_validate_json(answer.data)
    assert problem.type == f"urn:obelism:problem:{kind}"
    assert problem.status == status
    assert problem.request_id == answer.headers["X-Request-Id"]
    assert problem.detail
    assert "canary" not in answer.text


HARMLESS = {
    "NUL bytes": ARTICLE.replace("harbour", "har\0bour"),
    "3,000 reopened tags": ARTICLE.replace("<article>", "<article>" + "<b><p>" * 400),
    "100,000 attributes": ARTICLE.replace(
        "<article>", "<article " + " ".join(f"a{n}=1" for n in range(100_000)) + ">"
    ),
    "entities": ARTICLE.replace("<article>", "<article>" + "&lt;" * 100_000),
    "4 MB of &": ARTICLE.replace("<article>", "<article>" + "&" * 4_000_000),
    "50,000 opening quotes": ARTICLE.replace("<article>", "<article><p>" + "« " * 50_000 + "</p>"),
    "another charset named": ARTICLE.replace("<head>", '<head><meta charset="utf-16">'),
}


@pytest.mark.parametrize("html", HARMLESS.values(), ids=HARMLESS.keys())
def test_odd_pages_end_in_notes_or_a_clear_refusal(client: FlaskClient, html: str) -> None:
    answer = post(client, body(html))
    assert answer.status_code in {200, 413, 422, 503}, answer.data
    if answer.status_code != 200:
        ProblemShown.model_validate_json(answer.data)


def test_half_a_character_costs_no_more_than_itself(client: FlaskClient) -> None:
    # Scripts that cut a text to a length leave such halves; JSON can only say them as an escape.
    html = ARTICLE.replace("</h1>", " \ud83d \udc4d\ud83d \U0001f44d \\\\ud83d</h1>", 1)
    answer = client.post("/v1/notes", data=json.dumps({"html": html}), content_type="application/json")
    assert answer.status_code == 200
    assert answer.json["counts"]["notes"] == 1
    assert answer.json["page"]["title"].endswith(" \ufffd \ufffd\ufffd \U0001f44d \\\\ud83d")


def test_a_claim_with_half_a_character_is_refused_rather_than_changed() -> None:
    with application() as app:
        claim = {"id": "half", "text": "half a \ud83d", "language": "en"}
        answer = program(app).post("/v1/claims", json=claim, headers=token(app))
    assert answer.status_code == 400
