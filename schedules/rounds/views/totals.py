"""Every number of a period's reports, added up and compared; part by part for one of them."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render

from core import periods
from core.guards import needs
from core.http import PortalRequest
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..exports import part_name, write_totals
from ..forms import TotalsFilter
from ..models.vocabulary import Counted
from ..queries.totals import Compared, Number, Totals, last_years, periods_of, totals_of
from ..words import number_trend
from .choices import Choice, chosen_organization
from .downloads import download, stamp
from .readings import chosen_report


def _found(request: PortalRequest, choice: Choice, period: str, number: str = "") -> Totals:
    wanted = (*periods_of(period), periods.shift(period, -1), last_years(period))
    places = {one: choice.opened.stood_at(one) for one in wanted}
    known = {one: place for one, place in places.items() if place}
    return totals_of(request.actor, choice.plan, choice.node, period, known, number=number)


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def reading_totals(request: PortalRequest) -> HttpResponse:
    """All numbers of a node's period; with `?number=` one of them, part by part."""
    choice = chosen_report(request)
    node = choice.node if choice else chosen_organization(request)
    if choice is None or choice.period is None:
        return render(request, "schedules/totals.html", {"node": node})
    asked = clean(request.GET.get("number", ""))
    found = _found(request, choice, choice.period, asked)
    form = TotalsFilter(
        {**request.GET.dict(), "period": choice.period, "plan": choice.plan.key},
        plans=choice.plans,
        opened=choice.opened.periods if choice.period in choice.opened.periods else [choice.period],
        numbers=[(one.key, one.label) for one in found.numbers],
    )
    form.is_valid()
    key = str(form.cleaned_data.get("number") or "")
    number = next((one for one in found.numbers if one.key == key), None)
    current = choice.opened.figures.get(choice.period)
    is_open = _is_open(choice)
    context = {
        "node": node,
        "plan": choice.plan,
        "period": choice.period,
        "form": form,
        "number": number,
        "found": found,
        "address": choice.query,
        "heads": [periods.label(one) for one in (found.period, found.before, found.last_year)],
        "previous_word": periods.previous_word(choice.plan.cadence),
        "submitted": getattr(current, Counted.SUBMITTED) if current else 0,
        "expected": getattr(current, Counted.EXPECTED) if current else 0,
        "as_of": current.as_of if current else None,
        "is_own": number is not None and number.key in found.own,
        "is_open": is_open,
        "counted": f"近 {len(found.span)} 期",
        "has_moves": any(one.is_moves for one in ([number] if number else found.numbers)),
    }
    if number is None:
        context["rows"] = [
            {
                "name": one.label,
                "unit": one.unit,
                "url": f"?{urlencode({**choice.address, 'number': one.key})}",
                **_cells(found.whole.get(one.key, Compared())),
            }
            for one in found.numbers
        ]
    else:
        context["rows"] = _parts(request, choice, found, number)
        context["whole"] = _line(
            f"{number.label}合计", found, found.whole.get(number.key, Compared()), is_open
        )
    return render(request, "schedules/totals.html", context)


def _parts(
    request: PortalRequest, choice: Choice, found: Totals, number: Number
) -> list[dict[str, Any]]:
    return [
        {
            "name": part_name(organization),
            "unit": number.unit,
            "url": _part_url(request, choice, organization, number),
            **_line(
                part_name(organization), found, part.get(number.key, Compared()), _is_open(choice)
            ),
        }
        for organization, part in found.parts.values()
        if number.key in part
    ]


def _part_url(
    request: PortalRequest, choice: Choice, organization: Organization | None, number: Number
) -> str:
    """One level down. Of a branch that is its own report, by way of its year."""
    if organization is None:
        return ""
    values = {**choice.address, "organization": organization.pk, "number": number.key}
    return f"?{urlencode(values)}"


def _is_open(choice: Choice) -> bool:
    """Whether reports of the period may still come in time: then no number of it is judged."""
    current = choice.opened.figures.get(choice.period or "")
    return current is not None and current.pending > 0


def _cells(one: Compared) -> dict[str, Any]:
    return {
        "now": shown(one.now.value),
        "reports": one.now.reports,
        "before": shown(one.before.value),
        "last_year": shown(one.last_year.value),
    }


def _line(name: str, found: Totals, one: Compared, is_open: bool) -> dict[str, Any]:
    trend = number_trend(name, found, one, is_open=is_open)
    said = trend.told(one.now.value, one.before.value)
    return {**_cells(one), "trend": trend, "change": said}


def shown(value: Decimal | None) -> str:
    """A number as people read it; a dash where nobody gave it."""
    return "—" if value is None else f"{value.normalize():f}"


@needs(P.REPORT_VIEW, methods=("GET",))
def totals_export(request: PortalRequest) -> FileResponse | HttpResponse:
    """All numbers of the period as a sheet, for the node and for each directly below."""
    choice = chosen_report(request)
    if choice is None or choice.period is None:
        return redirect("schedules:reading-totals")
    found = _found(request, choice, choice.period)
    return download(
        request,
        name=(f"{choice.node}{choice.plan.name}数字汇总", choice.period),
        ending="xlsx",
        organization=choice.node,
        write=lambda target: write_totals(
            target, choice.plan, choice.node, found, stamp=stamp(request.actor)
        ),
    )
