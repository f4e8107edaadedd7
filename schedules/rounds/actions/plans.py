"""Keeping the recurring plans."""

import copy
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError

from .. import fulfilment
from ..definitions import COMMON_PLANS, PLAN_KINDS
from ..enums import DutyState, Phase
from ..models import Duty, Plan
from ..queries import cases
from ..queries.loads import load_of_plan
from ..queries.plans import locked_plans, periods_offered
from ..queries.reminding import BEGUN, USUAL
from ..rules import PLANS, refuse_validity, usual_validity
from . import burden, register, rollups
from .opening import ENDED, follow_cases, open_period

MAX_PLANS = 60


@action
def create_plan(*, values: Mapping[str, Any], by: Actor, over_reason: str = "") -> Plan:
    """A new plan with its number; its periods open by themselves when their days come, until it runs
    out: with the end of next year unless `values` says otherwise. Where a month comes to more
    than the cap with it, `over_reason` says why, and is kept.

    Raises DomainError for want of that reason, Conflict for a name that another plan has, which is
    also what a second click finds.
    """
    plans = locked_plans()
    if any(one.name == values["name"] for one in plans):
        raise Conflict(
            f"已有名为“{values['name']}”的计划，可能刚刚建立。请换一个名称。", field="name"
        )
    if len(plans) >= MAX_PLANS:
        raise DomainError(f"计划已达 {MAX_PLANS} 项，请先停用或合并现有计划。", field="name")
    values = {"valid_until": usual_validity(clock.today()), **values}
    refuse_validity(values["valid_until"], max(clock.today(), values["starts_on"]))
    load = load_of_plan(Plan(**values))
    keys, number = {one.key for one in plans}, 1
    while f"plan_{number}" in keys:
        number += 1
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                key=f"plan_{number}", number=register.take(kind=PLANS, by=by), **values
            )
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
    # Two changes that each keep within the cap may together go beyond it: one after the other.
    before = next(one for one in locked_plans() if one.pk == plan.pk)
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
def renew_plan(*, plan: Plan, valid_until: dt.date, revision: int, by: Actor) -> Plan:
    """Lets the plan hold until a later day, at most two years ahead. Raises DomainError for a day
    that does not do, Stale when somebody changed the plan meanwhile; the same again changes
    nothing."""
    before = next(one for one in locked_plans() if one.pk == plan.pk)
    if before.valid_until == valid_until:
        return before
    Plan.machine.expect(before, "renew", revision)
    refuse_validity(valid_until, clock.today(), after=before.valid_until)
    Plan.machine.move(plan, "renew", revision=revision, valid_until=valid_until)
    fresh = Plan.objects.get(pk=plan.pk)
    changes = {"valid_until": [str(before.valid_until or ""), str(valid_until)]}
    audit.record(by=by, verb="schedules.plan.renew", obj=fresh, changes=changes)
    return fresh


@action
def start_cases(*, kind: str, by: Actor) -> Plan:
    """Begins to ask for the cases of a kind, from today on: by a plan with the usual rule, or by the
    one that had ended, whose cases that are not due yet are asked for again. What runs already is
    left as it is. Raises DomainError for a kind that knows no cases.
    """
    locked_plans()
    if kind not in {one.key for one in cases.kinds()}:
        raise DomainError("没有这样的到期事项，请刷新页面。", code="unknown_kind")
    plan, today = cases.plans_about_cases().get(kind), clock.today()
    if plan is None:
        plan = create_plan(values={**usual_plan(kind), "starts_on": today}, by=by)
    elif cases.is_stopped(plan):
        begun = {"ends_on": None, "starts_on": today}
        if plan.has_expired(today):
            begun["valid_until"] = usual_validity(today)
        plan = edit_plan(plan=plan, revision=plan.revision, values=begun, by=by)
        _ask_again(plan)
    follow_cases(plan=plan, by=by)
    return plan


def usual_plan(kind: str) -> dict[str, Any]:
    """The rule that a plan about the cases of the kind begins with."""
    known = fulfilment.kind_called(kind)
    common = next((one for one in COMMON_PLANS.values() if one["fulfilment"] == kind), None)
    rule = {
        "name": known.label,
        "about": known.about,
        "basis": known.basis,
        "fulfilment": kind,
        "cadence": "month",
        "kinds": PLAN_KINDS,
    }
    return {**rule, **(common or {}), "steps": [BEGUN, *USUAL]}


def _ask_again(plan: Plan) -> None:
    """What was waived because the plan had ended, and is not due yet."""
    rows = Duty.objects.filter(
        plan=plan,
        state=DutyState.WAIVED,
        waived_reason=ENDED,
        submitted_at=None,
        due_on__gte=clock.today(),
    )
    places = list(rows.values_list("plan_id", "period", "organization_id"))
    Duty.machine.move_many(rows, "resume", waived_reason="", finished_at=None, phase=Phase.RUNNING)
    rollups.mark_each(places)


@action
def stop_cases(*, plan: Plan, by: Actor) -> Plan:
    """Asks for no more cases after today; what is due by today stays owed, what is due later is
    waived from tomorrow on. Stopped already, nothing changes."""
    fresh = next(one for one in locked_plans() if one.pk == plan.pk)
    if cases.is_stopped(fresh):
        return fresh
    first = max(clock.today(), fresh.starts_on)
    return edit_plan(plan=fresh, revision=fresh.revision, values={"ends_on": first}, by=by)


@action
def open_now(*, plan: Plan, period: str, by: Actor) -> int:
    """Opens a period by hand; returns how many duties are new. Safe to repeat. A plan that has run
    out opens nothing until it is renewed."""
    if plan.has_expired(clock.today()):
        raise DomainError(
            f"计划有效期到 {plan.valid_until:%Y-%m-%d} 为止，已不再打开。要继续办，请先续期。",
            field="period",
            code="expired",
        )
    if period not in periods_offered(plan):
        raise DomainError("这个期间不在可打开之列。", field="period")
    return open_period(plan=plan, period=period, by=by)
