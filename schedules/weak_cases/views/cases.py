"""Weak organisations that are put right: which there are, and each from the proposal to its end."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from ..access import get_case, get_held_case, get_run_case
from ..actions import cases
from ..enums import CaseState
from ..forms import AcceptForm, CaseFilter, CaseForm, DecideForm, FollowForm, PlanForm
from ..models import Criterion, WeakCase
from ..queries.cases import candidates, committees, listed, measures_of, open_items
from ..queries.scope import holds, runs
from ..rules import months_after

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
PAGE = 30
STEPS = "提出,认定,整顿,跟踪一年,结束"
_REACHED = {
    CaseState.PROPOSED: 2,
    CaseState.DECIDED: 3,
    CaseState.RIGHTING: 3,
    CaseState.FOLLOWED: 4,
    CaseState.ENDED: 6,
}
# What is the next act, by state: its address, its word, and whether it is the zone's.
_NEXT = {
    CaseState.PROPOSED: ("weak_cases:case-decide", "认定", False),
    CaseState.DECIDED: ("weak_cases:case-plan", "定方案", False),
    CaseState.RIGHTING: ("weak_cases:case-accept", "验收", True),
    CaseState.FOLLOWED: ("weak_cases:case-follow", "写回访", True),
}
Attempt = acts.Attempt[Any, Any]


@needs(P.WEAK_CASE_VIEW, methods=READ)
def case_list(request: PortalRequest) -> HttpResponse:
    """Cases, the newest first, by state and committee. Two queries, three for who has committees below."""
    actor = request.actor
    places = committees(actor)
    filters = CaseFilter(request.GET, committees=places)
    chosen = filters.chosen()
    place = next((one for one in places if one.pk == chosen.get("committee")), None)
    rows = listed(actor, chosen.get("state", ""), place)
    context = {
        "page": Pager(rows, PAGE).get_page(request.GET.get("page")),
        "filters": filters,
        "is_narrowed": bool(chosen.get("state") or place),
        "may_open": actor.may(P.WEAK_CASE_RUN),
    }
    return render(request, "weak_cases/case_list.html", context)


@needs(P.WEAK_CASE_RUN, methods=FORM)
def case_create(request: PortalRequest) -> HttpResponse:
    """An organisation is proposed, with the facts."""
    actor = request.actor
    places = {one.pk: one for one in candidates(actor, is_sent=request.method == "POST")}
    criteria = list(Criterion.objects.in_force(clock.today()))
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: CaseForm(
            acts.typed(request), places=list(places.values()), criteria=criteria
        ),
        act=lambda attempt: cases.open_case(
            organization=places[attempt.given["organization"]],
            facts=attempt.form.facts(),
            by=actor,
        ),
        done=lambda attempt, case: acts.said(
            request, f"已提出{case.organization}，等认定。本单位现在看不到。", case
        ),
        show=lambda attempt: attempt.page(
            "weak_cases/case_create.html", criteria=criteria, conflict=attempt.conflict
        ),
    )


@needs(P.WEAK_CASE_VIEW, methods=READ)
def case_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One case: the facts, the measures and how far they are, and its way. Four queries."""
    actor = request.actor
    case = get_case(actor, uid)
    state = CaseState(case.state)
    url, word, is_held = _NEXT.get(state, ("", "", False))
    may = holds if is_held else runs
    measures = measures_of(case)
    closed = sum(one.item.state == "closed" for one in measures)
    context = {
        "case": case,
        "facts": list(case.facts.select_related("criterion")),
        "measures": measures,
        "closed": closed,
        "steps": STEPS,
        "reached": _REACHED.get(state, 0),
        "look_due_on": case.look_due_on,
        "year_due_on": months_after(case.accepted_on, 12) if case.accepted_on else None,
        "next_url": url if may(actor, case.organization) else "",
        "next_word": word,
        "timeline": [
            {
                "at": one.at,
                "by": one.by_name,
                "text": one.get_kind_display(),
                "note": one.text,
            }
            for one in case.steps.all()
        ],
    }
    return render(request, "weak_cases/case_detail.html", context)


def _act(
    request: PortalRequest,
    uid: uuid.UUID,
    move: str,
    get: Callable[..., WeakCase],
    form: Callable[[WeakCase], Any],
    act: Callable[..., WeakCase],
    said: str,
    template: str,
) -> HttpResponse:
    """The page of one act on a case; where its time is over it is said before anybody types."""

    def load() -> WeakCase:
        case = get(request.actor, uid)
        if request.method != "POST":
            WeakCase.machine.expect(case, move)
        return case

    def show(attempt: Attempt) -> HttpResponse:
        return attempt.page(
            template,
            case=attempt.subject,
            facts=list(attempt.subject.facts.select_related("criterion")),
            conflict=attempt.conflict,
        )

    return acts.perform(
        request,
        load=load,
        form=form,
        act=lambda attempt: act(
            attempt,
            case=attempt.subject,
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, case: acts.said(request, said, case),
        show=show,
    )


@needs(P.WEAK_CASE_RUN, methods=FORM)
def case_decide(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Weak or not, with the reason."""
    return _act(
        request,
        uid,
        "decide",
        get_run_case,
        lambda case: DecideForm(acts.typed(request), initial={"revision": case.revision}),
        lambda attempt, **held: cases.decide(
            finding=attempt.given["finding"], reason=attempt.given["reason"], **held
        ),
        "已记下认定结果。",
        "weak_cases/case_decide.html",
    )


@needs(P.WEAK_CASE_RUN, methods=FORM)
def case_plan(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The leader in charge and the measures."""
    return _act(
        request,
        uid,
        "plan",
        get_run_case,
        lambda case: PlanForm(
            acts.typed(request),
            initial={"revision": case.revision, "leader_name": case.leader_name},
        ),
        lambda attempt, **held: cases.plan(
            leader_name=attempt.given["leader_name"], measures=attempt.form.measures(), **held
        ),
        "方案已定，措施已作为督办交下去。",
        "weak_cases/case_plan.html",
    )


@needs(P.WEAK_CASE_HOLD, methods=FORM)
def case_accept(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The zone accepts, or sends back."""
    return _act(
        request,
        uid,
        "accept",
        get_held_case,
        lambda case: AcceptForm(
            acts.typed(request), left=open_items(case), initial={"revision": case.revision}
        ),
        lambda attempt, **held: cases.accept(
            acceptance=attempt.given["acceptance"],
            note=attempt.given["note"],
            override_reason=attempt.given.get("override_reason", ""),
            **held,
        ),
        "已记下验收结果。",
        "weak_cases/case_accept.html",
    )


@needs(P.WEAK_CASE_HOLD, methods=FORM)
def case_follow(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The zone has looked again."""
    return _act(
        request,
        uid,
        "last",
        get_held_case,
        lambda case: FollowForm(acts.typed(request), initial={"revision": case.revision}),
        lambda attempt, **held: cases.follow_up(
            found=attempt.given["found"], note=attempt.given["note"], **held
        ),
        "已记下回访情况。",
        "weak_cases/case_follow.html",
    )
