"""The page of a duty that is fulfilled by writing down each time that it was done."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core import clock
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from .. import fulfilment
from ..actions import records
from ..enums import DutyState
from ..forms import RecordForm, SendBackForm
from ..models import Duty, DutyRecord
from ..models.duty import OPEN_STATES
from ..words import standing_word


def _duty(request: PortalRequest, pk: int) -> Duty:
    """The duty with what its page shows. Raises Http404 outside the actor's scope."""
    duties = Duty.objects.visible_to(request.actor).select_related(
        "organization__parent", *fulfilment.joins()
    )
    return get_object_or_404(duties, pk=pk)


def _own(request: PortalRequest, pk: int) -> Duty:
    """The same for whoever writes for the organisation. Raises Http404 for everybody else."""
    duty = _duty(request, pk)
    if duty.organization_id != request.actor.organization_id:
        raise Http404
    if not fulfilment.of(duty.plan).is_recorded_here:
        raise Http404
    return duty


def _below(request: PortalRequest, pk: int) -> Duty:
    """The same for whoever checks it from above. Raises Http404 for everybody else."""
    duty = _duty(request, pk)
    if duty.organization_id == request.actor.organization_id:
        raise Http404
    if not fulfilment.of(duty.plan).is_recorded_here:
        raise Http404
    return duty


def _page(
    request: PortalRequest,
    duty: Duty,
    *,
    form: RecordForm | None = None,
    back: SendBackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    kind, now, actor = fulfilment.of(duty.plan), clock.now(), request.actor
    is_own = duty.organization_id == actor.organization_id
    is_open = duty.state in OPEN_STATES and not duty.is_locked(now)
    word, tone = standing_word(kind, duty, is_overdue=duty.is_overdue(now))
    here = kind.is_recorded_here
    may_write = here and is_own and is_open and actor.may(P.REPORT_DRAFT)
    context: dict[str, Any] = {
        "duty": duty,
        "kind": kind,
        "word": word,
        "tone": tone,
        "records": duty.records.filter(removed_at=None),
        "is_own": is_own,
        "is_late_now": now > duty.late_after and not duty.submitted_at,
        "is_locked": duty.is_locked(now),
        "is_returned": duty.state == DutyState.RETURNED,
        "may_write": may_write,
        "may_check": here
        and not is_own
        and duty.state == DutyState.SUBMITTED
        and actor.may(P.REPORT_CHECK),
        "form": form or RecordForm(initial={"done_on": clock.today()}),
        "back": back or SendBackForm(),
    }
    return render(request, "schedules/duty_detail.html", context, status=status)


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def duty_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """What a duty asks for, what was written down, and what comes next."""
    return _page(request, _duty(request, pk))


@needs(P.REPORT_DRAFT, methods=("POST",))
def record_add(request: PortalRequest, pk: int) -> HttpResponse:
    """Writes down one time that it was done; what was typed stays when it is refused."""
    duty = _own(request, pk)
    form = RecordForm(request.POST)
    if form.is_valid():
        try:
            records.add(duty=duty, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, "已登记。")
            return redirect("schedules:duty-detail", pk=pk)
    return _page(request, duty, form=form, status=400)


@needs(P.REPORT_DRAFT, methods=("POST",))
def record_remove(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """Takes an entry back as long as the duty is open."""
    duty = _own(request, pk)
    row = get_object_or_404(DutyRecord, pk=record, duty=duty)
    records.remove(record=row, by=request.actor)
    messages.success(request, "已撤回这条登记。")
    return redirect("schedules:duty-detail", pk=pk)


@needs(P.REPORT_CHECK, methods=("POST",))
def duty_accept(request: PortalRequest, pk: int) -> HttpResponse:
    """The level above leaves it so."""
    duty = _below(request, pk)
    records.accept(duty=duty, by=request.actor)
    messages.success(request, f"{duty.organization} {duty.title}：通过。")
    return redirect("schedules:report-queue")


@needs(P.REPORT_CHECK, methods=("POST",))
def duty_send_back(request: PortalRequest, pk: int) -> HttpResponse:
    """The level above asks for more; the reason typed stays when it is refused."""
    duty = _below(request, pk)
    form = SendBackForm(request.POST)
    if form.is_valid():
        try:
            records.send_back(duty=duty, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, f"{duty.organization} {duty.title}：已退回。")
            return redirect("schedules:report-queue")
    return _page(request, duty, back=form, status=400)
