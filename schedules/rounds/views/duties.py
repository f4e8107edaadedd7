"""The page of a duty that is fulfilled by writing down each time that it was done."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from orgs.queries.namings import own_recusal

from .. import fulfilment
from ..access import get_duty, get_duty_below, get_own_duty, get_own_record, may_arrange
from ..actions import checking, records
from ..enums import DutyState
from ..forms import AcceptForm, RecordForm, ResendForm, SendBackForm
from ..models import Duty, DutyRecord
from ..models.duty import OPEN_STATES
from ..queries.records import came_back
from ..relations import CHECKER
from ..words import standing_word
from .timelines import remark_of, timeline_of


def _page(request: PortalRequest, duty: Duty, status: int = 200, **forms: Any) -> HttpResponse:
    kind, now, actor = fulfilment.of(duty.plan), clock.now(), request.actor
    is_own = actor.owns(duty.organization.path)
    is_open = duty.state in OPEN_STATES and not duty.is_locked(now)
    word, tone = standing_word(kind, duty, now)
    here = kind.is_recorded_here
    may_write = here and is_own and is_open and actor.may(P.REPORT_DRAFT)
    is_returned = duty.state == DutyState.RETURNED
    rows, back = list(duty.records.filter(removed_at=None)), came_back(duty)
    steps = list(duty.steps.all())
    context: dict[str, Any] = {
        "duty": duty,
        "word": word,
        "tone": tone,
        "records": rows,
        "is_own": is_own,
        "is_late_now": now > duty.late_after and not duty.submitted_at,
        "is_locked": duty.is_locked(now),
        "is_returned": is_returned,
        "came_back": back,
        "now_text": _as_text(rows),
        "before_text": _as_text(back.records) if back else "",
        "said": remark_of(steps, duty.state) if is_own else None,
        "timeline": timeline_of(steps, duty.opened_at, "列为应办"),
        "may_write": may_write,
        "may_resend": may_write and (duty.done_count >= duty.required_count or "resend" in forms),
        "may_check": here
        and not is_own
        and duty.state == DutyState.SUBMITTED
        and actor.may_at(P.REPORT_CHECK, duty.organization.path, about=duty.as_thing),
        "may_arrange": may_arrange(actor, duty),
        "arranged": duty.arranged,
        "may_withdraw": here
        and is_own
        and duty.state == DutyState.SUBMITTED
        and duty.check_begun_at is None
        and actor.may(P.REPORT_SEND),
        "recusal": own_recusal(actor, CHECKER.key, duty.organization_id),
        "refusal": "",
        "unsaved": (),
        "form": RecordForm(
            is_answer=is_returned, initial={"done_on": clock.today(), "reply": duty.reply}
        ),
        "resend": ResendForm(is_answer=is_returned, initial={"reply": duty.reply}),
        "accepting": AcceptForm(),
        "back": SendBackForm(),
        "draft_title": f"{duty.organization} {duty.title}",
        **forms,
    }
    return render(request, "schedules/duty_detail.html", context, status=status)


def _as_text(rows: Sequence[DutyRecord]) -> str:
    """What is written down, one line an entry, to be compared."""
    return "\n".join(f"{row.done_on:%-m月%-d日} {row.text}" for row in rows)


def _is_answer(request: PortalRequest, duty: Duty) -> bool:
    """Whether there is something to answer; what was typed is kept though it has moved on."""
    return duty.state == DutyState.RETURNED or "reply" in request.POST


def _refused(attempt: acts.Attempt[Duty, Any], **forms: Any) -> HttpResponse:
    """The page again with what was typed; also where the duty has moved on and the form is gone."""
    typed = [str(value) for value in getattr(attempt.form, "cleaned_data", {}).values() if value]
    return _page(
        attempt.request,
        attempt.subject,
        attempt.status,
        refusal=attempt.conflict,
        unsaved=typed if attempt.conflict else (),
        **forms,
    )


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def duty_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """What a duty asks for, what was written down, and what comes next. Of one that records of
    another slice fulfil by themselves, what there is stands there."""
    duty = get_duty(request.actor, pk)
    kind = fulfilment.of(duty.plan)
    if kind.done is not None and request.actor.may_at(kind.view, duty.organization.path):
        return redirect(kind.url(duty))
    return _page(request, duty)


@needs(P.REPORT_DRAFT, methods=("POST",))
def record_add(request: PortalRequest, pk: int) -> HttpResponse:
    """Writes down one time that it was done; what was typed stays when it is refused."""
    return acts.perform(
        request,
        load=lambda: get_own_duty(request.actor, pk),
        form=lambda duty: RecordForm(request.POST, is_answer=_is_answer(request, duty)),
        act=lambda attempt: records.add(duty=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, record: acts.said(request, "已登记。", "schedules:duty-detail", pk=pk),
        show=lambda attempt: _refused(attempt, form=attempt.form),
    )


@needs(P.REPORT_DRAFT, methods=("POST",))
def record_remove(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """Takes an entry back as long as the duty is open."""
    return acts.press(
        request,
        load=lambda: get_own_record(request.actor, pk, record),
        act=lambda row: records.remove(record=row, by=request.actor),
        done=lambda row, nothing: acts.said(
            request, "已撤回这条登记。", "schedules:duty-detail", pk=pk
        ),
    )


@needs(P.REPORT_DRAFT, methods=("POST",))
def record_resend(request: PortalRequest, pk: int) -> HttpResponse:
    """Hands in again what is written down and is enough, with an answer to what came back."""
    return acts.perform(
        request,
        load=lambda: get_own_duty(request.actor, pk),
        form=lambda duty: ResendForm(request.POST, is_answer=_is_answer(request, duty)),
        act=lambda attempt: records.resend(duty=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, nothing: acts.said(
            request, "已再次报送。", "schedules:duty-detail", pk=pk
        ),
        show=lambda attempt: _refused(attempt, resend=attempt.form),
    )


@needs(P.REPORT_CHECK, methods=("POST",))
def duty_accept(request: PortalRequest, pk: int) -> HttpResponse:
    """The level above leaves it so, maybe with a remark."""
    return acts.perform(
        request,
        load=lambda: get_duty_below(request.actor, pk),
        form=lambda duty: AcceptForm(request.POST),
        act=lambda attempt: records.accept(duty=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, nothing: acts.said(
            request,
            f"{attempt.subject.organization} {attempt.subject.title}：通过。",
            "schedules:report-queue",
        ),
        show=lambda attempt: _refused(attempt, accepting=attempt.form),
    )


@needs(P.REPORT_CHECK, methods=("POST",))
def duty_send_back(request: PortalRequest, pk: int) -> HttpResponse:
    """The level above asks for more; the reason typed stays when it is refused."""
    return acts.perform(
        request,
        load=lambda: get_duty_below(request.actor, pk),
        form=lambda duty: SendBackForm(request.POST),
        act=lambda attempt: records.send_back(
            duty=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, nothing: acts.said(
            request,
            f"{attempt.subject.organization} {attempt.subject.title}：已退回。",
            "schedules:report-queue",
        ),
        show=lambda attempt: _refused(attempt, back=attempt.form),
    )


@needs(P.REPORT_SEND, methods=("POST",))
def duty_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes back what was handed in, as long as nobody has begun to check it."""
    return acts.perform(
        request,
        load=lambda: get_own_duty(request.actor, pk),
        form=lambda duty: acts.Nothing(),
        act=lambda attempt: checking.withdraw_record(duty=attempt.subject, by=request.actor),
        done=lambda attempt, duty: acts.said(
            request, "已撤回，改好后请重新登记。", "schedules:duty-detail", pk=pk
        ),
        show=_refused,
    )
