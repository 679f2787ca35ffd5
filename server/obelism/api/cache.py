"""Answers to pages seen lately: in this process's memory only, under a keyed hash, for a short time."""

from __future__ import annotations

import secrets
import threading
import time
from hashlib import blake2b
from typing import NamedTuple

from cachetools import TLRUCache

# What each answer takes besides itself, its key and the cache's books: 350 to 650 bytes as measured. An answer without
# notes is smaller, and a flood of such would take three times the memory that the setting allows.
OVERHEAD = 800
# An answer made in haste: long enough to spare a crowd that asks for one page, short enough for a better one.
HURRIED_SECONDS = 20.0


class _Kept(NamedTuple):
    answer: bytes
    seconds: float


class AnswerCache:
    """Bounded by bytes and by time. The key of the hash is drawn at random and never leaves the process."""

    def __init__(self, max_bytes: int, seconds: float) -> None:
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._answers: TLRUCache[bytes, _Kept] = TLRUCache(
            max(max_bytes, 1), lambda _key, kept, now: now + kept.seconds, time.monotonic, _size
        )
        self._most = max_bytes
        self._seconds = seconds

    def key(self, *parts: bytes) -> bytes:
        """Names a request without holding it; parts are kept apart by their lengths."""
        digest = blake2b(key=self._secret, digest_size=32)
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.digest()

    def get(self, key: bytes) -> bytes | None:
        with self._lock:
            kept = self._answers.get(key)
            return kept and kept.answer

    def put(self, key: bytes, answer: bytes, is_hurried: bool = False) -> None:
        """Keep `answer`, unless it alone is too large or the cache is off; a hurried one for HURRIED_SECONDS."""
        kept = _Kept(answer, min(self._seconds, HURRIED_SECONDS) if is_hurried else self._seconds)
        if _size(kept) <= self._most:
            with self._lock:
                self._answers[key] = kept


def _size(kept: _Kept) -> int:
    return len(kept.answer) + OVERHEAD
