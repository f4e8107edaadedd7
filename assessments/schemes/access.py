"""Schemes, their versions, groups and exemptions, fetched and authorised at once; what a page offers to whom."""

import uuid
from dataclasses import dataclass

from django.http import Http404

from core.actor import Actor
from core.models import Attachment
from orgs.models import Organization
from orgs.permissions import Permission as P

from .actions.versions import HOLDERS
from .enums import VersionState
from .models import AssessmentGroup, IndicatorExemption, Scheme, SchemeScan, SchemeVersion
from .queries.exemptions import schemes_to_exempt_from
from .queries.groups import levels_of


@dataclass(frozen=True, slots=True)
class Rights:
    """What an actor may do to a scheme, whatever its state. The actions ask again."""

    edits: bool
    publishes: bool

    @property
    def any(self) -> bool:
        """Whether drafts are the actor's work."""
        return self.edits or self.publishes


def rights_of(actor: Actor, scheme: Scheme) -> Rights:
    """No query for a scheme that comes with its organisation."""
    path = scheme.organization.path
    return Rights(actor.may_at(P.SCHEME_EDIT, path), actor.may_at(P.SCHEME_PUBLISH, path))


def get_scheme(actor: Actor, uid: uuid.UUID) -> Scheme:
    """The scheme, if it is the actor's or measures him and is published. Raises Http404."""
    rows = Scheme.objects.visible_to(actor).select_related("organization", "copied_from")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_own_scheme(actor: Actor, uid: uuid.UUID) -> Scheme:
    """The scheme, if the actor writes it. Raises Http404."""
    found = get_scheme(actor, uid)
    if not rights_of(actor, found).edits:
        raise Http404
    return found


def get_version(actor: Actor, uid: uuid.UUID) -> SchemeVersion:
    """A version that the actor may read. Raises Http404."""
    rows = SchemeVersion.objects.visible_to(actor)
    found = (
        rows.select_related("scheme__organization", "scheme__copied_from").filter(uid=uid).first()
    )
    if found is None:
        raise Http404
    return found


def get_version_to_edit(actor: Actor, uid: uuid.UUID) -> SchemeVersion:
    """A version of a scheme that the actor writes, in whatever state. Raises Http404."""
    found = get_version(actor, uid)
    if not rights_of(actor, found.scheme).edits:
        raise Http404
    return found


def get_draft(actor: Actor, uid: uuid.UUID) -> SchemeVersion:
    """A draft that the actor writes, for its page. Raises Http404."""
    found = get_version_to_edit(actor, uid)
    if found.state != VersionState.DRAFT:
        raise Http404
    return found


def get_version_to_publish(actor: Actor, uid: uuid.UUID) -> SchemeVersion:
    """A version of a scheme that the actor publishes or gives back. Raises Http404."""
    found = get_version(actor, uid)
    if not rights_of(actor, found.scheme).publishes:
        raise Http404
    return found


def get_scan(actor: Actor, uid: uuid.UUID) -> SchemeScan:
    """The scan of a version that the actor may read. Raises Http404."""
    found = SchemeScan.objects.filter(uid=uid, state=Attachment.State.READY).first()
    if found is None:
        raise Http404
    visible = SchemeVersion.objects.visible_to(actor).select_related("scheme__organization")
    version = visible.filter(pk=found.version_id).first()
    if version is None:
        raise Http404
    found.version = version
    return found


def get_scan_to_remove(actor: Actor, uid: uuid.UUID) -> SchemeScan:
    """The scan of a version that the actor writes. Raises Http404."""
    found = get_scan(actor, uid)
    if not rights_of(actor, found.version.scheme).edits:
        raise Http404
    return found


def get_scheme_maker(actor: Actor) -> Organization:
    """The organisation for which the actor makes schemes. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or place.kind not in HOLDERS or not actor.may_at(P.SCHEME_EDIT, place.path):
        raise Http404
    return place


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
