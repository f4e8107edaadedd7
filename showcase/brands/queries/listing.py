"""Brands in a list, and the bright spots of a year, branch by branch."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core import clock
from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission

from ..enums import BrandState
from ..models import Brand, Highlight

FOUND = 5  # of one search


def brands_listed(
    actor: Actor, *, state: str = "", place: Organization | None = None, q: str = ""
) -> QuerySet[Brand]:
    """The brands that the actor may read: those named first, the newest before."""
    rows = Brand.objects.visible_to(actor).select_related("organization")
    if state:
        rows = rows.filter(state=state)
    else:
        rows = rows.exclude(state=BrandState.DROPPED)
    if place is not None:
        rows = rows.filter(below(place.path, "organization__"))
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(organization__name__icontains=q))
    return rows.annotate(copied=Count("copies")).order_by("-named_on", "-pk")


def brands_called(actor: Actor, query: str) -> list[Brand]:
    """Those that the actor may read and whose name has the text. One query."""
    return list(brands_listed(actor, q=query.strip())[:FOUND])


def brands_of(actor: Actor, organization: Organization) -> list[Brand]:
    """Those of one organisation that the actor may read. One query."""
    rows = Brand.objects.visible_to(actor).filter(organization=organization)
    return list(rows.exclude(state=BrandState.DROPPED)[:FOUND])


@dataclass(slots=True)
class Spots:
    """A branch and its bright spots of a year."""

    place: Organization
    rows: list[Highlight] = field(default_factory=list)


def branches_of_year(
    actor: Actor, year: int, *, place: Organization | None = None, showing: str = ""
) -> QuerySet[Organization]:
    """The branches in the actor's scope: all, those with a bright spot of the year (`with`), or those
    that have written down none (`without`)."""
    rows = (
        Organization.objects.visible_to(actor, Permission.BRAND_VIEW)
        .active(clock.today())
        .branches()
        .select_related("parent")
    )
    if place is not None:
        rows = rows.filter(below(place.path))
    has = Exists(Highlight.objects.standing().filter(organization=OuterRef("pk"), year=year))
    if showing == "with":
        rows = rows.filter(has)
    if showing == "without":
        rows = rows.filter(~has)
    return rows.order_by("path")


def spots_of(places: Sequence[Organization], year: int) -> list[Spots]:
    """The bright spots of the year of each place. One query."""
    found = {one.pk: Spots(one) for one in places}
    rows = Highlight.objects.standing().filter(organization__in=list(found), year=year)
    for row in rows.select_related("brand").order_by("pk"):
        found[row.organization_id].rows.append(row)
    return list(found.values())


def others_of(actor: Actor, year: int, place: Organization | None = None) -> list[Highlight]:
    """Bright spots of the year of committees and general branches in the actor's scope. One query."""
    rows = Highlight.objects.visible_to(actor).standing().filter(year=year)
    rows = rows.exclude(organization__in=Organization.objects.branches())
    if place is not None:
        rows = rows.filter(below(place.path, "organization__"))
    return list(rows.select_related("organization", "brand").order_by("organization__path", "pk"))


def committees_in(actor: Actor) -> list[Organization]:
    """Committees and general branches directly below the actor's, for a filter. One query."""
    rows = Organization.objects.filter(parent=actor.organization_id or 0).active(clock.today())
    return list(rows.order_by("path"))
