"""Sources that are nearly what they should be: every good claim is kept, the rest is named, and all adds up."""

from __future__ import annotations

import csv
import io
import itertools
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from obelism.errors import BadInput
from obelism.imports import Import, import_claims
from obelism.ingest import Rejected, load, sitemaps, tables
from obelism.model import Claim
from obelism.records import parse
from obelism.store import PutSummary, open_store

SITE = "https://checks.example"
tried = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# What stands where something else should: of another type, enormous, or nothing that anybody could read.
odd = st.recursive(
    st.sampled_from([None, True, 0, -1, 10**400, 1e308, float("nan"), "", " ", "\0", "\ud800", "a" * 10_001])
    | st.text(max_size=8)
    | st.sampled_from(
        ["&amp;#0;", "<b>", "=1+1", "javascript:alert(1)", "http://[", "//x", "2024-13-99", "en_"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@type", "@value", "url"]), inner, max_size=2)
    ),
    max_leaves=6,
) | st.sampled_from([[[]] * 1_001, [{}] * 1_001, json.loads("[" * 200 + "]" * 200)])


def nearly(whole: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """`whole`, with some of its fields dropped, and some replaced by what does not belong there."""
    names = st.sampled_from(sorted(whole))
    return st.builds(
        lambda dropped, wrong: {
            name: value for name, value in {**whole, **wrong}.items() if name not in dropped
        },
        st.sets(names, max_size=2),
        st.dictionaries(names, odd, max_size=2),
    )


def mixed(
    good: Callable[[int], Any], bad: Callable[[int], st.SearchStrategy[Any]]
) -> st.SearchStrategy[list[tuple[bool, Any]]]:
    """Up to eight parts of a source, each with whether it is good; `good` and `bad` make the one with a number."""

    def part(number: int) -> st.SearchStrategy[tuple[bool, Any]]:
        return st.just((True, good(number))) | bad(number).map(lambda made: (False, made))

    return st.integers(1, 8).flatmap(lambda count: st.tuples(*map(part, range(count)))).map(list)


def record(number: int) -> dict[str, Any]:
    review = {"publisher": "Check", "rating": "False", "url": f"{SITE}/{number}", "date": "2024-10-25"}
    position = {"party": "The mayor", "stance": "denies", "url": f"{SITE}/said/{number}"}
    return {
        "id": f"number-{number}",
        "text": f"Claim number {number} is so",
        "language": "en",
        "claimant": "Somebody",
        "phrasings": [{"text": f"It is so, says number {number}", "language": "en"}],
        "reviews": [review],
        "positions": [position],
    }


def review(number: int) -> dict[str, Any]:
    return {
        "@type": "ClaimReview",
        "claimReviewed": f"Claim number {number} is so",
        "url": f"{SITE}/{number}",
        "author": {"@type": "Organization", "name": "Check"},
        "reviewRating": {"@type": "Rating", "alternateName": "False"},
        "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Somebody"}},
        "datePublished": "2024-10-25",
        "inLanguage": "en",
    }


def imported(path: Path, url: str) -> tuple[list[Claim | Rejected], list[Import]]:
    """What a file holds, and what became of it when it was imported twice."""
    found = list(load(str(path)))
    store = open_store(url)
    try:
        return found, [import_claims(store, load(str(path)), "test") for _ in range(2)]
    finally:
        store.close()


@pytest.fixture
def database(tmp_path: Path, sqlite_template: Path) -> Callable[[], str]:
    """Gives the address of another empty database, each time."""
    numbers = itertools.count()
    return lambda: f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'claims{next(numbers)}.db')}"


def assert_all_adds_up(found: list[Claim | Rejected], first: Import, again: Import) -> None:
    rejected = sum(isinstance(entry, Rejected) for entry in found)
    assert (first.kept.total, first.rejected) == (len(found) - rejected, rejected)
    assert again == replace(first, kept=PutSummary(unchanged=first.kept.total))


def texts(found: Iterable[Claim | Rejected]) -> list[str]:
    return [entry.text for entry in found if isinstance(entry, Claim)]


def said(parts: list[tuple[bool, Any]]) -> set[str]:
    return {part.get("text") or part["claimReviewed"] for good, part in parts if good}


# --- JSON -----------------------------------------------------------------------------------------


broken = st.sampled_from(
    ["{", "[" * 100_000, '{"id": "a"}{', "NaN,", '{"id": "a', f'{{"id": 1, "text": {"9" * 5_000}}}']
) | st.integers(1, 300).map(lambda cut: json.dumps(record(0))[:cut])


def wrong_line(number: int) -> st.SearchStrategy[str]:
    # Those of number 100 may be several, of one id.
    return (nearly(record(number + 100)) | nearly(record(100)) | odd).map(json.dumps) | broken


@tried
@given(parts=mixed(record, wrong_line))
def test_of_json_lines_each_line_is_a_claim_or_named(
    parts: list[tuple[bool, Any]], tmp_path: Path, database: Callable[[], str]
) -> None:
    lines = [json.dumps(part) if good else part for good, part in parts]
    path = tmp_path / "claims.jsonl"
    path.write_text("\n".join(lines))
    found, counts = imported(path, database())
    assert len(found) == len(parts)
    for taken, (good, part) in zip(found, parts, strict=True):
        if good:
            assert taken == parse(part)
    assert_all_adds_up(found, *counts)


@tried
@given(
    parts=mixed(review, lambda number: nearly(review(number + 100)) | odd),
    around=st.sampled_from(["list", "@graph", "feed", "article", "one by one", "scripts"]),
    beside=odd,
)
def test_a_page_gives_each_claimreview_that_is_whole_wherever_it_stands(
    parts: list[tuple[bool, Any]], around: str, beside: Any, tmp_path: Path, database: Callable[[], str]
) -> None:
    nodes = [part for _, part in parts]
    trees: dict[str, list[Any]] = {
        "list": [nodes],
        "@graph": [{"@context": beside, "@graph": [*nodes, beside]}],
        "feed": [
            {"@type": "DataFeed", "dataFeedElement": [{"item": [node], "url": beside} for node in nodes]}
        ],
        "article": [
            {
                "@type": "NewsArticle",
                "headline": beside,
                "author": beside,
                "review": [[node] for node in nodes],
            }
        ],
        "one by one": [{"@type": ["WebPage", beside], "mainEntity": {"about": nodes}}],
        "scripts": [*nodes, beside],
    }
    scripts = "".join(
        f'<script type="application/ld+json">{json.dumps(tree)}</script>' for tree in trees[around]
    )
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><html lang=en>{scripts.replace('</b', '')}</html>")
    found, counts = imported(path, database())
    assert found
    assert said(parts) <= set(texts(found))
    assert_all_adds_up(found, *counts)


@tried
@given(
    parts=mixed(review, lambda number: nearly(review(number + 100))),
    cut=st.integers(40, 400),
    between=st.sampled_from([",", ",\n", " ,, ", "\n"]),
)
def test_a_feed_gives_each_element_that_is_whole_however_others_break_off(
    parts: list[tuple[bool, Any]], cut: int, between: str, tmp_path: Path, database: Callable[[], str]
) -> None:
    elements = [
        text if good else text[:cut]
        for good, part in [(True, review(99)), *parts]
        for text in [json.dumps({"@type": "DataFeedItem", "item": [part]})]
    ]
    path = tmp_path / "feed.json"
    path.write_text('{"@type": "DataFeed", "dataFeedElement": [' + between.join(elements) + "]}")
    found, counts = imported(path, database())
    assert said(parts) <= set(texts(found))
    assert_all_adds_up(found, *counts)


# --- tables ---------------------------------------------------------------------------------------

COLUMNS = ("id", "text", "language", "claimant", "publisher", "rating", "url", "title", "date")
names_of = {column: (column, column.upper(), *tables.ALIASES.get(column, ())) for column in COLUMNS}
headers = st.permutations(COLUMNS).flatmap(
    lambda order: st.tuples(
        *(st.tuples(st.just(column), st.sampled_from(names_of[column])) for column in order)
    )
)
cells = st.sampled_from(
    [
        "",
        " ",
        "=1+1",
        '"',
        'a "b" c',
        "a\r\nb",
        "a,b;c\td|e",
        "\0",
        "&amp;",
        "x" * 10_001,
        "2024-13-99",
        "http://[",
    ]
    # csv puts no "\r" in quotes where lines end otherwise: then it ends one.
) | st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)


def line(number: int) -> dict[str, str]:
    return {
        "id": f"number-{number}",
        "text": f"Claim number {number} is so",
        "language": "en",
        "publisher": "Check",
        "rating": "False",
        "url": f"{SITE}/{number}",
        "date": "2024-10-25",
    }


def nearly_a_line(number: int) -> st.SearchStrategy[dict[str, str]]:
    wrong = st.dictionaries(st.sampled_from(COLUMNS), cells, min_size=1, max_size=3)
    return wrong.map(lambda some: {**line(number), "id": f"wrong-{number}", **some})


@tried
@given(
    parts=mixed(line, nearly_a_line),
    header=headers,
    strange=st.lists(st.sampled_from(["", "Notes", "Ünknown", "9"]), max_size=2),
    mark=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_table_gives_each_line_that_is_whole_however_it_is_written(
    parts: list[tuple[bool, Any]],
    header: tuple[tuple[str, str], ...],
    strange: list[str],
    mark: str,
    quoting: int,
    ending: str,
    encoding: str,
    tmp_path: Path,
    database: Callable[[], str],
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, quoting=quoting, lineterminator=ending)  # type: ignore[arg-type]
    writer.writerow([name for _, name in header] + strange)
    for _, part in parts:
        writer.writerow([part.get(column, "") for column, _ in header])
    path = tmp_path / "claims.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    found, counts = imported(path, database())
    assert len(found) <= len(parts)
    assert said(parts) <= set(texts(found))
    assert_all_adds_up(found, *counts)


@tried
@given(
    parts=mixed(line, lambda number: st.sampled_from(['wrong,"a', '"wrong', '"wrong" 1,', ",", ",,,,,,,,a"]))
)
def test_a_line_of_a_table_that_is_no_csv_costs_no_other(
    parts: list[tuple[bool, Any]], tmp_path: Path, database: Callable[[], str]
) -> None:
    lines = [",".join(part.values()) if good else part for good, part in parts]
    path = tmp_path / "claims.csv"
    path.write_text("\n".join([",".join(line(0)), *lines]))
    found, counts = imported(path, database())
    assert texts(found) == [part["text"] for good, part in parts if good]
    assert len(found) == sum(part != "," for _, part in parts)
    assert_all_adds_up(found, *counts)


# --- sitemaps -------------------------------------------------------------------------------------

BROKEN = ("<url>", "</urlset>", "<loc", "&", "\x01", "<![CDATA[", "<!--", "</loc>")
wrong_entries = st.sampled_from(
    [
        "<url/>",
        "<url><loc/></url>",
        "<url><loc>javascript:alert(1)</loc></url>",
        "<url><loc>http://[</loc></url>",
        "<url><lastmod>yesterday</lastmod></url>",
        "<url><url><loc></loc></url></url>",
        "<news:news xmlns:news='urn:news'><news:title>a</news:title></news:news>",
        "<!-- <url> -->",
        "<?page?>",
        "&nbsp;&copy & a",
        "<![CDATA[<url>]]>",
        "<loc>https://checks.example/not-of-an-entry</loc>",
    ]
)
places = st.sampled_from(["{}", "\n {} \n", "<![CDATA[{}]]>", "{}<!-- a -->"])


def entry(number: int, place: str = "{}", dated: str = "<lastmod>2024-10-25</lastmod>") -> str:
    # An & that begins no entity, as many write them.
    return f"<url><loc>{place.format(f'{SITE}/{number}?a=1&b=2')}</loc>{dated}</url>"


@tried
@given(
    parts=mixed(lambda number: number, lambda _: wrong_entries),
    place=places,
    dated=st.sampled_from(
        ["", "<lastmod/>", "<lastmod>soon</lastmod>", "<lastmod>2024-10-25T08:00Z</lastmod>"]
    ),
    top=st.sampled_from(["", "\ufeff", "\n\n", "<?xml version='1.0' encoding='utf-8'?>\n"]),
    ending=st.sampled_from(["</urlset>", *BROKEN, ""]),
)
def test_a_sitemap_gives_each_entry_that_is_whole_up_to_where_it_breaks_off(
    parts: list[tuple[bool, Any]], place: str, dated: str, top: str, ending: str
) -> None:
    body = "".join(entry(part, place, dated) if good else part for good, part in parts)
    data = f'{top}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}{ending}'
    found: list[str] = []
    broken = ""
    try:
        for listed in sitemaps.entries_of(io.BytesIO(data.encode())):
            found.append(listed.url)
    except BadInput as error:
        broken = str(error)
    assert found == [f"{SITE}/{part}?a=1&b=2" for good, part in parts if good]
    assert ("not valid XML" in broken) == (ending != "</urlset>")
