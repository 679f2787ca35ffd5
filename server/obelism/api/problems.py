"""Exceptions -> answers: RFC 9457 `application/problem+json`, which say nothing about the inside."""

from __future__ import annotations

import json
import logging
import traceback
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from obelism import errors

log = logging.getLogger("obelism")

# Error, status, the last part of `type` (which is for programs), title.
KINDS: tuple[tuple[type[errors.ObelismError], int, str, str], ...] = (
    (errors.NotAnArticle, 422, "not-an-article", "No article was found"),
    (errors.PageTooLarge, 413, "too-large", "The page is too large"),
    (errors.BadClaim, 422, "bad-claim", "The claim cannot be stored"),
    (errors.BadInput, 422, "bad-input", "The request cannot be used"),
    (errors.NotFound, 404, "not-found", "Not found"),
    (errors.Unavailable, 503, "unavailable", "Not available just now"),
)

FOR_STRANGERS = {"unknown-host", "foreign-origin"}
"""Refusals of callers who should not even see the page."""


@dataclass(eq=False)  # not frozen: context managers write the traceback into an exception
class Problem(Exception):
    """A refusal on its way out; raise it anywhere below a request."""

    status: int
    kind: str
    title: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)
    errors: tuple[dict[str, str], ...] = ()

    def answer(self) -> Response:
        """The problem as an HTTP answer."""
        body: dict[str, Any] = {
            "type": f"urn:obelism:problem:{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "request_id": _request_id(),
        }
        if self.errors:
            body["errors"] = list(self.errors)
        return Response(
            json.dumps(body, ensure_ascii=False),
            status=self.status,
            content_type="application/problem+json",
            headers=self.headers,
        )


def problem_of(error: Exception) -> Problem:
    """How an exception is told to the caller; what nobody foresaw is a 500 without any detail."""
    if isinstance(error, Problem):
        return error
    for kind, status, name, title in KINDS:
        if isinstance(error, kind):
            if isinstance(error, errors.Unavailable):
                # Its message names the database: for the log, not for the caller.
                log.error("unavailable", extra={"request_id": _request_id(), "detail": str(error)})
                return Problem(
                    status, name, title, "The claim database does not answer.", {"Retry-After": "5"}
                )
            detail = "Nothing is stored under that id." if status == 404 else str(error)
            return Problem(status, name, title, detail)
    if isinstance(error, HTTPException):
        return _of_http(error)
    _log_crash(error)
    return Problem(
        500, "internal", "Internal error", "The service made a mistake; its log knows the request id."
    )


def install(app: Flask) -> None:
    """Answer every exception of `app` as a problem.

    `app.extensions["problem_pages"]` holds, by endpoint, what shows a problem to a person instead.
    """
    app.extensions["problem_pages"] = {}

    @app.errorhandler(Exception)
    def answer(error: Exception) -> Response:
        return shown(problem_of(error))


def shown(problem: Problem) -> Response:
    """A problem as the current request's sender can read it: most are programs."""
    page = current_app.extensions["problem_pages"].get(request.endpoint)
    answer: Response = page(problem) if page and problem.kind not in FOR_STRANGERS else problem.answer()
    return answer


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return Problem(
        status, error.name.lower().replace(" ", "-"), error.name, _DETAILS.get(status, error.name), headers
    )


_DETAILS = {
    404: "There is nothing at this address; see /openapi.json.",
    405: "This address does not take that method; see the Allow header.",
}


def _request_id() -> str:
    """The number by which an answer and the lines of the log about it are found."""
    id: str = g.get("request_id", "")
    return id


def _log_crash(error: Exception) -> None:
    # Only the kind and the places: messages of decoding and database errors quote what they choked on.
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    told = {"request_id": _request_id(), "error": type(error).__name__, "places": places}
    log.error("crash", extra=told)
