"""Who was there: rolls of many records at once, by the rules of `queries/rolls.py`, in SQL.

Whether somebody stayed away follows from his place in the register and the number of the record,
not from chance: a roll comes out the same on either database and whenever it is written.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper

from members.models import Member, MemberStanding
from members.models.member import ENTITLED, ON_ROLL
from orgs.models import OfficeHolding

from ..models import Attendance, Exemption, GroupMembership, Meeting, MeetingUnit, Vote
from ..queries.rolls import ON_COMMITTEE
from .draws import MODULUS, Held

OFTEN = 5  # so many in 97 stay away five times as often as others
# Of a thousand who are not expected these come; of those who live elsewhere, so many are guests of
# another branch.
COMES_ALL_THE_SAME, GUEST = 60, 70


@dataclass(frozen=True, slots=True)
class Part:
    """One organisation's part in a stored record, and whose register its roll is taken from; and of
    which other branch those who live elsewhere (流动) may come to it as guests."""

    meeting_id: int
    unit_id: int
    place_id: int
    number: int
    absent: int  # of a thousand; at what nobody is expected, who came
    guests_of: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing put to the vote in a stored record, with how many were not for it."""

    meeting_id: int
    place_id: int
    number: int
    subject: str
    against: int
    abstained: int


_DAY = "s.valid_from <= m.held_on AND (s.valid_to IS NULL OR s.valid_to > m.held_on)"
_STANDS = f"{_DAY} AND s.withdrawn_at IS NULL AND s.state = 'normal' AND NOT s.is_lost_contact"
_EXEMPT = """EXISTS (SELECT 1 FROM {exemption} e WHERE e.member_id = s.member_id
  AND e.ended_at IS NULL AND e.since <= m.held_on AND (e.until IS NULL OR e.until >= m.held_on))"""
_IN_GROUP = """JOIN {membership} g ON g.group_id = d.unit_id AND g.since <= m.held_on
  AND (g.until IS NULL OR g.until >= m.held_on)"""
_ATTENDANCES = """
WITH d (meeting_id, unit_id, place_id, number, absent, is_home) AS (VALUES {values}),
people AS (
  SELECT d.meeting_id, d.unit_id, d.number, d.absent, d.is_home, m.chair_name AS chair, s.member_id,
    s.is_mobile, s.member_id - {first} AS place,
    ((s.member_id - {first}) * 7919 + d.number) % {modulus} AS x,
    ({due}) AS is_expected
  FROM d JOIN {meeting} m ON m.id = d.meeting_id {group}
  JOIN {standing} s ON s.organization_id = d.place_id AND {stands} {same}
),
rolled AS (
  SELECT people.*, (x * x + 12345) % {modulus} AS y,
    CASE WHEN (place * 263 + 71) % 97 < {often} THEN absent * 5 ELSE absent END AS few
  FROM people
),
marked AS (
  SELECT rolled.*, (y / 1000 + number) % 100 AS why,
    CASE WHEN is_expected AND y % 1000 < few THEN 'absent'
      WHEN is_expected OR is_home = 1 AND y % 1000 < {comes} THEN 'present'
      WHEN is_home = 0 AND is_mobile AND y % 1000 < {guest} THEN 'guest' ELSE '' END AS presence
  FROM rolled
),
told AS (
  SELECT marked.*, CASE WHEN presence <> 'absent' THEN '' WHEN why < 32 THEN 'duty'
    WHEN why < 48 THEN 'illness' WHEN why < 72 THEN 'personal' WHEN why < 87 THEN 'away'
    WHEN why < 92 THEN 'other' ELSE 'none' END AS reason
  FROM marked WHERE presence <> ''
)
INSERT INTO {attendance}
  (meeting_id, member_id, organization_id, is_expected, presence, reason, approver_name)
SELECT meeting_id, member_id, unit_id, is_expected, presence, reason,
  CASE WHEN reason IN ('', 'none') THEN '' ELSE chair END
FROM told"""
_COMMITTEES = """
WITH d (meeting_id, member_id, unit_id, reason) AS (VALUES {values})
INSERT INTO {attendance}
  (meeting_id, member_id, organization_id, is_expected, presence, reason, approver_name)
SELECT d.meeting_id, d.member_id, d.unit_id, TRUE,
  CASE WHEN d.reason = '' THEN 'present' ELSE 'absent' END, d.reason,
  CASE WHEN d.reason = '' THEN '' ELSE m.chair_name END
FROM d JOIN {meeting} m ON m.id = d.meeting_id"""
_REASONS = ("duty", "illness", "personal")
_UNITS = """
WITH d (place, meeting_id, unit_id) AS (VALUES {values})
INSERT INTO {unit} (meeting_id, organization_id, expected_count, present_count, absent_count,
  extra_count, unexcused_count)
SELECT d.meeting_id, d.unit_id,
  COUNT(CASE WHEN a.is_expected THEN 1 END),
  COUNT(CASE WHEN a.is_expected AND a.presence = 'present' THEN 1 END),
  COUNT(CASE WHEN a.presence = 'absent' THEN 1 END),
  COUNT(CASE WHEN NOT a.is_expected AND a.presence = 'present' THEN 1 END),
  COUNT(CASE WHEN a.reason = 'none' THEN 1 END)
FROM d LEFT JOIN {attendance} a
  ON a.meeting_id = d.meeting_id AND a.organization_id = d.unit_id
GROUP BY d.place, d.meeting_id, d.unit_id ORDER BY d.place"""
_VOTES = """
WITH v (meeting_id, place_id, number, subject, against, abstained) AS (VALUES {values}),
counted AS (
  SELECT v.meeting_id, v.number, v.subject, v.against, v.abstained, COUNT(*) AS entitled,
    COUNT(CASE WHEN a.presence = 'present' THEN 1 END) AS present
  FROM v JOIN {meeting} m ON m.id = v.meeting_id
  JOIN {standing} s ON s.organization_id = v.place_id AND {stands}
    AND s.category = 'full_member' AND NOT s.is_on_party_probation
  LEFT JOIN {attendance} a ON a.meeting_id = v.meeting_id AND a.member_id = s.member_id
  GROUP BY v.meeting_id, v.number, v.subject, v.against, v.abstained
),
cast_ AS (
  SELECT counted.*, CASE WHEN present > 8 THEN against ELSE 0 END AS nays,
    CASE WHEN present > 8 THEN abstained ELSE 0 END AS blanks
  FROM counted
)
INSERT INTO {vote} (meeting_id, number, subject, entitled, present, for_count, against_count,
  abstained_count)
SELECT meeting_id, number, subject, entitled, present, present - nays - blanks, nays, blanks
FROM cast_ WHERE present * 2 > entitled"""


def _named(template: str, **more: object) -> str:
    """The template with the names of tables; parts within parts are named first."""
    models = {
        "meeting": Meeting,
        "standing": MemberStanding,
        "attendance": Attendance,
        "unit": MeetingUnit,
        "vote": Vote,
        "exemption": Exemption,
        "membership": GroupMembership,
    }
    tables = {name: model._meta.db_table for name, model in models.items()}
    return template.format(**tables, stands=_STANDS, **more)


_STAYS = f"NOT s.is_mobile AND NOT s.is_excused AND NOT {_EXEMPT}"


class Rolls:
    """Writes rolls; `first` is the key of the zone's first member, from which places count."""

    def __init__(self, first: Member) -> None:
        self.first = first.pk
        self._committees = _Committees()

    def members(self, parts: Sequence[Part]) -> None:
        """Attendances of records to which all members of an organisation are expected."""
        self._attendances(parts)

    def groups(self, parts: Sequence[Part]) -> None:
        """Those of records of 党小组: who is in the group, on the roll of its branch."""
        group = _named(_IN_GROUP)
        self._attendances(parts, group=group, same="AND s.member_id = g.member_id")

    def chosen(self, parts: Sequence[Part]) -> None:
        """Those of records at which nobody is expected: `absent` of a thousand came."""
        same = f"AND {_named(_STAYS)}"
        self._attendances(parts, same=same, due="1 = 0", comes="absent")

    def committees(self, records: Sequence[tuple[Meeting, Held]]) -> None:
        """Attendances of 支委会: who holds a post there on the day."""
        rows = []
        for meeting, held in records:
            rng = held.rng("committee")
            for member_id in self._committees.on(held.host.pk, held.day):
                reason = rng.choice(_REASONS) if rng.random() < 0.05 else ""
                rows.append(f"({meeting.pk}, {member_id}, {held.host.pk}, '{reason}')")
        _execute(_named(_COMMITTEES, values=", ".join(rows)), bool(rows))

    def units(self, parts: Sequence[Part]) -> None:
        """The counts of each part, of the attendances that are there, in the order given."""
        values = ", ".join(
            f"({place}, {one.meeting_id}, {one.unit_id})" for place, one in enumerate(parts)
        )
        _execute(_named(_UNITS, values=values), bool(parts))

    def votes(self, asked: Sequence[Asked]) -> None:
        """Votes with who was there to take them; none where too few were."""
        values = ", ".join(
            f"({one.meeting_id}, {one.place_id}, {one.number}, %s, {one.against}, {one.abstained})"
            for one in asked
        )
        _execute(_named(_VOTES, values=values), bool(asked), [one.subject for one in asked])

    def _attendances(
        self,
        parts: Sequence[Part],
        *,
        group: str = "",
        same: str = "",
        due: str = "",
        comes: int | str = COMES_ALL_THE_SAME,
    ) -> None:
        homes = [
            f"({one.meeting_id}, {one.unit_id}, {one.place_id}, {one.number}, {one.absent}, 1)"
            for one in parts
        ]
        # A guest counts at home: his row hangs on his own organisation, in no part of the record.
        away = [
            f"({one.meeting_id}, {one.guests_of}, {one.guests_of}, {one.number}, 0, 0)"
            for one in parts
            if one.guests_of
        ]
        values = ", ".join([*homes, *away])
        statement = _named(
            _ATTENDANCES,
            values=values,
            first=self.first,
            modulus=MODULUS,
            often=OFTEN,
            comes=comes,
            guest=GUEST,
            due=due or f"d.is_home = 1 AND {_named(_STAYS)}",
            group=group,
            same=same,
        )
        _execute(statement, bool(parts))


class _Committees:
    """Who sits on the committee of a branch on a day, as `queries/rolls.py` finds them."""

    def __init__(self) -> None:
        offices = OfficeHolding.objects.filter(post__in=ON_COMMITTEE).order_by("pk")
        self.offices: dict[int, list[OfficeHolding]] = {}
        for one in offices:
            self.offices.setdefault(one.organization_id, []).append(one)
        names = {one.person_name for one in offices}
        rows = (
            MemberStanding.objects.in_force()
            .filter(ON_ROLL, is_lost_contact=False, member__name__in=names)
            .annotate(may_vote=ExpressionWrapper(ENTITLED, output_field=BooleanField()))
            .order_by("member__name_pinyin", "member_id")
            .values_list(
                *("organization_id", "member__name", "member_id", "valid_from", "valid_to"),
                "may_vote",
            )
        )
        self.known: dict[tuple[int, str], list[tuple[int, dt.date, dt.date | None, bool]]] = {}
        for place, name, *row in rows:
            self.known.setdefault((place, name), []).append(tuple(row))

    def on(self, organization_id: int, day: dt.date) -> list[int]:
        """Keys of the members, in the order of their offices."""
        found: dict[int, None] = {}
        for office in self.offices.get(organization_id, ()):
            begun = office.started_on is None or office.started_on <= day
            over = office.ended_on is not None and office.ended_on <= day
            if not begun or over:
                continue
            rows = [
                (not may_vote, member_id)
                for member_id, since, until, may_vote in self.known.get(
                    (organization_id, office.person_name), ()
                )
                if since <= day and (until is None or until > day)
            ]
            if rows:  # of two with one name: who is a full member first
                found[min(rows, key=lambda row: row[0])[1]] = None
        return list(found)


def _execute(statement: str, is_wanted: bool, values: list[str] | None = None) -> None:
    if is_wanted:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
