"""Exceptions of organisations themselves: posts that are vacant, terms that are over."""

import datetime as dt

from django.db.models import Exists, Max, OuterRef, Subquery

from core.figures import Cut
from orgs.enums import OrganizationKind, Post
from orgs.models import OfficeHolding, Organization
from orgs.models.organization import below
from orgs.queries.terms import term_end, terms_at

from .findings import Finding, Kind, Month

VACANT_DAYS = 90


def vacant(month: Month) -> list[Finding]:
    """Secretaries' posts that have been vacant for more than 90 days. One query."""
    held = OfficeHolding.objects.filter(organization=OuterRef("pk"), post=Post.SECRETARY)
    since = held.order_by().values("organization").annotate(last=Max("ended_on")).values("last")
    rows = (
        Organization.objects.active()
        .filter(below(month.holder.path, itself=False))
        .exclude(kind=OrganizationKind.PARTY_GROUP)
        .filter(
            ~Exists(
                OfficeHolding.objects.current().filter(
                    organization=OuterRef("pk"), post=Post.SECRETARY
                )
            )
        )
        .annotate(vacant_since=Subquery(since[:1]))
        .filter(vacant_since__lt=month.today - dt.timedelta(days=VACANT_DAYS))
        .order_by("vacant_since", "path")
    )
    places = [(one, (month.today - one.vacant_since).days) for one in rows]
    if not places:
        return []
    return [
        Finding(
            Kind.VACANT,
            "vacant",
            size=len(places),
            committee=month.committee_of(places[0][0].path),
            data={"places": places},
        )
    ]


def terms(month: Month) -> list[Finding]:
    """Terms that are over. One query."""
    rows = list(
        Organization.objects.filter(
            below(month.holder.path), pk__in=terms_at(Cut(month.today), "overdue")
        )
        .active()
        .annotate(until=term_end())
        .order_by("until", "path")
    )
    if not rows:
        return []
    return [
        Finding(
            Kind.TERMS,
            "terms",
            size=len(rows),
            committee=month.committee_of(rows[0].path),
            data={
                "places": [(one, (month.today - one.until).days) for one in rows],
                "node": month.holder,
            },
        )
    ]
