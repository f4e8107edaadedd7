"""The register as it was: how members stood on a day, and who left between two days.

Whoever is responsible for an organisation sees who belonged to it, and to what stood below it, on
the day: so the rows are those that a figure counted. Numbers and addresses are not among what is
shown, and only who still belongs to the scope can be opened.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from core import clock, figures
from core.actor import Actor
from orgs.models import Organization
from orgs.queries.places import stood_at

from ..enums import MARKS, Category, MembershipState
from ..models import MembershipExit, MemberStanding
from .roster import MemberFilters, in_state, narrowed

ORDERS = {
    "": ("organization__path", "member_id"),
    "name": ("member__name_pinyin", "member__name", "member_id"),
    "-name": ("-member__name_pinyin", "-member__name", "-member_id"),
    "birth": ("member__birth_on", "member_id"),
    "-birth": ("-member__birth_on", "-member_id"),
}


def kept_since() -> dt.date:
    """From which day on it is known day by day how members stood; `figures.NEVER` when it is of
    none. One query."""
    first = MemberStanding.objects.aggregate(first=Min("recorded_at"))["first"]
    return timezone.localdate(first) if first else figures.NEVER


def exits(known_at: dt.datetime | None) -> QuerySet[MembershipExit]:
    """The leavings in force: by what is known now, or was at the moment."""
    if known_at is None:
        return MembershipExit.objects.filter(undone_at=None)
    return MembershipExit.objects.filter(
        Q(undone_at=None) | Q(undone_at__gt=known_at), recorded_at__lte=known_at
    )


def happened(first: dt.date | None, last: dt.date | None) -> Q:
    """Leavings between the days, both included."""
    bounds = {"happened_on__gte": first, "happened_on__lte": last}
    return Q(**{key: day for key, day in bounds.items() if day})


def past_roster(actor: Actor, filters: MemberFilters) -> QuerySet[Any]:
    """Who `filters.as_of`, or between the days of leaving, asks for: rows of `MemberStanding` or
    `MembershipExit`, for `past_rows`. One query now, for the place; none without an organisation to
    look from."""
    own = Organization.objects.filter(pk=actor.organization_id or 0)
    place = filters.organization or own.first()
    day = filters.as_of or clock.today()
    rows: QuerySet[Any]
    if filters.left_from or filters.left_to:
        rows = exits(filters.known_at).filter(
            happened(filters.left_from, filters.left_to),
            narrowed(filters, actor, on=day, person="member__", standing="member__"),
        )
    else:
        rows = MemberStanding.objects.on(day, filters.known_at).filter(
            in_state(filters.state), narrowed(filters, actor, on=day, person="member__")
        )
    if place is None:
        return rows.none()
    rows = rows.filter(
        organization__in=stood_at(place, day, below=actor.inherits, known_at=filters.known_at)
    )
    order = ORDERS.get(filters.sort, ORDERS[""])
    return rows.select_related("member__organization", "organization").order_by(*order)


@dataclass(frozen=True, slots=True)
class PastRow:
    """One member as he was. `is_here`: he still belongs to the scope, and can be opened."""

    member_id: int
    is_here: bool
    name: str
    sex: str
    category: str
    mark: str  # 流动 and the like, then
    place: Organization
    joined_on: dt.date | None
    full_member_on: dt.date | None
    left_on: dt.date | None = None
    reason: str = ""


def past_rows(actor: Actor, rows: Iterable[MemberStanding | MembershipExit]) -> list[PastRow]:
    """What the list shows of rows of `past_roster`. No query."""
    return [_past_row(actor, row) for row in rows]


def _past_row(actor: Actor, row: MemberStanding | MembershipExit) -> PastRow:
    person = row.member
    then: Any = row if isinstance(row, MemberStanding) else person
    known = {
        "member_id": person.pk,
        "is_here": actor.covers(person.organization.path),
        "name": person.name,
        "sex": person.get_sex_display(),
        "category": then.get_category_display(),
        "place": row.organization,
        "joined_on": then.joined_on,
        # Kept with the date known today, which a person still on probation had not reached.
        "full_member_on": None if then.category == Category.PROBATIONARY else then.full_member_on,
    }
    if isinstance(row, MembershipExit):
        return PastRow(**known, mark="", left_on=row.happened_on, reason=row.get_reason_display())
    return PastRow(**known, mark=_mark(row))


def _mark(row: MemberStanding) -> str:
    """The one thing to know of him, as the list of today marks it."""
    if row.state != MembershipState.NORMAL:
        return row.get_state_display()
    if row.is_lost_contact:
        return MARKS["lost"]
    return MARKS["mobile"] if row.is_mobile else ""
