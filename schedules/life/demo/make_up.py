"""补课 of who was absent: most within thirty days, some later, and some have not yet."""

import datetime as dt
import uuid
from collections.abc import Sequence

from core.demo import Seeding
from orgs.demo.accounts import Accounts
from orgs.enums import OrganizationKind

from ..enums import MeetingState, StudyKind
from ..models import Meeting
from ..rules import is_made_up, minutes_between
from . import studied
from .draws import Held
from .studied import Studied

# Of a thousand absences: how many are made up within thirty days, and how many at all.
SOON = {"good": 860, "fair": 680, "poor": 320}
AT_ALL = {"good": 935, "fair": 800, "poor": 440}
DAYS_SOON, DAYS_LATE = (3, 26), (32, 55)
HOW = (StudyKind.SELF_STUDY, StudyKind.DELIVERED, StudyKind.REMOTE, StudyKind.ELSEWHERE)
WEIGHTS = (5, 3, 2, 1)


def write(seeding: Seeding, meetings: Sequence[Meeting], held: Sequence[Held], first: int) -> None:
    """What is made up of these records by now: one statement. `first` is the key of the zone's
    first member."""
    entries = [
        entry
        for meeting, one in zip(meetings, held, strict=True)
        if meeting.superseded_at is None and meeting.state != MeetingState.WITHDRAWN
        if is_made_up(one.kind)
        for entry in _entries(seeding, meeting, one)
    ]
    studied.by_the_absent(entries, first)


def _entries(seeding: Seeding, meeting: Meeting, held: Held) -> list[Studied]:
    found = []
    authors = seeding.of(Accounts).responsible
    soon, at_all = SOON[held.trait], AT_ALL[held.trait]
    for unit in held.units:
        rng = held.rng("made up", unit.path)
        is_group = unit.kind == OrganizationKind.PARTY_GROUP
        author = authors.get((unit.parent_id or 0) if is_group else unit.pk)
        for which, days, low, high in (
            ("soon", DAYS_SOON, 0, soon),
            ("late", DAYS_LATE, soon, at_all),
        ):
            day = held.day + dt.timedelta(days=rng.randint(*days))
            at = held.recorded_at + (day - held.day) + dt.timedelta(minutes=rng.randint(0, 90))
            kind = rng.choices(HOW, WEIGHTS)[0]
            if day >= seeding.today or at >= seeding.now:
                continue
            found.append(
                Studied(
                    batch=uuid.uuid5(held.uid, f"made up {which} {unit.path}"),
                    unit_id=unit.pk,
                    number=held.number + 17,
                    low=low,
                    high=high,
                    kind=kind,
                    title=f"补课：{meeting.topic}"[:100],
                    started_on=day,
                    ended_on=day,
                    recorded_at=at,
                    minutes=minutes_between(meeting.starts_at, meeting.ends_at) or 60,
                    confirmed_by_name=meeting.chair_name,
                    written_by_id=author.pk if author else None,
                    written_by_name=author.name if author else meeting.written_by_name,
                    meeting_id=meeting.pk,
                )
            )
    return found
