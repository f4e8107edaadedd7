"""Cycles and scores, fetched and authorised at once."""

import uuid

from django.http import Http404

from assessments.schemes.enums import Level
from core.actor import Actor
from orgs.permissions import Permission

from .enums import CycleState
from .models import Assessed, Cycle


def get_assessed(actor: Actor, uid: uuid.UUID) -> Assessed:
    """One of the assessed whose items the actor may open: of his own organisation, of those below
    once the facts are frozen. Raises Http404."""
    found = (
        Assessed.objects.visible_to(actor)
        .select_related(
            *("cycle__organization", "cycle__run", "organization", "group"),
            *("version__scheme__organization",),
        )
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_rolled_up(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A cycle of branches whose facts are frozen, for who may see the points of all of them. Raises
    Http404."""
    found = (
        Cycle.objects.filter(uid=uid, level=Level.BRANCH)
        .exclude(state=CycleState.RUNNING)
        .exclude(run=None)
        .select_related("organization", "run")
        .first()
    )
    if found is None or not actor.may_at(
        Permission.ASSESSMENT_VIEW, found.organization.path, whole=True
    ):
        raise Http404
    return found
