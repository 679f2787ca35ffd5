"""What editors do to claims: their work lasts, it is logged, and it can be undone."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy

from obelism import records
from obelism.errors import BadInput, NotFound
from obelism.model import Claim, Phrasing, Position, Review
from obelism.store import PutSummary, Store, Suggestion, open_store
from obelism.store.feeds import without_query

CHECK = Review("AFP", "Faux", "https://factuel.afp.com/1", "Non", "2024-05-01", "fr")
OTHER = Review("Maldita", "Bulo", "https://maldita.es/1", "No", "2024-05-02", "es")
MOON = Claim("moon", "The Moon is made of cheese.", "en", reviews=(CHECK,))
LUNA = Claim("luna", "La Luna es de queso.", "es", claimant="Paco", reviews=(OTHER, CHECK))


# --- a source's new versions and an editor's corrections -----------------------------------------


def test_an_editor_s_correction_outlives_the_next_import(store: Store) -> None:
    store.put([MOON])
    mended = replace(MOON, text="The Moon consists of cheese.", phrasings=(Phrasing("Lune-fromage", "fr"),))
    store.put([mended], "anna", edit=True)
    assert store.put([MOON]) == PutSummary(unchanged=1)
    assert store.get("moon") == mended


def test_a_source_s_news_and_an_editor_s_correction_are_joined(store: Store) -> None:
    store.put([MOON])
    store.put([replace(MOON, text="The Moon consists of cheese.")], "anna", edit=True)
    store.put([replace(MOON, claimant="Wallace", reviews=(CHECK, OTHER))])
    joined = store.get("moon")
    assert joined == Claim(
        "moon", "The Moon consists of cheese.", "en", claimant="Wallace", reviews=(CHECK, OTHER)
    )


def test_what_an_editor_took_out_does_not_come_back(store: Store) -> None:
    store.put([LUNA])
    store.put([replace(LUNA, reviews=(OTHER,))], "anna", edit=True)
    store.put([replace(LUNA, claimant="Gromit")])
    assert store.get("luna") == replace(LUNA, claimant="Gromit", reviews=(OTHER,))


def test_what_a_source_takes_out_goes_unless_an_editor_put_it_there(store: Store) -> None:
    store.put([replace(MOON, reviews=(CHECK,))])
    store.put([replace(MOON, reviews=(CHECK, OTHER))], "anna", edit=True)
    store.put([replace(MOON, reviews=())])
    assert store.get("moon") == replace(MOON, reviews=(OTHER,))


def test_a_verdict_that_its_publisher_replaced_is_kept_as_superseded(store: Store) -> None:
    published = replace(MOON, id=f"{records.PUBLISHED}0123")
    store.put([published])
    changed = replace(CHECK, rating="Trompeur")
    assert store.put([replace(published, reviews=(changed,))]) == PutSummary(changed=1)
    assert store.put([replace(published, reviews=(changed,))]) == PutSummary(unchanged=1)
    found = store.get(published.id)
    assert found is not None
    assert found.reviews == (changed, replace(CHECK, state="superseded"))


def test_the_page_of_one_publisher_takes_no_other_s_review_away(store: Store) -> None:
    of_a_feed = replace(MOON, id=f"{records.PUBLISHED}0123", reviews=(CHECK, OTHER))
    store.put([of_a_feed])
    assert store.put([replace(of_a_feed, reviews=(OTHER,))]) == PutSummary(unchanged=1)
    assert store.put([replace(of_a_feed, reviews=(OTHER, CHECK))]) == PutSummary(unchanged=1)
    assert store.get(of_a_feed.id) == of_a_feed
    newer = replace(OTHER, title="No es queso")
    assert store.put([replace(of_a_feed, reviews=(newer,))]) == PutSummary(changed=1)
    assert store.get(of_a_feed.id) == replace(of_a_feed, reviews=(CHECK, newer))


@pytest.mark.parametrize("id", ["moon", f"{records.PUBLISHED}0123"])
@pytest.mark.parametrize(
    ("mended", "sent", "found"),
    [
        ({"state": "retracted"}, {"title": "No"}, {"state": "retracted", "title": "No"}),
        ({"rating": "Trompeur"}, {"date": "2024-06-01"}, {"rating": "Trompeur", "date": "2024-06-01"}),
        ({"publisher": "Agence"}, {"title": "No"}, {"publisher": "Agence", "title": "No"}),
        ({"title": "Nein"}, {"title": "No"}, {"title": "Nein"}),
        (
            {"state": "retracted"},
            {"publisher": "AFP Factuel"},
            {"state": "retracted", "publisher": "AFP Factuel"},
        ),
    ],
)
def test_a_review_is_joined_field_by_field(
    store: Store, id: str, mended: dict[str, str], sent: dict[str, str], found: dict[str, str]
) -> None:
    claim = replace(MOON, id=id)
    store.put([claim])
    store.put([replace(claim, reviews=(replace(CHECK, **mended),))], "anna", edit=True)
    news = replace(claim, reviews=(replace(CHECK, **sent),))
    assert store.put([news]) == PutSummary(changed=1)
    assert store.put([news]) == PutSummary(unchanged=1)
    assert store.get(id) == replace(claim, reviews=(replace(CHECK, **found),))


def test_a_review_that_an_editor_took_out_comes_back_with_a_new_verdict_only(store: Store) -> None:
    store.put([MOON])
    store.put([replace(MOON, reviews=())], "anna", edit=True)
    store.put([replace(MOON, reviews=(replace(CHECK, date="2024-06-01"),))])
    assert store.get("moon") == replace(MOON, reviews=())
    newly = replace(CHECK, date="2024-07-01", rating="Vrai")
    store.put([replace(MOON, reviews=(newly,))])
    assert store.get("moon") == replace(MOON, reviews=(newly,))


def test_a_new_verdict_is_news_whatever_an_editor_made_of_the_old_one(store: Store) -> None:
    published = replace(MOON, id=f"{records.PUBLISHED}0123")
    store.put([published])
    store.put([replace(published, reviews=(replace(CHECK, rating="Infox"),))], "anna", edit=True)
    newly = replace(CHECK, rating="Vrai")
    store.put([replace(published, reviews=(newly,))])
    superseded = replace(CHECK, rating="Infox", state="superseded")
    assert store.get(published.id) == replace(published, reviews=(newly, superseded))
    store.put([replace(published, reviews=(replace(newly, title="Si"),))])
    assert store.get(published.id) == replace(published, reviews=(replace(newly, title="Si"), superseded))


def test_a_position_is_joined_field_by_field(store: Store) -> None:
    nasa, esa = (Position(party, "denies", "https://news.example/moon") for party in ("NASA", "ESA"))
    claim = replace(MOON, positions=(nasa, esa))
    store.put([claim])
    store.put([replace(claim, positions=(replace(nasa, stance="disputes"), esa))], "anna", edit=True)
    store.put([replace(claim, positions=(replace(nasa, title="Rock"), esa))])
    assert store.get("moon") == replace(
        claim, positions=(replace(nasa, stance="disputes", title="Rock"), esa)
    )


def test_a_verdict_mended_in_one_s_own_file_is_not_called_superseded(store: Store) -> None:
    store.put([MOON])
    mended = replace(MOON, reviews=(replace(CHECK, rating="Trompeur"),))
    store.put([mended])
    assert store.get("moon") == mended


def test_positions_survive_editing(store: Store) -> None:
    held = replace(MOON, positions=(Position("NASA", "denies", "https://nasa.gov/x"),))
    store.put([MOON])
    store.put([held], "anna", edit=True)
    assert store.get("moon") == held


def test_statuses_follow_a_new_table_of_ratings(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(url)
    store.put([MOON, LUNA])
    assert [claim.id for claim in store.claims(status="refuted")] == ["luna", "moon"]
    store.close()
    monkeypatch.setattr("obelism.store.statuses.TABLE_VERSION", 1)
    monkeypatch.setattr(
        "obelism.store.statuses.status_of", lambda claim: "satire" if claim == MOON else "refuted"
    )
    store = open_store(url)
    assert [claim.id for claim in store.claims(status="satire")] == ["moon"]
    assert [claim.id for claim in store.claims(status="refuted")] == ["luna"]
    store.close()


# --- merging -------------------------------------------------------------------------------------


def test_a_merged_claim_gives_what_it_has_to_the_kept_one(store: Store) -> None:
    store.put([MOON, LUNA])
    store.merges.merge("moon", ["luna"], "anna")
    assert store.get("moon") == replace(
        MOON, claimant="Paco", phrasings=(Phrasing(LUNA.text, "es"),), reviews=(CHECK, OTHER)
    )
    assert [claim.id for claim in store.claims()] == ["moon"]
    assert store.get("luna") == store.get("moon")
    assert store.reviewed_urls([OTHER.url]) == {OTHER.url}


def test_every_node_learns_of_a_merge(store: Store) -> None:
    store.put([MOON, LUNA])
    seen = store.latest_change()
    store.merges.merge("moon", ["luna"], "anna")
    assert {id: claim is not None for _, id, claim in store.changes(seen)} == {"moon": True, "luna": False}


def test_undoing_a_merge_gives_both_claims_back(store: Store) -> None:
    store.put([MOON, LUNA])
    [merge] = store.merges.merge("moon", ["luna"], "anna")
    store.merges.undo(merge.id, "anna")
    assert [store.get("moon"), store.get("luna")] == [MOON, LUNA]
    assert [m.undone is not None for m in store.merges.all("luna")] == [True]
    with pytest.raises(NotFound, match="no merge"):
        store.merges.undo(merge.id, "anna")


def test_undoing_a_merge_keeps_what_was_corrected_since(store: Store) -> None:
    store.put([MOON, LUNA])
    [merge] = store.merges.merge("moon", ["luna"], "anna")
    merged = store.get("moon")
    assert merged is not None
    store.put([replace(merged, text="The Moon consists of cheese.")], "anna", edit=True)
    store.merges.undo(merge.id, "anna")
    assert store.get("moon") == replace(MOON, text="The Moon consists of cheese.")


def test_undoing_one_of_two_merges_leaves_the_other_s_contribution(store: Store) -> None:
    lune = Claim("lune", "La Lune est en fromage.", "fr", reviews=(OTHER,))
    store.put([MOON, LUNA, lune])
    first, _ = store.merges.merge("moon", ["luna", "lune"], "anna")
    store.merges.undo(first.id, "anna")
    assert store.get("moon") == replace(MOON, phrasings=(Phrasing(lune.text, "fr"),), reviews=(CHECK, OTHER))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_merges_undone_in_any_order_leave_every_claim_as_it_was(store: Store, order: tuple[int, ...]) -> None:
    moon = replace(MOON, reviews=())
    lune = Claim("lune", "La Lune est en fromage.", "fr", "Wallace", LUNA.wordings, (OTHER,))
    mond = Claim("mond", "Der Mond ist aus Käse.", "de", reviews=(CHECK, OTHER))
    store.put([moon, LUNA, lune, mond])
    made = store.merges.merge("moon", ["luna", "lune", "mond"], "anna")
    for number in order:
        store.merges.undo(made[number].id, "anna")
    assert [store.get(claim.id) for claim in (moon, LUNA, lune, mond)] == [moon, LUNA, lune, mond]


def test_undoing_a_merge_brings_back_nothing_that_was_taken_out_since(store: Store) -> None:
    lune = Claim("lune", "La Lune est en fromage.", "fr", reviews=(OTHER,))
    store.put([MOON, LUNA, lune])
    first, _ = store.merges.merge("moon", ["luna", "lune"], "anna")
    merged = store.get("moon")
    assert merged is not None
    store.put([replace(merged, phrasings=(Phrasing(LUNA.text, "es"),))], "anna", edit=True)
    store.merges.undo(first.id, "anna")
    assert store.get("moon") == replace(MOON, reviews=(CHECK, OTHER))


def test_undoing_a_merge_leaves_what_the_claim_s_own_source_has_brought_since(store: Store) -> None:
    store.put([MOON, LUNA])
    [merge] = store.merges.merge("moon", ["luna"], "anna")
    newer = replace(MOON, reviews=(CHECK, OTHER))
    store.put([newer])
    store.merges.undo(merge.id, "anna")
    assert store.get("moon") == newer


def test_a_merged_claim_s_new_version_leaves_what_others_share_with_the_old_one(store: Store) -> None:
    lune = Claim("lune", "La Lune est en fromage.", "fr", reviews=(OTHER,))
    store.put([MOON, LUNA, lune])
    store.merges.merge("moon", ["luna", "lune"], "anna")
    store.put([replace(LUNA, reviews=())])
    kept = store.get("moon")
    assert kept is not None
    assert kept.reviews == (CHECK, OTHER)


def test_a_merged_claim_s_source_goes_on_feeding_the_kept_one(store: Store) -> None:
    store.put([MOON, LUNA])
    [merge] = store.merges.merge("moon", ["luna"], "anna")
    newer = replace(LUNA, reviews=(replace(OTHER, rating="Falso"),))
    assert store.put([newer]) == PutSummary(changed=1)
    assert store.put([newer]) == PutSummary(unchanged=1)
    kept = store.get("moon")
    assert kept is not None
    assert [review.rating for review in kept.reviews] == ["Faux", "Falso"]
    store.merges.undo(merge.id, "anna")
    assert [store.get("moon"), store.get("luna")] == [MOON, newer]


def test_a_merged_claim_s_news_are_joined_with_what_editors_made_of_its_reviews(store: Store) -> None:
    store.put([MOON, replace(LUNA, reviews=(OTHER,))])
    [merge] = store.merges.merge("moon", ["luna"], "anna")
    merged = store.get("moon")
    assert merged is not None
    mended = replace(OTHER, state="retracted")
    store.put([replace(merged, reviews=(CHECK, mended))], "anna", edit=True)
    news = replace(LUNA, reviews=(replace(OTHER, title="Roca"),))
    assert store.put([news]) == PutSummary(changed=1)
    kept = store.get("moon")
    assert kept is not None
    assert kept.reviews == (CHECK, replace(mended, title="Roca"))
    store.merges.undo(merge.id, "anna")
    assert [store.get("moon"), store.get("luna")] == [
        MOON,
        replace(LUNA, reviews=(replace(mended, title="Roca"),)),
    ]


def test_undoing_a_merge_leaves_no_review_that_only_the_other_claim_has(store: Store) -> None:
    store.put([MOON, LUNA])
    [merge] = store.merges.merge("moon", ["luna"], "anna")
    merged = store.get("moon")
    assert merged is not None
    mended = replace(OTHER, rating="Falso")
    store.put([replace(merged, reviews=(CHECK, mended))], "anna", edit=True)
    store.merges.undo(merge.id, "anna")
    assert [store.get("moon"), store.get("luna")] == [MOON, replace(LUNA, reviews=(mended, CHECK))]
    assert store.put([LUNA]) == PutSummary(unchanged=1)


def test_an_edited_claim_that_was_merged_is_unchanged_when_its_source_sends_the_same(store: Store) -> None:
    store.put([MOON, LUNA])
    store.put([replace(LUNA, claimant="Pepe")], "anna", edit=True)
    store.merges.merge("moon", ["luna"], "anna")
    news = replace(LUNA, text="La Luna está hecha de queso.")
    assert store.put([news]) == PutSummary(changed=1)
    assert store.put([news]) == PutSummary(unchanged=1)


def test_the_higher_least_score_counts_for_a_merged_claim_until_the_merge_is_undone(store: Store) -> None:
    store.put([MOON, LUNA, Claim("mond", "Der Mond ist aus Käse.", "de")])
    store.floors.set("luna", 0.9, "anna")
    store.floors.set("mond", 0.95, "anna")
    [first] = store.merges.merge("luna", ["mond"], "anna")
    [second] = store.merges.merge("moon", ["luna"], "anna")
    assert store.score_floors() == {"moon": 0.95}
    assert store.floors.get("moon") == 0.95
    store.merges.undo(second.id, "anna")
    store.merges.undo(first.id, "anna")
    assert store.score_floors() == {"luna": 0.9, "mond": 0.95}


def test_a_least_score_set_for_a_merged_claim_is_that_of_all_its_parts(store: Store) -> None:
    store.put([MOON, LUNA])
    store.floors.set("luna", 0.95, "anna")
    [merge] = store.merges.merge("moon", ["luna"], "anna")
    store.floors.set("moon", 0.8, "anna")
    assert store.score_floors() == {"moon": 0.8}
    store.floors.set("moon", None, "anna")
    assert store.score_floors() == {}
    store.merges.undo(merge.id, "anna")
    assert store.score_floors() == {}


def test_what_readers_said_of_a_merged_claim_is_decided_on_with_the_kept_one(store: Store) -> None:
    store.put([MOON, LUNA])
    store.feedback.add("luna", "wrong-match", "asserted")
    store.feedback.add("moon", "wrong-match", "asserted")
    store.floors.set("luna", 0.9, "anna")
    [merge] = store.merges.merge("moon", ["luna"], "anna")
    assert [(f.claim_id, f.count) for f in store.feedback.queue()] == [("moon", 2)]
    assert [claim.id for claim in store.claims(attention=True)] == ["moon"]
    store.merges.undo(merge.id, "anna")
    assert [(f.claim_id, f.count) for f in store.feedback.queue()] == [("luna", 1), ("moon", 1)]
    store.merges.merge("moon", ["luna"], "anna")
    assert store.feedback.decide("luna", "wrong-match", "confirmed", "anna") == 2
    assert store.feedback.queue() == []
    assert store.score_floors() == {"moon": 0.95}


def test_the_kept_claim_s_own_source_does_not_undo_a_merge(store: Store) -> None:
    store.put([MOON, LUNA])
    store.merges.merge("moon", ["luna"], "anna")
    assert store.put([MOON]) == PutSummary(unchanged=1)
    store.put([replace(MOON, text="The Moon consists of cheese.")])
    kept = store.get("moon")
    assert kept is not None
    assert (kept.text, OTHER in kept.reviews) == ("The Moon consists of cheese.", True)


def test_a_chain_of_merges_leads_to_the_last_claim(store: Store) -> None:
    store.put([MOON, LUNA, Claim("mond", "Der Mond ist aus Käse.", "de")])
    [first] = store.merges.merge("luna", ["mond"], "anna")
    store.merges.merge("moon", ["luna"], "anna")
    assert store.get("mond") == store.get("moon")
    with pytest.raises(BadInput, match="luna is out of service"):
        store.merges.undo(first.id, "anna")
    store.put([Claim("mond", "Der Mond besteht aus Käse.", "de")])
    kept = store.get("moon")
    assert kept is not None
    assert [p.text for p in kept.phrasings] == ["La Luna es de queso.", "Der Mond besteht aus Käse."]


@pytest.mark.parametrize(("kept", "merged"), [("moon", []), ("moon", ["moon"]), ("moon", ["luna", "luna"])])
def test_a_merge_needs_different_claims(store: Store, kept: str, merged: list[str]) -> None:
    store.put([MOON, LUNA])
    with pytest.raises(BadInput, match="each once"):
        store.merges.merge(kept, merged, "anna")


def test_a_merge_that_fails_leaves_everything_as_it_was(store: Store) -> None:
    store.put([MOON, LUNA])
    with pytest.raises(NotFound, match="mars"):
        store.merges.merge("moon", ["luna", "mars"], "anna")
    assert [store.get("moon"), store.get("luna"), store.merges.all()] == [MOON, LUNA, []]


def test_suggestions_wait_for_an_editor_the_surest_first(store: Store) -> None:
    store.put([MOON, LUNA, Claim("mond", "Der Mond", "de")])
    pairs = [("moon", "luna", 0.91, "same numbers"), ("moon", "mond", 0.97, "same names")]
    assert store.merges.suggest(pairs) == 2
    assert store.merges.suggest([("luna", "moon", 0.5, "again")]) == 0
    assert [s.reason for s in store.merges.suggestions()] == ["same names", "same numbers"]
    assert store.merges.suggestions()[1] == Suggestion(1, "luna", "moon", 0.91, "same numbers")
    assert store.get("luna") == LUNA


def test_a_pair_that_was_decided_on_is_not_suggested_again(store: Store) -> None:
    store.put([MOON, LUNA, Claim("mond", "Der Mond", "de")])
    pairs = [("moon", "luna", 0.91, ""), ("moon", "mond", 0.97, "")]
    store.merges.suggest(pairs)
    store.merges.keep_apart("mond", "moon", "anna")
    store.merges.merge("moon", ["luna"], "anna")
    assert store.merges.suggest(pairs) == 0
    assert store.merges.suggestions() == []
    with pytest.raises(NotFound, match="mars"):
        store.merges.keep_apart("moon", "mars", "anna")


# --- the audit log -------------------------------------------------------------------------------


def test_every_change_is_logged_with_before_and_after(url: str) -> None:
    store = open_store(url, now=lambda: datetime(2026, 11, 22, 8, tzinfo=UTC))
    store.put([MOON], "feed")
    mended = replace(MOON, text="The Moon consists of cheese.")
    store.put([mended], "anna", edit=True)
    store.retire("moon", "bob")
    history = list(store.audit.history("moon"))
    assert [(e.at, e.actor, e.action) for e in history] == [
        ("2026-11-22T08:00:00Z", "feed", "add"),
        ("2026-11-22T08:00:00Z", "anna", "edit"),
        ("2026-11-22T08:00:00Z", "bob", "retire"),
    ]
    assert [(e.before, e.after) for e in history] == [
        (None, records.dump(MOON)),
        (records.dump(MOON), records.dump(mended)),
        (None, None),
    ]
    store.close()


def test_the_log_is_read_newest_first_in_pages(store: Store) -> None:
    store.put([Claim(f"c{n}", "text", "en") for n in range(5)])
    first = store.audit.entries(limit=3)
    rest = store.audit.entries(before=first[-1].id)
    assert [e.subject for e in first + rest] == ["c4", "c3", "c2", "c1", "c0"]
    assert [e.subject for e in store.audit.entries("c1")] == ["c1"]


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM audit",
        "INSERT INTO audit (id, at, actor, action, subject) VALUES (1, '', 'nobody', '', '') "
        "ON CONFLICT (id) DO UPDATE SET actor = 'nobody'",
        "INSERT OR REPLACE INTO audit (id, at, actor, action, subject) VALUES (1, '', 'nobody', '', '')",
    ],
)
def test_the_log_cannot_be_rewritten_even_with_sql(store: Store, url: str, attack: str) -> None:
    store.put([MOON])
    engine = sqlalchemy.create_engine(url)
    if "OR REPLACE" in attack and engine.dialect.name != "sqlite":
        pytest.skip("SQLite's own words")
    with pytest.raises(sqlalchemy.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sqlalchemy.text(attack))
    engine.dispose()
    assert [e.actor for e in store.audit.entries()] == ["import"]


# --- tokens --------------------------------------------------------------------------------------


def test_a_token_is_known_by_its_secret_until_it_is_revoked(store: Store) -> None:
    secret, token = store.tokens.create("anna", {"edit"}, "root")
    assert store.tokens.check(secret) == token
    assert (token.name, token.scopes) == ("anna", frozenset({"edit"}))
    assert store.tokens.check(secret + "x") is None
    assert store.tokens.check("\ud800") is None
    store.tokens.revoke("anna", "root")
    assert store.tokens.check(secret) is None
    assert [t.revoked is not None for t in store.tokens.all()] == [True]


def test_a_token_ends_when_it_expires(url: str) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    store = open_store(url, now=lambda: now)
    secret, _ = store.tokens.create("anna", ["read", "edit"], "root", lasts=timedelta(days=30))
    now += timedelta(days=29, hours=23)
    assert store.tokens.check(secret)
    now += timedelta(hours=1)
    assert store.tokens.check(secret) is None
    store.close()


def test_a_secret_is_kept_nowhere(store: Store, tmp_path: Path) -> None:
    secret, _ = store.tokens.create("anna", {"edit"}, "root")
    store.back_up(tmp_path / "all-tables.gz")
    kept = gzip.decompress((tmp_path / "all-tables.gz").read_bytes()).decode()
    assert "anna" in kept
    assert secret[4:] not in kept


def test_tokens_have_names_of_their_own_and_known_scopes(store: Store) -> None:
    store.tokens.create("anna", {"edit"}, "root")
    with pytest.raises(BadInput, match="already"):
        store.tokens.create("anna", {"read"}, "root")
    with pytest.raises(BadInput, match="no scope fly"):
        store.tokens.create("bob", {"fly"}, "root")
    with pytest.raises(BadInput, match="name"):
        store.tokens.create(" ", {"edit"}, "root")
    with pytest.raises(NotFound, match="carol"):
        store.tokens.revoke("carol", "root")


# --- feedback ------------------------------------------------------------------------------------


def test_feedback_is_counted_by_claim_until_an_editor_decides(store: Store) -> None:
    store.put([MOON, LUNA])
    for _ in range(3):
        store.feedback.add("moon", "wrong-match", "asserted")
    store.feedback.add("moon", "wrong-match")
    store.feedback.add("luna", "wrong-framing", "denied")
    store.feedback.add("luna", "helpful")
    assert [(f.claim_id, f.kind, f.framing, f.count) for f in store.feedback.queue()] == [
        ("moon", "wrong-match", "asserted", 3),
        ("luna", "wrong-framing", "denied", 1),
        ("moon", "wrong-match", None, 1),
    ]
    assert store.feedback.decide("moon", "wrong-match", "confirmed", "anna") == 4
    assert [f.claim_id for f in store.feedback.queue()] == ["luna"]
    assert store.feedback.counts(["moon", "luna"]) == {
        "moon": {"wrong-match": 4},
        "luna": {"wrong-framing": 1, "helpful": 1},
    }


def test_dismissed_feedback_does_not_count(store: Store) -> None:
    store.put([MOON])
    store.feedback.add("moon", "wrong-match")
    store.feedback.decide("moon", "wrong-match", "dismissed", "anna")
    assert store.feedback.counts(["moon"]) == {}
    assert store.feedback.queue() == []


def test_every_node_learns_of_a_decision_and_the_log_keeps_it(store: Store) -> None:
    store.put([MOON])
    store.feedback.add("moon", "wrong-match")
    seen = store.latest_change()
    store.feedback.decide("moon", "wrong-match", "confirmed", "anna")
    assert [id for _, id, _ in store.changes(seen)] == ["moon"]
    assert store.audit.entries()[0].after == "1 × wrong-match: confirmed"


def test_feedback_on_a_merged_claim_goes_to_the_kept_one(store: Store) -> None:
    store.put([MOON, LUNA])
    store.merges.merge("moon", ["luna"], "anna")
    store.feedback.add("luna", "wrong-match")
    assert [f.claim_id for f in store.feedback.queue()] == ["moon"]


def test_feedback_needs_a_claim_and_a_known_kind(store: Store) -> None:
    store.put([MOON])
    with pytest.raises(NotFound, match="mars"):
        store.feedback.add("mars", "helpful")
    with pytest.raises(BadInput, match="wrong-match"):
        store.feedback.add("moon", "rubbish")  # type: ignore[arg-type]


# --- feeds ---------------------------------------------------------------------------------------


def test_a_feed_remembers_how_it_went(url: str) -> None:
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    store = open_store(url, now=lambda: now)
    assert store.feeds.add("https://feed.example/x", "anna")
    assert not store.feeds.add("https://feed.example/x", "anna")
    [feed] = store.feeds.all()
    assert feed.age(now) is None
    store.feeds.succeeded(feed.url, etag='"1"', last_modified="Sun, 22 Nov 2026 08:00:00 GMT")
    now += timedelta(hours=2)
    store.feeds.failed(feed.url, "it answered 500")
    [feed] = store.feeds.all()
    assert (feed.etag, feed.last_error, feed.age(now)) == ('"1"', "it answered 500", 7200.0)
    store.feeds.remove(feed.url, "anna")
    assert store.feeds.all() == []
    with pytest.raises(NotFound):
        store.feeds.remove(feed.url, "anna")
    store.close()


def test_a_feed_that_was_fetched_while_the_clock_was_ahead_is_fetched_again(url: str) -> None:
    now = datetime(2027, 11, 22, 8, tzinfo=UTC)
    store = open_store(url, now=lambda: now)
    store.feeds.add("https://feed.example/x", "anna")
    store.feeds.succeeded("https://feed.example/x")
    assert not store.feeds.take("https://feed.example/x", timedelta(hours=1))
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    [feed] = store.feeds.all()
    assert (feed.age(now), feed.news_since(now)) == (None, None)
    assert store.feeds.take(feed.url, timedelta(hours=1))
    assert not store.feeds.take(feed.url, timedelta(hours=1))
    store.feeds.succeeded(feed.url)
    [feed] = store.feeds.all()
    now -= timedelta(minutes=1)  # another node's clock, a little behind
    assert (feed.age(now), feed.news_since(now)) == (0.0, "2026-11-21")
    assert not store.feeds.take(feed.url, timedelta(hours=1))
    store.close()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://user:p@ss@feed.example/f?key=x", "https://feed.example/f"),
        ("https://feed.example/@user/f#x", "https://feed.example/@user/f"),
        ("factcheck:query=vaccine", "factcheck:query=vaccine"),
        ("http://user@[broken", "http://[broken"),
    ],
)
def test_the_name_of_a_feed_holds_neither_key_nor_password(address: str, name: str) -> None:
    assert without_query(address) == name
