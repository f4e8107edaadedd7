"""学时: what members have studied in a year, by branch and by member, and how it is counted."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.access import get_moment, get_organization
from orgs.permissions import Permission as P

from ..access import get_studying
from ..actions import study
from ..enums import StudyGroup, StudyKind
from ..forms import StudyRulesForm
from ..forms.filters import HoursFilter, YearFilter
from ..queries.absences import reason_for
from ..queries.attendance import MISSED, attendances, opens
from ..queries.study import (
    StudyLine,
    counting_of,
    entries_of,
    meetings_of,
    norms_of,
    standings_of,
    study_lines,
)
from ..rules import in_hours, quarters_of_meeting
from .study import counting_row

READ, FORM = ("GET", "HEAD"), ("GET", "HEAD", "POST")
PER_PAGE = 100
YEARS = 4  # that are offered
_COLUMNS = "姓名,单位,对象,学时:n,应学:n,还差:n,集中轮训,培训"


def _years() -> list[int]:
    return [clock.today().year - back for back in range(YEARS)]


def _end_of(request: PortalRequest) -> tuple[int, dt.date]:
    """The year that is asked for, and the day until which it is told: today, or its last. Raises
    Http404 for one to come."""
    today = clock.today()
    year = whole_number(request.GET.get("year", ""), digits=4) or today.year
    if not 1950 < year <= today.year:
        raise Http404
    return year, min(today, dt.date(year, 12, 31))


@needs(P.LIFE_VIEW, methods=READ)
def study_hours(request: PortalRequest) -> HttpResponse:
    """Everybody of a branch, or of all below: what he has studied in the year, and what he was to.
    By pinyin: nobody is ranked."""
    actor = request.actor
    year, end = _end_of(request)
    day, known_at = get_moment(request.GET)
    end = min(end, day) if day.year == year else end
    given = request.GET.get("organization", "")
    number = (whole_number(given) if given else actor.organization_id) or 0
    place = get_organization(actor, number, P.LIFE_VIEW, whole=True)
    lines = study_lines(standings_of(place, end, known_at), end, known_at)
    seen = [one for one in lines if actor.may_at(P.LIFE_VIEW, one.path)]
    show = request.GET.get("show", "")
    show = show if show in ("reached", "short") else ""
    shown = [one for one in seen if not show or (one.short == 0) == (show == "reached")]
    sums = sums_of(lines)
    page = Pager(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "place": place,
        "year": year,
        "end": end,
        "is_past": end < clock.today() and end != dt.date(year, 12, 31),
        "filter": HoursFilter({"year": str(year), "show": show}, years=_years()),
        "page": page,
        "rows": [_row(one) for one in page],
        "show": show,
        "sums": sums,
        # What the figure that leads here counted: people, or whole 学时.
        "counted": len(shown) if show else int(sums["hours"]),
        "is_branch": place.is_branch,
        "columns": _COLUMNS.replace("单位,", "") if place.is_branch else _COLUMNS,
        "may_record": place.is_branch and actor.may_at(P.LIFE_RECORD, place.path),
        "may_set": actor.may(P.PLAN_EDIT),
        "norms": norms_of(year),
    }
    return render(request, "life/study_hours.html", context)


def _row(line: StudyLine) -> dict[str, Any]:
    """A line with its figures in 学时."""
    return {
        "line": line,
        "hours": in_hours(line.quarters),
        "norm": in_hours(line.norm.quarters),
        "short": in_hours(line.short),
    }


def sums_of(lines: Sequence[StudyLine]) -> dict[str, Any]:
    """How many there are, who has reached his norm, and the hours of all."""
    committees = [one for one in lines if one.norm.central_courses]
    return {
        "people": len(lines),
        "reached_of": f"{sum(one.short == 0 for one in lines)} / {len(lines)}",
        "central_of": f"{sum(one.has_central for one in committees)} / {len(committees)}",
        "hours": in_hours(sum(one.quarters for one in lines)),
    }


@needs(P.LIFE_VIEW, methods=READ)
def study_member(request: PortalRequest, pk: int) -> HttpResponse:
    """One member's study of the year, row by row, and what he missed."""
    member = get_studying(request.actor, pk)
    year, end = _end_of(request)
    first = dt.date(year, 1, 1)
    counting = counting_of(year)
    rows: list[dict[str, Any]] = [
        {
            "on": row.meeting.held_on,
            # Of a record that he may not open the reader is told the kind, and whose it is.
            "title": row.meeting.topic if is_open else row.meeting.get_kind_display(),
            "kind": row.meeting.get_kind_display(),
            "organization": row.meeting.organization,
            "url": row.meeting.get_absolute_url() if is_open else "",
            "quarters": quarters_of_meeting(
                counting[StudyKind.MEETING],
                row.meeting.starts_at,
                row.meeting.ends_at,
                row.meeting.study_minutes,
            ),
        }
        for row in meetings_of(pk, first, end)
        for is_open in [opens(request.actor, row)]
    ]
    rows += [
        {
            "on": row.started_on,
            "until": row.ended_on if row.ended_on != row.started_on else None,
            "title": row.title,
            "kind": row.get_kind_display(),
            "is_central": row.is_central_course,
            "makes_up": row.makes_up,
            "organization": row.organization,
            "url": row.get_absolute_url()
            if request.actor.may_at(P.LIFE_VIEW, row.organization.path)
            else "",
            "quarters": counting_row(row, counting),
        }
        for row in entries_of(pk, first, end)
    ]
    rows.sort(key=lambda row: row["on"], reverse=True)
    for row in rows:
        row["hours"] = in_hours(row["quarters"])
    standing = standings_of(member.organization, end).filter(member=member)
    line = next(iter(study_lines(standing, end)), None)
    whole = sum(row["quarters"] for row in rows)
    context = {
        "member": member,
        "year": year,
        "end": end,
        "filter": YearFilter({"year": str(year)}, years=_years()),
        "rows": rows,
        "line": line,
        "own": _row(line) if line else None,
        "cut": in_hours(whole - line.quarters) if line and whole > line.quarters else None,
        "missed": [
            (row, reason_for(request.actor, row))
            for row in attendances(request.actor, pk, first, end, MISSED)
            if row.made_up_on is None  # type: ignore[attr-defined]  # annotated
        ],
    }
    return render(request, "life/study_member.html", context)


@needs(P.PLAN_EDIT, methods=FORM)
def study_rules(request: PortalRequest) -> HttpResponse:
    """How study is counted and how much is asked, from a year to come on."""
    year = clock.today().year

    def form(nothing: None) -> StudyRulesForm:
        return StudyRulesForm(
            acts.typed(request),
            counting=counting_of(year + 1),
            norms=norms_of(year + 1),
            initial={"from_year": year + 1},
        )

    return acts.perform(
        request,
        load=acts.no_subject,
        form=form,
        act=lambda attempt: study.set_rules(
            from_year=attempt.given["from_year"],
            counting=attempt.form.counting(),
            norms=attempt.form.norms(),
            by=request.actor,
        ),
        done=lambda attempt, nothing: acts.said(
            request, f"{attempt.given['from_year']} 年起按新的算。", "life:study-rules"
        ),
        show=lambda attempt: attempt.page(
            "life/study_rules.html",
            year=year,
            counting=_counted(year),
            norms=[
                (StudyGroup(group).label, one, in_hours(one.quarters))
                for group, one in norms_of(year).items()
            ],
        ),
    )


def _counted(year: int) -> list[tuple[str, list[str]]]:
    """Each kind with what it counts in the year, a dash for what it is not counted by."""
    return [
        (
            StudyKind(kind).label,
            [
                f"{in_hours(part):g}" if part else "—"
                for part in (one.per_half_day, one.per_hour, one.most_of_half_day)
            ],
        )
        for kind, one in counting_of(year).items()
    ]
