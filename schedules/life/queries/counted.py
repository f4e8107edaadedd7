"""Which parts in records, and which duties, a figure counts: the same rows that its address lists.

What was known at a moment is read from the records of that moment: a version written by then and
not superseded, nor taken back, before it. So a duty that a record of later fulfils by now was still
owed then.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Substr, TruncDate
from django.utils import timezone

from core import clock, periods
from core.figures import Trees, Window
from orgs.models import Organization
from orgs.queries.places import LISTED, placed, stood_at, within
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty
from schedules.rounds.models.duty import LATE, DutyQuerySet
from schedules.rounds.queries.calendar import end_of

from ..enums import HELD, LifeStepKind, MeetingKind
from ..models import LifeStep, MeetingUnit
from ..rules import RULES, key_of

# What sums of attendance are of; each also with a condition on the kind.
SUMS = {
    "expected": "expected_count",
    "present": "present_count",
    "unexcused": "unexcused_count",
}
DUE, ON_TIME, LATE_, MISSING = "due", "on_time", "late", "missing"
OWED = tuple(kind for kind, rule in RULES.items() if rule.cadence is not None)
HALF_DAY = dt.timedelta(hours=12)
_KEYS = [key_of(kind) for kind in OWED]
_PREFIX = len(key_of(MeetingKind.LESSON)) - len(MeetingKind.LESSON.value)


def figure_key(kind: MeetingKind, word: str = "") -> str:
    """The key of the figure that says how often the kind was held, or of one of its others:
    `due`, `missing`, `expected`, `present`."""
    return f"life_{kind}_{word}" if word else f"life_{kind}"


def held_then(known_at: dt.datetime | None, prefix: str = "meeting__") -> Q:
    """A condition on a record: one that counts, as it reads now, or read at the moment. `prefix`
    leads to the record."""

    def where(**lookups: object) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in lookups.items()})

    if known_at is None:
        return where(superseded_at=None, state__in=HELD)
    taken_back = LifeStep.objects.filter(
        meeting=OuterRef(f"{prefix}pk" if prefix else "pk"),
        kind=LifeStepKind.WITHDRAWN,
        at__gt=known_at,
    )
    reads = where(written_at__lte=known_at) & (
        where(superseded_at=None) | where(superseded_at__gt=known_at)
    )
    return reads & (where(state__in=HELD) | Q(Exists(taken_back)))


def parts(window: Window) -> QuerySet[MeetingUnit]:
    """Each organisation's part in what was held in the window. No query."""
    days = (window.first, window.end)
    return MeetingUnit.objects.filter(
        held_then(window.known_at), meeting__held_on__range=days
    ).order_by()


def parts_at(
    place: Organization, window: Window, *, kind: str = "", below: bool = True
) -> QuerySet[MeetingUnit]:
    """Those of the place, with `below` also of all that stood below it at the window's end, latest
    first, with the record. One query when evaluated; one now for a day that is over."""
    there = stood_at(place, window.end, below=below, known_at=window.known_at)
    rows = parts(window).filter(organization__in=there)
    if kind:
        rows = rows.filter(meeting__kind=kind)
    return rows.select_related("meeting", "organization").order_by(
        "-meeting__held_on", "-meeting_id", "pk"
    )


def totals(rows: QuerySet[MeetingUnit]) -> dict[str, int]:
    """What the parts add up to: 应到, 到会 and 没有请假. One query."""
    found = rows.order_by().aggregate(**{name: Sum(column) for name, column in SUMS.items()})
    return {name: number or 0 for name, number in found.items()}


def owed_within(window: Window) -> list[str]:
    """The periods of any kind that end in the window's: what is owed for them falls due there."""
    found = []
    for cadence in periods.CADENCES:
        one = periods.containing(window.first, cadence)
        while periods.last_day(one) <= window.last:
            found.append(one)
            one = periods.shift(one, 1)
    return found


def duties(window: Window) -> DutyQuerySet:
    """What was to be held in the periods that end in the window, by duties not waived. No query."""
    rows = _owed(window)
    return rows if window.known_at is None else _counted_then(rows, window)


def _owed(window: Window) -> DutyQuerySet:
    rows = Duty.objects.filter(
        plan__fulfilment__in=_KEYS, period__in=owed_within(window)
    ).order_by()
    if window.known_at is None:
        return rows.exclude(state=DutyState.WAIVED)
    # What has been waived since was owed then.
    owed = ~Q(state=DutyState.WAIVED) | Q(finished_at__gt=window.known_at)
    return rows.filter(owed, opened_at__lte=window.known_at)


def standing(word: str, window: Window, kind: MeetingKind | None = None) -> Q:
    """What a duty of `duties` fulfils that counts as the word, of one kind or of all."""
    of_kind = Q(plan__fulfilment=key_of(kind)) if kind else Q()
    if word == DUE:
        return of_kind & Q(pk__isnull=False)
    if window.known_at is not None:
        done = Q(held_then__gte=F("required_count"))
        late = Q(held_in_time__lt=F("required_count"))
    else:
        done, late = Q(submitted_at__isnull=False), LATE
        if window.end < clock.today():
            done &= Q(submitted_at__lt=end_of(window.end))
    if word == MISSING:
        return of_kind & ~done & Q(due_at__lte=_moment(window))
    return of_kind & done & (late if word == LATE_ else ~late)


def counted_then(
    wanted: Mapping[str, tuple[MeetingKind | None, str]],
    paths: Collection[str],
    window: Window,
    trees: Trees,
) -> dict[str, dict[str, int]]:
    """Key -> path at the window's end -> how many duties there fulfil `standing` of the key's word
    and kind, by what was known at the window's moment: as counting `duties`, but with what was held
    read once and not for each duty. Two queries, and one for a past tree."""
    cut, rows = window.closing, _owed(window)
    then: Mapping[Any, str] | None = None
    if cut.day >= clock.today():
        place, rows = "organization__path", rows.filter(within(paths, "organization__path"))
    else:
        place, then = "organization_id", trees.below(cut, paths)
        there = placed(cut.day, cut.known_at).filter(within(paths)).values("organization")
        rows = rows.filter(organization__in=there)
    owed = list(
        rows.values_list(
            *("organization_id", place, "plan__fulfilment", "period"),
            *("required_count", "due_at", "late_after"),
        )
    )
    held = _held_by_day({row[0] for row in owed}, window)
    bounds = {
        one: (periods.first_day(one), min(periods.last_day(one), window.end))
        for one in owed_within(window)
    }
    moment = _moment(window)
    found: dict[str, dict[str, int]] = {key: {} for key in wanted}
    for pk, at, fulfilment, period, required, due_at, late_after in owed:
        kind, (first, last) = fulfilment[_PREFIX:], bounds[period]
        days = [day for day in held.get((pk, kind), ()) if first <= day <= last]
        is_done = len(days) >= required
        words = {DUE}
        if is_done:
            until = _in_time_until(late_after)
            words.add(ON_TIME if sum(day <= until for day in days) >= required else LATE_)
        elif due_at <= moment:
            words.add(MISSING)
        path = at if then is None else then.get(at, "")
        for key, (of_kind, word) in wanted.items():
            if word in words and of_kind in (None, kind):
                found[key][path] = found[key].get(path, 0) + 1
    return found


def _held_by_day(
    organizations: Collection[int], window: Window
) -> dict[tuple[int, str], list[dt.date]]:
    """(organisation, kind) -> the days on which it was held, once for each time. One query."""
    wanted = owed_within(window)
    if not wanted:
        return {}
    first = min(periods.first_day(one) for one in wanted)
    rows = MeetingUnit.objects.filter(
        held_then(window.known_at), meeting__held_on__range=(first, window.end)
    )
    if len(organizations) <= LISTED:
        rows = rows.filter(organization__in=list(organizations))
    found: dict[tuple[int, str], list[dt.date]] = {}
    columns = "organization_id", "meeting__kind", "meeting__held_on"
    for pk, kind, day in rows.order_by().values_list(*columns):
        found.setdefault((pk, kind), []).append(day)
    return found


def _in_time_until(late_after: dt.datetime) -> dt.date:
    """The last day on which it was in time: `late_after` is set against the noon of the day."""
    return timezone.localdate(late_after - HALF_DAY)


def duties_at(
    place: Organization,
    window: Window,
    word: str,
    *,
    kind: MeetingKind | None = None,
    below: bool = True,
) -> DutyQuerySet:
    """Those of the place, with `below` also of all that stood below it at the window's end, that
    count as the word, in the order of the tree. One query when evaluated; one now for a day that is
    over."""
    there = stood_at(place, window.end, below=below, known_at=window.known_at)
    return (
        duties(window)
        .filter(standing(word, window, kind), organization__in=there)
        .select_related("plan", "organization")
        .order_by("organization__path", "due_on", "pk")
    )


# --- private -----------------------------------------------------------------------------------


def _moment(window: Window) -> dt.datetime:
    """What was due by then and not done was missing."""
    if window.known_at is not None:
        return window.known_at
    return clock.now() if window.day >= clock.today() else end_of(window.day)


def _counted_then(rows: DutyQuerySet, window: Window) -> DutyQuerySet:
    """With how often each was done by what was known at the window's moment, and how often of that
    in time (`late_after` is set against the noon of the day, as `fulfilling.settle` does)."""
    wanted = owed_within(window)
    rows = rows.annotate(
        owed_kind=Substr("plan__fulfilment", _PREFIX + 1, output_field=CharField()),
        begins=_day_of(wanted, [periods.first_day(one) for one in wanted]),
        ends=_day_of(wanted, [min(periods.last_day(one), window.end) for one in wanted]),
        in_time_until=TruncDate(F("late_after") - HALF_DAY),
    )
    held = MeetingUnit.objects.filter(
        held_then(window.known_at),
        organization=OuterRef("organization"),
        meeting__kind=OuterRef("owed_kind"),
        meeting__held_on__gte=OuterRef("begins"),
        meeting__held_on__lte=OuterRef("ends"),
    ).order_by()
    in_time = held.filter(meeting__held_on__lte=OuterRef("in_time_until"))
    return rows.annotate(held_then=_how_many(held), held_in_time=_how_many(in_time))


def _day_of(wanted: Sequence[str], days: Sequence[dt.date]) -> Case:
    output = DateField()
    cases = [
        When(period=one, then=Value(day, output_field=output))
        for one, day in zip(wanted, days, strict=True)
    ]
    return Case(*cases, output_field=output)


def _how_many(rows: QuerySet[MeetingUnit]) -> Coalesce:
    counted = rows.values("organization").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
