"""年度组织生活计划: laid down and changed by the organisation itself. Nothing demands one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.states import Stale
from core.text import clean
from orgs.models import Organization

from ..enums import MeetingKind
from ..models import PlannedMeeting, YearPlan
from ..queries.year_plans import is_rule, lines_of, plan_of
from . import rights

LAYS_DOWN = "年度计划由党组织自己定。"
MOST_LINES = 80
LONGEST = {"theme": ("主题", 100), "place": ("地点", 100), "preparer_name": ("谁准备", 50)}
FIRST_YEAR, YEARS_AHEAD = 2020, 2
_COLUMNS = ("month", "day", "kind", *LONGEST)


@dataclass(frozen=True, slots=True)
class Line:
    """One meeting as it was typed; `number` is its line on the page. Without kind it is left out."""

    number: int
    month: int
    kind: MeetingKind | str
    day: int | None = None
    theme: str = ""
    place: str = ""
    preparer_name: str = ""


@action
def save(
    *,
    organization: Organization,
    year: int,
    revision: int,
    party_day: str,
    lines: Sequence[Line],
    by: Actor,
) -> YearPlan:
    """Lays the year's plan down as given, in place of what was there. `revision` is the one that
    the page showed, 0 for no plan yet. The same once more changes nothing. Raises NotAllowed,
    DomainError for a day that the month does not have, Stale when somebody else has written it
    meanwhile."""
    rights.expect_writer(organization, by, LAYS_DOWN)
    if not FIRST_YEAR <= year <= clock.today().year + YEARS_AHEAD:
        raise DomainError("只能制定今年前后的计划。", code="year")
    if not is_rule(party_day):
        raise DomainError("没有这样的固定日，请重选。", field="party_day")
    rows = [row for line in lines if (row := _row(line, year)) is not None]
    if len(rows) > MOST_LINES:
        raise DomainError(f"一年的计划最多 {MOST_LINES} 行。", code="lines")
    before = plan_of(organization.pk, year)
    if before is not None and before.party_day == party_day and _is_same(before, rows):
        return before  # pressed twice
    values: dict[str, Any] = {
        "party_day": party_day,
        "written_at": clock.now(),
        "written_by_name": by.name[:100],
    }
    if before is not None:
        YearPlan.machine.move(before, "edit", revision=revision, **values)
        before.meetings.all().delete()
        plan = before
    else:
        try:
            with transaction.atomic():
                plan = YearPlan.objects.create(organization=organization, year=year, **values)
        except IntegrityError:
            raise Stale(YearPlan.machine.stale) from None
    for number, row in enumerate(rows, start=1):
        row.plan, row.number = plan, number
    PlannedMeeting.objects.bulk_create(rows)
    audit.record(
        by=by,
        verb="life.year_plan.save",
        obj=plan,
        organization_id=organization.pk,
        organization_path=organization.path,
        changes={"lines": [None, len(rows)]},
    )
    return plan


# --- private -----------------------------------------------------------------------------------


def _row(line: Line, year: int) -> PlannedMeeting | None:
    texts = {}
    for name, (label, most) in LONGEST.items():
        text = clean(getattr(line, name))
        if len(text) > most:
            raise DomainError(f"{label}请写在 {most} 字以内。", field=f"line-{line.number}-{name}")
        texts[name] = text
    if not line.kind:
        if any(texts.values()) or line.day:
            raise DomainError("请选这一行是什么会。", field=f"line-{line.number}-kind")
        return None
    if not 1 <= line.month <= 12:
        raise DomainError("请选月份。", field=f"line-{line.number}-month")
    if line.day is not None:
        try:
            dt.date(year, line.month, line.day)
        except ValueError:
            raise DomainError(
                f"{line.month}月没有 {line.day} 日。", field=f"line-{line.number}-day"
            ) from None
    return PlannedMeeting(month=line.month, day=line.day, kind=line.kind, **texts)


def _is_same(before: YearPlan, rows: Sequence[PlannedMeeting]) -> bool:
    def told(some: Sequence[PlannedMeeting]) -> list[tuple[object, ...]]:
        return sorted((tuple(getattr(row, name) for name in _COLUMNS) for row in some), key=repr)

    return told(lines_of(before)) == told(rows)
