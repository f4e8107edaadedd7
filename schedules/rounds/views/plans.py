"""Recurring plans: their rules, and opening a period by hand."""

import copy
from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from core import acts, clock, figures, periods
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest
from core.periods import WorkCalendar
from core.templatetags.words import date_zh
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.permissions import Permission as P

from .. import fulfilment
from ..actions import opening, plans
from ..definitions import COMMON_PLANS, PLAN_KEY
from ..enums import Cadence
from ..forms import NewPlanForm, OpenPeriodForm, PlanForm, RenewForm
from ..forms.base import UNSEEN
from ..models import Plan
from ..queries.calendar import load
from ..queries.cases import reach
from ..queries.loads import FURTHEST, load_of_plan
from ..queries.openings import (
    concerned,
    first_period,
    is_within,
    moments,
    opens_on,
    unfitting,
)
from ..queries.plans import duty_counts, periods_offered, plans_offered
from ..queries.years import Weighing, weigh_plan
from ..rules import suggested_validity, usual_validity
from ..words import number, weighing_said
from .burden import load_said


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
    offered = plans_offered()
    rows = [
        {
            "plan": plan,
            "kind": fulfilment.of(plan),
            "has_ended": plan.has_ended(clock.today()),
            "has_expired": plan.has_expired(clock.today()),
            "anchor": f"plan-{plan.pk}",
            "minutes": "" if fulfilment.of(plan).has_forms else number(fulfilment.of(plan).minutes),
            "cadence": Cadence(plan.cadence).label,
            "kinds": labels(OrganizationKind.choices, plan.kinds),
            "classes": labels(OrganizationClass.choices, plan.classes),
        }
        for plan in offered
    ]
    has_monthly = any(plan.key == PLAN_KEY for plan in offered)
    may_edit = request.actor.may(P.PLAN_EDIT)
    context = {"rows": rows, "may_edit": may_edit, "may_install": may_edit and not has_monthly}
    return render(request, "schedules/plan_list.html", context)


@needs(P.PLAN_EDIT, methods=("GET", "HEAD", "POST"))
def plan_new(request: PortalRequest) -> HttpResponse:
    """A plan is made. With `look` nothing is kept: whom it would reach and when stands beside what
    is filled in so far. `like` in the address fills in a common plan."""

    def show(attempt: acts.Attempt[None, NewPlanForm]) -> HttpResponse:
        plan = attempt.form.plan() if attempt.form.is_bound else None
        context: dict[str, Any] = {"form": attempt.form, "preview": plan_preview(plan)}
        if request.headers.get("HX-Request"):
            return render(request, "schedules/plan_preview.html", context)
        context["common"] = [
            (key, one["name"]) for key, one in COMMON_PLANS.items() if one["name"] not in names
        ]
        return render(request, "schedules/plan_new.html", context, status=attempt.status)

    def form(nothing: None) -> NewPlanForm:
        if request.method == "POST":
            return NewPlanForm(request.POST)
        like = COMMON_PLANS.get(request.GET.get("like", ""), {})
        today = clock.today()
        initial: dict[str, Any] = {"starts_on": today, "valid_until": usual_validity(today)}
        initial |= {"fulfilment": "report", **like}
        return NewPlanForm(initial=initial)

    names = {plan.name for plan in plans_offered()}
    if "look" in request.POST:
        return show(acts.Attempt(request, None, form(None)))
    return acts.perform(
        request,
        load=acts.no_subject,
        form=form,
        act=lambda attempt: plans.create_plan(
            values=attempt.form.values(),
            over_reason=attempt.given["over_reason"],
            by=request.actor,
        ),
        done=lambda attempt, plan: acts.said(
            request, _made(plan), "schedules:plan-edit", pk=plan.pk
        ),
        show=show,
    )


def _made(plan: Plan) -> str:
    if fulfilment.of(plan).has_forms:
        return f"“{plan.name}”已建立。下一步为它建立表样，没有表样的组织到期不会打开。"
    return f"“{plan.name}”已建立，到日子自动打开。"


def plan_preview(plan: Plan | None) -> dict[str, Any] | None:
    """Whom a plan would reach, when it is first due, and what it costs. Fifteen queries."""
    if (
        plan is None or plan.starts_on.year > FURTHEST
    ):  # the form says what is wrong with such a day
        return None
    kind, today = fulfilment.of(plan), clock.today()
    day = max(today, plan.starts_on)
    if kind.cases is not None:
        return {
            "plan": plan,
            "kind": kind,
            "cases": len(reach(plan).rows),
            "count": concerned(plan, day).count(),
        }
    period = first_period(plan)
    words = dict(OrganizationKind.choices)
    rows = Counter(concerned(plan, periods.last_day(period)).values_list("kind", flat=True))
    asked = load_of_plan(plan, with_last_year=True)
    count, minutes = sum(rows.values()), kind.minutes * plan.required_count
    return {
        "plan": plan,
        "kind": kind,
        "count": count,
        "by_kind": [(words[one], number) for one, number in rows.most_common()],
        "is_stopped": not is_within(plan, period),
        "period": periods.label(period),
        "opens_on": max(today, opens_on(plan, period)),
        "due_on": moments(plan, period, load()).due_on,
        "minutes": minutes,
        "hours": round(count * minutes / 60, 1),
        "load": load_said(asked) if asked is not None and asked.parts else None,
        "weighed": weighing_said(weigh_plan(plan)),
        # What is fulfilled by records is where the figures come from.
        "reuses": [] if kind.done is not None else figures.mentioned(f"{plan.name} {plan.about}"),
    }


@needs(P.PLAN_EDIT, methods=("POST",))
def plan_install(request: PortalRequest) -> HttpResponse:
    """The monthly report with a form for every kind of organisation, on an installation that has
    none. What is there stays."""
    return acts.press(
        request,
        load=acts.no_subject,
        act=lambda nothing: opening.install_defaults(by=request.actor),
        done=lambda nothing, plan: acts.said(
            request, f"“{plan.name}”和各类组织的表样已备好，可按需修改。", "schedules:plan-list"
        ),
    )


@needs(P.PLAN_EDIT, methods=("GET", "HEAD", "POST"))
def plan_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """The rule of one plan, its deadlines of the year, and the periods that are open. A change that
    asks more of somebody is kept only after what everybody owes already has been seen."""

    def show(attempt: acts.Attempt[Plan, PlanForm]) -> HttpResponse:
        plan, different = attempt.subject, []
        if attempt.conflict:
            stored = {name: getattr(plan, name) for name in PlanForm.Meta.fields}
            different = acts.differences(attempt.form, stored, none_of="全部")
        context = {**_plan_page(plan), "form": attempt.form, "differences": different}
        if attempt.form.is_bound and not attempt.conflict:
            weighing = _asks_more(plan, attempt.form)
            if weighing is not None:
                attempt.form.want_seen()
                context["weighed"] = weighing_said(weighing)
        return render(request, "schedules/plan_edit.html", context, status=attempt.status)

    def act(attempt: acts.Attempt[Plan, PlanForm]) -> Plan:
        plan = attempt.subject
        weighing = None if attempt.given["seen"] else _asks_more(plan, attempt.form)
        saved = plans.edit_plan(
            plan=plan,
            revision=attempt.given["revision"],
            values=attempt.form.values(),
            over_reason=attempt.given["over_reason"],
            by=request.actor,
        )
        if weighing is not None:  # told after what the action itself refuses; nothing is kept
            raise DomainError(f"这一改让一些组织的事多了。{UNSEEN}", field="seen", code="unseen")
        return saved

    return acts.perform(
        request,
        load=lambda: get_object_or_404(Plan, pk=pk),
        form=lambda plan: _plan_form(plan, acts.typed(request)),
        act=act,
        done=lambda attempt, plan: acts.said(
            request, "计划已保存，从之后打开的期间起适用。", "schedules:plan-edit", pk=pk
        ),
        show=show,
    )


def _asks_more(plan: Plan, form: PlanForm) -> Weighing | None:
    """What the plan as typed would ask of everybody, where that is more than now."""
    weighing = weigh_plan(_changed(plan, form))
    return weighing if weighing is not None and weighing.adds else None


def _changed(plan: Plan, form: PlanForm) -> Plan:
    """The plan as typed, unsaved."""
    changed = copy.copy(plan)
    for name in PlanForm.Meta.fields:
        if name in form.fields and name in getattr(form, "cleaned_data", {}):
            setattr(changed, name, form.cleaned_data[name])
    return changed


@needs(P.PLAN_EDIT, methods=("POST",))
def plan_renew(request: PortalRequest, pk: int) -> HttpResponse:
    """Lets a plan hold until a later day."""

    def show(attempt: acts.Attempt[Plan, RenewForm]) -> HttpResponse:
        plan = attempt.subject
        context = {**_plan_page(plan), "form": _plan_form(plan), "renew_form": attempt.form}
        return render(request, "schedules/plan_edit.html", context, status=attempt.status)

    return acts.perform(
        request,
        load=lambda: get_object_or_404(Plan, pk=pk),
        form=lambda plan: RenewForm(acts.typed(request)),
        act=lambda attempt: plans.renew_plan(
            plan=attempt.subject,
            valid_until=attempt.given["valid_until"],
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, plan: acts.said(
            request, f"计划已续到 {date_zh(plan.valid_until)}。", "schedules:plan-edit", pk=pk
        ),
        show=show,
    )


def _plan_form(plan: Plan, typed: Any = None) -> PlanForm:
    # The form writes what was typed into its instance; `plan` stays as it is stored.
    initial = {"revision": plan.revision, "kinds": plan.kinds}
    return PlanForm(typed, instance=copy.copy(plan), initial=initial)


def _plan_page(plan: Plan) -> dict[str, Any]:
    calendar, year = load(), clock.today().year
    is_by_period = fulfilment.of(plan).is_by_period
    rows = deadlines(plan, year, calendar) if is_by_period else []
    offered = periods_offered(plan)
    today = clock.today()
    kind = fulfilment.of(plan)
    return {
        "plan": plan,
        "minutes": "" if kind.has_forms else number(kind.minutes),
        "has_expired": plan.has_expired(today),
        "renew_form": RenewForm(
            initial={
                "valid_until": suggested_validity(today, plan.valid_until),
                "revision": plan.revision,
            }
        ),
        "open_form": OpenPeriodForm(offered=offered),
        "deadlines": rows,
        "year": year,
        "is_decreed": all(row["is_decreed"] for row in rows),
        "counts": duty_counts(plan),
        "is_by_period": is_by_period,
        "unfitting": unfitting(plan, offered[0]) if offered else 0,
        "has_forms": fulfilment.of(plan).has_forms,
        "has_ended": plan.has_ended(clock.today()),
        "reach": None if is_by_period else reach(plan),
        "names_people": fulfilment.of(plan).names_people,
        "sent_word": fulfilment.of(plan).words.sent,
    }


@needs(P.PLAN_EDIT, methods=("POST",))
def plan_open(request: PortalRequest, pk: int) -> HttpResponse:
    """Opens the chosen period now. Opened before, nothing changes."""

    def done(attempt: acts.Attempt[Plan, OpenPeriodForm], count: int) -> HttpResponse:
        word = f"新增 {count} 项应办" if count else "早已打开，没有变化"
        label = periods.label(attempt.given["period"])
        text = f"{label}{attempt.subject.name}：{word}。"
        return acts.said(request, text, "schedules:plan-edit", pk=pk)

    def show(attempt: acts.Attempt[Plan, OpenPeriodForm]) -> HttpResponse:
        plan = attempt.subject
        context = {**_plan_page(plan), "open_form": attempt.form, "form": _plan_form(plan)}
        return render(request, "schedules/plan_edit.html", context, status=attempt.status)

    return acts.perform(
        request,
        load=lambda: get_object_or_404(Plan, pk=pk),
        form=lambda plan: OpenPeriodForm(acts.typed(request), offered=periods_offered(plan)),
        act=lambda attempt: plans.open_now(
            plan=attempt.subject, period=attempt.given["period"], by=request.actor
        ),
        done=done,
        show=show,
    )
