"""Feedback, health, readiness, numbers, and the description that fits what is answered."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from obelism.app import create_app
from obelism.errors import Unavailable
from obelism.store import open_store
from serving import ARTICLE, BRIDGE, MAYOR, application, program, settings_in


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    with application() as app:
        yield app


def test_feedback_is_counted_for_the_editors(app: Flask) -> None:
    client = program(app)
    for _ in range(2):
        answer = client.post(
            "/v1/feedback", json={"claim": BRIDGE.id, "framing": "asserted", "kind": "wrong-match"}
        )
        assert (answer.status_code, answer.json) == (202, {"status": "accepted"})
    (waiting,) = app.extensions["obelism"].store.feedback.queue()
    assert (waiting.claim_id, waiting.kind, waiting.framing, waiting.count) == (
        BRIDGE.id,
        "wrong-match",
        "asserted",
        2,
    )


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"claim": "unheard-of", "kind": "helpful"}, 404),
        ({"claim": BRIDGE.id, "kind": "funny"}, 422),
        ({"claim": BRIDGE.id, "kind": "helpful", "url": "https://news.example/"}, 422),
        ({"claim": BRIDGE.id, "kind": "helpful", "text": "a sentence of the page"}, 422),
        ({"kind": "helpful"}, 422),
    ],
)
def test_feedback_takes_no_more_than_a_claim_a_framing_and_a_kind(
    app: Flask, sent: dict[str, str], status: int
) -> None:
    assert program(app).post("/v1/feedback", json=sent).status_code == status


def test_health_and_readiness(app: Flask) -> None:
    client = program(app)
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz").json
    assert (ready["status"], ready["claims"], ready["feeds"]) == ("ready", 2, [])
    assert ready["index_version"] > 0


def test_without_its_store_the_service_reads_pages_on_and_says_that_it_is_degraded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with application() as app, caplog.at_level(logging.ERROR, "obelism"):
        client, service = program(app), app.extensions["obelism"]
        client.get("/healthz")

        def gone(after: int) -> None:
            raise Unavailable("the claim database /secret/place does not answer")

        service.store.changes = gone
        service.store.get = gone
        service.refresh()
        assert client.get("/readyz").json["status"] == "degraded"
        assert client.post("/v1/notes", json={"html": ARTICLE}).json["counts"]["notes"] == 1
        answer = client.get("/v1/claims/any")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "secret" not in answer.text
        assert event(caplog, "unavailable")["request_id"] == answer.json["request_id"]
        del service.store.changes, service.store.get
        service.refresh()
        assert client.get("/readyz").json["status"] == "ready"


def test_a_database_that_was_put_back_is_not_read_with_the_index_of_the_one_before(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    store = open_store(settings.database_url)
    store.put([BRIDGE])
    store.back_up(tmp_path / "backup.gz")
    store.put([MAYOR])
    store.close()
    create_app(settings).extensions["obelism"].stop()
    for file in tmp_path.glob("claims.db*"):
        file.unlink()
    store = open_store(settings.database_url)
    store.restore(tmp_path / "backup.gz")
    later = [replace(BRIDGE, id=f"later-{n}") for n in range(3)]
    store.put(later)
    store.close()
    service = create_app(settings).extensions["obelism"]
    assert len(service.pipeline.index) == 4
    found = {match.claim.id for match in service.pipeline.look_up(BRIDGE.text, "en")}
    assert found == {BRIDGE.id, *(claim.id for claim in later)}
    service.stop()


def test_the_numbers_count_requests_stages_and_notes() -> None:
    with application() as app:
        client, service = program(app), app.extensions["obelism"]
        service.store.feeds.add("https://feeds.example/all.json?key=secret", "test")
        service.store.feeds.succeeded("https://feeds.example/all.json?key=secret")
        service.store.feeds.add("https://feeds.example/all.json?key=secret&page=2", "test")
        service.store.feeds.succeeded("https://feeds.example/all.json?key=secret&page=2")
        service.store.feeds.add("http://[broken?key=secret", "test")
        service.store.feeds.succeeded("http://[broken?key=secret")
        service.store.feeds.add("https://anna:secret@feeds.example/new", "test")
        client.post("/v1/notes", json={"html": ARTICLE})
        client.get("/v1/claims/nothing-of-the-kind")
        numbers = client.get("/metrics").text
        assert 'obelism_requests_total{method="POST",route="/v1/notes",status="200"} 1.0' in numbers
        assert 'obelism_requests_total{method="GET",route="/v1/claims/<path:id>",status="404"} 1.0' in numbers
        assert 'obelism_stage_seconds_count{stage="article"} 1.0' in numbers
        assert 'obelism_notes_total{level="flag"} 1.0' in numbers
        assert "obelism_statements_total 6.0" in numbers
        assert "obelism_claims 2.0" in numbers
        assert 'obelism_feed_age_seconds{feed="https://feeds.example/all.json"}' in numbers
        assert 'obelism_feed_age_seconds{feed="https://feeds.example/all.json (2)"}' in numbers
        assert 'obelism_feed_age_seconds{feed="http://[broken"}' in numbers
        assert 'obelism_feed_never_fetched{feed="https://feeds.example/all.json"} 0.0' in numbers
        assert 'obelism_feed_never_fetched{feed="https://feeds.example/new"} 1.0' in numbers
        assert 'obelism_feed_age_seconds{feed="https://feeds.example/new"}' not in numbers
        assert "obelism_index_version " in numbers
        assert "obelism_request_seconds_count" in numbers
        assert "obelism_degraded 0.0" in numbers
        assert "secret" not in numbers
        assert "nothing-of-the-kind" not in numbers


def test_a_mistake_of_the_service_says_nothing_about_its_inside(caplog: pytest.LogCaptureFixture) -> None:
    with application() as app, caplog.at_level(logging.ERROR, "obelism"):

        def broken(after: int) -> None:
            raise RuntimeError("canary in the message")

        app.extensions["obelism"].store.get = broken
        answer = program(app).get("/v1/claims/any")
        assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
        assert "canary" not in answer.text
        assert "Runtime" not in answer.text
        crash = event(caplog, "crash")
        assert crash["error"] == "RuntimeError"
        assert crash["request_id"] == answer.json["request_id"] == answer.headers["X-Request-Id"]
        assert "canary" not in str(crash)


def event(caplog: pytest.LogCaptureFixture, name: str) -> dict[str, object]:
    """The only line of the log of that event."""
    (record,) = [record for record in caplog.records if record.msg == name]
    return vars(record)


@pytest.mark.parametrize("path", ["/nowhere", "/v1", "/v1/claims/", "/static/../app.py", "/static/"])
def test_an_unknown_address_is_told_as_a_problem(app: Flask, path: str) -> None:
    answer = program(app).get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.json["request_id"]


def test_an_unknown_method_names_the_known_ones(app: Flask) -> None:
    answer = program(app).put("/healthz")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


# --- the description ----------------------------------------------------------------------------


def test_every_address_of_the_interface_is_described(app: Flask) -> None:
    described = program(app).get("/openapi.json").json["paths"]
    assert {path: sorted(methods) for path, methods in described.items()} == {
        "/v1/notes": ["post"],
        "/v1/lookups": ["post"],
        "/v1/claims": ["get", "post"],
        "/v1/claims/{id}": ["delete", "get", "put"],
        "/v1/feedback": ["post"],
        "/healthz": ["get"],
        "/readyz": ["get"],
        "/metrics": ["get"],
        "/openapi.json": ["get"],
    }
