"""Whoever holds the cycle: who has sent, what is returned, who is gone without."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assessments.cycles.access import holds
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed
from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load as calendar

from .. import words
from ..access import get_held, get_listed_cycle
from ..actions import sending
from ..enums import SelfState
from ..forms import ReturnForm
from ..models import SelfAssessment
from ..queries.due import due_on
from ..queries.reported import reported
from ..queries.sheet import sheet_of

TAKEN = (CycleState.FROZEN, CycleState.REVIEWING)


@needs(P.ASSESSMENT_VIEW, methods=("GET", "HEAD"))
def self_assessment_list(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Who has sent and who has not. Six queries."""
    actor = request.actor
    cycle = get_listed_cycle(actor, uid)
    rows = reported(cycle, actor)
    may_run = holds(actor, cycle) and cycle.state in TAKEN
    context = {
        "cycle": cycle,
        "rows": [
            {
                "one": row,
                "state": words.state_words(row.own, cycle.state),
                "tone": words.state_tone(row.own, cycle.state),
                "may_close": may_run and (row.own is None or row.own.state == SelfState.DRAFT),
            }
            for row in rows
        ],
        "sent": sum(row.is_sent for row in rows),
        "due": due_on(cycle, calendar()) if cycle.state == CycleState.FROZEN else None,
    }
    return render(request, "self_assessments/self_assessment_list.html", context)


@needs(P.ASSESSMENT_RUN, methods=("GET", "HEAD", "POST"))
def self_assessment_return(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Single items are opened again, with the reason."""

    def load() -> SelfAssessment:
        assessed = get_held(request.actor, uid)
        row = SelfAssessment.objects.filter(assessed=assessed, sent_at__isnull=False).first()
        if row is None:
            raise Http404
        row.assessed = assessed
        return row

    def form(row: SelfAssessment) -> ReturnForm:
        sheet = sheet_of(row.assessed)
        choices = [
            (key, f"{one.item.number}. {one.name}" if one.item else one.name)
            for key, one in sheet.rows.items()
            if one.said is not None or one.by_hand
        ]
        return ReturnForm(acts.typed(request), choices=choices)

    return acts.perform(
        request,
        load=load,
        form=form,
        act=lambda attempt: sending.return_items(
            self_assessment=attempt.subject,
            items=[(key, attempt.given["reason"]) for key in attempt.given["items"]],
            by=request.actor,
        ),
        done=lambda attempt, count: acts.said(
            request,
            f"已退回 {count} 项，已告诉对方。" if count else "这几项已经退回过了。",
            _list(attempt.subject.assessed),
        ),
        show=lambda attempt: attempt.page(
            "self_assessments/self_assessment_return.html",
            assessed=attempt.subject.assessed,
            cycle=attempt.subject.assessed.cycle,
        ),
    )


def _list(assessed: Assessed) -> str:
    return reverse("self_assessments:self-assessment-list", args=[assessed.cycle.uid])


def _page(uid: uuid.UUID) -> str:
    found = Assessed.objects.filter(uid=uid).select_related("cycle").first()
    return _list(found) if found else reverse("cycles:cycle-list")


@needs(P.ASSESSMENT_RUN, methods=("POST",), page=_page)
def self_assessment_without(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Whoever has not sent is reviewed without, after it was asked what that means."""
    return acts.press(
        request,
        load=lambda: get_held(request.actor, uid),
        act=lambda assessed: sending.go_without(assessed=assessed, by=request.actor),
        done=lambda assessed, row: acts.said(
            request, f"{assessed.short_name}按未自评处理，按事实考核。", _list(assessed)
        ),
        ask=lambda assessed: acts.Question(
            f"{assessed.short_name}：未自评，按事实考核",
            ["以后不能再报送自评，已写的草稿不作数", "不因此扣分，也不记录"],
            "按未自评处理",
        ),
        back=_list,
    )
