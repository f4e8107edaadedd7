"""意见建议: anybody signed in writes, reads his own and what became of it; staff of the zone answer."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from core import acts, clock
from core.actor import Actor
from core.guards import needs, signed_in
from core.http import PortalRequest
from core.paging import Pager
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load

from ..access import get_feedback, get_feedback_to_answer, get_issuer, get_own_feedback
from ..actions import feedback as feedbacks
from ..actions.handing import Handed
from ..enums import ActionState, FeedbackState
from ..forms import AnswerForm, FeedbackForm, HandForm
from ..models import Feedback
from ..queries.feedback import Shown, items_of, shown, waiting_for
from ..rules import ANSWER_WITHIN_WORKING_DAYS, overdue_line

READ = ("GET", "HEAD")


def _near(actor: Actor) -> QuerySet[Organization] | None:
    """What somebody may speak of: the organisations above his, it, and those directly below. None
    for who acts for no organisation."""
    path = actor.organization_path
    if not path:
        return None
    place = Organization.objects.filter(path=path).first()
    if place is None:
        return None
    rows = Organization.objects.filter(path__in=[*place.ancestor_paths(), path])
    rows |= Organization.objects.filter(parent=place, abolished_on=None)
    return rows.order_by("path")


@signed_in(*READ)
def feedback_list(request: PortalRequest) -> HttpResponse:
    """For who answers: what waits, and what was answered; for everybody what he wrote himself."""
    actor = request.actor
    answers = actor.may(P.FEEDBACK_ANSWER)
    asked = request.GET.get("show", "")
    show = Shown.WAITING if answers else Shown.MINE
    if answers and asked in [one.value for one in Shown]:
        show = Shown(asked)
    rows = shown(actor, show)
    line = overdue_line(clock.today(), load())
    count, late, _ = waiting_for(actor, line) if answers else (0, 0, None)
    context = {
        "show": show.value,
        "answers": answers,
        "count": count,
        "late": late,
        "line": line,
        "days": ANSWER_WITHIN_WORKING_DAYS,
        "page": Pager(rows, 30).get_page(request.GET.get("page")),
    }
    return render(request, "action_items/feedback_list.html", context)


@signed_in(*READ, "POST")
def feedback_create(request: PortalRequest) -> HttpResponse:
    """Somebody says what is on his mind."""
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: FeedbackForm(acts.typed(request), near=_near(request.actor)),
        act=lambda attempt: feedbacks.write(by=request.actor, **attempt.given),
        done=lambda attempt, made: acts.said(
            request, f"已提交，{made.due_on:%-m月%-d日}前答复。", made
        ),
        show=lambda attempt: attempt.page(
            "action_items/feedback_create.html", days=ANSWER_WITHIN_WORKING_DAYS
        ),
    )


def _page(
    request: PortalRequest, feedback: Feedback, *, status: int = 200, **context: Any
) -> HttpResponse:
    actor, line = request.actor, overdue_line(clock.today(), load())
    is_mine = feedback.written_by_id == actor.user_id
    may_answer = actor.may(P.FEEDBACK_ANSWER) and feedback.written_by_id not in actor.persons
    waits = feedback.state == FeedbackState.WAITING
    items = items_of(actor, feedback, feedbacks.FEEDBACK)
    is_handed = any(item.state != ActionState.CANCELLED for item in items)
    context = {
        "feedback": feedback,
        "is_mine": is_mine,
        "may_answer": may_answer and waits,
        "may_hand": may_answer and feedback.state != FeedbackState.WITHDRAWN and not is_handed,
        "may_withdraw": is_mine and waits,
        "is_overdue": waits and feedback.due_on < line,
        "items": items,
        "form": AnswerForm(),
        **context,
    }
    return render(request, "action_items/feedback_detail.html", context, status=status)


@signed_in(*READ)
def feedback_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """What was written, what was answered, what was made of it."""
    return _page(request, get_feedback(request.actor, pk))


@needs(P.FEEDBACK_ANSWER, methods=("POST",))
def feedback_answer(request: PortalRequest, pk: int) -> HttpResponse:
    """The answer; who wrote it is told."""
    return acts.perform(
        request,
        load=lambda: get_feedback_to_answer(request.actor, pk),
        form=lambda feedback: AnswerForm(acts.typed(request)),
        act=lambda attempt: feedbacks.answer(
            feedback=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, feedback: acts.said(request, "已答复，提出人会收到。", feedback),
        show=lambda attempt: _page(
            request, attempt.subject, status=attempt.status, form=attempt.form
        ),
    )


@signed_in("POST")
def feedback_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Who wrote it takes it back while it waits."""
    return acts.press(
        request,
        load=lambda: get_own_feedback(request.actor, pk),
        act=lambda feedback: feedbacks.withdraw(feedback=feedback, by=request.actor),
        done=lambda before, feedback: acts.said(request, "已撤回。", feedback),
    )


@needs(P.FEEDBACK_ANSWER, methods=(*READ, "POST"))
def feedback_hand(request: PortalRequest, pk: int) -> HttpResponse:
    """Makes an item of it (转督办), whose source it is."""

    def make(feedback: Feedback) -> HandForm:
        issuer = get_issuer(request.actor)
        owners = Organization.objects.filter(below(issuer.path), abolished_on=None)
        return HandForm(
            acts.typed(request),
            owners=owners.order_by("path"),
            initial={"owner": feedback.about_id, "demand": feedback.text},
        )

    return acts.perform(
        request,
        load=lambda: get_feedback_to_answer(request.actor, pk),
        form=make,
        act=lambda attempt: feedbacks.make_item(
            feedback=attempt.subject,
            handed=Handed(
                issuer=get_issuer(request.actor),
                owners=(attempt.given["owner"],),
                given=attempt.form.given,
                is_issued=attempt.given["is_issued"],
            ),
            by=request.actor,
        ),
        done=lambda attempt, item: acts.said(request, f"已转督办{item.number}。", item),
        show=lambda attempt: attempt.page(
            "action_items/feedback_hand.html", feedback=attempt.subject
        ),
    )
