"""Which items a figure counts: the same rows that its address lists.

What is under way and overdue is read from the items as things are, and of a moment that is over
from how they stood then (`ActionStanding`), which has the same columns.
"""

import datetime as dt
from collections.abc import Callable

from django.db.models import Max, Q
from django.utils import timezone

from core.figures import Window
from orgs.models import Organization
from orgs.queries.places import stood_at
from schedules.rounds.queries.calendar import end_of, load

from ..enums import UNDER_WAY, ActionState, Look
from ..models import ActionItem, ActionStanding
from ..models.item import ActionItemQuerySet, overdue_by_either
from ..models.standing import UNKNOWN, ActionStandingQuerySet
from ..rules import overdue_line

OPEN, OVERDUE = "items_open", "items_overdue"
CLOSED, CLOSED_LATE, RELAPSED = "items_closed", "items_closed_late", "items_relapsed"
KEYS = (OPEN, OVERDUE, CLOSED, CLOSED_LATE, RELAPSED)
STOOD = (OPEN, OVERDUE)  # of how items stand; the others are of what happened to them


def kept_since() -> dt.date:
    """From which day on it is kept how items stood; the first of all days where it always was. One
    query."""
    last = ActionStanding.objects.filter(state=UNKNOWN).aggregate(last=Max("until"))["last"]
    return timezone.localdate(last) if last else dt.date.min


def is_of_the_past(key: str, window: Window) -> bool:
    """Whether the figure is read from how items stood, and not from the items."""
    return key in STOOD and window.is_past


def standings(window: Window) -> ActionStandingQuerySet:
    """How items stood when the window's numbers were cut off: at the day's end, or by what had
    been written down at the moment. No query."""
    over = end_of(window.end) - dt.timedelta(microseconds=1)
    return ActionStanding.objects.at(min(over, window.known_at) if window.known_at else over)


def condition(key: str, window: Window) -> Q:
    """What an item of the figure fulfils, or how it stood. No query; two for the calendar of what
    is overdue."""
    return _CONDITIONS[key](window)


def items_of(
    key: str, place: Organization, window: Window, *, below: bool = True
) -> ActionItemQuerySet:
    """The items that the figure counts of the place, with `below` also under it, by where their
    owners stood at the window's end. Queries as of `condition`, and one for a day that is over."""
    owners = stood_at(place, window.end, below=below, known_at=window.known_at)
    wanted = condition(key, window) & Q(owner__in=owners)
    rows = ActionItem.objects.order_by("-year", "-serial", "part", "pk")
    if is_of_the_past(key, window):
        return rows.filter(pk__in=standings(window).filter(wanted).order_by().values("item"))
    return rows.counted().filter(wanted)


def _within(column: str, window: Window) -> Q:
    """By the day's end, and by what had happened at the moment."""
    found = Q(
        **{f"{column}__gte": _begin(window.first)},
        **{f"{column}__lt": _begin(window.end + dt.timedelta(days=1))},
    )
    return found & Q(**{f"{column}__lte": window.known_at}) if window.known_at else found


def _begin(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _is_closed(window: Window) -> Q:
    return Q(state=ActionState.CLOSED) & _within("verified_at", window)


_CONDITIONS: dict[str, Callable[[Window], Q]] = {
    OPEN: lambda window: Q(state__in=UNDER_WAY),
    OVERDUE: lambda window: overdue_by_either(overdue_line(window.end, load())),
    CLOSED: _is_closed,
    CLOSED_LATE: lambda window: _is_closed(window) & Q(late_days__gt=0),
    RELAPSED: lambda window: Q(look=Look.RELAPSED) & _within("looked_at", window),
}
