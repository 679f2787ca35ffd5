"""Nothing of a page that a reader sends is found anywhere afterwards.

A page full of canary words is checked, looked up, refused, crashed on and sent as broken HTTP, to the real
command; then its folder (database, index, log, temporary files) and all its answers to others are searched.
"""

import gzip
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from serving import ARTICLE, BRIDGE, EXTENSION, SENTENCES, Running, running

SLOW = (sys.executable, str(Path(__file__).parents[1] / "slow_service.py"))
CANARY = "Quetzalkanarienvogel"
PAGE = (
    ARTICLE.replace("Quiet days", f"Quiet {CANARY} days")
    .replace("<article>", f"<article data-x='{CANARY}'><!-- {CANARY} -->")
    .replace(SENTENCES[0], f"{SENTENCES[0]} The {CANARY} sang all morning over the old quay of the town.")
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("leaks")
    given = {"OBELISM_RATE_LIMIT": "20 per minute", "OBELISM_REQUEST_SECONDS": "10"}
    with running(folder, command=SLOW, **given) as service:
        use(service)
        yield service


def use(service: Running) -> None:
    """Everything that a reader can do, with the canary in every place where text can stand."""
    packed = gzip.compress(json.dumps({"html": PAGE, "url": f"https://news.example/{CANARY}"}).encode())
    with httpx.Client(base_url=service.address, timeout=30) as client:

        def post(
            path: str, status: int, content: bytes | None = None, sent: object = None, **headers: str
        ) -> None:
            named = {"Content-Type": "application/json"} | {
                k.replace("_", "-"): v for k, v in headers.items()
            }
            body = content if content is not None else json.dumps(sent).encode()
            answer = client.post(path, content=body, headers=named)
            assert answer.status_code == status, answer.text
            assert status == 200 or CANARY not in answer.text

        post("/v1/notes", 200, packed, Content_Encoding="gzip")
        post("/v1/notes", 200, packed, Content_Encoding="gzip")
        post("/v1/notes", 422, sent={"html": f"<p>{CANARY}</p>"})
        post("/v1/notes", 422, sent={"html": PAGE, "url": f"javascript:{CANARY}"})
        post("/v1/notes", 422, sent={"html": PAGE, "language": f"{CANARY} {CANARY}"})
        post("/v1/notes", 422, sent={"html": PAGE, CANARY: 1})
        post("/v1/notes", 400, f'{{"html": "{CANARY}'.encode())
        post("/v1/notes", 422, f'{{"html": "{CANARY} \\ud800"}}'.encode())
        post("/v1/notes", 400, f"{CANARY} é".encode("latin-1"))
        post("/v1/notes", 400, packed[:-9], Content_Encoding="gzip")
        post("/v1/notes", 413, sent={"html": CANARY * 400_000})
        post("/v1/notes", 500, sent={"html": f"{PAGE} makes a mistake"})
        post("/v1/notes", 503, sent={"html": f"{PAGE} never ends"})
        post("/v1/notes", 403, sent={"html": PAGE}, Origin=f"https://{CANARY}.example")
        post("/v1/notes", 415, sent={"html": PAGE}, Content_Encoding=CANARY)
        post("/v1/lookups", 200, sent={"text": f"The {CANARY} sang in Larnoc."})
        post("/v1/lookups", 422, sent={"text": CANARY * 1000})
        post("/v1/feedback", 202, sent={"claim": BRIDGE.id, "kind": "helpful"})
        post("/v1/feedback", 404, sent={"claim": CANARY, "kind": "helpful"})
        post("/v1/feedback", 422, sent={"claim": BRIDGE.id, "kind": "helpful", "text": CANARY})
        post("/v1/claims", 401, sent={"text": CANARY}, Authorization=f"Bearer {CANARY}")
        post(f"/{CANARY}", 404, sent={})
        client.get(f"/v1/claims?q={CANARY}", headers={"X-Request-Id": CANARY, "User-Agent": CANARY})
        client.get(
            f"/v1/claims/{CANARY}", headers={"Referer": f"https://{CANARY}.example/", "Cookie": f"a={CANARY}"}
        )
        client.request(CANARY.upper(), "/v1/notes")
        form = client.post("/", data={"text": PAGE})
        assert CANARY in form.text, "the front page shows a text to the one who pasted it"
        for _ in range(21):
            client.post("/v1/lookups", json={"text": CANARY}, headers={"Origin": EXTENSION})
    for head in (
        f"GET /{CANARY} HTTP/9.9",
        f"GET /{CANARY}\x01 HTTP/1.1",
        f"{CANARY}",
        f"GET / HTTP/1.1\r\n{CANARY}",
    ):
        assert CANARY not in raw(service, head)


def raw(service: Running, head: str) -> str:
    """The answer to something that is not quite HTTP."""
    address = urlsplit(service.address)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(f"{head}\r\nHost: localhost\r\n\r\n".encode())
        connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts).decode()


def test_no_word_of_a_page_stays_in_the_database_the_index_the_log_or_a_temporary_file(
    service: Running,
) -> None:
    # The numbers of the workers lie in memory, as files.
    numbers = Path("/dev/shm").glob("obelism-metrics-*/*")
    searched = [path for path in (*service.folder.rglob("*"), *numbers) if path.is_file()]
    assert {"claims.db", "log.jsonl"} <= {path.name for path in searched}
    assert [path for path in searched if path.name.startswith("counter_")]
    needles = [CANARY.encode(), CANARY.lower().encode(), CANARY.upper().encode(), CANARY.encode("utf-16-le")]
    found = [path for path in searched if any(needle in path.read_bytes() for needle in needles)]
    assert found == []


def test_no_word_of_a_page_is_in_what_the_service_tells_others(service: Running) -> None:
    for path in ("/metrics", "/readyz", "/openapi.json", "/v1/claims", "/", "/nowhere"):
        answer = httpx.get(f"{service.address}{path}")
        assert CANARY.lower() not in answer.text.lower() + str(answer.headers).lower()


def test_the_log_counts_what_it_does_not_quote(service: Running) -> None:
    lines = [json.loads(line) for line in service.log.read_text("utf-8").splitlines() if line.startswith("{")]
    checks = [line for line in lines if line.get("route") == "/v1/notes" and line["status"] == 200]
    assert checks[0]["notes"] == 1
    assert checks[0]["statements"] == 7
    assert checks[0]["ms"] > 0
    assert len({line["request_id"] for line in lines if line["event"] == "request"}) > 30
    assert {line["error"] for line in lines if line["event"] == "bad-http"}
    assert [line["error"] for line in lines if line["event"] == "crash"] == ["ValueError"]
