"""民主评议党员 of the demo zone: ballots as they were counted, and the grades decided.

优秀 goes to a third at most, as it generally should; in a few branches to more, which the portal
points out. Who gets what follows from his place in the register, as rolls do (`rolls.py`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from core import periods
from core.batches import batched
from core.demo import Seeding
from members.models import Member, MemberStanding
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree

from ..enums import MeetingKind
from ..models import Appraisal, AppraisalResult, Meeting, MeetingUnit
from ..rules import year_about
from .draws import MODULUS, Held
from .meetings import Life

TOGETHER = 200
GENEROUS = (17, 150)  # every so manieth branch from this one on gives 优秀 to more than a third
BASIC, FAILED = 982, 998  # of a thousand who are not 优秀: from here on 基本合格, 不合格
_STANDS = """s.valid_from <= m.held_on AND (s.valid_to IS NULL OR s.valid_to > m.held_on)
  AND s.withdrawn_at IS NULL AND s.state = 'normal' AND NOT s.is_lost_contact"""
_RESULTS = """
WITH d (appraisal_id, meeting_id, place_id, number, valid, less) AS (VALUES {values}),
people AS (
  SELECT d.*, s.member_id, s.category = 'probationary_member' AS is_probationary,
    ((s.member_id - {first}) * 7919 + d.number) % {modulus} AS x
  FROM d JOIN {meeting} m ON m.id = d.meeting_id
  JOIN {standing} s ON s.organization_id = d.place_id AND {stands}
),
rolled AS (SELECT people.*, (x * x + 12345) % {modulus} AS y FROM people),
ranked AS (
  SELECT rolled.*,
    ROW_NUMBER() OVER (PARTITION BY appraisal_id, is_probationary ORDER BY y, member_id) AS place,
    COUNT(*) OVER (PARTITION BY appraisal_id, is_probationary) AS graded
  FROM rolled
),
decided AS (
  SELECT ranked.*, CASE WHEN is_probationary THEN ''
    WHEN place <= graded / 3 - less THEN 'excellent'
    WHEN (y / 7) % 1000 >= {failed} THEN 'failed'
    WHEN (y / 7) % 1000 >= {basic} THEN 'basic' ELSE 'qualified' END AS grade
  FROM ranked
),
cast_ AS (
  SELECT decided.*,
    CASE grade WHEN 'excellent' THEN valid * (72 + y % 25) / 100
      WHEN 'qualified' THEN valid * (8 + y % 30) / 100
      WHEN '' THEN valid * (5 + y % 20) / 100 ELSE 0 END AS best,
    CASE grade WHEN 'failed' THEN valid * (55 + y % 20) / 100 ELSE 0 END AS worst,
    CASE grade WHEN 'basic' THEN valid * (55 + y % 20) / 100
      WHEN 'failed' THEN valid * 15 / 100
      ELSE CASE WHEN y % 9 = 0 AND valid > 6 THEN 1 ELSE 0 END END AS middling
  FROM decided
)
INSERT INTO {result} (appraisal_id, member_id, is_probationary, excellent_count, qualified_count,
  basic_count, failed_count, grade)
SELECT appraisal_id, member_id, is_probationary, best,
  CASE WHEN valid > best + middling + worst THEN valid - best - middling - worst ELSE 0 END,
  CASE WHEN valid - best - worst < middling THEN 0 ELSE middling END, worst, grade
FROM cast_ JOIN {member} ON {member}.id = member_id
ORDER BY appraisal_id, {member}.name_pinyin, member_id"""


@dataclass(frozen=True, slots=True)
class _Written:
    """A stored record with its appraisal to be."""

    meeting: Meeting
    held: Held
    row: Appraisal
    less: int


def build(seeding: Seeding) -> Mapping[str, int]:
    """The appraisals of the records that are there."""
    if seeding.is_again:
        return {}
    _write_all(seeding, [held for some in _of_all(seeding).values() for held in some])
    return {"appraisals": Appraisal.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """Those of one older month; what is written of a record stays."""
    rows = [
        held
        for some in _of_all(seeding).values()
        for held in some
        if periods.containing(held.day, periods.MONTH) == month
    ]
    known = set(
        Appraisal.objects.filter(record_uid__in=[held.uid for held in rows]).values_list(
            "record_uid", flat=True
        )
    )
    left = [held for held in rows if held.uid not in known]
    for some in batched(left, TOGETHER):
        with seeding.step():
            _write(seeding, some)


def _of_all(seeding: Seeding) -> Mapping[int, Sequence[Held]]:
    yearly = seeding.of(Life).draws.yearly()
    return {
        pk: [held for held in some if held.kind == MeetingKind.APPRAISAL]
        for pk, some in yearly.items()
    }


def _write_all(seeding: Seeding, rows: Sequence[Held]) -> None:
    for some in batched(rows, TOGETHER):
        _write(seeding, some)


def _write(seeding: Seeding, some: Sequence[Held]) -> None:
    """Four statements."""
    written = _drawn(seeding, some)
    seeding.add([one.row for one in written])
    if not written:
        return
    values = ", ".join(
        f"({one.row.pk}, {one.meeting.pk}, {one.held.host.pk}, {one.held.number}, "
        f"{one.row.valid_count}, {one.less})"
        for one in written
    )
    statement = _RESULTS.format(
        values=values,
        first=seeding.of(Life).rolls(seeding).first,
        modulus=MODULUS,
        failed=FAILED,
        basic=BASIC,
        stands=_STANDS,
        meeting=Meeting._meta.db_table,
        standing=MemberStanding._meta.db_table,
        member=Member._meta.db_table,
        result=AppraisalResult._meta.db_table,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _drawn(seeding: Seeding, some: Sequence[Held]) -> list[_Written]:
    """The appraisals of the records that are there, unless nobody was."""
    there = {
        unit.meeting.uid: unit
        for unit in MeetingUnit.objects.filter(
            meeting__in=Meeting.objects.current().held().filter(uid__in=[held.uid for held in some])
        ).select_related("meeting")
    }
    tree, authors = seeding.of(Tree), seeding.of(Accounts).responsible
    places = {branch.pk: place for place, branch in enumerate(tree.branches)}
    found = []
    for held in some:
        unit, rng = there.get(held.uid), held.rng("ballots")
        late = rng.randint(10, 90)
        if unit is None or unit.present_count + unit.extra_count < 2:
            continue
        at = held.recorded_at + dt.timedelta(minutes=late)
        if at >= seeding.now:
            continue
        given = unit.present_count + unit.extra_count
        returned = given - (rng.random() < 0.08)
        author = authors.get(held.host.pk)
        row = Appraisal(
            record_uid=held.uid,
            organization=held.host,
            year=year_about(held.day),
            given_count=given,
            returned_count=returned,
            valid_count=returned - (rng.random() < 0.1),
            written_at=at,
            written_by_id=author.pk if author else None,
            written_by_name=author.name if author else held.host.contact_name,
        )
        first, step = GENEROUS
        is_generous = places[held.host.pk] % step == first
        less = -rng.randint(1, 2) if is_generous else rng.choices((0, 1, 2), (6, 3, 1))[0]
        found.append(_Written(unit.meeting, held, row, less))
    return found
