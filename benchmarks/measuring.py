"""How a piece of work is timed beside what somebody would write by hand."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

Work = Callable[[], Any]


def turns(rounds: int, own: Work, by_hand: Work | None) -> tuple[float, float]:
    """The middle of the seconds of each, done in turns, so that what disturbs one disturbs both; 0
    for what there is not. On SQLite all work is this process's: there its processor time is taken,
    which others do not disturb."""
    now = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(rounds):
        for is_own, what in ((True, own), (False, by_hand)):
            if what is not None:
                started = now()
                what()
                times[is_own].append(now() - started)
    own_middle = statistics.median(times[True])
    return own_middle, statistics.median(times[False]) if times[False] else 0.0


def queries(what: Work) -> int:
    """How many statements it takes."""
    with CaptureQueriesContext(connection) as found:
        what()
    return len(found)
