"""What stays when people have been told of a self-assessment in their digests."""

from collections.abc import Mapping

from core import clock
from core.actions import action
from core.actor import Actor
from schedules.rounds.digests import Part

from ..models import SelfNotice


@action
def told(*, parts: Mapping[int, Part], by: Actor) -> int:
    """Marks what people have been told, so that nobody is told twice. Returns how many marks there
    are. One query."""
    now = clock.now()
    marks = [
        SelfNotice(assessed_id=assessed, user_id=user, stage=stage, told_at=now)
        for user, part in parts.items()
        for assessed, stage in part.marks
    ]
    SelfNotice.objects.bulk_create(marks, ignore_conflicts=True, batch_size=500)
    return len(marks)
