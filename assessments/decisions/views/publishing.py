"""反馈与公布: the letter to one of the assessed, and what is shown to more than that one."""

import uuid

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render

from assessments.cycles.access import get_assessed
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from assessments.cycles.queries.explained import told_of
from assessments.cycles.views.papers import send_paper
from core import acts, clock, periods
from core.documents.writers import WRITERS
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load

from ..access import get_own_publication, get_publication, get_published_cycle, publishes
from ..actions import publications
from ..enums import Audience, PublicationState, Shown
from ..exports.feedback import feedback_document, name_of
from ..forms.decisions import PublishForm, WhyForm, default_days
from ..models import Decision, Publication
from ..queries.published import shown_by
from ..queries.windows import window_of

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")


@needs(P.ASSESSMENT_VIEW, methods=("GET",))
def feedback_document_of(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """考核结果反馈书 of one of the assessed as Word (`docx`) or PDF."""
    assessed = get_assessed(request.actor, uid)
    if ending not in WRITERS or assessed.cycle.state != CycleState.SEALED:
        raise Http404
    told = told_of(request.actor, assessed, clock.today())
    if told.score is None or told.score.total is None:
        raise Http404
    decision = Decision.objects.filter(cycle=assessed.cycle).first()
    made = feedback_document(told, decision, window_of(assessed.cycle, load()))
    return send_paper(
        request, assessed, made, name=name_of(told), ending=ending, verb="decisions.feedback.export"
    )


@needs(P.ASSESSMENT_RUN, P.ASSESSMENT_DECIDE, methods=FORM)
def publication_create(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Publishes results, after it was said to whom and for how long; below what was published."""

    def ask(attempt: acts.Attempt[Cycle, PublishForm]) -> acts.Question:
        given = attempt.given
        lines = [
            f"{periods.label(attempt.subject.period)}考核结果，公布给{Audience(given['audience']).label}",
            f"{Shown(given['shown']).label}，不列名次",
            f"{given['since']:%Y年%-m月%-d日}至{given['until']:%Y年%-m月%-d日}",
            "公布和撤回都记入操作记录；看过的人已经看过，撤回不能收回",
        ]
        return acts.Question("公布结果", lines, "公布")

    return acts.perform(
        request,
        load=lambda: get_published_cycle(request.actor, uid),
        form=lambda cycle: PublishForm(
            acts.typed(request),
            initial={"shown": Shown.GRADES, **default_days(clock.today())},
        ),
        act=lambda attempt: publications.publish(
            cycle=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, row: acts.said(request, "已公布。", row),
        ask=ask,
        show=lambda attempt: attempt.page(
            "decisions/publication_create.html",
            cycle=attempt.subject,
            conflict=attempt.conflict,
            rows=Publication.objects.work_of(request.actor).filter(cycle=attempt.subject),
        ),
    )


@needs(P.ASSESSMENT_VIEW, methods=READ)
def publication(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What is published, for those to whom it is, as long as it is. Eight queries."""
    return _page(request, get_publication(request.actor, uid), WhyForm())


def _page(
    request: PortalRequest, row: Publication, form: WhyForm, conflict: str = "", status: int = 200
) -> HttpResponse:
    work = publishes(request.actor, row.cycle)
    context = {
        "row": row,
        "cycle": row.cycle,
        "parts": shown_by(row),
        "has_totals": row.shown == Shown.TOTALS,
        "is_work": work,
        "is_showing": row.state == PublicationState.OPEN
        and row.since <= clock.today() <= row.until,
        "may_withdraw": work and row.state == PublicationState.OPEN,
        "form": form,
        "conflict": conflict,
    }
    return render(request, "decisions/publication.html", context, status=status)


@needs(P.ASSESSMENT_RUN, P.ASSESSMENT_DECIDE, methods=("POST",))
def publication_withdraw(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Shows them no more, with a reason."""
    return acts.perform(
        request,
        load=lambda: get_own_publication(request.actor, uid),
        form=lambda row: WhyForm(request.POST),
        act=lambda attempt: publications.withdraw(
            publication=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, row: acts.said(request, "已撤回，不再显示。", row),
        show=lambda attempt: _page(
            request, attempt.subject, attempt.form, attempt.conflict, attempt.status
        ),
    )
