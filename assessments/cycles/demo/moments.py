"""When what is done in a half-year's assessment is done."""

import datetime as dt

from django.utils import timezone

from core import periods

FROZEN_AFTER, SUBMITTED_AFTER = 17, 22  # days after the half-year's end


def at(day: dt.date, hour: int = 18) -> dt.datetime:
    """An hour of a day."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def frozen_at(half: str) -> dt.datetime:
    """When the facts of a half-year are frozen."""
    return at(periods.last_day(half) + dt.timedelta(days=FROZEN_AFTER))


def newest(now: dt.datetime) -> str:
    """The newest half-year of which the facts are frozen by then."""
    running = periods.containing(timezone.localdate(now), periods.HALF_YEAR)
    last = periods.shift(running, -1)
    return last if frozen_at(last) <= now else periods.shift(running, -2)
