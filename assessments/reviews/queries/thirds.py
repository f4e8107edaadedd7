"""Who marks an item as the third."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from ..enums import SeatState
from ..models import Review, ReviewItem, ReviewSeat, TeamMember
from .conflicts import conflicts


@dataclass(frozen=True, slots=True)
class Third:
    """A person who can be asked."""

    user_id: int
    name: str


def third_for(review: Review, item: ReviewItem, apart: Collection[int]) -> Third | None:
    """Of the reviewers of the cycle somebody who has no part in the item and no conflict: of its own
    team first, then who has least to mark. None where nobody is left. Six queries."""
    seated = set(item.seats.exclude(user=None).values_list("user_id", flat=True)) | set(apart)
    members = list(TeamMember.objects.filter(review=review).exclude(user__in=seated).order_by("pk"))
    barred = conflicts([one.user_id for one in members], [item.assessed])
    own = (
        TeamMember.objects.filter(team__cases__assessed=item.assessed_id)
        .values_list("team_id", flat=True)
        .first()
    )
    loads = dict(
        ReviewSeat.objects.filter(
            item__assessed__cycle=review.cycle_id, user__in=[one.user_id for one in members]
        )
        .exclude(state=SeatState.LEFT)
        .order_by()
        .values_list("user_id")
        .annotate(n=Count("pk"))
    )
    free = [one for one in members if (one.user_id, item.assessed_id) not in barred]
    if not free:
        return None
    best = min(free, key=lambda one: (one.team_id != own, loads.get(one.user_id, 0), one.pk))
    return Third(best.user_id, best.name)
