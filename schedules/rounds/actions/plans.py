"""Keeping the recurring plans."""

from typing import Any

from core import audit
from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from ..models import Plan
from ..queries.plans import periods_offered
from .opening import open_period


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


@action
def open_now(*, plan: Plan, period: str, by: Actor) -> int:
    """Opens a period by hand; returns how many duties are new. Safe to repeat."""
    if period not in periods_offered(plan):
        raise DomainError("这个期间不在可打开之列。", field="period")
    return open_period(plan=plan, period=period, by=by)
