"""Reviews and one's own seats, fetched and authorised at once."""

import uuid

from django.http import Http404

from assessments.cycles.access import get_cycle, get_held_cycle
from assessments.cycles.enums import CycleState
from assessments.cycles.models import ASSESSED, Assessed, Cycle
from core.actor import Actor
from orgs.permissions import Permission as P

from .models import Review, ReviewExample, ReviewItem, ReviewSeat
from .queries.holding import marks_in

ARRANGED = (CycleState.FROZEN, CycleState.REVIEWING)


def get_reviewed_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A cycle that the actor carries on, with whatever review it has. Raises Http404 while facts
    still change."""
    found = get_held_cycle(actor, uid)
    if found.state == CycleState.RUNNING:
        raise Http404
    return found


def get_review(actor: Actor, uid: uuid.UUID) -> Review:
    """The review of a cycle that the actor carries on. Raises Http404."""
    found = (
        Review.objects.visible_to(actor)
        .select_related("cycle__organization", "cycle__run")
        .filter(cycle__uid=uid)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_calibrated(actor: Actor, uid: uuid.UUID) -> Review:
    """The review of a cycle for who decides on it and has no part in its marks: how reviewers differ
    is told to nobody else. Raises Http404."""
    cycle = get_cycle(actor, uid)
    found = Review.objects.filter(cycle=cycle).select_related("cycle__organization").first()
    if found is None or not actor.may_at(P.ASSESSMENT_DECIDE, cycle.organization.path):
        raise Http404
    if marks_in(actor, found):
        raise Http404
    return found


def get_seat(actor: Actor, uid: uuid.UUID) -> ReviewSeat:
    """One's own seat. Raises Http404 for another's, and once one is not named any more."""
    found = (
        ReviewSeat.objects.visible_to(actor)
        .select_related(
            "item__assessed__cycle__organization",
            "item__assessed__organization",
            "item__assessed__version__scheme",
        )
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_own_case(actor: Actor, uid: uuid.UUID) -> Assessed:
    """One of the assessed in which the actor has seats. Raises Http404."""
    seats = ReviewSeat.objects.visible_to(actor).filter(item__assessed__uid=uid)
    found = (
        Assessed.objects.filter(pk__in=seats.values("item__assessed_id"))
        .select_related("cycle__organization", "organization")
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_held_case(actor: Actor, uid: uuid.UUID) -> Assessed:
    """One of the assessed in a cycle that the actor carries on. Raises Http404."""
    found = (
        Assessed.objects.filter(uid=uid, is_out=False)
        .select_related("cycle__organization", "organization")
        .first()
    )
    if found is None or not actor.may_at(P.ASSESSMENT_RUN, found.cycle.organization.path):
        raise Http404
    if actor.keeps_out(P.ASSESSMENT_RUN, found.path, (ASSESSED, found.pk)):
        raise Http404
    return found


def get_item(actor: Actor, pk: int) -> ReviewItem:
    """An item of a cycle that the actor carries on. Raises Http404."""
    found = (
        ReviewItem.objects.filter(pk=pk)
        .select_related(
            "assessed__cycle__organization", "assessed__organization", "assessed__version"
        )
        .first()
    )
    if found is None:
        raise Http404
    get_held_case(actor, found.assessed.uid)
    return found


def get_example(actor: Actor, uid: uuid.UUID) -> ReviewExample:
    """An example of a review that the actor carries on. Raises Http404."""
    found = (
        ReviewExample.objects.filter(uid=uid, review__in=Review.objects.visible_to(actor))
        .select_related("review__cycle__organization", "version")
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_own_example(actor: Actor, uid: uuid.UUID) -> ReviewExample:
    """An example of a cycle in which the actor has seats. Raises Http404."""
    cycles = ReviewSeat.objects.visible_to(actor).values("item__assessed__cycle_id")
    found = (
        ReviewExample.objects.filter(uid=uid, review__cycle__in=cycles)
        .select_related("review__cycle__organization", "version")
        .first()
    )
    if found is None:
        raise Http404
    return found
