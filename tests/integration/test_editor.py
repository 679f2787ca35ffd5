"""The editor's pages, over the real store: signing in, writing claims, and what nobody may lose."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from editing import Editor
from obelism.api import service
from obelism.api.editor.sessions import IDLE_SECONDS, WHOLE_SECONDS, Session, Sessions
from obelism.api.editor.visits import SIGN_IN_BYTES
from obelism.model import Position, Review
from serving import BRIDGE, MAYOR, application, browser, program


@pytest.fixture(scope="module")
def shared() -> Iterator[Flask]:
    with application() as app:
        yield app


@pytest.fixture
def app(shared: Flask) -> Flask:
    """The application with its two claims as they were, whatever other tests have done."""
    shared.extensions["obelism"].store.put([BRIDGE, MAYOR], "test", edit=True)
    return shared


@pytest.fixture
def editor(app: Flask, request: pytest.FixtureRequest) -> Editor:
    editor = Editor(app, request.node.name[:190])
    editor.sign_in()
    return editor


# --- signing in -----------------------------------------------------------------------------------


def test_pages_are_for_those_who_are_signed_in_and_signing_in_leads_to_the_page_asked_for(app: Flask) -> None:
    editor = Editor(app, "asker")
    page = editor.get("/editor/claim?id=bridge-closed")
    assert page.address == "/editor/sign-in?to=/editor/claim?id%3Dbridge-closed"
    page = editor.send(page, "/editor/sign-in", token=editor.secret)
    assert page.address == "/editor/claim?id=bridge-closed"
    assert BRIDGE.text in page.text


def test_the_session_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(app: Flask) -> None:
    editor = Editor(app, "cookie")
    answer = editor.client.post("/editor/sign-in", data={"token": editor.secret})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/editor" in cookie
    assert f"Max-Age={IDLE_SECONDS}" in cookie
    assert editor.secret not in cookie
    secure = editor.client.post(
        "/editor/sign-in",
        data={"token": editor.secret},
        base_url="https://127.0.0.1:8750",
        headers={"Origin": "https://127.0.0.1:8750"},
    )
    assert "Secure" in secure.headers["Set-Cookie"]


def test_a_cookie_that_was_changed_or_signed_by_another_key_opens_nothing(app: Flask) -> None:
    editor = Editor(app, "forger")
    forged = Sessions("k" * 32)
    with app.test_request_context():
        answer = app.response_class()
        forged.renew(forged.begin("forger", "en"), answer, False, changed=True)
    value = answer.headers["Set-Cookie"].split(";")[0].partition("=")[2]
    editor.client.set_cookie("obelism_editor", value, domain="127.0.0.1", path="/editor")
    assert editor.get("/editor/").address.startswith("/editor/sign-in")


def test_a_session_ends_after_an_hour_of_rest_and_after_half_a_day_of_work(app: Flask) -> None:
    clock = [1_000_000.0]
    sessions = Sessions("k" * 32, lambda: clock[0])

    def next_visit(session: Session, seconds: float) -> Session | None:
        answer = app.response_class()
        sessions.renew(session, answer, False, changed=True)
        clock[0] += seconds
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        with app.test_request_context(headers={"Cookie": cookie}) as context:
            return sessions.read(context.request)

    assert next_visit(sessions.begin("anna", "en"), IDLE_SECONDS)
    assert next_visit(sessions.begin("anna", "en"), IDLE_SECONDS + 1) is None
    session: Session | None = sessions.begin("anna", "en")
    began = clock[0]
    while session:
        session = next_visit(session, IDLE_SECONDS / 2)
    assert WHOLE_SECONDS < clock[0] - began <= WHOLE_SECONDS + IDLE_SECONDS / 2


def test_a_token_that_is_revoked_ends_its_session_at_once(editor: Editor) -> None:
    assert editor.get("/editor/").status == 200
    name = next(
        token.name for token in editor.store.tokens.all() if token.name.startswith("test_a_token_that")
    )
    editor.store.tokens.revoke(name, "test")
    assert editor.get("/editor/").address.startswith("/editor/sign-in")


def test_tokens_that_are_wrong_expired_or_without_the_scope_are_refused_in_words(app: Flask) -> None:
    editor = Editor(app, "reader-only", ("read",))
    assert editor.sign_in().status == 403
    assert "lacks the scope" in editor.sign_in().text
    assert editor.post("/editor/sign-in", {"token": "obl_nothing"}).status == 401
    past, _ = editor.store.tokens.create("past", ["edit"], "test", lasts=timedelta(seconds=-1))
    assert editor.post("/editor/sign-in", {"token": past}).status == 401


def test_wrong_tokens_are_throttled_and_right_ones_are_not() -> None:
    with application(token_failures="3 per minute") as app:
        editor = Editor(app)
        for _ in range(5):
            assert editor.sign_in().status == 200
        tried = [editor.post("/editor/sign-in", {"token": "wrong"}) for _ in range(4)]
        assert [page.status for page in tried] == [401, 401, 401, 429]
        assert tried[3].headers["Retry-After"]
        assert tried[3].soup.h1 is not None


def test_signing_in_leads_to_no_other_site(app: Flask) -> None:
    editor = Editor(app, "leader")
    for elsewhere in (
        "https://evil.example/editor/",
        "//evil.example/editor/",
        "/\\evil.example",
        "/v1/claims",
        "//[evil",
        "/editorial/",
    ):
        answer = editor.client.post("/editor/sign-in", data={"token": editor.secret, "to": elsewhere})
        assert answer.headers["Location"] == "/editor/"


def test_signing_out_ends_the_session(editor: Editor) -> None:
    page = editor.get("/editor/")
    editor.send(page, "/editor/sign-out")
    assert editor.get("/editor/").address.startswith("/editor/sign-in")


def test_forms_of_other_pages_and_without_the_session_s_word_change_nothing(
    app: Flask, editor: Editor
) -> None:
    form = editor.get("/editor/claim?id=bridge-closed").form("/editor/claim/retire")
    assert editor.post("/editor/claim/retire", {"id": BRIDGE.id, "reason": "no"}).status == 403
    for word in ("wrong", "Wörter", "\ufffd\0"):
        assert editor.post("/editor/claim/retire", form | {"reason": "no", "word": word}).status == 403
        assert editor.post("/editor/sign-out", {"word": word}).status == 403
    stranger = browser(app, "https://evil.example")
    assert stranger.post("/editor/claim/retire", data=form | {"reason": "no"}).status_code == 403
    assert editor.store.get(BRIDGE.id) == BRIDGE


def test_every_page_needs_the_session(app: Flask) -> None:
    client = program(app)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("editor.")]
    free = {"editor.static", "editor.sign_in", "editor.sign_in_page", "editor.sign_out"}
    closed = [rule for rule in rules if rule.endpoint not in free]
    assert len(closed) > 15
    for rule in closed:
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        answer = client.open(rule.rule, method=method, data={"a": "b"} if method == "POST" else None)
        told = answer.headers.get("Location", "") if method == "GET" else answer.get_data(as_text=True)
        assert answer.status_code == (303 if method == "GET" else 401), rule
        assert "sign-in" in told


class Counted(io.BytesIO):
    """A body that knows how much of it was read."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        self.taken += len(part)
        return part


@pytest.mark.parametrize("path", ["/editor/claim", "/editor/import", "/editor/sign-in"])
def test_of_somebody_who_is_not_signed_in_no_more_is_read_than_a_claim_takes(app: Flask, path: str) -> None:
    body = Counted(b"text=" + b"a" * 12_000_000)
    answer = Editor(app, f"stranger at {path}").client.post(
        path, input_stream=body, content_length=12_000_005, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert body.taken < 5 * SIGN_IN_BYTES


def test_an_editor_who_is_signed_in_may_send_more(editor: Editor) -> None:
    page = editor.get("/editor/claims/new")
    sent = editor.send(page, "/editor/claim", "lang-fr", text="a" * 2 * SIGN_IN_BYTES)
    assert sent.status == 200


def test_what_an_editor_sends_is_limited_as_readers_are() -> None:
    with application(rate_limit="3 per minute") as app:
        editor = Editor(app)
        editor.sign_in()
        page = editor.get("/editor/lookup")
        sent = [editor.send(page, "/editor/lookup", text="A bridge.") for _ in range(4)]
        assert [page.status for page in sent] == [200, 200, 200, 429]
        assert 0 < int(sent[3].headers["Retry-After"]) <= 61
        assert "Too many requests" in sent[3].text
        assert editor.get("/editor/lookup").status == 200
        retired = editor.send(
            editor.get("/editor/claim?id=bridge-closed"), "/editor/claim/retire", reason="Twice."
        )
        assert retired.status == 200


# --- finding --------------------------------------------------------------------------------------


def test_the_list_is_searched_and_filtered(editor: Editor) -> None:
    def found(query: str) -> list[str]:
        page = editor.get(f"/editor/?{query}")
        return [code.get_text() for code in page.soup.select(".claims code")]

    assert found("q=HARBOUR") == [BRIDGE.id]
    assert found("q=Gazette") == [BRIDGE.id]
    assert MAYOR.id in found("status=supported")
    assert BRIDGE.id not in found("status=supported")
    assert found("publisher=checkers") == [BRIDGE.id]
    assert found("language=fr") == []
    assert found("language=%3F%3F") == []
    assert found("show=attention") == []


@pytest.mark.parametrize("query", ["q=%00", "publisher=%01", "after=%00"])
def test_what_no_database_can_search_for_is_refused(editor: Editor, query: str) -> None:
    assert editor.get(f"/editor/?{query}").status == 422


def test_a_list_of_many_claims_is_paged_in_the_order_of_ids() -> None:
    many = tuple(replace(MAYOR, id=f"m{n:03}") for n in range(60))
    with application(many) as app:
        editor = Editor(app)
        page = editor.sign_in()
        seen = []
        while True:
            seen += [code.get_text() for code in page.soup.select(".claims code")]
            following = page.soup.select_one("a[rel=next]")
            if following is None:
                break
            page = editor.get(str(following["href"]))
        assert seen == [claim.id for claim in many]
        assert "60 claims" in page.text


def test_a_statement_is_looked_up_among_all_claims(editor: Editor) -> None:
    page = editor.get("/editor/lookup")
    page = editor.send(
        page, "/editor/lookup", "look-up", text="the bridge in the harbour was closed for cracks"
    )
    assert page.soup.select_one(".claims code").get_text() == BRIDGE.id


# --- writing --------------------------------------------------------------------------------------


def test_a_claim_is_written_with_phrasings_reviews_and_positions(editor: Editor) -> None:
    page = editor.get("/editor/claims/new")
    for group in ("phrasings", "reviews", "positions"):
        page = editor.send(page, "/editor/claim", f"add-{group}")
    page = editor.send(
        page,
        "/editor/claim",
        "save",
        text="The lake of Brenning froze in June 2018.",
        language="en",
        claimant="A radio host",
        phrasings__0__text="Le lac de Brenning a gelé en juin 2018.",
        phrasings__0__language="fr",
        reviews__0__publisher="Checkers",
        reviews__0__rating="False",
        reviews__0__url="https://checkers.example/lake",
        reviews__0__date="2018-07",
        positions__0__party="The weather service",
        positions__0__stance="denies",
        positions__0__url="https://weather.example/lake",
    )
    assert (page.status, "The claim is saved." in page.text) == (200, True)
    id = page.form("/editor/claim")["id"]
    assert id.startswith("the-lake-of-brenning-froze-in-")
    claim = editor.store.get(id)
    assert claim.reviews == (
        Review("Checkers", "False", "https://checkers.example/lake", "", "2018-07", "en"),
    )
    assert claim.positions == (Position("The weather service", "denies", "https://weather.example/lake"),)
    assert [phrasing.language for phrasing in claim.phrasings] == ["fr"]
    (entry,) = editor.store.audit.history(id)
    assert (entry.actor, entry.action) == (
        "test_a_claim_is_written_with_phrasings_reviews_and_positions",
        "add",
    )


def test_a_claim_is_edited_and_reads_as_it_was_where_nothing_was_touched(editor: Editor) -> None:
    page = editor.get("/editor/claim?id=bridge-closed")
    same = editor.send(page, "/editor/claim", "save")
    assert same.status == 200
    assert editor.store.get(BRIDGE.id) == BRIDGE
    page = editor.send(page, "/editor/claim", "remove-reviews-0")
    assert page.form("/editor/claim").keys().isdisjoint({"reviews-0-url"})
    editor.send(page, "/editor/claim", "save", claimant="")
    assert editor.store.get(BRIDGE.id) == replace(BRIDGE, claimant=None, reviews=())


def test_every_mistake_is_said_at_its_field_and_nothing_typed_is_lost(editor: Editor) -> None:
    page = editor.get("/editor/claims/new")
    for group in ("phrasings", "reviews", "positions", "reviews"):
        page = editor.send(page, "/editor/claim", f"add-{group}")
    typed = {
        "text": "  ",
        "language": "English please",
        "id": "two words",
        "claimant": '<b>Somebody</b> & "others"',
        "phrasings-0-text": "Une autre phrase\nsur deux lignes",
        "phrasings-0-language": "français",
        "reviews-0-rating": "Faux",
        "reviews-0-url": "javascript:alert(1)",
        "reviews-0-date": "2024-02-31",
        "positions-0-party": "The mayor",
        "positions-0-url": "",
        "positions-0-title": "x" * 10_001,
        "try": "Some pasted text.",
    }
    sent = page.form("/editor/claim") | typed
    page = editor.post("/editor/claim", sent | {"do": "save"})
    assert page.status == 422
    assert set(page.mistakes()) == {
        "text", "language", "id", "phrasings-0-language", "reviews-0-publisher", "reviews-0-url",
        "reviews-0-date", "positions-0-url", "positions-0-title",
    }  # fmt: skip
    assert page.mistakes()["reviews-0-date"] == "This is no date. Write it as 2024-10-25, 2024-10 or 2024."
    again = page.form("/editor/claim")
    assert {name: again[name] for name in typed} == typed | {"text": ""}
    # The untouched second review is no mistake; each message belongs to its field and is linked.
    for name in page.mistakes():
        field = page.soup.find(id=name)
        assert field["aria-invalid"] == "true"
        assert f"{name}-mistake" in field["aria-describedby"]
        assert page.soup.select_one(f'.problem a[href="#{name}"]')
    assert page.soup.find("b") is None


def test_two_editors_never_overwrite_each_other_unseen(app: Flask, editor: Editor) -> None:
    other = Editor(app, "ben")
    other.sign_in()
    mine, theirs = editor.get("/editor/claim?id=bridge-closed"), other.get("/editor/claim?id=bridge-closed")
    other.send(theirs, "/editor/claim", "save", claimant="The Larnoc Courier")
    page = editor.send(mine, "/editor/claim", "save", text="The bridge of Larnoc was closed in 2019.")
    assert page.status == 409
    assert "Somebody else has saved this claim meanwhile" in page.text
    assert [li.get_text(" ", strip=True) for li in page.soup.select(".problem .lines li")] == [
        "gone: First made by Larnoc Gazette",
        "new: First made by The Larnoc Courier",
    ]
    assert editor.store.get(BRIDGE.id).claimant == "The Larnoc Courier"
    assert page.form("/editor/claim")["text"] == "The bridge of Larnoc was closed in 2019."
    editor.send(page, "/editor/claim", "save")
    assert editor.store.get(BRIDGE.id).text == "The bridge of Larnoc was closed in 2019."


def test_what_was_typed_survives_the_end_of_the_session(editor: Editor) -> None:
    page = editor.get("/editor/claim?id=bridge-closed")
    editor.client.delete_cookie("obelism_editor", domain="127.0.0.1", path="/editor")
    page = editor.send(page, "/editor/claim", "save", claimant="Écrit & gardé")
    assert (page.status, "What you had typed is kept" in page.text) == (401, True)
    page = editor.send(page, "/editor/sign-in", token="wrong")
    assert page.status == 401
    page = editor.send(page, "/editor/sign-in", token=editor.secret)
    page = editor.send(page, "/editor/claim", page.form("/editor/claim")["do"])
    assert "The claim is saved." in page.text
    assert editor.store.get(BRIDGE.id) == replace(BRIDGE, claimant="Écrit & gardé")


WRITING = (
    "/claim/retire",
    "/claim/revive",
    "/claim/floor",
    "/merges",
    "/merges/by-hand",
    "/merges/undo",
    "/feeds",
    "/feeds/remove",
    "/feedback",
)


@pytest.fixture
def another_writes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another change waits for the store all the while."""
    monkeypatch.setattr(service, "WRITE_PATIENCE_SECONDS", 0.01)
    with app.extensions["obelism"].one_writer():
        yield


@pytest.mark.usefixtures("another_writes")
@pytest.mark.parametrize("path", WRITING)
def test_while_another_change_waits_for_the_store_an_editor_s_change_is_not_begun(
    editor: Editor, path: str
) -> None:
    word = editor.get("/editor/claims/new").form("/editor/claim")["word"]
    page = editor.post(f"/editor{path}", {"word": word, "id": BRIDGE.id, "reason": "Twice."})
    assert page.status == 503
    assert "Nothing was changed" in page.text
    assert editor.store.get(BRIDGE.id) == BRIDGE


@pytest.mark.usefixtures("another_writes")
def test_while_another_change_waits_for_the_store_what_was_typed_stays(editor: Editor) -> None:
    page = editor.get("/editor/claim?id=bridge-closed")
    page = editor.send(page, "/editor/claim", "save", claimant="Somebody new")
    assert page.status == 503
    assert page.form("/editor/claim")["claimant"] == "Somebody new"
    assert editor.store.get(BRIDGE.id) == BRIDGE


def test_changing_the_language_keeps_what_was_typed(editor: Editor) -> None:
    page = editor.get("/editor/claim?id=bridge-closed")
    page = editor.send(page, "/editor/claim", "lang-fr", claimant="Somebody new")
    assert page.soup.html["lang"] == "fr"
    assert page.form("/editor/claim")["claimant"] == "Somebody new"
    assert editor.get("/editor/").soup.html["lang"] == "fr"


def test_an_id_that_is_taken_is_said_at_its_field(editor: Editor) -> None:
    page = editor.get("/editor/claims/new")
    page = editor.send(page, "/editor/claim", "save", id=MAYOR.id, text="Something.", language="en")
    assert (page.status, list(page.mistakes())) == (409, ["id"])
    assert editor.store.get(MAYOR.id) == MAYOR


def test_ids_with_slashes_and_signs_can_be_edited(editor: Editor) -> None:
    odd = replace(MAYOR, id="https://x.example/a?b=c&d#e%20")
    editor.store.put([odd])
    page = editor.get("/editor/?q=Odile")
    link = next(a for a in page.soup.select(".claims a") if "x.example" in str(a["href"]))
    page = editor.send(editor.get(str(link["href"])), "/editor/claim", "save", claimant="Me")
    assert editor.store.get(odd.id) == replace(odd, claimant="Me")


# --- preview --------------------------------------------------------------------------------------


def test_a_preview_judges_each_sentence_against_the_draft_and_keeps_nothing(
    app: Flask, editor: Editor
) -> None:
    text = (
        "The old harbour bridge was closed in 2019 because of cracks in its pillars, Larnoc radio said.\n"
        "The city denied that the old harbour bridge of Larnoc was closed in 2019.\n"
        "The swimming pool of zyxwv stays open until October."
    )
    page = editor.get("/editor/claim?id=bridge-closed")
    before = editor.store.latest_change()
    page = editor.send(page, "/editor/claim", "preview", **{"try": text})
    shown = [" ".join(li.get_text(" ").split()) for li in page.soup.select(".judged > ol > li")]
    assert len(shown) == 3
    assert "Note" in shown[0]
    assert "%" in shown[0]
    assert "harbour" in shown[0].partition("Why")[2]
    assert "denied" in shown[1].partition("2019.")[2]
    assert "No note" in shown[2]
    assert page.form("/editor/claim")["try"] == text
    assert editor.store.latest_change() == before
    database = app.extensions["obelism"].settings.sqlite_path
    assert all(b"zyxwv" not in file.read_bytes() for file in database.parent.rglob("*") if file.is_file())


def test_a_preview_shows_what_keeps_a_sentence_from_matching_and_what_is_there_already(
    editor: Editor,
) -> None:
    page = editor.get("/editor/claims/new")
    page = editor.send(
        page,
        "/editor/claim",
        "preview",
        text="The old harbour bridge of Larnoc was shut in 2019 after cracks were found.",
        language="en",
        **{"try": "The old harbour bridge of Larnoc was shut in 1987 after cracks were found."},
    )
    assert "Difference: date" in page.text
    assert "No note" in page.text
    assert BRIDGE.text in page.soup.select_one(".similar").get_text()


def test_a_preview_of_ordinary_news_gives_no_note(editor: Editor) -> None:
    page = editor.get("/editor/claim?id=bridge-closed")
    page = editor.send(page, "/editor/claim", "preview", example="ordinary")
    assert "0 sentences would get a note" in page.text


def test_a_preview_heeds_the_least_score_of_the_claim(editor: Editor) -> None:
    page = editor.get("/editor/claim?id=bridge-closed")
    page = editor.send(page, "/editor/claim/floor", floor="1")
    assert editor.store.score_floors() == {BRIDGE.id: 1.0}
    page = editor.send(
        page, "/editor/claim", "preview", **{"try": "The bridge of Larnoc was closed in 2019."}
    )
    assert "0 sentences would get a note" in page.text
    editor.send(page, "/editor/claim/floor", floor="")
    assert editor.store.score_floors() == {}


# --- out of service, and history ------------------------------------------------------------------


def test_a_claim_is_retired_for_a_reason_and_comes_back(editor: Editor) -> None:
    page = editor.get("/editor/claim?id=mayor-salary")
    page = editor.send(page, "/editor/claim/retire", reason=" ")
    assert (page.status, list(page.mistakes())) == (422, ["reason"])
    page = editor.send(page, "/editor/claim/retire", reason="It was a joke.")
    assert "out of service" in page.text
    assert editor.store.get(MAYOR.id) is None
    history = editor.get("/editor/history?id=mayor-salary")
    assert "It was a joke." in history.text
    assert MAYOR.text in editor.get("/editor/?show=retired").text
    page = editor.send(page, "/editor/claim/revive")
    assert editor.store.get(MAYOR.id) == MAYOR


def test_history_shows_who_changed_what_before_and_after(editor: Editor) -> None:
    page = editor.get("/editor/claim?id=bridge-closed")
    editor.send(page, "/editor/claim", "save", claimant="<i>The Courier</i>")
    history = editor.get("/editor/history?id=bridge-closed")
    newest = history.soup.select_one(".events li")
    assert "by test_history_shows_who_changed_what_before_and_after" in " ".join(newest.get_text(" ").split())
    assert [" ".join(li.get_text(" ").split()) for li in newest.select(".lines li")] == [
        "gone: First made by Larnoc Gazette",
        "new: First made by <i>The Courier</i>",
    ]
    assert "<i>" not in str(newest)


def test_a_page_about_nothing_says_so_in_a_page(editor: Editor) -> None:
    for address in ("/editor/claim?id=none", "/editor/history?id=none", "/editor/claim"):
        page = editor.get(address)
        assert page.status == 404
        assert "There is no such claim" in page.text
