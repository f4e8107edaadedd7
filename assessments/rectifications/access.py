"""Cycles, lists and common causes of rectification, fetched and authorised at once."""

import uuid

from django.http import Http404

from assessments.cycles.access import get_cycle, holds, looks_over
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from core.actor import Actor

from .models import Rectification


def get_sealed_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A cycle that has been decided on, for who stands with who holds it. Raises Http404."""
    found = get_cycle(actor, uid)
    if found.state != CycleState.SEALED or not looks_over(actor, found):
        raise Http404
    return found


def get_held_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """One whose lists the actor proposes and issues. Raises Http404."""
    found = get_sealed_cycle(actor, uid)
    if not holds(actor, found):
        raise Http404
    return found


def get_list(actor: Actor, uid: uuid.UUID) -> Rectification:
    """The list of one of the assessed: issued, or of a cycle that the actor's organisation holds.
    Raises Http404."""
    rows = Rectification.objects.visible_to(actor).select_related(
        *("assessed__cycle__organization", "assessed__cycle__run", "assessed__organization"),
        *("item__owner", "item__issuer"),
    )
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_issued_list(actor: Actor, uid: uuid.UUID) -> Rectification:
    """One that has been given out. Raises Http404."""
    found = get_list(actor, uid)
    if found.item is None:
        raise Http404
    return found
