"""What figures count among organisations, and the lists that show it."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock
from core.figures import Cut

from ..enums import BRANCH_KINDS, EventKind, OrganizationKind, Post
from ..models import OfficeHolding, Organization, OrganizationEvent, OrganizationPlacement
from .places import paths_on, placed, within
from .terms import terms_at


def standing_on(cut: Cut, existing: dt.date | None = None) -> QuerySet[Any]:
    """The organisations that exist at the cut, or existed on the earlier day `existing`, with
    `path` and `kind` as of the cut: of today as `Organization`, of a day that is over as
    `OrganizationPlacement`."""
    rows = Organization.objects.active(existing or cut.day)
    if cut.day >= clock.today():
        return rows
    if cut.known_at is not None:
        ceased = OrganizationEvent.objects.filter(
            kind__in=[EventKind.ABOLISHED, EventKind.MERGED],
            recorded_at__gt=cut.known_at,
            organization=OuterRef("pk"),
            happened_on=OuterRef("abolished_on"),
        )
        founded = Q(founded_on=None) | Q(founded_on__lte=existing or cut.day)
        rows |= Organization.objects.filter(founded, Exists(ceased))
    return placed(cut.day, cut.known_at).filter(organization__in=rows.order_by().values("pk"))


def condition(name: str, cut: Cut) -> Q:
    """Which rows of `standing_on(cut)` one of the enums' NARROWINGS keeps."""
    own = "pk" if cut.day >= clock.today() else "organization"
    if name == "branches":
        return Q(kind__in=BRANCH_KINDS)
    if name == "vacant":
        # A group has a leader and no secretary (reference §1.1).
        held = OfficeHolding.objects.held_on(cut.day, cut.known_at).filter(post=Post.SECRETARY)
        vacant = ~Exists(held.filter(organization=OuterRef(own)))
        return ~Q(kind=OrganizationKind.PARTY_GROUP) & Q(vacant)
    return Q(**{f"{own}__in": terms_at(cut, name)})


def found_then(
    place: Organization,
    only: str,
    day: dt.date,
    *,
    below: bool,
    existing: dt.date | None = None,
    known_at: dt.datetime | None = None,
) -> QuerySet[OrganizationPlacement]:
    """What stood at `place` on a day that is over, with `below` also under it, narrowed to `only`,
    in the order of the tree of that day. One query now, for the place."""
    cut = Cut(day, known_at)
    path = paths_on([place.pk], day, known_at).get(place.pk)
    if path is None:
        return OrganizationPlacement.objects.none()
    at = within([path]) if below else Q(organization=place)
    rows = standing_on(cut, existing).filter(at)
    if only:
        rows = rows.filter(condition(only, cut))
    return rows.select_related("organization").order_by("path")
