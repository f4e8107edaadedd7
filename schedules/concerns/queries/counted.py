"""Which time limits a figure counts: the same rows that its address lists.

What fell due counts in the month of its limit, what was answered in the month of the answer. A call that
came later still counts for the answer that it was about, by the day or the moment that is looked from.
"""

import datetime as dt
from collections.abc import Callable

from django.db.models import F, Q
from django.utils import timezone

from core import clock
from core.figures import Window
from orgs.models import Organization
from orgs.queries.places import stood_at

from ..enums import CallBack
from ..models import ConcernTerm
from ..models.term import ConcernTermQuerySet

DUE, ON_TIME = "concerns_due", "concerns_on_time"
ANSWERED, CALLED, SATISFIED = "concerns_answered", "concerns_called", "concerns_satisfied"
KEYS = (DUE, ON_TIME, ANSWERED, CALLED, SATISFIED)
_REACHED = (CallBack.SOLVED, CallBack.EXPLAINED, CallBack.UNSOLVED)


def condition(key: str, window: Window) -> Q:
    """What a time limit of the figure fulfils. No query."""
    return _CONDITIONS[key](window)


def terms_of(
    key: str, place: Organization, window: Window, *, below: bool = True
) -> ConcernTermQuerySet:
    """The time limits that the figure counts of the place, with `below` also under it, by where who
    had them stood at the window's end. No query, one for a day that is over."""
    those = stood_at(place, window.end, below=below, known_at=window.known_at)
    return ConcernTerm.objects.filter(condition(key, window), organization__in=those)


def _begin(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _seen(window: Window) -> dt.datetime:
    """From when one looks: what happened later is not known."""
    if window.known_at is not None:
        return window.known_at
    if window.day < clock.today():
        return _begin(window.day + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)
    return clock.now()


def _within(column: str, window: Window) -> Q:
    return Q(
        **{
            f"{column}__gte": _begin(window.first),
            f"{column}__lt": _begin(window.end + dt.timedelta(days=1)),
        }
    )


def _due(window: Window) -> Q:
    seen = _seen(window)
    over = Q(due_at__lte=seen) | Q(ended_at__lte=seen)
    return _within("due_at", window) & over


def _answered(window: Window) -> Q:
    """Without those of whom it is known that nobody left an address: nobody can call them back, and a
    form that lets people stay unnamed must cost an office nothing."""
    seen = _seen(window)
    nameless = Q(call_back=CallBack.NO_CONTACT, called_at__lte=seen)
    return _within("ended_at", window) & Q(ended_at__lte=seen, is_elsewhere=False) & ~nameless


def _called(window: Window, *results: str) -> Q:
    return _answered(window) & Q(called_at__lte=_seen(window), call_back__in=results)


_CONDITIONS: dict[str, Callable[[Window], Q]] = {
    DUE: _due,
    ON_TIME: lambda window: _due(window) & Q(ended_at__lte=F("due_at")),
    ANSWERED: _answered,
    CALLED: lambda window: _called(window, *_REACHED),
    SATISFIED: lambda window: _called(window, CallBack.SOLVED),
}
