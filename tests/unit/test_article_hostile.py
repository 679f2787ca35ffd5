"""Pages made to break a reader of pages: each is read or refused, in time, and never with a traceback."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.extraction import HOSTILE, STORY, outcome
from obelism.article import Limits, read_article
from obelism.article.markup import parse, utf8_size
from obelism.errors import BadInput, PageTooLarge
from obelism.model import Page
from obelism.statements import statements_of


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_or_refused_in_one_line(name):
    assert 10 < len(outcome(HOSTILE[name]())) < 200


@pytest.mark.parametrize(
    "name", ["a million <!--", "deep JSON-LD", "wide JSON-LD", "90,000 dates", "a class of 4 MB"]
)
def test_the_article_beside_the_attack_is_read(name):
    assert "The council met on Monday evening" in read_article(Page(HOSTILE[name]())).text


def test_nul_bytes_are_no_part_of_the_text_as_in_browsers():
    assert "The council met" in read_article(Page(STORY.replace("council", "coun\0cil"))).text


def test_half_a_surrogate_pair_is_shown_as_unreadable():
    article = read_article(Page(STORY.replace("council", "council \ud83d")))
    assert "The council \ufffd met" in article.text
    article.text.encode("utf-8")


@pytest.mark.parametrize(
    "start",
    [
        '<?xml version="1.0" encoding="utf-16"?>',
        '\n<?xml version="1.0"?><!DOCTYPE html>',
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    ],
)
def test_an_xml_declaration_changes_nothing(start):
    assert "The council met" in read_article(Page(start + STORY)).text


def test_a_declared_charset_does_not_read_the_text_anew():
    html = '<meta charset="iso-8859-1">' + STORY.replace("mayor", "maïre’s “œuvre” €")
    assert "maïre’s “œuvre” €" in read_article(Page(html)).text


@pytest.mark.parametrize("sign", ["<", "&lt;"])
def test_a_text_that_the_parser_gives_by_the_character_is_not_kept_by_the_character(sign):
    html = f"<p>{sign * 1_000_000}"
    tracemalloc.start()
    try:
        soup = parse(html, Limits())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert soup.p.string == "<" * 1_000_000
    assert most < 6_000_000


@pytest.mark.parametrize("text", ["", "a" * 200_000, "é" * 200_000, "\ud83d🙂é" * 70_000])
def test_the_size_of_a_text_is_that_of_its_bytes(text):
    assert utf8_size(text) == len(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("tag", ["div", "span", "table><tr><td", "x-y"])
def test_elements_may_stand_inside_one_another_only_so_deep(tag):
    assert "The council met" in read_article(Page(f"<{tag}>" * 300 + STORY)).text
    with pytest.raises(PageTooLarge, match="more than 1,000 deep"):
        read_article(Page(f"<{tag}>" * 1_001 + STORY))


_TAGS = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<a href=x>",
    "</a>",
    "<br>",
    "<h1>",
    "</h1>",
    "<li>",
]
_TAGS += ["<td>", "<table>", "<script>", "</script>", "<!--", "-->", "<div class='comments'>", "<p hidden>"]
_PIECES = st.one_of(
    st.sampled_from([*_TAGS, "&amp;", "&#0;", "\0", "\ud800", STORY]),
    st.text(max_size=30),
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_page_is_read_or_refused(html):
    try:
        article = read_article(Page(html))
    except BadInput:
        return
    assert article.text == "\n\n".join(article.text[block.start : block.end] for block in article.blocks)
    assert all(block.start < block.end for block in article.blocks)
    for statement in statements_of(article):
        assert article.text[statement.start : statement.end] == statement.text
