"""Each reviewer's own mark; when all of an item are in, they become the mark that is counted."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.urls import reverse

from assessments.cycles.actions import marks, runs
from assessments.cycles.enums import CycleState
from assessments.cycles.facts import reason_missing
from assessments.cycles.queries.marking import MOST_SEATS
from assessments.schemes.actions import telling
from assessments.schemes.definitions import Leaf
from core import audit, clock, effects, notifications
from core.actions import action
from core.actor import Actor, system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import Effect
from core.text import clean

from ..enums import ItemState, SeatState
from ..facts import Facts, checked
from ..models import Review, ReviewItem, ReviewSeat
from ..queries.evidence import evidence_of, said_of
from ..queries.examples import examples_left
from ..queries.points import counted_of, leaf_of, points_of
from ..queries.thirds import third_for
from ..rules import is_far_apart
from . import rights
from .teams import name_members

GATHER = "reviews.gather"
MOST_REASON = 300


@action
def give(
    *,
    seat: ReviewSeat,
    revision: int,
    facts: Facts,
    reason: str,
    by: Actor,
) -> ReviewSeat:
    """Gives the reviewer's mark of an item: rule -> its fact; none for what was counted and stands.
    Whether others have marked is neither asked nor told; what becomes of it is worked out behind.

    Raises NotAllowed for whoever is not (or no longer) named, Conflict once the item is complete or
    the review over, Stale for another window's, DomainError for what a rule does not take, a change
    of a counted figure without a reason, and before the examples are done.
    """
    item = seat.item
    assessed = item.assessed
    if seat.user_id != by.user_id or seat.state == SeatState.LEFT:
        raise NotAllowed("这一项不是由你评。")
    rights.expect_reviewer(assessed, by)
    if assessed.cycle.state != CycleState.REVIEWING:
        raise Conflict(f"这期考核{assessed.cycle.get_state_display()}，不能再评。", code="state")
    if examples_left(assessed.cycle, by.user_id or 0):
        raise DomainError("请先评样题，评完才能评单位。", code="examples")
    leaf, rules = leaf_of(item)
    text = clean(reason)[:MOST_REASON]
    given = _checked(leaf, dict(rules), facts, text)
    if seat.given_at is not None and _is_complete(item):
        raise Conflict("这一项已经评齐汇总，不能再改。要改请联系组织考核的党委重评。", code="done")
    found = evidence_of(seat, said_of(seat))
    ReviewSeat.machine.move(
        seat,
        "give",
        revision=revision,
        facts={str(number): one for number, one in given.items()},
        reason=text,
        given_at=clock.now(),
        n_evidence=len(found),
        n_unopened=sum(not one.is_opened for one in found),
    )
    # What was given is in nobody's sight before all of it is counted; nor in the trail.
    _note(seat, "reviews.seat.give", by)
    effects.enqueue(GATHER, f"{GATHER}:{seat.pk}:{seat.revision}", item=item.pk)
    return seat


def _is_complete(item: ReviewItem) -> bool:
    return ReviewItem.objects.filter(pk=item.pk).exclude(state=ItemState.OPEN).exists()


def _checked(
    leaf: Leaf, rules: Mapping[int, Mapping[str, Any]], facts: Facts, reason: str
) -> dict[int, dict[str, Any]]:
    given = checked(leaf, rules, facts, is_whole=not leaf.is_counted)
    for number, one in given.items():
        if text := reason_missing(rules[number], one, reason):
            raise DomainError(text, field="reason", code="reason")
    if given and leaf.is_counted and len(reason) < 2:
        raise DomainError("改动自动计的分，要写明理由。", field="reason", code="reason")
    return given


# --- what becomes of it ---------------------------------------------------------------------------


@effects.handler(GATHER, label="汇总复核评分")
def gather_behind(effect: Effect) -> None:
    """Does so once: the row's final state and the marks commit together."""
    with audit.unit_of_work():
        gather(item_id=effect.payload["item"], by=system())


@action
def gather(*, item_id: int, by: Actor) -> bool:
    """Counts an item once all who were to mark it have; asks a third where two lie far apart.
    Whether it was complete. Safe to be called again, and at once."""
    item = (
        ReviewItem.objects.select_for_update(of=("self",))
        .select_related(
            "assessed__cycle__organization", "assessed__organization", "assessed__version"
        )
        .get(pk=item_id)
    )
    if item.state == ItemState.DONE or item.assessed.cycle.state != CycleState.REVIEWING:
        return False
    seats = list(item.seats.exclude(state=SeatState.LEFT).order_by("number"))
    if not seats or any(seat.state != SeatState.GIVEN for seat in seats):
        return False
    review = Review.objects.select_related("cycle__organization").get(cycle=item.assessed.cycle)
    if item.state == ItemState.OPEN and item.wanted > 1:
        leaf, _ = leaf_of(item)
        counted = counted_of(item)
        points = [points_of(item, seat.facts, counted) for seat in seats]
        told = [one for one in points if one is not None]
        share = Fraction(review.third_share)
        if len(seats) < MOST_SEATS and is_far_apart(told, Fraction(str(leaf.node["full"])), share):
            _ask_third(review, item, seats, by)
            return False
    _count(item, seats)
    ReviewItem.machine.move(item, "finish", done_at=clock.now())
    _note_item(item, "reviews.item.finish", by)
    return True


def _ask_third(review: Review, item: ReviewItem, seats: Sequence[ReviewSeat], by: Actor) -> None:
    person = third_for(review, item, [seat.user_id for seat in seats if seat.user_id])
    ReviewItem.machine.move(item, "ask")
    ReviewSeat.objects.create(
        item=item,
        number=len(seats) + 1,
        user_id=person.user_id if person else None,
        name=person.name if person else "",
    )
    _note_item(item, "reviews.item.ask", by)
    if person is None:
        return
    name_members(
        review=review,
        pairs=[(person.user_id, item.assessed)],
        by=by,
        reason="两人评分相差较大，请第三人评",
    )
    notifications.tell(
        [
            notifications.Message(
                user_id=person.user_id,
                key=f"review-item:{item.pk}:third:{person.user_id}",
                title="请你评一项",
                body="这一项请你独立评分。",
                url=reverse("reviews:desk"),
            )
        ]
    )


def _count(item: ReviewItem, seats: Sequence[ReviewSeat]) -> None:
    """Writes what all have given as the marks that are counted. Where all let stand what was counted
    there is none; where some do, what was counted is their mark."""
    assessed = item.assessed
    _, rules = leaf_of(item)
    stands = all(not seat.facts for seat in seats)
    counted = counted_of(item)
    by_number = {seat.number: seat for seat in seats}
    given = []
    for number in range(1, MOST_SEATS + 1):
        seat = by_number.get(number)
        for rule, _ in rules:
            facts = None
            if seat is not None and not stands:
                facts = seat.facts.get(str(rule)) or _of_rule(counted, rule)
            given.append(
                marks.Given(
                    assessed.pk,
                    facts,
                    rule,
                    seat.reason if seat is not None and facts is not None else "",
                    seat=number,
                    by_name=seat.name if seat is not None else "",
                )
            )
    marks.record_many(
        cycle=assessed.cycle, indicator=item.indicator, given=given, by=system("考核组")
    )


def _of_rule(counted: Sequence[Mapping[str, Any]], rule: int) -> Mapping[str, Any] | None:
    return counted[rule] if rule < len(counted) and "seats" not in counted[rule] else None


# --- once more ------------------------------------------------------------------------------------


@action
def reopen(*, item: ReviewItem, reason: str, by: Actor) -> ReviewItem:
    """Has an item marked once more by the same people, each seeing his own mark. Raises NotAllowed,
    Conflict, DomainError for want of a reason."""
    cycle = item.assessed.cycle
    runs.expect_holder(cycle, by)
    if cycle.state != CycleState.REVIEWING:
        raise Conflict(f"这期考核{cycle.get_state_display()}，不能重评。", code="state")
    text = clean(reason)[:MOST_REASON]
    if len(text) < 2:
        raise DomainError("请写明为什么重评。", field="reason")
    ReviewItem.machine.move(item, "reopen", done_at=None)
    open_again(item)
    _note_item(item, "reviews.item.reopen", by, text)
    notifications.tell(
        notifications.Message(
            user_id=seat.user_id,
            key=f"review-item:{item.pk}:again:{seat.revision}",
            title=f"请重评：{item.assessed.short_name}",
            body=text,
            url=reverse("reviews:desk"),
        )
        for seat in item.seats.exclude(state=SeatState.LEFT)
        if seat.user_id is not None
    )
    return item


def open_again(item: ReviewItem) -> None:
    """Takes back what an item counted for and opens its seats: a part of the acts that do so."""
    rows = item.seats.filter(state=SeatState.GIVEN)
    thirds = rows.filter(number__gt=item.wanted)
    ReviewSeat.machine.move_many(thirds, "leave")
    ReviewSeat.machine.move_many(rows.filter(number__lte=item.wanted), "again")
    item.seats.filter(number__gt=item.wanted, state=SeatState.OPEN).delete()
    _, rules = leaf_of(item)
    given = [
        marks.Given(item.assessed_id, None, rule, seat=number)
        for number in range(1, MOST_SEATS + 1)
        for rule, _ in rules
    ]
    marks.record_many(cycle=item.assessed.cycle, indicator=item.indicator, given=given, by=system())


def _note(seat: ReviewSeat, verb: str, by: Actor) -> None:
    holder = seat.item.assessed.cycle.organization
    told = {"indicator": [None, leaf_of(seat.item)[0].name]}
    telling.note(seat.item.assessed, verb, holder=holder, by=by, changes=told)


def _note_item(item: ReviewItem, verb: str, by: Actor, text: str = "") -> None:
    telling.note(
        item.assessed,
        verb,
        holder=item.assessed.cycle.organization,
        by=by,
        changes={"indicator": [None, leaf_of(item)[0].name]},
        text=text,
    )
