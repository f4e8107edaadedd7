"""Where a theme is wanted most: registered figures against their usual goals, from what was read behind."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core import clock, periods
from core.figures import Figure, Gauge, Reading, Window, gauged
from core.trends import MOST, Trend
from orgs.models import Organization
from orgs.models.organization import STEP

from ..enums import Outcome
from ..models import Finder, FinderFigure, FinderMonth
from ..rules import missing_of, order_of, standing_of, value_of, weight_of
from .lines import judged
from .measuring import Pair, measured
from .scope import branches_of, committees_of

SEASON = 4  # quarters back


@dataclass(frozen=True, slots=True)
class Gauged:
    """A registered figure by which things can become better."""

    figure: Figure
    gauge: Gauge

    @property
    def key(self) -> str:
        """Of the figure."""
        return self.figure.key

    @property
    def goal(self) -> Fraction:
        """The usual one."""
        return Fraction(self.gauge.goal)


def all_gauged() -> list[Gauged]:
    """All that are registered. No query."""
    return [Gauged(figure, gauge) for figure, gauge in gauged().values()]


def quarter_for(gauge: Gauge, today: dt.date) -> str:
    """The last quarter that is over, with nothing left in it that could still turn for the better."""
    over = today - dt.timedelta(days=gauge.lag + 1)
    now = periods.containing(over, periods.QUARTER)
    return now if periods.last_day(now) == over else periods.shift(now, -1)


def months_for(today: dt.date) -> list[str]:
    """The months of a line, oldest first: those that are over."""
    now = periods.containing(today, periods.MONTH)
    return periods.ending(periods.shift(now, -1), MOST)


# --- the next step of a reading ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """A period, whether it is a quarter, and the figures that it is to be read for."""

    period: str
    is_quarter: bool
    figures: Sequence[Gauged]

    @property
    def key(self) -> tuple[str, bool, frozenset[str]]:
        """Tells it from other steps."""
        return self.period, self.is_quarter, frozenset(one.key for one in self.figures)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a step of a reading found, before anything is locked: nobody waits for it. `step` is None
    where no figure is left to be read."""

    begun_at: dt.datetime
    step: Step | None
    found: Mapping[str, Mapping[Any, Pair]]
    before: Mapping[str, Mapping[Any, Pair]]  # the same quarter of last year

    def is_of(self, finder: Finder, step: Step | None) -> bool:
        """Whether it is the next step still."""
        own, now = (one.key if one is not None else None for one in (self.step, step))
        return self.begun_at == finder.begun_at and own == now


def steps_left(finder: Finder) -> list[Step]:
    """What a reading has still to do: the quarters, then the months, the newest first. Two queries."""
    today, known = clock.today(), all_gauged()
    since = finder.begun_at
    read = dict(finder.figures.values_list("key", "read_at"))
    quarters: dict[str, list[Gauged]] = {}
    for one in known:
        if one.key not in read or read[one.key] < since:
            quarters.setdefault(quarter_for(one.gauge, today), []).append(one)
    there = {
        (key, period)
        for key, period, is_settled, at in FinderMonth.objects.filter(
            figure__finder=finder
        ).values_list("figure__key", "period", "is_settled", "read_at")
        if is_settled or at >= since
    }
    months = [
        (month, [one for one in known if (one.key, month) not in there])
        for month in reversed(months_for(today))
    ]
    return [
        *(Step(quarter, True, some) for quarter, some in sorted(quarters.items(), reverse=True)),
        *(Step(month, False, some) for month, some in months if some),
    ]


def read_ahead(finder: Finder) -> Ahead:
    """The next step of the reading at work, measured. Some forty queries however many branches there
    are."""
    left = steps_left(finder)
    if not left:
        return Ahead(finder.begun_at, None, {}, {})
    step, today, reading = left[0], clock.today(), Reading()
    places = list(branches_of(finder.organization, (), ()))
    found = measured(step.figures, places, Window(step.period, today), reading)
    sums = [one for one in step.figures if one.gauge.since_new_year and step.is_quarter]
    season = Window(periods.shift(step.period, -SEASON), today)
    before = measured(sums, places, season, reading) if sums else {}
    return Ahead(finder.begun_at, step, found, before)


# --- what was read -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A figure with how far it is from its usual goal. `value` is None where there is nothing to measure or
    nobody can tell; `trend` is None of a sum of the year, beside which stands last year's season."""

    of: Gauged
    row: FinderFigure
    value: Fraction | None
    season: Fraction | None
    trend: Trend | None
    missing: Fraction
    weight: Fraction
    order: Fraction

    @property
    def key(self) -> str:
        """Of the figure."""
        return self.of.key


def finder_of(holder: Organization) -> Finder | None:
    """What was read for the holder, for who keeps its themes. One query."""
    return Finder.objects.filter(organization=holder).first()


def found_in(finder: Finder) -> list[Found]:
    """The figures that were read and are still registered, what is wanted most first. Two queries."""
    known = {one.key: one for one in all_gauged()}
    rows = finder.figures.filter(key__in=list(known))
    months: dict[int, list[FinderMonth]] = defaultdict(list)
    for month in FinderMonth.objects.filter(
        figure__finder=finder, period__in=months_for(clock.today())
    ).order_by("period"):
        months[month.figure_id].append(month)
    found = [_found(known[row.key], row, months[row.pk]) for row in rows]
    return sorted(found, key=lambda one: (-one.order, -one.missing, one.of.gauge.label))


def _found(of: Gauged, row: FinderFigure, months: Sequence[FinderMonth]) -> Found:
    gauge = of.gauge
    value = value_of(gauge, row.part, row.whole, row.known)
    season = value_of(gauge, row.season_part, row.season_whole, row.season_known)
    values = {one.period: value_of(gauge, one.part, one.whole, one.known) for one in months}
    trend = judged(gauge, [(one, values.get(one)) for one in months_for(clock.today())])
    newest = trend.newest if trend is not None else None
    missing = Fraction(0) if value is None else missing_of(gauge, of.goal, value)
    weight = weight_of(gauge, newest.is_above if newest is not None else None)
    order = order_of(missing, row.short, row.measured, weight)
    return Found(of, row, value, season, trend, missing, weight, order)


# --- sums over branches ------------------------------------------------------------------------


def outcomes(pairs: Iterable[Pair], of: Gauged) -> dict[Outcome, int]:
    """How many have reached the usual goal, are short, have nothing to measure, or cannot be told."""
    found = dict.fromkeys(Outcome, 0)
    for part, whole in pairs:
        found[standing_of(of.gauge, of.goal, part, whole)[0]] += 1
    return found


# --- behind a row: read now ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShortBranch:
    """A branch that has not reached the usual goal, and by how much."""

    place: Organization
    value: Fraction | None
    short: int


@dataclass(frozen=True, slots=True)
class ShortCommittee:
    """The branches of one committee that are short, the furthest first, of so many measured."""

    committee: Organization
    branches: Sequence[ShortBranch]
    measured: int

    @property
    def lacking(self) -> int:
        """What they are short by, together."""
        return sum(one.short for one in self.branches)


def short_below(holder: Organization, of: Gauged) -> tuple[str, list[ShortCommittee]]:
    """The quarter, and the committees directly below the holder with branches that are short in it, those
    that lack most first; read now. Two queries and those of the figure."""
    period = quarter_for(of.gauge, clock.today())
    places = list(branches_of(holder, (), ()))
    pairs: Mapping[Any, Pair] = measured([of], places, Window(period, clock.today()))[of.key]
    heads = {one.path: one for one in committees_of(holder)}
    length = len(holder.path) + STEP
    short: dict[str, list[ShortBranch]] = defaultdict(list)
    count: dict[str, int] = defaultdict(int)
    for place in places:
        part, whole = pairs[place.pk]
        outcome, lacking = standing_of(of.gauge, of.goal, part, whole)
        if outcome in (Outcome.SHORT, Outcome.REACHED):
            count[place.path[:length]] += 1
        if outcome == Outcome.SHORT:
            value = value_of(of.gauge, part, whole)
            short[place.path[:length]].append(ShortBranch(place, value, lacking))
    found = [
        ShortCommittee(
            heads[head],
            sorted(some, key=lambda one: (-one.short, one.place.path)),
            count[head],
        )
        for head, some in short.items()
        if head in heads
    ]
    return period, sorted(found, key=lambda one: (-one.lacking, one.committee.path))
