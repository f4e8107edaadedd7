"""Somebody else marks: what one has not marked yet goes over, or he has to keep out of it."""

from collections.abc import Sequence

from django.urls import reverse

from assessments.cycles.actions import runs
from assessments.cycles.enums import CycleState
from assessments.cycles.models import ASSESSED, Assessed
from assessments.schemes.actions import telling
from core import notifications
from core.actions import action
from core.actor import Actor, system
from core.errors import Conflict, DomainError
from core.text import clean
from orgs.actions import namings

from ..enums import Conflict as Why
from ..enums import ItemState, SeatState
from ..models import Review, ReviewItem, ReviewSeat, TeamMember
from ..queries.conflicts import conflicts
from ..relations import REVIEWER
from . import rights
from .marks import open_again
from .teams import name_members

MOST_REASON = 200


@action
def hand_over(
    *, assessed: Assessed, from_id: int | None, to_id: int, reason: str, by: Actor
) -> int:
    """What `from_id` (nobody: what waits for somebody) has not marked yet of the organisation goes to
    another reviewer of the cycle: by who carries the cycle on, or by himself. What he has marked
    stays. Returns how many. Raises NotAllowed, Conflict, DomainError."""
    cycle = assessed.cycle
    if from_id is None or from_id != by.user_id:
        runs.expect_holder(cycle, by)
    else:
        rights.expect_reviewer(assessed, by)
    _expect_reviewing(assessed)
    text = _checked(reason)
    review = Review.objects.get(cycle=cycle)
    member = TeamMember.objects.filter(review=review, user_id=to_id).first()
    if member is None or to_id == from_id:
        raise DomainError("请选择这一期的另一位考核组成员。", field="to")
    if found := conflicts([to_id], [assessed]).get((to_id, assessed.pk)):
        raise DomainError(f"{member.name}{Why(found).label}，不能评。", field="to", code="conflict")
    rows = ReviewSeat.objects.select_for_update(of=("self",)).select_related("item")
    rows = rows.filter(user=None) if from_id is None else rows.filter(user_id=from_id)
    seats = list(rows.filter(item__assessed=assessed, state=SeatState.OPEN))
    own = set(
        ReviewSeat.objects.filter(item__assessed=assessed, user_id=to_id).values_list(
            "item_id", flat=True
        )
    )
    taken = [seat for seat in seats if seat.item_id not in own]
    if not taken:
        raise DomainError("没有可以移交的：那几项他自己也在评，或都已评完。", field="to")
    _pass_on(taken, member)
    # Who hands over names nobody: the portal does, for the reviewers of this cycle alone.
    name_members(review=review, pairs=[(to_id, assessed)], by=system(by.name), reason=text)
    if from_id is not None and len(taken) == len(seats):
        _end_if_done(assessed, from_id, by)
    _note(assessed, "reviews.seat.assign", by, member.name, text)
    notifications.tell(
        [
            notifications.Message(
                user_id=to_id,
                key=f"review:{assessed.pk}:handed:{to_id}:{taken[0].pk}",
                title=f"请你复核：{assessed.short_name}",
                body=f"{len(taken)} 项。{text}",
                url=reverse("reviews:desk"),
            )
        ]
    )
    return len(taken)


def _pass_on(seats: Sequence[ReviewSeat], member: TeamMember) -> None:
    """The seats, whose number another takes; nothing of what was typed in them goes with them."""
    ReviewSeat.machine.move_many(
        ReviewSeat.objects.filter(pk__in=[seat.pk for seat in seats]), "leave"
    )
    ReviewSeat.objects.bulk_create(
        [
            ReviewSeat(item=seat.item, number=seat.number, user_id=member.user_id, name=member.name)
            for seat in seats
        ]
    )


@action
def recuse(*, assessed: Assessed, reason: str, by: Actor) -> int:
    """The reviewer keeps out of the organisation from now on: his marks of it do not count, what they
    counted for is marked again by another, and he finds nothing of it any more. Returns how many
    of his seats wait for somebody. Raises NotAllowed, Conflict, DomainError."""
    rights.expect_reviewer(assessed, by)
    _expect_reviewing(assessed)
    text = _checked(reason)
    user_id = by.user_id or 0
    seats = list(
        ReviewSeat.objects.select_for_update(of=("self",))
        .filter(item__assessed=assessed, user_id=user_id)
        .exclude(state=SeatState.LEFT)
        .select_related("item")
    )
    for item in ReviewItem.objects.filter(
        pk__in=[seat.item_id for seat in seats], state__in=[ItemState.DONE, ItemState.THIRD]
    ).select_related("assessed__cycle__organization", "assessed__version"):
        ReviewItem.machine.move(item, "reopen", done_at=None)
        open_again(item)
    ReviewSeat.machine.move_many(
        ReviewSeat.objects.filter(item__assessed=assessed, user_id=user_id).exclude(
            state=SeatState.LEFT
        ),
        "leave",
    )
    free = [seat for seat in seats if seat.number <= seat.item.wanted]
    ReviewSeat.objects.bulk_create(
        [ReviewSeat(item=seat.item, number=seat.number) for seat in free]
    )
    _note(assessed, "reviews.seat.recuse", by, "", text)
    namings.end_for(by=by, relation=REVIEWER.key, user_id=user_id, about=[(ASSESSED, assessed.pk)])
    namings.recuse(
        by=by,
        relation=REVIEWER.key,
        organization_id=assessed.organization_id,
        reason=text,
        about=(ASSESSED, assessed.pk),
    )
    return len(free)


def _end_if_done(assessed: Assessed, user_id: int, by: Actor) -> None:
    """Who has nothing left of an organisation is named for it no more."""
    left = ReviewSeat.objects.filter(item__assessed=assessed, user_id=user_id).exclude(
        state=SeatState.LEFT
    )
    if not left.exists():
        namings.end_for(
            by=by, relation=REVIEWER.key, user_id=user_id, about=[(ASSESSED, assessed.pk)]
        )


def _expect_reviewing(assessed: Assessed) -> None:
    if assessed.cycle.state != CycleState.REVIEWING:
        raise Conflict(f"这期考核{assessed.cycle.get_state_display()}，不能再调整。", code="state")


def _checked(reason: str) -> str:
    text = clean(reason)
    if not 2 <= len(text) <= MOST_REASON:
        raise DomainError(f"请写明理由，{MOST_REASON} 字以内。", field="reason")
    return text


def _note(assessed: Assessed, verb: str, by: Actor, person: str, text: str) -> None:
    telling.note(
        assessed,
        verb,
        holder=assessed.cycle.organization,
        by=by,
        changes={"person": [None, person]} if person else {},
        text=text,
    )
