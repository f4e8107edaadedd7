"""组织生活: the list, one record, and what is written down on the day."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from core import acts, clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.templatetags.words import date_zh
from core.text import whole_number
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.rounds.models.duty import OPEN_STATES

from ..access import (
    checks,
    get_duty,
    get_own_record,
    get_place,
    get_record,
    get_record_to_check,
)
from ..actions import meetings
from ..actions.meetings import Written
from ..enums import LifeStepKind, MeetingKind, MeetingState, Roll
from ..forms import DayForm, ReasonForm, RecordForm, stored_of, values_of
from ..models import Meeting
from ..queries import records, year_plans
from ..queries.absences import absences
from ..queries.groups import groups_of
from ..queries.rolls import leaders_on
from ..queries.writers import may_change
from ..rules import RULES, offered_topic
from . import parts
from .files import file_rows
from .problems import left_before, results_of
from .study import rates_of
from .uses import uses_of

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")


@needs(P.LIFE_RECORD, methods=READ)
def meeting_new(request: PortalRequest) -> HttpResponse:
    """What is to be written down; 党小组会 of each group that there is."""
    place = _place(request)
    is_group = place.kind == OrganizationKind.PARTY_GROUP
    groups = [place] if is_group else groups_of(place)
    kinds = [one for one in MeetingKind if one != MeetingKind.GROUP_MEETING and not is_group]
    context = {
        "kinds": [(one.value, one.label) for one in kinds],
        "place": place,
        "group_kind": MeetingKind.GROUP_MEETING,
        "groups": groups,
    }
    return render(request, "life/meeting_kinds.html", context)


@needs(P.LIFE_RECORD, methods=FORM)
def meeting_create(request: PortalRequest, kind: str) -> HttpResponse:
    """今天开会 → 点名 → 完: what it was, who was there, what was decided."""
    if kind not in MeetingKind.values:
        raise Http404
    what, day = MeetingKind(kind), _day(request)
    if what == MeetingKind.GROUP_MEETING and request.method != "POST":
        place = _place(request)
        if place.is_branch:
            return _to_group(request, place)

    together = parts.asked(request)

    def form(place: Organization) -> RecordForm:
        before = records.last_of_kind(place, what, day)
        initial: dict[str, Any] = {"uid": uuid.uuid4(), "version": 0}
        initial["topic"] = offered_topic(what, day)
        if before is not None:
            names = ("place", "chair_name", "recorder_name", "starts_at", "ends_at")
            initial |= {name: getattr(before, name) for name in names}
        initial |= year_plans.offered(place.pk, what, day)
        made = RecordForm(
            acts.typed(request),
            kind=what,
            rolls=parts.rolls([place, *together.ours], what, day),
            approvers=leaders_on(place, day),
            initial=initial,
        )
        if before is not None and before.agenda:  # how it was worded, not what it says now
            made.fields["agenda"].widget.attrs["placeholder"] = f"上次：{before.agenda[:100]}"
        return made

    return acts.perform(
        request,
        load=lambda: _place(request),
        form=form,
        ask=lambda attempt: _alike(
            request, attempt.form.written(day), attempt.given["uid"], place=attempt.subject
        ),
        act=lambda attempt: meetings.record(
            uid=attempt.given["uid"],
            units=[attempt.subject, *together.ours],
            written=attempt.form.written(day),
            marks=attempt.form.marks(),
            by=request.actor,
            invited=together.others,
            guests=attempt.form.visitors(),
        ),
        done=lambda attempt, record: acts.said(request, "已登记。照片可以现在传。", record),
        show=lambda attempt: attempt.page(
            "life/meeting_form.html",
            place=attempt.subject,
            kind=what,
            day=day,
            day_form=DayForm(initial={"on": day}),
            is_chosen=RULES[what].roll == Roll.CHOSEN,
            joint=parts.finder(request, what, [attempt.subject], together),
            nobody=meetings.nobody(attempt.subject, what, attempt.form.rolls[0][1]),
            left=left_before(request.actor, attempt.subject.pk, what, day),
            # A draft of one day is not offered for another, and leads back to its own.
            draft_title=f"{what.label} · {attempt.subject} · {date_zh(day)}",
            act=_address(
                "life:meeting-create",
                what.value,
                asked={
                    "on": day.isoformat(),
                    "organization": str(attempt.subject.pk),
                    "with": [str(one.pk) for one in together.all],
                },
            ),
        ),
    )


@needs(P.LIFE_VIEW, methods=READ)
def duty_open(request: PortalRequest, pk: int) -> HttpResponse:
    """Where a duty leads: who owes it and has not done it writes it down, of a day within its
    period; all others see what was held."""
    duty, kind = get_duty(request.actor, pk)
    is_own = request.actor.owns(duty.organization.path)
    if is_own and duty.state in OPEN_STATES and P.LIFE_RECORD in request.actor.permissions:
        last = periods.last_day(duty.period)
        asked = {"on": last.isoformat()} if last < clock.today() else {}
        if duty.organization_id != request.actor.organization_id:
            asked["organization"] = str(duty.organization_id)
        return redirect(_address("life:meeting-create", kind.value, asked=asked))
    asked = {"kind": kind.value, "period": duty.period, "organization": str(duty.organization_id)}
    return redirect(_address("life:meeting-list", asked=asked))


@needs(P.LIFE_VIEW, methods=READ)
def meeting_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One record as it reads today, with who was absent and what was decided."""
    return _page(request, get_record(request.actor, uid))


@needs(P.LIFE_RECORD, methods=FORM)
def meeting_edit(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The record written anew; what it said before stays for figures that counted it."""

    together = parts.asked(request)

    def form(record: Meeting) -> RecordForm:
        kind = MeetingKind(record.kind)
        units = parts.units_to_mark(request.actor, record, together)
        return RecordForm(
            acts.typed(request),
            kind=kind,
            rolls=parts.rolls(units, kind, record.held_on),
            guests=records.guests_of(record),
            approvers=leaders_on(record.organization, record.held_on),
            marks=parts.marks_of(record),
            votes=records.votes_of(record),
            initial=values_of(record),
        )

    return acts.perform(
        request,
        load=lambda: get_own_record(request.actor, uid),
        form=form,
        ask=lambda attempt: _alike(
            request,
            attempt.form.written(attempt.subject.held_on),
            uid,
            before=attempt.subject.text_digest,
        ),
        act=lambda attempt: meetings.rewrite(
            meeting=attempt.subject,
            version=attempt.given["version"] or 0,
            units=[unit for unit, _ in attempt.form.rolls],
            written=attempt.form.written(attempt.subject.held_on),
            marks=attempt.form.marks(),
            by=request.actor,
            invited=together.others,
            guests=attempt.form.visitors(),
            guests_kept=attempt.form.visitors_kept(),
        ),
        done=lambda attempt, record: acts.said(request, "已保存。", record),
        show=lambda attempt: _edit_page(attempt),
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
    return _reasoned(
        request,
        lambda: get_record_to_check(request.actor, uid),
        meetings.send_back,
        "已退回，记录照常计数。",
        lambda attempt: _page(request, attempt.subject, returning=attempt),
    )


@needs(P.LIFE_RECORD, methods=POST)
def meeting_withdraw(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Taken back: it counts no more."""
    return _reasoned(
        request,
        lambda: get_own_record(request.actor, uid),
        meetings.withdraw,
        "已撤回，不再计数。",
        lambda attempt: _page(request, attempt.subject, withdrawing=attempt),
    )


# --- private -----------------------------------------------------------------------------------


def _reasoned(
    request: PortalRequest,
    load: Callable[[], Meeting],
    act: Callable[..., None],
    said: str,
    show: Callable[[acts.Attempt[Meeting, ReasonForm]], HttpResponse],
) -> HttpResponse:
    """An act on a record that asks why, from a form on the record's page."""
    return acts.perform(
        request,
        load=load,
        form=lambda record: ReasonForm(acts.typed(request)),
        act=lambda attempt: act(
            meeting=attempt.subject, reason=attempt.given["reason"], by=request.actor
        ),
        done=lambda attempt, result: acts.said(request, said, attempt.subject),
        show=show,
    )


def _address(name: str, *args: str, asked: Mapping[str, str | list[str]]) -> str:
    query = f"?{urlencode(asked, doseq=True)}" if asked else ""
    return f"{reverse(name, args=args)}{query}"


def _place(request: PortalRequest) -> Organization:
    return get_place(request.actor, whole_number(request.GET.get("organization", "")))


def _to_group(request: PortalRequest, branch: Organization) -> HttpResponse:
    """党小组会 begun at the branch: of its only group, or of the one that is asked for."""
    groups = groups_of(branch)
    if len(groups) != 1:
        words = "先选是哪个党小组的会。" if groups else f"{branch}没有党小组，不开党小组会。"
        messages.info(request, words)
        asked = {"organization": str(branch.pk)}
        return redirect(_address("life:meeting-new", asked=asked))
    asked = {"organization": str(groups[0].pk)}
    if request.GET.get("on"):
        asked["on"] = _day(request).isoformat()
    return redirect(_address("life:meeting-create", MeetingKind.GROUP_MEETING.value, asked=asked))


def _day(request: PortalRequest) -> dt.date:
    """Of which day the record is to be: in the address, so that the roll is that of the day also
    when the page comes back."""
    today = clock.today()
    try:
        return min(dt.date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today


def _alike(
    request: PortalRequest,
    written: Written,
    uid: UUID,
    *,
    place: Organization | None = None,
    before: str = "",
) -> acts.Question:
    """Asked of who writes what is there already: the same words elsewhere, unless the record has
    them from `before`, or (new, at a `place`) the same meeting once more. Sent again, it is the
    same record, and nothing is asked."""
    lines = []
    new = place if place and not Meeting.objects.filter(uid=uid).exists() else None
    twin = records.same_day(new, written.kind, written.held_on, uid=uid) if new else None
    if twin is not None:
        lines.append(f"{date_zh(twin.held_on)}已登记过一次{written.kind.label}：{twin.topic}")
    if written.digest != before and (new is not None or place is None):
        lines += [
            f"内容与{one.organization} {date_zh(one.held_on)}的{one.get_kind_display()}"
            f"“{one.topic}”一字不差"
            for one in records.alike(request.actor, uid=uid, digest=written.digest)
        ]
    return acts.Question("有一样的记录，还要保存吗", lines, "不是重复，照样保存")


def _edit_page(attempt: acts.Attempt[Meeting, RecordForm]) -> HttpResponse:
    """The form; after somebody else was faster, one of the record as it reads now, with what was
    typed and what differs."""
    record, form = attempt.subject, attempt.form
    different: list[tuple[str, str, str]] = []
    if attempt.conflict:
        stored = stored_of(record, form, parts.marks_of(record), records.votes_of(record))
        different = acts.differences(form, stored)
        data: Any = attempt.request.POST.copy()
        data["version"] = str(record.version)
        form.data = data
    return attempt.page(
        "life/meeting_form.html",
        record=record,
        place=record.organization,
        kind=MeetingKind(record.kind),
        is_chosen=record.is_chosen,
        day=record.held_on,
        conflict=attempt.conflict,
        different=different,
        act=attempt.request.get_full_path(),
        joint=parts.finder(
            attempt.request,
            MeetingKind(record.kind),
            [unit for unit, _ in form.rolls],
            parts.asked(attempt.request),
            record,
        ),
    )


def _is_fresh(record: Meeting) -> bool:
    return timezone.localdate(record.recorded_at) == clock.today()


def _page(
    request: PortalRequest,
    record: Meeting,
    *,
    returning: acts.Attempt[Meeting, ReasonForm] | None = None,
    withdrawing: acts.Attempt[Meeting, ReasonForm] | None = None,
) -> HttpResponse:
    attempt = returning or withdrawing
    is_open = record.state != MeetingState.WITHDRAWN
    holds = may_change(request.actor, record)
    writes = is_open and holds
    looks = is_open and checks(request.actor, record)
    files = records.files_of(record)
    units, waiting = parts.shown(request.actor, record)
    there = [part for part, _ in units]
    context = {
        "record": record,
        "units": units,
        "waiting": waiting,
        "guests": records.guests_of(record),
        "rates": rates_of(request, record, there),
        "uses": uses_of(request.actor, record, there),
        "absences": absences(request.actor, record),
        "participants": records.participants(record),
        "votes": records.votes_of(record),
        "files": file_rows(files, may_remove=writes and Meeting.machine.may(record, "remove_file")),
        "steps": [
            {
                "at": step.at,
                "text": step.get_kind_display(),
                "by": step.by_name,
                "note": step.text,
                "tone": "warn" if step.kind == LifeStepKind.RETURNED else "",
            }
            for step in records.steps_of(record)
        ],
        "writes": writes,
        "holds": holds,
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        # At once after it was written, and while a record on paper is nowhere to be read.
        "photos_first": writes and not files and (record.is_on_paper or _is_fresh(record)),
        "looks": looks,
        "return_form": returning.form if returning else ReasonForm(),
        "withdraw_form": withdrawing.form if withdrawing else ReasonForm(),
        "refusal": attempt.conflict if attempt else "",
        # Somebody else was faster, and the form may not be there any more.
        "kept": [attempt.given["reason"]] if attempt and attempt.conflict else [],
        "messages_placed": True,
        "results": results_of(request.actor, record),
    }
    return render(
        request, "life/meeting_detail.html", context, status=attempt.status if attempt else 200
    )
