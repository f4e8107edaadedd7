"""What the cycle asks of its review."""

from collections.abc import Collection

from django.db.models import Count, Q

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from core.actor import Actor

from ..enums import ItemState, SeatState
from ..models import Review, ReviewItem, ReviewSeat, TeamMember


def unfinished(cycle: Cycle) -> int:
    """How many items are not complete. One query."""
    return (
        ReviewItem.objects.filter(assessed__cycle=cycle, assessed__is_out=False)
        .exclude(state=ItemState.DONE)
        .count()
    )


def progress(cycle: Cycle) -> tuple[int, int]:
    """How many items are complete, of how many. One query."""
    found = ReviewItem.objects.filter(assessed__cycle=cycle).aggregate(
        done=Count("pk", filter=Q(state=ItemState.DONE)), n=Count("pk")
    )
    return found["done"], found["n"]


def marks_in(actor: Actor, review: Review) -> bool:
    """Whether the person, or whom he acts for, marks in the review. One query."""
    return TeamMember.objects.filter(review=review, user__in=actor.persons).exists()


def unseated_of(actor: Actor) -> list[tuple[Cycle, int]]:
    """Cycles of the actor's own organisation with items that nobody is named to mark, and how many.
    Two queries."""
    rows = (
        ReviewSeat.objects.filter(
            item__assessed__cycle__organization=actor.organization_id,
            item__assessed__cycle__state=CycleState.REVIEWING,
            user=None,
            state=SeatState.OPEN,
        )
        .order_by()
        .values_list("item__assessed__cycle")
        .annotate(n=Count("pk"))
    )
    counts = dict(rows)
    return [(cycle, counts[cycle.pk]) for cycle in Cycle.objects.filter(pk__in=counts)]


def claimed(cycle: Cycle, indicator: str) -> Collection[int]:
    """The assessed of whom reviewers mark the indicator. One query."""
    rows = ReviewItem.objects.filter(assessed__cycle=cycle, indicator=indicator)
    return set(rows.values_list("assessed_id", flat=True))
