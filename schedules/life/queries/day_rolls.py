"""The rolls of many records of many days at once, as `rolls.roll_of` gives each of them."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import BooleanField, ExpressionWrapper, Q

from members.enums import Category
from members.models import MemberStanding
from members.models.member import ENTITLED, EXPECTED, ON_ROLL
from orgs.enums import OrganizationKind
from orgs.models import OfficeHolding, Organization

from ..enums import MeetingKind, Roll
from ..models import Exemption, GroupMembership
from ..rules import RULES
from .rolls import ON_COMMITTEE, DayRoll, OnRoll

Wanted = tuple[Organization, MeetingKind, dt.date]
Key = tuple[int, MeetingKind, dt.date]


@dataclass(slots=True)
class _Register:
    """The register of some organisations over some time."""

    standings: Sequence[MemberStanding]
    by_place: dict[int, list[MemberStanding]] = field(default_factory=dict)
    exempt: dict[int, list[Exemption]] = field(default_factory=dict)
    groups: dict[int, list[GroupMembership]] = field(default_factory=dict)
    offices: dict[int, list[OfficeHolding]] = field(default_factory=dict)

    def members_on(self, place: int, day: dt.date) -> list[OnRoll]:
        return [self.seen(row, day) for row in self.by_place.get(place, ()) if _holds(row, day)]

    def seen(self, row: MemberStanding, day: dt.date) -> OnRoll:
        member, exempt = row.member, self.exempt.get(row.member_id, ())
        groups = self.groups.get(row.member_id, ())
        is_due: bool = row.is_due  # type: ignore[attr-defined]  # annotated
        return OnRoll(
            member_id=row.member_id,
            organization_id=row.organization_id,
            name=member.name,
            initial=member.name_initials[:1].upper(),
            is_expected=is_due and not any(_is_on(one, day) for one in exempt),
            can_vote=row.may_vote,  # type: ignore[attr-defined]  # annotated
            is_probationary=row.category == Category.PROBATIONARY,
            is_mobile=row.is_mobile,
            group_id=next((one.group_id for one in groups if _is_on(one, day)), 0),
        )


def rolls_of(wanted: Collection[Wanted]) -> Mapping[Key, DayRoll]:
    """(organisation, kind, day) -> its roll. Four queries for any number of records."""
    if not wanted:
        return {}
    register = _register(wanted)
    return {(place.pk, kind, day): _roll(register, place, kind, day) for place, kind, day in wanted}


def _register(wanted: Collection[Wanted]) -> _Register:
    first, last = min(day for *_, day in wanted), max(day for *_, day in wanted)
    committees = {place.pk for place, kind, _ in wanted if RULES[kind].roll == Roll.COMMITTEE}
    holdings = list(
        OfficeHolding.objects.filter(organization__in=committees, post__in=ON_COMMITTEE).order_by(
            "pk"
        )
    )
    places = {
        _place_of(place)
        for place, kind, _ in wanted
        if RULES[kind].roll != Roll.COMMITTEE and _place_of(place)
    }
    rows = list(
        MemberStanding.objects.in_force()
        .filter(ON_ROLL, is_lost_contact=False, valid_from__lte=last)
        .filter(Q(valid_to=None) | Q(valid_to__gt=first))
        .filter(
            Q(organization__in=places)
            | Q(member__name__in={holding.person_name for holding in holdings})
        )
        .annotate(
            is_due=ExpressionWrapper(EXPECTED, output_field=BooleanField()),
            may_vote=ExpressionWrapper(ENTITLED, output_field=BooleanField()),
        )
        .select_related("member", "organization")
        .order_by("member__name_pinyin", "member_id")
    )
    ids = {row.member_id for row in rows}
    register = _Register(rows)
    for row in rows:
        register.by_place.setdefault(row.organization_id, []).append(row)
    for one in Exemption.objects.filter(member__in=ids, ended_at=None):
        register.exempt.setdefault(one.member_id, []).append(one)
    for group in GroupMembership.objects.filter(member__in=ids):
        register.groups.setdefault(group.member_id, []).append(group)
    for holding in holdings:
        register.offices.setdefault(holding.organization_id, []).append(holding)
    return register


def _roll(register: _Register, place: Organization, kind: MeetingKind, day: dt.date) -> DayRoll:
    if RULES[kind].roll == Roll.COMMITTEE:
        return _committee(register, place, day)
    people = register.members_on(_place_of(place), day)
    if place.kind == OrganizationKind.PARTY_GROUP:
        people = [one for one in people if one.group_id == place.pk]
    elif RULES[kind].roll == Roll.CHOSEN:
        people = [replace(one, is_expected=False) for one in people]
    return DayRoll(tuple(people))


def _committee(register: _Register, place: Organization, day: dt.date) -> DayRoll:
    names = dict.fromkeys(
        one.person_name for one in register.offices.get(place.pk, ()) if _is_held(one, day)
    )
    by_name: dict[str, OnRoll] = {}
    for row in register.standings:
        name = row.member.name
        if name not in names or not _holds(row, day):
            continue
        if not row.organization.path.startswith(place.path):
            continue
        one, known = register.seen(row, day), by_name.get(name)
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
