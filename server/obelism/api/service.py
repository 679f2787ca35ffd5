"""What the handlers work with: one object an application, made in app.py."""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from flask import request

from obelism.api.cache import AnswerCache
from obelism.api.deadline import Watchdog
from obelism.api.guard import is_local_program
from obelism.api.limits import Limits, client
from obelism.api.metrics import Gauge, Meters
from obelism.api.problems import Problem
from obelism.api.shapes import FeedShown, Readiness
from obelism.api.turns import Turns
from obelism.errors import Unavailable
from obelism.pipeline import Pipeline
from obelism.settings import Settings
from obelism.store import Store
from obelism.store.feeds import without_query

if TYPE_CHECKING:
    from obelism.api.operations import Operation

T = TypeVar("T")

log = logging.getLogger("obelism")

# Writes take milliseconds, unless another program has locked the store.
WRITE_PATIENCE_SECONDS = 2.0


@dataclass(eq=False)
class Service:
    """The parts of a running service."""

    settings: Settings
    store: Store
    pipeline: Pipeline
    limits: Limits
    meters: Meters
    cache: AnswerCache
    watchdog: Watchdog
    turns: Turns
    operations: Sequence[Operation] = ()
    degraded: bool = field(default=False, init=False)
    """The store did not answer when it was last asked."""
    _refreshing_in: int = field(default=0, init=False)
    _stopped: threading.Event = field(default_factory=threading.Event, init=False)
    _writing: threading.Lock = field(default_factory=threading.Lock, init=False)

    def start_refreshing(self) -> None:
        """Look for changed claims now, and from now on in a thread of this process (threads do not survive
        a fork, so every worker says this for itself)."""
        if self._refreshing_in == os.getpid():
            return
        self._refreshing_in = os.getpid()
        self.refresh()
        threading.Thread(target=self._keep_refreshing, name="refresh", daemon=True).start()

    def stop(self) -> None:
        """End the refreshing and let go of the store."""
        self._stopped.set()
        self.store.close()

    def work(self, call: Callable[[], T]) -> T:
        """`call()`, which reads a page or looks a text up; raises Problem 503 when its turn does not come, or it takes
        too long."""
        # Programs that may ask without limits are not counted as one client.
        with self.turns.turn("" if self.limits.exempt() else client()) as waited:
            return self.watchdog.run(call, waited)

    def refresh(self) -> None:
        """Take in changed claims; without the store, go on with those that are known."""
        try:
            self.pipeline.refresh()
        except Unavailable as error:
            if not self.degraded:
                log.error("degraded", extra={"detail": str(error)})
            self.degraded = True
        else:
            if self.degraded:
                log.warning("recovered")
            self.degraded = False

    def actor(self, scope: str) -> str:
        """The name on the token that the request carries; raises Problem 401 or 403."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise _unauthorized("This call needs a token: Authorization: Bearer …")
        token = self.store.tokens.check(secret.strip())
        if token is None:
            raise _unauthorized("The token is unknown, expired or revoked.")
        if scope not in token.scopes:
            raise Problem(403, "not-allowed", "Not allowed", f"The token lacks the scope {scope}.")
        return token.name

    def admit_reader(self) -> None:
        """Raises Problem 401 or 403 where checks and look-ups need a token and there is none."""
        if self.settings.access == "token" and not is_local_program(request):
            self.actor("read")

    @contextmanager
    def one_writer(self) -> Iterator[None]:
        """The only write of this worker; raises Problem 503 when another goes on and on.

        While another program has locked the store, a write waits for half a minute, in one call of SQLite that
        no time limit can end. Writers wait there one at a time, so that readers keep the other threads.
        """
        if not self._writing.acquire(timeout=WRITE_PATIENCE_SECONDS):
            raise Problem(
                503,
                "unavailable",
                "Not available just now",
                "Another change is waiting for the claim database.",
                {"Retry-After": "5"},
            )
        try:
            yield
        finally:
            self._writing.release()

    def readiness(self) -> Readiness:
        """Whether pages are read against the claims as they are now."""
        return Readiness(
            status="degraded" if self.degraded else "ready",
            claims=len(self.pipeline.index),
            index_version=self.pipeline.index.sequence,
            feeds=[FeedShown(name=name, age_seconds=age) for name, age in self._feed_ages()],
        )

    def gauges(self) -> list[Gauge]:
        """What `/metrics` says of this moment."""
        index = self.pipeline.index
        feeds = self._feed_ages()
        ages = [
            Gauge("obelism_feed_age_seconds", "Time since a feed was up to date", age, {"feed": name})
            for name, age in feeds
            if age is not None
        ]
        never = [
            Gauge(
                "obelism_feed_never_fetched", "1 until a feed is up to date once", age is None, {"feed": name}
            )
            for name, age in feeds
        ]
        return [
            Gauge("obelism_index_version", "Change of the store that the index reflects", index.sequence),
            Gauge("obelism_claims", "Claims in the index", len(index)),
            Gauge("obelism_degraded", "1 while the store does not answer", float(self.degraded)),
            *ages,
            *never,
        ]

    def _feed_ages(self) -> list[tuple[str, float | None]]:
        """Feeds by host and path, for the rest can hold a key or a password, and how old their claims are.

        Those that differ in nothing else are numbered, in the order of their addresses.
        """
        try:
            feeds = [] if self.degraded else self.store.feeds.all()
        except Unavailable:
            return []
        now = datetime.now(UTC)
        ages = []
        met: Counter[str] = Counter()
        for feed in feeds:
            name = without_query(feed.url)
            met[name] += 1
            ages.append((name if met[name] == 1 else f"{name} ({met[name]})", feed.age(now)))
        return ages

    def _keep_refreshing(self) -> None:
        while not self._stopped.wait(self.settings.refresh_seconds):
            self.cache.forget_expired()
            try:
                self.refresh()
            except Exception:
                # Whatever it was: without this thread the worker would stay behind for good, and say "ready".
                log.exception("refresh failed")
                self.degraded = True


def _unauthorized(detail: str) -> Problem:
    return Problem(
        401, "unauthorized", "A token is needed", detail, {"WWW-Authenticate": 'Bearer realm="obelism"'}
    )
