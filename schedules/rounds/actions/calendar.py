"""Keeping the working-day calendar."""

import datetime as dt

from core import audit
from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from ..models import CalendarDay, CalendarYear
from ..queries.calendar import decreed_days


@action
def fill_from_package(*, years: list[int], by: Actor) -> list[int]:
    """Fills the years that are not in the table yet from the maintained package.

    Returns the years filled; a year the package does not know is left out, never guessed.
    """
    known = set(CalendarYear.objects.filter(year__in=years).values_list("year", flat=True))
    filled = []
    for year in years:
        rows = [] if year in known else decreed_days(year)
        if not rows:
            continue
        CalendarYear.objects.bulk_create(
            [CalendarYear(year=year, source="chinesecalendar")], ignore_conflicts=True
        )
        CalendarDay.objects.bulk_create([CalendarDay(**row) for row in rows], ignore_conflicts=True)
        filled.append(year)
    if filled:
        audit.record(
            by=by, verb="schedules.calendar.fill", label="、".join(map(str, filled)) + "年"
        )
    return filled


@action
def set_day(*, day: dt.date, is_working: bool, name: str, by: Actor) -> CalendarDay:
    """Enters one day's arrangement; an existing entry of that day is replaced, and the same
    once more changes nothing."""
    row, is_new = CalendarDay.objects.select_for_update().get_or_create(
        day=day, defaults={"is_working": is_working, "name": name}
    )
    before = (None, None) if is_new else (row.is_working, row.name)
    if before == (is_working, name):
        return row
    row.is_working, row.name = is_working, name
    row.save(update_fields=["is_working", "name"])
    audit.record(
        by=by,
        verb="schedules.calendar.set_day",
        obj=row,
        changes={"is_working": [before[0], is_working], "name": [before[1], name]},
    )
    return row


@action
def remove_day(*, day: dt.date, by: Actor) -> None:
    """Takes an entry away: the day is what its weekday says again. Idempotent."""
    deleted, _ = CalendarDay.objects.filter(day=day).delete()
    if deleted:
        audit.record(by=by, verb="schedules.calendar.remove_day", label=str(day))


@action
def declare_year(*, year: int, source: str, by: Actor) -> CalendarYear:
    """Says that a year's arrangement has been entered completely, from the document named."""
    if not 2000 <= year <= 2100:
        raise DomainError("年份应在 2000 至 2100 之间。", field="year")
    row, is_new = CalendarYear.objects.select_for_update().get_or_create(
        year=year, defaults={"source": source}
    )
    before = None if is_new else row.source
    if before == source:
        return row
    row.source = source
    row.save(update_fields=["source"])
    audit.record(
        by=by, verb="schedules.calendar.declare_year", obj=row, changes={"source": [before, source]}
    )
    return row
