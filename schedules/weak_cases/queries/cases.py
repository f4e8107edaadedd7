"""Which cases there are and how far their measures are."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.actor import Actor
from orgs.enums import COMMITTEE_KINDS
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission
from schedules.action_items.enums import UNDER_WAY, ActionState

from ..enums import CaseState
from ..models import CaseMeasure, WeakCase


def open_items(case: WeakCase) -> int:
    """How many of its items are neither closed nor cancelled. One query."""
    return CaseMeasure.objects.filter(case=case, item__state__in=UNDER_WAY).count()


def counted(rows: QuerySet[WeakCase]) -> QuerySet[Any]:
    """With its items: how many there are, and how many are closed."""
    return rows.annotate(
        items=Count("measures", filter=~Q(measures__item__state=ActionState.CANCELLED)),
        closed=Count("measures", filter=Q(measures__item__state=ActionState.CLOSED)),
    )


def listed(actor: Actor, state: str, place: Organization | None) -> QuerySet[Any]:
    """Those that the actor may see, what runs before what is over, the newest first."""
    rows = WeakCase.objects.visible_to(actor).select_related("organization__parent")
    if state == OPEN_ONES:
        rows = rows.under_way()
    elif state:
        rows = rows.filter(state=state)
    if place is not None:
        rows = rows.filter(below(place.path, "organization__"))
    return counted(rows).order_by("-opened_on", "-pk")


OPEN_ONES = "open"


def committees(actor: Actor) -> list[Organization]:
    """By which the actor narrows the list: the committees directly below his own organisation. One
    query."""
    if not actor.organization_id or not actor.inherits:
        return []
    rows = Organization.objects.visible_to(actor, Permission.WEAK_CASE_VIEW).active()
    return list(
        rows.filter(parent_id=actor.organization_id, kind__in=COMMITTEE_KINDS).order_by("path")
    )


def candidates(actor: Actor, *, is_sent: bool) -> QuerySet[Organization]:
    """Organisations below the actor's own that he may propose. Those that are under way already are
    offered to nobody; sent nevertheless, the action says what is the matter. One query."""
    rows = Organization.objects.visible_to(actor, Permission.WEAK_CASE_RUN).active()
    rows = rows.exclude(pk=actor.organization_id or 0)
    if not is_sent:
        rows = rows.exclude(pk__in=WeakCase.objects.under_way().values("organization_id"))
    return rows.select_related("parent").order_by("path")


def measures_of(case: WeakCase) -> list[CaseMeasure]:
    """Its measures with their items, round by round. One query."""
    return list(case.measures.select_related("item__owner", "item__issuer"))


def waiting(actor: Actor) -> list[Any]:
    """What the actor runs that is under way, with its items. One query."""
    rows = WeakCase.objects.run_by(actor).under_way().select_related("organization")
    return list(counted(rows).order_by("opened_on", "pk"))


def addresses(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """Those of the ids that the actor may open. One query."""
    rows = WeakCase.objects.visible_to(actor).filter(pk__in=ids).only("pk", "uid")
    return {row.pk: row.get_absolute_url() for row in rows}


def of_place(actor: Actor, organization: Organization) -> list[WeakCase]:
    """Those of one organisation that the actor may see, what runs first. One query."""
    rows = WeakCase.objects.visible_to(actor).filter(organization=organization)
    return sorted(
        rows.exclude(state=CaseState.DECLINED)[:5], key=lambda one: one.state == CaseState.ENDED
    )
