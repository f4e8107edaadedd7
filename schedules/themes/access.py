"""Themes, fetched and authorised at once."""

import uuid

from django.http import Http404

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission

from .models import Theme
from .queries.scope import concerns


def get_theme(actor: Actor, uid: uuid.UUID) -> Theme:
    """The theme, if the actor may read of it. Raises Http404. One query."""
    rows = Theme.objects.visible_to(actor).select_related("organization", "plan")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_held_theme(actor: Actor, uid: uuid.UUID) -> Theme:
    """A theme that the actor keeps. Raises Http404."""
    theme = get_theme(actor, uid)
    if not keeps(actor, theme):
        raise Http404
    return theme


def keeps(actor: Actor, theme: Theme) -> bool:
    """Whether the actor keeps the theme. No query."""
    return actor.may_at(Permission.THEME_EDIT, theme.organization.path)


def get_holder(actor: Actor) -> Organization:
    """The organisation for which the actor keeps themes. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not actor.may_at(Permission.THEME_EDIT, place.path):
        raise Http404
    return place


def get_committee(actor: Actor, theme: Theme, pk: int) -> Organization:
    """A committee or general branch below the theme's holder in which the actor reads. Raises
    Http404."""
    below = Organization.objects.below(theme.organization.path)
    found = below.filter(pk=pk).exclude(pk=theme.organization_id).first()
    if found is None or not actor.may_at(Permission.THEME_VIEW, found.path):
        raise Http404
    return found


def get_own_committee(actor: Actor, theme: Theme) -> Organization:
    """The actor's committee, which may say a sentence about the theme. Raises Http404."""
    found = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if found is None or found.parent_id != theme.organization_id:
        raise Http404
    if not actor.may_at(Permission.THEME_REMARK, found.path) or not concerns(theme, found):
        raise Http404
    return found
