"""What was written for a period, and its numbers added up, as sheets."""

from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

from core import periods
from core.actor import Actor
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import datetime_zh
from orgs.models import Organization

from .. import mark_outcomes
from ..models import Plan, ReportMark
from ..queries.readings import Reading, ReadRow
from ..queries.totals import Compared, Totals

READING_COLUMNS = (
    Column("序号", "integer", 6),
    Column("党组织", width=26),
    Column("上级党组织", width=22),
    Column("归类", width=10),
    Column("项目", width=16),
    Column("内容", width=60),
    Column("调度", width=12),
    Column("备注", width=18),
    Column("答复", width=36),
    Column("答复时间", width=18),
    Column("去向", width=28),
)


def write_readings(
    target: BinaryIO, actor: Actor, found: Iterable[Reading], *, title: str, about: str, stamp: str
) -> int:
    """What was written for a period as the reading page lists it, one row a thing; returns how many."""
    rows = list(found)
    told = mark_outcomes.of(actor, [mark.pk for row in rows for mark in row.marks])
    lines = [
        [
            str(row.organization),
            str(row.organization.parent or ""),
            row.item.get_use_display(),
            row.item.title,
            line.text,
            *_mark_cells(line.mark, told),
        ]
        for row in rows
        for line in [*row.rows, *(ReadRow(0, text) for text in row.carried)]
    ]
    return write_sheet(
        target,
        title,
        READING_COLUMNS,
        ([number, *line] for number, line in enumerate(lines, start=1)),
        subtitle=about,
        stamp=stamp,
        tab="月报内容",
    )


def _mark_cells(
    mark: ReportMark | None, told: Mapping[int, Sequence[mark_outcomes.Outcome]]
) -> list[str]:
    if mark is None:
        return ["", "", "", "", ""]
    return [
        mark.get_state_display() if mark.is_marked else "",
        mark.note,
        mark.answer,
        datetime_zh(mark.answered_at) if mark.answered_at else "",
        "；".join(one.text for one in told.get(mark.pk, ())),
    ]


def write_totals(
    target: BinaryIO,
    plan: Plan,
    node: Organization,
    found: Totals,
    *,
    stamp: str,
) -> int:
    """Every number of a period at the node and directly below it, one row each, beside the period
    before and the same one of the year before: numbers without a judgement, which two of them do not bear; returns how many rows."""
    heads = [periods.label(one) for one in (found.period, found.before, found.last_year)]
    columns = [
        Column("序号", "integer", 6),
        Column("数字", width=24),
        Column("单位", width=8),
        Column("党组织", width=28),
        Column(heads[0], "number", 14),
        Column("取自（份）", "integer", 10),
        Column(heads[1], "number", 14),
        Column(heads[2], "number", 14),
    ]
    rows = []
    for number in found.numbers:
        whole = found.whole.get(number.key, Compared())
        parts = [(part_name(one), part) for one, part in found.parts.values() if number.key in part]
        for name, row in [
            (f"{node}合计", whole),
            *((name, one[number.key]) for name, one in parts),
        ]:
            rows.append([number.label, number.unit, name, *_total_cells(row)])
    return write_sheet(
        target,
        f"{node}{heads[0]}{plan.name}数字汇总",
        columns,
        ([index, *row] for index, row in enumerate(rows, start=1)),
        subtitle="上级报的数已含下级，不重复相加",
        stamp=stamp,
        tab="数字汇总",
    )


def part_name(organization: Organization | None) -> str:
    """The organisation as totals name it."""
    return "已划出的组织" if organization is None else str(organization)


def _total_cells(row: Compared) -> list[object]:
    cells = (row.now.value, row.before.value, row.last_year.value)
    now, before, last_year = (None if one is None else float(one) for one in cells)
    return [now, row.now.reports, before, last_year]
