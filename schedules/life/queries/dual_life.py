"""双重组织生活: which leaders took part in the life of their branch as ordinary members.

No record of its own is needed of who is on the roll of a meeting: he was there as all others were.
A record of that kind is for who is on no such roll.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from members.models import MemberStanding
from members.models.member import ON_ROLL
from orgs.enums import COMMITTEE_KINDS, OrganizationKind
from orgs.models import OfficeHolding, Organization
from orgs.models.organization import below

from ..enums import HELD, MeetingKind, Presence
from ..models import Attendance
from .rolls import ON_COMMITTEE

# Whose leaders owe it: of committees and general branches; a branch's own sit in it anyway.
LED = (*COMMITTEE_KINDS, OrganizationKind.GENERAL_BRANCH)
# What a branch does together; what a leader attends as one of its committee is no such thing.
_TOGETHER = frozenset(MeetingKind) - {MeetingKind.COMMITTEE_MEETING, MeetingKind.VOLUNTEERING}
_MOST_PATHS = 300


@dataclass(frozen=True, slots=True)
class Leader:
    """Who holds a post of a committee, the branch in which he is a member, and how often he took
    part there in the year. `namesakes`: several members below bear his name, so nobody can tell
    which is he; without a branch none does."""

    office: OfficeHolding
    branch: Organization | None
    times: int
    last_on: dt.date | None
    namesakes: int = 0


def leaders(places: Sequence[Organization], year: int, day: dt.date) -> Sequence[Leader]:
    """The leaders of the places on the day, each with what he took part in during the year, in the
    order of the places. Three queries for any number."""
    led = {one.pk: one for one in places if one.kind in LED}
    offices = list(
        OfficeHolding.objects.held_on(day)
        .filter(organization__in=list(led), post__in=ON_COMMITTEE)
        .select_related("organization")
        .order_by("organization__path", "pk")
    )
    known = _standings({one.person_name for one in offices}, list(led.values()), day)
    mine: dict[int, list[MemberStanding]] = {}
    for office in offices:
        path = office.organization.path
        mine[office.pk] = [
            one
            for one in known.get(office.person_name, ())
            if one.organization.path.startswith(path)
        ]
    ids = {rows[0].member_id for rows in mine.values() if len(rows) == 1}
    days = _days(ids, year)
    found = []
    for office in offices:
        rows = mine[office.pk]
        is_told = len(rows) == 1
        held = days.get(rows[0].member_id, []) if is_told else []
        found.append(
            Leader(
                office=office,
                branch=rows[0].organization if is_told else None,
                times=len(held),
                last_on=max(held, default=None),
                namesakes=len(rows) if len(rows) > 1 else 0,
            )
        )
    return found


def _standings(
    names: set[str], places: Sequence[Organization], day: dt.date
) -> dict[str, list[MemberStanding]]:
    """Name -> the members of that name on a roll at or below the places. One query."""
    if not names or not places:
        return {}
    tops: list[str] = []
    for path in sorted(one.path for one in places):
        if not tops or not path.startswith(tops[-1]):
            tops.append(path)
    at = below(tops[0], "organization__")
    for top in tops[1:_MOST_PATHS]:
        at |= below(top, "organization__")
    rows = (
        MemberStanding.objects.on(day)
        .filter(at, ON_ROLL, member__name__in=names)
        .select_related("organization", "member")
        .order_by("pk")
    )
    found: dict[str, list[MemberStanding]] = {}
    for row in rows:
        found.setdefault(row.member.name, []).append(row)
    return found


def _days(members: set[int], year: int) -> dict[int, list[dt.date]]:
    """Member -> the days of the year on which he took part in what a branch did together. One
    query."""
    rows = Attendance.objects.filter(
        member__in=members,
        presence__in=(Presence.PRESENT, Presence.GUEST),
        meeting__superseded_at=None,
        meeting__state__in=HELD,
        meeting__kind__in=_TOGETHER,
        meeting__held_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)),
    )
    found: dict[int, list[dt.date]] = {}
    for member_id, day in rows.values_list("member_id", "meeting__held_on"):
        found.setdefault(member_id, []).append(day)
    return found
