"""The index finds what comparing everything with everything finds, however its claims came in."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_claims import WordEncoder, brute_force, claim
from obelism.candidates import Index, search, segment, state
from obelism.candidates.queries import cleaned, parts_of
from obelism.encoder import default_encoder
from obelism.model import Candidate, Claim

ENCODER = WordEncoder()
WORDS = ["nato", "putin", "vaccine", "moon", "border", "tax", "rain", "bread", "virus", "paris"]
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
languages = st.sampled_from(["en", "fr"])


@st.composite
def claims(draw: st.DrawFn, number: int) -> Claim:
    phrasings = draw(st.lists(st.tuples(sentences, languages), max_size=2))
    return claim(number, draw(sentences), draw(languages), phrasings, draw(st.just("") | sentences))


@st.composite
def histories(draw: st.DrawFn) -> list[list[tuple[int, str, Claim | None]]]:
    """Batches of changes: claims arrive, are changed, are retired, come back."""
    batches = []
    number = 0
    for size in draw(st.lists(st.integers(1, 4), min_size=1, max_size=11)):
        batch = []
        for _ in range(size):
            number += 1
            which = draw(st.integers(0, 9))
            batch.append((number, str(which), draw(st.none() | claims(which))))
        batches.append(batch)
    return batches


def shape(found: Sequence[Sequence[Candidate]]) -> list[list[tuple[str, float, float, int]]]:
    return [[(c.claim.id, c.lexical, c.dense, c.wording) for c in some] for some in found]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(claims(0), min_size=1, max_size=12),
    st.lists(sentences, min_size=1, max_size=4),
    languages,
)
def test_candidates_are_those_of_brute_force_in_its_order(
    some: list[Claim], texts: list[str], language: str
) -> None:
    numbered = [Claim(str(at), *_rest(one)) for at, one in enumerate(some)]
    found = Index.build(numbered, ENCODER).candidates(texts, language, 20)
    for candidates, expected in zip(found, brute_force(numbered, texts, language), strict=True):
        assert {c.claim for c in candidates} == set(numbered)
        for c in candidates:
            assert (c.lexical, c.dense) == pytest.approx(expected[c.claim.id][1:], abs=1e-5)
        merits = [expected[c.claim.id][0] for c in candidates]
        assert merits == pytest.approx(sorted(merits, reverse=True), abs=1e-5)


def _rest(one: Claim) -> tuple[object, ...]:
    return (one.text, one.language, one.claimant, one.phrasings, one.reviews, one.positions)


@settings(max_examples=60, deadline=None)
@given(histories(), st.lists(sentences, min_size=1, max_size=3), languages)
def test_changes_and_retirements_give_the_candidates_of_an_index_built_from_the_result(
    batches: list[list[tuple[int, str, Claim | None]]], texts: list[str], language: str
) -> None:
    grown = Index.build([], ENCODER)
    final: dict[str, Claim] = {}
    for batch in batches:
        grown.apply(batch)
        for _, claim_id, changed in batch:
            final.pop(claim_id, None)
            if changed:
                final[claim_id] = changed
    built = Index.build(final.values(), ENCODER)
    assert len(grown) == len(final)
    assert {one.id: one for one in grown.claims()} == final
    assert grown.sequence == batches[-1][-1][0]
    for limit in (3, 20):
        assert shape(grown.candidates(texts, language, limit)) == shape(
            built.candidates(texts, language, limit)
        )


def test_more_changes_than_segments_are_merged_without_encoding_again() -> None:
    class Counting(WordEncoder):
        texts = 0

        def encode(self, texts: Sequence[str]) -> np.ndarray:
            self.texts += len(texts)
            return super().encode(texts)

    encoder = Counting()
    index = Index.build([claim(0, "bread rises")], encoder)
    for number in range(1, 4 * state.MAX_CHANGES):
        index.apply([(number, str(number), claim(number, f"rain number{number}"))])
    assert encoder.texts == len(index) == 4 * state.MAX_CHANGES
    assert len(index._state.parts) <= state.MAX_CHANGES
    assert index.candidates(["number7"], "en", 1)[0][0].claim.id == "7"


def test_a_text_alone_finds_the_same_whatever_stands_beside_it() -> None:
    index = Index.build([claim(at, " ".join(WORDS[at:])) for at in range(8)], ENCODER)
    (alone,) = index.candidates(["vaccine virus"], "en", 5)
    beside = index.candidates(["moon tax", "vaccine virus", "paris"], "en", 5)
    assert shape([alone]) == shape(beside[1:2])


@settings(max_examples=60, deadline=None)
@given(st.lists(claims(0), min_size=1, max_size=12), st.lists(sentences, min_size=2, max_size=9), languages)
def test_texts_compared_in_one_go_find_what_each_finds_alone(
    some: list[Claim], texts: list[str], language: str
) -> None:
    index = Index.build([Claim(str(at), *_rest(one)) for at, one in enumerate(some)], ENCODER)
    with patch.object(search, "TOGETHER", 0):
        alone = index.candidates(texts, language, 4)
    assert index.candidates(texts, language, 4) == alone


def test_the_best_wording_is_named() -> None:
    index = Index.build(
        [claim(1, "bread rises", phrasings=[("la pluie tombe", "fr"), ("tax falls", "en")])], ENCODER
    )
    assert [
        c.wording for (c,) in index.candidates(["tax falls", "la pluie tombe", "bread rises"], "en", 1)
    ] == [2, 1, 0]


def test_a_headline_of_other_words_finds_its_claim_and_names_the_text() -> None:
    index = Index.build(
        [claim(1, "bread rises", title="Ovens banned in Paris"), claim(2, "moon tax")], ENCODER
    )
    assert [(c.claim.id, c.wording) for c in index.candidates(["ovens banned"], "en", 1)[0]] == [("1", 0)]


def test_nothing_is_found_in_an_index_without_claims_and_for_no_texts() -> None:
    assert Index.build([], ENCODER).candidates(["rain", "tax"], "en") == [[], []]
    assert Index.build([claim(1, "rain")], ENCODER).candidates([], "en") == []
    emptied = Index.build([claim(1, "rain")], ENCODER)
    emptied.apply([(1, "1", None)])
    assert emptied.candidates(["rain"], "en") == [[]]


@pytest.mark.parametrize("text", ["", "   ", "?!", "\u0000", "the of and", "x" * 50_000, "🙂 " * 3_000])
def test_any_text_can_be_asked(text: str) -> None:
    index = Index.build([claim(1, "rain"), claim(2, "")], default_encoder())
    assert {c.claim.id for c in index.candidates([text], "xx", 5)[0]} == {"1", "2"}


def test_claims_beyond_the_exact_size_are_found_through_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "EXACT_ROWS", 100)
    encoder = default_encoder()
    many = [claim(at, f"{WORDS[at % 10]} was worth {at} dollars in {1500 + at}") for at in range(600)]
    index = Index.build(many, encoder)
    assert index._state.parts[0].segment.graph is not None
    index.apply([(1, "7", None), (2, "new", claim("new", "Trente chats ont traversé la Manche", "fr"))])
    found = index.candidates([one.text for one in many[5:9]] + ["Thirty cats crossed the Channel"], "en", 10)
    assert [some[0].claim.id for some in found[:2]] == ["5", "6"]
    assert "7" not in {c.claim.id for c in found[2]}
    assert found[4][0].claim.id == "new"


def test_a_text_whose_nearest_claims_are_all_retired_finds_none_and_costs_the_texts_beside_it_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(segment, "EXACT_ROWS", 100)
    rain, moon = (
        [claim(f"{word}-{at}", f"{word} number{at}") for at in range(300)] for word in ("rain", "moon")
    )
    index = Index.build([*rain, *moon], ENCODER)
    index.apply([(at, one.id, None) for at, one in enumerate(rain, 1)])
    assert index.candidates(["rain"], "en", 5) == [[]]
    assert [len(some) for some in index.candidates(["rain", "moon"], "en", 5)] == [0, 5]


def test_a_draft_stands_beside_the_index_and_not_in_it() -> None:
    index = Index.build([claim(1, "rain")], ENCODER)
    beside = index.beside(claim(2, "tax"))
    assert (len(beside), len(index)) == (2, 1)


def test_readers_in_other_threads_always_see_a_whole_index() -> None:
    index = Index.build([claim(1, "rain")], ENCODER)
    stop = threading.Event()
    sizes: set[int] = set()

    def read() -> None:
        while not stop.is_set():
            sizes.add(len(index.candidates(["rain tax"], "en", 9)[0]))

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(2, 40):
        index.apply([(number, "a", claim("a", f"tax {number}")), (number, "b", claim("b", f"moon {number}"))])
    stop.set()
    thread.join()
    assert sizes <= {1, 3}


# --- with the encoder of the default installation


@pytest.fixture(scope="module")
def published() -> Index:
    english = [
        claim("putin", "Putin ordered the poisoning of Sergei Skripal."),
        claim("beijing", "Beijing hid the first cases of the virus for months."),
        claim("climate", "Global warming stopped in 1998."),
        claim("who", "The World Health Organization forbade masks."),
        claim("autism", "Vaccines cause autism."),
        claim("moon", "The moon landings were filmed in a studio."),
    ]
    return Index.build(english, default_encoder())


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("C'est Vladimir Poutine qui a fait empoisonner Sergueï Skripal, affirme Londres.", "putin"),
        ("Pékin aurait dissimulé les premiers cas pendant des mois.", "beijing"),
        ("Le réchauffement climatique s'est arrêté il y a vingt ans.", "climate"),
        ("L'OMS avait interdit les masques.", "who"),
        ("L'autisme serait provoqué par la vaccination.", "autism"),
        ("Personne n'a marché sur la Lune : tout a été tourné en studio.", "moon"),
    ],
)
def test_a_french_statement_finds_a_claim_that_exists_only_in_english(
    published: Index, statement: str, expected: str
) -> None:
    assert published.candidates([statement], "fr", 1)[0][0].claim.id == expected


def test_names_in_another_spelling_count_as_the_same_word(published: Index) -> None:
    by_words = {c.claim.id: c.lexical for c in published.candidates(["Poutine, Pékin"], "fr")[0]}
    assert by_words["putin"] > 0
    assert by_words["beijing"] > 0
    assert by_words["moon"] == 0


# --- what is searched of a text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#ClimateChange is a hoax", "Climate Change is a hoax"),
        ("Says @WHO_Europe today", "Says WHO Europe today"),
        ("Read https://example.org/a?b=c#d now", "Read now"),
        ("see www.example.org", "see"),
        ("McDonald wrote to a@b.org about item #7", "McDonald wrote to a@b.org about item 7"),
    ],
)
def test_marks_of_posts_are_taken_off(text: str, words: str) -> None:
    assert cleaned(text) == words


def test_only_a_long_text_of_several_sentences_is_searched_in_parts() -> None:
    sentence = "The mayor said again that the bridge would be closed for repairs until next spring. "
    assert parts_of(sentence * 2) == []
    assert parts_of(sentence * 4) == [sentence.strip()] * 4
    assert parts_of(("word " * 100).strip() + ".") == []
    assert len(parts_of(sentence * 40)) == 8
