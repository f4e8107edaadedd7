"""What a reviewer has before him: his cases, his items of one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from assessments.schemes.definitions import all_given
from assessments.self_assessments.models import SelfItem
from core.actor import Actor

from ..enums import SeatState, Why
from ..models import Review, ReviewSeat
from .examples import examples_left


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One of the assessed with how many of one's own items are marked; `first`: the seat to go on
    with."""

    assessed: Assessed
    given: int
    seats: int
    first: ReviewSeat


@dataclass(frozen=True, slots=True)
class OwnCycle:
    """A cycle that one reviews: by when, and how many examples stand before it."""

    cycle: Cycle
    review: Review
    examples: int
    cases: Sequence[OwnCase]

    @property
    def left(self) -> int:
        """How many items are still to be marked."""
        return sum(case.seats - case.given for case in self.cases)


def own_cycles(actor: Actor) -> list[OwnCycle]:
    """The cycles that are reviewed now in which the actor has seats, with his cases by place. Two
    queries and one a cycle."""
    seats = (
        ReviewSeat.objects.visible_to(actor)
        .filter(item__assessed__cycle__state=CycleState.REVIEWING)
        .select_related("item__assessed__cycle__organization", "item__assessed__organization")
        .order_by("item__assessed__path", "item_id")
    )
    by_cycle: dict[int, dict[int, list[ReviewSeat]]] = {}
    for seat in seats:
        cases = by_cycle.setdefault(seat.item.assessed.cycle_id, {})
        cases.setdefault(seat.item.assessed_id, []).append(seat)
    reviews = {one.cycle_id: one for one in Review.objects.filter(cycle__in=by_cycle)}
    found = []
    for pk, cases in by_cycle.items():
        cycle = next(iter(cases.values()))[0].item.assessed.cycle
        left = examples_left(cycle, actor.user_id or 0)
        found.append(OwnCycle(cycle, reviews[pk], left, [_case(one) for one in cases.values()]))
    return found


def _case(seats: Sequence[ReviewSeat]) -> OwnCase:
    order = list(Why)  # as the queue of the case stands
    seats = sorted(seats, key=lambda seat: (order.index(Why(seat.item.why)), seat.item_id))
    open_ones = [seat for seat in seats if seat.state == SeatState.OPEN]
    given = len(seats) - len(open_ones)
    return OwnCase(seats[0].item.assessed, given, len(seats), (open_ones or seats)[0])


@dataclass(frozen=True, slots=True)
class Queued:
    """One of the own items of a case, with what it is called."""

    seat: ReviewSeat
    name: str
    number: int  # among the indicators of the version
    is_returned: bool


def queue_of(actor: Actor, assessed: Assessed) -> Mapping[Why, Sequence[Queued]]:
    """The actor's items of one of the assessed by why they are looked at, in the order of the
    version. `assessed` comes with its version. Two queries."""
    leaves = {
        leaf.key: (n, leaf.name) for n, leaf in enumerate(all_given(assessed.version.content), 1)
    }
    returned = {
        item.indicator
        for item in SelfItem.objects.filter(
            self_assessment__assessed=assessed, returned_at__isnull=False
        )
        if item.is_open
    }
    seats = list(
        ReviewSeat.objects.visible_to(actor).filter(item__assessed=assessed).select_related("item")
    )
    seats.sort(key=lambda seat: leaves[seat.item.indicator][0])
    found: dict[Why, list[Queued]] = {}
    for why in Why:
        rows = [
            Queued(
                seat,
                leaves[seat.item.indicator][1],
                leaves[seat.item.indicator][0],
                seat.item.indicator in returned,
            )
            for seat in seats
            if seat.item.why == why
        ]
        if rows:
            found[why] = rows
    return found
