"""A theme's figures read for its organisations: at its start, now, and month by month."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from core import clock, periods
from core.figures import Figure, Gauge, Reading, Window, gauged, values

from ..models import Theme, ThemeFigure, ThemeMonth

HISTORY = 24  # months before its quarter that a theme's line shows
Pair = tuple[int | None, int | None]  # part and whole, of a figure that has one


class Measurable(Protocol):
    """A registered figure with its gauge."""

    @property
    def key(self) -> str: ...

    @property
    def gauge(self) -> Gauge: ...


@dataclass(frozen=True, slots=True)
class Aimed:
    """A figure of a theme with what is registered under its key."""

    row: ThemeFigure
    figure: Figure
    gauge: Gauge

    @property
    def key(self) -> str:
        """Of the figure."""
        return self.figure.key

    @property
    def goal(self) -> Fraction:
        """For each organisation, exact."""
        return Fraction(self.row.goal)


def aims_among(rows: Iterable[ThemeFigure]) -> list[Aimed]:
    """Those of the rows that are registered: without those that this release knows no more. No
    query."""
    known = gauged()
    return [Aimed(row, *known[row.key]) for row in rows if row.key in known]


def aims_of(theme: Theme) -> list[Aimed]:
    """The theme's figures in their order. One query."""
    return aims_among(theme.figures.all())


def aim_at(aims: Iterable[Aimed], position: int) -> Aimed | None:
    """The one that stands there. No query."""
    return next((one for one in aims if one.row.position == position), None)


def measured(
    aims: Sequence[Measurable],
    places: Sequence[Any],
    window: Window,
    reading: Reading | None = None,
) -> dict[str, dict[Any, Pair]]:
    """Key -> primary key of the place -> part and whole. Queries as of `core.figures.values`."""
    wanted = {key for one in aims for key in (one.key, one.gauge.of) if key}
    found = values(sorted(wanted), places, window, reading)
    return {
        one.key: {
            place.pk: (
                found[one.key].get(place.pk),
                found[one.gauge.of].get(place.pk) if one.gauge.of else None,
            )
            for place in places
        }
        for one in aims
    }


def total(pairs: Iterable[Pair], gauge: Gauge) -> tuple[int | None, int | None, int]:
    """Part, whole, and of how many: of those that can be told."""
    told = [(part, whole) for part, whole in pairs if part is not None]
    if gauge.of:
        told = [(part, whole) for part, whole in told if whole is not None]
    if not told:
        return None, None, 0
    part = sum(one for one, _ in told)
    return part, sum(one or 0 for _, one in told) if gauge.of else None, len(told)


def now_window(theme: Theme) -> Window:
    """The theme's quarter, as of today or its last day."""
    return Window(theme.quarter, clock.today())


def start_window(theme: Theme) -> Window:
    """The quarter before, as it was on the day on which the theme was published."""
    return Window(periods.shift(theme.quarter, -1), theme.published_on)


def begins_anew(theme: Theme, gauge: Gauge) -> bool:
    """Whether the figure starts from nothing with the theme: a new year has begun."""
    return gauge.since_new_year and theme.quarter.endswith("Q1")


def months_to_read(theme: Theme) -> list[str]:
    """The months of a theme's line that are not there for all its figures, or may still change. Two
    queries."""
    rows = ThemeMonth.objects.filter(figure__theme=theme, is_settled=True)
    there = Counter(rows.values_list("period", flat=True))
    n_figures = theme.figures.count()
    return [month for month in months_of(theme) if there[month] < n_figures]


def months_of(theme: Theme) -> list[str]:
    """The months of a theme's line: those before its quarter, and of its quarter those begun."""
    own = periods.within(theme.quarter, periods.MONTH)
    now = periods.containing(clock.today(), periods.MONTH)
    return [
        *periods.ending(periods.shift(own[0], -1), HISTORY),
        *(one for one in own if one <= now),
    ]
