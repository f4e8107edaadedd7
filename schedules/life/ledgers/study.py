"""学时台账."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.tabular.writing import Column
from orgs.models import Organization
from orgs.permissions import Permission

from ..queries.study import StudyLine, standings_of, study_lines
from ..rules import in_hours
from . import Ledger, Line, register


def rows(actor: Actor, place: Organization, year: int) -> Sequence[Line]:
    """Who is on the roll of the place and below at the end of the year, or today, by branch and
    pinyin; those of branches that the actor sees. Eight queries, nine for a year that is over."""
    end = min(clock.today(), dt.date(year, 12, 31))
    lines = study_lines(standings_of(place, end), end)
    seen = [one for one in lines if actor.may_at(Permission.LIFE_VIEW, one.path)]
    seen.sort(key=lambda one: one.path)  # within a branch as they come: by pinyin
    return [
        Line(
            (
                number,
                one.name,
                one.organization,
                one.group.label,
                in_hours(one.quarters),
                in_hours(one.norm.quarters),
                in_hours(one.short) if one.short else None,
                _central(one),
                _courses(one) or None,
            ),
            f"{reverse('life:study-member', args=[one.member_id])}?year={year}",
        )
        for number, one in enumerate(seen, start=1)
    ]


def _central(line: StudyLine) -> str | None:
    if line.has_central:
        return "已参加"
    return "未参加" if line.lacks_central else None


def _courses(line: StudyLine) -> str:
    return "；".join(
        f"{one.group.label}：{one.done_on:%Y-%m-%d}"
        if one.done_on
        else f"{one.group.label}：{one.due_on:%Y-%m-%d}前须培训"
        for one in line.courses
    )


register(
    Ledger(
        key="study",
        title="学时台账",
        columns=(
            Column("序号", "integer", 6),
            Column("姓名"),
            Column("所在党支部", width=28),
            Column("对象", width=14),
            Column("学时", "number", 8),
            Column("应学", "number", 8),
            Column("还差", "number", 8),
            Column("集中轮训", width=10),
            Column("培训", width=24),
        ),
        rows=rows,
        order=50,
        paper=(0, 1, 3, 4, 5, 6, 7, 8),
        note="会议上的学习按记录计入，其余按登记计入；同一半天不重复计。",
    )
)
