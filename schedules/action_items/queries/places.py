"""Organisations that an item can go to, or wait for."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below
from orgs.queries.organizations import named_like

from ..models import ActionItem

LONGEST_NAME = 200
LIKE = 8  # that are offered when a name means several


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


def called(
    rows: QuerySet[Organization],
    text: str,
    *,
    exact: bool = False,
    known: Sequence[Organization] | None = None,
) -> list[Organization]:
    """Those of the rows that are called so: the one whose name it is, else (but for `exact`) those
    like it, the nearest first. Two queries at most, one where the rows are `known`."""
    if not text or len(text) > LONGEST_NAME:
        return []
    if known is not None:
        same = [one for one in known if text in (one.name, one.short_name)][:2]
    else:
        same = list(rows.filter(Q(name=text) | Q(short_name=text))[:2])
    if len(same) == 1 or exact:
        return same
    return list(rows.filter(named_like(text[:60])).order_by("depth", "path")[:LIKE])
