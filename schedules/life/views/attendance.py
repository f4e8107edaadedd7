"""One member's attendance of a year, row by row."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from core import clock
from core.actor import Actor
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from ..access import get_studying
from ..enums import MeetingKind, Presence
from ..forms.filters import AttendanceFilter
from ..forms.ledgers import offered_years, year_in
from ..ledgers.meetings import name_of
from ..models import Attendance
from ..queries.absences import reason_for
from ..queries.attendance import MISSED, SHOWN, Took, attendances, made_up_days, opens, took_part
from ..rules import is_made_up

READ = ("GET", "HEAD")
PER_PAGE = 50


@needs(P.LIFE_VIEW, methods=READ)
def attendance_list(request: PortalRequest, pk: int) -> HttpResponse:
    """How one member took part in the year, or the rows that a number on his page counts; by the
    records of organisations that the actor sees."""
    actor = request.actor
    member = get_studying(actor, pk)
    year = year_in(request.GET.get("year", ""))
    show = request.GET.get("show", "")
    show = show if show in (*SHOWN, MISSED) else ""
    first, last = dt.date(year, 1, 1), min(clock.today(), dt.date(year, 12, 31))
    form = AttendanceFilter({"year": str(year), "show": show}, years=offered_years())
    page = Pager(attendances(actor, pk, first, last, show), PER_PAGE).get_page(
        request.GET.get("page")
    )
    took = took_part(actor, pk, first, last)
    context = {
        "member": member,
        "may_see_member": actor.may_at(P.MEMBER_VIEW, member.organization.path),
        "year": year,
        "show": dict(form.fields["show"].choices)[show] if show else "",  # type: ignore[attr-defined]
        "took": took,
        "stats": _stats(took, year),
        "filter": form,
        "page": page,
        "rows": _rows(actor, pk, list(page)),
    }
    return render(request, "life/attendance_list.html", context)


def _stats(took: Took, year: int) -> list[dict[str, Any]]:
    """The numbers that say something, each with the address of its rows."""
    left = took.missed - took.made_up
    found = [("expected", took.expected, "应到", "")]
    if took.expected:
        found += [
            ("present", took.present, "到会", ""),
            ("excused", took.excused, "请假", ""),
            ("unexcused", took.unexcused, "没有请假", ""),
            (MISSED, took.missed, "缺席应补课", f"{left} 次还没补" if left else ""),
        ]
    if took.extra:
        found.append(("extra", took.extra, "不计应到而到会", ""))
    if took.elsewhere:
        found.append(("elsewhere", took.elsewhere, "在外单位参加", ""))
    return [
        {"number": number, "label": label, "note": note, "url": f"?year={year}&show={show}"}
        for show, number, label, note in found
    ]


def _rows(actor: Actor, member: int, some: Sequence[Attendance]) -> list[dict[str, Any]]:
    """Each with what may be said of it: of a record that the actor may not open neither its subject
    nor anybody's name."""
    made_up = made_up_days(member, [one.meeting.uid for one in some])
    return [
        {
            "row": one,
            "meeting": one.meeting,
            "is_open": opens(actor, one),
            # Of a guest whose the record was; else for whom he counts in it.
            "place": name_of(
                one.meeting.organization if one.presence == Presence.GUEST else one.organization
            ),
            "said": _said(actor, one),
            "is_missed": one.is_expected
            and one.presence == Presence.ABSENT
            and is_made_up(MeetingKind(one.meeting.kind)),
            "made_up_on": made_up.get(one.meeting.uid),
        }
        for one in some
    ]


def _said(actor: Actor, row: Attendance) -> str:
    if row.presence == Presence.ABSENT:
        return f"缺席，{reason_for(actor, row)}"
    if row.presence == Presence.GUEST:
        return "在外单位参加"
    return "到会" if row.is_expected else "到会，不计应到"
