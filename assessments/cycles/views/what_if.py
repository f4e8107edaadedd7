"""如果改成这样: a draft run over cycles that are over."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assessments.scoring.refusals import Refused
from core import figures, periods
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_draft
from ..comparing import Row
from ..queries.what_if import Tried, cycles_for, tried
from . import tracks

READ = ("GET", "HEAD")
AT_ONCE = 2  # cycles shown on one page …
MANY = 200  # … one alone where it has more organisations: 530 take two seconds
MOST_NAMED = 6  # organisations named in a sentence


@needs(P.SCHEME_EDIT, P.SCHEME_PUBLISH, methods=READ)
def what_if(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Every organisation's total, place and grade by the draft, beside what it had. `period` asks
    for one half-year alone; without it the last two are shown, of many organisations the last."""
    version = get_draft(request.actor, uid)
    cycles = list(cycles_for(version)[:12])
    asked = request.GET.get("period", "")
    wanted = [one for one in cycles if one.period == asked] or cycles[:AT_ONCE]
    if len(wanted) > 1 and wanted[0].assessed.filter(is_out=False).count() > MANY:
        wanted = wanted[:1]
    shown: list[Shown] = []
    refused = ""
    try:
        shown = [_shown(tried(version, cycle, request.actor)) for cycle in wanted]
    except Refused as refusal:
        refused = refusal.text or "还没有可以计分的指标。"
    except (KeyError, TypeError, AttributeError, ValueError):
        refused = "细则的结构还不完整。"
    context = {
        "version": version,
        "cycles": cycles,
        "asked": asked if any(one.period == asked for one in cycles) else "",
        "is_one": len(wanted) == 1,
        "shown": shown,
        "refused": refused,
    }
    return render(request, "cycles/what_if.html", context)


@dataclass(frozen=True, slots=True)
class Line:
    """One organisation as the table shows it."""

    row: Row
    track: tracks.Track | None
    change: str
    causes: Sequence[tuple[str, str]]
    tone: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A cycle as the page shows it: the sentence first."""

    tried: Tried
    title: str
    verdict: str
    rest: str
    lines: Sequence[Line]
    axis: tracks.Axis | None
    line_at: str
    left_out: Sequence[str]
    read_now: Sequence[str]


def _shown(found: Tried) -> Shown:
    comparison = found.comparison
    values = [one for row in comparison.rows for one in (row.now, row.draft) if one is not None]
    cut = _cut(found)
    axis = tracks.axis_over(values, cut) if values else None
    lines = [
        Line(
            row,
            axis.track(row.draft, row.now) if axis and row.draft is not None else None,
            tracks.signed(row.change),
            [(found.names.get(key, key), tracks.signed(change)) for key, change in row.causes],
            {1: "ok", -1: "warn"}.get(row.direction, "info") if row.is_regraded else "",
        )
        for row in comparison.rows
    ]
    labels = figures.registered()
    return Shown(
        found,
        periods.label(found.cycle.period),
        _verdict(comparison.regraded),
        _rest(found),
        lines,
        axis,
        f"{cut:f}".rstrip("0").rstrip(".") if axis and axis.reference and cut is not None else "",
        [_left_out(one) for one in found.left_out],
        [labels[key].label for key in found.read_now if key in labels],
    )


def _cut(found: Tried) -> Decimal | None:
    """The limit of the grade around which most stand: the best that somebody is on either side of."""
    values = [row.draft for row in found.comparison.rows if row.draft is not None]
    for band in sorted(found.bands, key=lambda band: -band.least):
        if any(Fraction(one) >= band.least for one in values):
            return _decimal(band.least)
    return None


def _decimal(value: Fraction) -> Decimal:
    return round(Decimal(value.numerator) / Decimal(value.denominator), 2)


def _verdict(regraded: Sequence[Row]) -> str:
    if not regraded:
        return "等次没有变化"
    return f"{len(regraded)} 家等次会变"


def _rest(found: Tried) -> str:
    """What follows the verdict: who rises and falls, how many places move, and by how much on the
    whole."""
    comparison = found.comparison
    told = []
    for direction, word in ((1, "升为"), (-1, "降为"), (0, "变为")):
        by_grade: dict[str, list[str]] = {}
        for row in comparison.regraded:
            if row.direction == direction:
                by_grade.setdefault(row.subject.draft.grade, []).append(row.subject.name)
        for grade, names in by_grade.items():
            more = f"等 {len(names)} 家" if len(names) > MOST_NAMED else ""
            told.append(f"{'、'.join(names[:MOST_NAMED])}{more}{word}“{grade}”")
    if moved := len(comparison.moved):
        told.append(f"组内名次变动 {moved} 家")
    if comparison.mean is not None:
        unit = "" if comparison.is_by_rate else " 分"
        told.append(f"平均 {tracks.signed(comparison.mean)}{unit}")
    return "，".join(told)


def _left_out(one: Any) -> str:
    if one.is_for_all:
        return f"“{one.name}”没有历史事实，不计入"
    return f"“{one.name}”{one.count} 家没有历史事实，对这几家不计入"
