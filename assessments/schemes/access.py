"""Schemes and their versions, fetched and authorised at once."""

import uuid

from django.http import Http404

from core.actor import Actor
from orgs.permissions import Permission as P

from .models import SchemeVersion


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
