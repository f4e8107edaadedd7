"""Many records at once, as a ledger brings them in: the same checks, a fixed number of statements."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.states import tell_many
from orgs.models import Organization
from schedules.rounds.actions import fulfilling

from ..enums import LifeStepKind, MeetingKind
from ..models import Attendance, LifeStep, Meeting, MeetingUnit, Vote
from ..queries.rolls import DayRoll, rolls_of
from ..rules import key_of
from . import rights, telling
from .meetings import Made, Written, made
from .rows import Mark, units_of

MOST = 500
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of one organisation, under an id that says which line of which ledger it is: the
    same line again is the same record."""

    uid: UUID
    unit: Organization
    written: Written
    marks: Mapping[int, Mark]


@action
def record_many(*, entries: Sequence[Entry], by: Actor) -> list[Meeting]:
    """Writes down what is not there yet, all of it or nothing, and returns it in order. Raises as
    `meetings.record` does. A fixed number of statements for each 500 rows of a table."""
    if len(entries) > MOST:
        raise DomainError(f"一次最多登记 {MOST} 次。", field="file", code="too_many_rows")
    places = {entry.unit.pk: entry.unit for entry in entries}
    for place in places.values():
        rights.expect_writer(place, by)
    # Who brings in the same ledger at the same moment waits, and finds it here.
    list(
        Organization.objects.select_for_update(no_key=True)
        .filter(pk__in=places)
        .order_by("pk")
        .values_list("pk")
    )
    known = set(
        Meeting.objects.filter(uid__in=[entry.uid for entry in entries]).values_list(
            "uid", flat=True
        )
    )
    fresh = list({entry.uid: entry for entry in entries if entry.uid not in known}.values())
    rolls = rolls_of({(entry.unit, entry.written.kind, entry.written.held_on) for entry in fresh})
    now = clock.now()
    rows = [
        row_of(
            entry,
            rolls[entry.unit.pk, entry.written.kind, entry.written.held_on],
            now=now,
            by=by,
        )
        for entry in fresh
    ]
    meetings = [one.meeting for one in rows]
    for line in rows:
        for row in line.attendances:
            row.meeting = line.meeting
        for vote in line.votes:
            vote.meeting = line.meeting
    Meeting.objects.bulk_create(meetings, batch_size=_BATCH)
    Attendance.objects.bulk_create(
        list(chain.from_iterable(one.attendances for one in rows)), batch_size=_BATCH
    )
    MeetingUnit.objects.bulk_create(
        [
            part
            for one in rows
            for part in units_of(one.meeting, [one.meeting.organization], one.attendances)
        ],
        batch_size=_BATCH,
    )
    Vote.objects.bulk_create(
        list(chain.from_iterable(one.votes for one in rows)), batch_size=_BATCH
    )
    tell_many([LifeStep(meeting=one, kind=LifeStepKind.IMPORTED) for one in meetings], by=by)
    _settle(meetings, by=by)
    for one in meetings:
        telling.note(
            one, "life.meeting.import", by=by, changes={"held_on": [None, str(one.held_on)]}
        )
    return meetings


def row_of(entry: Entry, roll: DayRoll, *, now: dt.datetime, by: Actor) -> Made:
    """What the entry comes to against the roll of its day; nothing is stored. Raises DomainError."""
    return made(
        entry.uid,
        1,
        [entry.unit],
        entry.written,
        entry.marks,
        {entry.unit.pk: roll},
        now=now,
        recorded_at=now,
        by=by,
    )


def _settle(meetings: Sequence[Meeting], *, by: Actor) -> None:
    """Has the duties counted anew that the records fulfil: once for each kind."""
    for kind in dict.fromkeys(MeetingKind(one.kind) for one in meetings):
        of_kind = [one for one in meetings if one.kind == kind]
        fulfilling.settle(
            kind=key_of(kind),
            organizations={one.organization_id for one in of_kind},
            days={one.held_on for one in of_kind},
            by=by,
        )
