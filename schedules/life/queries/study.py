"""Study hours (学时): what members have studied in a time, held against the norms of the year."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import ExtractHour, ExtractMinute, Least

from core.actor import Actor
from members.enums import Category
from members.models import MemberStanding
from members.models.member import ENTITLED, ON_ROLL
from orgs.enums import Post
from orgs.models import OfficeHolding, Organization
from orgs.models.organization import below, paths_above
from orgs.queries.places import stood_at

from ..enums import COURSE_KINDS, Presence, StudyGroup, StudyKind
from ..models import Attendance, Meeting, StudyNorm, StudyRecord, StudyRule
from ..rules import COUNTING, NOON, NORMS, STUDIED, Counting, Norm, months_after
from .counted import held_then
from .rolls import ON_COMMITTEE

_NUMBER = IntegerField()
_NOTHING = Value(0, output_field=_NUMBER)
_PARTS = ("member_id", "day", "before_noon", "after_noon", "untimed", "whole")
# Within a day: each half of it counts at most so much, and so does what lay on the day at no known
# time beside both halves.
_TOTALS = """
SELECT member_id, SUM(whole + CASE WHEN half * 2 < day_sum THEN half * 2 ELSE day_sum END)
FROM (
  SELECT member_id, whole, %s AS half, untimed
    + CASE WHEN before_noon < %s THEN before_noon ELSE %s END
    + CASE WHEN after_noon < %s THEN after_noon ELSE %s END AS day_sum
  FROM (
    SELECT member_id, SUM(whole) AS whole, SUM(untimed) AS untimed,
      SUM(before_noon) AS before_noon, SUM(after_noon) AS after_noon
    FROM ({rows}) parts
    GROUP BY member_id, day
  ) days
) capped
GROUP BY member_id"""


def counting_of(year: int) -> dict[StudyKind, Counting]:
    """How each kind is counted in the year. One query."""
    rows = StudyRule.objects.filter(from_year__lte=year).order_by("from_year", "pk")
    return COUNTING | {StudyKind(row.kind): row.counting for row in rows}


def norms_of(year: int) -> dict[StudyGroup, Norm]:
    """What each group is to study in the year. One query."""
    rows = StudyNorm.objects.filter(from_year__lte=year).order_by("from_year", "pk")
    return NORMS | {
        StudyGroup(row.group): Norm(
            row.quarters, row.central_courses, row.courses, row.within_months
        )
        for row in rows
    }


def standings_of(
    place: Organization, day: dt.date, known_at: dt.datetime | None = None
) -> QuerySet[MemberStanding]:
    """How those stood who were on the roll on the day at the place and what lay below it then. No
    query now; one for a day that is over."""
    there = stood_at(place, day, known_at=known_at)
    return MemberStanding.objects.on(day, known_at).filter(ON_ROLL, organization__in=there)


def quarters_by_member(
    members: QuerySet[Any],
    first: dt.date,
    last: dt.date,
    counting: Mapping[StudyKind, Counting],
    known_at: dt.datetime | None = None,
) -> dict[int, int]:
    """Member -> what he has studied from the first day to the last, in quarters of a 学时; who has
    studied nothing is left out. `members` gives their primary keys. One query: attendances are
    added up by the database. A course counts when it has ended.
    """
    meeting = counting[StudyKind.MEETING]
    parts = _attended(members, first, last, meeting, known_at).union(
        _entered(members, first, last, counting, known_at), all=True
    )
    sql, values = parts.query.get_compiler(connection=connection).as_sql()
    most = meeting.most_of_half_day
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS.format(rows=sql), [most] * 5 + list(values))
        return {member: int(total) for member, total in cursor.fetchall() if total}


def attended(
    members: Any, first: dt.date, last: dt.date, known_at: dt.datetime | None = None
) -> QuerySet[Attendance]:
    """Of the members: where they were present, or guests, and something was studied."""
    return Attendance.objects.filter(
        held_then(known_at),
        member__in=members,
        presence__in=(Presence.PRESENT, Presence.GUEST),
        meeting__kind__in=STUDIED,
        meeting__study_minutes__gt=0,
        meeting__held_on__range=(first, last),
    )


def entered(
    members: Any, first: dt.date, last: dt.date, known_at: dt.datetime | None = None
) -> QuerySet[StudyRecord]:
    """Of the members: what they studied beside meetings, and had ended in the time."""
    return StudyRecord.objects.known(known_at).filter(
        member__in=members, ended_on__range=(first, last)
    )


def _attended(
    members: QuerySet[Any],
    first: dt.date,
    last: dt.date,
    counting: Counting,
    known_at: dt.datetime | None,
) -> QuerySet[Any, Any]:
    """(member, day, before noon, after noon, untimed, whole): rules.halves() in SQL. The hour is
    asked only of what lies across noon."""
    minutes = F("meeting__study_minutes")
    start = ExtractHour("meeting__starts_at") * 60 + ExtractMinute("meeting__starts_at")
    early = Q(meeting__starts_at=None) | Q(meeting__starts_at__lt=NOON) & (
        Q(meeting__ends_at=None) | Q(meeting__ends_at__lte=NOON)
    )
    before: Any = Case(
        When(early, then=minutes),
        When(meeting__starts_at__gte=NOON, then=_NOTHING),
        default=Least(minutes, NOON.hour * 60 - start, output_field=_NUMBER),
        output_field=_NUMBER,
    )
    rows = attended(members, first, last, known_at).order_by()
    return rows.annotate(
        day=F("meeting__held_on"),
        before_noon=before * counting.per_hour / 60,
        after_noon=(minutes - before) * counting.per_hour / 60,
        untimed=_NOTHING,
        whole=_NOTHING,
    ).values_list(*_PARTS)


def _entered(
    members: QuerySet[Any],
    first: dt.date,
    last: dt.date,
    counting: Mapping[StudyKind, Counting],
    known_at: dt.datetime | None,
) -> QuerySet[Any, Any]:
    """The same of what was entered: of one day at no known time, of several by itself."""
    quarters: Any = Case(
        *(
            When(
                kind=kind, then=F("minutes") * one.per_hour / 60 + F("half_days") * one.per_half_day
            )
            for kind, one in counting.items()
        ),
        default=_NOTHING,
        output_field=_NUMBER,
    )
    rows = entered(members, first, last, known_at).order_by()
    one_day = Q(started_on=F("ended_on"))
    return rows.annotate(
        day=F("ended_on"),
        before_noon=_NOTHING,
        after_noon=_NOTHING,
        untimed=Case(When(one_day, then=quarters), default=_NOTHING, output_field=_NUMBER),
        whole=Case(When(one_day, then=_NOTHING), default=quarters, output_field=_NUMBER),
    ).values_list(*_PARTS)


# --- the norms ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Course:
    """A course that a member owes from one day to another, and the day on which he took one."""

    group: StudyGroup
    since: dt.date
    due_on: dt.date
    done_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class StudyLine:
    """What a member has studied in a year, and what he was to."""

    member_id: int
    name: str
    organization_id: int
    organization: str
    path: str
    group: StudyGroup
    quarters: int
    norm: Norm
    has_central: bool
    courses: tuple[Course, ...] = ()

    @property
    def short(self) -> int:
        """Quarters that are missing."""
        return max(0, self.norm.quarters - self.quarters)

    @property
    def lacks_central(self) -> bool:
        """Whether a course of the central training is owed and missing."""
        return self.norm.central_courses > 0 and not self.has_central


def study_lines(
    rows: QuerySet[MemberStanding], day: dt.date, known_at: dt.datetime | None = None
) -> list[StudyLine]:
    """Everybody who stands in `rows` (as of `standings_of`), by pinyin: what he has studied in the
    year until the day, and what he was to. Eight queries, however many people."""
    year, first = day.year, dt.date(day.year, 1, 1)
    people = _people(rows)
    members = rows.order_by().values("member_id")
    norms = norms_of(year)
    totals = quarters_by_member(members, first, day, counting_of(year), known_at)
    central = set(
        entered(members, first, day, known_at)
        .filter(is_central_course=True)
        .values_list("member_id", flat=True)
    )
    posts = on_committees({row.path for row in people}, day, known_at)
    owed = {row.member_id: _owed(row, posts, norms, first, day) for row in people}
    taken = _courses_of([pk for pk, courses in owed.items() if courses], day, known_at)
    found = []
    for row in people:
        pk = row.member_id
        group = StudyGroup.COMMITTEES if pk in posts else StudyGroup.MEMBERS
        found.append(
            StudyLine(
                member_id=pk,
                name=row.name,
                organization_id=row.organization_id,
                organization=row.short_name or row.full_name,
                path=row.path,
                group=group,
                quarters=totals.get(pk, 0),
                norm=norms[group],
                has_central=pk in central,
                courses=tuple(_taken(one, taken.get(pk, ())) for one in owed[pk]),
            )
        )
    return found


def on_committees(
    paths: Collection[str], day: dt.date, known_at: dt.datetime | None
) -> dict[int, dt.date | None]:
    """Who sits on a committee at or above one of the paths on the day: member -> since when he is
    secretary, if he is. Offices bear names: of two members with one name at and below the office
    one who may vote is meant, and the longest known. Two queries."""
    if not paths:
        return {}
    lowest, highest = min(paths), max(paths)
    nearest_first = [lowest, *reversed(paths_above(lowest))]
    top = next(path for path in nearest_first if highest.startswith(path))  # the root at last
    within = below(top, "organization__")
    offices = list(
        OfficeHolding.objects.held_on(day, known_at)
        .filter(within | Q(organization__path__in=paths_above(top)), post__in=ON_COMMITTEE)
        .values_list("organization__path", "person_name", "post", "started_on")
    )
    names = {name for _, name, _, _ in offices}
    called: dict[str, list[tuple[str, int]]] = defaultdict(list)
    rows = MemberStanding.objects.on(day, known_at).filter(ON_ROLL, member__name__in=names)
    may_vote = Case(When(ENTITLED, then=0), default=1, output_field=_NUMBER)
    for name, path, pk in rows.order_by(may_vote, "member_id").values_list(
        "member__name", "organization__path", "member_id"
    ):
        called[name].append((path, pk))
    found: dict[int, dt.date | None] = {}
    for top, name, post, since in offices:
        who = next((pk for path, pk in called[name] if path.startswith(top)), None)
        if who is None:
            continue
        found.setdefault(who, None)
        if post == Post.SECRETARY and since is not None:
            found[who] = max(since, found[who] or since)
    return found


class _Person(NamedTuple):
    """How somebody stands, in what is asked here: a zone has thousands, and whole rows of three
    tables cost three times as much."""

    member_id: int
    name: str
    organization_id: int
    path: str
    short_name: str
    full_name: str
    category: str
    joined_on: dt.date | None
    full_member_on: dt.date | None


def _people(rows: QuerySet[MemberStanding]) -> list[_Person]:
    found = rows.order_by("member__name_pinyin", "member__name", "member_id").values_list(
        "member_id",
        "member__name",
        "organization_id",
        "organization__path",
        "organization__short_name",
        "organization__name",
        "category",
        "joined_on",
        "full_member_on",
    )
    return [_Person(*row) for row in found]


def _owed(
    row: _Person,
    posts: Mapping[int, dt.date | None],
    norms: Mapping[StudyGroup, Norm],
    first: dt.date,
    day: dt.date,
) -> list[Course]:
    """The courses whose time lies in the year until the day."""
    found = []
    beginners, secretaries = norms[StudyGroup.BEGINNERS], norms[StudyGroup.NEW_SECRETARIES]
    if beginners.courses:
        starts = [row.joined_on] if row.category == Category.PROBATIONARY else [row.full_member_on]
        found += [
            Course(StudyGroup.BEGINNERS, since, months_after(since, beginners.within_months))
            for since in starts
            if since
        ]
    since = posts.get(row.member_id)
    if secretaries.courses and since:
        due_on = months_after(since, secretaries.within_months)
        found.append(Course(StudyGroup.NEW_SECRETARIES, since, due_on))
    return [one for one in found if one.since <= day and one.due_on >= first]


def _courses_of(
    members: Collection[int], day: dt.date, known_at: dt.datetime | None
) -> dict[int, list[dt.date]]:
    found: dict[int, list[dt.date]] = defaultdict(list)
    rows = StudyRecord.objects.known(known_at).filter(
        member__in=members, kind__in=COURSE_KINDS, ended_on__lte=day
    )
    for pk, on in rows.order_by("started_on").values_list("member_id", "started_on"):
        found[pk].append(on)
    return found


def _taken(course: Course, days: Iterable[dt.date]) -> Course:
    done_on = next((on for on in days if on >= course.since), None)
    return Course(course.group, course.since, course.due_on, done_on)


# --- one member, one entry -----------------------------------------------------------------------


def meetings_of(member_id: int, first: dt.date, last: dt.date) -> list[Attendance]:
    """What a member studied at meetings in the time, latest first. One query."""
    return list(
        attended([member_id], first, last)
        .select_related("organization", "meeting__organization")
        .order_by("-meeting__held_on", "-meeting_id")
    )


def entries_of(member_id: int, first: dt.date, last: dt.date) -> list[StudyRecord]:
    """What was entered of a member's study in the time, latest first. One query."""
    return list(
        entered([member_id], first, last)
        .select_related("organization")
        .order_by("-started_on", "-pk")
    )


def meetings_by_uid(uids: Collection[UUID]) -> dict[UUID, Meeting]:
    """Records as they read today, by uid. One query, none for nothing."""
    rows = Meeting.objects.current().filter(uid__in=uids) if uids else ()
    return {row.uid: row for row in rows}


def records_of(
    actor: Actor,
    *,
    place: Organization | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
    withdrawn: bool = False,
    **narrowed: Any,
) -> QuerySet[StudyRecord]:
    """Entries that the actor sees, latest first: at and below the place, that ended from the first
    day to the last, those that were withdrawn only if asked for. `narrowed`: columns and their
    values. One query when evaluated."""
    names = {"member", "kind", "batch", "makes_up"}
    rows = StudyRecord.objects.visible_to(actor).filter(
        **{name: value for name, value in narrowed.items() if name in names}
    )
    if not withdrawn:
        rows = rows.known()
    if place is not None:
        rows = rows.filter(below(place.path, "organization__"))
    if first is not None:
        rows = rows.filter(ended_on__gte=first)
    if last is not None:
        rows = rows.filter(ended_on__lte=last)
    return rows.select_related("member", "organization").order_by("-ended_on", "-pk")
