"""What waits for a person: of his organisation's items, and in his other roles."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Count, F, Q, QuerySet

from core.actor import Actor
from orgs.models import RoleGrant
from orgs.permissions import Permission as P
from orgs.roles import holding

from ..enums import ActionState, Shape
from ..models import ActionItem

SHOWN = 30


def own_items(actor: Actor, until: dt.date) -> QuerySet[ActionItem]:
    """Items of the actor's organisation to be received, or to be done by `until` or mended; and
    those of others that wait for it. One query."""
    own = actor.organization_id or 0
    soon = Q(due_on__lte=until) | Q(returned_count__gt=0)
    mine = Q(owner=own) & (Q(state=ActionState.ISSUED) | (Q(state=ActionState.DOING) & soon))
    waits = Q(waiting_for=own, state=ActionState.WAITING)
    return (
        ActionItem.objects.visible_to(actor)
        .counted()
        .filter(mine | waits)
        .select_related("owner", "issuer")
        .order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN]
    )


def to_do_at(places: Collection[int], until: dt.date) -> dict[int, int]:
    """Organisation -> how many of its items are to be received, or to be done by `until`. One
    query."""
    rows = ActionItem.objects.counted().filter(
        Q(state=ActionState.ISSUED) | Q(state=ActionState.DOING, due_on__lte=until),
        owner__in=places,
    )
    return dict(rows.order_by().values_list("owner").annotate(n=Count("pk")))


def to_verify_at(places: Collection[int], actor: Actor) -> dict[int, int]:
    """Organisation -> how many of the items that it gave out wait for another person's look. One
    query."""
    rows = ActionItem.objects.filter(state=ActionState.REPORTED, issuer__in=places)
    rows = rows.exclude(reported_by_id__in=actor.persons)
    return dict(rows.order_by().values_list("issuer").annotate(n=Count("pk")))


def dated_items(user_id: int, since: dt.date) -> QuerySet[ActionItem]:
    """Items with a date that the person handles, by his grants of today. One query."""
    places = RoleGrant.objects.current().filter(user_id=user_id, role__in=holding(P.ACTION_HANDLE))
    return (
        ActionItem.objects.exclude(shape=Shape.SHARED)
        .exclude(state=ActionState.CANCELLED)
        .filter(
            owner__in=places.values("organization_id"), issued_at__isnull=False, due_on__gte=since
        )
        .select_related("owner")
        .order_by("due_on", "pk")
    )
