"""Nothing of a page that a reader sends is found anywhere afterwards.

A page full of canary words is checked, looked up, refused, crashed on and sent as broken HTTP, to the real
command, and tried by an editor; then its folder (database, index, log, temporary files, home and caches), every
refusal and all its answers to others are searched.
"""

import gzip
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup

from editing import Page
from obelism.api.headers import ALWAYS
from obelism.store import open_store
from serving import ARTICLE, BRIDGE, EXTENSION, SENTENCES, Running, running, settings_in

SLOW = (sys.executable, str(Path(__file__).parents[1] / "slow_service.py"))
CANARY = "Quetzalkanarienvogel"
PAGE = (
    ARTICLE.replace("Quiet days", f"Quiet {CANARY} days")
    .replace("<article>", f"<article data-x='{CANARY}'><!-- {CANARY} -->")
    .replace(SENTENCES[0], f"{SENTENCES[0]} The {CANARY} sang all morning over the old quay of the town.")
    # What is matched, quoted and judged holds it too.
    .replace("was closed in 2019", f"was, said {CANARY}, closed in 2019")
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("leaks")
    homes = {"HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "home" / "cache")}
    given = {"OBELISM_RATE_LIMIT": "20 per minute", "OBELISM_REQUEST_SECONDS": "10", **homes}
    store = open_store(settings_in(folder).database_url)
    secret, _ = store.tokens.create("anna", {"edit"}, "test")
    store.close()
    with running(folder, command=SLOW, **given) as service:
        use(service)
        edit(service, secret)
        yield service


def use(service: Running) -> None:
    """Everything that a reader can do, with the canary in every place where text can stand."""
    packed = gzip.compress(json.dumps({"html": PAGE, "url": f"https://news.example/{CANARY}"}).encode())
    with httpx.Client(base_url=service.address, timeout=30) as client:

        def asked(method: str, path: str, status: int, **sent: Any) -> httpx.Response:
            answer = client.request(method, path, **sent)
            assert answer.status_code == status, answer.text
            # Notes and results quote to who has sent it; no refusal does, and no header.
            quotes = status == 200 and path in {"/v1/notes", "/v1/lookups"}
            told = str(answer.headers) + ("" if quotes else answer.text)
            assert CANARY.lower() not in told.lower(), (method, path, told)
            return answer

        def post(
            path: str, status: int, content: bytes | None = None, sent: object = None, **headers: str
        ) -> None:
            named = {"Content-Type": "application/json"} | {
                k.replace("_", "-"): v for k, v in headers.items()
            }
            body = content if content is not None else json.dumps(sent).encode()
            assert asked("POST", path, status, content=body, headers=named).is_success == (status < 300)

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
        named = {"X-Request-Id": CANARY, "User-Agent": CANARY}
        visited = {"Referer": f"https://{CANARY}.example/", "Cookie": f"a={CANARY}"}
        asked("GET", f"/v1/claims?q={CANARY}", 200, headers=named)
        asked("GET", f"/v1/claims?{CANARY}=1", 422)
        asked("GET", f"/v1/claims/{CANARY}", 404, headers=visited)
        asked(CANARY.upper(), "/v1/notes", 405)
        asked("GET", "/", 421, headers={"Host": f"{CANARY}.example"})
        form = client.post("/", data={"text": PAGE})
        assert CANARY in form.text, "the front page shows a text to the one who pasted it"
        # Two workers, each of which counts for itself.
        often = {"json": {"text": CANARY}, "headers": {"Origin": EXTENSION}}
        for _ in range(40):
            client.post("/v1/lookups", **often)
        asked("POST", "/v1/lookups", 429, **often)
    for head in (
        f"GET /{CANARY} HTTP/9.9",
        f"GET /{CANARY}\x01 HTTP/1.1",
        f"{CANARY}",
        f"GET / HTTP/1.1\r\n{CANARY}",
    ):
        assert CANARY not in raw(service, head)


def edit(service: Running, secret: str) -> None:
    """What an editor pastes to look up and to try, and what is typed into a form after the session's end."""
    with httpx.Client(base_url=service.address, timeout=30, headers={"Origin": service.address}) as editor:
        assert editor.post("/editor/sign-in", data={"token": secret}).status_code == 303
        page = editor.get(f"/editor/claim?id={BRIDGE.id}")
        soup = BeautifulSoup(page.text, "lxml")
        fields = Page(page.status_code, page.url.path, soup, page.headers).form("/editor/claim")
        draft = fields | {"text": f"The {CANARY} sang.", "language": "en", "try": PAGE}
        calls = {
            "/editor/lookup": fields | {"text": f"The {CANARY} sang in Larnoc."},
            "/editor/claim": draft | {"do": "preview"},
            "/editor/claim?once=more": draft | {"do": "save", "language": CANARY},
        }
        shown = [editor.post(path, data=sent) for path, sent in calls.items()]
        assert [answer.status_code for answer in shown] == [200, 200, 422]
        editor.cookies.clear()
        shown.append(editor.post(f"/editor/claim?{CANARY}", data=draft))
        assert shown[-1].status_code == 401
        for answer in shown:
            assert CANARY in answer.text, "an editor's own words come back to the editor"
            assert CANARY.lower() not in str(answer.headers).lower()


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
    assert [path for path in searched if path.is_relative_to(service.folder / "index")]
    assert [path for path in searched if path.name.startswith("counter_")]
    needles = [CANARY.encode(), CANARY.lower().encode(), CANARY.upper().encode(), CANARY.encode("utf-16-le")]
    found = [path for path in searched if any(needle in path.read_bytes() for needle in needles)]
    assert found == []


def test_no_word_of_a_page_is_in_what_the_service_tells_others(service: Running) -> None:
    for path in ("/metrics", "/readyz", "/openapi.json", "/v1/claims", "/", "/nowhere"):
        answer = httpx.get(f"{service.address}{path}")
        assert CANARY.lower() not in answer.text.lower() + str(answer.headers).lower()


def test_what_is_no_http_is_answered_with_the_security_headers_too(service: Running) -> None:
    top = raw(service, "GET / HTTP/9.9").partition("\r\n\r\n")[0].split("\r\n")
    assert top[0] == "HTTP/1.1 400 Bad Request"
    assert {f"{name}: {value}" for name, value in ALWAYS.items()} <= set(top)


def test_the_log_counts_what_it_does_not_quote(service: Running) -> None:
    lines = [json.loads(line) for line in service.log.read_text("utf-8").splitlines() if line.startswith("{")]
    checks = [line for line in lines if line.get("route") == "/v1/notes" and line["status"] == 200]
    assert checks[0]["notes"] == 1
    assert checks[0]["statements"] == 7
    assert checks[0]["ms"] > 0
    assert len({line["request_id"] for line in lines if line["event"] == "request"}) > 30
    assert {line["error"] for line in lines if line["event"] == "bad-http"}
    assert [line["error"] for line in lines if line["event"] == "crash"] == ["ValueError"]
