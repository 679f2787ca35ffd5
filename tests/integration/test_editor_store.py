"""What the editor's page asks of the store: nobody's work is overwritten, and reasons are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from obelism.errors import BadInput, NotFound
from obelism.model import Claim, Review
from obelism.store import ChangedMeanwhile, Store, Taken, feedback, revision_of

MOON = Claim("moon", "The Moon is made of cheese.", "en")
MARS = Claim("mars", "Mars is inhabited.", "en", reviews=(Review("AFP", "False", "https://afp.example/1"),))


def test_an_edit_of_the_version_that_was_read_is_kept_and_logged(store: Store) -> None:
    store.put([MOON])
    mended = replace(MOON, text="The Moon consists of cheese.")
    store.desk.save(mended, "anna", revision_of(MOON))
    assert store.get("moon") == mended
    assert store.audit.entries("moon")[0].actor == "anna"


def test_an_edit_of_an_older_version_is_refused_with_the_newer_one(store: Store) -> None:
    store.put([MOON])
    theirs = replace(MOON, text="The Moon consists of cheese.")
    store.desk.save(theirs, "anna", revision_of(MOON))
    with pytest.raises(ChangedMeanwhile) as caught:
        store.desk.save(replace(MOON, language="fr"), "ben", revision_of(MOON))
    assert caught.value.now.claim == theirs
    assert store.get("moon") == theirs


def test_an_edit_does_not_bring_back_what_was_retired_meanwhile(store: Store) -> None:
    store.put([MOON])
    store.retire("moon", "anna")
    with pytest.raises(ChangedMeanwhile):
        store.desk.save(replace(MOON, language="fr"), "ben", revision_of(MOON))
    with pytest.raises(NotFound):
        store.desk.save(MARS, "ben", revision_of(MARS))


def test_saving_what_is_there_already_changes_nothing(store: Store) -> None:
    store.put([MOON])
    before = store.latest_change()
    store.desk.save(MOON, "anna", revision_of(MOON))
    assert store.latest_change() == before
    assert len(store.audit.entries("moon")) == 1


def test_a_new_claim_never_takes_the_place_of_another_in_service_or_not(store: Store) -> None:
    store.desk.add(MOON, "anna")
    store.retire("moon", "anna")
    with pytest.raises(Taken):
        store.desk.add(replace(MOON, text="Something else."), "ben")
    kept = store.desk.kept("moon")
    assert kept is not None
    assert kept.claim == MOON
    assert kept.retired


def test_the_reason_to_retire_a_claim_is_in_its_history(store: Store) -> None:
    store.put([MOON])
    store.desk.retire("moon", "anna", "nobody says so")
    assert store.get("moon") is None
    told = [(entry.action, entry.after) for entry in store.audit.history("moon")]
    assert told[1:] == [("retire", None), ("reason to retire", "nobody says so")]
    with pytest.raises(NotFound):
        store.desk.retire("moon", "anna", "again")


def test_a_least_score_is_kept_logged_and_made_known_to_every_node(store: Store) -> None:
    store.put([MOON, MARS])
    before = store.latest_change()
    store.floors.set("moon", 0.8, "anna")
    assert store.score_floors() == {"moon": 0.8}
    assert [id for _, id, _ in store.changes(before)] == ["moon"]
    entry = store.audit.entries("moon")[0]
    assert (entry.actor, entry.before, entry.after) == ("anna", "as usual", "0.8")
    store.floors.set("moon", None, "anna")
    assert store.score_floors() == {}


def test_each_confirmed_wrong_match_asks_for_a_higher_score(store: Store) -> None:
    store.put([MOON])
    asked = []
    for _ in range(5):
        store.feedback.add("moon", "wrong-match")
        store.feedback.decide("moon", "wrong-match", "confirmed", "anna")
        asked.append(store.score_floors()["moon"])
    assert asked == [0.9, 0.95, 0.98, 0.99, 0.99]


def test_a_confirmed_wrong_match_and_the_higher_score_come_together_or_not_at_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    store.put([MOON])
    store.feedback.add("moon", "wrong-match")
    with monkeypatch.context() as patched:
        patched.setattr(feedback, "raise_floor", cut_off)
        with pytest.raises(KeyboardInterrupt):
            store.feedback.decide("moon", "wrong-match", "confirmed", "anna")
    assert [word.count for word in store.feedback.queue()] == [1]
    assert store.score_floors() == {}
    store.feedback.decide("moon", "wrong-match", "dismissed", "anna")
    store.feedback.add("moon", "wrong-framing")
    store.feedback.decide("moon", "wrong-framing", "confirmed", "anna")
    assert store.score_floors() == {}


def test_a_least_score_is_a_probability_of_a_known_claim(store: Store) -> None:
    store.put([MOON])
    with pytest.raises(BadInput):
        store.floors.set("moon", 1.2, "anna")
    with pytest.raises(NotFound):
        store.floors.set("mars", 0.9, "anna")


def test_claims_with_complaints_or_suggested_merges_wait_for_an_editor(store: Store) -> None:
    store.put([MOON, MARS, replace(MOON, id="venus")])
    assert store.count(attention=True) == 0
    store.feedback.add("moon", "helpful")
    store.feedback.add("mars", "wrong-match", "asserted")
    store.merges.suggest([("moon", "venus", 0.9, "the same words")])
    assert [claim.id for claim in store.claims(attention=True)] == ["mars", "moon", "venus"]
    # A pair can be decided on while both are in service.
    store.retire("venus", "anna")
    assert [claim.id for claim in store.claims(attention=True)] == ["mars"]
    assert store.merges.suggestions() == []
    store.revive("venus", "anna")
    assert [pair.second for pair in store.merges.suggestions()] == ["venus"]
    store.feedback.decide("mars", "wrong-match", "dismissed", "anna")
    store.merges.keep_apart("moon", "venus", "anna")
    assert store.count(attention=True) == 0


def test_a_token_is_found_by_its_name_while_it_may_be_used(store: Store) -> None:
    _, made = store.tokens.create("anna", ["edit"], "test")
    assert store.tokens.named("anna") == made
    store.tokens.revoke("anna", "test")
    assert store.tokens.named("anna") is None
    assert store.tokens.named("ben") is None
