"""Concerns, fetched and authorised at once."""

import uuid
from dataclasses import dataclass

from django.http import Http404

from core.actor import Actor
from orgs.access import in_scope
from orgs.enums import COMMITTEE_KINDS
from orgs.models import Organization
from orgs.permissions import Permission as P

from .models import Concern, ConcernKind, OtherBody, Practice, ReplyTemplate


@dataclass(frozen=True, slots=True)
class Rights:
    """What the actor may do with a concern, whatever its state."""

    answers: bool
    assigns: bool
    sees_contact: bool
    hands: bool


def get_concern(actor: Actor, uid: uuid.UUID, permission: str = P.CONCERN_VIEW) -> Concern:
    """The concern, if the actor may read it. Raises Http404. One query."""
    rows = Concern.objects.visible_to(actor, permission)
    found = rows.select_related("organization", "intake", "kind").filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_handled(actor: Actor, uid: uuid.UUID, permission: str) -> Concern:
    """A concern that an organisation deals with at which the actor holds the permission. Raises
    Http404."""
    concern = get_concern(actor, uid)
    if not actor.may_at(permission, concern.organization.path):
        raise Http404
    return concern


def rights_of(actor: Actor, concern: Concern) -> Rights:
    """No query."""
    path = concern.organization.path
    takes = actor.may_at(P.CONCERN_TAKE, path)
    assigns = actor.may_at(P.CONCERN_ASSIGN, path)
    return Rights(
        answers=takes,
        assigns=assigns,
        sees_contact=takes or assigns or actor.may_at(P.CONCERN_TAKE, concern.intake.path),
        hands=assigns and actor.may(P.ACTION_ISSUE),
    )


def get_place(actor: Actor, permission: str) -> Organization:
    """The organisation for which the actor works. Raises Http404. One query."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not actor.may_at(permission, place.path):
        raise Http404
    return place


def get_committee(actor: Actor) -> Organization:
    """The committee for which the actor works, where it gives concerns out. Raises Http404. One query."""
    place = get_place(actor, P.CONCERN_ASSIGN)
    if place.kind not in COMMITTEE_KINDS:
        raise Http404
    return place


def get_template(actor: Actor, pk: int) -> ReplyTemplate:
    """A template that the actor's organisations keep. Raises Http404. One query."""
    rows = ReplyTemplate.objects.select_related("organization", "kind")
    found = rows.filter(in_scope(actor, P.CONCERN_ASSIGN), pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_practice(actor: Actor, pk: int) -> Practice:
    """A practice that the actor may read. Raises Http404. One query."""
    rows = Practice.objects.visible_to(actor).select_related("organization", "kind")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_kept_practice(actor: Actor, pk: int) -> Practice:
    """A practice that the actor's organisations decided. Raises Http404. One query."""
    practice = get_practice(actor, pk)
    if not actor.may_at(P.CONCERN_ASSIGN, practice.organization.path):
        raise Http404
    return practice


def get_kind(pk: int) -> ConcernKind:
    """A category; they are the same in the whole zone. Raises Http404."""
    found = ConcernKind.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_body(pk: int) -> OtherBody:
    """A body of other matters; they are the same in the whole zone. Raises Http404."""
    found = OtherBody.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
