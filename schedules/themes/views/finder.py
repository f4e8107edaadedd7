"""主题发现: which figures and indicators are furthest from good, whom that concerns, and a draft of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, periods
from core.downloads import download, stamp
from core.figures import gauged
from core.guards import needs
from core.http import PortalRequest, is_fragment
from core.text import whole_number
from core.trends import NOT_PROVED
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import weaknesses, words
from ..access import get_holder
from ..actions import finder as finders
from ..exports import write_found
from ..queries.finder import Found, Gauged, finder_of, found_in, short_below
from ..rules import MOST_FIGURES, order_of
from ..weaknesses import Weakness

READ = ("GET", "HEAD")
ACT = ("POST",)
SHOWN = 15  # rows before the rest is folded
NOTHING = "还没有选。请在要办的几行前面打勾，1 至 5 个指标，再点“拟主题”。"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the finder: a figure, or a weak point that a higher app tells of."""

    name: str  # in the address
    order: Fraction
    figures: tuple[str, ...]
    said: tuple[str, str]  # where a theme of it comes from, in full and in short
    found: Found | None = None
    weak: Weakness | None = None


def rows_of(found: Sequence[Found], weak: Sequence[tuple[str, Weakness]]) -> list[Row]:
    """All with a loss, what is wanted most first. No query."""
    rows = [
        Row(one.key, one.order, (one.key,), (words.found(one), words.found_short(one)), found=one)
        for one in found
        if one.missing
    ]
    known = gauged()
    for source, one in weak:
        keys = tuple(key for key in one.figures if key in known)
        said = f"{one.seen_in}“{one.name}”失分 {one.said}"
        order = order_of(one.lost, one.short, one.of)
        rows.append(Row(f"{source}:{one.key}", order, keys, (said, said), weak=one))
    return sorted(rows, key=lambda row: (-row.order, row.name))


@needs(P.THEME_EDIT, methods=READ)
def finder(request: PortalRequest) -> HttpResponse:
    """What could become a theme, from what was read behind; with `draft` the chosen rows lead to the draft
    of one. While it is being read htmx asks for the bar alone. Nine queries however many figures and
    branches there are."""
    holder = get_holder(request.actor)
    finder = finder_of(holder)
    if is_fragment(request):
        if finder is not None and finder.is_reading:
            return render(request, "themes/finder_progress.html", {"finder": finder})
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    found = found_in(finder) if finder is not None else []
    kept = finder.weaknesses if finder is not None else {}
    rows = rows_of(found, weaknesses.seen_by(request.actor, holder, kept))
    chosen = request.GET.getlist("row")
    refusal = ""
    if "draft" in request.GET:
        keys, refusal = _keys(rows, chosen)
        if not refusal:
            said = words.origin([row.said for row in rows if row.name in chosen])
            asked = urlencode({"figure": keys, "origin": said}, doseq=True)
            return redirect(f"{reverse('themes:theme-create')}?{asked}")
    lines = [_shown(row, chosen) for row in rows]
    rest = lines[SHOWN:]
    context = {
        "finder": finder,
        "rows": lines,
        "first": lines[:SHOWN],
        "rest": rest,
        "rest_said": f"差得少的 {len(rest)} 项",
        "rest_open": any(row["is_chosen"] for row in rest),
        "good": [_good(one) for one in found if one.value is not None and not one.missing],
        "silent": [one.of.gauge.label for one in found if one.value is None],
        "how": words.HOW,
        "not_proved": NOT_PROVED,
        "refusal": refusal,
    }
    return render(request, "themes/finder.html", context, status=acts.INVALID if refusal else 200)


def _keys(rows: Sequence[Row], chosen: Collection[str]) -> tuple[list[str], str]:
    """The figures of the chosen rows, each once; or why no theme comes of them."""
    picked = [row for row in rows if row.name in chosen]
    keys = list(dict.fromkeys(key for row in picked for key in row.figures))
    if not picked:
        return [], NOTHING
    if not keys:
        return [], "选的几项没有可以直接用的指标。请另选一项有数的。"
    if len(keys) > MOST_FIGURES:
        return [], (
            f"一个主题最多 {MOST_FIGURES} 个指标，选出来的有 {len(keys)} 个。"
            "打的勾都还在，请去掉几个再点“拟主题”。"
        )
    return keys, ""


def _shown(row: Row, chosen: Collection[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": row.name,
        "rank": words.rank(row.order),
        "is_chosen": row.name in chosen,
        "may_choose": bool(row.figures),
    }
    if row.found is not None:
        one, gauge = row.found, row.found.of.gauge
        return shown | {
            "label": gauge.label,
            "seen_in": words.seen_in(one),
            "value": words.value_found(one),
            "goal": words.goal(one.of.goal, gauge),
            "difference": words.gap_found(one),
            "short": one.row.short,
            "of": one.row.measured,
            "unit": "支部",
            "url": reverse("themes:finder-figure", args=[one.key]),
            "trend": one.trend,
            "tone": one.trend.tone(is_more_better=not gauge.fewer) if one.trend else "",
            "weight": words.WEIGHTS.get(one.weight, ""),
            "season": words.season(one),
        }
    return shown | (_weak(row.weak, row.figures) if row.weak is not None else {})


def _weak(weak: Weakness, figures: Sequence[str]) -> dict[str, Any]:
    known = gauged()
    return {
        "label": weak.name,
        "seen_in": weak.seen_in,
        "lost": weak.said,
        "short": weak.short,
        "of": weak.of,
        "unit": "单位",
        "url": weak.url,
        "figures": [known[key][1].label for key in figures],
    }


def _good(one: Found) -> dict[str, Any]:
    return {
        "label": one.of.gauge.label,
        "value": words.number(one.value, one.of.gauge),
        "short": one.row.short,
        "url": reverse("themes:finder-figure", args=[one.key]),
    }


@needs(P.THEME_EDIT, methods=ACT, page="themes:finder")
def finder_read(request: PortalRequest) -> HttpResponse:
    """现在重算: it is read anew, behind."""
    return acts.press(
        request,
        load=lambda: get_holder(request.actor),
        act=lambda place: finders.ask(organization=place, by=request.actor),
        done=lambda place, finder: acts.said(request, "正在重算，可以离开本页。", "themes:finder"),
    )


@needs(P.THEME_EDIT, methods=READ)
def finder_figure(request: PortalRequest, key: str) -> HttpResponse:
    """Whom a figure of the finder concerns: committees with branches that are short, worst first, and
    the branches of the one that is opened; read at this moment. A dozen queries however many there are."""
    holder = get_holder(request.actor)
    if key not in gauged():
        raise Http404
    of = Gauged(*gauged()[key])
    period, committees = short_below(holder, of)
    opened = whole_number(request.GET.get("open", ""))
    gauge = of.gauge
    context = {
        "label": gauge.label,
        "quarter": periods.label(period),
        "goal": words.goal(of.goal, gauge),
        "unit": of.figure.unit,
        "short": sum(len(one.branches) for one in committees),
        "committees": [
            {
                "place": one.committee,
                "short": len(one.branches),
                "measured": one.measured,
                "lacking": one.lacking,
                "is_open": one.committee.pk == opened or len(committees) == 1,
                "branches": [
                    {
                        "place": branch.place,
                        "value": words.number(branch.value, gauge),
                        "short": words.lacking(branch.short, of),
                    }
                    for branch in one.branches
                ],
            }
            for one in committees
        ],
    }
    return render(request, "themes/finder_figure.html", context)


@needs(P.THEME_EDIT, methods=("GET",))
def finder_sheet(request: PortalRequest) -> FileResponse:
    """The finder as Excel: all rows that the actor sees. Nine queries."""
    actor = request.actor
    holder: Organization = get_holder(actor)
    finder = finder_of(holder)
    found = found_in(finder) if finder is not None else []
    kept = finder.weaknesses if finder is not None else {}
    weak = [one for _, one in weaknesses.seen_by(actor, holder, kept)]
    return download(
        request,
        name=(holder.name, "主题发现"),
        ending="xlsx",
        write=lambda target: write_found(
            target, finder, found, weak, whose=holder.name, stamp=stamp(actor)
        ),
        verb="themes.finder.export",
        entry=lambda written: {
            "organization_id": holder.pk,
            "organization_path": holder.path,
            "changes": {"format": [None, "xlsx"]},
        },
    )
