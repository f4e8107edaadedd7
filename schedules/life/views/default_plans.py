"""按规定频次建立组织生活任务: one page, one button, with what it asks of whom beforehand."""

from typing import Any

from django.http import HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.enums import BRANCH_KINDS, OrganizationKind
from orgs.permissions import Permission as P
from schedules.rounds.enums import Cadence

from ..actions import plans
from ..forms import UsualPlansForm
from ..queries.default_plans import Burden, burdens, usual_plans


@needs(P.PLAN_EDIT, methods=("GET", "HEAD", "POST"))
def plan_install(request: PortalRequest) -> HttpResponse:
    """Which plans there are, which would be made, what a month and a year ask of each kind."""

    def show(attempt: acts.Attempt[None, UsualPlansForm]) -> HttpResponse:
        rows = usual_plans()
        missing = sum(one.is_missing for one in rows)
        return attempt.page(
            "life/plan_install.html",
            rows=[
                {"usual": one, "cadence": _often(one.plan), "who": _who(one.plan)} for one in rows
            ],
            burdens=[{"row": one, "who": _group(one)} for one in burdens(rows)],
            missing=missing,
            button=f"建立 {missing} 项计划",
        )

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: UsualPlansForm(acts.typed(request)),
        act=lambda attempt: plans.install(
            whole_year=attempt.given["since"] == "year",
            over_reason=attempt.given["over_reason"],
            by=request.actor,
        ),
        done=lambda attempt, made: acts.said(request, _said(made), "life:plan-install"),
        show=show,
    )


# --- private -----------------------------------------------------------------------------------


def _often(plan: Any) -> str:
    times = f" {plan.required_count} 次" if plan.required_count > 1 else "一次"
    return f"{Cadence(plan.cadence).label}{times}"


def _who(plan: Any) -> str:
    labels = dict(OrganizationKind.choices)
    if set(plan.kinds) == set(map(str, BRANCH_KINDS)):
        return "党支部"
    return "、".join(str(labels.get(kind, kind)) for kind in plan.kinds)


def _group(one: Burden) -> str:
    labels = dict(OrganizationKind.choices)
    label = str(labels[OrganizationKind(one.kind)])
    if one.kind == OrganizationKind.PARTY_GROUP:
        return label
    return f"{label}（{'设' if one.has_committee else '不设'}支委会）"


def _said(made: plans.Installed) -> str:
    if not made.names:
        return "各类组织生活都已有计划，没有变化。"
    return f"已建立 {len(made.names)} 项计划：{'、'.join(made.names)}；打开 {made.duties} 项应办。"
