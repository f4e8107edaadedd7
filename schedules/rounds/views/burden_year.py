"""基层用时: what the year asks of whom, and who asks it; open to everybody inside the zone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import clock, periods
from core.charts import Bar, Drawing, Series, bars_across
from core.downloads import download, stamp
from core.guards import signed_in
from core.http import PortalRequest
from orgs.permissions import Permission as P

from .. import asks
from ..asks import Ask, Group
from ..exports import write_burden
from ..queries.years import Burden, GroupYear, above_cap, years
from ..rules import SOON
from ..words import ask_said, group_said, noun_of, number, rests_on

ASKERS = 12  # who asks most, of more the rest together
# Of what is asked and of classes so many are shown, until somebody wants all of them.
FIRST = {"zone": 8, "others": 4, "rows": 10}
LEAST = 0.1  # hours
OF_PLANS = ("plan", "form")  # keys of what the pages of plans show


@dataclass(slots=True)
class Reading:
    """What the page was asked for, and what it is made from. Some fifteen queries, however many
    organisations, duties and items there are."""

    year: int
    burden: Burden
    asks: list[Ask]
    rows: list[GroupYear]
    group: Group | None

    @property
    def shown(self) -> list[Ask]:
        """What is asked of the group that was chosen, or of all."""
        if self.group is None:
            return self.asks
        return [one for one in self.asks if one.groups.get(self.group)]


def _read(request: PortalRequest) -> Reading:
    burden = Burden.load()
    year = burden.year - 1 if request.GET.get("year") == str(burden.year - 1) else burden.year
    found = asks.all_asks(request.actor, burden.year)
    found.sort(key=lambda one: (not one.is_of_zone, -one.hours, one.number))
    rows = years(burden, year)
    kind, _, named = request.GET.get("group", "").partition(".")
    group = next((one.group for one in rows if one.group == Group(kind, named)), None)
    return Reading(year, burden, found, rows, group)


def address_of(group: Group) -> str:
    """The parameter that names a group."""
    return f"{group.kind}.{group.organization_class}"


def merged(rows: Sequence[GroupYear], cap: int) -> list[dict[str, Any]]:
    """A line for each group, the classes of a kind that have the same to do in one."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in rows:
        said = tuple(number(value) for value in (one.planned, one.other, *one.months))
        before = None if one.last_year is None else number(one.last_year)
        same = (one.group.kind, said, before)
        most = max(one.months, default=0.0)
        line = found.setdefault(
            same,
            {
                "groups": [],
                "count": 0,
                "planned": number(one.planned),
                "other": number(one.other),
                "minutes": number(one.minutes),
                "last_year": before,
                "change": _change(one),
                "most": number(most),
                "month": one.months.index(most) + 1 if most else 0,
                "is_over": round(most, 1) > cap,
                "address": address_of(one.group),
            },
        )
        line["count"] += one.count
        line["groups"].append(one.group)
    for line in found.values():
        line["name"] = "、".join(group_said(group) for group in line["groups"])
    return list(found.values())


def _change(one: GroupYear) -> str:
    if one.last_year is None:
        return ""
    more = round(one.minutes - one.last_year, 1)
    if not more:
        return "与去年一样"
    return f"{'多' if more > 0 else '少'} {number(abs(more))}"


def lines_of(rows: Iterable[Ask], *, may_open: bool) -> list[dict[str, Any]]:
    """Requests as the page lists them."""
    today = clock.today()
    return [
        {
            "ask": one,
            "number": "各有文号" if one.together else one.number,
            "noun": noun_of(one),
            "title": ask_said(one),
            "minutes": number(one.minutes.minutes),
            "rests_on": rests_on(one.minutes),
            "times": "按件" if one.times is None else f"{one.times} 次",
            "hours": "—" if one.times is None else hours_said(one.hours),
            "url": one.url if may_open or one.key.partition(":")[0] not in OF_PLANS else "",
            "renew_url": _renewed_at(one),
            **_until(one, today),
        }
        for one in rows
    ]


def _renewed_at(ask: Ask) -> str:
    """Where a plan or a form is renewed."""
    kind, _, pk = ask.key.partition(":")
    if kind not in OF_PLANS:
        return ""
    page = "schedules:plan-edit" if kind == "plan" else "schedules:definition-detail"
    return reverse(page, args=[int(pk)])


def hours_said(hours: float) -> str:
    """Hours as people write them, less than one in minutes."""
    return f"{number(hours)} 小时" if hours >= 1 else f"{number(hours * 60)} 分钟"


def _until(ask: Ask, today: dt.date) -> dict[str, Any]:
    day = ask.expires_on
    if day is None or ask.key.partition(":")[0] not in OF_PLANS:
        return {"until": day, "state": "", "tone": ""}
    if day < today:
        return {"until": day, "state": "已到期，不再打开", "tone": "mute"}
    if (day - today).days <= SOON:
        return {"until": day, "state": f"还有 {(day - today).days} 天", "tone": "warn"}
    return {"until": day, "state": "", "tone": ""}


def months_chart(reading: Reading) -> Drawing | None:
    """The months of the group chosen, else of the one that has the most, and the cap; what is above
    it apart."""
    row = next((one for one in reading.rows if one.group == reading.group), None)
    row = row or (reading.rows[0] if reading.rows else None)
    if row is None:
        return None
    cap = reading.burden.cap
    bars = [
        Bar(
            f"{place}月",
            (min(round(value, 1), cap), max(round(value - cap, 1), 0)),
            row=periods.label(f"{reading.year}-{place:02d}"),
        )
        for place, value in enumerate(row.months, start=1)
    ]
    bars.append(Bar("上限", (cap, 0)))
    return bars_across(
        bars,
        [Series("上限以内", "dark"), Series("超过上限", "bad")],
        name=f"{group_said(row.group)}各月用时",
        axis="月份",
        unit="分钟",
    )


def askers_chart(rows: Iterable[Ask]) -> Drawing:
    """Who asks for how many hours in all, the most first."""
    sums: dict[str, float] = defaultdict(float)
    for one in rows:
        sums[one.by] += one.hours
    ranked = sorted(sums.items(), key=lambda pair: -pair[1])
    ranked = [(name, hours) for name, hours in ranked if hours]
    most = [pair for pair in ranked[:ASKERS] if pair[1] >= LEAST]
    bars = [Bar(name, (round(hours, 1),)) for name, hours in most]
    rest = ranked[len(most) :]
    if rest:
        hours = round(sum(hours for _, hours in rest), 1)
        bars.append(Bar(f"其余 {len(rest)} 个", (hours,)))
    return bars_across(bars, [Series("小时", "dark")], name="谁要得多", axis="单位", unit="小时")


@signed_in("GET", "HEAD")
def burden_year(request: PortalRequest) -> HttpResponse:
    """What the year asks of each class beside the last, the zone's own requests on top, who asks
    most, what runs out soon, and what is asked for though it is known."""
    reading = _read(request)
    may_open = request.actor is not None and request.actor.may(P.PLAN_VIEW)
    lines = lines_of(reading.shown, may_open=may_open)
    whole: dict[str, list[dict[str, Any]]] = {
        "zone": [line for line in lines if line["ask"].is_of_zone],
        "others": [line for line in lines if not line["ask"].is_of_zone],
        "rows": merged(reading.rows, reading.burden.cap),
    }
    first = {} if request.GET.get("all") == "1" else FIRST
    context = {
        **_told(reading),
        "reading": reading,
        **{name: some[: first.get(name)] for name, some in whole.items()},
        "more": sum(len(some[first[name] :]) for name, some in whole.items()) if first else 0,
        "more_url": _at(year=reading.year, group=reading.group, whole=True),
        "chosen": group_said(reading.group) if reading.group else "",
        "chart": months_chart(reading),
        "chart_of": group_said(reading.group or reading.rows[0].group) if reading.rows else "",
        "askers": askers_chart(reading.shown),
        "soon": [line for line in lines_of(reading.asks, may_open=may_open) if line["state"]],
        "known": [line for line in lines if line["ask"].reuses],
        "may_edit": request.actor is not None and request.actor.may(P.PLAN_EDIT),
        "query": urlencode({"year": reading.year, "group": request.GET.get("group", "")}),
        "years": [
            (year, year == reading.year, _at(year=year, group=reading.group))
            for year in (reading.burden.year, reading.burden.year - 1)
        ],
        "all_url": _at(year=reading.year, group=None),
    }
    return render(request, "schedules/burden_year.html", context)


def _at(*, year: int, group: Group | None, whole: bool = False) -> str:
    asked = {"year": year} | ({"group": address_of(group)} if group else {})
    asked |= {"all": 1} if whole else {}
    return f"{reverse('schedules:burden')}?{urlencode(asked)}"


def _told(reading: Reading) -> dict[str, Any]:
    """The figures on top."""
    burden, year = reading.burden, reading.year
    hours = sum(row.minutes * row.count for row in reading.rows) / 60
    past = [row for row in reading.rows if row.last_year is not None]
    before = sum((row.last_year or 0) * row.count for row in past) / 60
    over = above_cap(burden, year)
    heaviest = max(reading.rows, key=lambda row: max(row.months), default=None)
    most = max(heaviest.months) if heaviest else 0
    known = burden.knows(year - 1)
    return {
        "year": year,
        "hours": f"{hours:,.0f} 小时",
        "hours_note": f"去年 {before:,.0f} 小时" if past else "去年没有统计",
        "zone_count": f"{sum(ask.is_of_zone and not ask.together for ask in reading.asks)} 项",
        "cap": burden.cap,
        "over_count": len(over),
        "most": f"{number(most)} 分钟",
        "most_note": f"{group_said(heaviest.group)}，上限 {burden.cap} 分钟" if heaviest else "",
        "is_over": bool(over),
        "past_months": known if 0 < known < 12 else 0,
        "is_counted": bool(burden.months_known),
        "last_year": year - 1,
    }


@signed_in("GET")
def burden_export(request: PortalRequest) -> FileResponse:
    """The same as a sheet: the classes, and everything that is asked for."""
    reading = _read(request)
    lines = lines_of(reading.shown, may_open=False)
    rows = merged(reading.rows, reading.burden.cap)
    return download(
        request,
        name=("基层用时", str(reading.year)),
        ending="xlsx",
        write=lambda target: write_burden(
            target, rows, lines, year=reading.year, stamp=stamp(request.actor)
        ),
        verb="schedules.burden.export",
    )
