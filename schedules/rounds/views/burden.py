"""What a month asks of organisations: in words, as charts, and the page of the cap."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from core import acts, clock, periods
from core.charts import Bar, Drawing, Series, bars_across
from core.guards import needs
from core.http import PortalRequest
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.permissions import Permission as P

from ..actions import burden
from ..forms import CapForm
from ..models import BurdenCap, BurdenExcess
from ..queries.loads import DEFAULT_CAP, YEAR, Excess, GroupLoad, Load, by_group, cap_now
from ..words import excess_said, group_said, number

SHOWN = 3  # groups are named, of more their number
MOST_REASONS = 20  # of those kept the newest are shown


def over_said(excess: Excess | None) -> str:
    """Where a month is above the cap, and for whom."""
    if excess is None or excess.minutes <= excess.cap:
        return ""
    names = "、".join(group_said(group) for group in excess.groups[:SHOWN])
    rest = f"等 {len(excess.groups)} 类" if len(excess.groups) > SHOWN else ""
    return f"{excess_said(excess)}最多的是{names}{rest}。"


def load_said(load: Load) -> dict[str, str]:
    """A month in words, beside last year's and the cap."""
    minutes, month = load.minutes, periods.label(load.month)
    left = load.cap - minutes
    found = {
        "load_month": month,
        "month": number(minutes),
        "cap": _to_the_cap(load.cap, left),
        "last_year": "去年同月没有记录",
        "over": over_said(load.excess),
        "heavy": "",
    }
    if load.excess is None and load.is_over:
        found["heavy"] = over_said(load.heaviest)
    if load.last_year is not None:
        more = round(minutes - load.last_year, 1)
        word = f"{'多' if more > 0 else '少'} {number(abs(more))} 分钟"
        found["last_year"] = f"比去年同月{word}" if more else "与去年同月一样"
    return found


def _to_the_cap(cap: int, left: float) -> str:
    if not left:
        return f"正好到上限 {cap} 分钟"
    if left > 0:
        return f"离上限 {cap} 分钟还有 {number(left)} 分钟"
    return f"超过上限 {cap} 分钟，多 {number(-left)} 分钟"


def month_chart(load: Load) -> Drawing:
    """The month, the same of last year, and the cap."""
    rows = [Bar(periods.label(load.month), (load.minutes,))]
    if load.last_year is not None:
        rows.append(Bar(periods.label(periods.shift(load.month, -YEAR)), (load.last_year,)))
    rows.append(Bar("上限", (load.cap,)))
    return bars_across(
        rows, [Series("分钟", "dark")], name="一个月的用时", axis="月份", unit="分钟"
    )


def parts_chart(load: Load) -> Drawing:
    """What the month is made of, plan by plan."""
    rows = [
        Bar(name if is_all else f"{name}（部分组织）", (minutes,))
        for name, minutes, is_all in load.parts
    ]
    return bars_across(rows, [Series("分钟", "dark")], name="其中", axis="计划", unit="分钟")


def _merged(loads: list[GroupLoad], cap: int) -> list[dict[str, Any]]:
    """One row for all classes of a kind that have the same to do."""
    words = dict(OrganizationClass.choices)
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in loads:
        most = one.heaviest
        same = (one.group.kind, one.minutes, one.last_year, most.month, most.minutes)
        row = rows.setdefault(
            same,
            {
                "name": OrganizationKind(one.group.kind).label,
                "classes": [],
                "count": 0,
                "minutes": number(one.minutes),
                "last_year": "—" if one.last_year is None else number(one.last_year),
                "most": number(most.minutes),
                "most_month": periods.label(most.month),
                "is_over": most.minutes > cap,
            },
        )
        row["count"] += one.count
        row["classes"].append(words.get(one.group.organization_class, "没有写明类型"))
    return list(rows.values())


@needs(P.PLAN_EDIT, methods=("GET", "HEAD", "POST"))
def burden_cap(request: PortalRequest) -> HttpResponse:
    """What the month and the year ask of each kind of organisation, the cap, and why it was passed."""

    def show(attempt: acts.Attempt[BurdenCap, CapForm]) -> HttpResponse:
        month = periods.containing(clock.today(), periods.MONTH)
        cap, newest = cap_now()
        rows = _merged(by_group(month), cap)
        context = {
            "form": attempt.form,
            "cap": cap,
            "newest": newest,
            "month": periods.label(month),
            "last_year": periods.label(periods.shift(month, -YEAR)),
            "rows": rows,
            "over": sum(row["is_over"] for row in rows),
            "error": attempt.error,
            "reasons": [
                (row, periods.label(row.month), number(float(row.minutes)))
                for row in BurdenExcess.objects.select_related("plan", "definition")[:MOST_REASONS]
            ],
        }
        return render(request, "schedules/burden_cap.html", context, status=attempt.status)

    def form(shown: BurdenCap) -> CapForm:
        held = {"minutes": shown.minutes, "basis": shown.basis, "revision": shown.revision}
        return CapForm(acts.typed(request), initial=held)

    return acts.perform(
        request,
        load=lambda: cap_now()[1] or BurdenCap(number=0, minutes=DEFAULT_CAP),
        form=form,
        act=lambda attempt: burden.set_cap(by=request.actor, **attempt.given),
        done=lambda attempt, cap: acts.said(
            request, f"上限已定为每月 {cap.minutes} 分钟。", "schedules:burden-cap"
        ),
        show=show,
    )
