"""补课: who missed what and has not caught up, and what is entered of study beside meetings."""

import datetime as dt
import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.shares import percent
from core.text import whole_number
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import (
    get_missed,
    get_own_study,
    get_place,
    get_shown,
    get_study,
    get_window,
)
from ..actions import study
from ..enums import MeetingKind
from ..forms import DayForm, StudyForm
from ..forms.study import ticks_of_missed, ticks_of_roll
from ..models import Attendance, Meeting, MeetingUnit, StudyRecord
from ..queries.absences import reason_for
from ..queries.made_up import BACK, MadeUp, all_missed, made_up_of, missed_of, unmade
from ..queries.rolls import members_on
from ..queries.study import counting_of, meetings_by_uid
from ..rules import MAKE_UP_DAYS, in_hours, is_made_up

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
PER_PAGE = 50
SHOWN = {"made": True, "open": False}  # made up within thirty days, or not


@needs(P.LIFE_VIEW, methods=READ)
def study_missed(request: PortalRequest) -> HttpResponse:
    """Who missed what and has not caught up; with a period in the address all who missed something
    in it, as the figures count them."""
    actor = request.actor
    place = get_shown(actor, whole_number(request.GET.get("organization", "")))
    window = get_window(request.GET)
    if window is None:
        rows = unmade(actor, clock.today(), place=place)
    else:
        made = SHOWN.get(request.GET.get("show", ""))
        rows = all_missed(actor, window, place=place, made=made)
    page = Pager(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "groups": _by_meeting(request, list(page)),
        "place": place,
        "period": periods.label(window.period) if window else "",
        "show": request.GET.get("show", "") if window else "",
        "window": window,
        "back": BACK,
        "days": MAKE_UP_DAYS,
        "may_record": P.LIFE_RECORD in actor.permissions,
    }
    return render(request, "life/study_missed.html", context)


def _by_meeting(request: PortalRequest, rows: Sequence[Attendance]) -> list[dict[str, Any]]:
    """Rows in their order, those of one organisation's part in one record together."""
    found = []
    for _, some in groupby(rows, key=lambda row: (row.meeting_id, row.organization_id)):
        people: list[Any] = list(some)
        first = people[0]
        found.append(
            {
                "meeting": first.meeting,
                "organization": first.organization,
                "people": [(one, reason_for(request.actor, one)) for one in people],
                "url": _make_up_url(first.meeting, first.organization)
                if request.actor.may_at(P.LIFE_RECORD, first.organization.path)
                and any(one.made_up_on is None for one in people)
                else "",
            }
        )
    return found


def _make_up_url(meeting: Meeting, organization: Organization) -> str:
    return reverse("life:study-make-up", args=[meeting.uid]) + f"?organization={organization.pk}"


def rates_of(
    request: PortalRequest, record: Meeting, units: Sequence[MeetingUnit]
) -> dict[str, Any] | None:
    """Who came and who has caught up of a record, side by side and never as one; and where the
    rest is made up. None where nothing is made up. One query."""
    if not is_made_up(MeetingKind(record.kind)):
        return None
    expected = sum(unit.expected_count for unit in units)
    present = sum(unit.present_count for unit in units)
    parts = [
        one
        for (_, place), one in made_up_of([record.uid]).items()
        if place in {unit.organization_id for unit in units}
    ]
    made = MadeUp(sum(one.missed for one in parts), sum(one.made_up for one in parts))
    mine = [
        unit.organization
        for unit in units
        if unit.absent_count and request.actor.may_at(P.LIFE_RECORD, unit.organization.path)
    ]
    return {
        "expected": expected,
        "present": present,
        "made_up": made.made_up,
        "left": made.left,
        "after": present + made.made_up,
        "rate": percent(present, expected),
        "rate_after": percent(present + made.made_up, expected),
        "url": _make_up_url(record, mine[0]) if mine and made.left else "",
    }


@needs(P.LIFE_RECORD, methods=FORM)
def study_create(request: PortalRequest) -> HttpResponse:
    """What members studied beside the meetings of their organisation, many at once."""
    day = _day(request)

    def form(place: Organization) -> StudyForm:
        people = ticks_of_roll(members_on([place.pk], day)[place.pk])
        initial = {"batch": uuid.uuid4(), "unit": "hour"}
        return StudyForm(acts.typed(request), people=people, initial=initial)

    return acts.perform(
        request,
        load=lambda: get_place(request.actor, whole_number(request.GET.get("organization", ""))),
        form=form,
        act=lambda attempt: study.record(
            batch=attempt.given["batch"],
            place=attempt.subject,
            studied=attempt.form.studied(day),
            members=attempt.given["members"],
            by=request.actor,
        ),
        done=lambda attempt, rows: acts.said(request, "已登记。", rows[0]),
        show=lambda attempt: attempt.page(
            "life/study_form.html",
            place=attempt.subject,
            day=day,
            day_form=DayForm(initial={"on": day}),
            conflict=attempt.conflict,
        ),
    )


@needs(P.LIFE_RECORD, methods=FORM)
def study_make_up(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Those who missed a record, and how they caught up: ticked together."""

    def form(pair: tuple[Meeting, Organization]) -> StudyForm:
        record, place = pair
        people = ticks_of_missed(missed_of(record, place.pk))
        initial = {
            "batch": uuid.uuid4(),
            "title": f"补课：{record.topic}"[:100],
            "ended_on": clock.today(),
            "members": [one.member_id for one in people if not one.is_done],
        }
        if record.study_minutes:
            initial["length"] = f"{record.study_minutes / 60:.2f}".rstrip("0").rstrip(".")
        return StudyForm(acts.typed(request), people=people, missed=record, initial=initial)

    return acts.perform(
        request,
        load=lambda: get_missed(
            request.actor, uid, whole_number(request.GET.get("organization", ""))
        ),
        form=form,
        act=lambda attempt: study.record(
            batch=attempt.given["batch"],
            place=attempt.subject[1],
            studied=attempt.form.studied(attempt.given["ended_on"]),
            members=attempt.given["members"],
            makes_up=attempt.subject[0],
            by=request.actor,
        ),
        done=lambda attempt, rows: acts.said(
            request, f"已登记 {len(rows)} 人补课。", attempt.subject[0]
        ),
        show=lambda attempt: attempt.page(
            "life/study_make_up.html",
            record=attempt.subject[0],
            place=attempt.subject[1],
            conflict=attempt.conflict,
        ),
    )


@needs(P.LIFE_VIEW, methods=READ)
def study_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One entry: what was studied, how long, by whom."""
    rows = get_study(request.actor, uid)
    first = rows[0]
    counting = {year: counting_of(year) for year in sorted({row.started_on.year for row in rows})}
    writes = request.actor.may_at(P.LIFE_RECORD, first.organization.path)
    open_rows = [row for row in rows if row.withdrawn_at is None]
    missed = meetings_by_uid([row.makes_up for row in rows if row.makes_up])
    context = {
        "first": first,
        "started_on": min(row.started_on for row in rows),
        "ended_on": max(row.ended_on for row in rows),
        "missed": missed.get(first.makes_up) if first.makes_up else None,
        "people": [
            {
                "row": row,
                "hours": in_hours(counting_row(row, counting[row.started_on.year])),
                "may_withdraw": writes and row.withdrawn_at is None,
            }
            for row in rows
        ],
        "may_withdraw": writes and open_rows,
        "count": len({row.member_id for row in open_rows}),
    }
    return render(request, "life/study_detail.html", context)


def counting_row(row: StudyRecord, counting: Any) -> int:
    """What a row counts by itself, in quarters."""
    rule = counting[row.kind]
    return int(rule.quarters(minutes=row.minutes, half_days=row.half_days, days=row.days))


@needs(P.LIFE_RECORD, methods=POST)
def study_withdraw(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Takes an entry back, or of one member alone: it counts no more."""
    member = whole_number(request.POST.get("member", ""))
    return acts.press(
        request,
        load=lambda: get_own_study(request.actor, uid, member),
        act=lambda rows: study.withdraw(rows=rows, place=rows[0].organization, by=request.actor),
        ask=lambda rows: acts.Question("撤回学习记录", _withdrawn(rows), "撤回"),
        back=lambda rows: rows[0],
        done=lambda rows, count: acts.said(request, "已撤回，不再计学时。", rows[0]),
    )


def _withdrawn(rows: Sequence[StudyRecord]) -> list[str]:
    names = list(dict.fromkeys(row.member.name for row in rows if row.withdrawn_at is None))
    if not names:
        return []
    shown = "、".join(names[:5]) + (f"等 {len(names)} 人" if len(names) > 5 else "")
    lines = [f"{shown}的“{rows[0].title}”不再计学时"]
    if rows[0].makes_up:
        lines.append("所缺的那次仍算没有补课")
    return lines


def _day(request: PortalRequest) -> dt.date:
    """On which day it began: in the address, so that the roll is that of the day also when the page
    comes back."""
    today = clock.today()
    try:
        return min(dt.date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today
