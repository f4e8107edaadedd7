"""组织生活: the list, one record, and what is written down on the day."""

import datetime as dt
import uuid
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import acts, clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import checks, get_own_record, get_place, get_record, get_record_to_check
from ..actions import meetings
from ..enums import MeetingKind, MeetingState
from ..forms import ReasonForm, RecordForm, values_of
from ..models import Meeting
from ..queries import records
from ..queries.rolls import roll_of

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
PER_PAGE = 30


@needs(P.LIFE_VIEW, methods=READ)
def meeting_list(request: PortalRequest) -> HttpResponse:
    """Records by month and kind, latest first."""
    actor = request.actor
    month = request.GET.get("period", "")
    if not periods.is_period(month) or periods.cadence_of(month) != "month":
        month = ""
    kind = request.GET.get("kind", "")
    if kind not in MeetingKind.values:
        kind = ""
    rows = records.listed(actor, month=month, kind=kind)
    context = {
        "page": Pager(rows, PER_PAGE).get_page(request.GET.get("page")),
        "month": month,
        "kind": kind,
        "kinds": MeetingKind.choices,
        "months": [
            (one, periods.label(one))
            for one in reversed(periods.ending(clock.today().strftime("%Y-%m"), 13))
        ],
        "may_record": P.LIFE_RECORD in actor.permissions,
    }
    return render(request, "life/meeting_list.html", context)


@needs(P.LIFE_RECORD, methods=FORM)
def meeting_create(request: PortalRequest) -> HttpResponse:
    """今天开会 → 点名 → 完: what it was, who was there, what was decided."""
    kind, day = _asked(request)
    if kind is None:
        place = get_place(request.actor, whole_number(request.GET.get("organization", "")))
        context = {"kinds": MeetingKind.choices, "place": place, "today": clock.today()}
        return render(request, "life/meeting_kinds.html", context)

    def load() -> Organization:
        return get_place(request.actor, whole_number(request.GET.get("organization", "")))

    def form(place: Organization) -> RecordForm:
        before = records.last_of_kind(place, kind, day)
        initial: dict[str, Any] = {"uid": uuid.uuid4(), "version": 0}
        if before is not None:
            names = ("place", "chair_name", "recorder_name", "starts_at", "ends_at")
            initial |= {name: getattr(before, name) for name in names}
        return RecordForm(
            acts.typed(request), kind=kind, roll=roll_of(place, kind, day), initial=initial
        )

    return acts.perform(
        request,
        load=load,
        form=form,
        act=lambda attempt: meetings.record(
            uid=attempt.given["uid"],
            units=[attempt.subject],
            written=attempt.form.written(day),
            marks=attempt.form.marks(),
            by=request.actor,
        ),
        done=lambda attempt, record: acts.said(request, "已登记。照片可以现在传。", record),
        show=lambda attempt: attempt.page(
            "life/meeting_form.html",
            place=attempt.subject,
            kind=kind,
            day=day,
            today=clock.today(),
        ),
    )


@needs(P.LIFE_VIEW, methods=READ)
def meeting_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One record as it reads today, with who was absent and what was decided."""
    return _page(request, get_record(request.actor, uid))


@needs(P.LIFE_RECORD, methods=FORM)
def meeting_edit(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The record written anew; what it said before stays for figures that counted it."""

    def form(record: Meeting) -> RecordForm:
        return RecordForm(
            acts.typed(request),
            kind=MeetingKind(record.kind),
            roll=roll_of(record.organization, MeetingKind(record.kind), record.held_on),
            marks=records.marks_of(record),
            initial=values_of(record),
        )

    def act(attempt: acts.Attempt[Meeting, RecordForm]) -> Meeting:
        seen = attempt.given["version"]
        shown = Meeting.objects.filter(uid=uid, version=seen).first() or attempt.subject
        return meetings.rewrite(
            meeting=shown,
            units=[attempt.subject.organization],
            written=attempt.form.written(attempt.subject.held_on),
            marks=attempt.form.marks(),
            by=request.actor,
        )

    return acts.perform(
        request,
        load=lambda: get_own_record(request.actor, uid),
        form=form,
        act=act,
        done=lambda attempt, record: acts.said(request, "已保存。", record),
        show=lambda attempt: attempt.page(
            "life/meeting_form.html",
            record=attempt.subject,
            place=attempt.subject.organization,
            kind=MeetingKind(attempt.subject.kind),
            day=attempt.subject.held_on,
            conflict=attempt.conflict,
        ),
    )


@needs(P.LIFE_CHECK, methods=POST)
def meeting_thank(request: PortalRequest, uid: UUID) -> HttpResponse:
    """谢谢，够了."""
    return acts.press(
        request,
        load=lambda: get_record_to_check(request.actor, uid),
        act=lambda record: meetings.thank(meeting=record, by=request.actor),
        done=lambda record, result: acts.said(request, "已答复：谢谢，够了。", record),
    )


@needs(P.LIFE_CHECK, methods=POST)
def meeting_return(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Sent back, with what is missing."""
    return acts.perform(
        request,
        load=lambda: get_record_to_check(request.actor, uid),
        form=lambda record: ReasonForm(acts.typed(request)),
        act=lambda attempt: meetings.send_back(
            meeting=attempt.subject, reason=attempt.given["reason"], by=request.actor
        ),
        done=lambda attempt, result: acts.said(request, "已退回，记录照常计数。", attempt.subject),
        show=lambda attempt: _page(request, attempt.subject, returning=attempt),
    )


@needs(P.LIFE_RECORD, methods=POST)
def meeting_withdraw(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Taken back: it counts no more."""
    return acts.perform(
        request,
        load=lambda: get_own_record(request.actor, uid),
        form=lambda record: ReasonForm(acts.typed(request)),
        act=lambda attempt: meetings.withdraw(
            meeting=attempt.subject, reason=attempt.given["reason"], by=request.actor
        ),
        done=lambda attempt, result: acts.said(request, "已撤回，不再计数。", attempt.subject),
        show=lambda attempt: _page(request, attempt.subject, withdrawing=attempt),
    )


# --- private -----------------------------------------------------------------------------------


def _asked(request: PortalRequest) -> tuple[MeetingKind | None, dt.date]:
    """Of what kind and of which day the record is to be: in the address, so that the roll is that
    of the day also when the page comes back."""
    today = clock.today()
    kind = request.GET.get("kind", "")
    if kind not in MeetingKind.values:
        if request.method == "POST":
            raise Http404
        return None, today
    try:
        day = dt.date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        day = today
    return MeetingKind(kind), min(day, today)


def _page(
    request: PortalRequest,
    record: Meeting,
    *,
    returning: acts.Attempt[Meeting, ReasonForm] | None = None,
    withdrawing: acts.Attempt[Meeting, ReasonForm] | None = None,
) -> HttpResponse:
    attempt = returning or withdrawing
    is_open = record.state != MeetingState.WITHDRAWN
    writes = is_open and request.actor.may_at(P.LIFE_RECORD, record.organization.path)
    looks = is_open and checks(request.actor, record)
    context = {
        "record": record,
        "units": list(record.units.select_related("organization")),
        "absences": records.absences(record),
        "votes": list(record.votes.all()),
        "steps": records.steps_of(record),
        "writes": writes,
        "looks": looks,
        "return_form": returning.form if returning else ReasonForm(),
        "withdraw_form": withdrawing.form if withdrawing else ReasonForm(),
        "refusal": attempt.error.message if attempt and attempt.error else "",
    }
    return render(
        request, "life/meeting_detail.html", context, status=attempt.status if attempt else 200
    )
