"""Who is expected at a record of organisation life: the roll as it was on the day."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import BooleanField, ExpressionWrapper

from members.enums import Category
from members.models import MemberStanding
from members.models.member import ENTITLED, EXPECTED, ON_ROLL
from orgs.enums import OrganizationKind, Post
from orgs.models import OfficeHolding, Organization
from orgs.models.organization import below

from ..enums import MeetingKind, Roll
from ..models import Exemption, GroupMembership
from ..rules import RULES

# Who sits on a committee; others of the posts work for it.
ON_COMMITTEE = frozenset(Post) - {
    Post.ORGANIZATION_SECTION_CHIEF,
    Post.PARTY_AFFAIRS_OFFICER,
    Post.ORGANIZER,
}


@dataclass(frozen=True, slots=True)
class OnRoll:
    """A member on the roll of the day. Who is not expected may come all the same: one who lives
    elsewhere (流动), or is excused."""

    member_id: int
    organization_id: int
    name: str
    initial: str
    is_expected: bool
    can_vote: bool
    is_probationary: bool = False
    is_mobile: bool = False
    group_id: int = 0


@dataclass(frozen=True, slots=True)
class DayRoll:
    """The roll of one record. `unknown`: who holds a post of the committee and is on no roll.
    `groups`: the 党小组 of those on it, as (id, name)."""

    people: tuple[OnRoll, ...]
    unknown: tuple[str, ...] = ()
    groups: tuple[tuple[int, str], ...] = ()

    @property
    def expected(self) -> tuple[OnRoll, ...]:
        """应到."""
        return tuple(one for one in self.people if one.is_expected)

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to call: nothing can be recorded by such a roll."""
        return not self.people


def members_on(organizations: Collection[int], day: dt.date) -> Mapping[int, list[OnRoll]]:
    """Organisation -> its members of the day by pinyin, without those in 停止党籍 or 失联. Three
    queries for any number."""
    rows = list(
        MemberStanding.objects.on(day)
        .filter(ON_ROLL, organization__in=organizations, is_lost_contact=False)
        .annotate(
            is_due=ExpressionWrapper(EXPECTED, output_field=BooleanField()),
            may_vote=ExpressionWrapper(ENTITLED, output_field=BooleanField()),
        )
        .select_related("member")
        .order_by("member__name_pinyin", "member_id")
    )
    ids = [row.member_id for row in rows]
    exempt = _ids(Exemption.objects.on(day).filter(member__in=ids).values_list("member_id"))
    # Who has gone to another branch has left his 党小组, whatever was written of that.
    groups = {
        (pk, branch): group
        for pk, group, branch in GroupMembership.objects.on(day)
        .filter(member__in=ids)
        .values_list("member_id", "group_id", "group__parent_id")
    }
    found: dict[int, list[OnRoll]] = {pk: [] for pk in organizations}
    for row in rows:
        found[row.organization_id].append(
            OnRoll(
                member_id=row.member_id,
                organization_id=row.organization_id,
                name=row.member.name,
                initial=row.member.name_initials[:1].upper(),
                is_expected=row.is_due and row.member_id not in exempt,
                can_vote=row.may_vote,
                is_probationary=row.category == Category.PROBATIONARY,
                is_mobile=row.is_mobile,
                group_id=groups.get((row.member_id, row.organization_id), 0),
            )
        )
    return found


def roll_of(organization: Organization, kind: MeetingKind, day: dt.date) -> DayRoll:
    """Who is expected there at a record of the kind on the day, and who else may come. Three
    queries, one more for a committee, or where there are 党小组."""
    roll = RULES[kind].roll
    if roll == Roll.COMMITTEE:
        return _committee(organization, day)
    if organization.kind == OrganizationKind.PARTY_GROUP:
        if organization.parent_id is None:
            return DayRoll(())
        people = members_on([organization.parent_id], day)[organization.parent_id]
        return DayRoll(tuple(one for one in people if one.group_id == organization.pk))
    people = members_on([organization.pk], day)[organization.pk]
    if roll == Roll.CHOSEN:
        people = [replace(one, is_expected=False) for one in people]
    return DayRoll(tuple(people), groups=_groups_of(people))


def rolls_of(units: Sequence[Organization], kind: MeetingKind, day: dt.date) -> dict[int, DayRoll]:
    """Organisation -> its roll, of a meeting held together. As many queries for twenty branches as
    for one."""
    if len(units) == 1 or RULES[kind].roll in (Roll.COMMITTEE, Roll.GROUP):
        return {unit.pk: roll_of(unit, kind, day) for unit in units}
    chosen = RULES[kind].roll == Roll.CHOSEN
    by_unit = members_on([unit.pk for unit in units], day)
    groups = _groups_of(one for people in by_unit.values() for one in people)
    found = {}
    for unit, people in by_unit.items():
        if chosen:
            people = [replace(one, is_expected=False) for one in people]
        own = {one.group_id for one in people}
        found[unit] = DayRoll(
            tuple(people), groups=tuple(group for group in groups if group[0] in own)
        )
    return found


def leaders_on(organization: Organization, day: dt.date) -> list[str]:
    """Who can give leave there on the day: its secretary first, then who stands in for him. One
    query."""
    rows = (
        OfficeHolding.objects.held_on(day)
        .filter(organization=organization, post__in=[Post.SECRETARY, Post.DEPUTY_SECRETARY])
        .values_list("post", "person_name")
    )
    found = sorted(rows, key=lambda row: row[0] != Post.SECRETARY)
    return list(dict.fromkeys(name for _, name in found))


def _groups_of(people: Iterable[OnRoll]) -> tuple[tuple[int, str], ...]:
    """The 党小组 of the people in the order of the tree; no query where nobody is in one."""
    ids = {one.group_id for one in people} - {0}
    if not ids:
        return ()
    rows = Organization.objects.filter(pk__in=ids).order_by("path", "pk")
    return tuple((row.pk, str(row)) for row in rows)


def _committee(organization: Organization, day: dt.date) -> DayRoll:
    """Who holds a post of the committee on the day, by name among the members at and below it."""
    names = list(
        OfficeHolding.objects.held_on(day)
        .filter(organization=organization, post__in=ON_COMMITTEE)
        .order_by("pk")
        .values_list("person_name", flat=True)
    )
    places = (
        MemberStanding.objects.on(day)
        .filter(below(organization.path, "organization__"), member__name__in=names)
        .values_list("organization_id", flat=True)
    )
    by_name: dict[str, OnRoll] = {}
    for people in members_on(set(places), day).values():
        for one in people:
            known = by_name.get(one.name)
            # Of two with one name: who is a full member first.
            if one.name in names and (known is None or one.can_vote > known.can_vote):
                by_name[one.name] = replace(one, is_expected=True)
    order = dict.fromkeys(names)
    return DayRoll(
        tuple(by_name[name] for name in order if name in by_name),
        tuple(name for name in order if name not in by_name),
    )


def _ids(rows: Iterable[tuple[int]]) -> set[int]:
    return {pk for (pk,) in rows}
