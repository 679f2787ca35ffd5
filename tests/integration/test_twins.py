"""The same claim from several publishers is found by the matcher, and merged by an editor only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from obelism.candidates import Index
from obelism.encoder import default_encoder
from obelism.model import Claim, Review
from obelism.pipeline import Pipeline
from obelism.store import Store
from obelism.twins import suggest_merges
from serving import BRIDGE, MAYOR

OTHER = Review(
    "Second Look", "Not true", "https://second.example/bridge", "Open all year", "2021-01-05", "en"
)
TWIN = replace(
    BRIDGE,
    id="bridge-again",
    text="The old harbour bridge of Larnoc was closed in 2019 because of cracks in the pillars.",
    phrasings=(),
    positions=(),
    reviews=(OTHER,),
)
NOT_TWINS = (
    MAYOR,
    Claim(
        "year", "The old harbour bridge in Larnoc was closed in 1987 because of cracks in its pillars.", "en"
    ),
    Claim(
        "denial",
        "The old harbour bridge in Larnoc was not closed in 2019 because of cracks in its pillars.",
        "en",
    ),
    Claim(
        "town",
        "The old harbour bridge in Dunmarrow was closed in 2019 because of cracks in its pillars.",
        "en",
    ),
    Claim("topic", "The ferry of Larnoc will be more expensive from next spring on.", "en"),
)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(Index.build((BRIDGE, TWIN, *NOT_TWINS), default_encoder()))


def test_claims_of_two_publishers_are_suggested_once_and_near_misses_are_not(
    store: Store, pipeline: Pipeline
) -> None:
    store.put((BRIDGE, TWIN, *NOT_TWINS))
    assert suggest_merges(store, pipeline) == 1
    [found] = store.merges.suggestions()
    assert {found.first, found.second} == {BRIDGE.id, TWIN.id}
    assert TWIN.text in found.reason
    assert store.get(TWIN.id) == TWIN
    assert suggest_merges(store, pipeline) == 0
    [made] = store.merges.merge(BRIDGE.id, [TWIN.id], "anna")
    merged = store.get(TWIN.id)
    assert merged is not None
    assert {review.publisher for review in merged.reviews} == {"Checkers", "Second Look"}
    store.merges.undo(made.id, "anna")
    assert (store.get(BRIDGE.id), store.get(TWIN.id)) == (BRIDGE, TWIN)


def test_only_what_came_or_changed_since_is_compared_and_what_was_kept_apart_stays_so(
    store: Store, pipeline: Pipeline
) -> None:
    store.put((BRIDGE, TWIN))
    asked: list[int] = []
    suggest_merges(store, pipeline, asked.append)
    store.merges.keep_apart(BRIDGE.id, TWIN.id, "anna")
    store.put([replace(TWIN, claimant="Larnoc Courier")])
    assert suggest_merges(store, pipeline, asked.append) == 0
    assert asked == [2, 1]
