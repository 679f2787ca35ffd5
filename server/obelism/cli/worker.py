"""The worker process of `obelism serve`: threads for requests, replaced when one of them hangs."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import logging
import resource
import socket
import time
from pathlib import Path
from typing import Any, cast

from flask import Flask
from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker  # type: ignore[attr-defined]

# A new connection waits so long for its first byte in a thread; then it waits without one.
FIRST_BYTE_SECONDS = 0.05
# And a body that was refused unread so long for the rest, or the connection is closed. gunicorn would wait for 5 s.
LEFTOVER_SECONDS = 0.5
# The main thread looks once a second for requests that are too slow to arrive; so much later it has looked.
LOOKS_LATE_SECONDS = 5

log = logging.getLogger("obelism")

PAGE_BYTES = resource.getpagesize()

# Of malloc.h: M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD.
ARENA_MAX, MMAP_THRESHOLD, TRIM_THRESHOLD = -8, -3, -1
# Blocks from this size on go back to the system as soon as they are freed. Large bodies and pages are; what a matrix
# product needs for a moment is smaller: from 128 KiB on, encoding a page took a fifth to a third longer.
LARGE_BYTES = 4 * 1024 * 1024
# After a request that has left this much behind the worker looks for what nobody needs any more.
LEFT_BEHIND_BYTES = 8 * 1024 * 1024


class Worker(ThreadWorker):
    """gunicorn's threaded worker, which tells the truth about its health and quotes nobody.

    Threads rather than one request a process: browsers open connections ahead of need and leave them
    idle, and each would hold a whole process. For the same reason a connection has a thread only while it
    has something to say, and must have said it within a time: eight clients that send half a request and
    then nothing would otherwise hold all threads for good. So would clients that do not take their answers.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> Any:
        if not conn.initialized and not conn.wait_for_data(FIRST_BYTE_SECONDS):
            return _DEFER
        self._begun[conn] = time.monotonic()
        before = _resident()
        try:
            kept = super().handle(conn)
            if kept is False:
                # gunicorn's main thread, which accepts all others, would listen on for 2 s to who does not hang up.
                _hear_no_more(conn)
            return kept
        finally:
            self._begun.pop(conn, None)
            # The tree of a page is full of cycles, which Python finds only after many more pages.
            if _resident() > before + LEFT_BEHIND_BYTES:
                gc.collect()
                give_memory_back()

    def handle_request(self, req: Any, conn: TConn) -> Any:
        # `sendall` gives so long to all of an answer together. To each read of a body as well: there the main thread
        # comes first.
        conn.sock.settimeout(self._receive_seconds + LOOKS_LATE_SECONDS)
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            log.warning("answer-not-taken")
            return False

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + LEFTOVER_SECONDS))

    def notify(self) -> None:
        self._hear_no_more_of_the_slow()
        # The arbiter replaces a worker that does not report. Alone, the main thread would report on
        # while every other thread hangs.
        if not cast(Flask, self.wsgi).extensions["obelism"].watchdog.stuck:
            super().notify()

    def _hear_no_more_of_the_slow(self) -> None:
        # Called every second. A request that has arrived in full is not touched by this: it is answered.
        for conn, begun in list(self._begun.items()):
            if time.monotonic() > begun + self._receive_seconds:
                _hear_no_more(conn)

    @property
    def _receive_seconds(self) -> float:
        return float(cast(Flask, self.wsgi).extensions["obelism"].settings.receive_seconds)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what is no HTTP as a problem; gunicorn's own answer and log line quote the request."""
        # Not before `obelism serve` has said where the numbers go, which are imported with it.
        from obelism.api.headers import ALWAYS

        status, title = _meaning(exc)
        log.warning("bad-http", extra={"error": type(exc).__name__, "status": status})
        body = json.dumps({"type": "about:blank", "title": title, "status": status})
        head = [
            f"HTTP/1.1 {status} {title}",
            "Connection: close",
            "Content-Type: application/problem+json",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in ALWAYS.items()),
        ]
        try:
            util.write_nonblock(client, "\r\n".join([*head, "", body]).encode())
        except OSError:
            log.debug("bad-http answer not taken")


def _hear_no_more(conn: TConn) -> None:
    with contextlib.suppress(OSError):
        conn.sock.shutdown(socket.SHUT_RD)


def keep_memory_small() -> None:
    """Make malloc keep little of what was freed, in this process and those that it forks.

    By default glibc gives each thread an arena of its own, which keeps what a large page took from it; and once a
    large block was freed, takes all blocks up to that size from the heap, where they leave holes.
    """
    with contextlib.suppress(OSError, AttributeError):
        for parameter, value in (
            (ARENA_MAX, 1),
            (MMAP_THRESHOLD, LARGE_BYTES),
            (TRIM_THRESHOLD, LARGE_BYTES),
        ):
            ctypes.CDLL(None).mallopt(parameter, value)


def give_memory_back() -> None:
    """Return to the system what malloc keeps of freed memory."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE_BYTES
    except OSError:
        return 0


class PlainLogger(Logger):
    """gunicorn's messages go where all others go; it keeps no access log."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in list(self.error_log.handlers):
            self.error_log.removeHandler(handler)
        self.error_log.propagate = True


def _meaning(exc: BaseException) -> tuple[int, str]:
    if isinstance(exc, LimitRequestLine):
        return 414, "URI Too Long"
    if isinstance(exc, LimitRequestHeaders):
        return 431, "Request Header Fields Too Large"
    return (400, "Bad Request") if isinstance(exc, ParseException) else (500, "Internal Server Error")
