"""HTTP: JSON in, pipeline, JSON out. The only place where errors become answers."""

from __future__ import annotations

from flask import Flask

from obelism.api import (
    claims,
    editor,
    feedback,
    front,
    guard,
    headers,
    health,
    logs,
    lookups,
    notes,
    problems,
)
from obelism.api.cache import AnswerCache
from obelism.api.deadline import Watchdog
from obelism.api.limits import Limits
from obelism.api.metrics import Meters
from obelism.api.operations import Operations
from obelism.api.service import Service
from obelism.api.turns import Turns
from obelism.pipeline import Pipeline
from obelism.settings import Settings
from obelism.store import Store

GROUPS = (notes, lookups, claims, feedback, health)


def install(app: Flask, settings: Settings, store: Store, pipeline: Pipeline) -> Service:
    """Make `app` answer for `store` and `pipeline`; returns what the handlers work with."""
    # The order of these is the order in which a request passes them: numbered, judged, then limited.
    logs.install(app)
    headers.install(app)
    problems.install(app)
    guard.install(app, settings)
    meters = Meters()
    meters.install(app)
    pipeline.timer = meters.stage
    turns = Turns(settings.wait_seconds)
    watchdog = Watchdog(settings.request_seconds)
    pipeline.waiting, pipeline.left = turns.waiting, watchdog.left
    operations = Operations()
    operations.all = [operation for group in GROUPS for operation in group.operations.all]
    service = Service(
        settings,
        store,
        pipeline,
        Limits(app, settings),
        meters,
        AnswerCache(settings.cache_bytes, settings.cache_seconds),
        watchdog,
        turns,
        operations.all,
    )
    app.before_request(service.start_refreshing)
    app.register_blueprint(operations.blueprint(service))
    front.install(app, service)
    editor.install(app, service)
    app.extensions["obelism"] = service
    return service
