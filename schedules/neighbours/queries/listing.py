"""Wishes, posts and partnerships in lists, narrowed; and what waits for somebody."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from core import clock
from core.actor import Actor

from ..enums import WishState
from ..models import GridPost, Partnership, Wish
from ..models.wish import LIVE

WISHES = ("open", "mine", "ours", "late", "over")
FOUND = 5  # of one search


def wishes(actor: Actor, showing: str, text: str = "") -> QuerySet[Wish]:
    """Those the actor may know of: to be claimed, claimed by his own organisation, published by it, past
    their day without anybody, over. No query."""
    rows = Wish.objects.visible_to(actor)
    if showing == "mine":
        rows = rows.filter(claimant=actor.organization_id or 0)
    elif showing == "ours":
        rows = rows.filter(organization=actor.organization_id or 0)
    elif showing == "late":
        rows = rows.filter(organization=actor.organization_id or 0).late(clock.today())
    elif showing == "over":
        rows = rows.exclude(state__in=LIVE)
    else:
        rows = rows.filter(state=WishState.OPEN)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(organization__name__icontains=text))
    rows = rows.select_related("organization", "claimant")
    if showing in ("mine", "ours", "over"):
        return rows.order_by(F("closed_on").desc(nulls_first=True), "until", "pk")
    return rows.order_by("until", "pk")


def posts(actor: Actor, *, over: bool, by_branch: bool, text: str = "") -> QuerySet[GridPost]:
    """Posts in the actor's scope, by grid or by branch. No query."""
    rows = GridPost.objects.visible_to(actor)
    rows = rows.exclude(until=None) if over else rows.running()
    if text:
        rows = rows.filter(
            Q(grid__icontains=text)
            | Q(title__icontains=text)
            | Q(member__name__icontains=text)
            | Q(organization__name__icontains=text)
        )
    order = ("organization__path", "grid") if by_branch else ("grid", "organization__path")
    return rows.select_related("organization", "member").order_by(*order, "pk")


def partnerships(
    actor: Actor, *, over: bool, kind: str = "", text: str = ""
) -> QuerySet[Partnership]:
    """Those of either side in the actor's scope, with their numbers of needs and results. No query."""
    rows = Partnership.objects.visible_to(actor)
    rows = rows.exclude(ended_on=None) if over else rows.running()
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(
            Q(organization__name__icontains=text)
            | Q(partner__name__icontains=text)
            | Q(outside__icontains=text)
        )
    return (
        rows.select_related("organization", "partner")
        .annotate(
            needs=Count("lines", filter=Q(lines__kind="need")),
            results=Count("lines", filter=Q(lines__kind="result")),
        )
        .order_by("-since", "-pk")
    )


def wishes_called(actor: Actor, text: str) -> list[Wish]:
    """Those not over whose title has the text. One query."""
    rows = Wish.objects.visible_to(actor).filter(state__in=LIVE, title__icontains=text.strip())
    return list(rows.select_related("organization").order_by("until", "pk")[:FOUND])


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for who runs an organisation."""

    late: int = 0
    late_since: dt.date | None = None
    taken: int = 0
    taken_until: dt.date | None = None


def waiting_for(actor: Actor) -> Waiting:
    """Of the actor's own organisation: what nobody has taken in time, and what it has taken. One query."""
    own = actor.organization_id or 0
    late = Q(organization=own, state=WishState.OPEN, until__lt=clock.today())
    taken = Q(claimant=own, state=WishState.CLAIMED)
    found: dict[str, Any] = Wish.objects.filter(late | taken).aggregate(
        late=Count("pk", filter=late),
        late_since=Min("until", filter=late),
        taken=Count("pk", filter=taken),
        taken_until=Min("until", filter=taken),
    )
    return Waiting(**found)
