"""Counts and durations for Prometheus; no label ever holds a word of a page or a query.

With several workers `obelism serve` sets PROMETHEUS_MULTIPROC_DIR, and the numbers of all of them are
added up when they are read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from obelism.api.logs import method

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number that is looked up when it is asked for."""

    name: str
    about: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


Gauges = Callable[[], list[Gauge]]


class Meters:
    """The numbers of one application; several applications in one process do not share them."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "obelism_requests_total",
            "Requests answered",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "obelism_request_seconds",
            "Time of a request",
            ["route"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.stages = Histogram(
            "obelism_stage_seconds", "Time of a stage", ["stage"], buckets=BUCKETS, registry=self._registry
        )
        self.statements = Counter("obelism_statements_total", "Sentences read", registry=self._registry)
        self.notes = Counter("obelism_notes_total", "Notes made", ["level"], registry=self._registry)
        self.cached = Counter(
            "obelism_answers_cached_total", "Pages answered from memory", registry=self._registry
        )

    def stage(self, name: str, seconds: float) -> None:
        """Count one run of a stage of the pipeline."""
        self.stages.labels(name).observe(seconds)

    def text(self, gauges: Gauges) -> bytes:
        """All numbers in the text format of Prometheus."""
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        looked_up = CollectorRegistry()
        looked_up.register(_LookedUp(gauges))
        return generate_latest(registry) + generate_latest(looked_up)

    def install(self, app: Flask) -> None:
        """Count every request of `app`."""

        @app.after_request
        def count(answer: Response) -> Response:
            route = request.url_rule.rule if request.url_rule else "unknown"
            self.requests.labels(method(), route, str(answer.status_code)).inc()
            self.seconds.labels(route).observe(time.perf_counter() - g.began)
            return answer


class _LookedUp(Collector):
    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for gauge in self._gauges():
            family = GaugeMetricFamily(gauge.name, gauge.about, labels=list(gauge.labels))
            families.setdefault(gauge.name, family).add_metric(list(gauge.labels.values()), gauge.value)
        yield from families.values()
