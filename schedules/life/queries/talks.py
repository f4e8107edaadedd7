"""谈心谈话: which took place, with whom of the roll, and whom one might talk with next.

Nothing here reads what was said.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from core import clock, periods
from core.actor import Actor
from core.figures import Cut, Reading, Window
from members.enums import MovementKind
from members.models import MemberStanding
from members.models.member import ON_ROLL
from members.models.standing import MemberStandingQuerySet
from members.queries import movements
from orgs.models import OfficeHolding, Organization
from orgs.queries.places import stood_at
from schedules.rounds.models import Duty

from ..models import OwnMembership, Talk
from ..rules import RECENT_DAYS
from .rolls import ON_COMMITTEE, members_on

_TWO = ("talker", "partner")
# What of the last months a talk is suggested after.
_MOVES = (
    *(MovementKind.ADMITTED, MovementKind.BECAME_FULL),
    *(MovementKind.TRANSFERRED_IN, MovementKind.MOVED_IN),
)
BECAME_MOBILE = "mobile"  # beside the kinds of movements: he went to live elsewhere


@dataclass(frozen=True, slots=True)
class Side:
    """Who can be one of the two: a member on the roll of the day, or who holds an office of the
    organisation's committee or of that directly above, by name. `leads`: sits on a committee."""

    key: str
    name: str
    initial: str = ""
    member_id: int | None = None
    user_id: int | None = None
    leads: bool = False
    is_above: bool = False


@dataclass(frozen=True, slots=True)
class Covered:
    """A member on the roll, how often somebody talked with him in the year, and when last."""

    member_id: int
    name: str
    times: int
    last_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A member with whom a talk is suggested, since when and after what: a kind of movement, or
    `BECAME_MOBILE`."""

    member_id: int
    name: str
    why: str
    day: dt.date


def own_member(actor: Actor) -> int | None:
    """The member that the actor has proven to be, while both bear one name. One query."""
    return (
        OwnMembership.objects.filter(
            user_id=actor.user_id or 0,
            user__name=F("member__name"),
            member__isnull=False,
        )
        .values_list("member_id", flat=True)
        .first()
    )


def talks_of(rows: QuerySet[Talk], year: int) -> QuerySet[Talk]:
    """Those of the year."""
    return rows.filter(held_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)))


def listed(
    actor: Actor,
    *,
    first: dt.date,
    last: dt.date,
    place: Organization | None = None,
    at: dt.datetime | None = None,
) -> QuerySet[Talk]:
    """Talks of these days that the actor sees to have taken place, latest first; of `place` and all
    below it; as they were known at the moment. One query when evaluated."""
    rows = Talk.objects.visible_to(actor).known(at).filter(held_on__range=(first, last))
    if place is not None:
        rows = rows.filter(organization__in=Organization.objects.below(place.path).values("pk"))
    return rows.select_related("organization", *_TWO).order_by("-held_on", "-pk")


def times_of(rows: QuerySet[Talk]) -> Mapping[str, int]:
    """Between whom -> how many of the talks were so. One query."""
    return dict(rows.order_by().values_list("pair").annotate(number=Count("pk")))


def sides_on(organization: Organization, day: dt.date) -> Sequence[Side]:
    """Who could talk there on the day: the roll of a branch by pinyin, then who holds an office in
    the committee and is on no such roll, then who does directly above. Four queries."""
    roll = members_on([organization.pk], day)[organization.pk]
    places = [organization.pk]
    if organization.parent_id is not None:
        places.append(organization.parent_id)
    offices = list(
        OfficeHolding.objects.held_on(day)
        .filter(organization__in=places, post__in=ON_COMMITTEE)
        .order_by("pk")
    )
    own = {one.person_name for one in offices if one.organization_id == organization.pk}
    found = [
        Side(
            key=f"m{one.member_id}",
            name=one.name,
            initial=one.initial,
            member_id=one.member_id,
            leads=one.name in own,
        )
        for one in roll
    ]
    known = {one.name for one in roll}
    for is_above in (False, True):
        for office in offices:
            above = office.organization_id != organization.pk
            if above != is_above or office.person_name in known:
                continue
            known.add(office.person_name)
            found.append(
                Side(
                    key=f"o{office.pk}",
                    name=office.person_name,
                    user_id=office.user_id,
                    leads=True,
                    is_above=above,
                )
            )
    return found


def covered(organization: Organization, year: int, day: dt.date) -> Sequence[Covered]:
    """Who is on the roll of the day, who waits longest first: nobody talked with before all
    others. Four queries."""
    roll = members_on([organization.pk], day)[organization.pk]
    ids = [one.member_id for one in roll]
    days: dict[int, list[dt.date]] = {}
    rows = talks_of(Talk.objects.known(), year).filter(Q(talker__in=ids) | Q(partner__in=ids))
    for talker, partner, held_on in rows.values_list("talker_id", "partner_id", "held_on"):
        for pk in (talker, partner):
            days.setdefault(pk, []).append(held_on)
    found = [
        Covered(
            one.member_id,
            one.name,
            len(days.get(one.member_id, ())),
            max(days.get(one.member_id, ()), default=None),
        )
        for one in roll
    ]
    return sorted(found, key=lambda one: one.last_on or dt.date.min)


def last_on(member_id: int, year: int) -> dt.date | None:
    """On which day of the year somebody last talked with the member, as `covered` says it of a whole
    roll. Whoever shows it has asked who sees names (`sees_names`). One query."""
    rows = talks_of(Talk.objects.known(), year)
    of_member = rows.filter(Q(talker=member_id) | Q(partner=member_id))
    return of_member.order_by("-held_on").values_list("held_on", flat=True).first()


def suggested(organization: Organization) -> Sequence[Suggested]:
    """With whom of a branch a talk is suggested: who came, was admitted, became a full member or
    went to live elsewhere in the last months, and has not been talked with since. Never a duty. At
    most eight queries."""
    today = clock.today()
    since = today - dt.timedelta(days=RECENT_DAYS)
    opening, closing = Cut(since), Cut(today)
    ground = movements.ground_of(opening, closing, [organization.path], Reading().trees)
    then = ground.then([organization.path]).get(organization.path, "")
    why: dict[int, tuple[str, dt.date]] = {}
    for step in movements.steps(opening, closing, ground, [organization.pk]):
        kind = step.kind_at(organization.path, then)
        if kind in _MOVES:
            why[step.member_id] = (str(kind), step.day)
    here = MemberStanding.objects.on(today).filter(ON_ROLL, organization=organization)
    before = MemberStanding.objects.in_force().filter(
        member=OuterRef("member"), valid_to=OuterRef("valid_from"), is_mobile=False
    )
    gone = here.filter(Exists(before), is_mobile=True, valid_from__gt=since)
    for member_id, day in gone.values_list("member_id", "valid_from"):
        why.setdefault(member_id, (BECAME_MOBILE, day))
    if not why:
        return []
    last: dict[int, dt.date] = {}
    rows = Talk.objects.known().filter(
        Q(talker__in=list(why)) | Q(partner__in=list(why)), held_on__gte=since
    )
    for talker, partner, held_on in rows.values_list("talker_id", "partner_id", "held_on"):
        for pk in (talker, partner):
            last[pk] = max(held_on, last.get(pk, held_on))
    names = dict(here.filter(member__in=list(why)).values_list("member_id", "member__name"))
    found = [
        Suggested(pk, names[pk], kind, day)
        for pk, (kind, day) in why.items()
        if pk in names and last.get(pk, dt.date.min) < day
    ]
    return sorted(found, key=lambda one: one.day, reverse=True)


def same_day(organization: Organization, day: dt.date, two: Collection[int | None]) -> Talk | None:
    """A talk of the same two members of the same day. One query; none for who is no member."""
    pks = [pk for pk in two if pk is not None]
    if len(pks) < 2:
        return None
    rows = Talk.objects.known().filter(organization=organization, held_on=day)
    return rows.filter(talker__in=pks, partner__in=pks).order_by("pk").first()


def talked(
    rows: MemberStandingQuerySet, first: dt.date, last: dt.date, at: dt.datetime | None
) -> MemberStandingQuerySet:
    """Those of the standings whose members talked with somebody in these days, by what was written
    down at the moment. No query."""
    talks = Talk.objects.known(at).filter(held_on__range=(first, last))
    led, had = (Exists(talks.filter(**{one: OuterRef("member")})) for one in _TWO)
    return rows.filter(led | had)


def places_of(place: Organization, window: Window) -> QuerySet[Any]:
    """Primary keys of what stood at and below the place at the window's end. For a subquery; at
    most one query now."""
    return stood_at(place, window.end, known_at=window.known_at)


def on_roll_at(place: Organization, window: Window) -> MemberStandingQuerySet:
    """Who is on a roll at and below the place at the window's end. At most one query now."""
    return MemberStanding.objects.on(window.end, window.known_at).filter(
        ON_ROLL, organization__in=places_of(place, window)
    )


def year_until(day: dt.date) -> tuple[dt.date, dt.date]:
    """The days of a year until the day."""
    return dt.date(day.year, 1, 1), day


def days_of(duties: Sequence[Duty]) -> Mapping[int, Sequence[dt.date]]:
    """The days within their periods on which the organisations of the duties had talks, one for
    each talk, oldest first. One query for any number."""
    bounds = {
        one.period: (periods.first_day(one.period), periods.last_day(one.period)) for one in duties
    }
    rows = (
        Talk.objects.known()
        .filter(
            organization__in={one.organization_id for one in duties},
            held_on__range=(
                min(first for first, _ in bounds.values()),
                max(last for _, last in bounds.values()),
            ),
        )
        .order_by("held_on", "pk")
        .values_list("organization_id", "held_on")
    )
    held = _by_organization(rows)
    return {
        one.pk: [
            day
            for day in held.get(one.organization_id, ())
            if bounds[one.period][0] <= day <= bounds[one.period][1]
        ]
        for one in duties
    }


def _by_organization(rows: Iterable[tuple[int, dt.date]]) -> dict[int, list[dt.date]]:
    held: dict[int, list[dt.date]] = {}
    for organization_id, day in rows:
        held.setdefault(organization_id, []).append(day)
    return held
