"""Answers to pages seen lately: in this process's memory only, under a keyed hash, for a short time."""

from __future__ import annotations

import secrets
import threading
from hashlib import blake2b

from cachetools import TTLCache

# What each answer takes besides itself, its key and the cache's books: 350 to 650 bytes as measured. An answer without
# notes is smaller, and a flood of such would take three times the memory that the setting allows.
OVERHEAD = 800


class AnswerCache:
    """Bounded by bytes and by time. The key of the hash is drawn at random and never leaves the process."""

    def __init__(self, max_bytes: int, seconds: float) -> None:
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._answers: TTLCache[bytes, bytes] = TTLCache(max(max_bytes, 1), seconds, getsizeof=_size)
        self._most = max_bytes

    def key(self, *parts: bytes) -> bytes:
        """Names a request without holding it; parts are kept apart by their lengths."""
        digest = blake2b(key=self._secret, digest_size=32)
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.digest()

    def get(self, key: bytes) -> bytes | None:
        with self._lock:
            return self._answers.get(key)

    def put(self, key: bytes, answer: bytes) -> None:
        """Keep `answer`, unless it alone is too large or the cache is off."""
        if _size(answer) <= self._most:
            with self._lock:
                self._answers[key] = answer


def _size(answer: bytes) -> int:
    return len(answer) + OVERHEAD
