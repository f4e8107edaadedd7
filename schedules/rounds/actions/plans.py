"""Keeping the recurring plans."""

from typing import Any

from core import audit, clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from ..models import Plan
from .opening import open_period

MONTHS_BACK = 24


@action
def edit_plan(*, plan: Plan, revision: int, values: dict[str, Any], by: Actor) -> Plan:
    """Changes the plan's rule, for the periods that are opened from now on.

    `revision` is the one the person's page was made from. Raises Stale when somebody else has
    changed the plan meanwhile.
    """
    before = Plan.objects.get(pk=plan.pk)
    old = {name: getattr(before, name) for name in values}
    changes = audit.changed(old, values)
    if not changes:
        return before
    Plan.machine.move(plan, "edit", revision=revision, **values)
    fresh = Plan.objects.get(pk=plan.pk)
    audit.record(by=by, verb="schedules.plan.edit", obj=fresh, changes=changes)
    return fresh


def periods_offered(plan: Plan) -> list[str]:
    """The periods that somebody may open now: the current one, those before it back to the
    plan's start or two years, newest first; never one that has not begun."""
    current = periods.containing(clock.today(), plan.cadence)
    earliest = periods.containing(plan.starts_on, plan.cadence)
    offered = [periods.shift(current, -step) for step in range(MONTHS_BACK)]
    return [
        period
        for period in offered
        if period >= min(earliest, periods.shift(current, -1))
        and (plan.ends_on is None or periods.first_day(period) <= plan.ends_on)
    ]


@action
def open_now(*, plan: Plan, period: str, by: Actor) -> int:
    """Opens a period by hand; returns how many duties are new. Safe to repeat."""
    if period not in periods_offered(plan):
        raise DomainError("这个期间不在可打开之列。", field="period")
    return open_period(plan=plan, period=period, by=by)
