"""Probation as a clock: from a month before the year is over until the branch has decided."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.urls import reverse

from core.timers import Running, Timer, register

from .enums import Category
from .models import Member
from .rules import years_after

LEAD = dt.timedelta(days=30)


def running_probations(day: dt.date) -> Iterable[Running]:
    """Probationary members whose year is over, or will be within a month (党章 art. 7: one year,
    discussed in time when it ends). One query."""
    rows = (
        Member.objects.on_roll()
        .filter(category=Category.PROBATIONARY, joined_on__lte=years_after(day + LEAD, -1))
        .values_list("pk", "organization_id", "name", "joined_on")
    )
    for pk, organization_id, name, joined_on in rows:
        if joined_on is None:
            continue
        due_on = years_after(joined_on, 1)
        yield Running(pk, organization_id, name, due_on - LEAD, due_on)


def decided(member_ids: Collection[int]) -> Mapping[int, dt.date]:
    """When each of the members became a full member. One query."""
    rows = Member.objects.filter(pk__in=member_ids).values_list("pk", "full_member_on")
    return {pk: day for pk, day in rows if day is not None}


register(
    Timer(
        key="members.probation",
        label="预备党员转正",
        running=running_probations,
        stopped=decided,
        url=lambda pk: reverse("members:member-detail", args=[pk]),
        minutes=10,
        lead_days=LEAD.days,
        names_people=True,
    )
)
