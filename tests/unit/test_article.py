"""What is read of a page: its article in order, in its own characters, and what it says of itself."""

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from bs4.element import NavigableString

from obelism.article import Limits, read_article
from obelism.errors import NotAnArticle, PageTooLarge
from obelism.model import Article, Page
from obelism.statements import statements_of

PAGES = sorted((Path(__file__).parents[1] / "pages").glob("read-*"))
BODY = (
    "<p>The council met on Monday evening and agreed, after two hours, to mend the roof of the old library.</p>"
    "<p>Work will begin in spring, the mayor said, and should be done before the first autumn storms.</p>"
)
FRENCH = (
    "<p>Le conseil s’est réuni lundi soir et a décidé, après deux heures, de réparer le toit de la vieille "
    "bibliothèque.</p><p>Les travaux commenceront au printemps, a dit la maire, et dureront jusqu’à l’automne.</p>"
)

CARD = '<div class="item"><h2><a href="/{n}">Headline number {n} of this fine day</a></h2><p>{text}</p></div>'
TEASER = "The council met on Monday evening and agreed, after two hours, to mend the roof."


def read(html: str, url: str | None = None, language: str | None = None) -> Article:
    return read_article(Page(html, url, language))


def page(body: str = BODY, head: str = "", title: str = "<h1>The library gets a roof</h1>") -> str:
    return f"<html><head>{head}</head><body>{title}{body}</body></html>"


def blocks(article: Article) -> list[list[str]]:
    return [[block.kind, article.text[block.start : block.end]] for block in article.blocks]


@pytest.mark.parametrize("folder", PAGES, ids=[folder.name for folder in PAGES])
def test_a_golden_page_is_read_block_by_block(folder):
    html = (folder / "page.html").read_text("utf-8")
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    article = read(html)
    assert blocks(article) == gold["blocks"]
    assert [article.title, article.language, article.published, article.kind] == [
        gold["title"],
        gold["language"],
        gold["published"],
        gold["kind"],
    ]
    for absent in gold["absent"]:
        assert absent in html, "the page was to hold what must not be read"
        assert absent not in article.text


@pytest.mark.parametrize("folder", PAGES, ids=[folder.name for folder in PAGES])
def test_every_statement_of_a_golden_page_is_found_in_its_text_nodes(folder):
    html = (folder / "page.html").read_text("utf-8")
    nodes = (node for node in BeautifulSoup(html, "lxml").descendants if type(node) is NavigableString)
    text = re.sub(r"\s+", "", "".join(nodes))
    for statement in statements_of(read(html)):
        if folder.name != "read-hidden-text":  # hidden words stand inside its sentences
            assert re.sub(r"\s+", "", statement.text) in text


# --- the headline ---------------------------------------------------------------------------------


def test_the_headline_is_the_first_block_in_the_characters_of_the_page():
    title = "<h1>The «\u00a0library\u00a0»<br>gets a <em>roof</em></h1>"
    article = read(page(title=title, head="<title>The « library » gets a roof – Daily Reed</title>"))
    assert blocks(article)[0] == ["title", "The «\u00a0library\u00a0» gets a roof"]
    assert article.title == "The «\u00a0library\u00a0» gets a roof"
    assert article.body.startswith("The council met")


def test_the_headline_is_found_without_any_heading_by_what_the_page_is_called():
    head = "<title>Daily Reed: The library gets a roof</title>"
    title = '<div class="top"><a href="/">Daily Reed</a></div><div><b>The library gets a roof</b></div>'
    assert blocks(read(page(title=title, head=head)))[0] == ["title", "The library gets a roof"]


def test_a_page_that_leaves_head_and_body_out_as_html_allows_is_read():
    article = read(f"<!doctype html><title>Roofs</title><main><h1>The library gets a roof</h1>{BODY}</main>")
    assert article.title == "The library gets a roof"
    assert [kind for kind, _ in blocks(article)] == ["title", "text", "text"]


def test_the_logo_in_a_main_heading_is_not_the_headline():
    head = '<meta property="og:title" content="The library gets a roof">'
    title = "<h1>The Daily Reed of Reedham</h1><h2>The library gets a roof</h2>"
    assert read(page(title=title, head=head)).title == "The library gets a roof"


def test_a_headline_that_the_page_does_not_show_is_named_and_not_quoted():
    article = read(page(title="", head="<title>The library gets a roof | Daily Reed</title>"))
    assert article.title == "The library gets a roof"
    assert article.blocks[0].kind == "text"


# --- the text ------------------------------------------------------------------------------------


def test_blocks_are_the_text_joined_by_blank_lines():
    article = read(page())
    assert article.text == "\n\n".join(text for _, text in blocks(article))


def test_a_box_that_holds_much_of_the_text_stays_whatever_its_name():
    halves = BODY.split("</p>")
    text = f'<div>{halves[0]}</p><div class="widget promo">{halves[1]}</p></div></div>' + BODY.replace(
        "Monday", "Tuesday"
    )
    assert "Work will begin in spring" in read(page(text)).text


def test_readers_talk_goes_even_where_it_is_longer_than_the_article():
    talk = "".join(
        f"<li><p>{'I have always said that this town is run by fools. ' * 6}{n}</p></li>" for n in range(9)
    )
    article = read(page(f'<div>{BODY}<div class="comments-list"><ul>{talk}</ul></div></div>'))
    assert "run by fools" not in article.text


def test_names_that_most_paragraphs_bear_mean_nothing():
    paragraphs = "".join(
        f'<p class="share-enabled ad-text">The mayor said so in speech number {n}, which was a short one.</p>'
        for n in range(9)
    )
    assert read(page(f"<div>{paragraphs}</div>")).text.count("The mayor said so") == 9


def test_the_next_story_of_an_endless_page_is_not_this_one():
    story = "".join(
        f"<p>The harbour was dredged for the {n}th time this year, and the fishermen complained.</p>"
        for n in range(20)
    )
    own = f"<article><h1>The library gets a roof</h1>{BODY}{BODY.replace('Monday', 'Friday')}</article>"
    html = page(
        f"{own}<article><h1>Harbour dredged again</h1>{story}</article>",
        "<title>The library gets a roof</title>",
        "",
    )
    assert "harbour" not in read(html).text


def test_a_brief_is_not_lost_beside_a_long_list_of_teasers():
    cards = "".join(CARD.format(n=n, text=f"{TEASER} {n}.") for n in range(30))
    article = read(
        page(f"<div>{BODY}</div><div>{cards}</div>", '<meta property="og:type" content="article">')
    )
    assert blocks(article)[1:] == [["text", text] for text in re.findall(r"<p>(.*?)</p>", BODY)]


@pytest.mark.parametrize(
    "box",
    [
        "<aside><p>The library was built in 1890 by a brewer who could not read, it is told in the town.</p></aside>",
        "<figure><img><figcaption>The roof of the library last week, after the storm had passed.</figcaption></figure>",
        "<table><tr><th>Year</th><th>Cost</th></tr><tr><td>1990</td><td>ten thousand pounds</td></tr></table>",
        '<div class="newsletter"><p>Our morning letter tells you what the council will do, before it does.</p></div>',
        '<div role="navigation"><p>All that the council has decided since the war, year by year.</p></div>',
        '<p><a href="/x">All that the council has decided since the war, year by year and road by road</a></p>',
        "<p>Read more: the long war about the roof of the library, year by year</p>",
        "<p>Photo: The roof of the library, by our reader Joan</p>",
        "<p>Advertisement</p>",
        "<p>Reporting by Ann Reed in Reedham; Editing by Tom Wick</p>",
        "<p>Our Standards: The Reed Principles of trust, which bind us all.</p>",
        "<p>(Avec AFP)</p>",
        "<p>Il vous reste 67.03\u00a0% de cet article à lire. La suite est réservée aux abonnés.</p>",
    ],
)
def test_furniture_between_paragraphs_is_not_read(box):
    halves = BODY.split("</p>")
    article = read(page(f"<div>{halves[0]}</p>{box}{halves[1]}</p></div>"))
    assert [kind for kind, _ in blocks(article)] == ["title", "text", "text"]


def test_headings_quotes_and_items_are_told_apart():
    parts = "<h2>What it costs</h2><ul><li>Slate: nine thousand pounds, as the builder wrote.</li></ul>"
    parts += "<blockquote><p>We have waited for nine years and nine winters.</p></blockquote>" + BODY.replace(
        "Monday", "Friday"
    )
    kinds = [kind for kind, _ in blocks(read(page(f"<div>{BODY}{parts}</div>")))]
    assert kinds == ["title", "text", "text", "heading", "item", "quote", "text"]


def test_a_heading_over_a_list_of_links_goes_with_it():
    links = "<h3>From our archive</h3>" + "".join(
        f'<p><a href="/{n}">The storm of 199{n}</a></p>' for n in range(3)
    )
    article = read(page(f"<div>{BODY}{links}{BODY.replace('Monday', 'Friday')}</div>"))
    assert "archive" not in article.text


# --- what is no article ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("", "no tags"),
        ("Just some words, no page at all.", "no tags"),
        ("http://example.org/page.html", "no tags"),
        ("<html></html>", "No article"),
        ("<html><body></body></html>", "No article"),
        ("<p>Page not found.</p>", "No article"),
        ("<html><body><form><input><button>Log in</button></form></body></html>", "No article"),
        (
            "<ul>" + '<li><a href="/x">A headline that leads to some other page</a></li>' * 30 + "</ul>",
            "No article",
        ),
        (
            "<script>" + "var a = 'The council met on Monday evening and agreed.';" * 40 + "</script>",
            "No article",
        ),
        (
            '<div id="app"></div><div class="cookie-banner"><p>We use cookies to measure what our readers like, and '
            "to show them advertising that suits them. You can refuse.</p></div>",
            "No article",
        ),
        ("".join(CARD.format(n=n, text=f"{TEASER} {n}.") for n in range(12)), "lists articles"),
    ],
)
def test_a_page_without_an_article_is_refused(html, why):
    with pytest.raises(NotAnArticle, match=why):
        read(html)


def test_a_digest_that_says_it_is_one_article_is_read():
    cards = "".join(CARD.format(n=n, text=f"{TEASER} {n}.") for n in range(12))
    assert TEASER in read(page(cards, head='<meta property="og:type" content="article">')).text


# --- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(max_bytes=200), "bytes; the limit is 200"),
        (Limits(max_tags=5), "tags; the limit is 5"),
        (Limits(max_depth=1), "more than 1 deep"),
        (Limits(max_text=100), "characters; the limit is 100"),
    ],
)
def test_a_page_over_a_limit_is_refused_with_the_limit(limits, why):
    with pytest.raises(PageTooLarge, match=why):
        read_article(Page(page()), limits)


def test_bytes_are_counted_as_utf_8():
    html = page("<p>" + "é" * 400 + "</p>")
    with pytest.raises(PageTooLarge):
        read_article(Page(html), Limits(max_bytes=len(html) + 100))


# --- what the page says of itself ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "body", "given", "language"),
    [
        ('lang="en-GB"', BODY, None, "en"),
        ('lang="fr"', FRENCH, None, "fr"),
        ("", BODY, None, "en"),
        ("", FRENCH, None, "fr"),
        ('lang="en"', FRENCH, None, "fr"),  # the template was copied from an English site
        ('lang="fr"', BODY, "en", "en"),
        (
            'lang="cy"',
            "<p>" + "Cyfarfu'r cyngor nos Lun a chytuno i drwsio to'r llyfrgell. " * 4 + "</p>",
            None,
            "cy",
        ),
        ("", "<p>" + "Xyzzy plugh frotz blorb gnusto rezrov. " * 9 + "</p>", None, "und"),
        ('lang="ces"', "<p>" + "Xyzzy plugh frotz blorb gnusto rezrov. " * 9 + "</p>", None, "cs"),
    ],
)
def test_language(attributes, body, given, language):
    assert (
        read(f"<html {attributes}><body><div>{body}</div></body></html>", language=given).language == language
    )


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    ("head", "url", "published"),
    [
        (ld('{"@type":"NewsArticle","datePublished":"2024-10-25T08:30:00+02:00"}'), None, "2024-10-25"),
        (
            ld('{"@graph":[{"@type":["Thing","BlogPosting"],"datePublished":"2020-10-07 20:05"}]}'),
            None,
            "2020-10-07",
        ),
        (ld('[{"@type":"Person"},{"@type":"Article","datePublished":"20201007T2005"}]'), None, "2020-10-07"),
        (ld("<!-- " + '{"@type":"NewsArticle","datePublished":"2024-10-25"}' + " -->"), None, "2024-10-25"),
        (
            ld('{"@type":"NewsArticle","datePublished":"2024-1') + '<meta name="date" content="2021-02-03">',
            None,
            "2021-02-03",
        ),
        ('<meta property="article:published_time" content="2021-02-03T04:05:06Z">', None, "2021-02-03"),
        ('<meta itemprop="datePublished" content="Mon, 05 Dec 2016 10:00:00 GMT">', None, "2016-12-05"),
        (
            '<meta name="pubdate" content="soon"><meta name="dc.date" content="1999-12-31">',
            None,
            "1999-12-31",
        ),
        ('<meta name="date" content="2021-02-31">', None, None),
        ('<meta name="date" content="5 Dec 2016 10:00:00 +9999999999999999">', None, None),
        ("", "https://example.org/2019/11/08/roof", "2019-11-08"),
        ("", "https://example.org/news/20191108", None),
        ("", None, None),
    ],
)
def test_day_of_publication(head, url, published):
    assert read(page(head=head), url).published == published


def test_day_of_publication_from_what_readers_see():
    assert read(page(BODY + '<time datetime="2018-03-27T10:00Z">Tuesday</time>')).published == "2018-03-27"
    assert read(page(BODY + '<span class="meta__date">2024-10-25</span>')).published == "2024-10-25"


@pytest.mark.parametrize(
    ("head", "url", "kind"),
    [
        ("", "https://example.org/news/roof", "news"),
        ("", "https://example.org/opinion/roof", "opinion"),
        ("", "https://example.org/idees/tribune/roof-1", "opinion"),
        ("", "https://example.org/voices/roof", "opinion"),
        ("", "https://example.org/debats/2024/roof", "opinion"),
        ("", "https://example.org/news/opinion-polls-on-roofs", "news"),
        ("", "https://example.org/satire/roof", "satire"),
        ('<meta property="article:section" content="Éditoriaux">', None, "opinion"),
        (ld('{"@type":"OpinionNewsArticle"}'), None, "opinion"),
        (ld('{"@type":"NewsArticle","articleSection":["Local","Satire"]}'), None, "satire"),
        (ld('{"@type":"SatiricalArticle"}'), None, "satire"),
        (ld('{"@type":"AnalysisNewsArticle"}'), None, "news"),
    ],
)
def test_kind_of_page(head, url, kind):
    assert read(page(head=head), url).kind == kind


HERE = "https://check.example/roof"


@pytest.mark.parametrize(
    "markup",
    [
        ld('{"@type":"ClaimReview","url":"https://check.example/roof"}'),
        ld('{"@graph":[{"@type":["ClaimReview"],"url":"http://www.check.example/roof/?utm=1#c2"}]}'),
        ld('{"@type":"ClaimReview","url":"/roof"}'),
        ld('{"@type":"ClaimReview"}'),
        '<div itemscope itemtype="https://schema.org/ClaimReview"><div itemprop="author" itemscope><a itemprop="url" '
        'href="https://check.example/">Us</a></div><link itemprop="url" href="https://check.example/roof"></div>',
    ],
)
def test_a_page_with_a_claim_review_of_its_own_is_a_fact_check(markup):
    assert read(page(BODY + markup), HERE).is_fact_check


def test_a_page_that_shows_another_page_s_claim_review_is_no_fact_check():
    markup = ld('{"@type":"ClaimReview","url":"https://other.example/roof"}')
    assert read(page(BODY + markup), HERE).kind == "news"


def test_the_page_s_own_address_may_come_from_its_canonical_link():
    head = f'<link rel="canonical" href="{HERE}">' + ld('{"@type":"ClaimReview","url":"/roof"}')
    assert read(page(head=head)).is_fact_check
    head = head.replace('/roof"}', '/other"}')
    assert not read(page(head=head)).is_fact_check


@pytest.mark.parametrize("url", [None, HERE, "http://["])
@pytest.mark.parametrize("canonical", ["", '<link rel="canonical" href="http://[">'])
def test_an_address_that_is_none_is_no_address_of_the_page(url, canonical):
    review = '{"@type":"ClaimReview","url":"%s"}'
    assert read(page(head=canonical + ld(review % "/roof")), url).is_fact_check
    assert read(page(head=canonical + ld(review % "http://[")), HERE).kind == "news"
