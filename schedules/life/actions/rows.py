"""The rows of one version of a record: how each took part, and the counts of each organisation."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from core.errors import DomainError
from core.text import clean
from orgs.models import Organization

from ..enums import AbsenceReason, Presence
from ..models import Attendance, Meeting, MeetingUnit, Vote
from ..queries.rolls import DayRoll


@dataclass(frozen=True, slots=True)
class Mark:
    """How the recorder marked one member."""

    presence: Presence
    reason: AbsenceReason | str = ""
    approver_name: str = ""

    @property
    def as_stored(self) -> "Mark":
        """As its row keeps it: only who is absent has a reason, and nobody gave leave of whom it is
        written that he had none."""
        if self.presence != Presence.ABSENT:
            return Mark(self.presence)
        asked = self.reason != AbsenceReason.NONE
        return Mark(self.presence, self.reason, clean(self.approver_name)[:50] if asked else "")


def mark_of(row: Attendance) -> Mark:
    """How a row says that somebody was marked."""
    return Mark(Presence(row.presence), row.reason, row.approver_name)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a version takes over from the one before, as it stands there: the parts of other
    organisations, which are not the writer's to change, and guests."""

    units: tuple[MeetingUnit, ...] = ()
    attendances: tuple[Attendance, ...] = ()

    @property
    def counted(self) -> frozenset[int]:
        """Whose row is there already."""
        return frozenset(row.member_id for row in self.attendances)


NOTHING = Kept()
R = TypeVar("R", Attendance, MeetingUnit, Vote)


def kept_of(former: Meeting, places: Collection[int], guests: Collection[int]) -> Kept:
    """The parts of the organisations `places`, and the `guests`, of the version. Two queries, none
    where there is nothing to keep."""
    if not places and not guests:
        return NOTHING
    units = tuple(former.units.filter(organization__in=places))
    rows = [
        row
        for row in former.attendances.all()
        if (row.member_id in guests)
        or (row.presence != Presence.GUEST and row.organization_id in places)
    ]
    return Kept(units, tuple(rows))


def write(
    meeting: Meeting,
    units: Sequence[Organization],
    rows: Sequence[Attendance],
    kept: Kept,
    votes: Sequence[Vote],
) -> None:
    """Stores the rows of the version: three statements for any number."""
    copies = [_copy(row) for row in kept.attendances]
    for row in (*rows, *copies):
        row.meeting = meeting
    for vote in votes:
        vote.meeting = meeting
    Attendance.objects.bulk_create([*rows, *copies], batch_size=500)
    parts = [_copy(row) for row in kept.units]
    for part in parts:
        part.meeting = meeting
    own = units_of(meeting, units, rows)
    # Whose record it is comes first, whoever writes.
    host = meeting.organization_id
    MeetingUnit.objects.bulk_create(
        sorted([*own, *parts], key=lambda part: part.organization_id != host)
    )
    Vote.objects.bulk_create(votes)


def _copy(row: R) -> R:
    fields = row._meta.concrete_fields
    given = {one.attname: getattr(row, one.attname) for one in fields if not one.primary_key}
    return type(row)(**given)


def copies_of(votes: Sequence[Vote]) -> list[Vote]:
    """The same votes, for another version."""
    return [_copy(row) for row in votes]


def attendances(
    rolls: Mapping[int, DayRoll], marks: Mapping[int, Mark], counted: Collection[int] = ()
) -> list[Attendance]:
    """A row for each mark. Raises DomainError when the roll is no longer the one that was marked:
    somebody came or left meanwhile; what was marked stays with who marked it. Who is `counted` in
    another part of the record already is left out here."""
    people = {
        one.member_id: replace(one, organization_id=unit)
        for unit, roll in rolls.items()
        for one in roll.people
        if one.member_id not in counted
    }
    gone = [pk for pk in marks if pk not in people and pk not in counted]
    if gone:
        raise DomainError(
            f"名单变了：{len(gone)} 人这一天不在这里的名册上。请核对名单后再保存。",
            field="marks",
            code="roll",
        )
    missing = [
        one.name for one in people.values() if one.is_expected and one.member_id not in marks
    ]
    if missing:
        names = "、".join(missing[:3]) + ("等" if len(missing) > 3 else "")
        raise DomainError(
            f"还有 {len(missing)} 人没有登记：{names}。", field="marks", code="unmarked"
        )
    rows = []
    for pk, mark in marks.items():
        if pk not in people:
            continue
        one = people[pk]
        is_absent = mark.presence == Presence.ABSENT
        if is_absent and not one.is_expected:
            continue  # who is not expected is never absent
        if is_absent and not mark.reason:
            raise DomainError(f"请选{one.name}缺席的原因。", field="marks", code="reason")
        kept = mark.as_stored
        rows.append(
            Attendance(
                member_id=pk,
                organization_id=one.organization_id,
                is_expected=one.is_expected,
                presence=kept.presence,
                reason=kept.reason,
                approver_name=kept.approver_name,
            )
        )
    return rows


def units_of(
    meeting: Meeting, units: Sequence[Organization], rows: Collection[Attendance]
) -> list[MeetingUnit]:
    """The counts of each organisation's part, from the rows that were written. Guests count at
    home, and in no part of this record."""
    counts: dict[int, Counter[str]] = {unit.pk: Counter() for unit in units}
    for row in rows:
        if row.presence == Presence.GUEST:
            continue
        count = counts[row.organization_id]
        count[row.presence] += 1
        count["expected"] += row.is_expected
        count["came"] += row.is_expected and row.presence == Presence.PRESENT
        count[row.reason] += 1
    return [
        MeetingUnit(
            meeting=meeting,
            organization=unit,
            expected_count=count["expected"],
            present_count=count["came"],
            absent_count=count[Presence.ABSENT],
            extra_count=count[Presence.PRESENT] - count["came"],
            unexcused_count=count[AbsenceReason.NONE],
        )
        for unit in units
        for count in (counts[unit.pk],)
    ]
