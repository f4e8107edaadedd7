"""民主评议汇总: what the appraisals of a year come to, by organisation, and member by member."""

import datetime as dt
from collections.abc import Callable, Sequence

from core.actor import Actor
from core.tabular.writing import Column
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission

from ..enums import Grade
from ..queries.appraisals import Days, latest_of_days, members_of_days
from ..rules import days_about
from . import Ledger, Line, Rows, register

BEYOND = "优秀超过三分之一"
_NOTE = "年度为评议的年度；优秀一般不超过定等次人数的三分之一，超过的只提示。"


def _about(
    lines: Callable[[Actor, Organization, Days], Sequence[Line]],
) -> Rows:
    """The lines of what was held on the days on which an appraisal is about the year."""
    return lambda actor, place, year: lines(actor, place, days_about(year))


def _within(
    lines: Callable[[Actor, Organization, Days], Sequence[Line]],
) -> Rows:
    """The lines of what was held in the year itself, whose records the binder of the year holds."""
    return lambda actor, place, year: lines(
        actor, place, (dt.date(year, 1, 1), dt.date(year, 12, 31))
    )


def summaries(actor: Actor, place: Organization, days: Days) -> Sequence[Line]:
    """A line for each appraisal of the days. Two queries."""
    places = Organization.objects.filter(below(place.path))
    return [
        Line(
            (
                number,
                str(row.organization),
                told.held_on,
                row.given_count,
                row.valid_count,
                told.taking_part,
                told.graded,
                *(told.of(grade) for grade in Grade),
                f"{told.excellent_share}%" if told.graded else None,
                BEYOND if told.is_beyond else None,
            ),
            row.get_absolute_url(),
        )
        for number, (row, told) in enumerate(latest_of_days(actor, places, days), start=1)
    ]


def members(actor: Actor, place: Organization, days: Days) -> Sequence[Line]:
    """A line for each member, for who also sees the members. One query."""
    if not actor.may_at(Permission.MEMBER_VIEW, place.path):
        return []
    rows = members_of_days(actor, Organization.objects.filter(below(place.path)), days)
    return [
        Line(
            (
                number,
                str(row.appraisal.organization),
                row.member.name,
                row.excellent_count,
                row.qualified_count,
                row.basic_count,
                row.failed_count,
                "不定等次" if row.is_probationary else row.get_grade_display() or "待定",
                "预备党员" if row.is_probationary else None,
            ),
            row.appraisal.get_absolute_url(),
        )
        for number, row in enumerate(rows, start=1)
    ]


register(
    Ledger(
        "appraisal",
        "民主评议汇总",
        (
            Column("序号", "integer", 6),
            Column("党组织", width=26),
            Column("评议日期", "date", 12),
            Column("发出票数", "integer", 9),
            Column("有效票数", "integer", 9),
            Column("参加评议", "integer", 9),
            Column("定等次", "integer", 8),
            *(Column(grade.label, "integer", 9, group="等次") for grade in Grade),
            Column("优秀占比", width=9),
            Column("提示", width=18),
        ),
        _about(summaries),
        bound_rows=_within(summaries),
        order=50,
        note=_NOTE,
    )
)
register(
    Ledger(
        "appraisal_members",
        "民主评议党员名册",
        (
            Column("序号", "integer", 6),
            Column("党支部", width=26),
            Column("姓名", width=10),
            *(Column(grade.label, "integer", 9, group="测评票") for grade in Grade),
            Column("等次", width=10),
            Column("备注", width=12),
        ),
        _about(members),
        bound_rows=_within(members),
        order=51,
        note="按纸质测评票和支委会的决定；预备党员参加评议，不定等次。",
    )
)
