"""The board of a cycle, the organisations of one indicator, one organisation's portrait."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assessments.cycles.explaining import fixed
from assessments.cycles.models import Cycle
from assessments.cycles.standings import HUNDRED
from assessments.cycles.views import tracks
from assessments.cycles.words import corrected_words, correction_words
from assessments.scoring.numbers import rounded
from core.charts.numbers import place
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from .. import words
from ..access import get_board_as_computed, get_board_cycle, get_portrayed
from ..queries.boards import Board, GroupBoard, Row, board_of, boards_over
from ..queries.losses import Losses, losses_of
from ..queries.portraits import portrait_of
from ..queries.trends import Pace, Trend, pace_of, trend_of
from . import board_charts
from .pages import pages_of

READ = ("GET", "HEAD")
PAGE = 20
ROWS = 60  # of the assessed on one page


@needs(P.ASSESSMENT_VIEW, methods=READ)
def board_list(request: PortalRequest) -> HttpResponse:
    """The boards of cycles that organisations of the actor hold, newest first. Two queries."""
    page = Pager(boards_over(request.actor), PAGE).get_page(request.GET.get("page"))
    rows = [(one, words.title_of(one)) for one in page]
    return render(request, "boards/board_list.html", {"page": page, "rows": rows})


@needs(P.ASSESSMENT_VIEW, methods=READ)
def board(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What a cycle gave: where each stands, the places of the grade as arithmetic, where points were
    lost, the line of past half-years, the year against the calendar. Nothing of it depends on the day
    on which it is looked at; with `run` not on what was corrected since either. Sixteen queries
    however many are assessed."""
    cycle = _computed(request, uid)
    found = board_of(cycle)
    losses = losses_of(found.stored)
    shows_ranks = request.GET.get("ranks") == "1"
    page = Paginator(_ordered(found, shows_ranks), ROWS).get_page(request.GET.get("page"))
    trend, pace = trend_of(cycle, losses.weakest), pace_of(found.stored)
    same = _same(request)
    context = {
        "cycle": cycle,
        "number": found.stored.run.number,
        "is_fixed": _number(request) is not None,
        "pages": pages_of(cycle, "boards:board"),
        "corrections": [
            (one, correction_words(one), corrected_words(one)) for one in found.corrections
        ],
        "title": words.title_of(cycle),
        "board": found,
        "as_of": words.as_of(found),
        "draft": "" if cycle.sealed_at else words.DRAFT,
        "shows_ranks": shows_ranks,
        "shows_shares": any(one.root.full != HUNDRED for one in found.stored.schemes.values()),
        "page": page,
        "groups": _shown(found, page),
        "counts": _counts(found),
        "whole": len(found.rows),
        "quota": _quota(found, losses),
        "vetoes": _vetoes(found),
        "exemptions": _exemptions(found, losses),
        **_losses(found, losses, page, same),
        **_trend(trend, cycle, same),
        **_pace(pace, cycle, same),
    }
    return render(request, "boards/board.html", context)


@needs(P.ASSESSMENT_VIEW, methods=READ)
def board_head(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """One indicator: what each of the organisations lost at it, each leading to how it was counted.
    Seven queries."""
    cycle = _computed(request, uid)
    losses = losses_of(board_of(cycle).stored)
    column = next((one for one in losses.columns if one.key == key), None)
    if column is None:
        raise Http404
    rows = [
        (row.score, row.cells[key], words.cell(row.cells[key]), words.percent(row.cells[key].share))
        for row in losses.rows
        if key in row.cells
    ]
    rows.sort(key=lambda one: (-one[1].share, one[0].assessed.path))
    context = {
        "cycle": cycle,
        "title": words.title_of(cycle),
        "number": cycle.run.number if cycle.run is not None else "",
        "is_fixed": _number(request) is not None,
        "column": column,
        "share": words.percent(column.share),
        "rows": rows,
    }
    return render(request, "boards/board_head.html", context)


@needs(P.ASSESSMENT_VIEW, methods=READ)
def portrait(request: PortalRequest, pk: int) -> HttpResponse:
    """One organisation over its half-years. To itself without a word of others. Seven queries."""
    found = portrait_of(request.actor, get_portrayed(request.actor, pk))
    context = {
        "portrait": found,
        "chart": board_charts.portrait_line(found),
        "line": words.line_of_one(found),
        "stands": [
            (
                one,
                words.title_of(one.cycle),
                "—" if one.share is None else fixed(one.share),
                words.STANDINGS.get(one.score.standing) if one.is_over else None,
            )
            for one in found.stands
        ],
        "weak": [(one, fixed(one.lost), fixed(one.share, 1)) for one in found.weak],
        "accounts": [(one, fixed(one.total)) for one in found.accounts],
    }
    return render(request, "boards/portrait.html", context)


def _number(request: PortalRequest) -> str | None:
    """Of which computation the board is asked for; None for the present one."""
    return request.GET.get("run")


def _computed(request: PortalRequest, uid: uuid.UUID) -> Cycle:
    number = _number(request)
    if number is None:
        return get_board_cycle(request.actor, uid)
    return get_board_as_computed(request.actor, uid, number)


def _same(request: PortalRequest) -> str:
    """What an address ends in that stays with the computation that is looked at."""
    number = _number(request)
    return "" if number is None else f"?run={number}"


def _head(cycle: Cycle, key: str, same: str) -> str:
    return reverse("boards:board-head", args=[cycle.uid, key]) + same


# --- where each stands ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Track:
    """Where the value stands on the axis, and from where to where its interval goes."""

    x: str
    low: str
    high: str
    square: str  # the left edge of a square there


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One organisation as the table shows it."""

    row: Row
    share: str
    interval: str
    track: Track | None
    against: str
    sign: str
    standing: str
    tone: str
    why: str

    @property
    def shape(self) -> str:
        """The class of its mark."""
        return {"ok": "above", "warn": "below"}.get(self.tone, "level")


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group as the table shows it."""

    name: str
    about: str
    foot: str
    has_ranks: bool
    axis: tracks.Axis | None
    rows: Sequence[ShownRow]


def _ordered(found: Board, by_rank: bool) -> list[tuple[GroupBoard, Row]]:
    """Group by group, in the order of the tree; where ranks are looked at, the highest first."""
    listed = []
    for group in found.groups:
        rows = list(group.rows)
        if by_rank and group.is_ranked:
            rows.sort(key=lambda row: (row.share is None, -(row.share or 0)))
        listed += [(group, row) for row in rows]
    return listed


def _shown(found: Board, page: "Page[tuple[GroupBoard, Row]]") -> list[ShownGroup]:
    shown = []
    for group in found.groups:
        rows = [row for its, row in page if its is group]
        if rows:
            axis = _axis(group)
            shown.append(
                ShownGroup(
                    words.grouped(group),
                    words.spread(group, found),
                    _foot(group, found),
                    group.is_ranked,
                    axis,
                    [_row(row, group, axis) for row in rows],
                )
            )
    return shown


def _foot(group: GroupBoard, found: Board) -> str:
    """What the judgement stands on; in a small group why there is none."""
    small = words.small(group)
    if small and group.reach is None:
        return small
    return small + words.measured(found)


def _axis(group: GroupBoard) -> tracks.Axis | None:
    ends = [
        rounded(row.share + side * (row.reach or 0))
        for row in group.rows
        if row.share is not None
        for side in (-1, 1)
    ]
    if not ends:
        return None
    return tracks.axis_over(ends, group.mean if group.is_ranked else None)


def _row(row: Row, group: GroupBoard, axis: tracks.Axis | None) -> ShownRow:
    sign, standing, tone = words.standing(row, group)
    track = None
    if axis is not None and row.share is not None:
        reach = row.reach or Fraction(0)
        middle, low, high = (
            axis.scale(one) for one in (row.share, row.share - reach, row.share + reach)
        )
        track = Track(place(middle), place(low), place(high), place(middle - Fraction(9, 2)))
    return ShownRow(
        row,
        words.share_of(row),
        words.interval(row),
        track,
        words.against(row, group),
        sign,
        standing,
        tone,
        words.why(row),
    )


# --- grades and places ---------------------------------------------------------------------------


def _counts(found: Board) -> list[tuple[str, str, int]]:
    """Grade, its points, how many."""
    listed, counts = [], found.counts()
    for at, (grade, least) in enumerate(found.bands):
        span = f"{least} 分以上" if not at else f"{least} 至不足 {found.bands[at - 1][1]}"
        listed.append((grade, span, counts.pop(grade)))
    return listed + [(grade, "", many) for grade, many in counts.items()]


def _quota(found: Board, losses: Losses) -> dict[str, Any] | None:
    said = words.quota(found)
    if not said:
        return None
    names = {one.key: one.name for one in losses.columns}
    return {
        "grade": found.rules.quota_grade,
        "said": said,
        "groups": [
            {
                "name": words.grouped(group),
                "part": words.part(group, found),
                "held": group.quota.held,
                "places": group.quota.places.part.places,
                "fallen": group.quota.fallen,
                "last": words.last(group, names),
                "is_close": group.quota.places.last is not None
                and group.quota.places.last.is_within_error,
            }
            for group in found.groups
            if group.quota is not None
        ],
    }


def _vetoes(found: Board) -> list[tuple[Row, str, str]]:
    """Who, what happened, on what basis."""
    listed = []
    for row in found.rows:
        content = found.stored.contents[row.score.assessed.version_id]
        for name in row.happened:
            veto = (content.get("vetoes") or {}).get(name) or {}
            listed.append((row, name, str(veto.get("legal_basis") or "")))
    return listed


def _exemptions(found: Board, losses: Losses) -> list[tuple[str, str, Any]]:
    names = {one.key: one.name for one in losses.columns}
    return [
        (one.organization.short_name or one.organization.name, names.get(one.indicator, ""), one)
        for one in found.exemptions
    ]


# --- losses, line, year --------------------------------------------------------------------------


def _losses(
    found: Board, losses: Losses, page: "Page[tuple[GroupBoard, Row]]", same: str
) -> dict[str, Any]:
    by_score: dict[int, Any] = {row.score.pk: row for row in losses.rows}
    shown = [
        (
            words.grouped(group),
            [by_score[row.score.pk] for its, row in page if its is group],
        )
        for group in found.groups
    ]
    heads = {one.key: _head(found.cycle, one.key, same) for one in losses.columns}
    return {
        "heat": board_charts.loss_heat(losses, [one for one in shown if one[1]], heads),
        "added": words.ADDED,
        "weakest": [(one, heads[one.key], words.percent(one.share)) for one in losses.weakest],
    }


def _trend(trend: Trend, cycle: Cycle, same: str) -> dict[str, Any]:
    return {
        "trend": board_charts.trend_line(trend),
        "trend_known": len(trend.known),
        "line": words.line_of(trend),
        "trend_periods": [words.half(one.period) for one in trend.pasts],
        "trend_heads": [
            (
                _head(cycle, key, same),
                name,
                ["—" if one is None else f"{rounded(one, 1)}" for one in values],
            )
            for key, name, values in trend.heads
        ],
    }


def _pace(pace: Pace, cycle: Cycle, same: str) -> dict[str, Any]:
    return {
        "pace_title": words.pace_title(pace),
        "pace": [
            (
                one,
                _head(cycle, one.key, same),
                board_charts.pace_bar(one, pace),
                _plain(one.done),
                _plain(one.whole),
                rounded(one.share, 1),
                "—" if one.before is None else f"{rounded(one.before, 1)}%",
                *words.paced(one, pace),
            )
            for one in pace.rows
        ],
    }


def _plain(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else f"{Decimal(str(float(value))):.1f}"
