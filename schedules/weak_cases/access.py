"""Cases and criteria, fetched and authorised at once."""

import uuid

from django.http import Http404

from core.actor import Actor
from orgs.permissions import Permission

from .models import Criterion, WeakCase
from .queries.scope import holds, runs


def get_case(actor: Actor, uid: uuid.UUID) -> WeakCase:
    """The case, if it is for the actor to see. Raises Http404. One query."""
    rows = WeakCase.objects.visible_to(actor).select_related("organization__parent")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_run_case(actor: Actor, uid: uuid.UUID) -> WeakCase:
    """One that the actor decides on and plans. Raises Http404."""
    found = get_case(actor, uid)
    if not runs(actor, found.organization):
        raise Http404
    return found


def get_held_case(actor: Actor, uid: uuid.UUID) -> WeakCase:
    """One that the actor accepts and follows. Raises Http404."""
    found = get_case(actor, uid)
    if not holds(actor, found.organization):
        raise Http404
    return found


def get_criterion(actor: Actor, pk: int) -> Criterion:
    """A criterion that the actor keeps. Raises Http404."""
    found = Criterion.objects.visible_to(actor).filter(pk=pk).first()
    if found is None or not actor.may(Permission.WEAK_CASE_HOLD):
        raise Http404
    return found
