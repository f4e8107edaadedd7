"""Organisations that an item can go to, or wait for."""

from django.db.models import Q, QuerySet

from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below

from ..models import ActionItem


def to_wait_for(actor: Actor, item: ActionItem) -> QuerySet[Organization]:
    """What stands above the owner; of the committees directly below the root those that the actor
    sees."""
    owner = item.owner
    committees = Organization.objects.visible_to(actor).filter(
        parent__parent=None, parent__isnull=False
    )
    return (
        Organization.objects.active()
        .filter(Q(path__in=owner.ancestor_paths()) | Q(pk__in=committees.values("pk")))
        .exclude(pk=owner.pk)
        .order_by("path")
    )


def to_give_to(issuer: Organization) -> QuerySet[Organization]:
    """The issuer itself and all that stands below it."""
    return Organization.objects.active().filter(below(issuer.path)).order_by("path")
