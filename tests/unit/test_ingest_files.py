"""Files become claims: JSON Lines, tables, JSON documents; what cannot be taken is named by its place."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obelism import records
from obelism.errors import BadClaim, BadInput, Unavailable
from obelism.exports import FORMS, claim_reviews, json_lines, table
from obelism.ingest import Limits, Options, Rejected, documents, jsonlines, load, sitemaps, tables
from obelism.ingest.claimreview import published_id
from obelism.ingest.language import told_by
from obelism.ingest.unpacking import form_of
from obelism.model import Claim, Phrasing, Position, Review

MOON = {"id": "moon", "text": "The Moon is cheese", "language": "en"}
CHECK = {"publisher": "P", "rating": "False", "url": "https://p.example/1"}
REVIEW = {
    "@type": "ClaimReview",
    "claimReviewed": "The Moon is cheese",
    "url": "https://p.example/1",
    "author": {"name": "P"},
    "reviewRating": {"alternateName": "False"},
}


def read(tmp_path: Path, content: str | bytes, name: str, **options: Any) -> list[Claim | Rejected]:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return list(load(str(tmp_path / name), Options(**options)))


def claims(found: list[Claim | Rejected]) -> list[Claim]:
    return [entry for entry in found if isinstance(entry, Claim)]


def reasons(found: list[Claim | Rejected]) -> list[str]:
    return [str(entry) for entry in found if isinstance(entry, Rejected)]


# --- claim records --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ([], "not a claim record"),
        ("text", "not a claim record"),
        ({**MOON, "id": ""}, "claim has no id"),
        ({**MOON, "id": "a b"}, "id 'a b' holds white space; use letters, digits and dashes"),
        ({**MOON, "id": True}, "claim has a id that is not text"),
        ({**MOON, "text": None}, "claim has no text"),
        ({**MOON, "text": "  "}, "claim has no text"),
        ({**MOON, "text": ["a"]}, "claim has a text that is not text"),
        (
            {**MOON, "text": "a\x00b"},
            "claim has a text with NUL characters or lone surrogates; it is damaged",
        ),
        (
            {**MOON, "text": "a\ud800b"},
            "claim has a text with NUL characters or lone surrogates; it is damaged",
        ),
        ({**MOON, "text": "x" * 10_001}, "claim has a text of 10001 characters; 10000 are the most"),
        ({**MOON, "language": ""}, "claim has no language"),
        ({**MOON, "language": "English"}, "language 'English' is not a language tag such as en, fr or und"),
        ({**MOON, "reviews": {}}, None),
        ({**MOON, "reviews": "x"}, "reviews must be a list"),
        ({**MOON, "reviews": ["x"]}, "reviews holds an entry that is not an object"),
        (
            {**MOON, "reviews": [CHECK] * 1001},
            "reviews holds 1001 entries; 1000 are the most that one claim can have",
        ),
        (
            {**MOON, "reviews": [{**CHECK, "url": ""}]},
            "review has no url; every review needs an http(s) address",
        ),
        (
            {**MOON, "reviews": [{**CHECK, "url": "javascript:alert(1)"}]},
            "review has url 'javascript:alert(1)'; every review needs an http(s) address",
        ),
        (
            {**MOON, "reviews": [{**CHECK, "date": "7.10.2020"}]},
            "review has date '7.10.2020'; write dates as 2024-10-25",
        ),
        (
            {**MOON, "reviews": [{**CHECK, "state": "gone"}]},
            "review has state 'gone'; it must be one of: current, corrected, superseded, retracted",
        ),
        (
            {**MOON, "positions": [{"party": "NASA", "stance": "doubts", "url": "https://n.example"}]},
            "position has stance 'doubts'; it must be one of: asserts, disputes, denies, no comment",
        ),
        (
            {**MOON, "positions": [{"party": "NASA", "stance": "denies"}]},
            "position has no url; every position needs an http(s) address",
        ),
        ({**MOON, "phrasings": [{"text": "", "language": "fr"}]}, "phrasing has no text"),
    ],
)
def test_a_record_that_is_not_as_it_should_be_is_refused_with_the_reason(
    record: Any, reason: str | None
) -> None:
    if reason is None:
        assert records.parse(record).id == "moon"
        return
    with pytest.raises(BadClaim) as raised:
        records.parse(record)
    assert str(raised.value).startswith(reason)


def test_a_record_may_be_terse_and_may_hold_fields_of_others() -> None:
    found = records.parse(
        {**MOON, "id": 7, "status": "refuted", "language": "en-GB", "reviews": [CHECK, CHECK]}
    )
    assert found == Claim(
        "7", "The Moon is cheese", "en", reviews=(Review("P", "False", "https://p.example/1"),)
    )


def test_what_a_record_leaves_out_is_taken_from_what_it_says() -> None:
    url = "https://www.p.example/1"
    found = records.parse(
        {**MOON, "language": "fra", "phrasings": [{"text": "Lune"}], "reviews": [{"url": url}]}
        | {"claimant": None, "positions": None}
    )
    assert found == Claim(
        "moon",
        "The Moon is cheese",
        "fr",
        phrasings=(Phrasing("Lune", "fr"),),
        reviews=(Review("p.example", "", url),),
    )


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("fr", "fr"), ("FR-ca", "fr"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("eng", "en"), ("deu", "de"),
        ("ger", "de"), ("fil", "fil"), ("und", "und"), ("English", None), ("", None), ("f", None),
    ],
)  # fmt: skip
def test_a_language_is_known_by_its_shortest_code(tag: str, language: str | None) -> None:
    assert records.primary_language(tag) == language


def test_stray_characters_do_not_cost_a_claim() -> None:
    url = "https://p.example/a b|c#d e"
    found = records.parse({**MOON, "text": "Cheese\x90 \x1b[2Jmoon", "reviews": [{**CHECK, "url": url}]})
    assert found.text == "Cheese [2Jmoon"
    assert found.reviews[0].url == "https://p.example/a%20b%7Cc#d%20e"


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://a.example", True),
        ("HTTP://a.example:8080/x?y#z", True),
        ("https://bücher.example/é", True),
        ("ftp://a.example", False),
        ("//a.example", False),
        ("https://", False),
        ("https:///path", False),
        ("https://a.example/a b", False),
        ("https://a.example/\x00", False),
        ('https://a.example/"><script>', False),
        ("https://a.example:99999/", False),
        ("https://[::1", False),
        ("https://a.example/" + "x" * 4000, False),
        (" https://a.example", False),
    ],
)
def test_only_web_addresses_are_links(url: str, good: bool) -> None:
    assert records.is_web_address(url) is good


names = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85"),
    min_size=1,
    max_size=30,
).filter(lambda text: text == text.strip() and text)
tags = st.sampled_from(["en", "fr", "bn", "und"])
urls = st.builds(lambda n: f"https://example.org/{n}?é=1&b=2", st.integers(0, 9))
dates = st.one_of(st.none(), st.dates().map(lambda day: day.isoformat()))
any_claim = st.builds(
    Claim,
    id=st.text("abcdefgé-0123456789", min_size=1, max_size=12),
    text=names,
    language=tags,
    claimant=st.one_of(st.none(), names),
    phrasings=st.lists(st.builds(Phrasing, names, tags), max_size=3, unique=True).map(tuple),
    reviews=st.lists(
        st.builds(
            Review,
            names,
            st.one_of(st.just(""), names),
            urls,
            names,
            dates,
            tags,
            st.sampled_from(records.STATES),
        ),
        max_size=3,
        unique=True,
    ).map(tuple),
    positions=st.lists(
        st.builds(Position, names, st.sampled_from(records.STANCES), urls, names, dates),
        max_size=3,
        unique=True,
    ).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(any_claim)
def test_what_is_exported_as_json_lines_is_imported_as_it_was(claim: Claim) -> None:
    line = records.dump(claim)
    assert records.parse(json.loads(line)) == records.load(line) == claim
    assert records.dump(records.load(line)) == line


@settings(max_examples=40, deadline=None)
@given(st.lists(any_claim, max_size=4, unique_by=lambda claim: claim.id))
def test_what_is_exported_as_a_table_is_imported_as_it_was(exported: list[Claim]) -> None:
    csv = "".join(table(exported)).encode()
    assert list(tables.claims_of(io.BytesIO(csv), "claims.csv")) == exported


def test_a_table_of_ours_is_not_escaped() -> None:
    url = "https://p.example/?a=1&amp;b=2&copy=3"
    told = Claim("a", "AT&amp;T is &lt;b&gt;", "en", "R&amp;D", reviews=(Review("P&amp;Q", "&#70;", url),))
    exported = "".join(table([told]))
    assert list(tables.claims_of(io.BytesIO(exported.encode()), "claims.csv")) == [told]
    spelled = exported.replace("id,text", "Id,text")
    [found] = claims(list(tables.claims_of(io.BytesIO(spelled.encode()), "claims.csv")))
    assert (found.text, found.reviews[0].url) == ("AT&T is <b>", "https://p.example/?a=1&b=2&copy=3")


# --- JSON Lines -----------------------------------------------------------------------------------


def test_bad_lines_are_named_and_the_good_ones_kept(tmp_path: Path) -> None:
    lines = [
        json.dumps(MOON).encode(),
        b'{"id": "broken',
        b"",
        json.dumps({**MOON, "id": "two", "reviews": [{"publisher": "P"}]}).encode(),
        b'{"id": "\xff", "text": "a", "language": "en"}',
        b"[" * 100_000,
        b"null",
        json.dumps({**MOON, "id": "three"}).encode(),
    ]
    found = read(tmp_path, b"\n".join(lines), "claims.jsonl")
    assert [claim.id for claim in claims(found)] == ["moon", "three"]
    told = reasons(found)
    assert [reason.split(":")[0] for reason in told] == [f"claims.jsonl line {n}" for n in (2, 4, 5, 6, 7)]
    assert told[1] == "claims.jsonl line 4: review has no url; every review needs an http(s) address"
    assert "not valid JSON" in told[0]
    assert "not UTF-8" in told[2]


def test_a_claim_review_on_a_line_is_taken_too(tmp_path: Path) -> None:
    [found] = claims(read(tmp_path, json.dumps(REVIEW) + "\n" + json.dumps({"x": 1}), "reviews.jsonl"))
    assert found.id == published_id("https://p.example/1")


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    content = "\ufeff" + json.dumps(MOON) + "\r\n" + json.dumps({**MOON, "id": "two"}) + "\r\n"
    assert [claim.id for claim in claims(read(tmp_path, content, "claims.jsonl"))] == ["moon", "two"]


def test_a_mark_at_the_beginning_hides_no_form_of_any_length(tmp_path: Path) -> None:
    long = {**MOON, "claimant": "é" * 400}
    elements = [{**long, "id": f"{n}"} for n in range(200)]
    for content in (json.dumps(elements, ensure_ascii=False), feed(*({"item": [REVIEW]},))):
        found = read(tmp_path, "\ufeff" + content, "some.json")
        assert claims(found)
        assert not reasons(found)


def test_a_record_with_something_missing_is_told_what(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({k: v for k, v in MOON.items() if k != left_out}) for left_out in MOON)
    assert reasons(read(tmp_path, lines, "claims.jsonl")) == [
        "claims.jsonl line 1: claim has no id",
        "claims.jsonl line 2: claim has no text",
        "claims.jsonl line 3: claim has no language",
    ]


def test_a_second_content_of_an_id_is_rejected_so_that_an_import_can_be_repeated(tmp_path: Path) -> None:
    lines = [MOON, {**MOON, "id": "sun"}, MOON, {**MOON, "text": "The Moon is rock"}]
    found = read(tmp_path, "\n".join(map(json.dumps, lines)), "claims.jsonl")
    assert [(claim.id, claim.text) for claim in claims(found)] == [
        ("moon", "The Moon is cheese"),
        ("sun", "The Moon is cheese"),
        ("moon", "The Moon is cheese"),
    ]
    assert reasons(found) == [
        "moon: stands further up in this source with another content; the first is kept"
    ]


# --- tables ---------------------------------------------------------------------------------------


def test_a_table_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    content = (
        "Claim ID,Statement,Lang,Speaker,Fact-checker,Verdict,Link,Headline,Review Date,Comment\n"
        'moon,"The Moon, our Moon, is cheese",en,Wallace,P,False,https://p.example/1,Rock,"May 1, 2024",x\n'
    )
    assert read(tmp_path, content, "claims.csv") == [
        Claim(
            "moon",
            "The Moon, our Moon, is cheese",
            "en",
            claimant="Wallace",
            reviews=(Review("P", "False", "https://p.example/1", "Rock", "2024-05-01", "en"),),
        )
    ]


def test_lines_of_one_claim_make_one_claim(tmp_path: Path) -> None:
    content = (
        "id,text,language,publisher,rating,url,party,stance,position_url,phrasing,phrasing_language\n"
        "moon,The Moon is cheese,en,P,False,https://p.example/1,NASA,denies,https://n.example,Lune,fr\n"
        "moon,,,Q,Fake,https://q.example/1,,,,,\n"
        "sun,The Sun is cold,en,,,,,,,,\n"
    )
    moon, sun = claims(read(tmp_path, content, "claims.csv"))
    assert [review.publisher for review in moon.reviews] == ["P", "Q"]
    assert [position.party for position in moon.positions] == ["NASA"]
    assert moon.phrasings == (Phrasing("Lune", "fr"),)
    assert (sun.id, sun.reviews) == ("sun", ())


def test_bad_lines_of_a_table_are_named_and_the_good_ones_kept(tmp_path: Path) -> None:
    content = (
        "id,text,language,publisher,url\n"
        "a,One,en,,\n"
        "b,Two,en,P,\n"
        'c,"Three\nlines\n",en,P,ftp://x\n'
        "d,,en,,\n"
        "e,Five,en,,,,,x\n"
        "\n"
        "a,Again,en,,\n"
        "f,Six,en,,\n"
        "a,One,en,,\n"
        'g,"Seven" and more,en,,\n'
        "h,Eight,en\n"
        'i,"Nine,en,,\n'
    )
    found = read(tmp_path, content, "claims.csv")
    assert [claim.id for claim in claims(found)] == ["a", "f", "h"]
    assert reasons(found) == [
        "claims.csv line 3: review has no url; every review needs an http(s) address",
        "claims.csv line 4: review has url 'ftp://x'; every review needs an http(s) address",
        "claims.csv line 7: claim has no text",
        "claims.csv line 8: 8 cells where the header has 5; put texts with commas in quotes",
        "claims.csv line 10: claim a has another text here than above; repeat it or leave it empty",
        "claims.csv line 12: claim a stands further up already; put the lines of a claim together",
        "claims.csv line 13: not valid CSV: ',' expected after '\"'",
        "claims.csv line 15: not valid CSV: unexpected end of data",
    ]
    assert [entry.cut for entry in found if isinstance(entry, Rejected)] == [False] * 7 + [True]


@pytest.mark.parametrize("last", ["", "e,Five,en\n", 'e,"Five",en\n', "e,Five,en\r\n"])
def test_a_quotation_mark_without_an_end_costs_its_line(tmp_path: Path, last: str) -> None:
    content = f'id,text,language\na,"One\nand more",en\nb,"Two,en\nc,Three,en\nd,"Four",en\n{last}'
    found = read(tmp_path, content, "claims.csv")
    assert [claim.id for claim in claims(found)] == ["a", "c", "d", "e"][: 4 if last else 3]
    assert [(e.where, e.cut) for e in found if isinstance(e, Rejected)] == [("claims.csv line 4", False)]
    found = read(tmp_path, content.replace('"Four"', "Four").replace('"Five"', "Five"), "claims.csv")
    assert [claim.id for claim in claims(found)] == ["a", "c", "d", "e"][: 4 if last else 3]
    assert [(e.where, e.cut) for e in found if isinstance(e, Rejected)] == [("claims.csv line 4", False)]


def test_what_is_wrong_behind_a_mark_without_an_end_is_named_by_its_line(tmp_path: Path) -> None:
    content = 'id,text,language\nb,"Two,en\n\nc,,en\nd,Four,en\ne,"Five,en'
    found = read(tmp_path, content, "claims.csv")
    assert [claim.id for claim in claims(found)] == ["d"]
    assert [(entry.where, entry.cut) for entry in found if isinstance(entry, Rejected)] == [
        ("claims.csv line 2", False),
        ("claims.csv line 4", False),
        ("claims.csv line 6", True),
    ]


@pytest.mark.parametrize(
    ("cell", "date"),
    [("5/12/2021", None), ("nan", None), ("NULL", None), ("44561", None), ("13/05/2024", "2024-05-13")],
)
def test_a_date_that_cannot_be_read_does_not_cost_the_line(
    tmp_path: Path, cell: str, date: str | None
) -> None:
    content = f"text,language,url,date\nOne,en,https://p.example/1,{cell}\n"
    [found] = claims(read(tmp_path, content, "claims.csv"))
    assert found.reviews[0].date == date


@pytest.mark.parametrize(
    ("cell", "text", "language"),
    [
        ("English", "The Moon", "en"), ("Français", "La Lune", "fr"), ("french", "La Lune", "fr"),
        ("?", "The Moon is made of cheese and of milk", "en"), ("", "La Lune est dans le ciel", "fr"),
        ("", "Luna", "und"),
    ],
)  # fmt: skip
def test_the_language_of_a_line_is_named_or_told_by_its_text(
    tmp_path: Path, cell: str, text: str, language: str
) -> None:
    for content in (f"id,text,language\nm,{text},{cell}\n", f"id,text\nm,{text}\n")[: 1 if cell else 2]:
        assert [claim.language for claim in claims(read(tmp_path, content, "claims.csv"))] == [language]


def test_the_cells_of_a_table_are_cleaned(tmp_path: Path) -> None:
    content = "text,language,url,rating\nIt&#039;s &amp;quot;cheese&quot;,en,www.p.example/a b?x=1&amp;y=2,False,,\n"
    [found] = claims(read(tmp_path, content, "claims.csv"))
    [checked] = found.reviews
    assert (found.text, checked.url) == ('It\'s "cheese"', "https://www.p.example/a%20b?x=1&y=2")
    assert found.id == published_id(checked.url)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('id\ttext\tlanguage\nmoon\t"The Moon" is cheese\ten\nsun\t"One\ten\n', '"The Moon" is cheese'),
        ('id\ttext\tlanguage\nmoon\t"The ""Moon""\tis cheese"\ten\n', 'The "Moon"\tis cheese'),
        ("id|text|language\nmoon|The Moon, our Moon; cheese|en\n", "The Moon, our Moon; cheese"),
    ],
)
def test_tables_are_divided_by_tabs_and_bars_too(tmp_path: Path, content: str, text: str) -> None:
    found = read(tmp_path, content, "claims.tsv")
    assert next(claim.text for claim in claims(found)) == text
    assert not reasons(found)


@pytest.mark.parametrize(
    "header",
    [
        "claimReview_claimReviewed,claimReview_url,claimReview_author_name,creativeWork_author_name,date",
        "statement,factcheck_analysis_link,publisher,statement_originator,factcheck_date",
    ],
)
def test_the_columns_of_research_sets_are_known(tmp_path: Path, header: str) -> None:
    content = f"{header},lang,label\nThe Moon,https://p.example/1,P,Wallace,2024-05-01,en,False\n"
    review = Review("P", "False", "https://p.example/1", "", "2024-05-01", "en")
    expected = Claim(published_id(review.url), "The Moon", "en", "Wallace", reviews=(review,))
    assert read(tmp_path, content, "claims.csv") == [expected]


@pytest.mark.parametrize(
    "data",
    [
        "id;text;language\nmoon;Ça coûte 3 €, dit-il;fr\n".encode("cp1252"),
        "id\ttext\tlanguage\nmoon\tÇa coûte 3 €, dit-il\tfr\n".encode("utf-16"),
        '\ufeffid,text,language\r\nmoon,"Ça coûte 3 €, dit-il",fr\r\n'.encode(),
        'id,text,language,comment\nmoon,"Ça coûte 3 €, dit-il",fr,'.encode() + b"\xff\n",
    ],
    ids=["a French spreadsheet", "a spreadsheet's Unicode text", "UTF-8 with a mark", "a bad byte"],
)
def test_tables_of_spreadsheets_are_read(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path, data, "claims.csv") == [Claim("moon", "Ça coûte 3 €, dit-il", "fr")]


def test_a_line_for_spreadsheets_before_the_columns_does_not_matter(tmp_path: Path) -> None:
    content = "sep=;\r\n\r\nid;text;language\r\nmoon;La Lune, c'est du fromage;fr\r\n"
    assert read(tmp_path, content, "claims.csv") == [Claim("moon", "La Lune, c'est du fromage", "fr")]


def test_a_table_of_flattened_claim_reviews_is_read(tmp_path: Path) -> None:
    content = (
        "claimReviewed,author.name,reviewRating.alternateName,url,inLanguage,datePublished,itemReviewed.author.name\n"
        "The Moon is cheese,P,False,https://p.example/1,en,2024-05-01,Wallace\n"
    )
    review = Review("P", "False", "https://p.example/1", "", "2024-05-01", "en")
    assert read(tmp_path, content, "claims.csv") == [
        Claim(published_id(review.url), "The Moon is cheese", "en", "Wallace", reviews=(review,))
    ]


def test_a_column_s_own_name_comes_before_another_name_for_it(tmp_path: Path) -> None:
    content = "statement,label,id,text,language,rating,url\nx,y,moon,The Moon,en,False,https://p.example/1\n"
    [found] = claims(read(tmp_path, content, "claims.csv"))
    assert (found.text, found.reviews[0].rating) == ("The Moon", "False")


def test_a_table_over_the_limit_is_not_read_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_TABLE", 1024 * 1024)
    content = "id,text,language\n" + "".join(f"{n},{'x' * 1000},en\n" for n in range(1_100))
    [found] = read(tmp_path, content, "claims.csv")
    assert found == Rejected("claims.csv", "the table is over 1 MB; divide it", cut=True)


def test_a_table_without_ids_is_known_by_its_reviews(tmp_path: Path) -> None:
    content = (
        "claim,language,publisher,url\n"
        "One,en,P,https://p.example/1\n"
        "Two,en,P,https://p.example/2\n"
        "Three,en,P,https://p.example/2\n"
        "Four,en,,\n"
    )
    found = read(tmp_path, content, "claims.csv")
    ids = [claim.id for claim in claims(found)]
    assert ids == [
        published_id("https://p.example/1"),
        published_id("https://p.example/2", "Two"),
        published_id("https://p.example/2", "Three"),
    ]
    assert reasons(found) == ["claims.csv line 5: claim has no id"]


def test_a_table_s_language_can_be_given(tmp_path: Path) -> None:
    content = "id,text\nmoon,La Lune\n"
    assert claims(read(tmp_path, content, "claims.csv", language="fr"))[0].language == "fr"


def test_a_table_without_a_column_for_the_text_says_which_names_are_known(tmp_path: Path) -> None:
    [reason] = reasons(read(tmp_path, "id,sentence,language\n", "claims.csv"))
    assert reason.startswith(
        "claims.csv line 1: the table has no column text (known as: text, claim, claim text"
    )


def test_a_text_that_a_spreadsheet_would_take_for_a_formula_is_exported_as_text() -> None:
    formula = Claim("f", '=HYPERLINK("https://evil.example","x")', "en", claimant="'-quoted")
    line = "".join(table([formula])).splitlines()[1]
    assert line.startswith("f,\"'=HYPERLINK(")
    assert "''-quoted" in line


# --- JSON documents -------------------------------------------------------------------------------


def feed(*elements: Any) -> str:
    return json.dumps(
        {"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": list(elements)}
    )


def test_a_data_feed_gives_the_claims_of_its_elements(tmp_path: Path) -> None:
    other = REVIEW | {"url": "https://p.example/2", "claimReviewed": "The Sun is cold"}
    content = feed(
        {"@type": "DataFeedItem", "item": [REVIEW]},
        {"@type": "DataFeedItem", "item": None},
        {"@type": "DataFeedItem", "item": other},
        {"@type": "DataFeedItem", "item": [REVIEW | {"claimReviewed": ""}]},
        "nonsense",
    )
    found = read(tmp_path, content, "feed.json")
    assert [claim.text for claim in claims(found)] == ["The Moon is cheese", "The Sun is cold"]
    assert reasons(found) == [
        "feed.json element 2: the feed's element has no review",
        "feed.json element 4: ClaimReview has no claimReviewed; without the claim's words nothing can be matched",
        "feed.json element 5: neither a claim record nor a ClaimReview",
    ]


def test_claims_of_one_page_in_several_places_of_a_feed_are_all_kept(tmp_path: Path) -> None:
    other = REVIEW | {"claimReviewed": "The Sun is cold"}
    newer = REVIEW | {"reviewRating": {"alternateName": "True"}}
    found = read(tmp_path, feed(*({"item": [item]} for item in (REVIEW, other, REVIEW, newer))), "feed.json")
    url = "https://p.example/1"
    assert [(claim.id, claim.text) for claim in claims(found)] == [
        (published_id(url), "The Moon is cheese"),
        (published_id(url, "The Sun is cold"), "The Sun is cold"),
        (published_id(url), "The Moon is cheese"),
    ]
    assert [reason.partition(":")[0] for reason in reasons(found)] == [published_id(url)]


def test_a_review_without_an_address_has_that_of_its_place_in_the_feed(tmp_path: Path) -> None:
    bare = {name: value for name, value in REVIEW.items() if name != "url"}
    [found] = claims(read(tmp_path, feed({"url": "https://p.example/1", "item": [bare]}), "feed.json"))
    assert found.reviews[0].url == "https://p.example/1"


def test_a_document_that_can_only_be_read_whole_is_refused_over_the_limit(tmp_path: Path) -> None:
    content = json.dumps({"@graph": [REVIEW | {"description": ""}]})
    room = documents.MAX_PIECE - len(content)
    [found] = read(tmp_path, content.replace('""', f'"{"x" * room}"'), "graph.json")
    assert isinstance(found, Claim)
    [found] = read(tmp_path, content.replace('""', f'"{"x" * (room + 1)}"'), "graph.json")
    assert isinstance(found, Rejected)
    reason = "over 8 MB, and neither a DataFeed nor a list, which are read in pieces; give it as JSON Lines (.jsonl)"
    assert str(found) == f"graph.json: {reason}"
    assert found.cut


def test_a_data_feed_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    content = feed({"item": [REVIEW]}, {"item": [REVIEW | {"url": "https://p.example/2"}]})
    found = read(tmp_path, content[:-30], "feed.json")
    assert len(claims(found)) == 1
    [rejected] = [entry for entry in found if isinstance(entry, Rejected)]
    assert rejected.where == "feed.json after element 1"
    assert rejected.cut


BROKEN = {
    "stray quotes": '{"item": {"name": "He said "no" to it", "a": [{"b": 1}]}}',
    "no end": '{"item": {"name": "x"',
    "a list in it": '{"item": [{"item": 1}], "a" "b"}',
    "no comma": '{"item": {"@type": "ClaimReview" "url": "x"}}',
    "no colon": '{"item" {}}',
    "too deep": '{"item": ' + "[" * 100_000 + "}",
    "long": '{"item": {"name": "' + "x" * 200_000 + '" oops}}',
    "a quotation mark too few": '{"item": {"name": "x}}',
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("form", ['{{"dataFeedElement": [{}]}}', "[{}]"])
def test_a_broken_element_costs_nothing_but_itself(tmp_path: Path, broken: str, form: str) -> None:
    elements = [json.dumps({"item": [REVIEW | {"url": f"https://p.example/{n}"}]}) for n in range(5)]
    elements[2] = broken
    found = read(tmp_path, form.format(", ".join(elements)), "feed.json")
    assert [claim.reviews[0].url[-1] for claim in claims(found)] == ["0", "1", "3", "4"]
    assert reasons(found)[0].startswith("feed.json element 3: not valid JSON: ")
    assert not any(entry.cut for entry in found if isinstance(entry, Rejected))


def test_a_broken_element_of_a_kind_with_its_parts_is_passed_over(tmp_path: Path) -> None:
    elements = [json.dumps(REVIEW | {"url": f"https://p.example/{n}"}) for n in range(1_000)]
    for number in (0, 5, 6, 998):
        elements[number] = elements[number].replace('"The Moon is', '"The "Moon" is')
    found = read(tmp_path, f"[{', '.join(elements)}]", "list.json")
    assert len(claims(found)) == 996
    assert [reason.partition(":")[0] for reason in reasons(found)] == [
        f"list.json element {number}" for number in (1, 6, 7, 999)
    ]


@pytest.mark.parametrize("element", [{"item": REVIEW}, {"item": [REVIEW]}, REVIEW])
def test_a_data_feed_may_have_one_element_without_a_list(tmp_path: Path, element: Any) -> None:
    content = json.dumps({"@type": "DataFeed", "dataFeedElement": element})
    assert [claim.text for claim in read(tmp_path, content, "feed.json")] == ["The Moon is cheese"]


def test_an_element_that_names_one_claimant_is_one_claim(tmp_path: Path) -> None:
    def by(url: str, claimant: str | None) -> dict[str, Any]:
        return REVIEW | {"url": url, "itemReviewed": {"@type": "Claim", "author": claimant}}

    one, two = "https://p.example/1", "https://q.example/1"
    for claimants, count in {("Trump", "Trump"): 1, (None, None): 1, ("Trump", "Biden"): 2}.items():
        item = [by(one, claimants[0]), by(two, claimants[1])]
        found = claims(read(tmp_path, feed({"item": item}), "feed.json"))
        assert [claim.claimant for claim in found] == list(claimants[:count])
        assert [len(claim.reviews) for claim in found] == [3 - count] * count
    graph = json.dumps({"@graph": [by(one, None), by(two, None)]})
    assert [len(claim.reviews) for claim in claims(read(tmp_path, graph, "graph.json"))] == [1, 1]


@pytest.mark.parametrize(
    "mistake", [b'"a\nb\tc"', b'"\xff"', b"NaN", b"-Infinity", b"1" * 30, b"1" * 5000, b"1e999"]
)
def test_one_mistake_in_a_data_feed_does_not_lose_the_rest(tmp_path: Path, mistake: bytes) -> None:
    other = REVIEW | {"url": "https://p.example/2"}
    content = feed({"item": [REVIEW | {"reviewBody": "HERE"}]}, {"item": [other]}).encode()
    found = read(tmp_path, content.replace(b'"HERE"', mistake), "feed.json")
    assert len(claims(found)) == 2
    assert not reasons(found)


def test_a_data_feed_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "feed.json.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write('{"@type": "DataFeed", "dataFeedElement": [')
        for n in range(3_000):
            file.write(
                json.dumps({"item": [REVIEW | {"url": f"https://p.example/{n}", "description": "x" * 5_000}]})
                + ","
            )
        file.write("{}]}")
    tracemalloc.start()
    count = sum(isinstance(entry, Claim) for entry in load(str(path)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3_000
    assert peak < 8_000_000, "the feed of 15 MB was held in memory"


FEED = feed({"item": [REVIEW]})
API_CLAIM = {
    "text": "The Moon is cheese",
    "claimReview": [{"url": "https://p.example/1", "languageCode": "en"}],
}


def test_lines_are_known_by_whatever_name_and_length(tmp_path: Path) -> None:
    for more in ("", "x" * 100_000):
        lines = [json.dumps({**MOON, "id": f"{n}", "note": more}) for n in range(3)]
        assert len(claims(read(tmp_path, "\r\n".join(lines), "claims.json"))) == 3


@pytest.mark.parametrize(
    "value",
    [
        MOON,
        [MOON],
        REVIEW,
        [REVIEW],
        {"@graph": [REVIEW]},
        {"@graph": [{"@type": "WebPage"}, json.loads(FEED)]},
        [API_CLAIM],
        API_CLAIM,
        {"claims": [{**MOON, "status": "unrated"}], "next": None},
        {"claims": [API_CLAIM]},
    ],
    ids=[
        "record",
        "records",
        "ClaimReview",
        "ClaimReviews",
        "graph",
        "feed in a graph",
        "claims of the API",
        "claim of the API",
        "our own API",
        "API answer",
    ],
)
def test_any_json_with_claims_in_it_is_understood(tmp_path: Path, value: object) -> None:
    for indent in (None, 2, 0):
        [found] = read(tmp_path, json.dumps(value, indent=indent), "some.json")
        assert isinstance(found, Claim)
        assert found.text == "The Moon is cheese"


def test_what_is_no_claim_is_said(tmp_path: Path) -> None:
    assert reasons(read(tmp_path, '{"a": 1}', "x.json")) == [
        "x.json: neither a claim record nor a ClaimReview"
    ]
    assert reasons(read(tmp_path, "", "x.json")) == ["x.json: the file is empty"]
    assert reasons(read(tmp_path, "[]", "x.json")) == ["x.json: the feed has no elements"]
    assert "not valid JSON" in reasons(read(tmp_path, '{"a": ', "x.json"))[0]


# --- any file -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "name", "form"),
    [
        (b'{"id": 1}\n{"id": 2}\n', "claims.json", "lines"),
        (b'{"id": 1}\n{"id": 2}\n', "standard input", "lines"),
        (b'oops\n{"id": 2}\n', "standard input", "lines"),
        (b'<oops>\n{"id": 2}\n', "claims.jsonl", "lines"),
        (b'{\n  "id": 1\n}\n', "claims.json", "document"),
        (b'{\n"@graph": [\n{\n"id": 1\n}\n]\n}\n', "claims.json", "document"),
        (b"Warning: line 7\n<!DOCTYPE html><html>", "page", "page"),
        (b"\xef\xbb\xbfcached <div><p>", "page.html", "page"),
        (b"https://p.example/1\nhttps://p.example/2\n", "sitemap.txt", "sitemap"),
        (b'[{"id": 1}]', "claims", "document"),
        (b'[\n{"id": 1},\n{"id": 2}\n]', "claims.json", "document"),
        (b'{"dataFeedElement": [\n{"item": 1},\n{"item": 2}\n]}', "feed.json", "document"),
        (b"id,text\n", "claims", "table"),
        (b"<!doctype html><html>", "page", "page"),
        (b"\xef\xbb\xbf  <html>", "page", "page"),
        (b'<?xml version="1.0"?><urlset xmlns="x">', "sitemap.xml", "sitemap"),
        (b"<sm:sitemapindex>", "x.xml", "sitemap"),
        (b"id,text\n", "claims.csv.gz", "table"),
        (b" \n ", "claims.jsonl", "nothing"),
    ],
)
def test_a_file_is_known_by_its_content_where_its_name_does_not_tell(
    head: bytes, name: str, form: str
) -> None:
    assert form_of(head, name) == form


def test_compressed_files_are_read_and_damaged_ones_named(tmp_path: Path) -> None:
    packed = gzip.compress((json.dumps(MOON) + "\n").encode() * 50_000)
    assert len(claims(read(tmp_path, packed, "claims.jsonl.gz"))) == 50_000
    found = read(tmp_path, packed[:-100], "claims.jsonl.gz")
    assert "not a whole gzip file" in reasons(found)[-1]
    assert isinstance(found[0], Claim)
    assert "not a whole gzip file" in reasons(read(tmp_path, packed[:20], "claims.jsonl.gz"))[0]


def test_a_file_that_unpacks_to_more_than_the_limit_is_read_up_to_it(tmp_path: Path) -> None:
    packed = gzip.compress((json.dumps(MOON) + "\n").encode() + b"\n" * 5_000_000)
    found = read(tmp_path, packed, "claims.jsonl.gz", limits=Limits(bytes=1_000_000))
    assert len(claims(found)) == 1
    assert reasons(found) == ["claims.jsonl.gz: it unpacks to over 1,000,000 bytes; the rest is not read"]
    assert read(tmp_path, packed, "claims.jsonl.gz") == claims(found)


def test_a_line_too_long_for_a_claim_costs_nothing_but_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonlines, "MAX_LINE", 1_000)
    lines = [json.dumps(MOON), "[" * 4_500, json.dumps({**MOON, "id": "behind"}), "[" * 2_000]
    found = read(tmp_path, "\n".join(lines), "claims.jsonl")
    assert [claim.id for claim in claims(found)] == [MOON["id"], "behind"]
    assert [entry.where for entry in found if isinstance(entry, Rejected)] == [
        "claims.jsonl line 2",
        "claims.jsonl line 4",
    ]


@pytest.mark.parametrize("endless", ["," * 4_000, "x," * 2_000, '"' + ("y" * 100_000 + ",") * 3])
def test_a_line_too_long_for_a_table_costs_nothing_but_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endless: str
) -> None:
    monkeypatch.setattr(tables, "MAX_LINE", 1_000)
    found = read(tmp_path, f"id,text,lang\na,One,en\n{endless}\nb,Two,en\n{endless}", "claims.csv")
    assert [claim.id for claim in claims(found)] == ["a", "b"]
    assert [reason.partition(": not valid CSV: a line of over")[0] for reason in reasons(found)] == [
        "claims.csv line 3",
        "claims.csv line 5",
    ]


def test_quotes_without_an_end_are_not_followed_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_READ_AGAIN", 20_000)
    found = read(tmp_path, "id,text,lang\na,One,en\n" + 'a","b\n' * 1_000, "claims.csv")
    assert [claim.id for claim in claims(found)] == ["a"]
    [cut] = [entry for entry in found if isinstance(entry, Rejected) and entry.cut]
    assert "the rest is not read" in cut.reason
    assert len(found) < 10


@pytest.mark.parametrize("between", ["<x/>", "<url><x/></url>", "<url><loc>no address</loc></url>"])
def test_a_sitemap_is_read_up_to_where_it_lists_nothing_for_long(
    monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    monkeypatch.setattr(sitemaps, "MAX_BETWEEN", 100_000)
    listed = "".join(f"<url><loc>https://p.example/{n}</loc></url>{between * 1_000}" for n in range(9))
    assert len(list(sitemaps.entries_of(io.BytesIO(f"<urlset>{listed}</urlset>".encode())))) == 9
    found = []
    with pytest.raises(BadInput, match="hold no address; the rest is not read"):
        found.extend(sitemaps.entries_of(io.BytesIO(f"<urlset>{listed}{between * 500_000}".encode())))
    assert len(found) == 9


MARKED = ["utf-16-le", "utf-16-be", "utf-8"]


@pytest.mark.parametrize("encoding", MARKED)
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="{}"?>'])
def test_a_sitemap_in_any_encoding_with_a_mark_is_read(declared: str, encoding: str) -> None:
    told = declared.format(encoding.removesuffix("-le").removesuffix("-be"))
    entry = "<url><image>é & ü&nbsp;</image><loc>https://p.example/{}?a=1&amp;b=é&c=3</loc></url>"
    entries = "".join(entry.format(n) for n in range(2_000))
    file = io.BytesIO(f"\ufeff{told}<urlset>{entries}</urlset>".encode(encoding))
    assert form_of(file.getvalue()[:4096], "sitemap.xml") == "sitemap"
    found = [entry.url for entry in sitemaps.entries_of(file)]
    assert found == [f"https://p.example/{n}?a=1&b=é&c=3" for n in range(2_000)]


@pytest.mark.parametrize("encoding", MARKED)
def test_a_list_of_addresses_in_any_encoding_with_a_mark_is_read(encoding: str) -> None:
    listed = [f"https://p.example/{n}?a=1&b=é" for n in range(5_000)]
    file = io.BytesIO(("\ufeff" + "\r\n".join(listed)).encode(encoding))
    assert [entry.url for entry in sitemaps.entries_of(file)] == listed


def test_what_stands_behind_a_compressed_file_does_not_matter(tmp_path: Path) -> None:
    one, two = (gzip.compress((json.dumps({**MOON, "id": id}) + "\n").encode()) for id in "ab")
    found = read(tmp_path, one + two + b"\0\0garbage", "claims.jsonl.gz")
    assert [claim.id for claim in claims(found)] == ["a", "b"]
    assert not reasons(found)


@pytest.mark.parametrize("name", ["a.xhtml", "a.php", "a.xml", "a"])
def test_a_folder_s_pages_have_many_names(tmp_path: Path, name: str) -> None:
    (tmp_path / ".hidden").write_text("not looked at")
    (tmp_path / name).write_text(f'<html><script type="application/ld+json">{json.dumps(REVIEW)}</script>')
    assert [claim.text for claim in claims(list(load(str(tmp_path))))] == ["The Moon is cheese"]


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "page.html").write_text(
        f'<script type="application/ld+json">{json.dumps(REVIEW)}</script>'
    )
    (tmp_path / "b.jsonl").write_text(json.dumps(MOON))
    (tmp_path / "c.html").write_text("<p>nothing")
    (tmp_path / "notes.txt").write_text("not looked at")
    found = list(load(str(tmp_path)))
    assert [claim.id for claim in claims(found)] == [published_id("https://p.example/1"), "moon"]
    assert reasons(found) == ["c.html: no ClaimReview markup on this page"]


def test_sources_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"missing\.jsonl cannot be read: No such file"):
        list(load(str(tmp_path / "missing.jsonl")))
    with pytest.raises(BadInput, match="holds no file of a known kind"):
        list(load(str(tmp_path)))


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    content = (json.dumps(MOON) + "\n") * 5_000
    read(tmp_path, content, "claims.jsonl", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(content), len(content))
    assert len(told) > 3


# --- exports --------------------------------------------------------------------------------------


def test_a_claim_review_export_is_a_feed_that_can_be_imported(tmp_path: Path) -> None:
    claim = Claim(
        published_id("https://p.example/1"),
        "The “Moon” is <b>cheese</b>",
        "en",
        claimant="Wallace",
        reviews=(
            Review("P", "False", "https://p.example/1", "Rock", "2024-05-01", "en"),
            Review("Q", "Fake", "https://q.example/1", "No", "2024-06-01", "en", "corrected"),
            Review("P", "True", "https://p.example/1", "Cheese", "2020-05-01", "en", "superseded"),
        ),
    )
    silent = Claim("silent", "No review", "en")
    content = "".join(claim_reviews([claim, silent]))
    [element] = json.loads(content)["dataFeedElement"]
    assert [item["reviewRating"] for item in element["item"]] == [
        {"@type": "Rating", "alternateName": "False"},
        {"@type": "Rating", "alternateName": "Fake"},
    ]
    assert [found.reviews for found in claims(read(tmp_path, content, "feed.json"))] == [claim.reviews[:2]]
    assert json.loads("".join(claim_reviews([])))["dataFeedElement"] == []


# Of https://schema.org/version/latest: what each type may have, of the properties that a fact-check uses.
_THING = {"name", "url", "description", "identifier", "image", "sameAs"}
_WORK = _THING | {"author", "datePublished", "inLanguage", "text", "itemReviewed", "reviewRating", "headline"}
_WORK |= {"correction"}
SCHEMA_ORG = {
    "DataFeed": _WORK | {"dataFeedElement"},
    "DataFeedItem": _THING | {"item", "dateCreated", "dateModified", "dateDeleted"},
    "ClaimReview": _WORK | {"claimReviewed"},
    "CorrectionComment": _WORK,
    "Claim": _WORK | {"appearance", "firstAppearance", "claimInterpreter"},
    "Rating": _THING | {"alternateName", "ratingValue", "bestRating", "worstRating", "ratingExplanation"},
    "Organization": _THING,
    "Person": _THING,
}


def test_a_claim_review_export_holds_what_schema_org_knows_and_no_empty_words() -> None:
    full = Review("P", "False", "https://p.example/1", "Rock", "2024-05-01", "en", "corrected")
    bare = Review("P", "", "https://p.example/2")
    claim = Claim("moon", "The Moon is cheese", "en", "Wallace", reviews=(full, bare))
    document = json.loads("".join(claim_reviews([claim, Claim("silent", "No review", "en")])))
    nodes = list(typed_nodes(document))
    assert [node["@type"] for node in nodes[:3]] == ["DataFeed", "DataFeedItem", "ClaimReview"]
    for node in nodes:
        properties = {name for name in node if not name.startswith("@")}
        assert properties <= SCHEMA_ORG[node["@type"]], node
        assert all(value not in ("", None, {}) for value in node.values()), node
    for review in [node for node in nodes if node["@type"] == "ClaimReview"]:
        assert {"claimReviewed", "url", "author", "itemReviewed"} <= set(review)


def typed_nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for entry in value.values():
            yield from typed_nodes(entry)
    for entry in value if isinstance(value, list) else ():
        yield from typed_nodes(entry)


def test_all_forms_of_export_are_named() -> None:
    assert set(FORMS) == {"jsonl", "csv", "claimreview"}
    assert "".join(json_lines([records.parse(MOON)])) == records.dump(records.parse(MOON)) + "\n"


# --- language -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "url", "language"),
    [
        ("The vaccine is not safe for the children of this country", "https://x.example", "en"),
        ("Le vaccin n'est pas sans danger pour les enfants", "https://x.example", "fr"),
        ("Die Impfung ist für Kinder nicht sicher", "https://x.example", "de"),
        ("La vacuna no es segura para los niños del país", "https://x.example", "es"),
        ("A vacina não é segura para as crianças do país", "https://x.example", "pt"),
        ("Il vaccino non è sicuro per i bambini della scuola", "https://x.example", "it"),
        ("Szczepionka nie jest bezpieczna dla dzieci, ale się ją podaje w szkole", "https://x.example", "pl"),
        ("টিকা শিশুদের জন্য নিরাপদ নয়", "https://x.example", "bn"),
        ("टीका बच्चों के लिए सुरक्षित नहीं है", "https://x.example", "hi"),
        ("Вакцина небезопасна", "https://x.example", "ru"),
        ("Вакцина небезпечна для їхніх дітей", "https://x.example", "uk"),
        ("ワクチンは安全ではない", "https://x.example", "ja"),
        ("疫苗不安全", "https://x.example", "zh"),
        ("اللقاح غير آمن", "https://x.example", "ar"),
        ("COVID-19", "https://www.liberation.fr/x", "fr"),
        ("COVID-19", "https://pt.example.com/x", "pt"),
        ("COVID-19", "https://example.com/it/x", "it"),
        ("COVID-19", "https://example.com/x", "und"),
        ("", "https://example.com", "und"),
    ],
)
def test_the_language_of_a_short_text_is_told(text: str, url: str, language: str) -> None:
    assert told_by(text, url) == language


def test_an_address_that_is_none_tells_no_language() -> None:
    assert told_by("Xyzzy", "http://[") == "und"


@pytest.mark.parametrize(
    ("text", "stated", "language"),
    [
        ("टीका बच्चों के लिए सुरक्षित नहीं है", "en", "hi"),
        ("টিকা শিশুদের জন্য নিরাপদ নয়", "fr", "bn"),
        ("Вакцина небезпечна для їхніх дітей", "en", "uk"),
        ("लस मुलांसाठी सुरक्षित नाही", "mr", "mr"),
        ("Vaccine bachchon ke liye surakshit nahin hai", "hi", "hi"),
        ("The vaccine is not safe for children", "fr", "fr"),
        ("COVID-19", "pt", "pt"),
    ],
)
def test_a_stated_language_is_believed_unless_it_has_other_letters(
    text: str, stated: str, language: str
) -> None:
    assert told_by(text, "https://x.example", stated) == language
