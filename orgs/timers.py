"""Terms of office as a clock: from 180 days before they end until the election."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Max
from django.urls import reverse

from core.timers import Running, Timer, register

from .enums import EventKind
from .models import Organization, OrganizationEvent
from .queries.terms import has_term
from .terms import WARN_DAYS

LEAD = dt.timedelta(days=max(WARN_DAYS))


def running_terms(day: dt.date) -> Iterable[Running]:
    """The terms that end within the time in which staff are warned, or have ended without an
    election; a term that was extended ends later (reference §1.1). One query."""
    rows = (
        Organization.objects.active(day)
        .filter(
            has_term(),
            term_ends_on__lte=day + LEAD,
        )
        .values_list("pk", "term_ends_on", "extended_until")
    )
    for pk, ends_on, extended_until in rows:
        if ends_on is None:
            continue
        due_on = max(ends_on, extended_until or ends_on)
        if due_on - LEAD <= day:  # one extended far enough is not running yet
            yield Running(pk, pk, "届满前换届", due_on - LEAD, due_on)


def elected(organization_ids: Collection[int]) -> Mapping[int, dt.date]:
    """When each of the organisations was elected anew, the last time. One query."""
    return dict(
        OrganizationEvent.objects.filter(
            organization__in=organization_ids, kind=EventKind.RE_ELECTED
        )
        .order_by()
        .values_list("organization")
        .annotate(on=Max("happened_on"))
    )


register(
    Timer(
        key="orgs.term",
        label="换届",
        running=running_terms,
        stopped=elected,
        url=lambda pk: reverse("orgs:organization-detail", args=[pk]),
        minutes=10,
        lead_days=LEAD.days,
        watched_above=True,
    )
)
