"""The line of a brand's figure: its own organisation month by month, with the limits of how it was before it
was named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core import clock, periods
from core.figures import Gauge, Window, gauged
from core.trends import Trend
from schedules.themes.queries.lines import judged
from schedules.themes.queries.measuring import Pair, measured
from schedules.themes.rules import value_of

from ..models import Brand, BrandFigure
from ..rules import HISTORY


@dataclass(frozen=True, slots=True)
class Measured:
    """A registered figure with its gauge."""

    key: str
    gauge: Gauge


@dataclass(frozen=True, slots=True)
class Line:
    """A figure's months, and what those that are over say."""

    gauge: Gauge
    newest: Fraction | None
    trend: Trend | None

    @property
    def has_left(self) -> bool:
        """Whether its newest month is a signal for the worse."""
        signal = self.trend.newest if self.trend is not None else None
        return signal is not None and signal.is_above is self.gauge.fewer


def lines_of(brand: Brand) -> list[Line]:
    """The lines of the brand's figures that are registered. Two queries."""
    known = gauged()
    since = "" if brand.named_on is None else periods.containing(brand.named_on, periods.MONTH)
    found = []
    for one in brand.figures.prefetch_related("months"):
        if one.key not in known:
            continue
        gauge = known[one.key][1]
        values = [(row.period, value_of(gauge, row.part, row.whole)) for row in one.months.all()]
        told = [value for _, value in values if value is not None]
        found.append(Line(gauge, told[-1] if told else None, judged(gauge, values, since=since)))
    return found


def months_to_read(figures: Sequence[BrandFigure]) -> list[str]:
    """The months that are not there for all of the figures, or may still change, up to the last that is
    over. One query."""
    now = periods.containing(clock.today(), periods.MONTH)
    wanted = periods.ending(periods.shift(now, -1), HISTORY)
    there: dict[str, int] = {}
    for one in figures:
        for row in one.months.all():
            there[row.period] = there.get(row.period, 0) + row.is_settled
    return [month for month in wanted if there.get(month, 0) < len(figures)]


def read_ahead(brand: Brand, figures: Sequence[BrandFigure], month: str) -> Mapping[str, Pair]:
    """The figures of the brand's organisation in a month. A dozen queries."""
    known = gauged()
    aims = [Measured(one.key, known[one.key][1]) for one in figures if one.key in known]
    place = brand.organization
    found = measured(aims, [place], Window(month, clock.today()))
    return {one.key: found[one.key][place.pk] for one in aims}
