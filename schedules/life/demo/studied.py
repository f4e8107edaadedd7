"""Rows of study written many at once: for each thing studied a row of everybody who took part.

Who takes part follows from his place in the register and a number, as rolls do (`rolls.py`).
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from members.models import MemberStanding

from ..enums import StudyKind
from ..models import Attendance, Exemption, Meeting, StudyRecord
from .draws import MODULUS

FRACTION = 1000  # shares are of a thousand


@dataclass(frozen=True, slots=True)
class Studied:
    """One entry: what was studied at an organisation, and which share of those in question did,
    from `low` below `high`. `meeting_id`: the record that it makes up."""

    batch: uuid.UUID
    unit_id: int
    number: int
    low: int
    high: int
    kind: StudyKind
    title: str
    started_on: dt.date
    ended_on: dt.date
    recorded_at: dt.datetime
    minutes: int = 0
    half_days: int = 0
    is_central_course: bool = False
    confirmed_by_name: str = ""
    written_by_id: int | None = None
    written_by_name: str = ""
    meeting_id: int = 0


_PLAIN = ("unit_id", "number", "low", "high", "meeting_id")
_STORED = (
    *("batch", "kind", "title", "started_on", "ended_on", "minutes", "half_days"),
    *("is_central_course", "confirmed_by_name", "recorded_at", "written_by_id"),
    "written_by_name",
)
_ENTRIES = """
WITH d ({names}) AS (VALUES {values}),
people AS ({people}),
rolled AS (SELECT people.*, (x * x + 12345) %% {modulus} %% {fraction} AS y FROM people)
INSERT INTO {study} (uid, member_id, organization_id, makes_up, withdrawn_at, {stored})
SELECT {uid}, member_id, unit_id, {makes_up}, NULL, {selected}
FROM rolled WHERE y >= low AND y < high"""
# The first digits of the entry and the member's place: one row for each.
_UID = {
    "sqlite": "substr(batch, 1, 24) || printf('%%08x', place)",
    "postgresql": "(substr(replace(batch::text, '-', ''), 1, 24) "
    "|| lpad(to_hex(place), 8, '0'))::uuid",
}
_ROLLED = """s.member_id - {first} AS place,
  ((s.member_id - {first}) * 7919 + d.number) %% {modulus} AS x"""
_STANDS = """s.valid_from <= d.started_on AND (s.valid_to IS NULL OR s.valid_to > d.started_on)
  AND s.withdrawn_at IS NULL AND s.state = 'normal' AND NOT s.is_lost_contact"""
# In this order: left to itself, SQLite begins with the register.
_ABSENT = """
SELECT d.*, s.member_id, m.uid AS missed, {rolled}
FROM d CROSS JOIN {meeting} m CROSS JOIN {attendance} a CROSS JOIN {standing} s
WHERE m.id = d.meeting_id AND a.meeting_id = m.id AND a.organization_id = d.unit_id
  AND a.presence = 'absent' AND a.is_expected
  AND s.member_id = a.member_id AND {stands}"""
_ON_ROLL = """
SELECT d.*, s.member_id, {rolled}
FROM d JOIN {standing} s ON s.organization_id = d.unit_id AND {stands}
  AND NOT s.is_mobile AND NOT s.is_excused
  AND NOT EXISTS (SELECT 1 FROM {exemption} e WHERE e.member_id = s.member_id
    AND e.ended_at IS NULL AND e.since <= d.started_on
    AND (e.until IS NULL OR e.until >= d.started_on)) {only}"""


def by_the_absent(entries: Sequence[Studied], first: int) -> None:
    """Those who missed the record of each entry made it up. `first` is the key of the zone's first
    member."""
    _write(entries, _ABSENT, first, makes_up="missed")


def by_members(
    entries: Sequence[Studied], first: int, *, only: Sequence[int] | None = None
) -> None:
    """Those on the roll of each entry's organisation studied; of them only some, by their keys."""
    if only is not None and not only:
        return
    keys = f"AND s.member_id IN ({', '.join(map(str, only))})" if only else ""
    _write(entries, _ON_ROLL, first, only=keys)


def _write(
    entries: Sequence[Studied], people: str, first: int, *, makes_up: str = "NULL", only: str = ""
) -> None:
    if not entries:
        return
    fields = {field.name: field for field in StudyRecord._meta.concrete_fields}
    values = []
    for entry in entries:
        values += [getattr(entry, name) for name in _PLAIN]
        values += [
            fields[name].get_db_prep_save(getattr(entry, name), connection) for name in _STORED
        ]
    names = (*_PLAIN, *_STORED)
    row = f"({', '.join(['%s'] * len(names))})"
    tables = {
        "meeting": Meeting._meta.db_table,
        "attendance": Attendance._meta.db_table,
        "standing": MemberStanding._meta.db_table,
        "exemption": Exemption._meta.db_table,
    }
    # An entry that nobody of known name wrote has no type of its own in PostgreSQL.
    selected = [f"CAST({name} AS bigint)" if name == "written_by_id" else name for name in _STORED]
    statement = _ENTRIES.format(
        names=", ".join(names),
        values=", ".join([row] * len(entries)),
        people=people.format(
            rolled=_ROLLED.format(first=first, modulus=MODULUS), stands=_STANDS, only=only, **tables
        ),
        modulus=MODULUS,
        fraction=FRACTION,
        study=StudyRecord._meta.db_table,
        stored=", ".join(_STORED),
        uid=_UID[connection.vendor],
        makes_up=makes_up,
        selected=", ".join(selected),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
