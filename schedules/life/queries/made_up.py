"""Who missed what, and who has caught up."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)

from core.actor import Actor
from core.figures import Window
from members.models import MemberStanding
from members.models.member import ON_ROLL
from orgs.access import in_scope
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission
from orgs.queries.places import stood_at

from ..enums import Presence
from ..models import Attendance, Meeting, MeetingUnit, StudyRecord
from ..rules import MADE_UP, MAKE_UP_DAYS
from .counted import held_then

BACK = 365  # days that the list of what is to be made up reaches back


def missed(first: dt.date, last: dt.date, known_at: dt.datetime | None = None) -> QuerySet[Any]:
    """Who was expected and absent at what is made up, held in the time, as each record reads today
    or read at the moment; `made_up_on` tells when he had caught up."""
    making = StudyRecord.objects.known(known_at).filter(
        makes_up=OuterRef("meeting__uid"), member=OuterRef("member")
    )
    return Attendance.objects.filter(
        held_then(known_at),
        meeting__kind__in=MADE_UP,
        meeting__held_on__range=(first, last),
        presence=Presence.ABSENT,
        is_expected=True,
    ).annotate(made_up_on=Subquery(making.values("ended_on")[:1]))


def in_time() -> ExpressionWrapper:
    """Whether one of `missed` was made up within thirty days."""
    soon = F("meeting__held_on") + dt.timedelta(days=MAKE_UP_DAYS)
    return ExpressionWrapper(
        Q(made_up_on__isnull=False, made_up_on__lte=soon), output_field=BooleanField()
    )


def missed_by_organization(
    window: Window, organizations: Collection[int] | None
) -> dict[int, tuple[int, int]]:
    """Organisation -> how often somebody missed something in the window, and how often it was made
    up within thirty days; of all, or of some. One query.

    Grouped by the id alone: by a column of the organisation, SQLite reads all for each of them.
    """
    rows = missed(window.first, window.end, window.known_at).annotate(is_in_time=in_time())
    if organizations is not None:
        there = list(organizations)
        units = MeetingUnit.objects.filter(organization__in=there)
        rows = rows.filter(organization__in=there, meeting__in=units.values("meeting_id"))
    grouped = (
        rows.order_by()
        .values_list("organization_id")
        .annotate(whole=Count("pk"), made=Count("pk", filter=Q(is_in_time=True)))
    )
    return {pk: (whole, made) for pk, whole, made in grouped}


def unmade(actor: Actor, today: dt.date, *, place: Organization | None = None) -> QuerySet[Any]:
    """Whom the actor sees who missed something within a year, has not caught up and is on the roll
    there still, latest first. One query when evaluated."""
    return _unmade(actor, today, Q() if place is None else below(place.path, "organization__"))


@dataclass(frozen=True, slots=True)
class Unmade:
    """What an organisation's own have still to make up: how many people, how many lessons in all,
    how many of these are past their thirty days, and on which day the first of the others was
    held."""

    people: int
    lessons: int
    late: int
    first_on: dt.date | None

    @property
    def due_on(self) -> dt.date | None:
        """The last of the thirty days of what can still be made up in time and comes first."""
        return self.first_on + dt.timedelta(days=MAKE_UP_DAYS) if self.first_on else None


def unmade_at_home(actor: Actor, today: dt.date) -> Unmade:
    """The same of the actor's own organisation and its parts, in numbers. One query."""
    soon = Q(meeting__held_on__gte=today - dt.timedelta(days=MAKE_UP_DAYS))
    rows = _unmade(actor, today, below(actor.organization_path, "organization__"))
    found = rows.order_by().aggregate(
        people=Count("member", distinct=True),
        lessons=Count("pk"),
        late=Count("pk", filter=~soon),
        first_on=Min("meeting__held_on", filter=soon),
    )
    return Unmade(**found)


def all_missed(
    actor: Actor,
    window: Window,
    *,
    place: Organization | None = None,
    made: bool | None = None,
) -> QuerySet[Any]:
    """The rows that the figures count: who missed something in the window, or of them who made it
    up within thirty days (`made`), or did not; at and below the place as it lay then. One query
    when evaluated, one now for a day that is over."""
    rows = missed(window.first, window.end, window.known_at)
    if made is not None:
        rows = rows.annotate(is_in_time=in_time()).filter(is_in_time=made)
    if place is None:
        return _listed(actor, rows, Q())
    there = stood_at(place, window.end, known_at=window.known_at)
    return _listed(actor, rows, Q(organization__in=there))


def _unmade(actor: Actor, today: dt.date, at_place: Q) -> QuerySet[Any]:
    """Who has left, died or gone to another branch since is asked for nothing here any more."""
    there = Q(organization=OuterRef("organization"))
    there |= Q(organization=OuterRef("organization__parent"))  # of a 党小组 the roll of its branch
    on_roll = MemberStanding.objects.on(today).filter(there, ON_ROLL, member=OuterRef("member"))
    rows = missed(today - dt.timedelta(days=BACK), today)
    return _listed(actor, rows.filter(Exists(on_roll), made_up_on=None), at_place)


def _listed(actor: Actor, rows: QuerySet[Any], at_place: Q) -> QuerySet[Any]:
    scope = in_scope(actor, Permission.LIFE_VIEW) & at_place
    # By the units first: they are few, attendances are many.
    units = MeetingUnit.objects.filter(scope).order_by().values("meeting_id")
    return (
        rows.filter(scope, meeting__in=units)
        .select_related("meeting", "member", "organization")
        .order_by(
            "-meeting__held_on", "-meeting_id", "organization_id", "member__name_pinyin", "pk"
        )
    )


def missed_of(meeting: Meeting, organization_id: int) -> list[Any]:
    """Of one record, who of the organisation missed it, by pinyin; `made_up_on` as of `missed`. One
    query."""
    return list(
        missed(meeting.held_on, meeting.held_on)
        .filter(meeting=meeting, organization=organization_id)
        .select_related("member")
        .order_by("member__name_pinyin", "pk")
    )


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Of those who missed a record, how many have caught up."""

    missed: int
    made_up: int

    @property
    def left(self) -> int:
        """Who has not."""
        return self.missed - self.made_up


def made_up_of(uids: Collection[UUID]) -> Mapping[tuple[UUID, int], MadeUp]:
    """(record, organisation) -> how many of it missed the record and how many have caught up;
    without those of whom nobody missed it or that are not made up. One query for any number."""
    made = Exists(
        StudyRecord.objects.known().filter(
            makes_up=OuterRef("meeting__uid"), member=OuterRef("member")
        )
    )
    rows = Attendance.objects.filter(
        meeting__in=Meeting.objects.current().filter(uid__in=uids, kind__in=MADE_UP),
        presence=Presence.ABSENT,
        is_expected=True,
    )
    counted = (
        rows.annotate(made=Case(When(made, then=1)))
        .order_by()
        .values_list("meeting__uid", "organization_id")
        .annotate(missed=Count("pk"), done=Count("made"))
    )
    return {(uid, place): MadeUp(whole, done) for uid, place, whole, done in counted}
