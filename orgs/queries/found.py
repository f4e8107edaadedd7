"""What figures count among organisations, and the lists that show it."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock

from ..enums import BRANCH_KINDS, Post
from ..models import OfficeHolding, Organization, OrganizationPlacement
from .places import paths_on, placed, within

TERM_NOTICE = dt.timedelta(days=180)


def standing_on(day: dt.date, existing: dt.date | None = None) -> QuerySet[Any]:
    """The organisations that exist on the day, or existed on the earlier day `existing`, with
    `path` and `kind` as of the day: of today as `Organization`, of a day that is over as
    `OrganizationPlacement`."""
    rows = Organization.objects.active(existing or day)
    if day >= clock.today():
        return rows
    return placed(day).filter(organization__in=rows.order_by().values("pk"))


def condition(name: str, day: dt.date) -> Q:
    """Which rows of `standing_on(day)` one of the enums' NARROWINGS keeps. `ending` knows today alone."""
    if name == "branches":
        return Q(kind__in=BRANCH_KINDS)
    if name == "vacant":
        own = "pk" if day >= clock.today() else "organization"
        held = OfficeHolding.objects.held_on(day).filter(post=Post.SECRETARY)
        return Q(~Exists(held.filter(organization=OuterRef(own))))
    return Q(term_ends_on__lte=day + TERM_NOTICE, extended_until=None)


def found_then(
    place: Organization,
    only: str,
    day: dt.date,
    *,
    below: bool,
    existing: dt.date | None = None,
) -> QuerySet[OrganizationPlacement]:
    """What stood at `place` on a day that is over, with `below` also under it, narrowed to `only`,
    in the order of the tree of that day. One query now, for the place."""
    path = paths_on([place.pk], day).get(place.pk)
    if path is None:
        return OrganizationPlacement.objects.none()
    at = within([path]) if below else Q(organization=place)
    rows = standing_on(day, existing).filter(at)
    if only:
        rows = rows.filter(condition(only, day))
    return rows.select_related("organization").order_by("path")
