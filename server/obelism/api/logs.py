"""The log: one JSON object a line, with counts and durations; never a word of a page.

Messages of libraries quote what they choked on, so only our own events and the server's start and stop
are written in full; of any other record the place is told and not the message.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
import warnings
from typing import Any, TextIO

from flask import Flask, Response, g, request

log = logging.getLogger("obelism")

# The fields of `logging` itself; what an event adds to a record is everything else.
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": self._event(record),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=str)

    def _event(self, record: logging.LogRecord) -> str:
        if record.name in {"obelism", "gunicorn.error"}:
            return record.getMessage()
        return f"{record.name} at {record.filename}:{record.lineno}"


def configure() -> None:
    """Send all logging and warnings of this process to standard error as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    log.setLevel(logging.INFO)
    warnings.showwarning = _show_warning


def install(app: Flask) -> None:
    """Give each request an id and write one line about it when it is answered."""

    @app.before_request
    def begin() -> None:
        # Never the caller's own: it could carry words of the page into the log.
        g.request_id = uuid.uuid4().hex
        g.began = time.perf_counter()
        g.facts = {}

    @app.after_request
    def end(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = g.request_id
        rule = request.url_rule.rule if request.url_rule else "unknown"
        facts = {
            "request_id": g.request_id,
            "method": method(),
            "route": rule,
            "status": answer.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 1),
            "bytes_in": request.content_length or 0,
            "bytes_out": answer.content_length or 0,
        }
        log.info("request", extra=facts | g.facts)
        return answer


def tell(**facts: int | float | str) -> None:
    """Add counts to the line of the current request."""
    g.facts |= facts


def method() -> str:
    """The method of the current request, if it is one that HTTP knows."""
    known = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"}
    return request.method if request.method in known else "other"


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    log.warning(
        "warning", extra={"warning": category.__name__, "place": f"{filename.rsplit('/', 1)[-1]}:{lineno}"}
    )
