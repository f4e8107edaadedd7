"""Decisions, publications and objections, fetched and authorised at once."""

import uuid

from django.http import Http404

from assessments.cycles.access import decides, get_cycle, get_decided_cycle, holds
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from core.actor import Actor
from orgs.permissions import Permission as P

from .models import Objection, ObjectionAttachment, ObjectionEvidence, Publication

DECIDED = (CycleState.SUBMITTED, CycleState.SEALED)


def get_cycle_to_decide(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A cycle that lies before the actor, or that he has decided on. Raises Http404."""
    found = get_decided_cycle(actor, uid)
    if found.state not in DECIDED:
        raise Http404
    return found


def get_published_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A sealed cycle whose results the actor may publish. Raises Http404."""
    found = get_cycle(actor, uid)
    if found.state != CycleState.SEALED or not publishes(actor, found):
        raise Http404
    return found


def publishes(actor: Actor, cycle: Cycle) -> bool:
    """Whether the actor may publish the cycle's results. No query."""
    return holds(actor, cycle) or decides(actor, cycle)


def get_publication(actor: Actor, uid: uuid.UUID) -> Publication:
    """What the actor is shown now, or may publish. Raises Http404."""
    rows = Publication.objects.visible_to(actor).select_related("cycle__organization", "cycle__run")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_own_publication(actor: Actor, uid: uuid.UUID) -> Publication:
    """One that the actor may take back. Raises Http404."""
    found = get_publication(actor, uid)
    if not publishes(actor, found.cycle):
        raise Http404
    return found


def get_own_assessed(actor: Actor, uid: uuid.UUID) -> Assessed:
    """The actor's own organisation in a sealed cycle, where he answers for it. Raises Http404."""
    found = (
        Assessed.objects.own(actor)
        .select_related("cycle__organization", "cycle__run", "organization", "version__scheme")
        .filter(uid=uid, cycle__state=CycleState.SEALED)
        .first()
    )
    if found is None or not actor.may_at(P.ASSESSMENT_ANSWER, found.path):
        raise Http404
    return found


def get_objection(actor: Actor, uid: uuid.UUID) -> Objection:
    """An objection of the actor's organisation, of a cycle that he holds or decides on, or that he
    checks again. Raises Http404."""
    rows = Objection.objects.visible_to(actor).select_related(
        *("assessed__cycle__organization", "assessed__cycle__run", "assessed__organization"),
        *("assessed__version__scheme", "correction"),
    )
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_raised(actor: Actor, uid: uuid.UUID) -> Objection:
    """One of the actor's own organisation. Raises Http404."""
    found = get_objection(actor, uid)
    if not is_own(actor, found):
        raise Http404
    return found


def is_own(actor: Actor, objection: Objection) -> bool:
    """Whether it is of the actor's organisation, for which he answers. No query."""
    path = objection.assessed.path
    return path == actor.organization_path and actor.may_at(P.ASSESSMENT_ANSWER, path)


def get_named(actor: Actor, uid: uuid.UUID) -> Objection:
    """One that the actor checks again. Raises Http404."""
    found = get_objection(actor, uid)
    if not checks(actor, found):
        raise Http404
    return found


def checks(actor: Actor, objection: Objection) -> bool:
    """Whether the actor was named to check it again. No query."""
    return actor.user_id is not None and objection.rechecker_id == actor.user_id


def get_held(actor: Actor, uid: uuid.UUID) -> Objection:
    """One of a cycle that the actor holds. Raises Http404."""
    found = get_objection(actor, uid)
    if not holds(actor, found.assessed.cycle):
        raise Http404
    return found


def get_decided(actor: Actor, uid: uuid.UUID) -> Objection:
    """One of a cycle whose results the actor decides on. Raises Http404."""
    found = get_objection(actor, uid)
    if not decides(actor, found.assessed.cycle):
        raise Http404
    return found


def get_attachment(actor: Actor, uid: uuid.UUID) -> ObjectionAttachment:
    """A file of an objection that the actor sees. Raises Http404."""
    shown = Objection.objects.visible_to(actor)
    rows = ObjectionAttachment.objects.select_related("objection__assessed__cycle__organization")
    found = rows.filter(uid=uid, objection__in=shown).first()
    if found is None:
        raise Http404
    return found


def get_evidence(actor: Actor, pk: int) -> ObjectionEvidence:
    """A reference of an objection that the actor sees. Raises Http404."""
    shown = Objection.objects.visible_to(actor)
    rows = ObjectionEvidence.objects.select_related("objection__assessed__cycle__organization")
    found = rows.filter(pk=pk, objection__in=shown).first()
    if found is None:
        raise Http404
    return found
