"""What the clock does to duties: from running to due, and to locked."""

from django.db.models import Q

from core import audit, clock
from core.actions import action
from core.actor import Actor

from ..enums import DutyState, Phase
from ..models import Duty
from . import rollups


@action
def pass_moments(*, by: Actor) -> int:
    """Takes every duty to where its moments have brought it, and has what counts it counted anew;
    returns how many duties moved. Safe to repeat and to run at the same time.

    Figures count by the phase and not by the clock, so that a figure and the rows behind it agree
    at any later time.
    """
    now = clock.now()
    locked = Q(locks_at__lt=now)
    moved = 0
    for phase, rows in (
        (Phase.LOCKED, Duty.objects.filter(locked).exclude(phase=Phase.LOCKED)),
        (Phase.DUE, Duty.objects.filter(due_at__lt=now, phase=Phase.RUNNING).exclude(locked)),
    ):
        counted = rows.exclude(state=DutyState.WAIVED)
        places = list(counted.values_list("plan_id", "period", "organization_id"))
        moved += rows.update(phase=phase)
        rollups.mark_each(places)
    if moved:
        audit.record(by=by, verb="schedules.duty.pass", changes={"duties": [0, moved]})
    return moved
