"""What stays when people have been told of milestones in their digests."""

from collections.abc import Mapping

from core import clock
from core.actions import action
from core.actor import Actor
from schedules.rounds.digests import Part

from ..models import MilestoneNotice


@action
def told(*, parts: Mapping[int, Part], by: Actor) -> int:
    """Marks what people have been told, so that nobody is told twice. Returns how many marks are new.
    One query."""
    now = clock.now()
    rows = [
        MilestoneNotice(milestone_id=pk, user_id=user, stage=stage, told_at=now)
        for user, part in parts.items()
        for pk, stage in part.marks
    ]
    MilestoneNotice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)
