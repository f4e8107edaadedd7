"""Sites in a list, narrowed; and what waits for somebody."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Value, When

from core import clock
from core.actor import Actor
from core.figures import Window
from orgs.access import in_scope
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission
from orgs.queries.places import stood_at

from ..enums import SiteState, SiteStepKind
from ..models import DemonstrationSite, SiteStep
from ..models.site import IN_FORCE, OPEN, DemonstrationSiteQuerySet
from ..rules import AHEAD

FOUND = 5  # of one search
SHOWINGS = ("force", "due", "sent", "mine", "over")


def stood_in(window: Window) -> DemonstrationSiteQuerySet:
    """Those in force when the window's numbers were cut off: by the days of naming and removal, and by
    what had been written down at the moment, if one is told. No query."""
    rows = DemonstrationSite.objects.filter(named_on__lte=window.end)
    gone = Q(removed_on__lte=window.end)
    if window.known_at is not None:
        told = SiteStep.objects.filter(site=OuterRef("pk"), at__lte=window.known_at)
        rows = rows.filter(Exists(told.filter(kind__in=_BEGINS)))
        gone &= Q(Exists(told.filter(kind=SiteStepKind.REMOVED)))
    return rows.exclude(gone)


_BEGINS = (SiteStepKind.NAMED, SiteStepKind.REGISTERED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed by. `window` asks how it stood then, as the figure counts it."""

    showing: str = "force"  # "all" too
    level: str = ""
    organization_class: str = ""
    place: Organization | None = None
    text: str = ""
    window: Window | None = None
    programme: int | None = None


def listed(actor: Actor, wanted: Wanted) -> QuerySet[DemonstrationSite]:
    """The sites that the actor may know of, narrowed. No query, one for the tree of a past day."""
    rows = DemonstrationSite.objects.visible_to(actor)
    if wanted.window is not None:
        rows = rows.filter(pk__in=stood_in(wanted.window).values("pk"))
    elif wanted.showing == "force":
        rows = rows.in_force()
    elif wanted.showing == "due":
        rows = rows.within_reach(actor).to_review(clock.today() + AHEAD)
    elif wanted.showing == "sent":
        rows = rows.filter(state=SiteState.SENT)
    elif wanted.showing == "mine":
        rows = rows.filter(state__in=[*OPEN, SiteState.SENT])
    elif wanted.showing == "over":
        rows = rows.filter(state__in=[SiteState.REMOVED, SiteState.DECLINED, SiteState.WITHDRAWN])
    if wanted.level:
        rows = rows.filter(programme__level=wanted.level)
    if wanted.organization_class:
        rows = rows.filter(organization__organization_class=wanted.organization_class)
    if wanted.programme is not None:
        rows = rows.filter(programme=wanted.programme)
    if wanted.place is not None:
        if (window := wanted.window) is not None:
            there = stood_at(wanted.place, window.end, known_at=window.known_at)
            rows = rows.filter(organization__in=there)
        else:
            rows = rows.filter(below(wanted.place.path, "organization__"))
    if wanted.text:
        rows = rows.filter(
            Q(title__icontains=wanted.text)
            | Q(organization__name__icontains=wanted.text)
            | Q(plaque_number__icontains=wanted.text)
        )
    rank = Case(
        *(When(programme__level=one, then=Value(n)) for n, one in enumerate(_HIGHEST)),
        default=Value(9),
    )
    if wanted.showing == "due" and wanted.window is None:
        until = Case(
            When(state=SiteState.WARNED, then=F("warned_until")), default=F("next_review_on")
        )
        return rows.order_by(until, "pk")
    return rows.order_by(rank, "-named_on", "-sent_at", "-pk")


_HIGHEST = ("state", "province", "city", "district")


def sites_called(actor: Actor, text: str) -> list[DemonstrationSite]:
    """Those in force whose name, organisation or number has the text. One query."""
    rows = listed(actor, Wanted(text=text.strip())).select_related("organization", "programme")
    return list(rows[:FOUND])


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for who holds programmes."""

    sent: int = 0
    due: int = 0
    first: dt.date | None = None


def waiting_for_holder(actor: Actor) -> Waiting:
    """Applications to be decided on, sites to be looked at again. One query."""
    day = clock.today() + AHEAD
    due = Q(state=SiteState.NAMED, next_review_on__lte=day) | Q(
        state=SiteState.WARNED, warned_until__lte=day
    )
    rows = DemonstrationSite.objects.filter(
        in_scope(actor, Permission.SITE_EDIT, "programme__organization")
    )
    found = rows.aggregate(
        sent=Count("pk", filter=Q(state=SiteState.SENT)),
        due=Count("pk", filter=due),
        review=Min("next_review_on", filter=Q(state=SiteState.NAMED, next_review_on__lte=day)),
        warned=Min("warned_until", filter=Q(state=SiteState.WARNED, warned_until__lte=day)),
    )
    days = [one for one in (found["review"], found["warned"]) if one is not None]
    return Waiting(found["sent"], found["due"], min(days, default=None))


def waiting_for_applicant(actor: Actor) -> list[DemonstrationSite]:
    """What came back to the actor's own organisation, and its sites that are to be put right. One
    query."""
    rows = DemonstrationSite.objects.filter(
        organization=actor.organization_id, state__in=[SiteState.RETURNED, SiteState.WARNED]
    )
    return list(rows.order_by("pk"))


def of_programme(actor: Actor, programme: int) -> Mapping[str, int]:
    """State -> how many of the programme's, of those that the actor may know of. One query."""
    rows = DemonstrationSite.objects.visible_to(actor).filter(programme=programme).order_by()
    return dict(rows.values_list("state").annotate(n=Count("pk")))


@dataclass(slots=True)
class Counted:
    """How many applications and sites a programme has."""

    in_force: int = 0
    sent: int = 0
    rest: dict[str, Any] = field(default_factory=dict)


def by_programme(actor: Actor) -> dict[int, Counted]:
    """Programme -> its numbers, over what the actor may know of. One query."""
    rows = (
        DemonstrationSite.objects.visible_to(actor)
        .order_by()
        .values_list("programme")
        .annotate(
            force=Count("pk", filter=Q(state__in=IN_FORCE)),
            sent=Count("pk", filter=Q(state=SiteState.SENT)),
        )
    )
    return {pk: Counted(force, sent) for pk, force, sent in rows}
