"""The board of a month, and the rows behind one of its marks, as sheets."""

from typing import Any, BinaryIO
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import datetime_zh
from orgs.permissions import Permission as P

from ..models import Rollup
from ..queries.boards import Board, board_of, newest_moment
from ..queries.cells import on_time_rate
from ..queries.plans import plan_address
from ..queries.rollups import rate
from .board import board_name
from .board_rows import asked_of, found_for, standing_row
from .choices import chosen_organization, chosen_plan, given_period
from .downloads import download, stamp

ROW_COLUMNS = (
    Column("序号", "integer", 6),
    Column("党组织", width=30),
    Column("状态", width=10),
    Column("迟报", width=8),
    Column("截止", "date", 12),
    Column("首次报送", width=20),
    Column("退回次数", "integer", 9),
    Column("现在", width=10),
)


@needs(P.REPORT_VIEW, methods=("GET",))
def board_rows_export(request: PortalRequest) -> HttpResponse | FileResponse:
    """The rows behind one mark as a sheet, as the page of the same address lists them."""
    asked = asked_of(request)
    moment = asked.moment or newest_moment(asked.plan) or clock.now()
    found = found_for(request, asked, moment)
    mark = stamp(request.actor)
    title = f"{asked.node}{periods.label(asked.period)}{asked.what}"

    def write(target: BinaryIO) -> None:
        rows = [standing_row(one, moment) for one in found.standings]
        write_sheet(
            target,
            title,
            ROW_COLUMNS,
            [[number, *_cells(row)] for number, row in enumerate(rows, start=1)],
            subtitle=f"数据截至 {datetime_zh(moment)}",
            stamp=mark,
            tab=asked.what,
        )

    return download(
        request,
        name=(f"{asked.node}{asked.what}", asked.period),
        ending="xlsx",
        organization=asked.node,
        write=write,
    )


def _cells(row: dict[str, Any]) -> list[Any]:
    one = row["standing"]
    return [
        str(one.organization),
        row["word"],
        "迟报" if one.is_late else "",
        row["duty"].due_on,
        datetime_zh(one.submitted_at) if one.submitted_at else "",
        one.returned_count,
        row["now"] or row["word"],
    ]


COLUMNS = (
    Column("序号", "integer", 6),
    Column("党组织", width=30),
    *(
        Column(title, "integer", 11)
        for title in (
            "应报",
            "已报",
            "按时",
            "迟报",
            "待报",
            "未报",
            "锁定未报",
            "退回待补",
            "退回两次以上",
            "已通过",
            "报送率（%）",
            "按时率（%）",
        )
    ),
    Column("报送用天（中位）", "number", 12),
)


@needs(P.REPORT_VIEW, methods=("GET",))
def board_export(request: PortalRequest) -> HttpResponse | FileResponse:
    """The period of the board as a sheet, one row for each organisation directly below."""
    node = chosen_organization(request)
    plan, plans = chosen_plan(request)
    found = board_of(request.actor, plan, node, given_period(request, plan)) if plan else None
    if plan is None or found is None or found.current is None:
        messages.error(request, "这一期没有可导出的数据。")
        back = {"organization": node.pk} | (plan_address(plan, plans) if plan else {})
        return redirect(f"{reverse('schedules:board')}?{urlencode(back)}")
    now = found.current
    return download(
        request,
        name=(f"{node}{plan.name}总览", str(found.period)),
        ending="xlsx",
        organization=node,
        write=lambda target: _write(target, found, now, stamp(request.actor)),
    )


def _write(target: BinaryIO, found: Board, now: Rollup, mark: str) -> None:
    rows = [(board_name(row), row.current, row.median_days) for row in found.rows if row.current]
    write_sheet(
        target,
        f"{found.node}{periods.label(found.period or '')}{found.plan.name}总览",
        COLUMNS,
        [
            [number, name, *_figures(row), days]
            for number, (name, row, days) in enumerate(rows, start=1)
        ],
        subtitle=f"数据截至 {datetime_zh(now.as_of)}",
        stamp=mark,
        totals=[None, "合计", *_figures(now), None],
        tab=f"{found.node}",
    )


def _figures(row: Rollup) -> list[int | None]:
    return [
        row.expected,
        row.submitted,
        row.on_time,
        row.late,
        row.pending,
        row.missing,
        row.locked,
        row.returned,
        row.returned_twice,
        row.accepted,
        rate(row.submitted, row.expected),
        on_time_rate([row], clock.now()),
    ]
