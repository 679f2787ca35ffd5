"""How much one client may ask, and what it is told when that is too much."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from queue import Queue
from urllib.parse import urlsplit

import httpx
import pytest
from flask import Flask, Response

from nodes.ports import free_ports
from obelism.api import cache, limits
from obelism.api.turns import AT_ONCE, Turns
from obelism.model import Claim, Page, Position, Reading
from obelism.settings import Settings
from serving import ARTICLE, BRIDGE, Client, Running, application, browser, program, running, token

REDIS = shutil.which("redis-server")


@pytest.fixture
def app() -> Iterator[Flask]:
    with application(rate_limit="3 per minute", client_requests=1, request_seconds=2) as app:
        yield app


def from_afar(app: Flask, address: str = "192.0.2.7") -> Client:
    """A program on another machine."""
    client = program(app)
    client.environ_base["REMOTE_ADDR"] = address
    return client


def test_a_reader_who_asks_too_often_is_told_when_to_come_back(app: Flask) -> None:
    client = browser(app)
    asked = {"text": "a claim"}
    assert [client.post("/v1/lookups", json=asked).status_code for _ in range(3)] == [200] * 3
    answer = client.post("/v1/lookups", json=asked)
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert client.get("/readyz").status_code == 200


def test_lists_of_claims_which_search_the_whole_store_are_limited_too(app: Flask) -> None:
    client = browser(app)
    assert [client.get("/v1/claims?q=nowhere").status_code for _ in range(4)] == [200, 200, 200, 429]
    one = f"/v1/claims/{BRIDGE.id}"
    assert [client.get(one).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_changes_from_elsewhere_are_limited_and_those_of_a_script_on_this_machine_are_not(app: Flask) -> None:
    editor, near, far = token(app), program(app), from_afar(app)
    claim = {"id": "mill", "text": "The mill of Larnoc ground sand.", "language": "en"}
    for client, statuses in ((near, [404] * 5), (far, [404, 404, 404, 429, 429])):
        answers = [client.delete("/v1/claims/none", headers=editor) for _ in range(5)]
        assert [answer.status_code for answer in answers] == statuses
    assert [far.put("/v1/claims/mill", json=claim, headers=editor).status_code for _ in range(4)][3] == 429
    assert [far.post("/v1/claims", json=claim, headers=editor).status_code for _ in range(4)][3] == 429


WRONG = {"Authorization": "Bearer guess"}


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", "/v1/claims", None),
        ("GET", f"/v1/claims/{BRIDGE.id}", None),
        ("POST", "/v1/lookups", {"text": "a claim"}),
        ("POST", "/v1/notes", {"html": ARTICLE}),
        ("POST", "/v1/feedback", {"claim": BRIDGE.id, "kind": "helpful"}),
        ("DELETE", f"/v1/claims/{BRIDGE.id}", None),
    ],
)
def test_wrong_tokens_are_throttled_wherever_a_token_is_needed(
    method: str, path: str, sent: dict[str, str] | None
) -> None:
    with application(access="token", token_failures="3 per minute") as app:
        client = from_afar(app)
        answers = [client.open(path, method=method, json=sent, headers=WRONG) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert 0 < int(answers[3].headers["Retry-After"]) <= 61


def test_wrong_tokens_are_counted_once_a_client_wherever_they_are_tried() -> None:
    with application(access="token", token_failures="4 per minute") as app:
        client, reader = from_afar(app), token(app, "read")
        tried = [
            client.post("/v1/lookups", json={"text": "a claim"}, headers=WRONG),
            client.delete("/v1/claims/none", headers=WRONG),
            client.post("/editor/sign-in", data={"token": "guess"}),
            client.post("/", data={"text": ARTICLE}, headers=WRONG),
            client.get("/v1/claims", headers=WRONG),
            client.put("/v1/claims/none", json={}, headers=WRONG),
            client.post("/editor/sign-in", data={"token": "guess"}),
        ]
        assert [answer.status_code for answer in tried] == [401] * 4 + [429] * 3
        other = from_afar(app, "192.0.2.8")
        assert other.get("/v1/claims", headers=reader).status_code == 200
        assert program(app).get("/v1/claims").status_code == 200


def test_where_readers_need_no_token_a_wrong_one_keeps_nobody_from_reading() -> None:
    with application(token_failures="1 per minute") as app:
        client = from_afar(app)
        tried = [client.delete("/v1/claims/none", headers=WRONG).status_code for _ in range(2)]
        assert tried == [401, 429]
        assert client.get("/v1/claims", headers=WRONG).status_code == 200


def test_each_reader_has_a_limit_of_their_own(app: Flask) -> None:
    client = program(app)
    networks = (
        "192.0.2.1",
        "192.0.2.2",
        "2001:db8:1::1",
        "2001:db8:2::1",
        "::ffff:192.0.2.3",
        "::ffff:192.0.2.4",
    )
    for network in networks:
        client.environ_base["REMOTE_ADDR"] = network
        statuses = [client.post("/v1/lookups", json={"text": "a claim"}).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
    client.environ_base["REMOTE_ADDR"] = "::ffff:192.0.2.1"
    assert client.post("/v1/lookups", json={"text": "a claim"}).status_code == 429
    # One household owns a whole IPv6 network: changing the address in it changes nothing.
    client.environ_base["REMOTE_ADDR"] = "2001:db8:2::ffff"
    assert client.post("/v1/lookups", json={"text": "a claim"}).status_code == 429


def test_behind_a_proxy_that_nobody_named_everyone_is_limited_together(app: Flask) -> None:
    client = program(app)
    statuses = [
        client.post(
            "/v1/lookups", json={"text": "a"}, headers={"X-Forwarded-For": f"192.0.2.{n}"}
        ).status_code
        for n in range(4)
    ]
    assert statuses == [200, 200, 200, 429]


def test_behind_a_named_proxy_each_reader_is_known() -> None:
    with application(rate_limit="1 per minute", trusted_proxies=1) as app:
        client = program(app)
        for reader in ("192.0.2.1", "192.0.2.2"):
            headers = {"X-Forwarded-For": reader}
            statuses = [
                client.post("/v1/lookups", json={"text": "a"}, headers=headers).status_code for _ in "ab"
            ]
            assert statuses == [200, 429]


# --- counted in Redis ----------------------------------------------------------------------------


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    if REDIS is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    (port,) = free_ports(1)
    command = [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any("Ready to accept connections" in line for line in process.stdout)
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()


def asked(app: Flask, times: int) -> list[int]:
    """What a browser is answered to so many look-ups."""
    return [browser(app).post("/v1/lookups", json={"text": "a claim"}).status_code for _ in range(times)]


def test_nodes_that_share_a_redis_limit_a_reader_together(redis: str) -> None:
    shared = {"rate_limit": "3 per minute", "rate_limit_storage": redis}
    with application(**shared) as one, application(**shared) as other:
        assert [*asked(one, 2), *asked(other, 2)] == [200, 200, 200, 429]
        assert asked(one, 1) == [429]


@pytest.mark.parametrize("listening", [False, True], ids=["refuses", "never answers"])
def test_without_its_redis_each_worker_counts_for_itself_and_nobody_else_is_limited(listening: bool) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listening:
            silent.listen(100)
        storage = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        with application(rate_limit="3 per minute", rate_limit_storage=storage) as app:
            began = time.monotonic()
            assert asked(app, 4) == [200, 200, 200, 429]
            assert time.monotonic() - began < 5
            client, editor = program(app), token(app)
            for _ in range(5):
                assert client.get("/healthz").status_code == 200
                assert client.post("/v1/lookups", json={"text": "a claim"}).status_code == 200
                assert client.delete("/v1/claims/none", headers=editor).status_code == 404


# --- on the front page, and at once --------------------------------------------------------------


def test_the_front_page_says_too_many_requests_in_words(app: Flask) -> None:
    client = browser(app, "http://127.0.0.1:8750")
    for _ in range(3):
        client.post("/", data={"text": ARTICLE})
    answer = client.post("/", data={"text": ARTICLE}, headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert "Trop de demandes" in answer.text


def test_a_page_that_takes_too_long_is_stopped_and_the_next_one_is_read(app: Flask) -> None:
    service = app.extensions["obelism"]
    read = service.pipeline.read

    def endless(page: Page) -> Reading:
        while "slow" in page.html:
            pass
        return read(page)

    service.pipeline.read = endless
    client = program(app)
    answer = client.post("/v1/notes", json={"html": f"slow {ARTICLE}"})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.json["type"] == "urn:obelism:problem:overtime"
    assert int(answer.headers["Retry-After"]) > 0
    assert client.post("/v1/notes", json={"html": ARTICLE}).status_code == 200


def test_one_client_has_only_so_many_requests_in_work(app: Flask) -> None:
    service = app.extensions["obelism"]
    began, go_on = threading.Event(), threading.Event()
    look_up = service.pipeline.look_up

    def waiting(*args: object, **kwargs: object) -> object:
        began.set()
        go_on.wait(0.4)
        return look_up(*args, **kwargs)

    service.pipeline.look_up = waiting
    first: list[int] = []
    asked = {"text": "a claim"}
    thread = threading.Thread(
        target=lambda: first.append(browser(app).post("/v1/lookups", json=asked).status_code)
    )
    thread.start()
    assert began.wait(10)
    second = browser(app).post("/v1/lookups", json=asked)
    go_on.set()
    thread.join()
    assert first == [200]
    assert (second.status_code, second.headers["Retry-After"]) == (429, "1")
    assert browser(app).post("/v1/lookups", json=asked).status_code == 200


def test_an_answer_counts_until_it_is_sent_and_who_asks_when_it_is_there_is_not_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(app)
    sending = client.get("/v1/claims", buffered=False)
    assert client.get("/v1/claims").status_code == 429
    monkeypatch.setattr(limits, "SENT_SECONDS", 30)
    threading.Timer(0.5, sending.close).start()
    assert client.get("/v1/claims").status_code == 200


def test_an_answer_that_a_mistake_loses_on_its_way_does_not_count_for_good(app: Flask) -> None:
    mistakes = [RuntimeError]

    @app.after_request
    def send(answer: Response) -> Response:
        if mistakes:
            raise mistakes.pop()
        return answer

    client = browser(app)
    assert [client.get("/v1/claims").status_code for _ in range(3)] == [500, 200, 200]


def test_those_who_watch_the_service_have_few_requests_at_once_apart_from_those_of_readers(
    app: Flask,
) -> None:
    client = from_afar(app)
    reading = client.get("/v1/claims", buffered=False)
    watching = client.get("/readyz", buffered=False)
    assert (reading.status_code, watching.status_code) == (200, 200)
    for path in ("/readyz", "/metrics", "/openapi.json"):
        assert client.get(path).status_code == 429
        assert program(app).get(path).status_code == 200
    watching.close()
    assert {client.get("/readyz").status_code for _ in range(20)} == {200}


def connected(service: Running, head: str) -> socket.socket:
    """A connection on which `head` was sent, and which takes little at once."""
    address = urlsplit(service.address)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect((address.hostname, address.port))
    connection.sendall(f"{head}\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.7\r\n".encode())
    return connection


@pytest.mark.parametrize("path", ["/v1/notes", "/v1/feedback", "/", "/editor/sign-in", "/editor/claim"])
def test_half_sent_bodies_of_one_client_keep_no_other_waiting(path: str, half_open: Running) -> None:
    kind = "application/json" if path.startswith("/v1") else "application/x-www-form-urlencoded"
    head = f"POST {path} HTTP/1.1\r\nContent-Type: {kind}\r\nContent-Length: 99"
    with ExitStack() as connections:
        for _ in range(8):
            connections.enter_context(connected(half_open, head)).sendall(b"\r\n{")
        began = time.monotonic()
        for _ in range(3):
            answer = httpx.get(f"{half_open.address}/healthz", timeout=30)
            assert answer.status_code == 200
        # A slot of its own was held for a minute, a connection in gunicorn's main thread for 2 s.
        assert time.monotonic() - began < 8


def test_connections_that_nobody_closes_keep_no_other_waiting(half_open: Running) -> None:
    with ExitStack() as connections:
        for _ in range(20):
            waiting = connected(half_open, "GET /healthz HTTP/1.1\r\nConnection: close")
            connections.enter_context(waiting).sendall(b"\r\n")
        began, workers = time.monotonic(), half_open.workers()
        assert httpx.get(f"{half_open.address}/healthz", timeout=60).status_code == 200
        assert time.monotonic() - began < 8
        assert half_open.workers() == workers


# Of 10 MB: more than the buffers between a service and who does not read.
LARGE = Claim(
    "large",
    "The mill of Larnoc ground sand.",
    "en",
    positions=tuple(
        Position(f"Miller {n}", "denies", f"https://mill.example/{n}", "sand " * 2_000) for n in range(1_000)
    ),
)


@contextmanager
def not_taken(service: Running, answers: int) -> Iterator[None]:
    """So many large answers to one client, who has read their first byte and reads no more."""
    with ExitStack() as connections:
        for _ in range(answers):
            connection = connections.enter_context(connected(service, f"GET /v1/claims/{LARGE.id} HTTP/1.1"))
            connection.sendall(b"\r\n")
            assert connection.recv(1)
        yield


def test_answers_that_are_not_taken_keep_no_other_waiting_for_good(tmp_path: Path) -> None:
    with running(tmp_path, (LARGE,), **few_threads("1") | {"OBELISM_CLIENT_REQUESTS": "2"}) as service:
        with not_taken(service, 2):
            assert httpx.get(f"{service.address}/healthz", timeout=30).status_code == 200
            assert httpx.get(f"{service.address}/v1/claims/{LARGE.id}", timeout=30).is_success
        assert service.log.read_text("utf-8").count("answer-not-taken") == 2
        assert "Traceback" not in service.log.read_text("utf-8")


def test_an_answer_that_is_not_taken_is_a_request_in_work(half_open: Running) -> None:
    def asked(client: str) -> int:
        address = f"{half_open.address}/v1/claims/{LARGE.id}"
        return httpx.get(address, headers={"X-Forwarded-For": client}, timeout=30).status_code

    with not_taken(half_open, 1):
        assert asked("192.0.2.7") == 429
        assert asked("192.0.2.8") == 200
    deadline = time.monotonic() + 30
    while asked("192.0.2.7") != 200:
        assert time.monotonic() < deadline, "its client is refused for good"


@pytest.fixture(scope="module")
def half_open(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service whose clients have a minute to send a request; one worker of two threads, one for each client."""
    with running(tmp_path_factory.mktemp("half-open"), (LARGE,), **few_threads("60")) as service:
        yield service


def few_threads(receive_seconds: str) -> dict[str, str]:
    few = {
        "WORKERS": "1",
        "THREADS": "2",
        "CLIENT_REQUESTS": "1",
        "RECEIVE_SECONDS": receive_seconds,
        "TRUSTED_PROXIES": "1",
    }
    return {f"OBELISM_{name}": value for name, value in few.items()}


def test_costly_work_takes_turns_and_one_client_leaves_one_to_others() -> None:
    turns = Turns(patience=20)
    begun: Queue[str] = Queue()
    ends = {name: threading.Event() for name in ("a1", "a2", "b", "c", "d")}
    working, most = 0, 0
    waited: dict[str, float] = {}

    def work(name: str) -> None:
        nonlocal working, most
        with turns.turn(name[0]) as waited[name]:
            working += 1
            most = max(most, working)
            begun.put(name)
            assert ends[name].wait(20)
            working -= 1

    threads = {name: threading.Thread(target=work, args=(name,)) for name in ends}
    threads["a1"].start()
    assert begun.get(timeout=10) == "a1"
    threads["a2"].start()
    threads["b"].start()
    assert begun.get(timeout=10) == "b", "a client whose page is read waits; another does not"
    threads["c"].start()
    ends["b"].set()
    assert begun.get(timeout=10) == "c"
    threads["d"].start()
    ends["a1"].set()
    assert begun.get(timeout=10) == "a2", "who asked first is served first"
    ends["c"].set()
    assert begun.get(timeout=10) == "d"
    ends["a2"].set()
    ends["d"].set()
    for thread in threads.values():
        thread.join()
    assert most == AT_ONCE
    assert waited["a1"] < waited["a2"]


def test_what_a_page_waited_is_told_to_who_watches_its_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = app.extensions["obelism"]
    told: list[float] = []
    monkeypatch.setattr(service.watchdog, "run", lambda _call, waited: told.append(waited))
    monkeypatch.setattr(service.turns, "turn", lambda _client: nullcontext(2.5))
    with app.test_request_context("/v1/notes", environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        service.work(lambda: None)
    assert told == [2.5]


def test_a_page_whose_turn_does_not_come_is_refused_and_a_known_one_needs_none(app: Flask) -> None:
    client = program(app)
    assert client.post("/v1/notes", json={"html": ARTICLE}).status_code == 200
    service = app.extensions["obelism"]
    service.turns.patience = 0.05
    with service.turns.turn("one reader"), service.turns.turn("another"):
        answer = client.post("/v1/notes", json={"html": f"{ARTICLE} "})
        assert client.post("/v1/notes", json={"html": ARTICLE}).status_code == 200
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.json["type"] == "urn:obelism:problem:busy"
    assert answer.headers["Retry-After"] == "5"
    assert client.post("/v1/notes", json={"html": f"{ARTICLE} "}).status_code == 200


def test_of_a_crowd_that_asks_for_one_page_the_first_has_it_read(app: Flask) -> None:
    service = app.extensions["obelism"]
    read, begun, go_on = service.pipeline.read, threading.Event(), threading.Event()
    readings: list[Page] = []

    def slow(page: Page) -> Reading:
        readings.append(page)
        begun.set()
        assert go_on.wait(20)
        return read(page)

    service.pipeline.read = slow
    answers: list[int] = []
    with service.turns.turn("somebody else"):
        crowd = [
            threading.Thread(
                target=lambda: answers.append(
                    program(app).post("/v1/notes", json={"html": f"{ARTICLE}\n"}).status_code
                )
            )
            for _ in range(4)
        ]
        for reader in crowd:
            reader.start()
        assert begun.wait(20)
        go_on.set()
        for reader in crowd:
            reader.join()
    assert answers == [200] * 4
    assert len(readings) == 1


def test_a_page_read_in_haste_is_read_again_when_nobody_waits(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "HURRIED_SECONDS", 0.0)
    service = app.extensions["obelism"]
    read = service.pipeline.read
    readings: list[Page] = []

    def first_in_haste(page: Page) -> Reading:
        readings.append(page)
        return replace(read(page), is_hurried=len(readings) == 1)

    service.pipeline.read = first_in_haste

    def readings_after_one_more() -> int:
        assert program(app).post("/v1/notes", json={"html": f"{ARTICLE}\t"}).status_code == 200
        return len(readings)

    assert readings_after_one_more() == 1
    with service.turns.turn("somebody else"):
        assert readings_after_one_more() == 1
    assert readings_after_one_more() == 2
    assert readings_after_one_more() == 2


def test_a_worker_forgets_expired_answers_whenever_it_looks_for_changed_claims(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forgot = threading.Event()
    with application(refresh_seconds=0.05) as app:
        service = app.extensions["obelism"]
        monkeypatch.setattr(service, "refresh", lambda: None)
        monkeypatch.setattr(service.cache, "forget_expired", forgot.set)
        service.start_refreshing()
        assert forgot.wait(20)


LONG = "".join(
    f"<p>On day {day} the council met to talk of the bridge and its {day} stones.</p>" for day in range(60)
)
LONG = f"<html><body><article><h1>The bridge</h1>{LONG}</article></body></html>"


@pytest.mark.parametrize(
    ("limit", "page"),
    [
        ({"max_html_bytes": 500}, LONG),
        ({"max_body_bytes": 500}, LONG),
        ({"max_tags": 50}, LONG),
        ({"max_depth": 12}, "<div>" * 20 + LONG),
        ({"max_text": 1_000}, LONG),
        ({"max_statements": 20}, LONG),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_what_a_page_may_cost_is_a_setting(limit: dict[str, int], page: str) -> None:
    with application(**limit) as app:
        answer = program(app).post("/v1/notes", json={"html": page})
        assert (answer.status_code, answer.content_type) == (413, "application/problem+json")


def test_how_long_a_sentence_may_be_is_a_setting() -> None:
    endless = "<p>" + "It was said, and said again, " * 30 + "that the bridge is closed.</p>"
    page = {"html": LONG.replace("</article>", f"{endless}</article>")}

    def statements(**changed: int) -> int:
        with application(claims=(), **changed) as app:
            counts: dict[str, int] = program(app).post("/v1/notes", json=page).json["counts"]
            return counts["statements"]

    assert statements() == 62
    assert statements(max_statement_length=200) == 62 + 4


def test_one_client_alone_cannot_take_every_thread_of_a_worker() -> None:
    assert Settings().client_requests < Settings().threads


@pytest.mark.parametrize("body", [b'{"html": "", ' + b'"x":1,' * 100_000, b'{"html":[' + b"[]," * 100_000])
@pytest.mark.parametrize("path", ["/v1/notes", "/v1/lookups", "/v1/feedback"])
def test_a_flood_of_fields_is_refused_before_it_is_read(app: Flask, path: str, body: bytes) -> None:
    answer = program(app).post(path, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert "outside of its strings" in answer.json["detail"]
