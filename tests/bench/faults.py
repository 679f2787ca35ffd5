"""The service and its writers killed at random moments: nothing acknowledged is lost, and nothing is left in part.

    python -m bench.faults              from tests/: 200 kills; about eight minutes on two busy cores
    python -m bench.faults KILLS        so many

A tenth of the kills hit the real `obelism serve` with a process that imports and edits: all of them at once. The
others hit a process that imports, edits or writes the index by the code of the service, forked and so ready at once;
imports and edits on SQLite and, where it is installed, on PostgreSQL. After each kill: the database is whole, every
acknowledged change is there, the one in work is there in full or not at all, and the index that was left catches up
with the claims of the database. The moments are the same in each run.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from unittest.mock import patch

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))
from nodes.killing import Say, killed
from nodes.ports import free_ports
from nodes.site import Node
from obelism.candidates import Index, keeper
from obelism.candidates.keeper import Keeper, open_or_build
from obelism.encoder import Encoder, default_encoder
from obelism.model import Claim, Review
from obelism.store import BATCH, Store, open_store
from postgresql import binaries, running_cluster

KILLS = 200
BATCHES = 6
IMPORTED = [
    Claim(f"i{n:05}", f"Claim {n}", "en", reviews=(Review("AFP", "Faux", f"https://afp.example/{n}"),))
    for n in range(BATCHES * BATCH)
]


def run(kills: int = KILLS) -> dict[str, float]:
    """How many were killed of each kind, the seconds that a round took, and how many kinds broke a promise."""
    broken = 0
    done: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    services = kills // 10
    importing, editing, indexing = shares(kills - services, 3)
    with tempfile.TemporaryDirectory(prefix="obelism-faults-") as folder, engines(Path(folder)) as some:
        kinds: list[tuple[str, int, Callable[[int], None]]] = [
            *(
                ("import", many, partial(kill_importers, new()))
                for new, many in zip(some, shares(importing, len(some)), strict=True)
            ),
            *(
                ("edit", many, partial(kill_editors, new()))
                for new, many in zip(some, shares(editing, len(some)), strict=True)
            ),
            ("index", indexing, partial(kill_index_writers, Path(folder) / "index", default_encoder())),
            ("service", services, partial(kill_services, Path(folder) / "service", default_encoder())),
        ]
        for kind, many, kill in kinds:
            started = time.perf_counter()
            try:
                kill(many)
            except AssertionError:
                traceback.print_exc()
                broken += 1
            done[kind] += many
            seconds[kind] += time.perf_counter() - started
            print(f"faults: {kind} killed {many} times, {seconds[kind]:.0f} s", file=sys.stderr, flush=True)
    return {
        "kills": float(done.total()),
        **{f"kills_{kind}": float(many) for kind, many in done.items()},
        **{f"round_s_{kind}": seconds[kind] / many for kind, many in done.items() if many},
        "broken": float(broken),
    }


def shares(many: int, parts: int) -> list[int]:
    """`many` in so many nearly equal parts."""
    return [many // parts + (part < many % parts) for part in range(parts)]


@contextmanager
def engines(folder: Path) -> Iterator[list[Callable[[], str]]]:
    """For SQLite, and for PostgreSQL where it is installed: what gives the address of a new database."""
    numbers = count()
    some: list[Callable[[], str]] = [lambda: f"sqlite:///{folder / f'claims{next(numbers)}.db'}"]
    programs = binaries()
    if programs is None:
        yield some
        return
    with running_cluster(programs) as cluster:
        yield [*some, lambda: cluster.create(f"faults{next(numbers)}")]


def moments(seed: str, longest: float, kills: int) -> list[float]:
    """When to kill: so many moments, the same in each run."""
    chance = random.Random(seed)
    return [chance.uniform(0, longest) for _ in range(kills)]


def assert_sound(url: str) -> None:
    """The database file is whole; PostgreSQL sees to that itself."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


# --- imports -------------------------------------------------------------------------------------


def as_of(round: int) -> list[Claim]:
    """What the imported source holds in that round."""
    return [replace(claim, text=f"{claim.text}, as of {round}") for claim in IMPORTED]


def by_id(claims: list[Claim]) -> dict[str, Claim]:
    return {claim.id: claim for claim in claims}


def kill_importers(url: str, kills: int) -> None:
    """Whole batches are kept, and all that were acknowledged."""
    with closing(open_store(url)) as store:
        before: Mapping[str, Claim] = {}
        for round, moment in enumerate(moments("import", 0.3, kills)):
            version = as_of(round)

            def work(say: Say, version: list[Claim] = version) -> None:
                say("0")
                for start in range(0, len(version), BATCH):
                    store.put(version[start : start + BATCH])
                    say(str(start + BATCH))

            acknowledged = int(killed(work, moment)[-1])
            assert_sound(url)
            kept = by_id(list(store.claims()))
            possible = [
                {**before, **by_id(version[:taken])} for taken in (acknowledged, acknowledged + BATCH)
            ]
            assert kept in possible, "a batch was lost, or kept in part"
            numbers = [change for change, _, _ in store.changes(0)]
            assert numbers == sorted(set(numbers)), "two changes have one number"
            before = kept
        urls = {claim.reviews[0].url for claim in before.values()}
        assert store.reviewed_urls(claim.reviews[0].url for claim in IMPORTED) == urls
        assert store.put(as_of(kills)).total == len(IMPORTED)


# --- edits ---------------------------------------------------------------------------------------


def edits(number: int) -> tuple[str, str | None]:
    """The edit of that number: a claim's id and its new text, or None to retire it. The first twelve add."""
    claim = number % 12
    return f"e{claim:02}", None if number >= 12 and number % 5 == 4 else f"Claim {claim}, version {number}"


def edit(store: Store, number: int) -> None:
    id, text = edits(number)
    if text is None:
        store.retire(id, "anna")
    else:
        store.put([Claim(id, text, "en")], "anna", edit=True)


def after(many: int) -> dict[str, str]:
    """The claims in service after so many edits."""
    last = dict(edits(number) for number in range(many))
    return {id: text for id, text in last.items() if text is not None}


def kill_editors(url: str, kills: int) -> None:
    """Every acknowledged edit is kept and in the audit log, in its order."""
    done = 0
    with closing(open_store(url)) as store:
        for moment in moments("edit", 0.08, kills):

            def work(say: Say, first: int = done) -> None:
                for number in count(first):
                    edit(store, number)
                    say(str(number + 1))

            acknowledged = int(killed(work, moment)[-1])
            assert_sound(url)
            kept = {claim.id: claim.text for claim in store.claims()}
            assert kept in (after(acknowledged), after(acknowledged + 1)), "an edit was lost"
            done = acknowledged + (kept != after(acknowledged))
        assert logged(store) == [edits(number) for number in range(done)], "the audit log lacks an edit"


def logged(store: Store) -> list[tuple[str, str | None]]:
    """Every edit by anna that the audit log holds, as `edits` tells them, in their order."""
    entries = reversed(store.audit.entries(limit=1_000_000))
    return [
        (entry.subject, json.loads(entry.after)["text"] if entry.after else None)
        for entry in entries
        if entry.actor == "anna"
    ]


# --- the index -----------------------------------------------------------------------------------


def kill_index_writers(folder: Path, encoder: Encoder, kills: int) -> None:
    """A whole index is left, which catches up and then equals one that is built anew; drafts do not pile up."""
    folder.mkdir()
    place = folder / "index"
    # A new generation at every change, not at every few thousand.
    with (
        closing(open_store(f"sqlite:///{folder / 'claims.db'}")) as store,
        patch.multiple(keeper, DUE_CLAIMS=0, DUE_SHARE=0),
    ):
        for number in range(12):
            edit(store, number)
        open_or_build(place, encoder, store.claims, store.latest_change())
        for round, moment in enumerate(moments("index", 0.1, kills)):

            def work(say: Say, first: int = 12 + round * 1000) -> None:
                index = open_or_build(place, encoder, _gone, store.latest_change())
                writer = Keeper(index, place, store.changes)
                say("open")
                for number in count(first):
                    edit(store, number)
                    writer.refresh()

            killed(work, moment)
            index = caught_up(place, encoder, store)
            fresh = Index.build(store.claims(), encoder)
            for claim in store.claims():
                ours, theirs = (some.candidates([claim.text], "en", 3)[0] for some in (index, fresh))
                assert [one.claim.id for one in ours] == [one.claim.id for one in theirs]
        edit(store, 0)
        index = open_or_build(place, encoder, _gone, store.latest_change())
        Keeper(index, place, store.changes).refresh()
        assert list(place.glob("draft-*")) == [], "the drafts of killed writers pile up"
        assert len(list(place.glob("generation-*"))) == 1


def caught_up(place: Path, encoder: Encoder, store: Store) -> Index:
    """The index that was left there, brought to the store's latest change; it holds the store's claims."""
    index = open_or_build(place, encoder, _gone, store.latest_change())
    index.apply(store.changes(index.sequence))
    assert by_id(list(index.claims())) == by_id(list(store.claims())), "index and database differ"
    return index


def _gone() -> Iterator[Claim]:
    raise AssertionError("the index is built anew: a killed writer has left none")


# --- the service ---------------------------------------------------------------------------------


def written(round: int, number: int) -> list[Claim]:
    """The write of that number: the batches of an import, and before, between and after them one edit each."""
    batch = number // 2
    if number % 2 and batch < BATCHES:
        return as_of(round)[batch * BATCH : (batch + 1) * BATCH]
    id = f"ferry-{round}-{number}"
    return [Claim(id, f"Ferry {number} of line {10_000 + round} sank in the port of Larnoc.", "en")]


def kill_services(folder: Path, encoder: Encoder, kills: int) -> None:
    """The service, killed with all that write, starts again with every acknowledged write, and finds it.

    Its worker takes the imports in and writes them into new generations of the index: these moments are hit, too.
    """
    folder.mkdir()
    url = f"sqlite:///{folder / 'claims.db'}"
    node = Node(1, free_ports(1)[0], folder, url)
    with closing(open_store(url)) as store:
        secret, _ = store.tokens.create("anna", {"edit"}, "test")
        before: Mapping[str, Claim] = {}
        try:
            for round, moment in enumerate(moments("service", 5, kills)):
                node.start()
                node.wait_until_ready()
                _assert_found(node, before)

                def work(say: Say, round: int = round) -> None:
                    with httpx.Client(headers={"Authorization": f"Bearer {secret}"}, timeout=60) as editor:
                        say("0")
                        for number in count():
                            with suppress(httpx.TransportError):
                                _write(written(round, number), store, editor, node.address)
                                say(str(number + 1))
                                continue
                            return  # the service is gone

                acknowledged = int(killed(work, moment, node.kill)[-1])
                assert_sound(url)
                kept = by_id(list(store.claims()))
                sure = {**before, **{c.id: c for n in range(acknowledged) for c in written(round, n)}}
                possible = (sure, {**sure, **by_id(written(round, acknowledged))})
                assert kept in possible, "a write was lost, or kept in part"
                (place,) = (folder / "index1").iterdir()
                caught_up(place, encoder, store)
                before = kept
            node.start()
            node.wait_until_ready()
            _assert_found(node, before)
        finally:
            node.kill()


def _write(claims: list[Claim], store: Store, editor: httpx.Client, address: str) -> None:
    if len(claims) > 1:
        store.put(claims)
        return
    (claim,) = claims
    sent = {"id": claim.id, "text": claim.text, "language": claim.language}
    editor.put(f"{address}/v1/claims/{claim.id}", json=sent).raise_for_status()


def _assert_found(node: Node, claims: Mapping[str, Claim]) -> None:
    ferries = [claim for claim in claims.values() if claim.id.startswith("ferry-")]
    if ferries:
        newest = max(ferries, key=lambda claim: [int(part) for part in claim.id.split("-")[1:]])
        assert node.look_up(newest.text)[0] == newest.id, "the service does not find what was acknowledged"


if __name__ == "__main__":
    numbers = run(*map(int, sys.argv[1:2]))
    print(json.dumps(numbers, indent=1))
    sys.exit(1 if numbers["broken"] else 0)
