"""The working-day calendar as the table holds it."""

import datetime as dt
from typing import Any

from django.utils import timezone

from core.periods import WorkCalendar

from ..models import CalendarDay, CalendarYear


def load() -> WorkCalendar:
    """The calendar of all years in the table. Two queries; a few dozen rows a year."""
    return WorkCalendar(
        exceptions=dict(CalendarDay.objects.values_list("day", "is_working")),
        decreed=frozenset(CalendarYear.objects.values_list("year", flat=True)),
    )


def end_of(day: dt.date) -> dt.datetime:
    """The moment at which `day` is over in the portal's time zone."""
    zone = timezone.get_current_timezone()
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone)


def noon_of(day: dt.date) -> dt.datetime:
    """The middle of the day, for what is known to have happened on it."""
    return dt.datetime.combine(day, dt.time(12), tzinfo=timezone.get_current_timezone())


def decreed_days(year: int) -> list[dict[str, Any]]:
    """The exceptions of `year` as the maintained package knows them: {day, is_working, name}.

    Empty when the package does not reach that year.
    """
    import chinese_calendar
    from chinese_calendar import Holiday

    try:
        chinese_calendar.is_workday(dt.date(year, 1, 1))
        chinese_calendar.is_workday(dt.date(year, 12, 31))
    except NotImplementedError:
        return []
    rows = []
    day = dt.date(year, 1, 1)
    names = {item.value: item.chinese for item in Holiday}
    while day.year == year:
        working = chinese_calendar.is_workday(day)
        if working != (day.weekday() < 5):
            _, name = chinese_calendar.get_holiday_detail(day)
            rows.append(
                {"day": day, "is_working": working, "name": names.get(name or "", name or "")}
            )
        elif not working:
            holiday, name = chinese_calendar.get_holiday_detail(day)
            if holiday and name:
                rows.append({"day": day, "is_working": False, "name": names.get(name, name)})
        day += dt.timedelta(days=1)
    return rows
