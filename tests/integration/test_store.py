"""The claim database keeps claims, on both engines alike."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from obelism.errors import BadClaim, BadInput, NotFound, Unavailable
from obelism.model import Claim, Phrasing, Position, Review
from obelism.store import PutSummary, Store, open_store

MOON = Claim("moon", "The Moon is made of cheese.", "en")
CHECK = Review("Full Fact", "False", "https://fullfact.org/moon", "It is rock", "2024-05-01", "en")
RICH = Claim(
    "élan-1",
    "Les 3 % « d’oubliés » existent\u00a0!",
    "fr",
    claimant="Ségolène D.",
    phrasings=(Phrasing("বাংলা", "bn"), Phrasing("\U0001f9c0 <b>not bold</b>", "en")),
    reviews=(CHECK, replace(CHECK, state="retracted", rating="")),
    positions=(Position("Élysée", "denies", "https://elysee.example/é?a=b&c", "Démenti", "2024-05"),),
)


def claims(count: int) -> list[Claim]:
    return [Claim(f"c{n:05}", f"Claim number {n}.", "en") for n in range(count)]


def test_a_claim_comes_back_as_it_was_put(store: Store) -> None:
    assert store.put([MOON, RICH]) == PutSummary(added=2)
    assert store.get("moon") == MOON
    assert store.get("élan-1") == RICH
    assert store.get("mars") is None


def test_putting_the_same_again_changes_nothing(store: Store) -> None:
    store.put([MOON, RICH])
    before = store.latest_change()
    assert store.put([RICH, MOON]) == PutSummary(unchanged=2)
    assert store.latest_change() == before


def test_a_new_version_of_a_claim_replaces_the_old_one(store: Store) -> None:
    store.put([MOON])
    assert store.put([replace(MOON, text="The Moon is cheese.")]) == PutSummary(changed=1)
    assert [claim.text for claim in store.claims()] == ["The Moon is cheese."]


def test_a_claim_twice_in_one_put_is_taken_in_order(store: Store) -> None:
    newer = replace(MOON, language="fr")
    assert store.put([MOON, newer, newer]) == PutSummary(added=1, changed=1, unchanged=1)
    assert store.get("moon") == newer


def test_claims_are_listed_in_the_order_of_their_ids_page_by_page(store: Store) -> None:
    store.put(reversed(claims(1200)))
    assert list(store.claims()) == claims(1200)
    assert [claim.id for claim in store.claims("c00002", 3)] == ["c00003", "c00004", "c00005"]
    assert list(store.claims("c01199")) == []
    assert store.count() == 1200


def test_ids_are_ordered_by_their_characters_whatever_the_engine(store: Store) -> None:
    ids = ["Z", "a", "a-b", "aB", "é", "1"]
    store.put([Claim(id, "text", "en") for id in ids])
    assert [claim.id for claim in store.claims()] == sorted(ids)


def test_listing_goes_on_while_others_write(store: Store) -> None:
    store.put(claims(1500))
    listing = store.claims()
    first = next(listing)
    store.put([Claim("b", "behind", "en"), Claim("d", "ahead", "en")])
    ids = [first.id, *(claim.id for claim in listing)]
    assert ids == [claim.id for claim in claims(1500)] + ["d"]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"query": "CHEESE"}, ["moon"]),
        ({"query": "ségolène"}, ["élan-1"]),
        ({"query": "%"}, ["élan-1"]),
        ({"query": "NOT BOLD"}, ["élan-1"]),
        ({"language": "fr"}, ["élan-1"]),
        ({"publisher": "full fact"}, ["sun", "élan-1"]),
        ({"publisher": "full"}, []),
        ({"status": "refuted"}, ["sun", "élan-1"]),
        ({"status": "unrated"}, ["moon"]),
        ({"since": "2024-05-02"}, ["sun"]),
        ({"since": "2024-05-01", "language": "fr"}, ["élan-1"]),
        ({"publisher": None, "query": None}, ["moon", "sun", "élan-1"]),
    ],
)
def test_claims_can_be_filtered(store: Store, filters: dict[str, str], ids: list[str]) -> None:
    sun = Claim("sun", "The Sun is cold", "en", reviews=(replace(CHECK, date="2025-01-01"),))
    store.put([MOON, RICH, sun])
    assert [claim.id for claim in store.claims(**filters)] == ids  # type: ignore[arg-type]
    assert store.count(**filters) == len(ids)  # type: ignore[arg-type]


def test_every_change_is_seen_once_in_order(store: Store) -> None:
    assert store.latest_change() == 0
    store.put([MOON, RICH])
    seen = store.latest_change()
    assert [(id, claim) for _, id, claim in store.changes(0)] == [("moon", MOON), ("élan-1", RICH)]
    assert list(store.changes(seen)) == []
    store.put([replace(MOON, language="fr")])
    store.retire("élan-1", "anna")
    after = list(store.changes(seen))
    assert [(id, claim and claim.language) for _, id, claim in after] == [("moon", "fr"), ("élan-1", None)]
    assert [number for number, _, _ in after] == [seen + 1, seen + 2]
    assert store.latest_change() == seen + 2


def test_changes_are_read_in_pages_to_the_end(store: Store) -> None:
    store.put(claims(2300))
    assert [number for number, _, _ in store.changes(100)] == list(range(101, 2301))


def test_a_retired_claim_is_gone_for_readers_and_its_record_stays(store: Store) -> None:
    store.put([RICH])
    store.retire("élan-1", "anna")
    assert store.get("élan-1") is None
    assert list(store.claims()) == []
    assert list(store.claims(retired=True)) == [RICH]
    assert store.reviewed_urls([CHECK.url]) == set()


def test_a_retired_claim_stays_retired_when_its_source_sends_it_again(store: Store) -> None:
    store.put([MOON])
    store.retire("moon", "anna")
    assert store.put([MOON]) == PutSummary(retired=1)
    assert store.put([replace(MOON, text="The Moon is cheese.")]) == PutSummary(retired=1)
    assert store.get("moon") is None


def test_a_retired_claim_can_be_brought_back_in_its_source_s_latest_form(store: Store) -> None:
    store.put([MOON])
    store.retire("moon", "anna")
    newer = replace(MOON, text="The Moon is cheese.")
    store.put([newer])
    store.revive("moon", "anna")
    assert store.get("moon") == newer


def test_an_editor_s_put_brings_a_retired_claim_back(store: Store) -> None:
    store.put([MOON])
    store.retire("moon", "anna")
    assert store.put([MOON], "anna", edit=True) == PutSummary(changed=1)
    assert store.get("moon") == MOON


def test_what_is_not_there_cannot_be_retired(store: Store) -> None:
    with pytest.raises(NotFound, match="mars"):
        store.retire("mars", "anna")


def test_a_review_s_page_is_known_however_its_address_is_written(store: Store) -> None:
    store.put([replace(MOON, reviews=(replace(CHECK, url="https://www.fullfact.org/moon/?b=2&a=1"),))])
    same = {
        "http://fullfact.org/moon?a=1&b=2#top",
        "https://fullfact.org/moon/?a=1&b=2&utm_source=x&fbclid=y",
    }
    others = {"https://fullfact.org/moon?a=1", "https://fullfact.org/", "https://other.org/moon/?b=2&a=1"}
    assert store.reviewed_urls(same | others) == same
    broken = {"http://[", "https://fullfact.org:99999/", "", "\ud800"}
    assert store.reviewed_urls(same | broken) == same


def test_no_change_number_is_missed_when_several_write_at_once(store: Store, url: str) -> None:
    def write(writer: int) -> None:
        other = open_store(url)
        for n in range(15):
            other.put([Claim(f"{writer}-{n}", "text", "en")])
        other.close()

    seen: list[int] = []
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, writer) for writer in range(4)]
        while not all(writer.done() for writer in writers):
            seen += [number for number, _, _ in store.changes(seen[-1] if seen else 0)]
        for writer in writers:
            writer.result()
    seen += [number for number, _, _ in store.changes(seen[-1] if seen else 0)]
    assert seen == list(range(1, 61))


def test_a_failing_put_leaves_nothing_of_its_batch(store: Store) -> None:
    store.put([MOON])
    store.merges.merge("moon", [_put(store, Claim("luna", "La Luna es de queso.", "es"))], "anna")
    with pytest.raises(BadClaim, match="merged into moon"):
        store.put([RICH, Claim("luna", "La Luna", "es")], "anna", edit=True)
    assert store.get("élan-1") is None


def test_the_address_of_a_database_must_be_one() -> None:
    for address in ("mysql://x/y", "claims.db", "sqlite://", "sqlite:///:memory:", "postgresql+nothing:/"):
        with pytest.raises(BadInput, match="OBELISM_DATABASE_URL"):
            open_store(address)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(Unavailable, match=r"anna:\*\*\*@127\.0\.0\.1:1/claims") as raised:
        open_store("postgresql://anna:secret@127.0.0.1:1/claims")
    assert "secret" not in str(raised.value)


def test_opening_twice_finds_what_was_put(new_url: Callable[[], str]) -> None:
    address = new_url()
    first = open_store(address)
    first.put([MOON])
    second = open_store(address)
    assert second.get("moon") == MOON
    first.close()
    second.close()


def _put(store: Store, claim: Claim) -> str:
    store.put([claim])
    return claim.id
