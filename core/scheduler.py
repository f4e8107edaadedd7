"""Periodic jobs by slots: every planned moment is a unique row, so any number of clocks,
restarts and repeats make one run of it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from . import clock, effects
from .models import Effect, Slot

CATCH_UP = dt.timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    label: str  # what pages call it
    hour: int | None  # local hour of a daily job; None runs every `minutes`
    minute: int
    minutes: int


_jobs: dict[str, Job] = {}


def daily(
    name: str, *, label: str, hour: int, minute: int = 0
) -> Callable[[Callable[[dt.datetime], None]], Callable[[dt.datetime], None]]:
    """Registers a job that runs once a day at the local time given."""
    return _register(Job(name, label, hour, minute, 0))


def every(
    name: str, *, label: str, minutes: int
) -> Callable[[Callable[[dt.datetime], None]], Callable[[dt.datetime], None]]:
    """Registers a job that runs every `minutes` (a divisor of 60)."""
    return _register(Job(name, label, None, 0, minutes))


def _register(
    job: Job,
) -> Callable[[Callable[[dt.datetime], None]], Callable[[dt.datetime], None]]:
    def register(function: Callable[[dt.datetime], None]) -> Callable[[dt.datetime], None]:
        _jobs[job.name] = job

        @effects.handler(
            f"job:{job.name}",
            label=job.label,
            style="long",
            lease_seconds=600,
            max_attempts=5,
        )
        def run(effect: Effect) -> None:
            function(dt.datetime.fromisoformat(effect.payload["planned_for"]))

        return function

    return register


def jobs() -> Mapping[str, Job]:
    """All registered periodic jobs by name."""
    return _jobs


def planned(job: Job, *, since: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """The job's planned moments in (since, until]."""
    zone = timezone.get_current_timezone()
    if job.hour is None:
        step = dt.timedelta(minutes=job.minutes)
        first = since.replace(
            minute=since.minute - since.minute % job.minutes, second=0, microsecond=0
        )
        moments = []
        while first <= until:
            if first > since:
                moments.append(first)
            first += step
        return moments
    moments = []
    day = timezone.localdate(since, zone)
    while day <= timezone.localdate(until, zone):
        moment = dt.datetime.combine(day, dt.time(job.hour, job.minute), tzinfo=zone)
        if since < moment <= until:
            moments.append(moment)
        day += dt.timedelta(days=1)
    return moments


def tick() -> int:
    """Books every planned run that is due and not booked yet; returns how many were booked.

    After a standstill or a jump of the clock only the latest planned moment within 48 hours is
    run: the jobs look at the state of things, a run for each missed moment would add nothing.
    """
    now = clock.now()
    booked = 0
    for job in _jobs.values():
        moments = planned(job, since=now - CATCH_UP, until=now)
        if not moments:
            continue
        latest = moments[-1]
        if Slot.objects.filter(job=job.name, planned_for__gte=latest).exists():
            continue
        with transaction.atomic():
            Slot.objects.bulk_create(
                [Slot(job=job.name, planned_for=latest)], ignore_conflicts=True
            )
            effects.enqueue(
                f"job:{job.name}",
                f"slot:{job.name}:{latest.astimezone(dt.UTC):%Y%m%dT%H%M}",
                planned_for=latest.isoformat(),
            )
        booked += 1
    return booked
