"""The board of a period, for a committee and for the zone."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from core import clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.trends import Trend
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import fulfilment, offers
from ..enums import Mark
from ..models import Rollup
from ..models.vocabulary import Counted
from ..queries.boards import Board, BoardRow, ClassShare, board_of
from ..queries.cells import heat_class, on_time_rate
from ..queries.plans import REPORT, plan_address
from ..queries.rollups import rate
from ..words import HEAT_WORDS, GridOrder, cell_note, cell_words, on_time_trend, signs, word_of
from .board_charts import SPAN_WORDS, class_bar, months_chart
from .board_rows import rows_of
from .choices import chosen_organization, chosen_plan, given_period
from .ordering import board_rows_in, order_of


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def board(request: PortalRequest) -> HttpResponse:
    """How a plan's period stands at a node and below it."""
    node = chosen_organization(request)
    plan, plans = chosen_plan(request)
    paths = [
        path
        for path in node.ancestor_paths()
        if request.actor.may_at(P.REPORT_VIEW, path, whole=True)
    ]
    context: dict[str, Any] = {
        "node": node,
        "above": list(Organization.objects.filter(path__in=paths).order_by("path")),
        "plans": plans if len(plans) > 1 else [],
        "offers": offers.beside_overview(request.actor, node),
    }
    if plan is None:
        return render(request, "schedules/board.html", context)
    named = plan_address(plan, plans)
    order = order_of(request)
    found = board_of(
        *(request.actor, plan, node, given_period(request, plan)), is_first_plan=not named
    )
    context |= {
        "board": found,
        "plan": plan,
        "kind": fulfilment.of(plan),
        "period": found.period,
        "reads": plan.fulfilment == REPORT,
        "this": periods.this_word(plan.cadence),
        "plan_query": f"&{urlencode(named)}" if named else "",
        "order": order,
        "sort_query": "" if order == GridOrder.WORST else f"&sort={order}",
        "orders": GridOrder.choices,
        "heads": periods.heads(found.span),
        "span_word": SPAN_WORDS[plan.cadence],
    }
    if found.current is not None and found.period is not None:
        trend = on_time_trend(found.plan, found.opened, found.period)
        context |= {
            "address": urlencode({"organization": node.pk, "period": found.period, **named}),
            "stats": _stats(found, found.current, found.period, trend),
            "trend": trend,
            "months_chart": months_chart(found),
            "rows": [
                _row(row, found, order) for row in board_rows_in(order, found.rows, clock.now())
            ],
            "heat_words": HEAT_WORDS,
            "signs": signs(fulfilment.of(plan), locks=plan.lock_working_days is not None),
            "slowest": [_row(row, found) for row in found.slowest],
            "classes": [_class(share, found) for share in _in_order(found.classes)],
            "twice_url": rows_of(found, node.pk, found.period, found.current.as_of, "twice"),
        }
    return render(request, "schedules/board.html", context)


def _stats(found: Board, now: Rollup, period: str, trend: Trend) -> list[dict[str, Any]]:
    """The figures of the period, each with its rows; 按时率 with its change on the one before where
    that is a signal, else with its line."""
    words, moment = fulfilment.of(found.plan).words, clock.now()
    before = found.trend[-2][1] if len(found.trend) > 1 else None
    share = rate(now.submitted, now.expected)
    tone = "" if now.unsent else "ok"
    rows: list[dict[str, Any]] = [
        _stat(f"{now.submitted} / {now.expected}", words.sent, f"{share}%", tone, "submitted")
    ]
    on_time = on_time_rate([now], moment)
    was = on_time_rate([before], moment)
    note = trend.told(on_time, was, " 个百分点")
    rows.append(
        _stat("—" if on_time is None else f"{on_time}%", "按时率", note, trend.tone(), "on_time")
        | {"drawing": trend.drawing}
    )
    rows.append(_stat(now.late, "迟报", "", "warn", "late"))
    for word, note, tone in (
        (Counted.PENDING, "未到截止", ""),
        (Counted.MISSING, "已过截止", "bad"),
        (Counted.LOCKED, "不再接收", "bad"),
    ):
        number = getattr(now, word)
        if number or word == Counted.MISSING:
            label = word_of(fulfilment.of(found.plan), word)
            rows.append(_stat(number, label, note if number else "", tone if number else "", word))
    rows.append(_stat(now.returned, "退回待补", "", "bad", "returned"))
    rows.append(_stat(now.accepted, "已通过", "", "ok", "accepted"))
    for row in rows:
        is_none = row["value"] == 0
        row["url"] = (
            "" if is_none else rows_of(found, found.node.pk, period, now.as_of, row["shown"])
        )
    return rows


def _stat(value: object, label: str, note: str, tone: str, shown: str) -> dict[str, Any]:
    return {"value": value, "label": label, "note": note, "tone": tone, "shown": shown}


def _row(row: BoardRow, found: Board, order: GridOrder = GridOrder.WORST) -> dict[str, Any]:
    organization = row.organization
    shown = "own" if row.is_own else ""
    figures = row.current
    kind = fulfilment.of(found.plan)
    address = {"organization": organization.pk, "period": found.period} if organization else {}
    if not found.is_first_plan:
        address["plan"] = found.plan.key
    if order != GridOrder.WORST:
        address["sort"] = str(order)
    texts = [(cell, *cell_words(cell, kind)) for cell in row.cells]
    now = clock.now()
    return {
        "name": board_name(row),
        "url": f"?{urlencode(address)}" if organization is not None and not row.is_own else "",
        "cells": [
            {
                "step": heat_class(cell.figures, now) if cell.figures else None,
                "text": text,
                "note": cell_note(cell.figures, kind) if cell.figures else "",
                "title": f"{periods.label(cell.period)}：{title}",
                "url": rows_of(found, organization.pk, cell.period, cell.as_of, shown)
                if organization is not None and cell.mark != Mark.NONE
                else "",
            }
            for cell, text, title in texts
        ],
        "rate": on_time_rate([figures], now) if figures else None,
        "days": _days(row.median_days),
        "rows_url": rows_of(
            *(found, organization.pk, found.period or "", figures.as_of, shown or "submitted")
        )
        if organization is not None and figures is not None
        else "",
    }


def board_name(row: BoardRow) -> str:
    """The organisation as the board names it."""
    if row.organization is None:
        return "已划出的组织"
    return f"{row.organization}（本级）" if row.is_own else str(row.organization)


def _days(value: float | None) -> str:
    """Median days after the period's end, as people say it."""
    if value is None:
        return "—"
    number = f"{abs(value):g} 天"
    return f"期末前 {number}" if value < 0 else number


def _in_order(shares: list[ClassShare]) -> list[ClassShare]:
    """The largest class first, then by name."""
    return sorted(shares, key=lambda share: (-share.expected, OrganizationClass(share.value).label))


def _class(share: ClassShare, found: Board) -> dict[str, Any]:
    return {
        "label": OrganizationClass(share.value).label,
        "expected": share.expected,
        "submitted": share.submitted,
        "on_time_rate": rate(share.on_time, share.expected),
        "bar": class_bar(share, found),
        "url": rows_of(
            found,
            found.node.pk,
            found.period or "",
            found.current.as_of if found.current else None,
            "",
            share.value,
        ),
    }
