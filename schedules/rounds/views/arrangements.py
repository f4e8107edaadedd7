"""What the level above arranges about a duty: 免报, 延期, 重新开放, on one page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from .. import fulfilment
from ..access import get_duty_to_arrange
from ..actions import arrangements
from ..enums import DutyState
from ..forms import ExtendForm, ResumeForm, UnlockForm, WaiveForm
from ..models import Duty
from ..models.duty import OPEN_STATES
from ..words import standing_word

FORMS = {"waive": WaiveForm, "extend": ExtendForm, "unlock": UnlockForm, "resume": ResumeForm}


def _page_of_duty(pk: int) -> str:
    """Where the forms of a duty's acts stand: not on the duty's own page above them."""
    return reverse("schedules:duty-arrange", args=[pk])


def _page(
    request: PortalRequest, duty: Duty, status: int = 200, refusal: str = "", **forms: Any
) -> HttpResponse:
    """The duty with the forms that fit it as it stands. `forms` holds one as it was typed."""
    now, is_open = clock.now(), duty.state in OPEN_STATES
    is_locked = duty.state == DutyState.OPEN and duty.is_locked(now)
    fits = {
        "extend": is_open and not duty.subject_kind,
        "unlock": is_locked,
        "waive": is_open,
        "resume": duty.state == DutyState.WAIVED and duty.arranged.exists(),
    }
    word, tone = standing_word(fulfilment.of(duty.plan), duty, now)
    shown = {
        name: forms.get(name) or form(initial={"revision": duty.revision})
        for name, form in FORMS.items()
        if fits[name]
    }
    gone = [form for name, form in forms.items() if name not in shown]
    context = {
        "duty": duty,
        "word": word,
        "tone": tone,
        "forms": shown,
        "is_locked": is_locked,
        "steps": duty.arranged,
        "back": fulfilment.url_of(duty),
        "draft_title": f"{duty.organization} {duty.title}",
        "refusal": refusal,
        # Of a form that fits no more: what was typed, to be copied.
        "unsaved": [
            text
            for form in gone
            for name in form.fields
            if name != "revision" and (text := form.data.get(name, "").strip())
        ],
    }
    return render(request, "schedules/duty_arrange.html", context, status=status)


@needs(P.REPORT_REOPEN, methods=("GET", "HEAD"))
def duty_arrange(request: PortalRequest, pk: int) -> HttpResponse:
    """What can be arranged about a duty of an organisation below, and what was."""
    return _page(request, get_duty_to_arrange(request.actor, pk))


def _perform(
    request: PortalRequest, pk: int, name: str, act: Callable[..., Duty], said: str
) -> HttpResponse:
    return acts.perform(
        request,
        load=lambda: get_duty_to_arrange(request.actor, pk),
        form=lambda duty: FORMS[name](request.POST),
        act=lambda attempt: act(duty=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, duty: acts.said(
            request, f"{duty.organization} {duty.title}：{said}。", "schedules:duty-arrange", pk=pk
        ),
        show=lambda attempt: _page(
            request, attempt.subject, attempt.status, attempt.conflict, **{name: attempt.form}
        ),
    )


@needs(P.REPORT_REOPEN, methods=("POST",), page=_page_of_duty)
def duty_waive(request: PortalRequest, pk: int) -> HttpResponse:
    """免报, with the reason and who approved it."""
    return _perform(request, pk, "waive", arrangements.waive, "已免报，对方会收到消息")


@needs(P.REPORT_REOPEN, methods=("POST",), page=_page_of_duty)
def duty_resume(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes the waiver back."""
    return _perform(request, pk, "resume", arrangements.resume, "已撤销免报")


@needs(P.REPORT_REOPEN, methods=("POST",), page=_page_of_duty)
def duty_extend(request: PortalRequest, pk: int) -> HttpResponse:
    """延期: a later day for this organisation alone."""
    return _perform(request, pk, "extend", arrangements.extend, "已延期，对方会收到消息")


@needs(P.REPORT_REOPEN, methods=("POST",), page=_page_of_duty)
def duty_unlock(request: PortalRequest, pk: int) -> HttpResponse:
    """重新开放: what is locked is taken again."""
    return _perform(request, pk, "unlock", arrangements.unlock, "已重新开放，对方会收到消息")
