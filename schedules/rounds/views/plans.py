"""Recurring plans: their rules, and opening a period by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core import clock, periods
from core.errors import Conflict, DomainError
from core.guards import needs
from core.http import PortalRequest
from core.periods import WorkCalendar
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.permissions import Permission as P

from .. import fulfilment
from ..actions import plans
from ..enums import Cadence
from ..forms import OpenPeriodForm, PlanForm
from ..models import Plan
from ..queries.calendar import load
from ..queries.openings import moments, opens_on, unfitting
from ..queries.plans import duty_counts, periods_offered, plans_offered


def labels(choices: Any, values: list[str]) -> str:
    """The words of the values chosen, 全部 for none."""
    words = dict(choices)
    return "、".join(str(words.get(value, value)) for value in values) or "全部"


def deadlines(plan: Plan, year: int, calendar: WorkCalendar) -> list[dict[str, Any]]:
    """When each period that ends in `year` opens, is due, counts as late and locks."""
    rows = []
    period = periods.containing(periods.first_day(f"{year}-01"), plan.cadence)
    while periods.first_day(period).year == year:
        when = moments(plan, period, calendar)
        rows.append(
            {
                "period": period,
                "label": periods.label(period),
                "opens_on": opens_on(plan, period),
                "due_on": when.due_on,
                "is_moved": when.due_on.day != plan.due_day,
                "late_on": calendar.add_working_days(when.due_on, plan.grace_working_days),
                "locks_on": calendar.add_working_days(when.due_on, plan.lock_working_days)
                if plan.lock_working_days is not None
                else None,
                "is_decreed": calendar.is_decreed(when.due_on),
            }
        )
        period = periods.shift(period, 1)
    return rows


@needs(P.PLAN_VIEW, methods=("GET", "HEAD"))
def plan_list(request: PortalRequest) -> HttpResponse:
    """All plans with their rules in words."""
    rows = [
        {
            "plan": plan,
            "kind": fulfilment.of(plan),
            "cadence": Cadence(plan.cadence).label,
            "kinds": labels(OrganizationKind.choices, plan.kinds),
            "classes": labels(OrganizationClass.choices, plan.classes),
        }
        for plan in plans_offered()
    ]
    context = {"rows": rows, "may_edit": request.actor.may(P.PLAN_EDIT)}
    return render(request, "schedules/plan_list.html", context)


@needs(P.PLAN_EDIT, methods=("GET", "HEAD", "POST"))
def plan_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """The rule of one plan, its deadlines of the year, and the periods that are open."""
    plan = get_object_or_404(Plan, pk=pk)
    form = PlanForm(
        request.POST or None,
        instance=plan,
        initial={"revision": plan.revision, "kinds": plan.kinds},
    )
    status, differences = 200, []
    if request.method == "POST":
        if form.is_valid():
            try:
                plans.edit_plan(
                    plan=plan,
                    revision=form.cleaned_data["revision"],
                    values=form.values(),
                    by=request.actor,
                )
            except Conflict as error:
                fresh = Plan.objects.get(pk=pk)
                differences = _differences(form, fresh)
                typed = request.POST.copy()
                typed["revision"] = str(fresh.revision)
                form.data = typed
                form.add_error(None, error.message)
                status = 409
            else:
                messages.success(request, "计划已保存，从之后打开的期间起适用。")
                return redirect("schedules:plan-edit", pk=pk)
        else:
            status = 400
    return _plan_page(request, pk, form, status=status, differences=differences)


def _differences(form: PlanForm, fresh: Plan) -> list[tuple[str, str, str]]:
    """Field label, what is stored now, what was typed; only where they differ."""
    return [
        (str(form.fields[name].label), _words(getattr(fresh, name)), _words(value))
        for name, value in form.values().items()
        if getattr(fresh, name) != value
    ]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        known = {**dict(OrganizationKind.choices), **dict(OrganizationClass.choices)}
        return "、".join(str(known.get(item, item)) for item in value) or "全部"
    return "" if value is None else str(value)


def _plan_page(
    request: PortalRequest, pk: int, form: PlanForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    plan = Plan.objects.get(pk=pk)  # as it is stored: the form's instance holds what was typed
    offered = periods_offered(plan)
    calendar, year = load(), clock.today().year
    is_by_period = fulfilment.of(plan).is_by_period
    rows = deadlines(plan, year, calendar) if is_by_period else []
    context = {
        "plan": plan,
        "form": form,
        "open_form": more.pop("open_form", None) or OpenPeriodForm(offered=offered),
        "deadlines": rows,
        "year": year,
        "is_decreed": all(row["is_decreed"] for row in rows),
        "counts": duty_counts(plan),
        "is_by_period": is_by_period,
        "unfitting": unfitting(plan, offered[0]) if offered else 0,
        **more,
    }
    return render(request, "schedules/plan_edit.html", context, status=status)


@needs(P.PLAN_EDIT, methods=("POST",))
def plan_open(request: PortalRequest, pk: int) -> HttpResponse:
    """Opens the chosen period now. Opened before, nothing changes."""
    plan = get_object_or_404(Plan, pk=pk)
    form = OpenPeriodForm(request.POST, offered=periods_offered(plan))
    if form.is_valid():
        period = form.cleaned_data["period"]
        try:
            count = plans.open_now(plan=plan, period=period, by=request.actor)
        except DomainError as error:
            form.add_error("period", error.message)
        else:
            word = f"新增 {count} 项应办" if count else "早已打开，没有变化"
            messages.success(request, f"{periods.label(period)}{plan.name}：{word}。")
            return redirect("schedules:plan-edit", pk=pk)
    blank = PlanForm(instance=plan, initial={"revision": plan.revision, "kinds": plan.kinds})
    return _plan_page(request, pk, blank, status=400, open_form=form)
