"""The cap of what a month may ask of an organisation, and why something goes beyond it."""

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.states import Stale
from core.text import clean

from ..models import BurdenCap, BurdenExcess, Plan, ReportDefinition
from ..models.burden import LEAST, MOST
from ..queries.loads import Load, cap_now
from ..words import excess_said

LONGEST = 300
STALE = "另一人刚刚改过上限。请对照现在的上限核对后再保存。"


@action
def set_cap(*, minutes: int, basis: str, revision: int, by: Actor) -> BurdenCap:
    """Sets how many minutes a month may ask of an organisation. `revision` is
    that of the cap that the person's page showed, 0 for none. What is asked for already stays.
    Raises Stale when somebody else has set one meanwhile; the same again changes nothing."""
    basis = clean(basis)
    if not LEAST <= minutes <= MOST:
        raise DomainError(f"上限应为 {LEAST} 至 {MOST} 分钟。", field="minutes")
    if not 2 <= len(basis) <= 200:
        raise DomainError("写明依据，2 至 200 字。", field="basis")
    before, newest = cap_now()
    if newest is not None and (newest.minutes, newest.basis) == (minutes, basis):
        return newest
    if (newest.number if newest else 0) != revision:
        raise Stale(STALE, newest)
    try:
        with transaction.atomic():
            fresh = BurdenCap.objects.create(
                number=revision + 1,
                minutes=minutes,
                basis=basis,
                set_at=clock.now(),
                set_by_name=by.name,
            )
    except IntegrityError:
        raise Stale(STALE) from None
    audit.record(
        by=by,
        verb="schedules.burden.set_cap",
        obj=fresh,
        changes={"minutes": [before, minutes], "basis": [newest.basis if newest else "", basis]},
    )
    return fresh


@action
def keep_excess(
    *,
    load: Load | None,
    plan: Plan,
    reason: str,
    by: Actor,
    definition: ReportDefinition | None = None,
) -> dict[str, Any]:
    """Keeps why a month comes to more than the cap, where it does; what the audit trail is told of
    it. Raises DomainError where the reason is missing, so that what wants one is not done."""
    excess = load.excess if load is not None else None
    if excess is None:
        return {}
    reason = clean(reason)
    if len(reason) > LONGEST:
        raise DomainError(f"理由限 {LONGEST} 字。", field="over_reason")
    if len(reason) < 2:
        raise DomainError(
            f"{excess_said(excess)}确需安排的，请写明理由，会留存备查。",
            field="over_reason",
            code="over_cap",
        )
    BurdenExcess.objects.create(
        plan=plan,
        definition=definition,
        month=excess.month,
        minutes=Decimal(str(round(excess.minutes, 1))),
        cap=excess.cap,
        reason=reason,
        given_at=clock.now(),
        given_by_name=by.name,
    )
    changes = {"over_reason": [None, reason]}
    audit.record(by=by, verb="schedules.burden.exceed", obj=definition or plan, changes=changes)
    return changes
