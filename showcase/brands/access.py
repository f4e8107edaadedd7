"""Highlights, brands, their pictures and who copies them, fetched and authorised at once."""

import uuid

from django.http import Http404

from core.actor import Actor
from core.models import Attachment
from orgs.models import Organization
from orgs.permissions import Permission

from .models import Brand, BrandCopy, BrandMark, Highlight
from .queries.files import own_place


def get_brand(actor: Actor, uid: uuid.UUID) -> Brand:
    """The brand, if the actor may read of it. Raises Http404. One query."""
    rows = Brand.objects.visible_to(actor).select_related(
        "organization", "highlight", "panel__organization"
    )
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_written_brand(actor: Actor, uid: uuid.UUID) -> Brand:
    """One whose file the actor writes. Raises Http404."""
    brand = get_brand(actor, uid)
    if not actor.may_at(Permission.BRAND_PROPOSE, brand.organization.path):
        raise Http404
    return brand


def get_run_brand(actor: Actor, uid: uuid.UUID) -> Brand:
    """One that the actor decides about. Raises Http404."""
    brand = get_brand(actor, uid)
    if not actor.may_at(Permission.BRAND_RUN, brand.organization.path):
        raise Http404
    return brand


def get_highlight(actor: Actor, uid: uuid.UUID, permission: str) -> Highlight:
    """A bright spot at whose organisation the actor holds the permission. Raises Http404."""
    rows = Highlight.objects.visible_to(actor).select_related("organization")
    found = rows.filter(uid=uid).first()
    if found is None or not actor.may_at(permission, found.organization.path):
        raise Http404
    return found


def get_mark(actor: Actor, uid: uuid.UUID) -> BrandMark:
    """The picture of a brand that the actor may read of. Raises Http404."""
    rows = BrandMark.objects.filter(uid=uid, state=Attachment.State.READY)
    found = rows.filter(brand__in=Brand.objects.visible_to(actor)).select_related("brand").first()
    if found is None:
        raise Http404
    return found


def get_written_mark(actor: Actor, uid: uuid.UUID) -> BrandMark:
    """The picture of a brand whose file the actor writes. Raises Http404."""
    mark = get_mark(actor, uid)
    get_written_brand(actor, mark.brand.uid)
    return mark


def get_own_copy(actor: Actor, uid: uuid.UUID) -> BrandCopy:
    """What an organisation that the actor writes for does of a brand. Raises Http404."""
    rows = BrandCopy.objects.visible_to(actor).select_related("organization", "brand__organization")
    found = rows.filter(uid=uid).first()
    if found is None or not actor.may_at(Permission.BRAND_PROPOSE, found.organization.path):
        raise Http404
    return found


def get_holder(actor: Actor) -> Organization:
    """The organisation for which the actor runs brands. Raises Http404."""
    found = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if found is None or not actor.may_at(Permission.BRAND_RUN, found.path):
        raise Http404
    return found


def get_place(actor: Actor) -> Organization:
    """The organisation that the actor writes for. Raises Http404."""
    found = own_place(actor)
    if found is None or not actor.may_at(Permission.BRAND_PROPOSE, found.path):
        raise Http404
    return found
