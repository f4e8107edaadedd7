"""Past cycles of a holder beside each other, and the year's figures against the calendar."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Q, Sum

from assessments.cycles.enums import CycleState, RunState
from assessments.cycles.models import Assessed, Cycle, IndicatorScore, Reading, Run, Score
from assessments.cycles.queries.computing import contents_of
from assessments.cycles.standings import HUNDRED
from assessments.schemes.definitions import cycle_of, leaves, source_of
from core import periods

from .boards import Stored
from .losses import LossColumn

MOST = 16  # half-years of a line: eight years


@dataclass(frozen=True, slots=True)
class Past:
    """One half-year: the mean of all shares of full marks in hundredths, of how many."""

    period: str
    cycle: Cycle | None
    mean: Fraction | None
    count: int


@dataclass(frozen=True, slots=True)
class Trend:
    """The half-years up to this one without a gap, and of some indicators the share lost in each."""

    pasts: Sequence[Past]
    heads: Sequence[tuple[str, str, Sequence[Fraction | None]]]  # key, name, by half-year

    @property
    def known(self) -> list[Past]:
        """Those in which somebody was scored."""
        return [one for one in self.pasts if one.mean is not None]


def trend_of(cycle: Cycle, heads: Sequence[LossColumn] = ()) -> Trend:
    """The holder's cycles of that level up to this one; of later ones nothing, and once this one is
    sealed of earlier ones what counted then, so that the board says the same for ever. Four
    queries."""
    rows = (
        Cycle.objects.filter(
            organization=cycle.organization_id, level=cycle.level, period__lte=cycle.period
        )
        .exclude(state=CycleState.RUNNING)
        .exclude(run=None)
        .order_by("-period")[:MOST]
    )
    cycles = {one.period: one for one in rows}
    runs = _runs(cycle, list(cycles.values()))
    means = {
        period: (Fraction(total) / many * HUNDRED, many)
        for period, total, many in Score.objects.filter(
            run__in=runs,
            assessed__is_out=False,
            share__isnull=False,
        )
        .order_by()
        .values_list("assessed__cycle__period")
        .annotate(total=Sum("share"), many=Count("pk"))
    }
    steps = _between(min(cycles, default=cycle.period), cycle.period)
    pasts = [Past(one, cycles.get(one), *(means.get(one) or (None, 0))) for one in steps]
    lost = _lost(runs, [one.key for one in heads])
    return Trend(
        pasts,
        [(one.key, one.name, [lost.get((one.key, step)) for step in steps]) for one in heads],
    )


def _runs(cycle: Cycle, cycles: Sequence[Cycle]) -> list[int]:
    """The computation of each that counted when this cycle was sealed: one that was corrected since
    has another. Where none is kept of that time the present one stands for it."""
    then: dict[int, int] = {}
    if cycle.sealed_at is not None:
        done = Run.objects.filter(
            cycle__in=[one.pk for one in cycles if one.pk != cycle.pk],
            state=RunState.DONE,
            finished_at__lte=cycle.sealed_at,
        )
        then = dict(done.order_by("cycle", "number").values_list("cycle", "pk"))
    if cycle.run_id is not None:
        then[cycle.pk] = cycle.run_id
    found = [then.get(one.pk, one.run_id) for one in cycles]
    return [pk for pk in found if pk is not None]


def _between(first: str, last: str) -> list[str]:
    found = [first]
    while found[-1] < last and len(found) < MOST:
        found.append(periods.shift(found[-1], 1))
    return found


def _lost(runs: Sequence[int | None], keys: Sequence[str]) -> dict[tuple[str, str], Fraction]:
    rows = (
        IndicatorScore.objects.filter(
            score__run__in=runs, key__in=keys, points__isnull=False, score__assessed__is_out=False
        )
        .order_by()
        .values_list("key", "score__assessed__cycle__period")
        .annotate(whole=Sum("full"), got=Sum("points"))
    )
    return {
        (key, period): (Fraction(whole) - Fraction(got)) / Fraction(whole) * HUNDRED
        for key, period, whole, got in rows
        if whole
    }


# --- the year against the calendar ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paced:
    """A yearly indicator that is a share of a known whole: done of all, and the same a year before.
    `behind`: how many organisations have a smaller share than the calendar."""

    key: str
    name: str
    done: Fraction
    whole: Fraction
    before: Fraction | None  # a share in hundredths
    behind: int

    @property
    def share(self) -> Fraction:
        """In hundredths."""
        return self.done / self.whole * HUNDRED


@dataclass(frozen=True, slots=True)
class Pace:
    """The year as far as the half-year's last day."""

    on: dt.date
    gone: Fraction  # of the year, in hundredths
    rows: Sequence[Paced]


def pace_of(stored: Stored) -> Pace:
    """The indicators that are looked at over a year and take one figure of another. One that the
    half-year alone is looked at is over, and has no pace. Five queries."""
    cycle = stored.cycle
    on, year = periods.last_day(cycle.period), cycle.period[:4]
    first, last = dt.date(on.year, 1, 1), dt.date(on.year, 12, 31)
    gone = Fraction((on - first).days + 1, (last - first).days + 1) * HUNDRED
    wanted = _wanted(stored.contents)
    if not wanted:
        return Pace(on, gone, [])
    now = _values(cycle, stored.run.pk, wanted, year)
    ago = (
        Cycle.objects.filter(
            organization=cycle.organization_id,
            level=cycle.level,
            period=f"{on.year - 1}{cycle.period[4:]}",
        )
        .exclude(state=CycleState.RUNNING)
        .exclude(run=None)
        .first()
    )
    before: dict[str, list[tuple[Fraction, Fraction]]] = {}
    if ago is not None and ago.run_id is not None:
        same = {key: one for key, one in _wanted(contents_of(ago)).items() if key in wanted}
        same = {key: one for key, one in same.items() if one[1:] == wanted[key][1:]}
        before = _values(ago, ago.run_id, same, str(on.year - 1))
    rows = []
    for key, (name, _, _) in wanted.items():
        pairs = now.get(key, [])
        whole = sum((of for _, of in pairs), Fraction(0))
        if not whole:
            continue
        old = before.get(key, [])
        old_whole = sum((of for _, of in old), Fraction(0))
        rows.append(
            Paced(
                key,
                name,
                sum((done for done, _ in pairs), Fraction(0)),
                whole,
                sum((done for done, _ in old), Fraction(0)) / old_whole * HUNDRED
                if old_whole
                else None,
                sum(done / of * HUNDRED < gone for done, of in pairs if of),
            )
        )
    return Pace(on, gone, rows)


def _wanted(contents: Mapping[int, Mapping[str, Any]]) -> dict[str, tuple[str, str, str]]:
    """Indicator -> its name, the figure, and of which it is a share."""
    found: dict[str, tuple[str, str, str]] = {}
    for content in contents.values():
        for leaf in leaves(content):
            if cycle_of(leaf.node) != periods.YEAR:
                continue
            for rule in leaf.node.get("rules", ()):
                source = source_of(rule)
                if source.takes == "ratio" and source.figure and source.of:
                    found.setdefault(leaf.key, (leaf.name, source.figure, source.of))
    return found


def _values(
    cycle: Cycle, run: int, wanted: Mapping[str, tuple[str, str, str]], year: str
) -> dict[str, list[tuple[Fraction, Fraction]]]:
    """Indicator -> (done, whole) of each of the assessed, as the run has read them. Two queries."""
    names = {name for _, figure, of in wanted.values() for name in (figure, of)}
    read = {
        figure: values or {}
        for figure, values in Reading.objects.filter(
            run=run, figure__in=names, period=year
        ).values_list("figure", "values")
    }
    places = Assessed.objects.filter(cycle=cycle, is_out=False).values_list(
        "organization_id", flat=True
    )
    found: dict[str, list[tuple[Fraction, Fraction]]] = {}
    pks = [str(pk) for pk in places]
    for key, (_, figure, of) in wanted.items():
        for pk in pks:
            done, whole = read.get(figure, {}).get(pk), read.get(of, {}).get(pk)
            if done is not None and whole:
                found.setdefault(key, []).append((Fraction(done), Fraction(whole)))
    return found


# --- one organisation ----------------------------------------------------------------------------


def scores_of(visible: Any) -> list[Score]:
    """The scores that count of some assessed (a queryset), newest first. One query."""
    return list(
        Score.objects.filter(Q(run=F("assessed__cycle__run")), assessed__in=visible)
        .select_related(
            "assessed__cycle__organization", "assessed__group", "assessed__organization"
        )
        .defer("facts", "result", "compared")
        .order_by("-assessed__cycle__period", "assessed__cycle__level", "pk")[: MOST * 2]
    )
