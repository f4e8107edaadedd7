"""The board of a month, for a committee and for the zone."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from core import clock, periods
from core.guards import needs
from core.http import PortalRequest
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..models import Rollup
from ..queries.boards import Board, BoardRow, ClassShare, board_of
from ..queries.rollups import rate
from .board_charts import class_bar, months_chart
from .board_rows import rows_url
from .matrix import chosen_organization, chosen_period


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
            "months_chart": months_chart(found),
            "rows": [_row(row, found) for row in found.rows],
            "slowest": [_row(row, found) for row in found.slowest],
            "classes": [_class(share, found) for share in found.classes],
            "twice_url": rows_url(node.pk, found.period, found.current.as_of, "twice"),
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
        row["url"] = "" if is_none else rows_url(found.node.pk, period, now.as_of, row["shown"])
    return rows


def _stat(value: object, label: str, note: str, tone: str, shown: str) -> dict[str, Any]:
    return {"value": value, "label": label, "note": note, "tone": tone, "shown": shown}


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
                "url": rows_url(organization.pk, cell.period, cell.as_of, shown)
                if organization is not None and cell.tone != "x"
                else "",
            }
            for cell in row.cells
        ],
        "rate": rate(figures.on_time, figures.expected) if figures else None,
        "days": _days(row.median_days),
        "rows_url": rows_url(
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


def _class(share: ClassShare, found: Board) -> dict[str, Any]:
    return {
        "label": share.label,
        "expected": share.expected,
        "submitted": share.submitted,
        "on_time_rate": rate(share.on_time, share.expected),
        "bar": class_bar(share, found),
        "url": rows_url(
            found.node.pk,
            found.period or "",
            found.current.as_of if found.current else None,
            "",
            share.value,
        ),
    }
