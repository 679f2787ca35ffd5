"""The OpenAPI 3.1 description, drawn from the table of operations and the shapes that validate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from obelism import __version__
from obelism.api.operations import Operation
from obelism.api.shapes import ProblemShown, Shape

REFERENCE = "#/components/schemas/{model}"

MEANINGS = {
    200: "Done",
    201: "Created",
    202: "Accepted",
    204: "Done",
    400: "The body cannot be read: no JSON, damaged gzip",
    401: "A token is missing, wrong or expired",
    403: "Another web page asks, or the token lacks the scope",
    404: "Nothing is stored under that id",
    405: "The address does not take that method",
    409: "A claim with that id exists already, or the address names another one",
    413: "Over a limit of size",
    415: "Not JSON, or an unknown content encoding",
    421: "The service does not answer to that host name",
    422: "Valid JSON that cannot be used: other fields, or a page without an article",
    429: "Too many requests; see Retry-After",
    500: "A mistake of the service",
    503: "Busy, took too long, or the store does not answer; see Retry-After",
}


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """The description of `operations` as a JSON value."""
    operations = list(operations)
    schemas, definitions = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        place = paths.setdefault(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.path), {})
        place[operation.method.lower()] = _operation(operation, schemas, definitions)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Obelism",
            "version": __version__,
            "description": "Side notes for contested claims in news pages.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(operations: list[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    shapes: list[Any] = [ProblemShown]
    for operation in operations:
        named = [operation.body, operation.query, operation.path_shape, *operation.answers.values()]
        shapes += [shape for shape in named if isinstance(shape, type) and shape not in shapes]
    found, top = models_json_schema([(shape, "validation") for shape in shapes], ref_template=REFERENCE)
    return {shape: schema for (shape, _), schema in found.items()}, top["$defs"]


def _operation(
    operation: Operation, schemas: dict[type[BaseModel], Any], definitions: dict[str, Any]
) -> dict[str, Any]:
    about: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": _answers(operation, schemas),
    }
    parameters = [
        *_parameters(operation.path_shape, "path", definitions),
        *_parameters(operation.query, "query", definitions),
    ]
    if parameters:
        about["parameters"] = parameters
    if operation.body:
        content = {"application/json": {"schema": schemas[operation.body]}}
        about["requestBody"] = {"required": True, "content": content}
    if operation.scope:
        about["security"] = [{"token": []}]
    return about


def _answers(operation: Operation, schemas: dict[type[BaseModel], Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, content in operation.answers.items():
        answers[str(status)] = {"description": MEANINGS[status]}
        if isinstance(content, str):
            answers[str(status)]["content"] = {content: {}}
        elif content is not None:
            answers[str(status)]["content"] = {"application/json": {"schema": schemas[content]}}
    problem = {"application/problem+json": {"schema": schemas[ProblemShown]}}
    for status in sorted(possible_problems(operation)):
        answers[str(status)] = {"description": MEANINGS[status], "content": problem}
    return answers


def possible_problems(operation: Operation) -> set[int]:
    """The statuses with which an operation can refuse."""
    found = {403, 405, 421, 500, *operation.problems}
    if operation.body:
        found |= {400, 413, 415, 422}
    if operation.query or operation.path_shape:
        found |= {422}
    if operation.for_readers or operation.scope:
        found |= {401, 429, 503}
    if operation.limited:
        found |= {429, 503}
    if operation.watched:
        found |= {429}
    return found


def _parameters(shape: type[Shape] | None, where: str, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    if shape is None:
        return []
    schema = definitions[shape.__name__]
    return [
        {"name": name, "in": where, "required": name in schema.get("required", []), "schema": _plain(about)}
        for name, about in schema["properties"].items()
    ]


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    # A parameter that is not given is left out of the address; null cannot be written there.
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    return (
        kinds[0] if len(kinds) == 1 else {name: value for name, value in schema.items() if name != "default"}
    )
