"""What was solved twice the same way, what committees made of it, and what an answer can begin with."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from core import clock
from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below, paths_above

from ..enums import CallBack, ConcernState, PracticeState
from ..models import Concern, Practice, ReplyTemplate
from ..models.concern import ConcernQuerySet
from ..rules import ALIKE, ALIKE_DAYS


@dataclass(frozen=True, slots=True)
class Proposal:
    """A way in which concerns of a category were solved; `concern` is the last of them."""

    kind: str
    way: str
    count: int
    concern: Concern


def solved_alike(place: Organization) -> ConcernQuerySet:
    """Concerns below a committee that were solved within a year in a way that somebody wrote down, and
    of which a resident said so himself. No query."""
    since = clock.now() - dt.timedelta(days=ALIKE_DAYS)
    rows = Concern.objects.filter(
        below(place.path, "organization__"),
        state=ConcernState.CLOSED,
        call_back=CallBack.SOLVED,
        ended_at__gte=since,
        kind__isnull=False,
    )
    return rows.exclude(way="")


def basis_of(concern: Concern, place: Organization) -> ConcernQuerySet:
    """Those of them solved as this one was. No query."""
    return solved_alike(place).filter(kind=concern.kind_id, way=concern.way)


def proposals_for(place: Organization) -> list[Proposal]:
    """What the committee could make its usual way: solved twice, neither decided by it nor taken up
    above it. Two queries, one where there is nothing."""
    decided = Practice.objects.filter(
        Q(organization=place)
        | Q(organization__path__in=paths_above(place.path), state=PracticeState.ADOPTED),
        kind=OuterRef("kind"),
        way=OuterRef("way"),
    )
    groups = list(
        solved_alike(place)
        .filter(~Exists(decided))
        .order_by()
        .values("kind", "way")
        .annotate(count=Count("pk"), last=Max("pk"))
        .filter(count__gte=ALIKE)
        .order_by("-count", "-last")[:50]
    )
    if not groups:
        return []
    last = Concern.objects.select_related("kind", "organization").in_bulk(
        [group["last"] for group in groups]
    )
    return [
        Proposal(
            kind=str(last[group["last"]].kind),
            way=group["way"],
            count=group["count"],
            concern=last[group["last"]],
        )
        for group in groups
    ]


def practices_of(actor: Actor) -> QuerySet[Practice]:
    """Practices that the actor sees, with how many concerns each stands on. No query."""
    rows = Practice.objects.visible_to(actor).select_related("organization", "kind")
    return rows.annotate(count=Count("basis")).order_by("state", "kind", "organization__path", "pk")


def templates_of(actor: Actor) -> QuerySet[ReplyTemplate]:
    """Templates that the actor sees. No query."""
    return ReplyTemplate.objects.visible_to(actor).select_related("organization", "kind")


def practices_for(concern: Concern) -> Sequence[Practice]:
    """Usual ways that hold where the concern is dealt with. One query, none without a category."""
    if concern.kind_id is None:
        return []
    rows = Practice.objects.for_kind(concern.kind_id, concern.organization.path)
    return list(rows.select_related("organization"))


def templates_for(concern: Concern) -> Sequence[ReplyTemplate]:
    """Templates that an answer to it can begin with. One query, none without a category."""
    if concern.kind_id is None:
        return []
    return list(ReplyTemplate.objects.for_kind(concern.kind_id, concern.organization.path))
