"""Loading members for those who may see them."""

from django.http import Http404

from core.actor import Actor
from orgs.permissions import Permission

from .models import Member


def get_member(actor: Actor, pk: int, permission: Permission) -> Member:
    """The member `pk` with his organisation, if the actor may do `permission` there. One query.

    Raises Http404 when he is outside the actor's scope or does not exist.
    """
    if not actor.may(permission):
        raise Http404
    member = (
        Member.objects.visible_to(actor, permission)
        .select_related("organization", "organization__parent")
        .filter(pk=pk)
        .first()
    )
    if member is None:
        raise Http404
    return member
