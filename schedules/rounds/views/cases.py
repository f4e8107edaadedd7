"""What begins by itself with a date of a member, a committee or a project: which kinds are asked for, of whom,
how long before, with which reminders; switched on and off."""

import copy
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from orgs.enums import OrganizationClass, OrganizationKind, Post
from orgs.permissions import Permission as P

from .. import fulfilment
from ..actions import plans
from ..forms import CaseStartForm
from ..fulfilment import Kind
from ..models import Plan
from ..queries.cases import Reach, is_stopped, kinds, lead_of, open_cases, plans_about_cases, reach
from ..queries.recipients import rungs
from ..queries.reminding import USUAL
from ..words import STEPS
from .plans import labels

NAMED = 8  # cases of a kind; the others are counted


@needs(P.PLAN_EDIT, methods=("GET", "HEAD"))
def case_list(request: PortalRequest) -> HttpResponse:
    """Each kind with its rule, whether it is on, and whom it reaches today. Five queries a kind, of
    which there are few."""
    there = plans_about_cases()
    ladder = [f"逾期 {rung.working_days} 个工作日告知{Post(rung.post).label}" for rung in rungs()]
    context = {"rows": [_row(kind, there.get(kind.key)) for kind in kinds()], "ladder": ladder}
    return render(request, "schedules/case_list.html", context)


def _row(kind: Kind, plan: Plan | None) -> dict[str, Any]:
    today = clock.today()
    rule = plan or _usual(kind)
    found = reach(_from_today(rule))
    return {
        "kind": kind,
        "plan": plan,
        "is_on": plan is not None and not is_stopped(plan),
        "ends_on": plan.ends_on if plan is not None else None,
        "has_ended": plan is not None and plan.has_ended(today),
        "rule": rule,
        "lead": lead_of(rule),
        "steps": [STEPS[step] for step in STEPS if step in (rule.steps or USUAL)],
        "kinds": labels(OrganizationKind.choices, rule.kinds),
        "classes": labels(OrganizationClass.choices, rule.classes) if rule.classes else "",
        "reach": found,
        "first": found.rows[:NAMED],
        "more": max(0, len(found.rows) - NAMED),
        "open": sum(open_cases(plan)) if plan is not None else 0,
    }


def _usual(kind: Kind) -> Plan:
    return Plan(**{**plans.usual_plan(kind.key), "starts_on": clock.today()})


def _from_today(plan: Plan) -> Plan:
    """The plan as it would reach when it is begun today, unless it runs."""
    if not is_stopped(plan):
        return plan
    rule = copy.copy(plan)
    rule.starts_on = clock.today()
    return rule


def _question(kind: Kind, found: Reach) -> acts.Question:
    """What happens when the kind is switched on."""
    names = "、".join(
        f"{row.organization}{f' {row.label}' if kind.names_people else ''}"
        f"（{row.due_on:%Y年%-m月%-d日}）"
        for row in found.rows[:NAMED]
    )
    lines = [f"现在列为应办 {len(found.rows)} 件{f'：{names}' if names else ''}。"]
    if len(found.rows) > NAMED:
        lines[0] = f"{lines[0].removesuffix('。')} 等。"
    lines.append("之后到了提前的日子自动列出，办结后不再列出；相关的人会收到提醒。")
    if found.before:
        lines.append(f"{found.before} 件在起用之前已到期，不列入，请到各自的页面办理。")
    return acts.Question(f"开启{kind.label}", lines, "确认开启")


@needs(P.PLAN_EDIT, methods=("POST",))
def case_start(request: PortalRequest) -> HttpResponse:
    """Switches a kind on, after it was said whom it reaches today."""

    def ask(attempt: acts.Attempt[None, CaseStartForm]) -> acts.Question:
        kind = fulfilment.kind_called(attempt.given["kind"])
        plan = plans_about_cases().get(kind.key)
        return _question(kind, reach(_from_today(plan or _usual(kind))))

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: CaseStartForm(
            request.POST, offered=[(kind.key, kind.label) for kind in kinds()]
        ),
        act=lambda attempt: plans.start_cases(by=request.actor, **attempt.given),
        done=lambda attempt, plan: acts.said(
            request, f"“{plan.name}”已开启。", "schedules:case-list"
        ),
        show=lambda attempt: acts.turned_back(attempt, "schedules:case-list"),
        ask=ask,
    )


@needs(P.PLAN_EDIT, methods=("POST",))
def case_stop(request: PortalRequest, pk: int) -> HttpResponse:
    """Switches a kind off from tomorrow on, after it was said what is left."""

    def load() -> Plan:
        plan = get_object_or_404(Plan, pk=pk)
        if fulfilment.of(plan).is_by_period:
            raise Http404
        return plan

    def ask(attempt: acts.Attempt[Plan, acts.Nothing]) -> acts.Question:
        due, later = open_cases(attempt.subject)
        lines = ["今天是最后一天，明天起不再列出新的，也不再提醒之后到期的。"]
        lines.append(f"今天及以前到期的 {due} 件仍须办；之后到期的 {later} 件明天起免办。")
        lines.append("各自的日子照常计算，原来的页面照常提示；可以再开启。")
        return acts.Question(f"停办{attempt.subject.name}", lines, "确认停办")

    return acts.perform(
        request,
        load=load,
        form=lambda plan: acts.Nothing(),
        act=lambda attempt: plans.stop_cases(plan=attempt.subject, by=request.actor),
        done=lambda attempt, plan: acts.said(
            request, f"“{plan.name}”明天起停办。", "schedules:case-list"
        ),
        show=lambda attempt: acts.turned_back(attempt, "schedules:case-list"),
        ask=ask,
    )
