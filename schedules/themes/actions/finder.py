"""What the theme finder shows is read: figures over the last quarter and over the months, step by step.

A step is one period of all figures, in a transaction of its own under the row of the finder. Whoever does
the next one, each is done once: two readings at the same moment share the steps.
"""

from collections.abc import Sequence

from django.utils import timezone

from core import audit, clock, effects, periods
from core.actions import action
from core.actor import Actor
from core.figures import Reading, Window
from orgs.models import Organization

from .. import weaknesses
from ..enums import Outcome
from ..models import Finder, FinderFigure, FinderMonth
from ..queries.finder import (
    SEASON,
    Gauged,
    all_gauged,
    months_for,
    outcomes,
    quarter_for,
)
from ..queries.measuring import measured, total
from ..queries.scope import branches_of
from . import rights
from .readings import SETTLES

FIND = "themes.find"  # the effect that reads what somebody has asked for


@action
def ask(*, organization: Organization, by: Actor) -> Finder:
    """Somebody wants it read now: it is begun, and read behind. While it is being read nothing more
    happens. Raises NotAllowed. A dozen queries."""
    rights.expect_holder(organization, by)
    finder, is_new = _begun(organization)
    if is_new:
        audit.record(
            by=by,
            verb="themes.finder.ask",
            obj=finder,
            organization_id=organization.pk,
            organization_path=organization.path,
        )
    return finder


@action
def begin(*, organization: Organization, by: Actor) -> Finder | None:
    """The day's reading begins, and is made behind; None where it has been begun today. A dozen
    queries."""
    there = Finder.objects.filter(organization=organization).first()
    if there is not None and timezone.localdate(there.begun_at) == clock.today():
        return None
    finder, is_new = _begun(organization)
    return finder if is_new else None


@action
def go_on(*, finder: Finder, by: Actor) -> None:
    """The rest of a reading is put down to be done: one task does not last for ever. One query."""
    _put_down(finder)


def _put_down(finder: Finder) -> None:
    key = f"themes:find:{finder.pk}:{finder.begun_at.isoformat()}:{finder.done}"
    effects.enqueue(FIND, key, finder=finder.pk)


def _begun(organization: Organization) -> tuple[Finder, bool]:
    """The finder with a reading at work, and whether that was begun just now."""
    # Two who begin at once: the organisation's row is what they wait for.
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    now = clock.now()
    there = Finder.objects.filter(organization=organization).first()
    if there is not None and there.is_reading:
        return there, False
    if there is None:
        there = Finder(organization=organization)
    there.begun_at = there.touched_at = now
    there.done, there.steps = 0, 0
    there.save()
    there.steps = len(_left(there))
    there.save(update_fields=["steps"])
    _put_down(there)
    return there, True


# A period, whether it is a quarter, and the figures that it is to be read for.
Step = tuple[str, bool, list[Gauged]]


def _left(finder: Finder) -> list[Step]:
    """What this reading has still to do: the quarters, then the months, the newest first. Two queries."""
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
        *((quarter, True, some) for quarter, some in sorted(quarters.items(), reverse=True)),
        *((month, False, some) for month, some in months if some),
    ]


@action
def step(*, finder: Finder, by: Actor) -> bool:
    """Does the next step of the reading at work; whether there is more to do. Nothing for one that is over.
    Two dozen queries however many branches there are."""
    rows = Finder.objects.select_for_update(of=("self",)).select_related("organization")
    finder = rows.get(pk=finder.pk)
    if finder.read_at is not None and finder.read_at >= finder.begun_at:
        return False
    left, now = _left(finder), clock.now()
    if left:
        period, is_quarter, some = left[0]
        places = list(branches_of(finder.organization, (), ()))
        if is_quarter:
            _read_quarter(finder, period, some, places)
        else:
            _read_month(finder, period, some, places)
        finder.done += 1
    else:
        finder.weaknesses = weaknesses.stored(finder.organization)
        finder.read_at = now
    finder.touched_at = now
    finder.steps = max(finder.steps, finder.done)
    finder.save(update_fields=["done", "steps", "touched_at", "read_at", "weaknesses"])
    return bool(left)


def _read_quarter(
    finder: Finder, period: str, some: Sequence[Gauged], places: Sequence[Organization]
) -> None:
    today, reading = clock.today(), Reading()
    found = measured(some, places, Window(period, today), reading)
    sums = [one for one in some if one.gauge.since_new_year]
    before = measured(sums, places, Window(periods.shift(period, -SEASON), today), reading)
    fresh = []
    for one in some:
        part, whole, known = total(found[one.key].values(), one.gauge)
        season = (
            total(before[one.key].values(), one.gauge) if one.key in before else (None, None, 0)
        )
        counts = outcomes(found[one.key].values(), one)
        fresh.append(
            FinderFigure(
                finder=finder,
                key=one.key,
                period=period,
                part=part,
                whole=whole,
                known=known,
                reached=counts[Outcome.REACHED],
                short=counts[Outcome.SHORT],
                none=counts[Outcome.NONE],
                unknown=counts[Outcome.UNKNOWN],
                season_part=season[0],
                season_whole=season[1],
                season_known=season[2],
                read_at=clock.now(),
            )
        )
    told = [one.name for one in FinderFigure._meta.concrete_fields]
    FinderFigure.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["finder", "key"],
        update_fields=[one for one in told if one not in ("id", "finder", "key")],
    )


def _read_month(
    finder: Finder, month: str, some: Sequence[Gauged], places: Sequence[Organization]
) -> None:
    rows = {one.key: one for one in finder.figures.all()}
    found = measured(some, places, Window(month, clock.today()))
    settled = periods.last_day(month) + SETTLES < clock.today()
    fresh = []
    for one in some:
        part, whole, known = total(found[one.key].values(), one.gauge)
        fresh.append(
            FinderMonth(
                figure=rows[one.key],
                period=month,
                part=part,
                whole=whole,
                known=known,
                is_settled=settled,
                read_at=clock.now(),
            )
        )
    FinderMonth.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["figure", "period"],
        update_fields=["part", "whole", "known", "is_settled", "read_at"],
    )
