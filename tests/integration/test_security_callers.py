"""Who may call: programs on this machine, the extension, the service's own pages; no other web page."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask

from obelism.api.headers import ALWAYS
from serving import ARTICLE, BRIDGE, EXTENSION, FIREFOX, HOST, application, browser, program, token

PAGE = {"html": ARTICLE}
OWN = f"http://{HOST}"


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    with application() as app:
        yield app


@pytest.mark.parametrize("origin", [EXTENSION, FIREFOX])
def test_the_extension_may_check_pages_and_is_told_so_by_name(app: Flask, origin: str) -> None:
    answer = browser(app, origin).post("/v1/lookups", json={"text": BRIDGE.text})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", [EXTENSION, FIREFOX])
def test_the_extension_may_reach_a_service_on_this_machine(app: Flask, origin: str) -> None:
    answer = browser(app, origin).options(
        "/v1/notes",
        headers={
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type, content-encoding, authorization",
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-encoding, content-type"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


STRANGERS = [
    "https://evil.example",
    "http://localhost:3000",
    "http://127.0.0.1:8751",
    "https://127.0.0.1:8750.evil.example",
    "null",
    "",
    "http://[",
    "http://[evil]:8750",
    "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    f"{EXTENSION}.evil.example",
    "moz-extension://*",
    f"{FIREFOX}x",
    f"https://{FIREFOX}",
]


@pytest.mark.parametrize("origin", STRANGERS)
@pytest.mark.parametrize("path", ["/v1/notes", "/v1/lookups", "/v1/feedback", "/", "/v1/claims"])
def test_a_strange_page_may_not_send_anything(app: Flask, origin: str, path: str) -> None:
    answer = browser(app, origin).post(path, json=PAGE)
    assert answer.status_code == 403
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_strange_page_gets_no_permission_beforehand(app: Flask, origin: str) -> None:
    answer = browser(app, origin).options(
        "/v1/notes",
        headers={"Access-Control-Request-Method": "POST", "Access-Control-Request-Private-Network": "true"},
    )
    assert answer.status_code == 403
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_a_strange_page_is_refused_even_with_an_editors_token(app: Flask) -> None:
    headers = token(app, name="stolen")
    assert (
        browser(app, "https://evil.example").delete(f"/v1/claims/{BRIDGE.id}", headers=headers).status_code
        == 403
    )


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    "path", ["/v1/claims", "/readyz", "/metrics", "/openapi.json", "/static/obelism.js", "/"]
)
def test_a_strange_page_may_not_load_anything_as_image_script_or_frame(
    app: Flask, path: str, site: str
) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
    assert program(app).get(path, headers=headers).status_code == 403


def test_a_link_from_elsewhere_opens_the_front_page_but_nothing_else(app: Flask) -> None:
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert program(app).get("/", headers=visit).status_code == 200
    assert program(app).get("/v1/claims", headers=visit).status_code == 403
    assert program(app).get("/", headers=visit | {"Sec-Fetch-Dest": "iframe"}).status_code == 403


def test_a_form_of_another_site_is_refused_and_the_services_own_is_taken(app: Flask) -> None:
    form = {"text": ARTICLE}
    assert browser(app, "https://evil.example").post("/", data=form).status_code == 403
    own = program(app).post("/", data=form, headers={"Origin": OWN, "Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_a_form_can_send_is_no_feedback_even_where_the_browser_says_nothing_of_its_page(
    app: Flask, kind: str
) -> None:
    far = program(app)
    far.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    word = json.dumps({"claim": BRIDGE.id, "kind": "wrong-match"})
    assert far.post("/v1/feedback", data=word, content_type=kind).status_code == 415
    assert app.extensions["obelism"].store.feedback.queue() == []


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8750",
        "127.0.0.1.evil.example:8750",
        "localhost.evil.example",
        "127.0.0.1:8750@evil.example",
        "",
        "127.0.0.1:8750, evil.example",
        "0.0.0.0:8750",
    ],
)
def test_a_rebound_name_is_refused(app: Flask, host: str) -> None:
    client = program(app)
    client.always["Host"] = host
    for answer in (client.get("/readyz"), client.post("/v1/notes", json=PAGE), client.get("/")):
        assert (answer.status_code, answer.content_type) == (421, "application/problem+json")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8750", "127.0.0.1:1", "[::1]:8750"])
def test_the_names_of_this_machine_are_known(app: Flask, host: str) -> None:
    client = program(app)
    client.always["Host"] = host
    assert client.get("/readyz").status_code == 200


def test_a_shared_service_answers_to_its_own_name_and_to_that_origin_only() -> None:
    with application(hosts=("notes.example.org",), origins=("https://desk.example.org",)) as app:
        client = browser(app, "https://desk.example.org")
        client.always["Host"] = "notes.example.org"
        assert client.get("/readyz").status_code == 200
        client.always["Origin"] = EXTENSION
        assert client.get("/readyz").status_code == 403


def test_programs_on_this_machine_ask_without_token_and_without_limit() -> None:
    with application(rate_limit="2 per minute", access="token") as app:
        client = program(app)
        for loopback in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
            client.environ_base["REMOTE_ADDR"] = loopback
            statuses = {client.post("/v1/lookups", json={"text": "a claim"}).status_code for _ in range(6)}
            assert statuses == {200}
            pages = {client.post("/v1/notes", json={"html": f"{ARTICLE} {n}"}).status_code for n in range(6)}
            assert pages == {200}


@pytest.mark.parametrize("header", ["Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded"])
def test_what_a_proxy_on_this_machine_passes_on_is_no_program_of_this_machine(header: str) -> None:
    with application(access="token") as app:
        passed_on = program(app).post("/v1/lookups", json={"text": "a claim"}, headers={header: "192.0.2.7"})
        assert passed_on.status_code == 401


def test_other_machines_need_a_token_where_the_operator_says_so() -> None:
    with application(access="token") as app:
        far = program(app)
        far.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        asked = {"text": "a claim"}
        assert far.post("/v1/lookups", json=asked).status_code == 401
        assert far.get("/v1/claims").status_code == 401
        assert far.get(f"/v1/claims/{BRIDGE.id}").status_code == 401
        assert far.post("/", data={"text": ARTICLE}).status_code == 401
        editor, reader = token(app, "edit", name="e"), token(app, "read", name="r")
        assert far.post("/v1/lookups", json=asked, headers=editor).status_code == 403
        assert far.post("/v1/lookups", json=asked, headers=reader).status_code == 200
        assert far.get("/v1/claims", headers=reader).status_code == 200
        assert far.get(f"/v1/claims/{BRIDGE.id}", headers=reader).status_code == 200


HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def test_the_headers_are_these() -> None:
    assert ALWAYS == HEADERS


@pytest.mark.parametrize(
    ("path", "status", "headers"),
    [
        ("/", 200, {}),
        ("/healthz", 200, {}),
        ("/metrics", 200, {}),
        ("/openapi.json", 200, {}),
        ("/static/obelism.css", 200, {}),
        ("/editor/sign-in", 200, {}),
        ("/editor/static/editor.css", 200, {}),
        ("/editor/", 303, {}),
        ("/v1/claims", 403, {"Origin": "https://evil.example"}),
        ("/", 403, {"Origin": "https://evil.example"}),
        ("/editor/sign-in", 403, {"Origin": "https://evil.example"}),
        ("/nowhere", 404, {}),
        ("/v1/notes", 405, {}),
        ("/readyz", 421, {"Host": "evil.example"}),
        ("/v1/claims?limit=0", 422, {}),
        ("/v1/claims/crash", 500, {}),
    ],
)
def test_every_answer_carries_the_security_headers(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str, status: int, headers: dict[str, str]
) -> None:
    def broken(id: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(app.extensions["obelism"].store, "get", broken)
    with program(app).get(path, headers=headers) as answer:
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["Cache-Control"] == ("no-cache" if "/static/" in path else "no-store")
