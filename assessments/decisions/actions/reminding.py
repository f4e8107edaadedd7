"""That somebody was told of a late objection is remembered."""

from collections.abc import Mapping

from core.actions import action
from core.actor import Actor
from schedules.rounds.digests import Part

from ..models import ObjectionNotice
from ..queries.reminding import stage_of


@action
def told(*, parts: Mapping[int, Part], by: Actor) -> int:
    """Writes the marks of what people were told now; returns how many. One query."""
    rows = [
        ObjectionNotice(objection=row, user_id=user, stage=stage_of(row))
        for user, part in parts.items()
        for row in part.marks
    ]
    ObjectionNotice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)
