"""Who has reported and who has not: organisation × month, down to a single organisation's year."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import clock, periods
from core.guards import needs
from core.http import PortalRequest
from orgs.access import get_organization
from orgs.models import Organization
from orgs.models.organization import path_end
from orgs.permissions import Permission as P

from ..actions import reports
from ..enums import DONE_STATES, DutyState
from ..exports import write_matrix
from ..forms import MatrixFilter
from ..models import Duty
from ..queries.duties import duties_of_year, opened_periods, to_remind
from ..queries.reports import Matrix, Row, report_matrix
from ..queries.rollups import rate
from .downloads import download, stamp

TONES_OF_STATE = {
    "": frozenset[str](),
    "missing": frozenset("md"),
    "returned": frozenset("r"),
    "submitted": frozenset("s"),
    "late": frozenset("l"),
}
DUTY_PILLS = {
    DutyState.OPEN: "mute",
    DutyState.SUBMITTED: "info",
    DutyState.RETURNED: "bad",
    DutyState.ACCEPTED: "ok",
    DutyState.CONFIRMED: "ok",
}


@dataclass(slots=True)
class MatrixView:
    """What the address asks for, checked."""

    node: Organization
    form: MatrixFilter
    period: str | None
    months: int
    state: str
    matrix: Matrix | None = None
    address: dict[str, Any] = field(default_factory=dict)


def chosen_organization(request: PortalRequest, permission: P = P.REPORT_VIEW) -> Organization:
    """The organisation in the address or the form, else the actor's own. 404 outside the scope."""
    given = request.POST.get("organization") or request.GET.get("organization") or ""
    if given and not (given.isascii() and given.isdecimal() and len(given) < 18):
        raise Http404
    return get_organization(
        request.actor, int(given) if given else request.actor.organization_id or 0, permission
    )


def is_month(text: str) -> bool:
    """Whether `text` is a month, not another kind of period."""
    return periods.is_period(text) and text[5:].isdecimal() and len(text) == 7


def chosen_period(request: PortalRequest, default: str | None) -> str | None:
    """The month in the address or the form. Raises Http404 when it is none."""
    given = request.POST.get("period") or request.GET.get("period") or ""
    if given and not is_month(given):
        raise Http404
    return given or default


def _view_of(request: PortalRequest, node: Organization) -> MatrixView:
    opened = opened_periods(node)
    period = chosen_period(request, opened.shown_first)
    offered = opened.periods if not period or period in opened.periods else [period]
    data = {"period": period, "months": "6", **request.GET.dict()}
    form = MatrixFilter(data, opened=offered)
    months = int(form.chosen("months", "6"))
    state = form.chosen("state", "")
    found = MatrixView(node, form, period, months, state)
    found.address = {"organization": node.pk, "period": period, "months": months}
    if period:
        tones = TONES_OF_STATE[state]
        found.matrix = report_matrix(node, last=period, months=months, states=tones)
    return found


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def matrix(request: PortalRequest) -> HttpResponse:
    """The matrix of a committee; the year of a single organisation."""
    node = chosen_organization(request)
    if node.is_branch:
        return _year(request, node)
    found = _view_of(request, node)
    may_remind = request.actor.may(P.REPORT_REMIND) and found.matrix is not None
    missing = to_remind(node, found.period or "") if may_remind else None
    context = {
        "node": node,
        "above": _above(request, node),
        "form": found.form,
        "period": found.period,
        "months": found.months,
        "state": found.state,
        "matrix": found.matrix,
        "address": urlencode(found.address),
        "missing": missing,
        "may_remind": may_remind,
        "may_check": request.actor.may(P.REPORT_CHECK),
    }
    if found.matrix is not None:
        context["rows"] = [_row(row, found) for row in found.matrix.rows]
        context["stats"] = _stats(found.matrix, urlencode(found.address))
        context["moved"] = _is_moved(found.matrix)
    return render(request, "schedules/matrix.html", context)


def _row(row: Row, found: MatrixView) -> dict[str, Any]:
    """A row with the addresses of its cells."""
    is_self = row.organization.pk == found.node.pk
    own = {**found.address, "organization": row.organization.pk}
    return {
        "organization": row.organization,
        "name": f"{row.organization}（本级）" if is_self else str(row.organization),
        "url": "" if is_self else f"?{urlencode(own)}",
        "secretary": row.secretary,
        "indent": row.indent,
        "level": f" l{min(row.indent, 3)}" if row.indent > 1 else "",
        "has_children": row.has_children,
        "rate": row.on_time_rate,
        "cells": [
            {
                "tone": cell.tone,
                "text": cell.text,
                "title": f"{periods.label(cell.period)}：{cell.title}",
                "url": reverse("schedules:report-detail", args=[cell.report_id])
                if cell.url_kind == "report"
                else f"?{urlencode({**own, 'period': cell.period})}"
                if cell.url_kind == "node"
                else "",
            }
            for cell in row.cells
        ],
    }


def _stats(matrix: Matrix, address: str) -> list[dict[str, Any]]:
    """The figures above the matrix, each with the address that shows its rows."""
    totals = matrix.totals
    share = rate(totals["sent"], totals["expected"])
    moved = totals["on_time"] - matrix.previous_on_time
    due = matrix.due_on
    left = (due - clock.today()).days if due else None
    hint, tone = "", ""
    if totals["missing"] and left is not None:
        if left < 0:
            hint, tone = "已过截止", "bad"
        elif left <= 3:
            hint, tone = "临近截止", "bad"
    rows: list[dict[str, Any]] = [
        {
            "value": f"{totals['sent']} / {totals['expected']}",
            "label": "已报送",
            "note": f"{share}%" if share is not None else "",
            "tone": "ok",
        },
        {
            "value": totals["on_time"],
            "label": "按时",
            "note": f"较上月 {moved:+d}".replace("-", "−")
            if len(matrix.months) > 1 and moved
            else "",
            "tone": "ok" if moved >= 0 else "warn",
        },
        {
            "value": totals["returned"],
            "label": "退回待补",
            "url": f"?{address}&state=returned" if totals["returned"] else "",
        },
        {
            "value": totals["missing"],
            "label": "未报送",
            "note": hint,
            "tone": tone,
            "url": f"?{address}&state=missing" if totals["missing"] else "",
        },
    ]
    if matrix.average_minutes is not None:
        before = matrix.previous_average_minutes
        change = matrix.average_minutes - before if before is not None else 0
        rows.append(
            {
                "value": f"{max(1, matrix.average_minutes)} 分钟",
                "label": "平均用时",
                "note": f"{change:+d}".replace("-", "−") if change else "",
                "tone": "ok" if change < 0 else "warn",
            }
        )
    return rows


def _is_moved(matrix: Matrix) -> bool:
    """Whether the deadline is not the plan's day but the working day after it."""
    if matrix.due_on is None:
        return False
    # Below the node: by the period alone all duties would be looked through.
    path = matrix.node.path
    here = Duty.objects.filter(organization__path__gte=path, organization__path__lt=path_end(path))
    day = here.filter(period=matrix.months[-1], due_on=matrix.due_on).values_list(
        "plan__due_day", flat=True
    )[:1]
    return any(due_day != matrix.due_on.day for due_day in day)


def _above(request: PortalRequest, node: Organization) -> list[Organization]:
    """The organisations above `node` that lie in the actor's scope, topmost first."""
    paths = [path for path in node.ancestor_paths() if request.actor.covers(path)]
    return list(Organization.objects.filter(path__in=paths).order_by("path")) if paths else []


def _year(request: PortalRequest, node: Organization) -> HttpResponse:
    """The months of one organisation, newest first."""
    today = clock.today()
    period = chosen_period(request, None)
    raw = request.GET.get("year", "")
    year = int(period[:4]) if period else today.year
    if raw:
        if not (raw.isascii() and raw.isdecimal() and 2000 <= int(raw[:5]) <= 2100):
            raise Http404
        year = int(raw)
    duties = list(duties_of_year(node, year))
    sent = [duty for duty in duties if duty.submitted_at]
    now = clock.now()
    context = {
        "node": node,
        "above": _above(request, node),
        "year": year,
        "is_this_year": year >= today.year,
        "rows": [_duty_row(duty, now) for duty in duties],
        "expected": sum(bool(duty.submitted_at) or duty.due_at < now for duty in duties),
        "sent": len(sent),
        "on_time": sum(not duty.is_late for duty in sent),
        "done": sum(duty.state in DONE_STATES for duty in duties),
        "returned": sum(duty.state == DutyState.RETURNED for duty in duties),
        "is_own": node.pk == request.actor.organization_id,
    }
    return render(request, "schedules/matrix_branch.html", context)


def _duty_row(duty: Duty, now: Any) -> dict[str, Any]:
    state = DutyState(duty.state)
    overdue = duty.is_overdue(now) and state == DutyState.OPEN
    word = "未报" if overdue else "草稿" if state == DutyState.OPEN else state.label
    return {
        "duty": duty,
        "word": word,
        "tone": "bad" if overdue else DUTY_PILLS.get(state, "mute"),
        "minutes": max(1, round(duty.report.spent_seconds / 60))
        if duty.report.spent_seconds and duty.submitted_at
        else None,
    }


@needs(P.REPORT_VIEW, methods=("GET",))
def matrix_export(request: PortalRequest) -> HttpResponse | FileResponse:
    """The matrix as the page shows it, as a sheet."""
    node = chosen_organization(request)
    found = _view_of(request, node)
    if found.matrix is None:
        messages.error(request, "还没有月报可以导出。")
        return redirect("schedules:report-matrix")
    shown = found.matrix
    return download(
        request,
        name=(f"{node}月报报送情况", str(found.period)),
        ending="xlsx",
        organization=node,
        write=lambda target: write_matrix(target, shown, stamp=stamp(request)),
    )


@needs(P.REPORT_REMIND, methods=("GET", "HEAD", "POST"))
def report_remind(request: PortalRequest) -> HttpResponse:
    """Reminds those who have not sent the month's report; before that, shows who they are."""
    node = chosen_organization(request, P.REPORT_REMIND)
    period = chosen_period(request, opened_periods(node).shown_first)
    if period is None:
        raise Http404
    back = f"{reverse('schedules:report-matrix')}?{urlencode({'organization': node.pk, 'period': period})}"
    if request.method != "POST":
        context = {
            "node": node,
            "period": period,
            "missing": to_remind(node, period),
            "back": back,
        }
        return render(request, "schedules/matrix_remind.html", context)
    count = reports.remind_missing(node=node, period=period, by=request.actor)
    if count:
        messages.success(request, f"已提醒 {count} 个组织。")
        address = urlencode({"organization": node.pk, "period": period})
        return redirect(f"{reverse('schedules:reminder-list')}?{address}")
    else:
        messages.info(request, "没有发出新的提醒：未报的组织今天都已提醒过，或没有可接收的账号。")
    return redirect(back)
