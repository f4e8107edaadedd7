"""What the cycle asks of its review."""

from collections.abc import Collection

from assessments.cycles.models import Cycle

from ..enums import ItemState
from ..models import ReviewItem


def unfinished(cycle: Cycle) -> int:
    """How many items are not complete. One query."""
    return (
        ReviewItem.objects.filter(assessed__cycle=cycle, assessed__is_out=False)
        .exclude(state=ItemState.DONE)
        .count()
    )


def claimed(cycle: Cycle, indicator: str) -> Collection[int]:
    """The assessed of whom reviewers mark the indicator. One query."""
    rows = ReviewItem.objects.filter(assessed__cycle=cycle, indicator=indicator)
    return set(rows.values_list("assessed_id", flat=True))
