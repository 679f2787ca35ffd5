"""The editor's queues: readers' words, merges, feeds, the log, and imports from an address."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from math import inf
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask

from editing import Editor
from obelism import records
from obelism.api import service
from obelism.api.editor import imports, merges
from obelism.api.editor.words import tables
from obelism.api.front import strings
from obelism.errors import Unavailable
from serving import BRIDGE, MAYOR, application

TWIN = replace(MAYOR, id="mayor-twin", claimant="A neighbour")
TEMPLATES = Path(__file__).parents[2] / "server" / "obelism" / "web" / "editor" / "templates" / "editor"


@pytest.fixture
def app() -> Iterator[Flask]:
    with application((BRIDGE, MAYOR, TWIN)) as app:
        yield app


@pytest.fixture
def editor(app: Flask) -> Editor:
    editor = Editor(app)
    editor.sign_in()
    return editor


def test_readers_words_are_queued_by_claim_and_framing_and_confirming_asks_for_more(editor: Editor) -> None:
    for framing in ("asserted", "asserted", "denied"):
        answer = editor.client.post(
            "/v1/feedback", json={"claim": BRIDGE.id, "kind": "wrong-match", "framing": framing}
        )
        assert answer.status_code == 202
    editor.store.feedback.add(BRIDGE.id, "helpful")
    editor.store.feedback.add(MAYOR.id, "wrong-framing", "attributed")
    page = editor.get("/editor/feedback")
    first = " ".join(page.soup.select_one(".claims li").get_text(" ").split())
    assert "Wrong match: 3 readers" in first
    assert "stated: 2" in first
    assert "denied: 1" in first
    assert "Helpful: 1" in first
    assert len(editor.get("/editor/?show=attention").soup.select(".claims li")) == 2
    page = editor.send(page, "/editor/feedback", "confirm")
    assert "needs a higher score" in page.text
    assert editor.store.score_floors() == {BRIDGE.id: 0.9}
    page = editor.send(page, "/editor/feedback", "dismiss")
    assert "Nothing waits." in page.text
    assert editor.store.feedback.counts([BRIDGE.id, MAYOR.id]) == {
        BRIDGE.id: {"wrong-match": 3, "helpful": 1}
    }
    assert {entry.actor for entry in editor.store.audit.entries(BRIDGE.id, limit=2)} == {"anna"}


def test_a_suggested_merge_is_accepted_and_undone(editor: Editor) -> None:
    editor.store.merges.suggest([(MAYOR.id, TWIN.id, 0.93, "the same words")])
    page = editor.get("/editor/merges")
    assert "1 pair may be one claim" in page.text
    assert "First made by A neighbour" in page.text
    page = editor.send(page, "/editor/merges", "keep-first")
    assert "0 pairs" in page.text
    assert editor.store.get(TWIN.id).id == MAYOR.id
    assert editor.store.get(MAYOR.id).claimant == "A neighbour"
    gone = editor.get(f"/editor/claim?id={TWIN.id}")
    assert "It was merged into" in gone.text
    page = editor.send(page, "/editor/merges/undo")
    assert "The merge is undone." in page.text
    assert editor.store.get(TWIN.id) == TWIN
    assert editor.store.get(MAYOR.id) == MAYOR


def test_a_suggested_merge_is_refused_for_good(editor: Editor) -> None:
    pair = [(MAYOR.id, TWIN.id, 0.93, "the same words")]
    editor.store.merges.suggest(pair)
    editor.send(editor.get("/editor/merges"), "/editor/merges", "apart")
    assert editor.store.merges.suggest(pair) == 0
    assert "0 pairs" in editor.get("/editor/merges").text
    assert editor.store.audit.entries(MAYOR.id)[0].actor == "anna"


def test_any_merge_of_a_claim_can_be_undone_from_its_history(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merges, "LIMIT", 1)
    editor.store.merges.merge(MAYOR.id, [TWIN.id], "anna")
    editor.store.put([replace(BRIDGE, id="bridge-twin")])
    editor.store.merges.merge(BRIDGE.id, ["bridge-twin"], "anna")
    page = editor.get("/editor/merges")
    assert TWIN.id not in page.text
    page = editor.get(f"/editor/history?id={TWIN.id}")
    assert "bridge-twin" not in page.text
    assert "The merge is undone." in editor.send(page, "/editor/merges/undo").text
    assert editor.store.get(TWIN.id) == TWIN


def test_of_many_suggestions_only_those_shown_are_looked_at(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merges, "LIMIT", 1)
    editor.store.merges.suggest([(MAYOR.id, TWIN.id, 0.93, "words"), (MAYOR.id, BRIDGE.id, 0.8, "words")])
    asked: list[str] = []
    kept = editor.store.desk.kept
    monkeypatch.setattr(editor.store.desk, "kept", lambda id: asked.append(id) or kept(id))
    assert "2 pairs may be one claim" in editor.get("/editor/merges").text
    assert sorted(asked) == sorted([MAYOR.id, TWIN.id])


def test_claims_are_merged_by_hand_and_mistaken_ids_are_kept_to_be_mended(editor: Editor) -> None:
    page = editor.get("/editor/merges")
    page = editor.send(page, "/editor/merges/by-hand", first=MAYOR.id, second="mayor-twinn")
    assert page.status == 422
    assert page.form("/editor/merges/by-hand")["second"] == "mayor-twinn"
    editor.send(page, "/editor/merges/by-hand", second=TWIN.id)
    assert editor.store.get(TWIN.id).id == MAYOR.id


def test_feeds_are_shown_with_their_age_added_and_removed(editor: Editor) -> None:
    page = editor.get("/editor/feeds")
    page = editor.send(page, "/editor/feeds", url="ftp://feeds.example/claims")
    assert (page.status, list(page.mistakes())) == (422, ["url"])
    page = editor.send(page, "/editor/feeds", url="https://feeds.example/claims.jsonl")
    assert "never yet" in page.text
    query = "factcheck:query=vaccine&languageCode=fr"
    assert editor.send(page, "/editor/feeds", url=query).status == 200
    editor.store.feeds.remove(query, "ben")
    editor.store.feeds.succeeded("https://feeds.example/claims.jsonl")
    assert "just now" in editor.get("/editor/feeds").text
    editor.store.feeds.failed("https://feeds.example/claims.jsonl", "no answer")
    page = editor.get("/editor/feeds")
    assert "no answer" in page.text
    page = editor.send(page, "/editor/feeds/remove")
    assert editor.store.feeds.all() == []
    assert [entry.actor for entry in editor.store.audit.entries("https://feeds.example/claims.jsonl")] == [
        "anna"
    ] * 2


@pytest.mark.parametrize("number", [str(2**63), "9" * 5_000, "-1", "1.5", "\u0661"])
def test_a_number_that_no_row_can_have_is_refused_as_one_that_none_has(editor: Editor, number: str) -> None:
    page = editor.get("/editor/merges")
    word = page.form("/editor/sign-out")["word"]
    assert editor.post("/editor/merges/undo", {"word": word, "merge": number}).status == 404
    assert editor.get(f"/editor/log?before={number}").status == 200


def test_the_log_shows_every_change_and_can_be_narrowed_and_paged(editor: Editor) -> None:
    for n in range(60):
        editor.store.put([replace(MAYOR, claimant=f"Number {n}")], "ben", edit=True)
    page = editor.get("/editor/log")
    assert len(page.soup.select(".events > li")) == 50
    page = editor.get(str(page.soup.select_one("a[rel=next]")["href"]))
    assert "create token" not in page.text
    assert "Token made" in page.text
    page = editor.get(f"/editor/log?subject={BRIDGE.id}")
    assert len(page.soup.select(".events > li")) == 1
    assert editor.get("/editor/log?before=x").status == 200


# --- import from an address -----------------------------------------------------------------------


@pytest.fixture
def source() -> Iterator[str]:
    """A web server with claims at /claims.jsonl, one line of which is none."""
    lines = [json.dumps(records.to_record(replace(MAYOR, id=f"from-afar-{n}"))) for n in range(3)]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/claims.jsonl"
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write("\n".join([*lines, '{"id": "<script>"}']).encode() if found else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_claims_are_imported_from_an_address_and_what_was_left_out_is_said(
    editor: Editor, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LIMITS", replace(imports.LIMITS, private=True))
    page = editor.send(editor.get("/editor/import"), "/editor/import", url=f"{source}/claims.jsonl")
    assert "Added 3" in page.text
    assert "Left out 1" in page.text
    assert "claims.jsonl line 4" in page.text
    assert editor.store.get("from-afar-1") == replace(MAYOR, id="from-afar-1")
    assert editor.store.audit.entries("from-afar-1")[0].actor == "anna"
    page = editor.send(page, "/editor/import", url=f"{source}/nothing")
    assert "could not be read to its end" in page.text


def test_nginx_waits_for_an_import_as_long_as_its_source_may_take() -> None:
    proxy = (Path(__file__).parents[2] / "deploy" / "nginx" / "proxy.conf").read_text("utf-8")
    [rules] = re.findall(r"location = /editor/import \{(.*?)\}", proxy, re.DOTALL)
    [waits] = re.findall(r"proxy_read_timeout (\d+)s;", rules)
    assert int(waits) > imports.LIMITS.seconds
    assert f"up to {imports.LIMITS.seconds:g} s" in proxy


def test_an_import_stops_where_another_change_waits_for_the_store(
    app: Flask, editor: Editor, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LIMITS", replace(imports.LIMITS, private=True))
    monkeypatch.setattr(service, "WRITE_PATIENCE_SECONDS", 0.01)
    page = editor.get("/editor/import")
    before = app.extensions["obelism"].store.latest_change()
    with app.extensions["obelism"].one_writer():
        page = editor.send(page, "/editor/import", url=f"{source}/claims.jsonl")
    assert "Another change is waiting" in page.text
    assert app.extensions["obelism"].store.latest_change() == before


def test_one_import_runs_at_a_time(editor: Editor, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "LIMITS", replace(imports.LIMITS, private=True))
    page = editor.get("/editor/import")
    with imports._importing:
        busy = editor.send(page, "/editor/import", url=f"{source}/claims.jsonl")
    assert "Another import is running" in busy.text
    assert "Added 3" not in busy.text
    for _ in range(2):
        page = editor.send(page, "/editor/import", url=f"{source}/claims.jsonl")
        assert "Another import is running" not in page.text


def test_an_import_that_takes_too_long_keeps_what_it_has_read(
    app: Flask, editor: Editor, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LIMITS", replace(imports.LIMITS, private=True))
    monkeypatch.setattr(imports, "BATCH", 1)
    store, times = app.extensions["obelism"].store, iter([monotonic()] * 3)
    monkeypatch.setattr(imports, "monotonic", lambda: next(times, inf))
    before = store.count()
    page = editor.send(editor.get("/editor/import"), "/editor/import", url=f"{source}/claims.jsonl")
    assert "It took too long" in page.text
    assert store.count() - before == 2


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_an_import_fetches_nothing_more_when_its_time_is_over(
    editor: Editor, source: str, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr(imports, "LIMITS", replace(imports.LIMITS, private=True, seconds=-1.0))
    editor.send(editor.get(f"/editor/claim?id={BRIDGE.id}"), "/editor/claim", f"lang-{lang}")
    page = editor.send(editor.get("/editor/import"), "/editor/import", url=f"{source}/claims.jsonl")
    assert " ".join(tables()[lang]["import_overtime"].split()) in page.text
    assert "is not fetched" not in page.text


def test_an_import_says_why_its_source_fails_and_not_why_the_store_does(
    app: Flask, editor: Editor, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LIMITS", replace(imports.LIMITS, private=True))

    def put(*_: object) -> None:
        raise Unavailable("/srv/obelism.db does not answer")

    monkeypatch.setattr(app.extensions["obelism"].store, "put", put)
    page = editor.send(editor.get("/editor/import"), "/editor/import", url=f"{source}/claims.jsonl")
    assert "The claim database does not answer." in page.text
    assert "/srv" not in page.text


def test_an_import_reaches_neither_files_nor_this_machine_s_network(
    editor: Editor, source: str, tmp_path: Path
) -> None:
    (tmp_path / "claims.jsonl").write_text(json.dumps(records.to_record(replace(MAYOR, id="stolen"))))
    page = editor.get("/editor/import")
    for place in (str(tmp_path / "claims.jsonl"), f"file://{tmp_path}/claims.jsonl", "-", "factcheck:moon"):
        assert editor.send(page, "/editor/import", url=place).status == 422
    page = editor.send(page, "/editor/import", url=f"{source}/claims.jsonl")
    assert "could not be read" in page.text
    assert editor.store.count() == 3


# --- words ----------------------------------------------------------------------------------------


def test_every_word_is_there_in_both_languages_and_used_words_exist() -> None:
    own = tables()
    assert own["en"].keys() == own["fr"].keys()
    for name, english in own["en"].items():
        assert set(re.findall(r"{\w+}", english)) <= set(re.findall(r"{\w+}", own["fr"][name])) | {"{n}"}
    known = own["en"].keys() | strings("en").keys()
    used = {
        name
        for path in TEMPLATES.glob("*.html")
        for name in re.findall(r"""\bt\(["']([a-z_-]+)["'][,)]""", path.read_text("utf-8"))
    }
    assert len(used) > 100
    assert used <= known


def test_no_page_has_scripts_or_styles_of_its_own_and_all_forbid_them(editor: Editor) -> None:
    addresses = [
        "",
        "claims/new",
        f"claim?id={BRIDGE.id}",
        "lookup",
        "feedback",
        "merges",
        "log",
        "feeds",
        "import",
    ]
    for address in (*addresses, f"history?id={BRIDGE.id}", "claim?id=none"):
        page = editor.get(f"/editor/{address}")
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert all(script.get("src") and not script.string for script in page.soup.find_all("script"))
        assert not page.soup.find_all("style")
        assert not page.soup.select("[style], [onclick], [onchange], [onsubmit]")
