"""GET / and POST /: paste an article, read its notes beside it; without script, in two languages."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from obelism.api.front import html_of
from obelism.model import Article, Block, Note, Quote, Reading, Review
from serving import ARTICLE, BRIDGE, MAYOR, SENTENCES, application, program, token

WEB = Path(__file__).parents[2] / "server" / "obelism" / "web"


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    with application() as app:
        yield app


def page(app: Flask, *, lang: str = "en", **form: str) -> BeautifulSoup:
    headers = {"Accept-Language": lang}
    client = program(app)
    answer = client.post("/", data=form, headers=headers) if form else client.get("/", headers=headers)
    assert answer.mimetype == "text/html"
    return BeautifulSoup(answer.text, "lxml")


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    (found,) = soup.select(selector)
    return found


def test_the_page_speaks_the_readers_language_and_can_be_switched(app: Flask) -> None:
    assert one(page(app, lang="fr-CA,fr;q=0.8"), "html")["lang"] == "fr"
    assert one(page(app, lang="de"), "html")["lang"] == "en"
    asked = program(app).get("/?lang=fr", headers={"Accept-Language": "en"})
    assert 'lang="fr"' in asked.text
    assert one(page(app, text=ARTICLE, lang="en"), "html")["lang"] == "en"
    switched = program(app).post("/", data={"text": ARTICLE, "lang": "fr", "shown": "en"})
    assert "1 sur une affirmation contestée" in switched.text


def test_both_languages_have_all_words() -> None:
    words = json.loads((WEB / "strings.json").read_text("utf-8"))
    assert words["en"].keys() == words["fr"].keys()
    for name, english in words["en"].items():
        assert re.findall(r"\{\w*\}", english) == re.findall(r"\{\w*\}", words["fr"][name]), name


def test_a_pasted_page_is_shown_with_its_notes_in_the_margin(app: Flask) -> None:
    soup = page(app, text=ARTICLE)
    assert "6 sentences read, 1 note, 1 on a contested claim." in one(soup, "#counts").text
    assert "no clean bill" in one(soup, "#counts").text
    mark = one(soup, "a.mark")
    note = one(soup, "article.note")
    assert mark.text.startswith(BRIDGE.text)
    assert mark["href"] == f"#{note['id']}"
    assert one(note, ".level a")["href"] == f"#{mark['id']}"
    assert "flag" in note["class"]
    assert one(note, "h2").text == BRIDGE.text
    assert [link["href"] for link in note.select("li a")] == [BRIDGE.reviews[0].url, BRIDGE.positions[0].url]
    assert "City of Larnoc denies it" in note.text
    paragraphs = [block.text for block in soup.select(".block")]
    assert paragraphs[1] == SENTENCES[0]
    assert mark.find_parent(class_="row") == note.find_parent(class_="row")


def test_a_claim_that_comes_again_is_told_once_and_referred_to() -> None:
    """Also where the very same sentence comes again: its surroundings tell which one is meant."""
    told, between = BRIDGE.text, "Nobody in the town could say why."
    text = "\n\n".join([told, between, told])
    last = len(text) - len(told)
    blocks = (
        Block(0, len(told), "text"),
        Block(len(told) + 2, last - 2, "text"),
        Block(last, len(text), "text"),
    )
    notes = [
        Note("one", Quote(told, "", f" {between}"[:32]), BRIDGE, "refuted", "asserted", None, "flag", 0.9),
        Note(
            "two",
            Quote(told, f"{between} "[-32:], ""),
            BRIDGE,
            "refuted",
            "denied",
            "the mayor",
            "context",
            0.9,
        ),
        Note(
            "lost", Quote("Not in this text.", "", ""), MAYOR, "supported", "asserted", None, "context", 0.9
        ),
    ]
    reading = Reading(Article(text, blocks, "", "en"), 3, tuple(notes))
    with application() as app:
        app.extensions["obelism"].pipeline.read = lambda page: reading
        soup = page(app, text=told)
    first, second, lost = soup.select("article.note")
    assert one(second, f"a[href='#{first['id']}']")
    assert "Checkers" in first.text
    assert "Checkers" not in second.text
    assert "Denied or refuted here (source: the mayor)." in second.text
    rows = soup.select(".row")
    assert [first in row.descendants for row in rows] == [True, False, False, False]
    assert [second in row.descendants for row in rows] == [False, False, True, False]
    assert [lost in row.descendants for row in rows] == [False, False, False, True]


def test_the_claim_is_shown_in_the_readers_language_where_it_has_one(app: Flask) -> None:
    heading = one(page(app, text=ARTICLE, lang="fr"), ".note h2")
    assert (heading["lang"], heading.text) == ("fr", BRIDGE.phrasings[0].text)


def test_pasted_text_is_read_as_an_article_too(app: Flask) -> None:
    soup = page(app, text="Quiet days in Larnoc\n\n" + "\n\n".join(SENTENCES))
    assert one(soup, "h2.block").text == "Quiet days in Larnoc"
    assert len(soup.select("article.note")) == 1


def test_the_html_of_the_clipboard_counts_more_than_its_text(app: Flask) -> None:
    soup = page(app, text="as shown in the field", html=ARTICLE)
    assert len(soup.select("article.note")) == 1
    assert one(soup, "textarea").text.strip() == "as shown in the field"


def test_what_holds_no_article_is_told_in_words_and_kept_in_the_field(app: Flask) -> None:
    answer = program(app).post("/", data={"text": "Log in"}, headers={"Accept-Language": "fr"})
    soup = BeautifulSoup(answer.text, "lxml")
    assert answer.status_code == 422
    assert "Aucun article" in one(soup, "[role=alert]").text
    assert one(soup, "textarea").text.strip() == "Log in"


@pytest.mark.parametrize("field", ["text", "html"])
def test_what_is_over_the_limit_is_refused_and_not_sent_back(field: str) -> None:
    with application(max_html_bytes=1 << 20, max_statements=700) as app:
        answer = program(app).post("/", data={"text": "Quiet days", field: '"' * ((1 << 20) + 1)})
    assert answer.status_code == 413
    soup = BeautifulSoup(answer.text, "lxml")
    assert one(soup, "textarea").text.strip() == ""
    told = one(soup, "[role=alert]").text
    assert "at most 1 MB, with its markup, and 700 sentences" in told
    assert "Paste a part of it." in told


def test_each_line_of_a_text_is_a_paragraph_and_a_short_first_one_the_title() -> None:
    assert html_of("Quiet days \r\n\r\n One.\rTwo & three.\n") == (
        "<article><h1>Quiet days</h1><p>One.</p><p>Two &amp; three.</p></article>"
    )
    assert html_of("One.\nTwo.") == "<article><p>One.</p><p>Two.</p></article>"
    assert html_of(" One ") == "<article><p>One</p></article>"


@pytest.mark.parametrize(
    ("scopes", "status", "said"),
    [((), 401, "ceux qui ont un jeton"), (("edit",), 403, "Ce jeton ne permet pas")],
)
def test_who_may_not_have_texts_checked_is_told_so(scopes: tuple[str, ...], status: int, said: str) -> None:
    with application(access="token") as app:
        far = program(app)
        far.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        headers = {"Accept-Language": "fr"} | (token(app, *scopes) if scopes else {})
        answer = far.post("/", data={"text": ARTICLE}, headers=headers)
    assert answer.status_code == status
    assert said in one(BeautifulSoup(answer.text, "lxml"), "[role=alert]").text


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"text=" + b"a" * 17_000_000, "application/x-www-form-urlencoded", 413),
        (b"text=" + b"%61" * 5_400_000, "application/x-www-form-urlencoded", 413),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"text=%ff%fe%00", "application/x-www-form-urlencoded", 422),
        (b"&".join([b"a=1"] * 50), "application/x-www-form-urlencoded", 422),
        (b"text=+%0a+", "application/x-www-form-urlencoded", 200),
        (b"", "application/x-www-form-urlencoded", 200),
    ],
)
def test_odd_forms_end_in_a_page(app: Flask, content: bytes, content_type: str, status: int) -> None:
    answer = program(app).post("/", data=content, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'


def test_text_of_pages_and_claims_is_only_ever_text() -> None:
    claim = replace(
        BRIDGE,
        claimant=HOSTILE,
        reviews=(Review(HOSTILE, HOSTILE, "https://checkers.example/a?b='c", HOSTILE, "2020-01-01", "en"),),
    )
    with application((claim,)) as app:
        text = f"Quiet {HOSTILE} days\n\n" + "\n\n".join(
            [*SENTENCES, f"Somebody wrote {HOSTILE} on the wall."]
        )
        soup = page(app, text=text)
    notes = soup.select("article.note")
    assert notes
    assert all(HOSTILE in note.text for note in notes)
    assert HOSTILE in one(soup, "textarea").text
    assert [script["src"] for script in soup.select("script")] == ["/static/obelism.js"]
    assert not soup.select("img, iframe, object, embed, style, [onerror], [onclick], [style]")
    assert "49" not in soup.text


def test_nothing_comes_from_elsewhere_and_nothing_is_inline(app: Flask) -> None:
    for soup in (page(app), page(app, text=ARTICLE)):
        assert not [script for script in soup.select("script") if script.string]
        loaded = [tag.get("src") or tag.get("href") for tag in soup.select("script, link, img")]
        assert all(str(address).startswith("/static/") for address in loaded)
        for link in soup.select("a[href^=http]"):
            assert {"noreferrer", "noopener"} <= set(link["rel"])


def test_the_sources_open_beside_the_notes(app: Flask) -> None:
    """The notes are the answer to a form that nobody may keep: a way back from elsewhere would find them gone."""
    links = page(app, text=ARTICLE).select("article.note a[href^=http]")
    assert [link.get("target") for link in links] == ["_blank", "_blank"]


@pytest.mark.parametrize("name", ["obelism.css", "obelism.js", "obelus.svg"])
def test_style_and_script_are_files_of_the_service(app: Flask, name: str) -> None:
    with program(app).get(f"/static/{name}") as answer:
        assert answer.status_code == 200
        assert answer.data == (WEB / "static" / name).read_bytes()
