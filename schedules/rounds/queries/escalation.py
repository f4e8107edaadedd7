"""The ladder: whom of the committee an overdue duty is brought before, once for each rung."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.periods import WorkCalendar
from orgs.permissions import Permission
from orgs.queries import namings

from ..models import Duty, ReminderMark
from .recipients import committees_of, holders_of, rungs
from .reminding import stage_key


@dataclass(slots=True)
class Brought:
    """What one person is to be told as one of a committee, and what of it is new to him."""

    duties: dict[int, Duty] = field(default_factory=dict)
    fresh: list[tuple[Duty, str]] = field(default_factory=list)


def overdue_days(duty: Duty, today: dt.date, calendar: WorkCalendar) -> int:
    """Full working days since the deadline, or since what came back was to be mended; 0 until the
    first working day after it."""
    day = duty.next_due_on
    return calendar.working_days(day + dt.timedelta(days=1), today) if today > day else 0


def brought_before(
    duties: Iterable[Duty], today: dt.date, calendar: WorkCalendar
) -> dict[int, Brought]:
    """User id -> what the ladder brings before him. Reads only; five queries.

    All overdue duties that have reached his rung are named, but only for the sake of one that is
    new to him does he hear of them.
    """
    ladder = rungs()
    late = {duty: overdue_days(duty, today, calendar) for duty in duties}
    late = {duty: days for duty, days in late.items() if days >= ladder[0].working_days}
    if not late:
        return {}
    committees = committees_of(duty.organization for duty in late)
    people = holders_of({committee.pk for committee in committees.values()})
    by_name = namings.by_name(Permission.REPORT_CHECK, (duty.organization for duty in late))
    known = set(
        ReminderMark.objects.filter(duty__in=[duty.pk for duty in late]).values_list(
            "duty_id", "user_id", "stage"
        )
    )
    found: dict[int, Brought] = defaultdict(Brought)
    for duty, days in late.items():
        committee = committees.get(duty.organization_id)
        if committee is None:
            continue
        for rung in ladder:
            if days < rung.working_days:
                continue
            for user_id in people[committee.pk].told(rung, by_name[duty.organization_id]):
                found[user_id].duties[duty.pk] = duty
                stage = stage_key(duty, rung.key)
                if (duty.pk, user_id, stage) not in known:
                    found[user_id].fresh.append((duty, stage))
    return {user_id: brought for user_id, brought in found.items() if brought.fresh}
