"""Versions of schemes, groups and exemptions, fetched and authorised at once."""

import uuid

from django.http import Http404

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission as P

from .models import AssessmentGroup, IndicatorExemption, Scheme, SchemeVersion
from .queries.exemptions import schemes_to_exempt_from
from .queries.groups import levels_of


def get_version(actor: Actor, uid: uuid.UUID) -> SchemeVersion:
    """A version that the actor may read. Raises Http404."""
    rows = SchemeVersion.objects.visible_to(actor)
    found = rows.select_related("scheme__organization").filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_version_to_edit(actor: Actor, uid: uuid.UUID) -> SchemeVersion:
    """A version of a scheme that the actor writes, in whatever state. Raises Http404."""
    found = get_version(actor, uid)
    if not actor.may_at(P.SCHEME_EDIT, found.scheme.organization.path):
        raise Http404
    return found


def get_group(actor: Actor, uid: uuid.UUID) -> AssessmentGroup:
    """The group, if the actor makes it or is compared by it. Raises Http404."""
    rows = AssessmentGroup.objects.visible_to(actor).select_related("organization")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_group_to_edit(actor: Actor, uid: uuid.UUID) -> AssessmentGroup:
    """A group that the actor may change. Raises Http404."""
    group = get_group(actor, uid)
    if not sets_groups(actor, group.organization):
        raise Http404
    return group


def sets_groups(actor: Actor, organization: Organization) -> bool:
    """Whether the actor sets the organisation's groups. No query."""
    may = actor.may_at(P.SCHEME_EDIT, organization.path)
    return may and bool(levels_of(organization.kind))


def get_maker(actor: Actor, pk: int | None) -> Organization:
    """The organisation whose groups the actor sets: the one asked for, else his own. Raises
    Http404."""
    wanted = actor.organization_id if pk is None else pk
    found = Organization.objects.filter(pk=wanted or 0).first()
    if found is None or not sets_groups(actor, found):
        raise Http404
    return found


def get_exemption(actor: Actor, uid: uuid.UUID) -> IndicatorExemption:
    """The exemption, if the actor works on it or it is listed to him. Raises Http404."""
    rows = IndicatorExemption.objects.visible_to(actor)
    found = (
        rows.select_related("scheme__organization", "organization", "proposed_by")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_exemption_to_decide(actor: Actor, uid: uuid.UUID) -> IndicatorExemption:
    """An exemption of a scheme that the actor publishes. Raises Http404."""
    found = get_exemption(actor, uid)
    if not actor.may_at(P.SCHEME_PUBLISH, found.scheme.organization.path):
        raise Http404
    return found


def get_scheme_to_exempt_from(actor: Actor, uid: uuid.UUID) -> Scheme:
    """A published scheme from whose indicators the actor may propose to exempt. Raises Http404."""
    found = Scheme.objects.select_related("organization").filter(uid=uid).first()
    if found is None or not schemes_to_exempt_from(actor, found.year).filter(pk=found.pk).exists():
        raise Http404
    return found
