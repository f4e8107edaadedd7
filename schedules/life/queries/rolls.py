"""Who is expected at a record of organisation life: the roll as it was on the day."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import BooleanField, ExpressionWrapper, Q

from members.enums import Category
from members.models import MemberStanding
from members.models.member import ENTITLED, EXPECTED, ON_ROLL
from orgs.enums import OrganizationKind, Post
from orgs.models import OfficeHolding, Organization

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


Wanted = tuple[Organization, MeetingKind, dt.date]
Key = tuple[int, MeetingKind, dt.date]


def rolls_of(wanted: Collection[Wanted]) -> Mapping[Key, DayRoll]:
    """(organisation, kind, day) -> who is expected there at a record of the kind on the day, and who
    else may come. Three queries for any number of records, one more where there are committees
    among them."""
    if not wanted:
        return {}
    committees = {place.pk for place, kind, _ in wanted if RULES[kind].roll == Roll.COMMITTEE}
    others = [place for place, kind, _ in wanted if RULES[kind].roll != Roll.COMMITTEE]
    days = [day for *_, day in wanted]
    register = _register(set(map(_place_of, others)) - {0}, committees, min(days), max(days))
    return {(place.pk, kind, day): _roll(register, place, kind, day) for place, kind, day in wanted}


def roll_of(organization: Organization, kind: MeetingKind, day: dt.date) -> DayRoll:
    """The roll of one record. Queries as `rolls_of`."""
    return rolls_of([(organization, kind, day)])[organization.pk, kind, day]


def rolls_together(
    units: Sequence[Organization], kind: MeetingKind, day: dt.date
) -> dict[int, DayRoll]:
    """Organisation -> its roll, of a meeting held together. Queries as `rolls_of`."""
    found = rolls_of([(unit, kind, day) for unit in units])
    return {unit.pk: found[unit.pk, kind, day] for unit in units}


def members_on(organizations: Collection[int], day: dt.date) -> Mapping[int, list[OnRoll]]:
    """Organisation -> its members of the day by pinyin, without those in 停止党籍 or 失联. Three
    queries for any number."""
    register = _register(set(organizations), set(), day, day)
    return {pk: register.members_on(pk, day) for pk in organizations}


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


# --- private -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Register:
    """How people stood in some organisations over some time."""

    standings: Sequence[MemberStanding]
    by_place: dict[int, list[MemberStanding]] = field(default_factory=dict)
    exempt: dict[int, list[Exemption]] = field(default_factory=dict)
    groups: dict[int, list[GroupMembership]] = field(default_factory=dict)
    offices: dict[int, list[OfficeHolding]] = field(default_factory=dict)

    def members_on(self, place: int, day: dt.date) -> list[OnRoll]:
        """Who stood on the roll of the place."""
        return [self.seen(row, day) for row in self.by_place.get(place, ()) if _holds(row, day)]

    def group_on(self, row: MemberStanding, day: dt.date) -> Organization | None:
        """His 党小组. Who has gone to another branch has left it, whatever was written of that."""
        own = self.groups.get(row.member_id, ())
        there = (one.group for one in own if _is_on(one, day))
        return next((one for one in there if one.parent_id == row.organization_id), None)

    def seen(self, row: MemberStanding, day: dt.date) -> OnRoll:
        """A member as a record of the day finds him."""
        is_exempt = any(_is_on(one, day) for one in self.exempt.get(row.member_id, ()))
        is_due: bool = row.is_due  # type: ignore[attr-defined]  # annotated
        group = self.group_on(row, day)
        return OnRoll(
            member_id=row.member_id,
            organization_id=row.organization_id,
            name=row.member.name,
            initial=row.member.name_initials[:1].upper(),
            is_expected=is_due and not is_exempt,
            can_vote=row.may_vote,  # type: ignore[attr-defined]  # annotated
            is_probationary=row.category == Category.PROBATIONARY,
            is_mobile=row.is_mobile,
            group_id=group.pk if group else 0,
        )

    def groups_on(self, place: Organization, day: dt.date) -> tuple[tuple[int, str], ...]:
        """The 党小组 of those on the roll of the place, in the order of the tree."""
        rows = (row for row in self.by_place.get(place.pk, ()) if _holds(row, day))
        found = {group.pk: group for row in rows if (group := self.group_on(row, day))}
        in_order = sorted(found.values(), key=lambda group: (group.path, group.pk))
        return tuple((group.pk, group.name_in(place)) for group in in_order)


def _register(
    places: Collection[int], committees: Collection[int], first: dt.date, last: dt.date
) -> _Register:
    """The register of the places, and of who sat on the committees, over the time."""
    holdings: list[OfficeHolding] = []
    wanted = Q(organization__in=places)
    if committees:
        holdings = list(
            OfficeHolding.objects.filter(
                organization__in=committees, post__in=ON_COMMITTEE
            ).order_by("pk")
        )
        wanted |= Q(member__name__in={holding.person_name for holding in holdings})
    rows = list(
        MemberStanding.objects.in_force()
        .filter(wanted, ON_ROLL, is_lost_contact=False, valid_from__lte=last)
        .filter(Q(valid_to=None) | Q(valid_to__gt=first))
        .annotate(
            is_due=ExpressionWrapper(EXPECTED, output_field=BooleanField()),
            may_vote=ExpressionWrapper(ENTITLED, output_field=BooleanField()),
        )
        .select_related("member", "organization")
        .order_by("member__name_pinyin", "member_id")
    )
    register = _Register(rows)
    for row in rows:
        register.by_place.setdefault(row.organization_id, []).append(row)
    ids = {row.member_id for row in rows}
    for one in Exemption.objects.filter(member__in=ids, ended_at=None):
        register.exempt.setdefault(one.member_id, []).append(one)
    for membership in GroupMembership.objects.filter(member__in=ids).select_related("group"):
        register.groups.setdefault(membership.member_id, []).append(membership)
    for holding in holdings:
        register.offices.setdefault(holding.organization_id, []).append(holding)
    return register


def _roll(register: _Register, place: Organization, kind: MeetingKind, day: dt.date) -> DayRoll:
    roll = RULES[kind].roll
    if roll == Roll.COMMITTEE:
        return _committee(register, place, day)
    people = register.members_on(_place_of(place), day)
    if place.kind == OrganizationKind.PARTY_GROUP:
        return DayRoll(tuple(one for one in people if one.group_id == place.pk))
    if roll == Roll.CHOSEN:
        people = [replace(one, is_expected=False) for one in people]
    return DayRoll(tuple(people), groups=register.groups_on(place, day))


def _committee(register: _Register, place: Organization, day: dt.date) -> DayRoll:
    """Who holds a post of the committee on the day, by name among the members at and below it."""
    offices = register.offices.get(place.pk, ())
    names = dict.fromkeys(one.person_name for one in offices if _is_held(one, day))
    by_name: dict[str, OnRoll] = {}
    for row in register.standings:
        name = row.member.name
        if name not in names or not _holds(row, day):
            continue
        if not row.organization.path.startswith(place.path):
            continue
        one, known = register.seen(row, day), by_name.get(name)
        # Of two with one name: who is a full member first.
        if known is None or one.can_vote > known.can_vote:
            by_name[name] = replace(one, is_expected=True)
    return DayRoll(
        tuple(by_name[name] for name in names if name in by_name),
        tuple(name for name in names if name not in by_name),
    )


def _place_of(place: Organization) -> int:
    """On whose roll the people stand: a group's are its branch's."""
    is_group = place.kind == OrganizationKind.PARTY_GROUP
    return (place.parent_id or 0) if is_group else place.pk


def _holds(row: MemberStanding, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


def _is_on(one: Exemption | GroupMembership, day: dt.date) -> bool:
    return one.since <= day and (one.until is None or day <= one.until)


def _is_held(one: OfficeHolding, day: dt.date) -> bool:
    begun = one.started_on is None or one.started_on <= day
    return begun and (one.ended_on is None or day < one.ended_on)
