"""Wishes, posts and partnerships, fetched and authorised at once."""

import uuid
from collections.abc import Iterable

from django.http import Http404

from core.actor import Actor
from members.models import Member
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission

from .models import GridPost, Partnership, Wish


def get_place(actor: Actor) -> Organization:
    """The organisation for which the actor acts here. Raises Http404. One query."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not actor.may_at(Permission.NEIGHBOUR_EDIT, place.path):
        raise Http404
    return place


def get_branch(actor: Actor) -> Organization:
    """The branch whose members the actor gives posts. Raises Http404. One query."""
    place = get_place(actor)
    if not place.is_branch:
        raise Http404
    return place


def members_of(place: Organization) -> list[Member]:
    """Who can take a post: on the roll of the branch and its groups. One query."""
    rows = Member.objects.on_roll().filter(below(place.path, "organization__"))
    return list(rows.order_by("name_pinyin", "pk"))


def _acts(actor: Actor, sides: Iterable[Organization | None]) -> bool:
    return any(one and actor.may_at(Permission.NEIGHBOUR_EDIT, one.path) for one in sides)


def get_wish(actor: Actor, uid: uuid.UUID) -> Wish:
    """The wish, if the actor may know of it. Raises Http404. One query."""
    rows = Wish.objects.visible_to(actor).select_related("organization", "claimant")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def publishes(actor: Actor, wish: Wish) -> bool:
    """Whether the actor acts for who published. No query."""
    return _acts(actor, [wish.organization])


def holds(actor: Actor, wish: Wish) -> bool:
    """Whether the actor acts for who claimed. No query."""
    return _acts(actor, [wish.claimant])


def reads_name(actor: Actor, wish: Wish) -> bool:
    """Whether the resident's name is his to see in full: who published, and who is to fulfil. No
    query."""
    own = actor.organization_id
    is_side = own is not None and own in (wish.organization_id, wish.claimant_id)
    return is_side and actor.may(Permission.NEIGHBOUR_EDIT)


def get_published(actor: Actor, uid: uuid.UUID) -> Wish:
    """A wish of which the actor acts for who published. Raises Http404."""
    found = get_wish(actor, uid)
    if not publishes(actor, found):
        raise Http404
    return found


def get_taken(actor: Actor, uid: uuid.UUID) -> Wish:
    """A wish of which the actor acts for who claimed. Raises Http404."""
    found = get_wish(actor, uid)
    if not (holds(actor, found) or (found.claimant_id is None and publishes(actor, found))):
        raise Http404
    return found


def get_sided(actor: Actor, uid: uuid.UUID) -> Wish:
    """A wish of which the actor acts for who claimed or published. Raises Http404."""
    found = get_wish(actor, uid)
    if not (holds(actor, found) or publishes(actor, found)):
        raise Http404
    return found


def get_post(actor: Actor, uid: uuid.UUID) -> GridPost:
    """A post of an organisation for which the actor acts. Raises Http404. One query."""
    rows = GridPost.objects.visible_to(actor).select_related("organization", "member")
    found = rows.filter(uid=uid).first()
    if found is None or not _acts(actor, [found.organization]):
        raise Http404
    return found


def get_partnership(actor: Actor, uid: uuid.UUID) -> Partnership:
    """A partnership that the actor may read. Raises Http404. One query."""
    rows = Partnership.objects.visible_to(actor).select_related("organization", "partner")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def is_side(actor: Actor, row: Partnership) -> bool:
    """Whether the actor acts for one of the two. No query."""
    return _acts(actor, [row.organization, row.partner])


def get_own_partnership(actor: Actor, uid: uuid.UUID) -> Partnership:
    """A partnership of which the actor acts for one of the two. Raises Http404."""
    found = get_partnership(actor, uid)
    if not is_side(actor, found):
        raise Http404
    return found
