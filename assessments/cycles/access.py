"""Cycles, scores, and drafts to be tried over them, fetched and authorised at once."""

import uuid

from django.http import Http404

from assessments.schemes.actions.versions import HOLDERS
from assessments.schemes.enums import VersionState
from assessments.schemes.models import SchemeVersion
from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission as P

from .models import Assessed, Cycle
from .queries.rollups import shown_cycle

TRIED = (VersionState.DRAFT, VersionState.SUBMITTED)


def get_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """The cycle, if the actor's organisations hold it or are assessed in it. Raises Http404."""
    rows = Cycle.objects.visible_to(actor).select_related("organization", "run")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def looks_over(actor: Actor, cycle: Cycle) -> bool:
    """Whether the actor stands with who holds the cycle. No query."""
    return actor.may_at(P.ASSESSMENT_VIEW, cycle.organization.path)


def holds(actor: Actor, cycle: Cycle) -> bool:
    """Whether the actor may carry the cycle on. No query."""
    return actor.may_at(P.ASSESSMENT_RUN, cycle.organization.path)


def get_held_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A cycle that the actor may carry on. Raises Http404."""
    found = get_cycle(actor, uid)
    if not holds(actor, found):
        raise Http404
    return found


def decides(actor: Actor, cycle: Cycle) -> bool:
    """Whether the actor takes the decision on the cycle's results, or may send them back. No query."""
    return actor.may_at(P.ASSESSMENT_DECIDE, cycle.organization.path)


def get_decided_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A cycle whose results the actor decides on. Raises Http404."""
    found = get_cycle(actor, uid)
    if not decides(actor, found):
        raise Http404
    return found


def get_holder(actor: Actor) -> Organization:
    """The organisation for which the actor opens cycles. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or place.kind not in HOLDERS:
        raise Http404
    if not actor.may_at(P.ASSESSMENT_RUN, place.path):
        raise Http404
    return place


def get_draft(actor: Actor, uid: uuid.UUID) -> SchemeVersion:
    """A version that is not published yet, of a scheme that the actor edits or publishes, where he
    may also see the results that it is tried over. Raises Http404."""
    rows = SchemeVersion.objects.visible_to(actor).filter(state__in=TRIED)
    found = rows.select_related("scheme__organization").filter(uid=uid).first()
    if found is None or not may_try(actor, found):
        raise Http404
    return found


def may_try(actor: Actor, version: SchemeVersion) -> bool:
    """Whether the version is none that is published, and the actor may try it over past results. No
    query when it comes with its scheme and who made that."""
    path = version.scheme.organization.path
    works = actor.may_at(P.SCHEME_EDIT, path) or actor.may_at(P.SCHEME_PUBLISH, path)
    return version.state in TRIED and works and actor.may_at(P.ASSESSMENT_VIEW, path)


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
    found = shown_cycle(actor, uid=uid)
    if found is None:
        raise Http404
    return found
