"""Organisations that an item can go to, or wait for."""

from django.db.models import Q, QuerySet

from orgs.models import Organization
from orgs.models.organization import below

from ..models import ActionItem


def to_wait_for(item: ActionItem) -> QuerySet[Organization]:
    """What stands above the owner, and the committees directly below the root."""
    owner = item.owner
    return (
        Organization.objects.active()
        .filter(Q(path__in=owner.ancestor_paths()) | Q(parent__parent=None, parent__isnull=False))
        .exclude(pk=owner.pk)
        .order_by("path")
    )


def to_give_to(issuer: Organization) -> QuerySet[Organization]:
    """The issuer itself and all that stands below it."""
    return Organization.objects.active().filter(below(issuer.path)).order_by("path")
