"""Figures for Prometheus, in its text format, read from the rows when it asks.

Counters live in this process: with several web workers each answers for itself, so only what
can be summed or is read from the database stands here.
"""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from . import effects
from .models import Heartbeat

BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds

disable_created_metrics()  # they would double the text, and nobody asks for them
_registry = CollectorRegistry()
ProcessCollector(namespace="portal", registry=_registry)
_requests = Counter(
    "portal_requests",
    "Requests answered by this process.",
    ("method", "route", "status"),
    registry=_registry,
)
_seconds = Histogram(
    "portal_request_seconds", "Time to answer a request.", buckets=BUCKETS, registry=_registry
)


def count_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Notes one answered request. `route` is the address's name, never the address itself."""
    _requests.labels(method, route, status).inc()
    _seconds.observe(seconds)


def exposition() -> str:
    """All figures in the Prometheus text format 0.0.4. Two queries."""
    return generate_latest(_registry).decode()


class _Work(Collector):
    """What the rows tell of background work."""

    def describe(self) -> list[Metric]:
        """Nothing: Prometheus's registry would else ask the database when this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily(
            "portal_effects", "Background work that is not done, by state.", labels=["state"]
        )
        for state, count in effects.backlog().items():
            waiting.add_metric([state], count)
        yield waiting
        silent = GaugeMetricFamily(
            "portal_heartbeat_age_seconds",
            "Since the last sign of life of a background part.",
            labels=["part"],
        )
        now = timezone.now()
        for name, at in Heartbeat.objects.order_by("name").values_list("name", "at"):
            silent.add_metric([name], round((now - at).total_seconds()))
        yield silent


_registry.register(_Work())
