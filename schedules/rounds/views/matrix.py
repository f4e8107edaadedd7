"""Who has done a plan's duties and who has not: organisation × period, down to one organisation's
year."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from core.trends import Trend
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import fulfilment
from ..actions import reminders
from ..enums import Mark
from ..exports import row_name, write_matrix
from ..forms import MatrixFilter
from ..fulfilment import Kind
from ..models import Duty, Rollup
from ..models.vocabulary import Counted
from ..queries.cells import Cell, heat_class, on_time_rate
from ..queries.duties import Unsent, duties_of_year, to_remind
from ..queries.matrix import Matrix, Row, report_matrix
from ..queries.plans import REPORT
from ..queries.rollups import rate
from ..words import (
    HEAT_WORDS,
    MARKS,
    GridOrder,
    cell_note,
    cell_words,
    duty_word,
    on_time_trend,
    signs,
    word_of,
)
from .choices import Choice, chosen, chosen_or_404, chosen_organization
from .downloads import download, stamp
from .ordering import matrix_rows_in


@dataclass(slots=True)
class MatrixView:
    """What the address asks for, and what was found."""

    choice: Choice
    form: MatrixFilter
    months: int
    state: str
    order: GridOrder = GridOrder.WORST
    matrix: Matrix | None = None

    @property
    def kind(self) -> Kind:
        return fulfilment.of(self.choice.plan)

    @property
    def address(self) -> dict[str, Any]:
        """The parameters that lead here again, without the state."""
        order = {} if self.order == GridOrder.WORST else {"sort": str(self.order)}
        return {**self.choice.address, "months": self.months, **order}

    def parts(self) -> dict[int, int]:
        """Duty id -> how many parts came back, of the cells that say so. One query at most."""
        if self.matrix is None:
            return {}
        ids = [
            cell.single.duty_id
            for row in self.matrix.rows
            for cell in row.cells
            if cell.single is not None and cell.mark == Mark.RETURNED
        ]
        return dict(self.kind.parts(ids)) if ids else {}


def _view_of(request: PortalRequest, choice: Choice) -> MatrixView:
    opened, period = choice.opened, choice.period
    offered = opened.periods if not period or period in opened.periods else [period]
    data = {"period": period, "months": "6", "plan": choice.plan.key, **request.GET.dict()}
    form = MatrixFilter(data, plans=choice.plans, plan=choice.plan, opened=offered)
    months = int(form.chosen("months", "6"))
    state = form.chosen("state", "")
    order = GridOrder(form.chosen("sort", GridOrder.WORST))
    found = MatrixView(choice, form, months, state, order)
    if period:
        found.matrix = report_matrix(
            choice.plan,
            choice.node,
            last=period,
            count=months,
            marks=MARKS[state],
            actor=request.actor,
            opened=opened,
        )
        found.matrix.rows = matrix_rows_in(order, found.matrix.rows, clock.now())
    return found


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def matrix(request: PortalRequest) -> HttpResponse:
    """The matrix of a committee; the year of a single organisation."""
    choice = chosen(request)
    node = choice.node if choice else chosen_organization(request)
    if node.is_branch:
        return _year(request, node, choice)
    context: dict[str, Any] = {"node": node, "above": _above(request, node)}
    if choice is None:
        return render(request, "schedules/matrix.html", context)
    found = _view_of(request, choice)
    may_remind = request.actor.may_at(P.REPORT_REMIND, node.path) and found.matrix is not None
    context |= {
        "form": found.form,
        "plan": choice.plan,
        "kind": found.kind,
        "period": choice.period,
        "months": found.months,
        "state": found.state,
        "order": found.order,
        "matrix": found.matrix,
        "address": urlencode(found.address),
        "may_remind": may_remind,
        "reads": choice.plan.fulfilment == REPORT,
        "may_check": request.actor.may(P.REPORT_CHECK),
        "may_arrange": request.actor.may_at(P.REPORT_REOPEN, node.path) and bool(found.matrix),
    }
    if found.matrix is not None and may_remind:
        period = choice.period or ""
        stood_at = choice.opened.stood_at(period)
        unsent = to_remind(choice.plan, node, period, stood_at=stood_at)
        context |= {"missing": unsent, "remind_word": _remind_word(found.kind, unsent)}
    if found.matrix is not None:
        parts = found.parts()
        context["heads"] = periods.heads(found.matrix.span)
        context["rows"] = [_row(row, found, parts) for row in found.matrix.rows]
        trend = on_time_trend(choice.plan, choice.opened, choice.period or "")
        context["trend"] = trend
        context["stats"] = _stats(found.matrix, found, trend)
        current = found.matrix.current
        context["has_unsent"] = bool(current and (current.unsent or current.returned))
        context["moved"] = _is_moved(found.matrix)
        context["heat_words"] = HEAT_WORDS
        context["signs"] = signs(found.kind, locks=choice.plan.lock_working_days is not None)
        cells = [cell for row in found.matrix.rows for cell in row.cells if cell.figures]
        context["has_sums"] = any(cell.single is None for cell in cells)
        context["has_singles"] = any(cell.single is not None for cell in cells)
    return render(request, "schedules/matrix.html", context)


def _remind_word(kind: Kind, unsent: Unsent) -> str:
    """What those are called who can be reminded: 未报, 待报, or both where some were put off."""
    return "、".join(word_of(kind, word) for word in unsent.words)


def _row(row: Row, found: MatrixView, parts: dict[int, int]) -> dict[str, Any]:
    """A row with the addresses of its cells."""
    organization = row.organization
    own = {**found.address, "organization": organization.pk} if organization else {}
    return {
        "organization": organization,
        "name": row_name(row),
        "url": f"?{urlencode(own)}" if own and not row.is_own else "",
        "secretary": row.secretary,
        "indent": row.indent,
        "level": f" l{min(row.indent, 3)}" if row.indent > 1 else "",
        "has_children": row.has_children,
        "rate": row.on_time_rate,
        "cells": [_cell(cell, found, parts, own) for cell in row.cells],
    }


def _cell(
    cell: Cell, found: MatrixView, parts: dict[int, int], own: dict[str, Any]
) -> dict[str, Any]:
    single = cell.single
    text, title = cell_words(cell, found.kind, parts.get(single.duty_id, 0) if single else 0)
    url = ""
    if single is not None and own:
        url = found.kind.url(single.duty)
    elif cell.figures is not None and own:
        url = f"?{urlencode({**own, 'period': cell.period})}"
    is_sum = single is None and cell.figures is not None
    return {
        "is_sum": is_sum,
        "step": heat_class(cell.figures, clock.now()) if is_sum and cell.figures else None,
        "note": cell_note(cell.figures, found.kind) if is_sum and cell.figures else "",
        "tone": cell.mark,
        "text": text,
        "title": f"{periods.label(cell.period)}：{title}",
        "url": url,
    }


def _stats(matrix: Matrix, found: MatrixView, trend: Trend) -> list[dict[str, Any]]:
    """The figures above the matrix, those of the board, each with the address of its rows. Beside
    those on time stands the line of 按时率: a count moves too with how many there are."""
    nothing = Rollup(
        **dict.fromkeys(("expected", "submitted", "on_time", "late", "returned", "accepted"), 0)
    )
    now = matrix.current or nothing
    words, address = found.kind.words, urlencode(found.address)
    share = rate(now.submitted, now.expected)
    left = (matrix.due_on - clock.today()).days if matrix.due_on else None
    # Past its day whoever has time yet was put off: no day is near.
    is_near = left is not None and 0 <= left <= 3
    on_time = on_time_rate([now], clock.now())
    said = [] if on_time is None else [f"按时率 {on_time}%"]
    said += [trend.note] if trend.note else []
    rows: list[dict[str, Any]] = [
        {
            "value": f"{now.submitted} / {now.expected}",
            "label": words.sent,
            "note": f"{share}%" if share is not None else "",
            "tone": "" if now.unsent else "ok",
        },
        {
            "value": now.on_time,
            "label": "按时",
            "note": "，".join(said),
            "tone": trend.tone(),
            "drawing": trend.drawing,
        },
        {
            "value": now.returned,
            "label": "退回待补",
            "url": f"?{address}&state=returned" if now.returned else "",
        },
    ]
    for word, note, tone in (
        (Counted.PENDING, "临近截止" if is_near else "未到截止", "warn" if is_near else ""),
        (Counted.MISSING, "已过截止", "bad"),
        (Counted.LOCKED, "不再接收", "bad"),
    ):
        number = getattr(now, word)
        if number or word == Counted.MISSING:
            rows.append(
                {
                    "value": number,
                    "label": word_of(found.kind, word),
                    "note": note if number else "",
                    "tone": tone if number else "",
                    "url": f"?{address}&state={word}" if number else "",
                }
            )
    return rows


def _is_moved(matrix: Matrix) -> bool:
    """Whether the deadline is not the plan's day but the working day after it."""
    by_period = fulfilment.of(matrix.plan).is_by_period
    return by_period and matrix.due_on is not None and matrix.due_on.day != matrix.plan.due_day


def _above(request: PortalRequest, node: Organization) -> list[Organization]:
    """The organisations above `node` that lie in the actor's scope, topmost first."""
    paths = [
        path
        for path in node.ancestor_paths()
        if request.actor.may_at(P.REPORT_VIEW, path, whole=True)
    ]
    return list(Organization.objects.filter(path__in=paths).order_by("path")) if paths else []


def _year(request: PortalRequest, node: Organization, choice: Choice | None) -> HttpResponse:
    """What one organisation owed in a year, of all plans, newest first."""
    today = clock.today()
    given = request.GET.get("period") and choice and choice.period
    raw = request.GET.get("year", "")
    year = int(given[:4]) if given else today.year
    if raw:
        year = whole_number(raw, digits=4) or 0
        if not 2000 <= year <= 2100:
            raise Http404
    duties = list(duties_of_year(node, year))
    now = clock.now()
    counts = {str(word): sum(word in duty.counts_as for duty in duties) for word in Counted}
    is_one_plan = len({duty.plan_id for duty in duties}) < 2
    context = {
        "node": node,
        "above": _above(request, node),
        "year": year,
        "is_this_year": year >= today.year,
        "what": duties[0].plan.name if duties and is_one_plan else "应办事项",
        "rows": [_duty_row(duty, now, is_one_plan=is_one_plan) for duty in duties],
        "counts": counts,
        "is_own": node.pk == request.actor.organization_id,
    }
    return render(request, "schedules/matrix_branch.html", context)


def _duty_row(duty: Duty, now: Any, *, is_one_plan: bool) -> dict[str, Any]:
    kind = fulfilment.of(duty.plan)
    word, tone = duty_word(kind, duty, now)
    return {
        "duty": duty,
        "name": periods.short(duty.period) if is_one_plan and not duty.subject_kind else duty.title,
        "url": kind.url(duty),
        "write": kind.words.write,
        "word": word,
        "tone": tone,
    }


@needs(P.REPORT_VIEW, methods=("GET",))
def matrix_export(request: PortalRequest) -> HttpResponse | FileResponse:
    """The matrix as the page shows it, as a sheet."""
    choice = chosen(request)
    found = _view_of(request, choice) if choice else None
    if found is None or found.matrix is None:
        messages.error(request, "还没有可以导出的数据。")
        return redirect("schedules:report-matrix")
    shown, parts, kind = found.matrix, found.parts(), found.kind
    texts = [[_sheet_text(cell, kind, parts) for cell in row.cells] for row in shown.rows]
    return download(
        request,
        name=(f"{shown.node}{shown.plan.name}报送情况", shown.span[-1]),
        ending="xlsx",
        organization=shown.node,
        write=lambda target: write_matrix(target, shown, texts, stamp=stamp(request.actor)),
    )


def _sheet_text(cell: Cell, kind: Kind, parts: dict[int, int]) -> str:
    single = cell.single
    text, _ = cell_words(cell, kind, parts.get(single.duty_id, 0) if single else 0)
    note = cell_note(cell.figures, kind) if single is None and cell.figures else ""
    return f"{text} {note}".rstrip()


@needs(P.REPORT_REMIND, methods=("GET", "HEAD", "POST"))
def report_remind(request: PortalRequest) -> HttpResponse:
    """Reminds those who have not done what a plan asks for a period; before that, shows who."""
    choice, period = chosen_or_404(request, P.REPORT_REMIND)
    node, plan = choice.node, choice.plan
    back = f"{reverse('schedules:report-matrix')}?{choice.query}"
    if request.method != "POST":
        unsent = to_remind(plan, node, period, stood_at=choice.opened.stood_at(period))
        context = {
            "node": node,
            "plan": plan,
            "kind": fulfilment.of(plan),
            "remind_word": _remind_word(fulfilment.of(plan), unsent),
            "period": period,
            "address": choice.query,
            "missing": unsent,
            "back": back,
        }
        return render(request, "schedules/matrix_remind.html", context)
    count = reminders.remind_missing(plan=plan, node=node, period=period, by=request.actor)
    if count:
        messages.success(request, f"已提醒 {count} 个组织。")
        return redirect(f"{reverse('schedules:reminder-list')}?{choice.query}")
    messages.info(request, "没有发出新的提醒：未报的组织今天都已提醒过，或没有可接收的账号。")
    return redirect(back)
