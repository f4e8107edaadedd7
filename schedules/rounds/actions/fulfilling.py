"""Duties that records of another slice fulfil by themselves: nothing is sent, nobody checks."""

import datetime as dt
from collections.abc import Collection

from core import audit, clock, periods
from core.actions import action
from core.actor import Actor

from .. import fulfilment
from ..enums import Cadence, DutyState
from ..models import Duty
from ..models.duty import OPEN_STATES
from ..queries.calendar import noon_of
from . import rollups


@action
def settle(
    *, kind: str, organizations: Collection[int], days: Collection[dt.date], by: Actor
) -> int:
    """Counts anew how often the duties of the kind were done that the organisations owe for the
    periods of the days; returns how many changed.

    What has been done often enough is done, on the day on which it was; what is not any more, for a
    record was taken back, is open again. A lock does not matter: what is written down late counts
    on its day. Safe to repeat. A fixed number of queries however many duties there are.
    """
    known = fulfilment.kind_called(kind)
    if known.done is None or not organizations:
        return 0
    wanted = {periods.containing(day, cadence) for day in days for cadence in Cadence.values}
    now = clock.now()
    duties = list(
        Duty.objects.filter(
            plan__fulfilment=kind,
            organization__in=organizations,
            period__in=wanted,
            state__in=[*OPEN_STATES, DutyState.ACCEPTED],
        )
        .select_related("plan")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    if not duties:
        return 0
    done = known.done(duties)
    acts: dict[Duty, str] = {}
    for duty in duties:
        found = done.get(duty.pk, ())
        is_enough, was = len(found) >= duty.required_count, duty.state == DutyState.ACCEPTED
        first = noon_of(found[duty.required_count - 1]) if is_enough else None
        if len(found) == duty.done_count and is_enough == was and first == duty.submitted_at:
            continue
        acts[duty] = "tally" if is_enough == was else "fulfil" if is_enough else "lapse"
        duty.done_count, duty.submitted_at, duty.sent_at = len(found), first, first
        duty.finished_at = (duty.finished_at or now) if is_enough else None
    if not acts:
        return 0
    Duty.machine.write(acts, ["done_count", "submitted_at", "sent_at", "finished_at"])
    rollups.mark_each((one.plan_id, one.period, one.organization_id) for one in acts)
    for duty in acts:
        audit.record(
            by=by,
            verb="schedules.duty.settle",
            obj=duty,
            organization_id=duty.organization_id,
            changes={"done_count": [None, duty.done_count]},
        )
    return len(acts)
