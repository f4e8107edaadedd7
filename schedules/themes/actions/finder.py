"""What the theme finder shows is read: figures over the last quarter and over the months, step by step.

A step is one period of all figures: measured without a lock, kept in a short transaction of its own under
the row of the finder. Whoever does the next one, each is done once: two readings at the same moment share
the steps.
"""

from django.utils import timezone

from core import audit, clock, effects, periods
from core.actions import action
from core.actor import Actor
from orgs.models import Organization

from .. import weaknesses
from ..enums import Outcome
from ..models import Finder, FinderFigure, FinderMonth
from ..queries.finder import Ahead, Step, outcomes, read_ahead, steps_left
from ..queries.measuring import total
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
    there.steps = len(steps_left(there))
    there.save(update_fields=["steps"])
    _put_down(there)
    return there, True


@action
def step(*, finder: Finder, by: Actor, ahead: Ahead | None = None) -> bool:
    """Does the next step of the reading at work; whether there is more to do. Nothing for one that is over.

    `ahead` is what was measured for it before (`read_ahead`): on SQLite all other writers wait as long as
    this takes. Where the step has been done meanwhile it is not used. Without, some forty queries however
    many branches there are."""
    rows = Finder.objects.select_for_update(of=("self",)).select_related("organization")
    finder = rows.get(pk=finder.pk)
    if finder.read_at is not None and finder.read_at >= finder.begun_at:
        return False
    left, now = steps_left(finder), clock.now()
    following = left[0] if left else None
    if ahead is None:
        ahead = read_ahead(finder)
    elif not ahead.is_of(finder, following):
        return True
    if following is None:
        finder.weaknesses = weaknesses.stored(finder.organization)
        finder.read_at = now
    else:
        keep = _keep_quarter if following.is_quarter else _keep_month
        keep(finder, following, ahead)
        finder.done += 1
    finder.touched_at = now
    finder.steps = max(finder.steps, finder.done)
    finder.save(update_fields=["done", "steps", "touched_at", "read_at", "weaknesses"])
    return bool(left)


def _keep_quarter(finder: Finder, step: Step, ahead: Ahead) -> None:
    found, before = ahead.found, ahead.before
    fresh = []
    for one in step.figures:
        part, whole, known = total(found[one.key].values(), one.gauge)
        season = (
            total(before[one.key].values(), one.gauge) if one.key in before else (None, None, 0)
        )
        counts = outcomes(found[one.key].values(), one)
        fresh.append(
            FinderFigure(
                finder=finder,
                key=one.key,
                period=step.period,
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


def _keep_month(finder: Finder, step: Step, ahead: Ahead) -> None:
    rows = {one.key: one for one in finder.figures.all()}
    settled = periods.last_day(step.period) + SETTLES < clock.today()
    fresh = []
    for one in step.figures:
        part, whole, known = total(ahead.found[one.key].values(), one.gauge)
        fresh.append(
            FinderMonth(
                figure=rows[one.key],
                period=step.period,
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
