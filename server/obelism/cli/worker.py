"""The worker process of `obelism serve`: threads for requests, replaced when one of them hangs."""

from __future__ import annotations

import json
import logging
from typing import Any, cast

from flask import Flask
from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

log = logging.getLogger("obelism")


class Worker(ThreadWorker):
    """gunicorn's threaded worker, which tells the truth about its health and quotes nobody.

    Threads rather than one request a process: browsers open connections ahead of need and leave them
    idle, and each would hold a whole process.
    """

    def notify(self) -> None:
        # The arbiter replaces a worker that does not report. Alone, the main thread would report on
        # while every other thread hangs.
        if not cast(Flask, self.wsgi).extensions["obelism"].watchdog.stuck:
            super().notify()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what is no HTTP as a problem; gunicorn's own answer and log line quote the request."""
        status, title = _meaning(exc)
        log.warning("bad-http", extra={"error": type(exc).__name__, "status": status})
        body = json.dumps({"type": "about:blank", "title": title, "status": status})
        head = (
            f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
            f"X-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            util.write_nonblock(client, (head + body).encode())
        except OSError:
            log.debug("bad-http answer not taken")


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
