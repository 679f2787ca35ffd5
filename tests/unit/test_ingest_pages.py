"""Fact-checkers' pages become claims, however their markup is broken."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from obelism import records
from obelism.ingest import claimreview, load
from obelism.ingest.fetch import Fetched
from obelism.ingest.pages import MAX_PAGE, claims_of, decoded
from obelism.ingest.rejected import Rejected
from obelism.ingest.sitemaps import page_claims
from obelism.model import Claim, Review
from obelism.ratings import bucket

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "claimreview-html"

REVIEW: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://check.example/moon",
    "claimReviewed": "The Moon is made of cheese",
    "author": {"@type": "Organization", "name": "Check Example"},
    "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "alternateName": "False"},
    "datePublished": "2024-05-01",
    "inLanguage": "en",
    "name": "No, it is rock",
    "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Wallace"}},
}
CLAIM = Claim(
    "cr-d1891645cf91571f1c06",
    "The Moon is made of cheese",
    "en",
    claimant="Wallace",
    reviews=(
        Review("Check Example", "False", "https://check.example/moon", "No, it is rock", "2024-05-01", "en"),
    ),
)


def page(*scripts: str, head: str = "", body: str = "") -> bytes:
    blocks = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f'<html lang="en"><head>{head}{blocks}</head><body>{body}</body></html>'.encode()


def read(data: bytes, url: str | None = None) -> list[Claim | Rejected]:
    return list(claims_of(data, "page.html", url))


def one(data: bytes, url: str | None = None) -> Claim:
    [found] = read(data, url)
    assert isinstance(found, Claim), found
    return found


def varied(**changes: Any) -> bytes:
    """The page of REVIEW with some fields changed; None leaves one out."""
    return page(json.dumps({name: v for name, v in (REVIEW | changes).items() if v is not None}))


def test_a_review_becomes_a_claim_with_the_publisher_s_words() -> None:
    assert one(page(json.dumps(REVIEW))) == CLAIM


# --- where the markup stands ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        json.dumps([REVIEW]),
        json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, REVIEW]}),
        json.dumps({"@type": "NewsArticle", "review": {"deep": [[REVIEW]]}}),
        json.dumps(REVIEW | {"@type": ["ClaimReview"]}),
        json.dumps({name.removeprefix("@"): value for name, value in REVIEW.items()}),
        json.dumps(REVIEW | {"@type": ["Review", "ClaimReview"]}),
        json.dumps(REVIEW | {"@type": "http://schema.org/ClaimReview"}),
        json.dumps(REVIEW | {"@type": "schema:ClaimReview"}),
        json.dumps(REVIEW, indent=4),
        json.dumps({"schema:" + name if name[0] != "@" else name: value for name, value in REVIEW.items()}),
        json.dumps({f"https://schema.org/{n}" if n[0] != "@" else n: v for n, v in REVIEW.items()}),
        json.dumps(json.dumps(REVIEW)),
        '{"@type": "WebPage"}\n' + json.dumps(REVIEW),
    ],
)
def test_a_review_is_found_wherever_it_stands_in_the_markup(script: str) -> None:
    assert one(page('{"@type": "Organization"}', script)) == CLAIM


def test_a_review_in_the_long_form_of_json_ld_is_read() -> None:
    def long(value: Any) -> list[Any]:
        if not isinstance(value, dict):
            return [{"@value": value}]
        properties = {name: entry for name, entry in value.items() if name[0] != "@"}
        return [{f"http://schema.org/{name}": long(entry) for name, entry in properties.items()}]

    [node] = long(REVIEW)
    assert one(page(json.dumps([node | {"@type": ["http://schema.org/ClaimReview"]}]))) == CLAIM


def test_several_reviews_one_behind_the_other_in_a_script_are_all_read() -> None:
    other = json.dumps(REVIEW | {"url": "https://check.example/sun", "claimReviewed": "The Sun is cold"})
    for between in ("", "\n", ",\n", ";"):
        found = read(page(json.dumps(REVIEW) + between + other))
        assert [claim.text for claim in found if isinstance(claim, Claim)] == [CLAIM.text, "The Sun is cold"]


def test_the_same_review_twice_is_one_claim() -> None:
    assert read(page(json.dumps(REVIEW), json.dumps([REVIEW]))) == [CLAIM]


def test_the_same_review_in_two_forms_is_one_with_what_either_says() -> None:
    head = '<title>No, rock | Check</title><meta property="article:published_time" content="2024-05-01">'
    bare = REVIEW | {
        "name": "",
        "datePublished": None,
        "author": "Check",
        "correction": "The year was wrong.",
    }
    nameless = one(page(json.dumps(bare), json.dumps(bare | {"author": "C"}), head=head))
    [review] = nameless.reviews
    assert (review.title, review.date) == ("No, rock | Check", "2024-05-01")
    for scripts in ([REVIEW, bare], [bare, REVIEW]):
        [review] = one(page(*map(json.dumps, scripts), body=MICRODATA)).reviews
        assert (review.title, review.date, review.state) == ("No, it is rock", "2024-05-01", "corrected")
    rated = REVIEW | {"reviewRating": "Mostly False"}
    found = one(page(json.dumps([REVIEW, rated])))
    assert [review.rating for review in found.reviews] == ["False", "Mostly False"]


def test_two_reviews_of_a_page_do_not_have_its_title_and_date() -> None:
    head = '<title>Five claims</title><meta property="article:published_time" content="2024-05-01">'
    bare = REVIEW | {"name": None, "datePublished": None}
    for other in ({"claimReviewed": "The Sun is cold"}, {"reviewRating": "True"}, {"claimReviewed": ""}):
        found = read(page(json.dumps([bare, bare | other]), head=head))
        reviews = [review for claim in found if isinstance(claim, Claim) for review in claim.reviews]
        assert {(review.title, review.date) for review in reviews} == {("", None)}


def test_the_same_words_on_two_pages_are_two_claims() -> None:
    other = REVIEW | {"url": "https://other.example/moon", "author": {"name": "Other"}}
    by_biden = other | {"itemReviewed": {"@type": "Claim", "author": "Biden"}}
    for again in (other, by_biden):
        found = read(page(json.dumps({"@graph": [REVIEW, again]})))
        claims = [claim for claim in found if isinstance(claim, Claim)]
        assert [[r.publisher for r in claim.reviews] for claim in claims] == [["Check Example"], ["Other"]]
        assert claims[0] == CLAIM


def test_the_same_words_on_one_page_are_one_claim_whoever_says_them_and_in_what_language() -> None:
    nameless = REVIEW | {"itemReviewed": None, "inLanguage": "fr", "reviewRating": "Faux"}
    for reviews in ([REVIEW, nameless], [nameless, REVIEW]):
        found = one(page(json.dumps(reviews)))
        assert {review.rating for review in found.reviews} == {"False", "Faux"}
        assert (found.id, found.claimant) == (CLAIM.id, "Wallace")


def test_two_claims_on_one_page_have_ids_that_do_not_depend_on_their_order() -> None:
    other = REVIEW | {"claimReviewed": "The Sun is cold"}
    there = {
        claim.text: claim.id for claim in read(page(json.dumps([REVIEW, other]))) if isinstance(claim, Claim)
    }
    back = {
        claim.text: claim.id for claim in read(page(json.dumps([other, REVIEW]))) if isinstance(claim, Claim)
    }
    assert there == back
    assert len(set(there.values())) == 2


def test_a_correction_of_the_wording_keeps_the_id() -> None:
    assert one(varied(claimReviewed="The Moon is made of old cheese")).id == CLAIM.id


def test_parts_that_are_only_named_by_id_are_looked_up() -> None:
    graph = [
        REVIEW | {"author": {"@id": "#org"}},
        {"@type": "Organization", "@id": "#org", "name": "Check Example"},
    ]
    assert one(page(json.dumps({"@graph": graph}))) == CLAIM
    assert one(page(json.dumps(graph[0]), json.dumps(graph[1]))) == CLAIM
    deep = REVIEW | {"itemReviewed": {"@type": "Claim", "author": {"@id": "#wallace"}}}
    assert one(page(json.dumps([deep, {"@type": "Person", "@id": "#wallace", "name": "Wallace"}]))) == CLAIM


def test_a_part_is_put_in_place_once_however_often_it_is_referred_to() -> None:
    class Counted(dict[str, Any]):
        read = 0

        def items(self) -> Any:
            self.read += 1
            return super().items()

    staff = Counted({"@id": "#staff", "@type": "Person", "name": "Wallace"})
    firm = {"@id": "#firm", "@type": "Organization", "name": "Check", "employee": [{"@id": "#staff"}] * 100}
    assert list(claimreview.claims_of([REVIEW | {"author": [{"@id": "#firm"}] * 100}, firm, staff], "page"))
    assert staff.read == 1


def test_each_of_several_wordings_is_a_claim() -> None:
    found = read(varied(claimReviewed=[CLAIM.text, {"@value": "The Sun is cold"}]))
    assert [claim.text for claim in found if isinstance(claim, Claim)] == [CLAIM.text, "The Sun is cold"]


def test_a_claim_may_hold_its_review() -> None:
    bare = {name: value for name, value in REVIEW.items() if name not in ("claimReviewed", "itemReviewed")}
    assert (
        one(page(json.dumps({"@type": "Claim", "text": CLAIM.text, "author": "Wallace", "review": [bare]})))
        == CLAIM
    )


MICRODATA = """
      <div itemscope itemtype="https://schema.org/ClaimReview">
        <meta itemprop="datePublished" content="2024-05-01"><meta itemprop="inLanguage" content="en">
        <link itemprop="url" href="https://check.example/moon">
        <h1 itemprop="name">No, it is rock</h1>
        <p itemprop="claimReviewed">The Moon is made of cheese</p>
        <div itemprop="author" itemscope itemtype="https://schema.org/Organization">
          <span itemprop="name">Check Example</span></div>
        <div itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating">
          <span itemprop="alternateName">False</span><meta itemprop="ratingValue" content="1"></div>
        <div itemprop="itemReviewed" itemscope itemtype="https://schema.org/Claim">
          <div itemprop="author" itemscope itemtype="https://schema.org/Person">
            <span itemprop="name">Wallace</span></div></div>
      </div>"""


def test_markup_in_microdata_is_read() -> None:
    assert one(page(body=MICRODATA)) == CLAIM
    spelled = MICRODATA.replace("itemtype", "ITEMTYPE").replace("itemprop", "itemProp")
    assert one(page(body=spelled)) == CLAIM
    assert one(b'<?xml version="1.0" encoding="utf-8"?>' + page(body=MICRODATA)) == CLAIM


# --- broken JSON ----------------------------------------------------------------------------------

WHOLE = json.dumps(REVIEW)


@pytest.mark.parametrize(
    "script",
    [
        f"<!-- {WHOLE} -->",
        f"<!--\n{WHOLE}\n//-->",
        f"//<![CDATA[\n{WHOLE}\n//]]>",
        f"/*<![CDATA[*/{WHOLE}/*]]>*/",
        f"{WHOLE};",
        WHOLE.replace("}}", "},}"),
        WHOLE.replace('"inLanguage"', '"keywords": ["a", "b",], "inLanguage"'),
        WHOLE[:-1],
        f"{WHOLE}}}",
        WHOLE.replace("made of", "made\nof").replace("made\nof", "made \n\tof"),
        f'{WHOLE[:-1]}, // what we know\n"sameAs": null}}',
        "\ufeff" + WHOLE,
        WHOLE.replace('"', "&quot;"),
    ],
    ids=lambda script: repr(script)[:30],
)
def test_broken_json_is_mended(script: str) -> None:
    assert one(page(script)) == CLAIM


def test_quotation_marks_that_nobody_escaped_are_kept_in_the_text() -> None:
    broken = WHOLE.replace("The Moon is made of cheese", 'The "Moon" is made of "cheese" today')
    assert one(page(broken)).text == 'The "Moon" is made of "cheese" today'


def test_two_broken_reviews_one_behind_the_other_are_both_read() -> None:
    other = json.dumps(REVIEW | {"url": "https://check.example/sun", "claimReviewed": "The Sun is cold"})
    for between in ("", "\n", ",", ";\n"):
        found = read(page(WHOLE.replace("}}", "},}") + between + other.replace("}}", "},}")))
        assert [claim.text for claim in found if isinstance(claim, Claim)] == [CLAIM.text, "The Sun is cold"]


def test_one_broken_script_does_not_cost_the_others() -> None:
    assert one(page('{"@type": "Organization", ', "", "null", "17", WHOLE)) == CLAIM


def test_a_script_that_cannot_be_mended_is_no_claim() -> None:
    [found] = read(page("ClaimReview ClaimReview {{{{"))
    assert isinstance(found, Rejected)


# --- ratings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rating", "kept"),
    [
        ("False", "False"),
        (["False", "1"], "False"),
        (["1", "False"], "False"),
        ([{"ratingValue": "1"}, {"alternateName": "False"}], "False"),
        ([{"ratingValue": "1"}, {"ratingValue": "2"}], "1"),
        ({"alternateName": "2", "ratingValue": "False"}, "False"),
        ([{"@type": "Rating", "alternateName": "False"}, {"alternateName": "True"}], "False"),
        ({"alternateName": ["False"]}, "False"),
        ({"name": "False", "ratingValue": 1}, "False"),
        ({"alternateName": "Rating by Check: False"}, "Rating by Check: False"),
        ({"alternateName": "Incorrect \r\n"}, "Incorrect"),
        ({"alternateName": "Half true &amp; half false"}, "Half true & half false"),
        ({"ratingValue": 1, "bestRating": 1, "worstRating": 5, "alternateName": "Vrai"}, "Vrai"),
        ({"ratingValue": -1, "bestRating": -1, "worstRating": -1, "alternateName": "Satire"}, "Satire"),
        ({"ratingValue": 17, "bestRating": 5, "alternateName": "Mostly False"}, "Mostly False"),
        ({"ratingValue": 10**400, "alternateName": "False"}, "False"),
        ({"ratingValue": "False"}, "False"),
        ({"ratingValue": 1, "bestRating": 5, "worstRating": 1}, "1"),
        ({"ratingValue": 1.0}, "1"),
        ({"ratingValue": 2.5}, "2.5"),
        ({"ratingValue": float("inf")}, ""),
        ({"ratingValue": float("nan"), "alternateName": float("-inf")}, ""),
        ({}, ""),
        (None, ""),
        (4, "4"),
    ],
)
def test_a_rating_keeps_its_own_words(rating: object, kept: str) -> None:
    [review] = one(varied(reviewRating=rating)).reviews
    assert review.rating == kept


@pytest.mark.parametrize("value", [-1, 1, 5, 17, "1", "1/5"])
def test_a_number_alone_is_no_verdict(value: object) -> None:
    [review] = one(varied(reviewRating={"ratingValue": value, "bestRating": 5, "worstRating": 1})).reviews
    assert bucket(review.rating) == "unrated"


# --- dates, names, addresses, languages -----------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "date"),
    [
        ("2020-10-07 20:05", "2020-10-07"),
        ("2020-08-31 17:22:16", "2020-08-31"),
        ("2022-11-01T18:16:43+05:30", "2022-11-01"),
        ("2023-01-24T13:32:06.838Z", "2023-01-24"),
        ("2020-10-07", "2020-10-07"),
        ("20201007", "2020-10-07"),
        ("October 7, 2020", "2020-10-07"),
        ("7 Oct 2020", "2020-10-07"),
        ("Wed, 07 Oct 2020 20:05:00 +0200", "2020-10-07"),
        (["2020-10-07"], "2020-10-07"),
        ({"@type": "Date", "@value": "2020-10-07"}, "2020-10-07"),
        ("2020-13-07", None),
        ("2021-02-29", None),
        ("2020-10-07+02:00", "2020-10-07"),
        ("2020-10-07Z", "2020-10-07"),
        ("2020-10-7", "2020-10-07"),
        ("2020/10/07 20:05", "2020-10-07"),
        ("20201007T200500", "2020-10-07"),
        ("Oct. 7, 2020", "2020-10-07"),
        ("Wednesday, October 7th, 2020 8:05 pm", "2020-10-07"),
        ("Wed Oct 07 2020", "2020-10-07"),
        ("07-Oct-2020", "2020-10-07"),
        ("7 octobre 2020", "2020-10-07"),
        ("1er août 2020", "2020-08-01"),
        ("7 de octubre de 2020", "2020-10-07"),
        ("7 de outubro de 2020", "2020-10-07"),
        ("7. Oktober 2020", "2020-10-07"),
        ("7 ottobre 2020", "2020-10-07"),
        ("07.10.2020", "2020-10-07"),
        ("24/08/2021", "2021-08-24"),
        ("Tue, 08/24/2021 - 10:12", "2021-08-24"),
        ("24-08-2021 10:12", "2021-08-24"),
        ("10/10/2020", "2020-10-10"),
        ("07/10/2020", None),
        ("07/10/20", None),
        ("32/08/2021", None),
        ("7 jui 2020", None),
        ("7 floréal 2020", None),
        ("yesterday", None),
        ("२०२०-१०-०७", "2020-10-07"),
        ("٧/٢٤/2020", "2020-07-24"),
        ("", None),
        (17, None),
    ],
)
def test_dates_are_read_where_it_is_clear_which_day_is_meant(given: object, date: str | None) -> None:
    [review] = one(varied(datePublished=given)).reviews
    assert review.date == date


@pytest.mark.parametrize(
    ("changes", "publisher"),
    [
        ({"author": "Check Example"}, "Check Example"),
        ({"author": [{"@type": "Organization", "name": "Check Example"}]}, "Check Example"),
        (
            {"author": {"@type": "Person", "name": "Anna"}, "publisher": {"name": "Check Daily"}},
            "Check Daily",
        ),
        ({"author": {"@type": "Person", "name": "Anna"}}, "check.example"),
        ({"author": "Anna", "publisher": {"@type": "Organization", "name": "Check Daily"}}, "Check Daily"),
        (
            {"author": {"name": "Anna"}, "publisher": {"@type": "NewsMediaOrganization", "name": "Check"}},
            "Check",
        ),
        ({"author": {"name": "Check"}, "publisher": {"@type": "Person", "name": "Anna"}}, "Check"),
        ({"author": {"@type": "Organization"}, "publisher": "Check Daily"}, "Check Daily"),
        ({"author": None}, "check.example"),
        (
            {"author": None, "sdPublisher": {"@type": "Organization", "name": "A Markup Tool"}},
            "check.example",
        ),
        ({"author": None, "publisher": {"@type": "Organization", "name": "Check &amp; Co"}}, "Check & Co"),
        ({"author": {"@type": "Organization", "name": ["Check", "Example"]}}, "Check"),
    ],
)
def test_the_publisher_is_the_organisation_that_answers_for_it(
    changes: dict[str, Any], publisher: str
) -> None:
    [review] = one(varied(**changes)).reviews
    assert review.publisher == publisher


def test_the_page_says_what_its_markup_leaves_out() -> None:
    head = """<meta property="og:site_name" content="Check &amp; Daily"><title>No, rock | Check</title>
      <meta property="article:published_time" content="2024-05-01T10:00:00Z">
      <link rel="alternate canonical" href="/moon">"""
    bare = {"@type": "ClaimReview", "claimReviewed": REVIEW["claimReviewed"], "reviewRating": "False"}
    [review] = one(page(json.dumps(bare), head=head), "https://www.check.example/x?y").reviews
    assert review == Review(
        "Check & Daily", "False", "https://www.check.example/moon", "No, rock | Check", "2024-05-01", "en"
    )


def test_what_is_kept_of_a_page_can_be_imported_again() -> None:
    head = f'<meta property="og:site_name" content="{"s" * 5_000}"><title>{"t" * 20_000}</title>'
    bare = {"@type": "ClaimReview", "claimReviewed": "c" * 20_000, "itemReviewed": {"author": "a" * 600}}
    name = "x." * 300 + "example"
    for url in ("https://check.example/moon", f"https://{name}/1", f"https://{'İ' * 300}.example/1"):
        for about in (head, ""):
            found = one(page(json.dumps(bare), head=about), url)
            assert records.parse(records.to_record(found)) == found
    [rejected] = read(page(json.dumps(bare)), f"https://check.example/{'x' * 4_000}")
    assert isinstance(rejected, Rejected)


@pytest.mark.parametrize(
    "item", [[], [{"author": {"name": "Wallace"}}], {"author": [{"name": "Wallace"}, "X"]}]
)
def test_what_was_reviewed_may_be_a_list(item: object) -> None:
    assert one(varied(itemReviewed=item)).claimant in ("Wallace", None)


@pytest.mark.parametrize(
    "item",
    [
        {
            "@type": "CreativeWork",
            "url": ["https://a.example", "https://b.example"],
            "author": {"name": "Wallace"},
        },
        {
            "@type": "Claim",
            "appearance": "https://a.example, https://b.example",
            "author": {"name": "Wallace"},
        },
        {"@type": "Claim", "appearance": [{"url": "https://a.example"}], "author": {"name": "Wallace"}},
        {"@type": "Claim", "author": {"@type": "Person", "name": "Wallace", "sameAs": "javascript:x"}},
    ],
)
def test_where_a_claim_appeared_does_not_get_in_the_way(item: object) -> None:
    assert one(varied(itemReviewed=item)) == CLAIM


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("/moon", "https://check.example/moon"),
        ("moon?a=1&amp;b=2", "https://check.example/a/moon?a=1&b=2"),
        ("/?p=1&section=x&param=3&region=eu", "https://check.example/?p=1&section=x&param=3&region=eu"),
        ("/?p=1&amp;copy=2&notit;&lt=3", "https://check.example/?p=1&copy=2&notit;&lt=3"),
        ("https://other.example/a b|c", "https://other.example/a%20b%7Cc"),
        ("  https://other.example/x\n", "https://other.example/x"),
        (["https://other.example/x"], "https://other.example/x"),
        ({"@id": "https://other.example/x"}, "https://other.example/x"),
        ("https://other.example/publicações/é", "https://other.example/publicações/é"),
        (None, "https://check.example/a/page"),
        ("javascript:alert(1)", "https://check.example/a/page"),
        ("//other.example/x", "https://other.example/x"),
        ("www.other.example/x", "https://www.other.example/x"),
        ("https://check.example", "https://check.example/a/page"),
        ("https://check.example/", "https://check.example/a/page"),
        ("https://check.example/?p=7", "https://check.example/?p=7"),
        ("data:text/html,x", "https://check.example/a/page"),
        ("http://[broken", "https://check.example/a/page"),
    ],
)
def test_a_review_s_address_is_a_web_address(url: object, kept: str) -> None:
    [review] = one(varied(url=url), "https://check.example/a/page").reviews
    assert review.url == kept


def test_one_wording_of_two_claimants_is_two_claims_of_a_page() -> None:
    def by(claimant: str | None, rating: str) -> dict[str, Any]:
        item = {"@type": "Claim", "author": claimant}
        return REVIEW | {"itemReviewed": item, "reviewRating": {"alternateName": rating}}

    reviews = [by("Wallace", "False"), by("Gromit", "True"), by(None, "Old"), by("WALLACE", "Wrong")]
    for order in (reviews, reviews[::-1]):
        found = [entry for entry in read(page(json.dumps({"@graph": order}))) if isinstance(entry, Claim)]
        assert {str(claim.claimant).title(): {r.rating for r in claim.reviews} for claim in found} == {
            "Wallace": {"False", "Wrong", "Old"},
            "Gromit": {"True"},
        }
        assert len({claim.id for claim in found}) == 2


def test_pages_that_name_their_site_as_their_address_stay_apart() -> None:
    home = REVIEW | {"url": "https://check.example/", "@id": "https://check.example/#review"}
    named = home | {"mainEntityOfPage": {"@id": "https://check.example/sun"}}
    found = [one(page(json.dumps(home)), "https://check.example/moon"), one(page(json.dumps(named)))]
    assert [claim.reviews[0].url for claim in found] == [
        "https://check.example/moon",
        "https://check.example/sun",
    ]
    assert one(page(json.dumps(home))).reviews[0].url == "https://check.example/"


@pytest.mark.parametrize("url", ["//check.example/moon", "www.check.example/moon"])
def test_an_address_without_its_scheme_is_one(url: str) -> None:
    assert one(varied(url=url)).reviews[0].url == f"https://{url.removeprefix('//')}"


def test_a_review_without_any_address_is_rejected() -> None:
    assert read(varied(url="javascript:alert(1)")) == [
        Rejected("page.html", "ClaimReview has no url; every review needs an http(s) address")
    ]


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ("fr-FR", "fr"),
        ({"@type": "Language", "name": "French", "alternateName": "fr"}, "fr"),
        (["pt_BR"], "pt"),
        ("French", "fr"),
        ("Martian", "en"),
        (None, "en"),
        ("fra", "fr"),
    ],
)
def test_the_language_is_the_review_s_or_the_page_s(given: object, language: str) -> None:
    assert one(varied(inLanguage=given)).language == language


def test_a_template_that_says_english_of_everything_is_not_believed() -> None:
    found = one(varied(inLanguage="en-US", claimReviewed="टीका बच्चों के लिए सुरक्षित नहीं है", name="यह गलत है"))
    assert (found.language, found.reviews[0].language) == ("hi", "hi")


def test_a_review_that_was_corrected_says_so() -> None:
    for given in ("We had the year wrong.", {"@type": "CorrectionComment", "text": "We had the year wrong."}):
        assert one(varied(correction=given)).reviews[0].state == "corrected"
    for nothing in (None, "", [], [""]):
        assert one(varied(correction=nothing)).reviews[0].state == "current"


# --- text is text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("It&#039;s &quot;cheese&quot; &amp; more", 'It\'s "cheese" & more'),
        ("It&amp;#039;s cheese", "It's cheese"),
        ("&notes &amp; &copyright; R&D", "&notes & &copyright; R&D"),
        ("<b>Bold</b> <img src=x onerror=alert(1)> claim", "<b>Bold</b> <img src=x onerror=alert(1)> claim"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("a\u0000b\u001bc\u009bd \ud800 e", "abcd e"),
        ("  two\r\n lines\t here ", "two lines here"),
        ("3\u00a0%", "3\u00a0%"),
        ("x" * 20_000, "x" * 10_000),
    ],
)
def test_imported_text_is_cleaned_and_its_tags_stay_text(given: str, kept: str) -> None:
    assert one(varied(claimReviewed=given)).text == kept


@pytest.mark.parametrize(
    "changes",
    [
        {"claimReviewed": {"@type": "Claim", "text": CLAIM.text}},
        {"claimReviewed": None, "itemReviewed": {"@type": "Claim", "text": CLAIM.text, "author": "Wallace"}},
        {"claimReviewed": "", "itemReviewed": [{"@type": "Claim", "name": CLAIM.text, "author": "Wallace"}]},
    ],
)
def test_the_claim_s_words_may_stand_in_a_claim_of_its_own(changes: dict[str, Any]) -> None:
    assert one(varied(**changes)) == CLAIM


def test_the_title_of_a_work_is_not_what_it_claims() -> None:
    work = {"@type": "CreativeWork", "name": "Our Moon", "text": "Moonlight and cheese"}
    [found] = read(varied(claimReviewed=None, itemReviewed=work))
    assert isinstance(found, Rejected)


@pytest.mark.parametrize("words", [None, "", "   ", [], {}, "&nbsp;"])
def test_a_review_that_does_not_say_which_claim_is_rejected_with_the_reason(words: object) -> None:
    [found] = read(varied(claimReviewed=words))
    assert isinstance(found, Rejected)
    assert "has no claimReviewed" in found.reason


def test_a_page_without_markup_is_rejected_with_the_reason() -> None:
    assert read(page()) == [Rejected("page.html", "no ClaimReview markup on this page")]
    assert read(b"") == [Rejected("page.html", "no ClaimReview markup on this page")]


# --- characters -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_pages_are_read_in_their_own_encoding(encoding: str) -> None:
    script = json.dumps(REVIEW | {"claimReviewed": "L’été coûte 3 €"}, ensure_ascii=False)
    assert one(page(script).decode().encode(encoding)).text == "L’été coûte 3 €"


def test_a_declared_encoding_is_believed_where_the_page_is_not_utf_8() -> None:
    data = '<meta charset="iso-8859-7"><p>Ψευδές'.encode("iso-8859-7")
    assert decoded(data).endswith("Ψευδές")
    assert decoded("<meta charset=latin-1>é".encode()).endswith("é")
    for unusable in (b"no-such", b"idna", b"undefined", b"hex"):
        assert decoded(b"<meta charset=" + unusable + b">\xe9").endswith("é")


def test_one_bad_byte_costs_itself() -> None:
    assert decoded("?\ufffd".encode()) == "?\ufffd"
    assert decoded("L’été coûte".encode() + b"\xff 3 " + "€".encode()) == "L’été coûte\ufffd 3 €"
    assert decoded("<meta charset=utf-8>é".encode() + b"\x80") == "<meta charset=utf-8>é\ufffd"


@pytest.mark.parametrize("label", ["iso-8859-1", "latin1", "us-ascii", "ISO_8859-1"])
def test_what_is_declared_as_latin_1_may_hold_what_windows_adds(label: str) -> None:
    data = f"<meta charset={label}>L’œuf coûte 3 €"
    assert decoded(data.encode("cp1252")) == data
    assert decoded(b"\x80", label) == "€"


# --- hostile pages --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"<div>" * 100_000 + page(WHOLE),
        page(f'{"[" * 50_000}"ClaimReview"'),
        page('{"@type":"ClaimReview","a":' * 5_000),
        page(json.dumps({"@id": "#a", "@type": "ClaimReview", "author": {"@id": "#a"}})),
        page(json.dumps(REVIEW | {"author": {"@id": ["#a"]}})),
        page(json.dumps(REVIEW | {"name": f"&#{'9' * 5_000};"})),
        page(f'{{"@type": "ClaimReview" "name": "&#{"9" * 5_000};"'),
        b'<div itemscope itemtype="http://schema.org/ClaimReview"><p itemprop=author ' * 3_000,
        b"\x00" * 1000 + page(WHOLE) + b"\xff\xfe\xfd",
        b"<script type='application/ld+json'>" + b"<script>ClaimReview" * 10_000,
    ],
    ids=[
        "deep tags",
        "deep brackets",
        "deep objects",
        "circle",
        "a list for a name",
        "an endless entity",
        "an endless entity, broken off",
        "deep microdata",
        "bytes",
        "scripts",
    ],
)
def test_hostile_pages_end_in_an_answer(data: bytes) -> None:
    assert read(data)


def test_a_page_over_the_limit_is_refused_and_one_just_within_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    for size, expected in ((MAX_PAGE, CLAIM), (MAX_PAGE + 1, Rejected("page.html", "the page is over 8 MB"))):
        data = page(WHOLE).ljust(size)
        assert read(data) == [expected]
        assert list(page_claims(Fetched(io.BytesIO(data), "https://check.example/"), "page.html")) == [
            expected
        ]
        file.write_bytes(data)
        assert list(load(str(file))) == [expected]


# --- real pages -----------------------------------------------------------------------------------

EXPECTED = {
    "afp_checamos_raw.html": ("pt", "Checamos", "Falso", "2020-06-23"),
    "afp_factuel_raw.html": ("fr", "AFP", "Faux", "2022-01-28"),
    "afp_faktencheck_raw.html": ("de", "AFP", "Falsch", "2021-08-24"),
    "afp_india_raw.html": ("en", "AFP", "Misleading", "2022-03-02"),
    "afp_raw.html": ("en", "AFP Fact Check", "False", "2020-06-24"),
    "africa_check_raw_old.html": ("en", "Africa Check", "Incorrect", "2020-07-06"),
    "bangla_boom_live_raw.html": ("bn", "BOOM", "False", "2021-06-17"),
    "comprova_raw.html": ("pt", "Comprova", "FALSO: As imagens", "2022-05-30"),
    "estadao_raw.html": ("pt", "Estadão", "Falso", "2023-01-24"),
    "hindi_boom_live_raw.html": ("hi", "Boom Live", "Misleading", "2021-08-03"),
    "lupa_raw.html": ("pt", "Agência Lupa", "Falso", "2020-08-31"),
    "newtral_fact_check_raw.html": ("es", "Newtral", "Engañoso", "2022-10-06"),
    "vishvas_news_english_raw.html": ("en", "Vishvas News", "False", "2022-11-01"),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_real_pages_yield_their_claim(name: str) -> None:
    if not REAL.is_dir():
        pytest.skip(f"NOT RUN: {REAL} is absent")
    found = one((REAL / name).read_bytes())
    [review] = found.reviews
    language, publisher, rating, date = EXPECTED[name]
    assert (found.language, review.publisher, review.date) == (language, publisher, date)
    assert review.rating.startswith(rating)
    assert bucket(review.rating, review.language) in ("false", "misleading")
    assert review.url.startswith("https://")
    assert "/" in review.url[8:]
    assert len(found.text) > 20
    assert review.title
