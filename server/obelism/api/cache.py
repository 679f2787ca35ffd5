"""Answers to pages seen lately: in this process's memory only, under a keyed hash, for a short time."""

from __future__ import annotations

import secrets
import threading
import time
from hashlib import blake2b
from typing import NamedTuple

from cachetools import TTLCache

# What each answer takes besides itself, its key and the cache's books: 350 to 650 bytes as measured. An answer without
# notes is smaller, and a flood of such would take three times the memory that the setting allows.
OVERHEAD = 800
# An answer made in haste is not made anew for a crowd that asks for one page.
HURRIED_SECONDS = 20.0


class _Kept(NamedTuple):
    answer: bytes
    hurried_until: float
    """From then on a better one is made when there is time; 0 for an answer that had all the time it needed."""


class AnswerCache:
    """Bounded by bytes and by time. The key of the hash is drawn at random and never leaves the process."""

    def __init__(self, max_bytes: int, seconds: float) -> None:
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._answers: TTLCache[bytes, _Kept] = TTLCache(max(max_bytes, 1), seconds, time.monotonic, _size)
        self._most = max_bytes

    def key(self, *parts: bytes) -> bytes:
        """Names a request without holding it; parts are kept apart by their lengths."""
        digest = blake2b(key=self._secret, digest_size=32)
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.digest()

    def get(self, key: bytes, is_calm: bool = True) -> bytes | None:
        """The answer; of one made in haste, None once HURRIED_SECONDS have passed and it `is_calm`."""
        with self._lock:
            kept = self._answers.get(key)
        if kept is None or (is_calm and 0 < kept.hurried_until < time.monotonic()):
            return None
        return kept.answer

    def forget_expired(self) -> None:
        """What nobody asks for any more would lie here until the next answer is kept."""
        with self._lock:
            self._answers.expire()

    def put(self, key: bytes, answer: bytes, is_hurried: bool = False) -> None:
        """Keep `answer`, unless it alone is too large or the cache is off."""
        kept = _Kept(answer, time.monotonic() + HURRIED_SECONDS if is_hurried else 0.0)
        if _size(kept) <= self._most:
            with self._lock:
                self._answers[key] = kept


def _size(kept: _Kept) -> int:
    return len(kept.answer) + OVERHEAD
