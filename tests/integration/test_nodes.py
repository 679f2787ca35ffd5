"""Many nodes, one database: real processes on loopback, and what happens when some of them die.

Two PostgreSQL servers (primary and standby), three nodes, nginx with the shipped configuration. The tests
run in order; each leaves a whole site behind, the last one a promoted standby.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from nodes.replication import Pair, running_pair
from nodes.site import NGINX, Site, running_site, wait_for
from nodes.traffic import Editor, reading
from obelism.errors import Unavailable
from obelism.model import Claim
from obelism.store import Store, open_store
from postgresql import binaries
from serving import CLAIMS

# A change is found by every node within this time of its acknowledgement (issue of the claim database).
FOUND_SECONDS = 5


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is needed: apt-get install postgresql")
    with running_pair(programs) as pair:
        yield pair


@pytest.fixture(scope="module")
def shared(pair: Pair) -> Iterator[Store]:
    """The database as a program beside the nodes sees it."""
    store = open_store(pair.url)
    store.put(CLAIMS)
    yield store
    store.close()


@pytest.fixture(scope="module")
def site(pair: Pair, shared: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if NGINX is None:
        pytest.skip("nginx is needed: apt-get install nginx-light")
    folder: Path = tmp_path_factory.mktemp("site")
    with running_site(folder, pair.url) as site:
        yield site


@pytest.fixture(scope="module")
def editor(site: Site, shared: Store) -> Iterator[Editor]:
    secret, _ = shared.tokens.create("anna", {"edit"}, "test")
    editor = Editor(site.address, secret)
    yield editor
    editor.close()


def test_every_node_finds_a_new_a_changed_and_a_retired_claim(site: Site, editor: Editor) -> None:
    lamp, clock = (
        "The lighthouse of Larnoc went dark for nine days.",
        "The town clock of Larnoc runs backwards.",
    )
    assert editor.put("tower", lamp)
    site.wait_for_all(lambda node: node.look_up(lamp)[0] == "tower", FOUND_SECONDS)
    assert editor.put("tower", clock)
    site.wait_for_all(lambda node: node.look_up(clock)[0] == "tower", FOUND_SECONDS)
    editor.retire("tower")
    site.wait_for_all(lambda node: "tower" not in node.look_up(clock), FOUND_SECONDS)


def test_a_node_over_the_standby_reads_what_was_acknowledged_and_writes_nothing(
    pair: Pair, shared: Store
) -> None:
    standby = open_store(pair.standby_url)
    mill = Claim("mill", "The old mill of Larnoc grinds salt.", "en")
    shared.put([mill])
    assert standby.get("mill") == mill
    assert standby.latest_change() == shared.latest_change()
    with pytest.raises(Unavailable, match="read-only"):
        standby.retire("mill", "anna")
    assert not standby.away
    standby.close()
    shared.retire("mill", "test")


def test_a_killed_node_costs_no_reader_an_answer(site: Site, editor: Editor, shared: Store) -> None:
    victim = site.nodes[0]
    # More readers than nodes, so that the one that is killed has a request in work.
    with reading(site.address, 4) as readers, editor.writing("north"):
        wait_for(lambda: readers.outcomes["noted"] >= 12, 60)
        before = readers.outcomes.total()
        victim.kill()
        wait_for(lambda: readers.outcomes.total() >= before + 12, 60)
        assert victim.readiness() == {}
        victim.start()
        victim.wait_until_ready()
    assert set(readers.outcomes) == {"noted"}
    site.wait_for_all(lambda node: node.readiness()["index_version"] == shared.latest_change(), FOUND_SECONDS)


def test_without_the_database_nodes_answer_from_their_index_and_catch_up_later(
    site: Site, editor: Editor, pair: Pair, shared: Store
) -> None:
    with reading(site.address) as readers:
        pair.primary.stop()
        site.wait_for_all(lambda node: node.readiness()["status"] == "degraded", 20)
        assert not editor.put("lost", "A claim that nobody could keep.")
        refused = httpx.get(f"{site.address}/v1/claims", timeout=30)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        with pair.primary.silent():
            before = readers.outcomes.total()
            wait_for(lambda: readers.outcomes.total() >= before + 12, 60)
            assert {node.readiness()["status"] for node in site.nodes} == {"degraded"}
        pair.primary.start()
        site.wait_for_all(lambda node: node.readiness()["status"] == "ready", 30)
    assert set(readers.outcomes) == {"noted"}
    bell = "The bell of Saint Aubrin in Larnoc was sold to a museum."
    wait_for(lambda: editor.put("bell", bell), 20)
    site.wait_for_all(lambda node: node.look_up(bell)[0] == "bell", FOUND_SECONDS)
    assert shared.get("lost") is None


def test_promoting_the_standby_loses_nothing_that_was_acknowledged(
    site: Site, editor: Editor, pair: Pair, shared: Store
) -> None:
    with reading(site.address) as readers:
        with editor.writing("south"):
            wait_for(lambda: "south-20" in editor.acknowledged, 60)
            pair.primary.stop()
            pair.standby.promote()
            safe = len(editor.acknowledged)
            wait_for(lambda: len(editor.acknowledged) >= safe + 5, 60)
        site.wait_for_all(lambda node: node.readiness()["status"] == "ready", 20)
    assert set(readers.outcomes) == {"noted"}
    kept = {claim.id: claim.text for claim in shared.claims()}
    assert kept.items() >= editor.acknowledged.items()
    site.wait_for_all(lambda node: node.readiness()["index_version"] == shared.latest_change(), FOUND_SECONDS)
