"""The line of a theme's figure: months before it and in it, with the limits of how it was before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from core import clock, periods
from core.figures import Gauge
from core.limits import MONTHS, Natural, Rule, natural_limits, signals

from ..models import Theme, ThemeMonth
from ..rules import HUNDRED, value_of

SHOWN = 15  # months before the quarter that the drawing shows
SEASON = 12  # months back


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """A month: its value, that of a year before, and whether it is a signal, by which rule."""

    period: str
    value: Fraction | None
    last_year: Fraction | None
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Line:
    """Months, oldest first, up to the end of the theme's quarter. `limits` are drawn from the months
    before it, and there are none while these are too few; `known` is how many they are."""

    points: Sequence[MonthPoint]
    first: int  # the slot of the quarter's first month
    limits: Natural | None
    known: int
    is_sum: bool  # of the year so far: no limits, last year's season alone


def line_of(theme: Theme, gauge: Gauge, months: Sequence[ThemeMonth]) -> Line:
    """The figure's line, from what was read of its months. No query."""
    values = {
        one.period: value
        for one in months
        if (value := value_of(gauge, one.part, one.whole, one.count)) is not None
    }
    own = periods.within(theme.quarter, periods.MONTH)
    over = clock.today() - dt.timedelta(days=gauge.lag)
    # A year's sum climbs and falls back each January: the limits of a process say nothing of it.
    judged = [] if gauge.since_new_year else [one for one in values if periods.last_day(one) < over]
    judged.sort()
    n_before = sum(period < own[0] for period in judged)
    line = [values[period] for period in judged]
    high = HUNDRED if gauge.of else None
    limits = natural_limits(line[:n_before], least=MONTHS, low=0, high=high)
    rules = dict(zip(judged, signals(line, least=MONTHS, base=n_before), strict=True))
    shown = [*periods.ending(periods.shift(own[0], -1), SHOWN), *own]
    while shown[0] not in values and shown[0] < own[0]:
        shown.pop(0)  # no empty ground before the first that is known
    return Line(
        points=[
            MonthPoint(
                one,
                values.get(one),
                values.get(periods.shift(one, -SEASON)) if one in own else None,
                rules.get(one) if limits is not None else None,
            )
            for one in shown
        ],
        first=shown.index(own[0]),
        limits=limits,
        known=n_before,
        is_sum=gauge.since_new_year,
    )
