"""The board of a month, and the rows behind one of its marks, as sheets."""

import datetime as dt
from typing import BinaryIO
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, clock, periods
from core.documents import making
from core.figures import moment_word
from core.guards import needs
from core.http import PortalRequest
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import datetime_zh
from orgs.permissions import Permission as P

from .. import packs
from ..exports import write_standings
from ..models import Rollup
from ..queries.boards import Board, Listed, board_of, newest_moment
from ..queries.cells import on_time_rate
from ..queries.plans import plan_address
from ..queries.rollups import rate
from .board import board_name
from .board_rows import Asked, asked_of, found_for
from .choices import chosen_organization, chosen_plan, given_period
from .downloads import download, stamp
from .ordering import board_rows_in, order_of
from .rows_address import NAMES


@needs(P.REPORT_VIEW, methods=("GET", "POST"))
def board_rows_export(request: PortalRequest) -> HttpResponse | FileResponse:
    """The rows behind one mark as a sheet, as the page of the same address lists them. A long one is
    asked for, and made behind."""
    if request.method == "POST":
        return acts.press(
            request,
            load=lambda: _wanted(request)[-1],
            act=lambda wanted: making.ask(wanted=wanted, by=request.actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
        )
    asked, moment, found, wanted = _wanted(request)
    count = found.standings.count()
    if count > making.LONG_SHEET:
        values = (asked.node.pk, asked.period, asked.shown, moment_word(moment), asked.kind)
        context = {
            "title": wanted.title,
            "count": count,
            "unit": "行",
            "fields": dict(zip(NAMES, (*values, asked.plan.key), strict=True)),
            "back_url": f"{reverse('schedules:board-rows')}?{request.GET.urlencode()}",
        }
        return render(request, "core/document_ask.html", context)
    title = f"{asked.node}{periods.label(asked.period)}{asked.what}"
    return download(
        request,
        name=(f"{asked.node}{asked.what}", asked.period),
        ending="xlsx",
        organization=asked.node,
        write=lambda target: write_standings(
            target, found, moment, title=title, tab=asked.what, stamp=stamp(request.actor)
        ),
    )


def _wanted(request: PortalRequest) -> tuple[Asked, dt.datetime, Listed, making.Wanted]:
    """What the address asks for, the moment, its rows, and it as something to be made."""
    asked = asked_of(request)
    moment = asked.moment or newest_moment(asked.plan) or clock.now()
    what = {
        "plan": asked.plan.pk,
        "organization": asked.node.pk,
        "period": asked.period,
        "shown": asked.shown,
        "kind": asked.kind,
        "moment": moment_word(moment),
        "word": asked.what,
    }
    return asked, moment, found_for(request, asked, moment), packs.wanted_rows(asked.node, what)


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
    found.rows = board_rows_in(order_of(request), found.rows, clock.now())
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
