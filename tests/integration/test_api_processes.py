"""The real server: several processes, one of which may hang, and an end that loses no request."""

import json
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from obelism.store import open_store
from serving import ARTICLE, BRIDGE, MAYOR, Running, running, settings_in

SLOW = (sys.executable, str(Path(__file__).parents[1] / "slow_service.py"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("service")
    with running(folder, command=SLOW, OBELISM_REQUEST_SECONDS="6") as service:
        yield service


def check(service: Running, html: str = ARTICLE, timeout: float = 60) -> httpx.Response:
    return httpx.post(f"{service.address}/v1/notes", json={"html": html}, timeout=timeout)


def test_all_workers_answer_for_the_same_claims(service: Running) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: check(service, ARTICLE.replace("Monday", f"day {n}")), range(16)))
    assert {(answer.status_code, answer.json()["counts"]["notes"]) for answer in answers} == {(200, 1)}
    assert len(service.workers()) == 2


def test_every_worker_learns_of_a_changed_claim_within_five_seconds(service: Running) -> None:
    store = open_store(settings_in(service.folder).database_url)
    store.retire(MAYOR.id, "test")
    time.sleep(5)
    with ThreadPoolExecutor(8) as pool:
        ready = list(pool.map(lambda _: httpx.get(f"{service.address}/readyz", timeout=30).json(), range(16)))
    assert {answer["claims"] for answer in ready} == {1}
    store.revive(MAYOR.id, "test")
    store.close()


def test_a_body_over_the_limit_is_answered_although_it_is_still_being_sent(service: Running) -> None:
    answer = httpx.post(
        f"{service.address}/v1/notes",
        content=b"a" * 20_000_000,
        headers={"Content-Type": "application/json"},
        timeout=60,
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")


def test_numbers_of_all_workers_are_added_up(service: Running) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: httpx.get(f"{service.address}/healthz", timeout=30), range(20)))
    numbers = httpx.get(f"{service.address}/metrics", timeout=30).text
    (line,) = [
        line for line in numbers.splitlines() if 'route="/healthz"' in line and "requests_total" in line
    ]
    assert float(line.split()[-1]) >= 20


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET / HTTP/9.9", 400),
        ("GET", 400),
        ("GET / HTTP/1.1\r\nBad Header: x", 400),
        (f"GET /{'a' * 9_000} HTTP/1.1", 414),
        ("GET / HTTP/1.1\r\n" + "\r\n".join(f"X-{n}: 1" for n in range(200)), 431),
    ],
)
def test_what_is_no_http_is_told_as_a_problem_too(service: Running, head: str, status: int) -> None:
    address = urlsplit(service.address)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(f"{head}\r\nHost: localhost\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    top, _, body = answer.partition(b"\r\n\r\n")
    assert top.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in top
    assert json.loads(body)["status"] == status


def test_a_worker_that_hangs_is_replaced_while_others_keep_answering(service: Running) -> None:
    before = service.workers()

    def hang() -> None:
        with pytest.raises(httpx.TransportError):
            check(service, f"hangs for ever {ARTICLE}")

    hanging = threading.Thread(target=hang)
    hanging.start()
    answered = 0
    deadline = time.monotonic() + 60
    while service.workers() == before or len(service.workers()) < 2:
        assert time.monotonic() < deadline, "no worker was replaced"
        try:
            answered += httpx.get(f"{service.address}/healthz", timeout=30).is_success
        except httpx.TransportError:
            # The connection belonged to the worker that was ended just then.
            continue
    hanging.join()
    assert answered > 20
    assert len(set(before) & set(service.workers())) == 1
    assert check(service).json()["counts"]["notes"] == 1


def test_a_request_in_work_is_finished_when_the_service_is_told_to_end(tmp_path: Path) -> None:
    with running(tmp_path, command=SLOW, OBELISM_REQUEST_SECONDS="30") as service:
        mapped = Path(f"/proc/{service.workers()[0]}/maps").read_text("utf-8")
        numbers = Path(re.findall(r"/\S*/obelism-metrics-[^/]+", mapped)[0])
        assert numbers.is_dir()
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(check, service, f"takes a second {ARTICLE}")
            time.sleep(0.5)
            service.process.send_signal(signal.SIGTERM)
            answer = asked.result()
        assert service.process.wait(timeout=40) == 0
    assert answer.json()["notes"][0]["claim"]["id"] == BRIDGE.id
    assert not numbers.exists()
    assert "Traceback" not in service.log.read_text("utf-8")


def test_nothing_is_left_outside_its_own_folders(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with running(tmp_path, HOME=str(home), XDG_RUNTIME_DIR="") as service:
        assert check(service).is_success
    assert not list(home.rglob("*"))


HALVES = (
    "",
    "POST /v1/notes HTTP/1.1\r\nHost: local",
    "POST /v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
)


@pytest.mark.parametrize("half", HALVES, ids=["nothing", "half a head", "half a body"])
def test_clients_that_stop_in_the_middle_of_a_request_keep_nobody_waiting(tmp_path: Path, half: str) -> None:
    few = {"OBELISM_WORKERS": "1", "OBELISM_THREADS": "2", "OBELISM_RECEIVE_SECONDS": "1"}
    with running(tmp_path, **few) as service, ExitStack() as connections:
        address = urlsplit(service.address)
        for _ in range(32):
            slow = connections.enter_context(socket.create_connection((address.hostname, address.port)))
            slow.sendall(half.encode())
        assert check(service, timeout=50).json()["counts"]["notes"] == 1


def test_a_request_that_took_its_time_in_work_is_answered_although_the_time_to_send_it_is_over(
    tmp_path: Path,
) -> None:
    with running(tmp_path, command=SLOW, OBELISM_RECEIVE_SECONDS="0.1") as service:
        assert check(service, f"takes a second {ARTICLE}").json()["counts"]["notes"] == 1
