"""The line of a theme's figure: months before it and in it, with the limits of how it was before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from core import clock, periods
from core.figures import Gauge
from core.trends import Trend, trend_of

from ..models import Theme, ThemeMonth
from ..rules import HUNDRED, value_of

SHOWN = 15  # months before the quarter that the drawing shows
SEASON = 12  # months back


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """A month: its value, that of a year before in the theme's quarter, and whether it is a signal."""

    period: str
    value: Fraction | None
    last_year: Fraction | None
    is_signal: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Months, oldest first, up to the end of the theme's quarter. `trend` has those that are judged:
    over, and with nothing left that could still turn for the better. None of a sum of the year: it
    climbs and falls back each January, and last year's season alone says something of it."""

    points: Sequence[MonthPoint]
    first: int  # the slot of the quarter's first month
    trend: Trend | None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing in the theme's own months is a signal."""
        return not any(one.is_signal for one in self.points[self.first :])

    @property
    def is_older(self) -> bool:
        """Whether one side of the mean has been kept since before the theme: not by the theme alone."""
        if self.trend is None:
            return False
        began = self.points[self.first].period
        span = [self.trend.span[at] for at in self.trend.known]
        return any(
            span[one.first] < began <= span[one.last] and one.last > one.first
            for one in self.trend.signals
        )


def judged(
    gauge: Gauge, months: Sequence[tuple[str, Fraction | None]], since: str = ""
) -> Trend | None:
    """What the months say that are over, and in which nothing is left that could still turn for the
    better; None of a sum of the year. `since` as of `core.trends.trend_of`. No query."""
    if gauge.since_new_year:
        return None
    over = clock.today() - dt.timedelta(days=gauge.lag)
    return trend_of(
        [(period, value) for period, value in months if periods.last_day(period) < over],
        name=gauge.label,
        unit=gauge.unit,
        low=0,
        high=HUNDRED if gauge.of else None,
        places=1 if gauge.of else 2,
        since=since,
    )


def line_of(theme: Theme, gauge: Gauge, months: Sequence[ThemeMonth]) -> Line:
    """The figure's line, from what was read of its months. No query."""
    values = {one.period: value_of(gauge, one.part, one.whole, one.count) for one in months}
    own = periods.within(theme.quarter, periods.MONTH)
    trend = judged(gauge, [(one, values[one]) for one in sorted(values)], since=own[0])
    shown = [*periods.ending(periods.shift(own[0], -1), SHOWN), *own]
    while values.get(shown[0]) is None and shown[0] < own[0]:
        shown.pop(0)  # no empty ground before the first that is known
    return Line(
        points=[
            MonthPoint(
                one,
                values.get(one),
                values.get(periods.shift(one, -SEASON)) if one in own else None,
                trend is not None and trend.is_signal(one),
            )
            for one in shown
        ],
        first=shown.index(own[0]),
        trend=trend,
    )
