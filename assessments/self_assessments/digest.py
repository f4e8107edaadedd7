"""What the one digest of a person says of self-assessments. Sent by schedules/rounds."""

import datetime as dt
from collections import defaultdict

from core import periods
from core.templatetags.words import day_zh
from orgs.permissions import Permission
from schedules.action_items.queries.people import people_at
from schedules.rounds.digests import Morning, Part

from .models import SelfNotice
from .queries.due import due_on
from .queries.reported import unsent

LAST_DAYS = 1  # before the last day a second and last word


def parts(morning: Morning) -> dict[int, Part]:
    """User -> that his organisation's self-assessment is open, and once more when its last day is
    near. Three queries; one when nobody is asked."""
    rows = list(unsent().select_for_update(of=("self",), skip_locked=True))
    if not rows:
        return {}
    people = people_at({one.organization_id for one in rows}, Permission.ASSESSMENT_ANSWER)
    known = set(
        SelfNotice.objects.filter(assessed__in=[one.pk for one in rows]).values_list(
            "assessed_id", "user_id", "stage"
        )
    )
    lines: dict[int, list[str]] = defaultdict(list)
    marks: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for one in rows:
        due = due_on(one.cycle, morning.calendar)
        stage = _stage(due, morning.today)
        for user in people.get(one.organization_id, ()):
            is_new = bool(stage) and (one.pk, user, stage) not in known
            if is_new:
                marks[user].append((one.pk, stage))
            if is_new or user in morning.weekly:
                until = f"，{day_zh(due)} 前报送" if due else ""
                lines[user].append(
                    f"{periods.label(one.cycle.period)}考核自查自评（{one.short_name}）{until}"
                )
    return {
        user: Part(f"自查自评 {len(told)} 份待报", tuple(told), marks=tuple(marks[user]))
        for user, told in lines.items()
    }


def _stage(due: dt.date | None, today: dt.date) -> str:
    if due is None or today > due:
        return ""
    kind = "last" if (due - today).days <= LAST_DAYS else "open"
    return f"{kind}:{due}"
