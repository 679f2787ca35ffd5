"""Whether the service lives, whether it is ready, its numbers, and its description."""

from __future__ import annotations

import json
from functools import lru_cache

from obelism.api.openapi import describe
from obelism.api.operations import Answer, Asked, Operations
from obelism.api.service import Service
from obelism.api.shapes import Health, Readiness

operations = Operations()


@operations.add("GET", "/healthz", "Whether the process answers", answers={200: Health})
def healthz(asked: Asked) -> Answer:
    return Answer(Health())


@operations.add("GET", "/readyz", "Whether pages can be checked", answers={200: Readiness}, watched=True)
def readyz(asked: Asked) -> Answer:
    return Answer(asked.service.readiness())


@operations.add("GET", "/metrics", "Numbers for Prometheus", answers={200: "text/plain"}, watched=True)
def metrics(asked: Asked) -> Answer:
    text = asked.service.meters.text(asked.service.gauges)
    return Answer(text, content_type="text/plain; version=0.0.4; charset=utf-8")


@operations.add("GET", "/openapi.json", "This description", answers={200: "application/json"}, watched=True)
def openapi(asked: Asked) -> Answer:
    return Answer(_description(asked.service))


@lru_cache(maxsize=1)
def _description(service: Service) -> bytes:
    return json.dumps(describe(service.operations)).encode()
