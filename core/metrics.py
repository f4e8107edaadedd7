"""Figures for Prometheus, in its text format, read from the rows when it asks.

Counters live in this process: with several web workers each answers for itself, so only what
can be summed or is read from the database stands here.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator

from django.utils import timezone

from . import effects
from .models import Heartbeat

_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
_lock = threading.Lock()
_requests: Counter[tuple[str, str, int]] = Counter()
_buckets: Counter[float] = Counter()
_seconds = 0.0
_started = time.time()


def count_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Notes one answered request. `route` is the address's name, never the address itself."""
    global _seconds
    with _lock:
        _requests[method, route, status] += 1
        _seconds += seconds
        for limit in _BUCKETS:
            if seconds <= limit:
                _buckets[limit] += 1


def exposition() -> str:
    """All figures in the Prometheus text format 0.0.4. Two queries."""
    return "\n".join([*_of_requests(), *_of_work()]) + "\n"


def _of_requests() -> Iterator[str]:
    with _lock:
        requests, buckets, seconds = dict(_requests), dict(_buckets), _seconds
    yield "# HELP portal_requests_total Requests answered by this process."
    yield "# TYPE portal_requests_total counter"
    for (method, route, status), count in sorted(requests.items()):
        yield (
            f'portal_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
        )
    yield "# HELP portal_request_seconds Time to answer a request."
    yield "# TYPE portal_request_seconds histogram"
    for limit in _BUCKETS:
        yield f'portal_request_seconds_bucket{{le="{limit}"}} {buckets.get(limit, 0)}'
    total = sum(requests.values())
    yield f'portal_request_seconds_bucket{{le="+Inf"}} {total}'
    yield f"portal_request_seconds_sum {seconds:.6f}"
    yield f"portal_request_seconds_count {total}"
    yield "# HELP portal_process_start_time_seconds Start of this process."
    yield "# TYPE portal_process_start_time_seconds gauge"
    yield f"portal_process_start_time_seconds {_started:.0f}"


def _of_work() -> Iterator[str]:
    yield "# HELP portal_effects Background work that is not done, by state."
    yield "# TYPE portal_effects gauge"
    for state, count in effects.backlog().items():
        yield f'portal_effects{{state="{state}"}} {count}'
    yield "# HELP portal_heartbeat_age_seconds Since the last sign of life of a background part."
    yield "# TYPE portal_heartbeat_age_seconds gauge"
    now = timezone.now()
    for name, at in Heartbeat.objects.order_by("name").values_list("name", "at"):
        yield f'portal_heartbeat_age_seconds{{part="{name}"}} {(now - at).total_seconds():.0f}'
