"""On which days an organisation holds what it holds every month."""

import datetime as dt
from collections.abc import Collection, Mapping

from schedules.rounds.enums import Cadence

from ..enums import HELD, MeetingKind
from ..models import MeetingUnit
from ..rules import RULES

MONTHS = 3  # in a row on one day are a habit


def held_lately(organization: int, today: dt.date) -> Mapping[MeetingKind, set[dt.date]]:
    """Kind -> the days on which the organisation held it, alone or with others, since the beginning
    of the third month before this one. One query."""
    rows = MeetingUnit.objects.filter(
        organization=organization,
        meeting__superseded_at=None,
        meeting__state__in=HELD,
        meeting__held_on__range=(_months_before(today)[-1], today),
    ).values_list("meeting__kind", "meeting__held_on")
    found: dict[MeetingKind, set[dt.date]] = {}
    for kind, day in rows:
        found.setdefault(MeetingKind(kind), set()).add(day)
    return found


def kinds_of_the_day(
    held: Mapping[MeetingKind, Collection[dt.date]], today: dt.date
) -> list[MeetingKind]:
    """The monthly kinds that were held on this day of the month (the 5th), or on this weekday of it
    (the first Friday), in each of the last three months, and not yet in this one."""
    found = []
    this_month = today.replace(day=1)
    for kind, rule in RULES.items():
        days = held.get(kind, ())
        if rule.cadence != Cadence.MONTH or any(day >= this_month for day in days):
            continue
        before = _months_before(today)
        by_day = {day.replace(day=1) for day in days if day.day == today.day}
        by_weekday = {day.replace(day=1) for day in days if _which(day) == _which(today)}
        if by_day.issuperset(before) or by_weekday.issuperset(before):
            found.append(kind)
    return found


def _months_before(today: dt.date) -> list[dt.date]:
    """The first days of the last three months, the latest first."""
    found, first = [], today.replace(day=1)
    for _ in range(MONTHS):
        first = (first - dt.timedelta(days=1)).replace(day=1)
        found.append(first)
    return found


def _which(day: dt.date) -> tuple[int, int]:
    """Which weekday of its month it is: the first Friday."""
    return (day.day - 1) // 7, day.weekday()
