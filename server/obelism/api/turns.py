"""Costly work waits for its turn.

The threads of a worker process share little more than one core. Four pages begun at once are each four times as long in
work, and run into the time limit together; one after the other, each takes what it takes alone. One client has one turn
at a time, and there is one turn more, so that a client who sends costly pages does not keep others waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from obelism.api.problems import Problem

AT_ONCE = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    client: str


class Turns:
    """At most AT_ONCE turns at a time in this process, each of another client, in the order of asking."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self._changed = threading.Condition()
        self._waiting: list[_Turn] = []
        self._working: list[_Turn] = []

    @contextmanager
    def turn(self, client: str) -> Iterator[float]:
        """The seconds that the turn took to come; raises Problem 503 when none comes for `patience` seconds.

        "" is each time another client.
        """
        turn, asked = _Turn(client), time.monotonic()
        with self._changed:
            self._waiting.append(turn)
            came = self._changed.wait_for(lambda: self._next() is turn, self.patience)
            self._waiting.remove(turn)
            if came:
                self._working.append(turn)
            self._changed.notify_all()
        if not came:
            detail = f"Others were served first for {self.patience:g} s. Try again."
            raise Problem(503, "busy", "Busy", detail, {"Retry-After": "5"})
        try:
            yield time.monotonic() - asked
        finally:
            with self._changed:
                self._working.remove(turn)
                self._changed.notify_all()

    def waiting(self) -> int:
        """How many wait just now."""
        return len(self._waiting)

    def taken(self) -> int:
        """How many wait or are at work just now."""
        return len(self._waiting) + len(self._working)

    def _next(self) -> _Turn | None:
        if len(self._working) >= AT_ONCE:
            return None
        served = {turn.client for turn in self._working if turn.client}
        return next((turn for turn in self._waiting if turn.client not in served), None)
