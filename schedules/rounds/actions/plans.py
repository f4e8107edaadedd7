"""Keeping the recurring plans."""

import copy
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from core import audit
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError

from ..models import Plan
from ..queries.loads import load_of_plan
from ..queries.plans import periods_offered
from . import burden
from .opening import open_period

MAX_PLANS = 60


@action
def create_plan(*, values: Mapping[str, Any], by: Actor, over_reason: str = "") -> Plan:
    """A new plan; its periods open by themselves when their days come. Where a month comes to more
    than the cap with it, `over_reason` says why, and is kept.

    Raises Conflict for a name that another plan has, which is also what a second click finds.
    """
    plans = list(Plan.objects.select_for_update().order_by("pk").values_list("key", "name"))
    if any(name == values["name"] for _, name in plans):
        raise Conflict(
            f"已有名为“{values['name']}”的计划，可能刚刚建立。请换一个名称。", field="name"
        )
    if len(plans) >= MAX_PLANS:
        raise DomainError(f"计划已达 {MAX_PLANS} 项，请先停用或合并现有计划。", field="name")
    load = load_of_plan(Plan(**values))
    keys, number = {key for key, _ in plans}, 1
    while f"plan_{number}" in keys:
        number += 1
    try:
        with transaction.atomic():
            plan = Plan.objects.create(key=f"plan_{number}", **values)
    except IntegrityError:
        raise Conflict("另一人刚刚建立了一项计划，请再保存一次。", field="name") from None
    burden.keep_excess(load=load, plan=plan, reason=over_reason, by=by)
    audit.record(by=by, verb="schedules.plan.create", obj=plan)
    return plan


@action
def edit_plan(
    *, plan: Plan, revision: int, values: dict[str, Any], by: Actor, over_reason: str = ""
) -> Plan:
    """Changes the plan's rule, for the periods that are opened from now on. `over_reason` as for a
    new one, where the change asks more of somebody.

    `revision` is the one the person's page was made from. Raises Stale when somebody else has
    changed the plan meanwhile.
    """
    before = Plan.objects.get(pk=plan.pk)
    old = {name: getattr(before, name) for name in values}
    changes = audit.changed(old, values)
    if not changes:
        return before
    load = load_of_plan(_as_changed(before, values)) if before.revision == revision else None
    Plan.machine.move(plan, "edit", revision=revision, **values)
    fresh = Plan.objects.get(pk=plan.pk)
    burden.keep_excess(load=load, plan=fresh, reason=over_reason, by=by)
    audit.record(by=by, verb="schedules.plan.edit", obj=fresh, changes=changes)
    return fresh


def _as_changed(plan: Plan, values: Mapping[str, Any]) -> Plan:
    changed = copy.copy(plan)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


@action
def open_now(*, plan: Plan, period: str, by: Actor) -> int:
    """Opens a period by hand; returns how many duties are new. Safe to repeat."""
    if period not in periods_offered(plan):
        raise DomainError("这个期间不在可打开之列。", field="period")
    return open_period(plan=plan, period=period, by=by)
