"""The working-day calendar: what the State Council decreed, and the deadlines that follow."""

import calendar as months
import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.periods import WorkCalendar
from core.text import whole_number
from orgs.permissions import Permission as P

from .. import fulfilment
from ..actions import calendar as calendars
from ..forms import CalendarDayForm, CalendarYearForm, DayRemovalForm
from ..models import CalendarDay, CalendarYear
from ..queries.calendar import load
from ..queries.plans import plans_offered
from .plans import deadlines

DayAttempt = acts.Attempt[None, CalendarDayForm]


def _address(year: int) -> str:
    return f"{reverse('schedules:calendar')}?year={year}"


def _year(request: PortalRequest) -> int:
    raw = request.GET.get("year", "")
    if not raw:
        return clock.today().year
    year = whole_number(raw, digits=4) or 0
    if not 2000 <= year <= 2100:
        raise Http404
    return year


def _months(year: int, table: WorkCalendar, names: dict[dt.date, str], due: set[dt.date]) -> Any:
    """Twelve months as weeks of days; a day outside the month is None."""
    today = clock.today()
    for month in range(1, 13):
        weeks = []
        for week in months.Calendar().monthdatescalendar(year, month):
            weeks.append(
                [
                    {
                        "day": day,
                        "is_working": table.is_working(day),
                        "mark": ("班" if table.exceptions[day] else "休")
                        if day in table.exceptions
                        else "",
                        "name": names.get(day, ""),
                        "is_due": day in due,
                        "is_today": day == today,
                    }
                    if day.month == month
                    else None
                    for day in week
                ]
            )
        first, last = (
            dt.date(year, month, 1),
            dt.date(year, month, months.monthrange(year, month)[1]),
        )
        yield {"number": month, "weeks": weeks, "working": table.working_days(first, last)}


@needs(P.PLAN_VIEW, P.CALENDAR_EDIT, methods=("GET", "HEAD"))
def calendar(request: PortalRequest) -> HttpResponse:
    """A year by months, its arrangement, and the deadlines of the plans."""
    return _page(request, _year(request))


def _page(
    request: PortalRequest,
    year: int,
    *,
    day_form: CalendarDayForm | None = None,
    year_form: CalendarYearForm | None = None,
    status: int = 200,
) -> HttpResponse:
    table = load()
    declared = CalendarYear.objects.filter(year=year).first()
    days = list(CalendarDay.objects.filter(day__year=year))
    kept = [one for one in plans_offered() if fulfilment.of(one).is_by_period][:10]
    plans = [{"plan": plan, "rows": deadlines(plan, year, table)} for plan in kept]
    # What is due in January belongs to a period of the year before.
    due = {
        row["due_on"]
        for plan in kept
        for of_year in (year - 1, year)
        for row in deadlines(plan, of_year, table)
    }
    context = {
        "year": year,
        "declared": declared,
        "months": list(_months(year, table, {day.day: day.name for day in days}, due)),
        "days": days,
        "runs": _runs(days),
        "plans": plans,
        "day_form": day_form or CalendarDayForm(),
        "year_form": year_form or CalendarYearForm(),
        "removal_form": DayRemovalForm(days=[(f"{one.day}", _entered(one)) for one in days]),
        "may_edit": request.actor.may(P.CALENDAR_EDIT),
    }
    return render(request, "schedules/calendar.html", context, status=status)


def _runs(days: list[CalendarDay]) -> list[dict[str, Any]]:
    """Neighbouring days of one name and kind as one line."""
    runs: list[dict[str, Any]] = []
    for day in days:
        last = runs[-1] if runs else None
        if (
            last
            and (last["name"], last["is_working"]) == (day.name, day.is_working)
            and day.day - last["last"] == dt.timedelta(days=1)
        ):
            last["last"] = day.day
        else:
            runs.append(
                {
                    "first": day.day,
                    "last": day.day,
                    "name": day.name,
                    "is_working": day.is_working,
                }
            )
    return runs


@needs(P.CALENDAR_EDIT, methods=("POST",))
def calendar_day_set(request: PortalRequest) -> HttpResponse:
    """Enters one day's arrangement."""

    def act(attempt: DayAttempt) -> tuple[CalendarDay | None, CalendarDay]:
        before = CalendarDay.objects.filter(day=attempt.given["day"]).first()
        return before, calendars.set_day(**attempt.given, by=request.actor)

    def done(attempt: DayAttempt, entries: tuple[CalendarDay | None, CalendarDay]) -> HttpResponse:
        before, row = entries
        instead = ""
        if before is not None and (before.is_working, before.name) != (row.is_working, row.name):
            instead = f"，原为{_entry(before)}"
        day = f"{row.day.year}年{row.day.month}月{row.day.day}日"
        return acts.said(request, f"{day} 记为{_entry(row)}{instead}。", _address(row.day.year))

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: CalendarDayForm(acts.typed(request)),
        act=act,
        done=done,
        show=lambda attempt: _page(
            request, clock.today().year, day_form=attempt.form, status=attempt.status
        ),
    )


def _entered(row: CalendarDay) -> str:
    word = "班" if row.is_working else "休"
    return " ".join(filter(None, (f"{row.day.month}月{row.day.day}日", row.name, word)))


def _entry(row: CalendarDay) -> str:
    word = "上班" if row.is_working else "休息"
    return f"{word}（{row.name}）" if row.name else word


@needs(P.CALENDAR_EDIT, methods=("POST",))
def calendar_day_remove(request: PortalRequest) -> HttpResponse:
    """Takes an entry away: the day is what its weekday says again."""
    form = DayRemovalForm(request.POST)
    if not form.is_valid():  # chosen from those on the page, never typed
        raise Http404
    day: dt.date = form.cleaned_data["day"]
    return acts.press(
        request,
        load=acts.no_subject,
        act=lambda nothing: calendars.remove_day(day=day, by=request.actor),
        done=lambda nothing, removed: acts.said(
            request,
            f"{day.month}月{day.day}日 恢复为按星期推算。",
            _address(day.year) if 2000 <= day.year <= 2100 else "schedules:calendar",
        ),
    )


@needs(P.CALENDAR_EDIT, methods=("POST",))
def calendar_year_declare(request: PortalRequest, year: int) -> HttpResponse:
    """Says that the year's arrangement has been entered completely."""
    if not 2000 <= year <= 2100:
        raise Http404
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: CalendarYearForm(acts.typed(request)),
        act=lambda attempt: calendars.declare_year(year=year, by=request.actor, **attempt.given),
        done=lambda attempt, declared: acts.said(
            request, f"{year}年安排已记为录入完毕。", _address(year)
        ),
        show=lambda attempt: _page(request, year, year_form=attempt.form, status=attempt.status),
    )
