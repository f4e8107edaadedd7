"""A form as the secretary will have it: on a phone, on a computer and on paper; it can be tried."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from core import clock, figures, periods
from core.guards import needs
from core.http import PortalRequest
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import item_kinds
from ..enums import ItemKind
from ..item_kinds.known import known
from ..models import Duty, Plan, Report, ReportDefinition, ReportItem
from ..queries.estimates import Estimates
from ..queries.printouts import Printout, print_item
from ..validation import Finding, check
from .report_page import ItemView

PHONE, COMPUTER, PAPER = "phone", "computer", "paper"
LOOKS = ((PHONE, "手机"), (COMPUTER, "电脑"), (PAPER, "打印稿"))
NOT_COUNTED = "—"  # in place of a figure: nobody reports on this form yet
# What the page sends beside the items.
_OWN = {"csrfmiddlewaretoken", "look", "shown"}


def previewed(
    definition: ReportDefinition,
    *,
    look: str = PHONE,
    typed: Mapping[str, Any] | None = None,
    found: Sequence[Finding] = (),
) -> dict[str, Any]:
    """The context of the preview: the items in that look, with what was tried in them. One query
    beyond the definition's plan."""
    typed, plan = typed or {}, definition.plan
    values = {
        spec["key"]: item_kinds.of(spec["kind"]).clean(spec, typed[spec["key"]])
        for spec in definition.items
        if spec["key"] in typed
    }
    period = periods.containing(clock.today(), plan.cadence)
    minutes = Estimates.load().minutes(definition.key, definition.items)
    return {
        "look": look,
        "looks": [(key, label, key == look) for key, label in LOOKS],
        "title": f"{periods.label(period)}{plan.name}",
        "views": _views(definition.items, values, found, period),
        "printout": _paper(definition, values, period, minutes) if look == PAPER else None,
        "minutes": minutes,
        "not_counted": NOT_COUNTED,
    }


def _figures(spec: Mapping[str, Any], period: str) -> list[dict[str, Any]]:
    """The figures of the form with nothing in them."""
    known_ones = figures.registered()
    rows = [known_ones[key] for key in spec.get("figures", []) if key in known_ones]
    return [
        {
            "key": one.key,
            "label": one.label_in(period),
            "value": NOT_COUNTED,
            "unit": "",
            "source": one.source,
        }
        for one in rows
    ]


def _items(specs: Sequence[Mapping[str, Any]]) -> list[tuple[ReportItem, Mapping[str, Any]]]:
    return [
        (
            ReportItem(key=spec["key"], title=spec["title"], kind=spec["kind"], position=position),
            spec,
        )
        for position, spec in enumerate(specs, start=1)
    ]


def _views(
    specs: Sequence[Mapping[str, Any]],
    values: Mapping[str, Mapping[str, Any]],
    found: Sequence[Finding],
    period: str,
) -> list[ItemView]:
    """The items as a report's page shows them."""
    views = []
    for item, spec in _items(specs):
        value = values.get(item.key, item_kinds.of(item.kind).blank)
        view = ItemView(
            item=item,
            spec=spec,
            is_editable=True,
            figures=_figures(spec, period),
            value=value,
            text=str(value.get("text", "")),
            entries=list(value.get("entries", [])),
            findings=[one for one in found if one.item_key == item.key],
        )
        if item.kind == ItemKind.ENTRIES:
            view.blanks = max(0, spec.get("max_entries", 3) - len(view.entries))
        views.append(view)
    return views


def _paper(
    definition: ReportDefinition,
    values: Mapping[str, Mapping[str, Any]],
    period: str,
    minutes: float,
) -> Printout:
    """A report on the form as it is printed; of rows that are kept nowhere."""
    plan: Plan = definition.plan
    place = Organization(name="（填报单位）")
    duty = Duty(plan=plan, organization=place, period=period)
    report = Report(duty=duty, organization=place, period=period, definition=definition)
    rows = []
    for item, spec in _items(definition.items):
        row = print_item(item, spec, values.get(item.key, {}))
        row.figures = _figures(spec, period)
        rows.append(row)
    return Printout(
        report=report,
        secretary="",
        filled_by="",
        items=rows,
        file_names=[],
        is_sent=False,
        minutes=minutes,
    )


def _wanted_look(request: PortalRequest) -> str:
    """The look that was pressed, else the one that is shown."""
    given = request.POST if request.method == "POST" else request.GET
    look = given.get("look") or given.get("shown")
    return look if look in dict(LOOKS) else PHONE


@needs(P.PLAN_EDIT, methods=("GET", "HEAD", "POST"))
def definition_try(request: PortalRequest, pk: int) -> HttpResponse:
    """The form as the secretary will see it, to be tried: what is typed is checked as in a report
    and kept nowhere. With `look` it is shown otherwise, and with `refresh` in the address made anew
    after the form was changed, both with what was typed."""
    definition = get_object_or_404(ReportDefinition.objects.select_related("plan"), pk=pk)
    typed: dict[str, Any] = {}
    found: list[Finding] = []
    is_refreshed = "refresh" in request.GET
    is_tried = request.method == "POST" and "look" not in request.POST and not is_refreshed
    if request.method == "POST":
        for spec in definition.items:
            raw = item_kinds.of(spec["kind"]).read(request.POST, spec["key"])
            if raw is not None:
                typed[spec["key"]] = raw
    if is_tried:
        values = {
            spec["key"]: item_kinds.of(spec["kind"]).clean(spec, typed.get(spec["key"]))
            for spec in definition.items
        }
        period = periods.containing(clock.today(), definition.plan.cadence)
        found = check(definition.items, values, period=period)
    look = _wanted_look(request)
    context = {
        "definition": definition,
        **previewed(definition, look=look, typed=typed, found=found),
        "found": found,
        "is_tried": is_tried,
        # On paper nothing can be typed: what was waits in fields that are not shown.
        "kept": _kept(request) if look == PAPER else [],
    }
    if request.headers.get("HX-Request"):
        asked_for = known(definition.items, definition.plan.cadence)
        # Each item of the editor says anew what the portal knows; a look that was pressed takes the
        # place of the refreshing that was on its way, so it brings them too.
        context["marks"] = (
            [(spec["key"], asked_for.get(spec["key"])) for spec in definition.items]
            if is_refreshed or "/edit/" in request.headers.get("HX-Current-URL", "")
            else []
        )
        return render(request, "schedules/definition_phone.html", context)
    return render(request, "schedules/definition_try.html", context)


def _kept(request: PortalRequest) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _OWN
        for value in values
    ]
