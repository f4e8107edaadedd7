"""Projects and campaigns, fetched and authorised at once."""

import uuid

from django.http import Http404

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.action_items.models import ActionItem

from .models import Campaign, Milestone, Project, ProjectAttachment, ProjectRequest
from .relations import decides, undertakes


def get_project(actor: Actor, uid: uuid.UUID) -> Project:
    """The project, if the actor may read of it. Raises Http404. One query."""
    rows = Project.objects.visible_to(actor).select_related("organization", "campaign", "theme")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_own_project(actor: Actor, uid: uuid.UUID) -> Project:
    """A project that the actor's organisation undertakes. Raises Http404."""
    project = get_project(actor, uid)
    if not undertakes(actor, project.organization):
        raise Http404
    return project


def get_decided_project(actor: Actor, uid: uuid.UUID) -> Project:
    """A project on which the actor decides. Raises Http404."""
    project = get_project(actor, uid)
    if not decides(actor, project.organization):
        raise Http404
    return project


def get_place(actor: Actor) -> Organization:
    """The organisation for which the actor writes projects. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not undertakes(actor, place):
        raise Http404
    return place


def get_holder(actor: Actor) -> Organization:
    """The organisation for which the actor leads campaigns. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not actor.may_at(Permission.SHOWCASE_MANAGE, place.path):
        raise Http404
    return place


def get_own_milestone(actor: Actor, uid: uuid.UUID, position: int) -> Milestone:
    """A milestone of a project that the actor's organisation undertakes. Raises Http404."""
    project = get_own_project(actor, uid)
    found = project.milestones.filter(position=position).first()
    if found is None:
        raise Http404
    found.project = project
    return found


def get_milestone(actor: Actor, pk: int) -> Milestone:
    """A milestone of a project that the actor may read of. Raises Http404. One query."""
    seen = Project.objects.visible_to(actor)
    found = Milestone.objects.filter(project__in=seen, pk=pk).select_related("project").first()
    if found is None:
        raise Http404
    return found


def get_request(actor: Actor, uid: uuid.UUID, pk: int) -> ProjectRequest:
    """A request of a project on which the actor decides. Raises Http404."""
    project = get_decided_project(actor, uid)
    found = project.requests.select_related("milestone").filter(pk=pk).first()
    if found is None:
        raise Http404
    found.project = project
    return found


def get_attachment(actor: Actor, uid: uuid.UUID, *, writes: bool = False) -> ProjectAttachment:
    """A file of a project that the actor may read of, or with `writes` undertakes. Raises Http404."""
    rows = ProjectAttachment.objects.select_related("project__organization")
    found = rows.filter(uid=uid, project__in=Project.objects.visible_to(actor)).first()
    if found is None or (writes and not undertakes(actor, found.project.organization)):
        raise Http404
    return found


def get_own_item(actor: Actor, pk: int | None) -> ActionItem:
    """An action item that the actor's organisation has to do. Raises Http404."""
    rows = ActionItem.objects.visible_to(actor).filter(owner=actor.organization_id or 0)
    found = rows.select_related("owner", "issuer").filter(pk=pk or 0).first()
    if found is None:
        raise Http404
    return found


def get_seen_item(actor: Actor, pk: int) -> ActionItem:
    """An action item that the actor may read of, whoever has to do it. Raises Http404."""
    rows = ActionItem.objects.visible_to(actor).select_related("owner", "issuer")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_held_campaign(actor: Actor, uid: uuid.UUID) -> Campaign:
    """A campaign that the actor's organisation leads. Raises Http404."""
    found = (
        Campaign.objects.visible_to(actor).select_related("organization").filter(uid=uid).first()
    )
    if found is None or not actor.may_at(Permission.SHOWCASE_MANAGE, found.organization.path):
        raise Http404
    return found
