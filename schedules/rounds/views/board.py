"""The board of a month, for a committee and for the zone, and the rows behind its figures."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import datetime_zh
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..enums import DutyState
from ..models import DutyStanding, Rollup
from ..queries.boards import SHOWN, Board, BoardRow, Listed, board_of, listed, newest_moment
from ..queries.rollups import rate
from .downloads import download, stamp
from .matrix import DUTY_PILLS, chosen_organization, chosen_period

# The drawing of twelve months, in units of the SVG.
STEP_WIDTH, BAR_WIDTH, TALL = 50, 26, 120
WIDEST = 160


EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


def _rows_url(
    organization_id: int,
    period: str,
    as_of: dt.datetime | None,
    shown: str = "",
    kind: str = "",
) -> str:
    """The address of the rows behind a figure: whenever it is opened, those the figure counted.

    The moment is in microseconds since 1970, for figures are told apart by them.
    """
    address = {"organization": organization_id, "period": period}
    more = {"show": shown, "class": kind, "at": (as_of - EPOCH) // MICROSECOND if as_of else 0}
    address |= {key: value for key, value in more.items() if value}
    return f"{reverse('schedules:board-rows')}?{urlencode(address)}"


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def board(request: PortalRequest) -> HttpResponse:
    """How the month stands at a node and below it."""
    node = chosen_organization(request)
    found = board_of(request.actor, node, chosen_period(request, None))
    paths = [path for path in node.ancestor_paths() if request.actor.covers(path)]
    context: dict[str, Any] = {
        "node": node,
        "above": list(Organization.objects.filter(path__in=paths).order_by("path")),
        "board": found,
        "period": found.period,
    }
    if found.current is not None and found.period is not None:
        context |= {
            "address": urlencode({"organization": node.pk, "period": found.period}),
            "stats": _stats(found, found.current, found.period),
            "bars": _bars(found),
            "trend": [_month(month, row, node) for month, row in found.trend if row is not None],
            "rows": [_row(row, found) for row in found.rows],
            "slowest": [_row(row, found) for row in found.slowest],
            "classes": [_class(share, found) for share in found.classes],
            "twice_url": _rows_url(node.pk, found.period, found.current.as_of, "twice"),
        }
    return render(request, "schedules/board.html", context)


def _stats(found: Board, now: Rollup, period: str) -> list[dict[str, Any]]:
    """The figures of the month with their change on the month before, each with its rows."""
    before = next((row for month, row in found.trend if month == found.months[-2]), None)
    share = rate(now.submitted, now.expected)
    missing = now.expected - now.submitted
    rows: list[dict[str, Any]] = [
        _stat(f"{now.submitted} / {now.expected}", "已报送", f"{share}%", "ok", "submitted")
    ]
    on_time = rate(now.on_time, now.expected)
    note, tone = "", "ok"
    if before is not None and on_time is not None:
        change = on_time - (rate(before.on_time, before.expected) or 0)
        note = f"较上月 {change:+d}".replace("-", "−") if change else "与上月持平"
        tone = "ok" if change >= 0 else "warn"
    rows.append(_stat(f"{on_time}%", "按时率", note, tone, "on_time"))
    rows.append(_stat(now.late, "迟报", "", "warn", "late"))
    is_over = found.due_on is not None and found.due_on < clock.today()
    rows.append(
        _stat(missing, "未报送", "已过截止" if missing and is_over else "", "bad", "missing")
    )
    rows.append(_stat(now.returned, "退回待补", "", "bad", "returned"))
    rows.append(_stat(now.accepted, "已通过", "", "ok", "accepted"))
    for row in rows:
        is_none = row["value"] == 0
        row["url"] = "" if is_none else _rows_url(found.node.pk, period, now.as_of, row["shown"])
    return rows


def _stat(value: object, label: str, note: str, tone: str, shown: str) -> dict[str, Any]:
    return {"value": value, "label": label, "note": note, "tone": tone, "shown": shown}


def _month(month: str, row: Rollup, node: Organization) -> dict[str, Any]:
    return {
        "period": month,
        "figures": row,
        "missing": row.expected - row.submitted,
        "rate": rate(row.submitted, row.expected),
        "on_time_rate": rate(row.on_time, row.expected),
        "url": _rows_url(node.pk, month, row.as_of),
        "late_url": _rows_url(node.pk, month, row.as_of, "late"),
        "missing_url": _rows_url(node.pk, month, row.as_of, "missing"),
    }


def _bars(found: Board) -> list[dict[str, Any]]:
    """Twelve bars: on time at the bottom, late above it; what is missing stays empty."""
    bars = []
    for index, (month, row) in enumerate(found.trend):
        left = index * STEP_WIDTH + (STEP_WIDTH - BAR_WIDTH) // 2
        bar: dict[str, Any] = {
            "x": left,
            "middle": left + BAR_WIDTH // 2,
            "label": f"{int(month[5:])}月",
            "is_current": month == found.period,
        }
        if row is not None:
            on_time = TALL * row.on_time // max(1, row.expected)
            sent = TALL * row.submitted // max(1, row.expected)
            percent = rate(row.on_time, row.expected)
            bar |= {
                "url": _rows_url(found.node.pk, month, row.as_of),
                "percent": percent,
                "title": f"{periods.label(month)}：应报 {row.expected}，按时 {row.on_time}，"
                f"迟报 {row.late}，未报 {row.expected - row.submitted}",
                "on_time": {"y": TALL - on_time, "height": on_time},
                "late": {"y": TALL - sent, "height": sent - on_time},
                "text_y": TALL - sent - 6,
            }
        bars.append(bar)
    return bars


def _row(row: BoardRow, found: Board) -> dict[str, Any]:
    organization = row.organization
    shown = "own" if row.is_own else ""
    figures = row.current
    return {
        "name": row.name,
        "url": f"?{urlencode({'organization': organization.pk, 'period': found.period})}"
        if organization is not None and not row.is_own
        else "",
        "cells": [
            {
                "tone": cell.tone,
                "text": cell.text,
                "title": f"{periods.label(cell.period)}：{cell.title}",
                "url": _rows_url(organization.pk, cell.period, cell.as_of, shown)
                if organization is not None and cell.tone != "x"
                else "",
            }
            for cell in row.cells
        ],
        "rate": rate(figures.on_time, figures.expected) if figures else None,
        "days": _days(row.median_days),
        "rows_url": _rows_url(
            organization.pk, found.period or "", figures.as_of, shown or "submitted"
        )
        if organization is not None and figures is not None
        else "",
    }


def _days(value: float | None) -> str:
    """Median days after the month's end, as people say it."""
    if value is None:
        return "—"
    number = f"{abs(value):g} 天"
    return f"月末前 {number}" if value < 0 else number


def _class(share: Any, found: Board) -> dict[str, Any]:
    most = max(one.expected for one in found.classes)
    return {
        "label": share.label,
        "expected": share.expected,
        "submitted": share.submitted,
        "rate": rate(share.submitted, share.expected),
        "on_time_rate": rate(share.on_time, share.expected),
        "whole": max(2, WIDEST * share.expected // most),
        "part": WIDEST * share.submitted // most,
        "url": _rows_url(
            found.node.pk,
            found.period or "",
            found.current.as_of if found.current else None,
            "",
            share.value,
        ),
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    node: Organization
    period: str
    shown: str
    kind: str
    moment: dt.datetime | None

    @property
    def what(self) -> str:
        """What is listed, as the page says it."""
        words = [OrganizationClass(self.kind).label] if self.kind else []
        return " · ".join([*words, SHOWN[self.shown]])


def _asked(request: PortalRequest) -> _Asked:
    """What the address of a list asks for. Raises Http404 when it makes no sense."""
    last_month = periods.shift(periods.containing(clock.today(), periods.MONTH), -1)
    period = chosen_period(request, last_month)
    shown, kind = request.GET.get("show", ""), request.GET.get("class", "")
    at = request.GET.get("at", "")
    if period is None or shown not in SHOWN or (kind and kind not in OrganizationClass.values):
        raise Http404
    if at and not (at.isascii() and at.isdecimal() and len(at) == 16):
        raise Http404
    moment = EPOCH + int(at) * MICROSECOND if at else None
    return _Asked(chosen_organization(request), period, shown, kind, moment)


def _found(request: PortalRequest, asked: _Asked, moment: dt.datetime) -> Listed:
    """The rows that the address asks for. Raises Http404 for a moment that is still to come."""
    if moment > (newest_moment() or clock.now()):
        raise Http404
    return listed(
        request.actor,
        asked.node,
        asked.period,
        moment=moment,
        shown=asked.shown,
        organization_class=asked.kind,
    )


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def board_rows(request: PortalRequest) -> HttpResponse:
    """The rows behind one mark of the board, as its figure counted them; the address says which.

    Without a moment it leads to the address that names the newest, so that what stands in the
    browser's line can be kept.
    """
    asked = _asked(request)
    if asked.moment is None:
        newest = newest_moment() or clock.now()
        return redirect(_rows_url(asked.node.pk, asked.period, newest, asked.shown, asked.kind))
    found = _found(request, asked, asked.moment)
    page = Pager(found.standings, 50).get_page(request.GET.get("page"))
    rows = [_standing_row(one, asked.moment) for one in page]
    context = {
        "node": asked.node,
        "period": asked.period,
        "what": asked.what,
        "address": urlencode({"organization": asked.node.pk, "period": asked.period}),
        "page": page,
        "rows": rows,
        "elsewhere": found.elsewhere,
        "as_of": asked.moment,
        "is_past": any(row["now"] for row in rows),
        "export_url": f"{reverse('schedules:board-rows-export')}?{request.GET.urlencode()}",
        "today_url": _rows_url(asked.node.pk, asked.period, None, asked.shown, asked.kind),
    }
    return render(request, "schedules/board_rows.html", context)


def _standing_row(one: DutyStanding, moment: dt.datetime) -> dict[str, Any]:
    duty = one.duty
    word, tone = _state(DutyState(one.state), duty.due_at < moment)
    now, _ = _state(DutyState(duty.state), duty.due_at < clock.now())
    has_report = hasattr(duty, "report")
    return {
        "standing": one,
        "duty": duty,
        "word": word,
        "tone": tone,
        "now": now if one.state != duty.state else "",
        "url": duty.report.get_absolute_url() if has_report else "",
    }


def _state(state: DutyState, is_past_due: bool) -> tuple[str, str]:
    """The word and the tone of a state."""
    if state == DutyState.OPEN:
        return (state.label, "bad") if is_past_due else ("待报", DUTY_PILLS[state])
    return state.label, DUTY_PILLS.get(state, "mute")


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
    asked = _asked(request)
    moment = asked.moment or newest_moment() or clock.now()
    found = _found(request, asked, moment)
    mark = stamp(request)
    title = f"{asked.node}{periods.label(asked.period)}{asked.what}"

    def write(target: BinaryIO) -> None:
        rows = [_standing_row(one, moment) for one in found.standings]
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
            "未报",
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
    """The month of the board as a sheet, one row for each organisation directly below."""
    node = chosen_organization(request)
    found = board_of(request.actor, node, chosen_period(request, None))
    now = found.current
    if now is None:
        messages.error(request, "这个月没有可导出的数据。")
        return redirect(f"{reverse('schedules:board')}?organization={node.pk}")
    return download(
        request,
        name=(f"{node}报送总览", str(found.period)),
        ending="xlsx",
        organization=node,
        write=lambda target: _write(target, found, now, stamp(request)),
    )


def _write(target: BinaryIO, found: Board, now: Rollup, mark: str) -> None:
    rows = [(row.name, row.current, row.median_days) for row in found.rows if row.current]
    write_sheet(
        target,
        f"{found.node}{periods.label(found.period or '')}报送总览",
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
        row.expected - row.submitted,
        row.returned,
        row.returned_twice,
        row.accepted,
        rate(row.submitted, row.expected),
        rate(row.on_time, row.expected),
    ]
