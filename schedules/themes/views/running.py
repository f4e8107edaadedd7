"""A theme while it runs, and after: how far it is, by whom it is not reached, its line, its pace."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import words
from ..access import get_committee, get_own_committee, get_theme, keeps
from ..models import Theme
from ..queries.dates import dates_of
from ..queries.gaps import Gap, gaps_of
from ..queries.lines import Line, line_of
from ..queries.measuring import Aimed, aim_at, aims_of, now_window
from ..queries.pacing import pace_at
from ..queries.scope import limits_of, sees_all
from ..queries.sums import (
    Sums,
    by_committee,
    months_by_figure,
    own_place,
    short_ones,
    totals_of,
)
from ..rules import Pace, value_of
from . import charts

READ = ("GET", "HEAD")
LISTED = 60  # organisations shown of a committee that is opened; the sheet has all


@needs(P.THEME_VIEW, methods=READ)
def theme_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A theme: for its holder all of it, for a committee its own organisations, for a branch its own
    gap, read at this moment. A dozen queries however many organisations there are."""
    theme = get_theme(request.actor, uid)
    context = _head(request, theme)
    if theme.is_draft:
        return render(request, "themes/theme_draft.html", context | _draft(theme))
    place = own_place(request.actor, theme)
    if place is not None and not sees_all(request.actor, theme):
        context |= {
            "gaps": _gaps(request, theme, place.organization),
            "place": place.organization,
        }
        return render(request, "themes/theme_own.html", context)
    return render(request, "themes/theme_detail.html", context | _whole(request, theme))


def _head(request: PortalRequest, theme: Theme) -> dict[str, Any]:
    today = clock.today()
    actor = request.actor
    return {
        "theme": theme,
        "quarter": periods.label(theme.quarter),
        "begins_on": theme.begins_on,
        "may_edit": keeps(actor, theme),
        "dates": [words.date_of(one, today) for one in dates_of(theme)],
        "today": today,
    }


def _draft(theme: Theme) -> dict[str, Any]:
    classes = dict(OrganizationClass.choices)
    return {
        "rows": words.aims(aims_of(theme)),
        "classes": [classes[one] for one in theme.classes],
        "committees": limits_of(theme),
    }


def _gaps(request: PortalRequest, theme: Theme, place: Organization) -> list[dict[str, Any]]:
    """The actor's own organisation at each figure, with the address of who or what is missing."""
    found = sorted(gaps_of(theme, place), key=lambda one: not one.short)
    return [_gap(request, theme, place, one) for one in found]


def _gap(request: PortalRequest, theme: Theme, place: Organization, one: Gap) -> dict[str, Any]:
    window, gauge, figure = now_window(theme), one.aim.gauge, one.aim.figure
    url = ""
    if figure.permission and request.actor.may_at(figure.permission, place.path):
        address = gauge.lacking or figure.address
        url = address(place, window) if address is not None else ""
    return {
        "label": gauge.label,
        "value": words.number(one.value, gauge),
        "goal": words.goal(one.aim.goal, gauge),
        "due_on": one.aim.row.due_on,
        "outcome": one.outcome,
        "short": words.lacking(one.short, one.aim) if one.short else "",
        "part": one.part,
        "whole": one.whole,
        "part_label": figure.label_in(theme.quarter),
        "unit": figure.unit,
        "url": url,
    }


# --- for those above -------------------------------------------------------------------------


def _whole(request: PortalRequest, theme: Theme) -> dict[str, Any]:
    actor = request.actor
    aims, totals = aims_of(theme), totals_of(actor, theme)
    is_all = sees_all(actor, theme)
    months = months_by_figure(theme) if is_all else {}
    lines = {
        one.row.pk: line_of(theme, one.gauge, months.get(one.row.pk, [])) for one in aims if is_all
    }
    asked = whole_number(request.GET.get("figure", "")) or 1
    chosen = aim_at(aims, asked) or (aims[0] if aims else None)
    context: dict[str, Any] = {
        "rows": [
            _row(theme, one, totals.get(one.row.pk), lines.get(one.row.pk))
            | {"is_chosen": one is chosen}
            for one in aims
        ],
        "is_all": is_all,
        "is_sum": charts.IS_SUM,
        "own": None if is_all else _own_committee(request, theme),
    }
    if chosen is None:
        return context
    sums = totals.get(chosen.row.pk, Sums())
    context |= {
        "chosen": chosen.row,
        "gauge": chosen.gauge,
        "unit": chosen.figure.unit,
        "goal": words.goal(chosen.goal, chosen.gauge),
        "sums": sums,
        "pace": _pace_words(theme, chosen, pace_at(theme, chosen, sums)),
        "reached_bar": charts.reached_bar(sums),
        "committees": _committees(request, theme, chosen),
    }
    if (line := lines.get(chosen.row.pk)) is not None:
        context |= {
            "line": charts.theme_line(theme, chosen, line),
            "line_words": charts.signals_said(line),
        }
    return context


def _own_committee(request: PortalRequest, theme: Theme) -> Any:
    """The committee that may say its sentence; none for others."""
    if not theme.is_running:
        return None
    try:
        return get_own_committee(request.actor, theme)
    except Http404:
        return None


def _row(theme: Theme, aim: Aimed, sums: Sums | None, line: Line | None) -> dict[str, Any]:
    gauge, sums = aim.gauge, sums or Sums()
    pace = pace_at(theme, aim, sums)
    return {
        "row": aim.row,
        "label": gauge.label,
        "start": words.number(sums.start(gauge), gauge),
        "now": words.number(sums.now(gauge), gauge),
        "should": words.number(pace.should, gauge) if pace else "—",
        "goal": words.goal(aim.goal, gauge),
        "ahead": (words.ahead(pace, gauge), words.tone(pace, gauge)) if pace else None,
        "sums": sums,
        "line": line,
    }


def _pace_words(theme: Theme, aim: Aimed, pace: Pace | None) -> dict[str, Any]:
    if pace is None:
        return {"lag": aim.gauge.lag if theme.is_running else 0}
    gauge = aim.gauge
    before, number, left = words.speed(pace, gauge, aim.row.due_on)
    return {
        "ahead": words.ahead(pace, gauge),
        "tone": words.tone(pace, gauge),
        "should": words.number(pace.should, gauge),
        "now": words.number(pace.now, gauge),
        "before": before,
        "number": number,
        "left": left,
        "is_short": pace.short_at_end is not None and pace.short_at_end > 0,
    }


def _committees(request: PortalRequest, theme: Theme, aim: Aimed) -> list[dict[str, Any]]:
    """Committees, those that lack most first; of the one that is opened the organisations."""
    row, gauge = aim.row, aim.gauge
    opened = whole_number(request.GET.get("open", ""))
    remarks = {one.organization_id: one.text for one in theme.remarks.all()}
    found = []
    groups = by_committee(request.actor, theme)
    most = max((one.sums[row.pk].measured for one in groups if row.pk in one.sums), default=0)
    for one in groups:
        sums = one.sums.get(row.pk)
        if sums is None:
            continue
        place = one.committee
        is_open = place.pk == opened or len(groups) == 1
        asked = {"figure": row.position} | ({} if is_open else {"open": place.pk})
        short = short_ones(request.actor, theme, row, place, LISTED) if is_open else []
        found.append(
            {
                "place": place,
                "sums": sums,
                "bar": charts.reached_bar(sums, most),
                "start": words.number(sums.start(gauge), gauge),
                "now": words.number(sums.now(gauge), gauge),
                "remark": remarks.get(place.pk, ""),
                "is_open": is_open,
                "url": f"?{urlencode(asked)}#c{place.pk}",
                "short": [
                    (standing.place.organization, words.lacking(standing.short, aim))
                    for standing in short
                ],
                "more": sums.short - len(short) if is_open else 0,
            }
        )
    return sorted(found, key=lambda one: (-one["sums"].lacking, one["place"].path))


@needs(P.THEME_VIEW, methods=READ)
def theme_short(request: PortalRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """All organisations of a committee that have not reached a figure's goal: behind its number."""
    theme = get_theme(request.actor, uid)
    place = get_committee(request.actor, theme, pk)
    position = whole_number(request.GET.get("figure", "")) or 1
    aim = aim_at(aims_of(theme), position)
    if theme.is_draft or aim is None:
        raise Http404
    gauge = aim.gauge
    context = {
        "theme": theme,
        "committee": place,
        "label": gauge.label,
        "goal": words.goal(aim.goal, gauge),
        "rows": [
            {
                "place": one.place.organization,
                "start": words.number(value_of(gauge, one.start_part, one.start_whole), gauge),
                "now": words.number(value_of(gauge, one.part, one.whole), gauge),
                "short": words.lacking(one.short, aim),
            }
            for one in short_ones(request.actor, theme, aim.row, place, None)
        ],
    }
    return render(request, "themes/theme_short.html", context)
