"""党籍处理: proposed from a member's page, decided by a committee above."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from ..access import get_member
from ..actions import decisions
from ..forms import ApproveForm, ProposeForm, RefuseForm
from ..models import MembershipDecision
from ..models.decision import MembershipDecisionQuerySet
from ..queries.decisions import fitting

READ, FORM = ("GET", "HEAD"), ("GET", "HEAD", "POST")


@needs(P.MEMBER_EDIT, methods=FORM)
def member_status(request: PortalRequest, pk: int) -> HttpResponse:
    """Proposes what the branch resolved about a member's standing."""

    return acts.perform(
        request,
        load=lambda: get_member(request.actor, pk, P.MEMBER_EDIT),
        form=lambda member: ProposeForm(acts.typed(request), kinds=fitting(member)),
        act=lambda attempt: decisions.propose(
            member=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, decision: acts.said(
            request, "已提请，批准前人数和名册不变。", decision
        ),
        show=lambda attempt: attempt.page(
            "members/member_status.html",
            member=attempt.subject,
            kinds=fitting(attempt.subject),
            conflict=attempt.conflict,
        ),
    )


@needs(P.MEMBER_VIEW, methods=READ)
def decision_list(request: PortalRequest) -> HttpResponse:
    """Those that wait for the actor's committee, then all of his scope, newest first."""
    with_names = MembershipDecision.objects.select_related("member", "organization")
    rows = with_names.visible_to(request.actor)
    return render(
        request,
        "members/decision_list.html",
        {
            "waiting": with_names.for_deciding(request.actor).waiting()[:50],
            "page": Pager(rows, 20).get_page(request.GET.get("page")),
        },
    )


def _rows() -> MembershipDecisionQuerySet:
    return MembershipDecision.objects.select_related("member", "organization")


def _decision(request: PortalRequest, pk: int, *, to_decide: bool = False) -> MembershipDecision:
    """One of the scope, or one that the actor's committee may decide. Raises Http404."""
    reach = _rows().for_deciding if to_decide else _rows().visible_to
    return get_object_or_404(reach(request.actor), pk=pk)


def _page(
    request: PortalRequest, decision: MembershipDecision, *, status: int = 200, **context: Any
) -> HttpResponse:
    waits = MembershipDecision.objects.for_deciding(request.actor).waiting()
    may_decide = waits.filter(pk=decision.pk).exists()
    ours = MembershipDecision.objects.for_withdrawing(request.actor).waiting()
    may_withdraw = ours.filter(pk=decision.pk).exists()
    context = {
        "approve_form": ApproveForm(actor=request.actor, decision=decision),
        "refuse_form": RefuseForm(),
        **context,
    }
    return render(
        request,
        "members/decision_detail.html",
        {
            "decision": decision,
            "may_decide": may_decide,
            "may_withdraw": may_withdraw,
            **context,
        },
        status=status,
    )


@needs(P.MEMBER_VIEW, methods=READ)
def decision_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """What is proposed and how it was decided; for who decides the two ways."""
    return _page(request, _decision(request, pk))


@needs(P.MEMBER_EDIT, methods=("POST",))
def decision_approve(request: PortalRequest, pk: int) -> HttpResponse:
    """The committee's yes."""
    return acts.perform(
        request,
        load=lambda: _decision(request, pk, to_decide=True),
        form=lambda decision: ApproveForm(
            acts.typed(request), actor=request.actor, decision=decision
        ),
        act=lambda attempt: decisions.approve(
            decision=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, decision: acts.said(request, "已批准。", decision),
        show=lambda attempt: _page(
            request,
            attempt.subject,
            form=attempt.form,
            approve_form=attempt.form,
            conflict=attempt.conflict,
            status=attempt.status,
        ),
    )


@needs(P.MEMBER_EDIT, methods=("POST",))
def decision_refuse(request: PortalRequest, pk: int) -> HttpResponse:
    """The committee's no."""
    return acts.perform(
        request,
        load=lambda: _decision(request, pk, to_decide=True),
        form=lambda decision: RefuseForm(acts.typed(request)),
        act=lambda attempt: decisions.refuse(
            decision=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, decision: acts.said(request, "未批准，理由已发给提请人。", decision),
        show=lambda attempt: _page(
            request,
            attempt.subject,
            form=attempt.form,
            refuse_form=attempt.form,
            conflict=attempt.conflict,
            status=attempt.status,
        ),
    )


@needs(P.MEMBER_EDIT, methods=("POST",))
def decision_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes back what waits, after a question."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(_rows().for_withdrawing(request.actor), pk=pk),
        act=lambda decision: decisions.withdraw(decision=decision, by=request.actor),
        done=lambda decision, done: acts.said(request, "已撤回，上级不再办理。", decision),
        ask=lambda decision: acts.Question(
            f"撤回党籍处理：{decision}",
            [
                f"{decision.resolution_number}的提请撤回，上级不再办理。",
                "党籍、人数和名册都不变，撤回记入审计。",
                "需要时可以在党员页面重新提请。",
            ],
            "确认撤回",
        ),
        back=lambda decision: decision,
    )
