"""A hostile page in a real browser tries to use the reader's service; none of its ways leads in."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from serving import BRIDGE, Running, running

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"
)

HOSTILE = """<!doctype html><meta charset=utf-8><title>hostile</title>
<iframe name=one></iframe><iframe name=two></iframe><iframe name=three></iframe>
<form method=post action="SERVICE/" target=one><input name=text value="a claim"></form>
<form method=post action="SERVICE/editor/sign-in" target=two><input name=token value=x></form>
<form method=post enctype="text/plain" action="SERVICE/v1/feedback" target=three>
<input name='{"claim":"CLAIM","kind":"wrong-match","x":"' value='"}'></form>
<script>
const service = "SERVICE";
const outcome = {};
const body = JSON.stringify({ text: "a claim" });
async function attempt(name, make) {
  try { outcome[name] = await make(); } catch (error) { outcome[name] = "refused"; }
}
const readable = async (answer) => (answer.type === "opaque" ? "opaque" : `read ${answer.status}`);
const loads = (tag, attribute, path) => new Promise((done) => {
  const element = document.createElement(tag);
  element.onload = () => done("loaded");
  element.onerror = () => done("refused");
  element[attribute] = service + path;
  document.body.append(element);
});
(async () => {
  const json = { "Content-Type": "application/json" };
  await attempt("read", () => fetch(`${service}/v1/claims`).then(readable));
  await attempt("look up", () =>
    fetch(`${service}/v1/lookups`, { method: "POST", headers: json, body }).then(readable));
  await attempt("look up as text", () =>
    fetch(`${service}/v1/lookups`, { method: "POST", body }).then(readable));
  await attempt("feedback without waiting", () => {
    const sent = JSON.stringify({ claim: "CLAIM", kind: "wrong-match" });
    navigator.sendBeacon(`${service}/v1/feedback`, new Blob([sent], { type: "text/plain" }));
    return fetch(`${service}/v1/feedback`, { method: "POST", mode: "no-cors", body: sent }).then(readable);
  });
  await attempt("delete", () => fetch(`${service}/v1/claims/CLAIM`, { method: "DELETE" }).then(readable));
  await attempt("script", () => loads("script", "src", "/v1/claims"));
  await attempt("own script", () => loads("script", "src", "/static/obelism.js"));
  await attempt("image", () => loads("img", "src", "/static/obelus.svg"));
  await attempt("style", () => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    const promise = new Promise((done) => {
      link.onload = () => done("loaded");
      link.onerror = () => done("refused");
    });
    link.href = `${service}/static/obelism.css`;
    document.head.append(link);
    return promise;
  });
  await attempt("module", () => import(`${service}/static/obelism.js`).then(() => "loaded"));
  await attempt("object", () => {
    const element = document.createElement("object");
    element.data = `${service}/readyz`;
    document.body.append(element);
    return new Promise((done) => {
      element.onload = () => done("loaded");
      element.onerror = () => done("refused");
    });
  });
  const opens = (make) => new Promise((done) => {
    const opened = make();
    opened.onopen = () => done("opened");
    opened.onerror = () => done("refused");
  });
  await attempt("stream of events", () => opens(() => new EventSource(`${service}/readyz`)));
  await attempt("socket", () => opens(() => new WebSocket(`${service.replace("http", "ws")}/v1/notes`)));
  const traps = [...document.querySelectorAll("iframe")];
  const answered = traps.map((trap) => new Promise((done) => { trap.onload = done; }));
  for (const form of document.forms) form.submit();
  await Promise.all(answered);
  for (const trap of traps) await attempt(`frame ${trap.name}`, () => trap.contentDocument.title);
  await fetch("/outcome", { method: "POST", body: JSON.stringify(outcome) });
})();
</script>"""


class Site:
    """A web site on another port, whose page reports what it achieved."""

    def __init__(self, service: str) -> None:
        self.outcome: dict[str, str] = {}
        self.reported = threading.Event()
        page = HOSTILE.replace("SERVICE", service).replace("CLAIM", BRIDGE.id).encode()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page)

            def do_POST(self) -> None:
                site.outcome = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()
                site.reported.set()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture
def site(service: Running) -> Iterator[Site]:
    site = Site(service.address)
    yield site
    site.server.shutdown()
    site.server.server_close()


@needs_chromium
@pytest.mark.parametrize("name", ["127.0.0.1", "rebound.example"])
def test_a_hostile_page_gets_nothing_and_changes_nothing(
    service: Running, site: Site, name: str, tmp_path: Path
) -> None:
    port = site.server.server_port
    before = service.log.stat().st_size
    command = chromium(tmp_path, f"MAP rebound.example 127.0.0.1:{port}", f"http://{name}:{port}/")
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert site.reported.wait(120), "the page did not report"
    finally:
        browser.terminate()
        browser.wait(30)
    assert set(site.outcome) >= {"read", "look up", "delete", "script", "image", "socket", "object"}
    assert set(site.outcome) >= {"frame one", "frame two", "frame three"}
    allowed = {"refused", "opaque"}
    assert {name: how for name, how in site.outcome.items() if how not in allowed} == {}
    log = service.log.read_bytes()[before:].decode().splitlines()
    lines = [json.loads(line) for line in log if line.startswith("{")]
    reached = [line for line in lines if line.get("event") == "request" and line["route"] != "/readyz"]
    assert {line["status"] for line in reached} == {403}
    forms = {"/", "/editor/sign-in", "/v1/feedback"}
    assert {line["route"] for line in reached if line["method"] == "POST"} >= forms
    assert httpx.get(f"{service.address}/v1/claims/{BRIDGE.id}").status_code == 200


@needs_chromium
def test_a_name_that_was_rebound_to_this_machine_opens_nothing(service: Running, tmp_path: Path) -> None:
    """What such a page fetches is of its own origin, so that only the name tells it from the service's own."""
    port = urlsplit(service.address).port

    def shown(name: str) -> str:
        address = f"http://{name}:{port}/v1/claims"
        command = chromium(tmp_path, "MAP rebound.example 127.0.0.1", "--dump-dom", address)
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout

    assert BRIDGE.id in shown("127.0.0.1")
    rebound = shown("rebound.example")
    assert "unknown-host" in rebound
    assert BRIDGE.id not in rebound


def chromium(profile: Path, rules: str, *arguments: str) -> list[str]:
    """Chromium without a window, for which names lead where `rules` say."""
    quiet = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run")
    return [str(CHROMIUM), *quiet, f"--user-data-dir={profile}", f"--host-resolver-rules={rules}", *arguments]
