"""Which items a figure counts: the same rows that its address lists."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils import timezone

from core import clock
from core.figures import Window
from orgs.models import Organization
from orgs.queries.places import stood_at
from schedules.rounds.queries.calendar import load

from ..enums import UNDER_WAY, ActionState, Look
from ..models import ActionItem
from ..models.item import ActionItemQuerySet
from ..rules import overdue_line

OPEN, OVERDUE = "items_open", "items_overdue"
CLOSED, CLOSED_LATE, RELAPSED = "items_closed", "items_closed_late", "items_relapsed"
KEYS = (OPEN, OVERDUE, CLOSED, CLOSED_LATE, RELAPSED)
AS_NOW = (OPEN, OVERDUE)  # of them no past is kept: owners and days change


def condition(key: str, window: Window) -> Q:
    """What an item of the figure fulfils. No query; two for the calendar of what is overdue."""
    return _CONDITIONS[key](window)


def items_of(
    rows: ActionItemQuerySet, key: str, place: Organization, window: Window, *, below: bool = True
) -> QuerySet[ActionItem]:
    """Those of the rows that the figure counts of the place, with `below` also under it, by where
    their owners stood at the window's end. One query now for a day that is over."""
    owners = stood_at(place, window.end, below=below, known_at=window.known_at)
    found = rows.counted().filter(condition(key, window), owner__in=owners)
    return found.order_by("-year", "-serial", "part", "pk")


def _within(column: str, window: Window) -> Q:
    """By the day's end, and by what had happened at the moment."""
    found = Q(
        **{f"{column}__gte": _begin(window.first)},
        **{f"{column}__lt": _begin(window.end + dt.timedelta(days=1))},
    )
    return found & Q(**{f"{column}__lte": window.known_at}) if window.known_at else found


def _begin(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _is_overdue(window: Window) -> Q:
    line = overdue_line(clock.today(), load())
    return Q(pk__in=ActionItem.objects.overdue(line).values("pk"))


def _is_closed(window: Window) -> Q:
    return Q(state=ActionState.CLOSED) & _within("verified_at", window)


_CONDITIONS: dict[str, Callable[[Window], Q]] = {
    OPEN: lambda window: Q(state__in=UNDER_WAY),
    OVERDUE: _is_overdue,
    CLOSED: _is_closed,
    CLOSED_LATE: lambda window: _is_closed(window) & Q(late_days__gt=0),
    RELAPSED: lambda window: Q(look=Look.RELAPSED) & _within("looked_at", window),
}
