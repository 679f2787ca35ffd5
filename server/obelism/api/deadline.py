"""Ends work that runs past its time, inside the thread that does it.

A page can be built so that reading it takes minutes. The stages know no clock, so the time limit comes
from outside: a watching thread raises Overtime in the working thread (`PyThreadState_SetAsyncExc`). It
arrives at the next Python bytecode, so the work really stops, where a thread that is merely no longer
waited for would go on burning a core. A thread that sits in one endless C call does not react; then
`stuck` turns true and the server's worker process is replaced (cli/worker.py).

The danger of an asynchronous exception is that it arrives late, in the next request of that thread.
Therefore the two sides agree without a lock (taking a lock can itself be interrupted): the watcher first
names its target, then looks whether it is still running, then raises. The worker first stops running,
then waits until it is nobody's target, then takes what has not arrived. Each step is one operation
under the interpreter's lock, so either the watcher sees that the work has ended, or the worker sees the
watcher.
"""

from __future__ import annotations

import ctypes
import math
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from obelism.api.problems import Problem

T = TypeVar("T")

TICK = 0.1
# Of the time that a request waited before, so much is not taken off its work: with the usual 4 s, all is refused or
# answered within 5.
FREE_WAIT = 0.4
# The first one is lost when it arrives in a finalizer or in a callback from C. After a second more, a page
# stopped at the usual 4 s would be answered after 5.
RAISE_AGAIN_AFTER = 0.3


class Overtime(BaseException):
    """The time is up. Not an Exception, so that no `except Exception` on the way keeps it."""


@dataclass(eq=False, slots=True)
class _Work:
    thread: int
    end: float
    raised_at: float = field(default=0.0)


class Watchdog:
    """Gives each piece of work `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._running: dict[int, _Work] = {}
        self._target: _Work | None = None
        self._watching_in = 0
        self._starting = threading.Lock()

    def run(self, call: Callable[[], T], waited: float = 0.0) -> T:
        """`call()`, which has `waited` so many seconds for its turn; raises Problem 503 when it takes too long."""
        self._watch()
        seconds = max(self.seconds - max(0.0, waited - FREE_WAIT), self.seconds / 4)
        work = _Work(threading.get_ident(), time.monotonic() + seconds)
        self._running[id(work)] = work
        try:
            try:
                return call()
            finally:
                self._leave(work)
        except Overtime:
            self._leave(work)
            detail = f"This took longer than {seconds:.2g} s and was stopped."
            raise Problem(503, "overtime", "Took too long", detail, {"Retry-After": "30"}) from None

    def left(self) -> float:
        """Seconds until the work of this thread is stopped; infinite where none is watched."""
        here, now = threading.get_ident(), time.monotonic()
        return min((w.end - now for w in list(self._running.values()) if w.thread == here), default=math.inf)

    @property
    def stuck(self) -> bool:
        """Whether some work did not react and is past twice its time."""
        now = time.monotonic()
        return any(now > work.end + self.seconds for work in list(self._running.values()))

    def _leave(self, work: _Work) -> None:
        self._running.pop(id(work), None)
        while self._target is work:
            time.sleep(0)
        if work.raised_at:
            _meet(work.thread)

    def _watch(self) -> None:
        # Threads do not survive a fork: each worker process starts its own on its first request. One: of two, each
        # would take the other's target away.
        with self._starting:
            if self._watching_in != os.getpid():
                self._watching_in = os.getpid()
                threading.Thread(target=self._look, name="watchdog", daemon=True).start()

    def _look(self) -> None:
        while True:
            time.sleep(TICK)
            now = time.monotonic()
            for work in list(self._running.values()):
                if now > max(work.end, work.raised_at + RAISE_AGAIN_AFTER if work.raised_at else 0.0):
                    self._raise_in(work, now)

    def _raise_in(self, work: _Work, now: float) -> None:
        self._target = work
        if id(work) in self._running:
            work.raised_at = now
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(work.thread), ctypes.py_object(Overtime)
            )
        self._target = None


def _meet(thread: int) -> None:
    """Take what may be pending for this thread.

    CPython 3.11 forgets an exception that is taken back, but not that there was one: from then on each call stops to
    look for it, and under a tracer none comes any further.
    """
    with suppress(Overtime):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Overtime))
        while True:
            time.sleep(0)
