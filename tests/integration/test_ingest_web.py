"""Sources on the web, served by a server of our own: pages, sitemaps, feeds, and the Fact Check Tools API."""

from __future__ import annotations

import gzip
import json
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from obelism.errors import BadInput, Unavailable
from obelism.imports import Import, Watch, import_claims, sync
from obelism.ingest import Fetcher, Limits, Options, Rejected, factcheckapi, load, load_fetched
from obelism.ingest.claimreview import published_id
from obelism.ingest.fetch import Fetched, TooLate, public_address
from obelism.model import Claim
from obelism.store import PutSummary, Store, open_store
from webserver import Answer, Asked, Site, running_site

HERE = Options(limits=Limits(private=True))


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


def review(url: str, text: str = "The Moon is cheese", **more: Any) -> dict[str, Any]:
    return {
        "@type": "ClaimReview",
        "url": url,
        "claimReviewed": text,
        "author": {"@type": "Organization", "name": "Check"},
        "reviewRating": {"@type": "Rating", "alternateName": "False"},
        "inLanguage": "en",
        **more,
    }


def page(url: str, text: str = "The Moon is cheese") -> str:
    return f'<html><script type="application/ld+json">{json.dumps(review(url, text))}</script></html>'


def feed(*reviews: dict[str, Any]) -> bytes:
    return json.dumps({"@type": "DataFeed", "dataFeedElement": [{"item": [r]} for r in reviews]}).encode()


def texts(found: list[Claim | Rejected]) -> list[str]:
    return [entry.text for entry in found if isinstance(entry, Claim)]


def reasons(found: list[Claim | Rejected]) -> list[str]:
    return [str(entry) for entry in found if isinstance(entry, Rejected)]


# --- pages and other files ------------------------------------------------------------------------


def test_a_page_is_fetched_by_its_address(site: Site) -> None:
    site["/moon"] = page("/moon")
    [found] = load(site.url("/moon"), HERE)
    assert isinstance(found, Claim)
    assert found.reviews[0].url == site.url("/moon")


def test_redirects_are_followed_and_count_for_relative_addresses(site: Site) -> None:
    site["/old"] = Answer(status=301, headers={"Location": "/new/moon"})
    site["/new/moon"] = page("check")
    [found] = load(site.url("/old"), HERE)
    assert isinstance(found, Claim)
    assert found.reviews[0].url == site.url("/new/check")


def test_the_server_s_word_on_the_encoding_counts(site: Site) -> None:
    body = page("/moon", "Ψευδές").replace("\\u03a8\\u03b5\\u03c5\\u03b4\\u03ad\\u03c2", "Ψευδές")
    site["/moon"] = Answer(
        body.encode("iso-8859-7"), headers={"Content-Type": "text/html; charset=iso-8859-7"}
    )
    assert texts(list(load(site.url("/moon"), HERE))) == ["Ψευδές"]


@pytest.mark.parametrize("packed", [False, True])
def test_files_of_any_form_are_fetched(site: Site, packed: bool) -> None:
    line = json.dumps({"id": "a", "text": "One", "language": "en"}) + "\n"
    for name, body in {
        "/claims.jsonl": line.encode(),
        "/claims.csv": b"id,text,language\na,One,en\n",
        "/feed": feed(review("https://c.example/1", "One")),
        "/data?x=1": line.encode() * 2,
    }.items():
        site[name] = gzip.compress(body) if packed else body
        assert texts(list(load(site.url(name), HERE)))[0] == "One", name


def test_compressed_transfer_is_undone(site: Site) -> None:
    body = gzip.compress(feed(review("https://c.example/1", "One")))
    site["/feed"] = Answer(body, headers={"Content-Encoding": "gzip"})
    assert texts(list(load(site.url("/feed"), HERE))) == ["One"]


# --- what a source may not do ---------------------------------------------------------------------


def test_an_answer_that_is_no_good_is_named(site: Site) -> None:
    site["/broken"] = Answer(b"oops", 500)
    with pytest.raises(Unavailable, match="/missing answered 404 Not Found"):
        list(load(site.url("/missing"), HERE))
    with pytest.raises(Unavailable, match="/broken answered 500"):
        list(load(site.url("/broken"), HERE))
    with pytest.raises(Unavailable, match="cannot be fetched"):
        list(load("http://127.0.0.1:1/x", HERE))


@pytest.mark.parametrize(
    "source",
    ["http://[broken", "https://xn--.com/", f"https://{'a' * 64}.com/", "https://a..b/", "http://a:x/"],
)
def test_an_address_that_can_be_none_is_named(source: str) -> None:
    with pytest.raises(Unavailable, match="cannot be fetched"):
        list(load(source, HERE))


def test_a_source_over_the_limits_is_left(site: Site) -> None:
    site["/endless"] = Answer(b"x" * 100_000, repeat=10_000)
    site["/bomb"] = Answer(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
    limits = replace(HERE.limits, bytes=1_000_000)
    for path in ("/endless", "/bomb"):
        with pytest.raises(Unavailable, match="is over 1,000,000 bytes"):
            list(load(site.url(path), replace(HERE, limits=limits)))


def test_a_source_that_takes_too_long_is_left(site: Site) -> None:
    site["/slow"] = Answer(b"x" * 70_000, repeat=100_000)
    with pytest.raises(Unavailable, match="took over"):
        list(load(site.url("/slow"), replace(HERE, limits=replace(HERE.limits, seconds=0.05))))


def test_a_silent_server_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limits = replace(HERE.limits, silence=0.1)
        with pytest.raises(Unavailable, match="timed out"):
            list(load(f"http://127.0.0.1:{silent.getsockname()[1]}/", replace(HERE, limits=limits)))


@contextmanager
def dripping(*answers: bytes) -> Iterator[str]:
    """The address of a server that gives `answers` on a connection, and then a byte every 20 ms for ever."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # whoever asked has had enough
                for answer in answers:
                    self.request.recv(4096)
                    self.request.sendall(answer)
                while not over.wait(0.02):
                    self.request.sendall(b"x")

    over = threading.Event()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            over.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("sent", [b"H", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n<p>"])
def test_a_server_that_sends_byte_after_byte_is_left(sent: bytes) -> None:
    with dripping(sent) as address:
        limits = replace(HERE.limits, seconds=0.3)
        with pytest.raises(Unavailable, match="took over"):
            list(load(address, replace(HERE, limits=limits)))
        limits = replace(HERE.limits, until=time.monotonic() + 0.3)
        with pytest.raises(TooLate, match="the time for its source is over"):
            list(load(address, replace(HERE, limits=limits)))


def test_a_server_that_took_too_long_may_be_asked_again() -> None:
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
    with dripping(good, b"HTTP/1.1 200 OK\r\nX: ") as address, Fetcher(HERE.limits) as fetcher:
        for _ in range(2):
            fetched = fetcher.fetch(address)
            assert fetched is not None
            with fetched.file as file:
                assert file.read() == b"good"
            fetcher.limits = replace(HERE.limits, seconds=0.3)
            with pytest.raises(Unavailable, match="took over"):
                fetcher.fetch(address)  # over the same connection
            fetcher.limits = HERE.limits


def test_endless_redirects_come_to_an_end(site: Site) -> None:
    site["/a"] = Answer(status=302, headers={"Location": "/a"})
    with pytest.raises(Unavailable, match="redirects"):
        list(load(site.url("/a"), HERE))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/"])
def test_a_redirect_leads_to_the_web_only(site: Site, target: str) -> None:
    site["/a"] = Answer(status=302, headers={"Location": target})
    with pytest.raises(Unavailable, match="cannot be fetched"):
        list(load(site.url("/a"), HERE))


def test_this_machine_and_its_network_are_not_asked_unless_that_is_wanted(site: Site) -> None:
    site["/moon"] = page("/moon")
    port = urlsplit(site.address).port
    for address in (
        site.url("/moon"),
        f"http://localhost:{port}/moon",
        f"http://[::ffff:127.0.0.1]:{port}/moon",
    ):
        with pytest.raises(Unavailable, match="--allow-private"):
            list(load(address))
    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "192.168.1.1", "172.16.0.1", "127.0.0.53", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "224.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_private_addresses_are_known(address: str) -> None:
    with pytest.raises(httpx.ConnectError, match="this machine or its network"):
        public_address(address, 80)


def test_a_name_is_judged_by_all_its_addresses_and_connected_by_the_judged_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    # The first answer is what is connected to: a second look-up would be led home.
    assert public_address("rebinding.example", 80) == "93.184.216.34"
    answers[:] = [["93.184.216.34", "10.0.0.1"]]
    with pytest.raises(httpx.ConnectError):
        public_address("mixed.example", 80)


# --- sitemaps -------------------------------------------------------------------------------------


def sitemap(*entries: tuple[str, str | None], kind: str = "urlset") -> str:
    inner = "url" if kind == "urlset" else "sitemap"
    listed = "".join(
        f"<{inner}><loc>{url}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</{inner}>"
        for url, date in entries
    )
    return (
        f'<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</{kind}>'
    )


def test_the_pages_of_a_sitemap_are_read(site: Site) -> None:
    site["/sitemap.xml"] = sitemap((site.url("/1"), None), (site.url("/2"), None), (site.url("/gone"), None))
    site["/1"] = page("/1", "One")
    site["/2"] = "<p>no review here"
    found = list(load(site.url("/sitemap.xml"), HERE))
    assert texts(found) == ["One"]
    assert reasons(found) == [
        f"{site.url('/2')}: no ClaimReview markup on this page",
        f"{site.url('/gone')}: {site.url('/gone')} answered 404 Not Found",
    ]


def test_a_page_that_does_not_answer_is_asked_once_more_after_the_others(site: Site) -> None:
    site["/sitemap.xml"] = sitemap(*((site.url(f"/{n}"), None) for n in range(3)))
    site["/1"], site["/2"] = page("/1", "One"), page("/2", "Two")

    def busy_once(asked: Asked) -> Answer:
        times = [before.path for before in site.asked].count("/0")
        return Answer(status=503) if times == 1 else Answer(page("/0", "Nought").encode())

    site["/0"] = busy_once
    assert texts(list(load(site.url("/sitemap.xml"), HERE))) == ["One", "Two", "Nought"]
    site["/0"] = lambda asked: Answer(status=503)
    found = list(load(site.url("/sitemap.xml"), HERE))
    assert [
        str(entry).partition(": ")[2] for entry in found if isinstance(entry, Rejected) and entry.cut
    ] == ["1 of its pages could not be fetched"]


def test_pages_that_are_gone_for_good_do_not_cut_a_sitemap_off(site: Site) -> None:
    site["/sitemap.xml"] = sitemap(*((site.url(f"/{n}"), None) for n in range(3)))
    site["/0"] = page("/0", "Nought")
    found = list(load(site.url("/sitemap.xml"), HERE))
    assert len(reasons(found)) == 2
    assert not any(entry.cut for entry in found if isinstance(entry, Rejected))
    assert len(site.asked) == 4


@pytest.mark.parametrize("status", [403, 404, 410, 503])
def test_a_listed_sitemap_out_of_reach_cuts_its_index_off_until_it_answers(
    url: str, site: Site, status: int
) -> None:
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    store = open_store(url, now=lambda: now)
    children = [(site.url("/many.xml"), None), (site.url("/late.xml"), None)]
    site["/index.xml"] = sitemap(*children, kind="sitemapindex")
    site["/many.xml"] = sitemap(*((site.url(f"/{n}"), "2026-01-01") for n in range(30)))
    for n in range(31):
        site[f"/{n}"] = page(f"/{n}", f"Number {n}")
    site["/late.xml"] = Answer(b"oops", status)
    first = only(sync(store, HERE, urls=[site.url("/index.xml")]))
    assert first.brought.kept == PutSummary(added=30)
    assert f"/late.xml answered {status}" in first.error
    now += timedelta(days=9)
    site["/late.xml"] = sitemap((site.url("/30"), "2026-01-01"))
    assert only(sync(store, HERE)).brought == Import(PutSummary(added=1, unchanged=30))
    store.close()


def test_sitemaps_may_list_sitemaps_even_themselves(site: Site) -> None:
    index = sitemap((site.url("/a.xml.gz"), None), (site.url("/index.xml"), None), kind="sitemapindex")
    site["/index.xml"] = index
    site["/a.xml.gz"] = gzip.compress(sitemap((site.url("/1"), None), (site.url("/1"), None)).encode())
    site["/1"] = page("/1", "One")
    assert texts(list(load(site.url("/index.xml"), HERE))) == ["One"]
    assert [asked.path for asked in site.asked].count("/1") == 1


def test_a_page_that_turns_out_to_be_a_sitemap_is_not_followed(site: Site) -> None:
    site["/sitemap.xml"] = sitemap((site.url("/sitemap.xml"), None))
    found = list(load(site.url("/sitemap.xml"), HERE))
    assert len(site.asked) == 2
    assert len(reasons(found)) == 1


def test_pages_that_have_not_changed_since_a_day_are_left_out(site: Site) -> None:
    site["/sitemap.xml"] = sitemap((site.url("/1"), "2024-05-01"), (site.url("/2"), "2024-06-01T10:00:00Z"))
    site["/1"], site["/2"] = page("/1", "One"), page("/2", "Two")
    assert texts(list(load(site.url("/sitemap.xml"), replace(HERE, since="2024-05-15")))) == ["Two"]


def test_pages_without_a_date_are_asked_for_only_if_they_changed_since_a_day(site: Site) -> None:
    def unchanged(asked: Asked) -> Answer:
        return Answer(status=304 if asked.headers.get("If-Modified-Since") else 500)

    site["/sitemap.xml"] = sitemap((site.url("/1"), None), (site.url("/2"), "2024-06-01"))
    site["/1"], site["/2"] = unchanged, page("/2", "Two")
    assert texts(list(load(site.url("/sitemap.xml"), replace(HERE, since="2024-05-15")))) == ["Two"]
    assert [asked.headers.get("If-Modified-Since") for asked in site.asked] == [
        None,
        "Wed, 15 May 2024 00:00:00 GMT",
        None,
    ]


@pytest.mark.parametrize("since", ["2024-05", "2024"])
def test_the_day_may_be_a_month_or_a_year(site: Site, since: str) -> None:
    listed = [("/1", None), ("/2", "2024-06"), ("/3", "2023-06"), ("/4", "2024")]
    site["/sitemap.xml"] = sitemap(*((site.url(path), date) for path, date in listed))
    for path, _ in listed:
        site[path] = page(path, path)
    assert texts(list(load(site.url("/sitemap.xml"), replace(HERE, since=since)))) == ["/1", "/2", "/4"]


def test_an_address_that_can_be_none_does_not_end_a_sitemap(site: Site) -> None:
    site["/sitemap.xml"] = sitemap(
        ("https://xn--.com/", None), ("https://a..b/", None), (site.url("/1"), None)
    )
    site["/1"] = page("/1", "One")
    assert texts(list(load(site.url("/sitemap.xml"), HERE))) == ["One"]


def test_a_sitemap_on_disk_leads_to_the_web(site: Site, tmp_path: Any) -> None:
    site["/1"] = page("/1", "One")
    (tmp_path / "sitemap.xml").write_text(sitemap((site.url("/1"), None)))
    assert texts(list(load(str(tmp_path / "sitemap.xml"), HERE))) == ["One"]


def test_a_damaged_page_costs_no_other(site: Site) -> None:
    pages = [site.url(f"/{n}") for n in range(3)]
    site["/sitemap.xml"] = sitemap(*((url, None) for url in pages))
    site["/0"], site["/1"], site["/2"] = (
        page("/0", "One"),
        gzip.compress(page("/1").encode())[:-20],
        page("/2", "Two"),
    )
    found = list(load(site.url("/sitemap.xml"), HERE))
    assert texts(found) == ["One", "Two"]
    assert reasons(found) == [f"{pages[1]}: not a whole gzip file; what could be read of it was taken"]


def test_a_damaged_sitemap_costs_no_other(site: Site) -> None:
    packed = gzip.compress(sitemap((site.url("/1"), None)).encode())
    site["/index.xml"] = sitemap(
        (site.url("/a.xml.gz"), None), (site.url("/b.xml.gz"), None), kind="sitemapindex"
    )
    site["/a.xml.gz"], site["/b.xml.gz"], site["/1"] = packed[:-20], packed, page("/1", "One")
    found = list(load(site.url("/index.xml"), HERE))
    assert texts(found) == ["One"]
    assert [entry.cut for entry in found if isinstance(entry, Rejected)] == [True]


def test_nothing_is_fetched_when_the_time_for_its_source_is_over(site: Site, tmp_path: Path) -> None:
    site["/1"] = page("/1")
    (tmp_path / "sitemap.xml").write_text(sitemap((site.url("/1"), None)))
    over = replace(HERE, limits=replace(HERE.limits, until=time.monotonic()))
    reason = f"{site.url('/1')}: {site.url('/1')} is not fetched: the time for its source is over"
    assert reasons(list(load(str(tmp_path / "sitemap.xml"), over)))[0] == reason
    assert site.asked == []


def test_only_so_many_pages_are_read(site: Site) -> None:
    site["/sitemap.xml"] = sitemap(*((site.url(f"/{n}"), None) for n in range(10)))
    limits = replace(HERE.limits, pages=3)
    found = list(load(site.url("/sitemap.xml"), replace(HERE, limits=limits)))
    assert len(site.asked) == 4
    [cut] = [entry for entry in found if isinstance(entry, Rejected) and entry.cut]
    assert "over 3 pages are listed" in str(cut)


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><urlset><url><loc>https://x.example/&c;</loc></url></urlset>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>',
        "<urlset><url><loc>javascript:alert(1)</loc></url><url><loc></loc></url><url/></urlset>",
    ],
    ids=["entities in entities", "a file as an entity", "no web addresses"],
)
def test_a_hostile_sitemap_leads_nowhere(site: Site, hostile: str) -> None:
    site["/sitemap.xml"] = hostile
    assert texts(list(load(site.url("/sitemap.xml"), HERE))) == []
    assert [asked.path for asked in site.asked] == ["/sitemap.xml"]


@pytest.mark.parametrize("form", ["\n \n{}", "\ufeff\n{}", "plain"])
def test_a_sloppy_sitemap_is_read(site: Site, form: str) -> None:
    urls = [
        site.url(f"/{query}") for query in ("1?a=1&b=2", "2?a=1&amp;b=2", "3?p=1&amp;section=x&amp;copy=2")
    ]
    site["/1?a=1&b=2"], site["/2?a=1&b=2"] = page("/1", "One"), page("/2", "Two")
    site["/3?p=1&section=x&copy=2"] = page("/3", "Three")
    plain = "\ufeff" + "\r\n".join(urls)
    site["/sitemap"] = plain if form == "plain" else form.format(sitemap(*((url, None) for url in urls)))
    assert texts(list(load(site.url("/sitemap"), HERE))) == ["One", "Two", "Three"]


def test_a_broken_sitemap_gives_what_stands_before_the_mistake(site: Site) -> None:
    site["/sitemap.xml"] = sitemap((site.url("/1"), None), (site.url("/2"), None))[:-40]
    site["/1"] = page("/1", "One")
    found = list(load(site.url("/sitemap.xml"), HERE))
    assert texts(found) == ["One"]
    assert any("the sitemap is not valid XML" in reason for reason in reasons(found))


# --- the Fact Check Tools API ---------------------------------------------------------------------


def api_claim(text: str, *urls: str) -> dict[str, Any]:
    return {
        "text": text,
        "claimant": "Wallace",
        "claimDate": "2024-04-01T00:00:00Z",
        "claimReview": [
            {
                "publisher": {"name": "Check", "site": "check.example"},
                "url": url,
                "title": "Rock &amp; dust",
                "reviewDate": "2024-05-01T10:00:00Z",
                "textualRating": "False",
                "languageCode": "en",
            }
            for url in urls
        ],
    }


def ask(site: Site, source: str, key: str = "the-key") -> tuple[list[Claim | Rejected], list[float]]:
    waits: list[float] = []
    with Fetcher(HERE.limits) as fetcher:
        found = list(factcheckapi.claims_of(source, fetcher, key, site.url("/v1/claims"), waits.append))
    return found, waits


def test_all_pages_of_the_api_are_asked_for(site: Site) -> None:
    answers = {
        "": {"claims": [api_claim("One", "https://c.example/1")], "nextPageToken": "two"},
        "two": {"claims": [api_claim("Two", "https://c.example/2")], "nextPageToken": "three"},
        "three": {"claims": [{"text": "", "claimReview": []}, {"text": "No review"}]},
    }

    def answer(asked: Asked) -> Answer:
        token = parse_qs(urlsplit(asked.path).query).get("pageToken", [""])[0]
        return Answer(json.dumps(answers[token]).encode())

    site["/v1/claims"] = answer
    found, _ = ask(site, "factcheck:query=moon&languageCode=en")
    assert texts(found) == ["One", "Two"]
    assert [reason.split(": ", 1)[1] for reason in reasons(found)] == [
        "the claim has no text",
        "the claim has no review with an http(s) address",
    ]
    first = next(entry for entry in found if isinstance(entry, Claim))
    assert first.id == published_id("https://c.example/1")
    assert (first.claimant, first.reviews[0].title, first.reviews[0].date) == (
        "Wallace",
        "Rock & dust",
        "2024-05-01",
    )
    assert all("languageCode=en" in asked.path and "query=moon" in asked.path for asked in site.asked)


def test_the_key_is_sent_and_shown_nowhere(site: Site) -> None:
    site["/v1/claims"] = Answer(b'{"error": {"message": "API key not valid"}}', 400)
    with pytest.raises(Unavailable, match="answered 400: API key not valid") as raised:
        ask(site, "factcheck:query=moon", key="secret-key")
    assert site.asked[0].headers["X-Goog-Api-Key"] == "secret-key"
    assert "secret-key" not in site.asked[0].path
    assert "secret-key" not in str(raised.value)
    with pytest.raises(BadInput, match="OBELISM_FACT_CHECK_KEY"):
        ask(site, "factcheck:query=moon", key="")


def test_a_busy_api_is_asked_again_as_late_as_it_wants(site: Site) -> None:
    answers = [
        Answer(b"", 429, {"Retry-After": "7"}),
        Answer(b"", 503),
        Answer(b"<html>", 200),
        Answer(b"[" * 200_000, 200),
        Answer(json.dumps({"claims": [api_claim("One", "https://c.example/1")]}).encode()),
    ]
    site["/v1/claims"] = lambda _: answers.pop(0)
    found, waits = ask(site, "factcheck:query=moon")
    assert texts(found) == ["One"]
    assert waits[0] == 7
    assert len(waits) == 4
    assert all(0 <= wait <= 60 for wait in waits)


def test_an_api_that_stays_busy_is_left_with_what_it_gave(site: Site) -> None:
    first = json.dumps({"claims": [api_claim("One", "https://c.example/1")], "nextPageToken": "two"}).encode()
    site["/v1/claims"] = lambda asked: Answer(b"", 503) if "pageToken" in asked.path else Answer(first)
    found, waits = ask(site, "factcheck:query=moon")
    assert texts(found) == ["One"]
    assert [entry.cut for entry in found if isinstance(entry, Rejected)] == [True]
    assert len(waits) == 5
    site["/v1/claims"] = Answer(b"", 503)
    with pytest.raises(Unavailable, match="answered 503, 6 times over"):
        ask(site, "factcheck:query=moon")


def test_an_api_that_sends_the_same_token_again_comes_to_an_end(site: Site) -> None:
    site["/v1/claims"] = json.dumps({"claims": [], "nextPageToken": "again"})
    ask(site, "factcheck:query=moon")
    assert len(site.asked) == 2


def test_an_api_that_sends_its_tokens_in_a_circle_comes_to_an_end(site: Site) -> None:
    def circle(asked: Asked) -> Answer:
        assert len(site.asked) < 9, "it asks for ever"
        token = "b" if "pageToken=a" in asked.path else "a"
        return Answer(json.dumps({"claims": [], "nextPageToken": token}).encode())

    site["/v1/claims"] = circle
    ask(site, "factcheck:query=moon")
    assert len(site.asked) == 3


def test_one_claim_with_many_reviews_keeps_them_all(site: Site) -> None:
    site["/v1/claims"] = json.dumps(
        {"claims": [api_claim("One", "https://c.example/1", "https://d.example/2")]}
    )
    [found] = ask(site, "factcheck:reviewPublisherSiteFilter=c.example")[0]
    assert isinstance(found, Claim)
    assert [r.url for r in found.reviews] == ["https://c.example/1", "https://d.example/2"]


def test_claims_of_two_pages_stay_apart_and_reviews_of_one_page_join(site: Site) -> None:
    other = {**api_claim("One", "https://d.example/2"), "claimant": "Gromit"}
    site["/v1/claims"] = json.dumps({"claims": [api_claim("One", "https://c.example/1")] * 2 + [other]})
    found = ask(site, "factcheck:query=one")[0]
    assert [claim.claimant for claim in found if isinstance(claim, Claim)] == ["Wallace", "Gromit"]


def test_what_the_api_gave_is_passed_on_before_the_next_page_is_asked_for(site: Site) -> None:
    site["/v1/claims"] = json.dumps(
        {"claims": [api_claim("One", "https://c.example/1")], "nextPageToken": "2"}
    )
    with Fetcher(HERE.limits) as fetcher:
        found = factcheckapi.claims_of("factcheck:query=one", fetcher, "key", site.url("/v1/claims"))
        assert isinstance(next(found), Claim)
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "source", ["factcheck:", "factcheck:q=moon", "factcheck:query=x&key=1", "factcheck:languageCode=fr"]
)
def test_a_query_that_the_api_does_not_know_is_refused(site: Site, source: str) -> None:
    with pytest.raises(BadInput, match="must read like factcheck:query=vaccine"):
        ask(site, source)
    assert site.asked == []


# --- feeds ----------------------------------------------------------------------------------------


def only(results: Any) -> Any:
    [result] = list(results)
    return result


def test_a_feed_is_fetched_again_only_when_it_has_changed(store: Store, site: Site) -> None:
    body = feed(review("https://c.example/1", "One"), review("https://c.example/2", "Two"))
    site["/feed"] = Answer(body, headers={"ETag": '"1"', "Last-Modified": "Sun, 22 Nov 2026 08:00:00 GMT"})
    store.feeds.add(site.url("/feed"), "anna")
    assert only(sync(store, HERE)).brought == Import(PutSummary(added=2))
    assert only(sync(store, HERE)).brought is None
    assert site.asked[1].headers["If-None-Match"] == '"1"'
    assert site.asked[1].headers["If-Modified-Since"] == "Sun, 22 Nov 2026 08:00:00 GMT"
    site["/feed"] = Answer(
        feed(
            review("https://c.example/1", "One", reviewRating="Mostly False"),
            review("https://c.example/2", "Two"),
        ),
        headers={"ETag": '"2"'},
    )
    assert only(sync(store, HERE)).brought == Import(PutSummary(changed=1, unchanged=1))
    changed = store.get(published_id("https://c.example/1"))
    assert changed is not None
    assert [(r.rating, r.state) for r in changed.reviews] == [
        ("Mostly False", "current"),
        ("False", "superseded"),
    ]
    assert [entry.actor for entry in store.audit.history(changed.id)] == [site.url("/feed")] * 2


def test_a_feed_that_fails_says_so_and_is_tried_again(store: Store, site: Site) -> None:
    store.feeds.add(site.url("/feed"), "anna")
    assert "answered 404" in only(sync(store, HERE)).error
    [known] = store.feeds.all()
    assert known.last_success is None
    assert "answered 404" in (known.last_error or "")
    site["/feed"] = feed(review("https://c.example/1"))
    assert only(sync(store, HERE)).error is None
    assert store.feeds.all()[0].last_error is None


def test_a_feed_that_was_cut_off_is_fetched_in_full_the_next_time(store: Store, site: Site) -> None:
    whole = feed(review("https://c.example/1", "One"), review("https://c.example/2", "Two"))
    site["/feed"] = Answer(whole[:-40], headers={"ETag": '"1"'})
    store.feeds.add(site.url("/feed"), "anna")
    result = only(sync(store, HERE))
    assert result.brought.kept == PutSummary(added=1)
    assert "the rest is not read" in result.error
    site["/feed"] = Answer(whole, headers={"ETag": '"1"'})
    assert only(sync(store, HERE)).brought.kept == PutSummary(added=1, unchanged=1)


def test_one_failing_feed_does_not_stop_the_others(store: Store, site: Site) -> None:
    site["/good"] = feed(review("https://c.example/1"))
    results = list(sync(store, HERE, urls=[site.url("/bad"), site.url("/good")]))
    assert [result.error is None for result in results] == [False, True]
    assert [known.url for known in store.feeds.all()] == [site.url("/bad"), site.url("/good")]


def test_a_mark_that_cannot_be_sent_is_not(store: Store, site: Site) -> None:
    site["/feed"] = Answer(feed(review("https://c.example/1")), headers={"ETag": '"é"'})
    for _ in range(2):
        assert only(sync(store, HERE, urls=[site.url("/feed")])).error is None


def test_a_feed_that_nobody_foresaw_fails_alone(
    store: Store, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def oops(fetched: Fetched, *rest: Any) -> Iterator[Claim | Rejected]:
        if fetched.url.endswith("/odd"):
            fetched.file.close()
            raise IndexError("pop from an empty deque")
        return load_fetched(fetched, *rest)

    monkeypatch.setattr("obelism.imports.load_fetched", oops)
    site["/odd"] = site["/plain"] = feed(review("https://c.example/1"))
    odd, plain = sync(store, HERE, urls=[site.url("/odd"), site.url("/plain")])
    assert (odd.error, plain.error) == ("IndexError: pop from an empty deque", None)
    assert store.feeds.all()[0].last_error == odd.error


def test_a_sitemap_is_asked_only_for_what_is_new(url: str, site: Site) -> None:
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    store = open_store(url, now=lambda: now)
    site["/1"], site["/2"] = page("/1", "One"), page("/2", "Two")
    site["/sitemap.xml"] = sitemap((site.url("/1"), "2026-11-01"))
    store.feeds.add(site.url("/sitemap.xml"), "anna")
    only(sync(store, HERE))
    now += timedelta(days=2)
    site["/sitemap.xml"] = sitemap((site.url("/1"), "2026-11-01"), (site.url("/2"), "2026-11-24"))
    site.asked.clear()
    assert only(sync(store, HERE)).brought.kept == PutSummary(added=1)
    assert [asked.path for asked in site.asked] == ["/sitemap.xml", "/2"]
    store.close()


def test_an_index_that_is_as_it_was_does_not_hide_what_it_lists(store: Store, site: Site) -> None:
    index = sitemap((site.url("/a.xml"), None), kind="sitemapindex")
    site["/index.xml"] = Answer(gzip.compress(index.encode()), headers={"ETag": '"1"'})
    site["/a.xml"], site["/1"], site["/2"] = (
        sitemap((site.url("/1"), None)),
        page("/1", "One"),
        page("/2", "Two"),
    )
    only(sync(store, HERE, urls=[site.url("/index.xml")]))
    site["/a.xml"] = sitemap((site.url("/1"), None), (site.url("/2"), None))
    assert only(sync(store, HERE)).brought.kept == PutSummary(added=1, unchanged=1)


def test_a_feed_that_brings_nothing_good_is_not_up_to_date(store: Store, site: Site) -> None:
    whole = feed(review("https://c.example/1"))
    maintained = Answer(b"<html>Back soon", headers={"ETag": '"2"'})
    site["/feed"] = Answer(whole, headers={"ETag": '"1"'})
    assert only(sync(store, HERE, urls=[site.url("/feed")])).error is None
    site["/feed"] = maintained
    assert "no ClaimReview markup" in only(sync(store, HERE)).error
    assert store.feeds.all()[0].etag == '"1"'
    site["/feed"] = Answer(whole, headers={"ETag": '"2"'})
    assert only(sync(store, HERE)).error is None


@pytest.mark.parametrize(
    ("status", "fresh"),
    [(403, [False, False]), (404, [False, True]), (200, [False, True]), (304, [True, True])],
)
def test_a_sitemap_whose_pages_are_all_refused_is_not_up_to_date(
    store: Store, site: Site, status: int, fresh: list[bool]
) -> None:
    site["/sitemap.xml"] = sitemap(*((site.url(f"/{n}"), None) for n in range(3)))
    for n in range(3):
        site[f"/{n}"] = Answer(b"<p>nothing", status=status)
    [first] = sync(store, HERE, urls=[site.url("/sitemap.xml")])
    store.feeds.succeeded(site.url("/sitemap.xml"))
    [later] = sync(store, HERE)
    assert [first.error is None, later.error is None] == fresh


def test_nodes_share_the_work(store: Store, site: Site) -> None:
    site["/feed"] = feed(review("https://c.example/1"))
    hour = timedelta(hours=1)
    assert len(list(sync(store, HERE, urls=[site.url("/feed")], every=hour))) == 1
    assert list(sync(store, HERE, every=hour)) == []
    assert len(site.asked) == 1


# --- the same claim again -------------------------------------------------------------------------

PAGE = "https://c.example/1"
MOON, SUN = review(PAGE, "The Moon is cheese"), review(PAGE, "The Sun is cold")
BY_ANNA, BY_BERT = (
    {**MOON, "itemReviewed": {"@type": "Claim", "author": {"name": name}}} for name in ("Anna", "Bert")
)


def taken(store: Store, tmp_path: Path, *reviews: dict[str, Any]) -> PutSummary:
    (tmp_path / "feed.json").write_bytes(feed(*reviews))
    return import_claims(store, load(str(tmp_path / "feed.json")), "anna").kept


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ([MOON, SUN], [SUN, MOON], PutSummary(unchanged=2)),
        ([MOON], [SUN, MOON], PutSummary(added=1, unchanged=1)),
        ([MOON, SUN], [SUN], PutSummary(unchanged=1)),
        (
            [MOON],
            [review("http://www.c.example/1/?utm_source=x", MOON["claimReviewed"])],
            PutSummary(unchanged=1),
        ),
        ([MOON], [review(PAGE, "The Moon is old cheese")], PutSummary(changed=1)),
        ([], [MOON, review("http://c.example/1", MOON["claimReviewed"])], PutSummary(added=1, unchanged=1)),
        ([MOON], [review("https://d.example/1", MOON["claimReviewed"])], PutSummary(added=1)),
        ([], [BY_ANNA, BY_BERT], PutSummary(added=2)),
        ([BY_ANNA], [BY_BERT, BY_ANNA], PutSummary(added=1, unchanged=1)),
        ([BY_ANNA, BY_BERT], [BY_BERT, BY_ANNA], PutSummary(unchanged=2)),
        ([BY_ANNA, BY_BERT], [BY_BERT], PutSummary(unchanged=1)),
        ([BY_ANNA], [BY_BERT], PutSummary(changed=1)),
        ([MOON], [BY_ANNA], PutSummary(changed=1)),
    ],
    ids=[
        "turned",
        "one more",
        "one less",
        "other address",
        "corrected",
        "twice at once",
        "other publisher",
        "two claimants",
        "one more claimant",
        "claimants turned",
        "one claimant less",
        "claimant corrected",
        "claimant named",
    ],
)
def test_a_claim_is_known_again_by_its_page_and_wording(
    store: Store, tmp_path: Path, before: list[Any], after: list[Any], outcome: PutSummary
) -> None:
    taken(store, tmp_path, *before)
    assert taken(store, tmp_path, *after) == outcome
    assert taken(store, tmp_path, *after) == PutSummary(unchanged=outcome.total)


def test_a_claim_out_of_service_is_known_again_too(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, MOON)
    store.retire(published_id(PAGE), "anna")
    assert store.reviewed_urls([PAGE]) == set()
    assert taken(store, tmp_path, SUN, MOON) == PutSummary(added=1, retired=1)


# --- imports --------------------------------------------------------------------------------------


def test_an_import_tells_what_became_of_each_record(store: Store) -> None:
    told: list[str] = []
    sums: list[Import] = []
    found = [*(Claim(f"c{n}", "text", "en") for n in range(700)), Rejected("x line 3", "no text")]
    watch = Watch(lambda rejected: told.append(str(rejected)), sums.append)
    total = import_claims(store, found, "anna", watch)
    assert total == Import(PutSummary(added=700), rejected=1)
    assert str(total) == "700 added, 0 changed, 0 unchanged, 1 rejected"
    assert told == ["x line 3: no text"]
    assert [so_far.kept.added for so_far in sums] == [500, 700]


def test_what_a_slow_source_has_sent_is_kept_before_the_rest_comes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("obelism.imports.FLUSH_SECONDS", 0.0)

    def slow() -> Iterator[Claim]:
        yield Claim("one", "text", "en")
        yield Claim("two", "text", "en")
        assert store.count() >= 1
        raise Unavailable("the line is dead")

    with pytest.raises(Unavailable):
        import_claims(store, slow(), "anna")
    assert store.get("one")
