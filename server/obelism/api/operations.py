"""One table of operations: the same entries validate requests, route them, and describe them.

A handler takes the service and what was validated, and returns an `Answer`; it knows no HTTP beyond that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError

from obelism.api.bodies import Body, outside_strings, read_body, whole_characters
from obelism.api.problems import Problem
from obelism.api.service import Service
from obelism.api.shapes import Shape

S = TypeVar("S", bound=BaseModel)

# A page is one long string, a claim some thousands of short ones. A million unknown fields, each told as a
# mistake of its own, took 6 s and 1.3 GB; five million empty lists as much memory.
MOST_OUTSIDE_STRINGS = 250_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A validated request."""

    service: Service
    body: Any = None
    query: Any = None
    path: Mapping[str, str] = field(default_factory=dict)
    raw: Body | None = None
    actor: str | None = None
    """Whose token it is, where one is needed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A shape to be sent as JSON, or bytes that already are."""

    content: Shape | bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        if isinstance(self.content, Shape):
            return self.content.model_dump_json().encode()
        return self.content or b""

    def response(self) -> Response:
        answer = Response(self.encoded(), status=self.status, headers=dict(self.headers))
        if self.content is None:
            del answer.headers["Content-Type"]
        else:
            answer.headers["Content-Type"] = self.content_type
        return answer


Handler = Callable[[Asked], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    summary: str
    handler: Handler
    answers: Mapping[int, type[Shape] | str | None]
    """What each status that is no problem holds: a shape, a content type, or nothing."""
    problems: tuple[int, ...] = ()
    body: type[Shape] | None = None
    query: type[Shape] | None = None
    path_shape: type[Shape] | None = None
    scope: str | None = None
    """The scope that a token must have."""
    limited: bool = False
    """Only so many of one client, in a time and at once."""
    watched: bool = False
    """For those who watch the service: only so many of one client at once, and apart from all others."""
    for_readers: bool = False
    """Readers need a token where the operator says so."""
    writes: bool = False
    """Changes the store: one at a time in a worker."""
    remembered: bool = False
    """The handler validates the body itself, after a look whether it knows these bytes."""

    @property
    def name(self) -> str:
        return self.handler.__name__


class Operations:
    """A group of operations, filled by its decorator."""

    def __init__(self) -> None:
        self.all: list[Operation] = []

    def add(self, method: str, path: str, summary: str, **about: Any) -> Callable[[Handler], Handler]:
        """Make the decorated function the handler of `method` and `path`; `about` as in Operation."""

        def keep(handler: Handler) -> Handler:
            self.all.append(Operation(method, path, summary, handler, **about))
            return handler

        return keep

    def blueprint(self, service: Service) -> Blueprint:
        """The operations as routes of `service`."""
        routes = Blueprint("api", __name__)
        for operation in self.all:
            routes.add_url_rule(
                operation.path,
                operation.name,
                _view(operation, service),
                methods=[operation.method],
            )
        return routes


def _view(operation: Operation, service: Service) -> Callable[..., Response]:
    def serve(**path: str) -> Response:
        return _serve(operation, service, **path)

    # The rate limits are kept by these names.
    serve.__name__ = serve.__qualname__ = operation.name
    view: Callable[..., Response] = serve
    if operation.limited:
        view = service.limits.limited(view)
    if operation.watched:
        view = service.limits.watched(view)
    if operation.scope:
        view = service.limits.guarded_by_token(view)
    if operation.for_readers:
        view = service.limits.guarded_for_readers(view)
    return view


def _serve(operation: Operation, service: Service, **path: str) -> Response:
    actor = service.actor(operation.scope) if operation.scope else None
    if operation.for_readers:
        service.admit_reader()
    if operation.path_shape:
        validated(operation.path_shape, path, "path", strings=True)
    query = validated_query(operation.query)
    raw = body = None
    if operation.body:
        raw = read_body(_json_only(), service.settings.max_body_bytes)
        body = (
            None
            if operation.remembered
            else validated_json(operation.body, raw.content, mend=operation.for_readers)
        )
    return _handled(operation, Asked(service, body, query, path, raw, actor)).response()


def _handled(operation: Operation, asked: Asked) -> Answer:
    if operation.writes:
        with asked.service.one_writer():
            return operation.handler(asked)
    return operation.handler(asked)


def validated_json(shape: type[S], content: bytes, *, mend: bool = False) -> S:
    """`content` as `shape`; raises Problem 400 when it is no JSON, 422 when it is other JSON.

    With `mend`, halves of surrogate pairs, of which pages that cut texts short are full, are read as U+FFFD.
    """
    if outside_strings(content, MOST_OUTSIDE_STRINGS) > MOST_OUTSIDE_STRINGS:
        detail = f"body: more than {MOST_OUTSIDE_STRINGS} characters outside of its strings"
        raise Problem(422, "bad-input", "The request cannot be used", detail)
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        if all(entry["type"] != "json_invalid" for entry in error.errors(include_input=False)):
            raise _mistakes(error, "body") from None
    if mend and (mended := whole_characters(content)) != content:
        return validated_json(shape, mended)
    raise Problem(400, "bad-json", "The body is not JSON", "Send one JSON object in UTF-8.")


def validated_query(shape: type[Shape] | None) -> Shape | None:
    """The query string as `shape`; each name once."""
    if shape is None:
        return None
    if any(len(values) > 1 for values in request.args.listvalues()):
        raise Problem(422, "bad-input", "The request cannot be used", "A name stands twice in the query.")
    return validated(shape, dict(request.args), "query", strings=True)


def validated(shape: type[S], values: Mapping[str, Any], where: str, *, strings: bool) -> S:
    """`values` as `shape`; with `strings`, numbers are read from text."""
    try:
        return shape.model_validate_strings(dict(values)) if strings else shape.model_validate(values)
    except ValidationError as error:
        raise _mistakes(error, where) from None


def _json_only() -> Any:
    if request.mimetype != "application/json":
        raise Problem(
            415, "content-type", "Not JSON", "Send the request with Content-Type: application/json."
        )
    return request


_TOLD = {
    "extra_forbidden": "an unknown field",
    "string_pattern_mismatch": "empty, or not of the form that /openapi.json describes",
    "missing": "is missing",
}


def _mistakes(error: ValidationError, where: str) -> Problem:
    found = []
    for entry in error.errors(include_input=False, include_url=False, include_context=False)[:20]:
        # An unknown name is the caller's text: its place is told, not the name.
        unknown = entry["type"] == "extra_forbidden"
        place = entry["loc"][:-1] if unknown else entry["loc"]
        told = _TOLD.get(entry["type"], entry["msg"])
        found.append({"at": ".".join([where, *map(str, place)]), "detail": told})
    first = f"{found[0]['at']}: {found[0]['detail']}"
    return Problem(422, "bad-input", "The request cannot be used", first, errors=tuple(found))
