"""Boards and portraits, fetched and authorised at once."""

import uuid

from django.db.models import Q
from django.http import Http404

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Correction, Cycle, Run
from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission as P

LONGEST = 9  # digits of the number of a computation


def get_board_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A cycle whose facts are frozen, for who stands with its holder and may see the points of all in
    it: sums tell those of one that is left out. Raises Http404. Three queries."""
    found = (
        Cycle.objects.visible_to(actor)
        .select_related("organization", "run")
        .exclude(state=CycleState.RUNNING)
        .exclude(run=None)
        .filter(uid=uid)
        .first()
    )
    if found is None or not actor.may_at(P.ASSESSMENT_VIEW, found.organization.path, whole=True):
        raise Http404
    everybody = Assessed.objects.filter(cycle=found, is_out=False)
    seen = Assessed.objects.visible_to(actor).filter(cycle=found, is_out=False)
    if everybody.count() != seen.count():
        raise Http404
    return found


def get_board_as_computed(actor: Actor, uid: uuid.UUID, number: str) -> Cycle:
    """The same with the computation of that number as its run: the present one, or one that a
    correction has replaced. Raises Http404 for any other. Four queries."""
    found = get_board_cycle(actor, uid)
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST):
        raise Http404
    replaced = Correction.objects.filter(cycle=found).values("from_run")
    counted = Q(pk=found.run_id) | Q(pk__in=replaced)
    found.run = Run.objects.filter(counted, cycle=found, number=int(number)).first()
    if found.run is None:
        raise Http404
    return found


def get_portrayed(actor: Actor, pk: int) -> Organization:
    """An organisation of which the actor may open at least one score. Raises Http404. One query."""
    mine = Assessed.objects.visible_to(actor).filter(organization=pk, is_out=False)
    found = Organization.objects.filter(pk=pk, pk__in=mine.values("organization")).first()
    if found is None:
        raise Http404
    return found
