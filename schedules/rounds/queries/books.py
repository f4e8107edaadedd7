"""From where to where the figures of a report reach, so that every movement counts in one period.

A period ends with its last day, or with the day on which its figures were frozen if that was
earlier; the next one begins right there, by what was known at that moment. So what happened in
the last days of an early report, and what was told late, counts in the next. A period whose
figures nobody froze ends with its last day, by what was known when the next one was frozen.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from core import clock, figures, periods
from core.figures import Cut, Window

from ..enums import ItemKind
from ..models import Report, ReportItem


def neighbours(report: Report) -> dict[str, Report]:
    """Period -> the same organisation's reports of the same plan for the periods before and after,
    with their items. Two queries; one where there are none."""
    around = [periods.shift(report.period, -1), periods.shift(report.period, 1)]
    rows = Report.objects.filter(
        duty__plan=report.duty.plan_id,
        organization_id=report.organization_id,
        period__in=around,
    ).prefetch_related("items")
    return {row.period: row for row in rows}


def live_window(report: Report, near: Mapping[str, Report]) -> Window:
    """What the report's figures are computed for while they can change; `near` are its
    neighbours. No query."""
    before, after = periods.shift(report.period, -1), periods.shift(report.period, 1)
    frozen: dict[str, ReportItem] = {}
    for period, row in near.items():
        if row.figures_at is not None:
            found = [one for one in row.items.all() if one.kind == ItemKind.FIGURES]
            if found:
                frozen[period] = found[0]
    opened = _closing(frozen[before]) if before in frozen else None
    if after in frozen and (next_one := window_of(frozen[after])) is not None:
        # The next one is frozen already and has begun somewhere: this one ends there.
        end = next_one.opening
        moment = end.known_at or next_one.known_at
        if moment is not None:
            return Window(report.period, _day(moment), moment, opened, min(end.day, _last(report)))
    return Window(report.period, clock.today(), None, opened)


def freezing(window: Window, now: dt.datetime) -> tuple[dt.datetime, Window]:
    """The moment as of which figures of the window are frozen when sent `now`, and what for."""
    moment = window.known_at or now
    return moment, dataclasses.replace(window, known_at=moment)


def kept(rows: Sequence[Mapping[str, Any]], window: Window) -> dict[str, Any]:
    """The value of an item of figures, with where they were cut off, for their addresses."""
    cut: dict[str, Any] = {
        "end": window.end.isoformat(),
        "opened_on": window.opening.day.isoformat(),
    }
    if window.opening.known_at is not None:
        cut["opened_at"] = figures.moment_word(window.opening.known_at)
    return {"figures": list(rows), "cut": cut}


def window_of(item: ReportItem, value: Mapping[str, Any] | None = None) -> Window | None:
    """What the item's figures were frozen for, which their rows must be found by however much
    later; None when they were not. No query."""
    report, value = item.report, item.value if value is None else value
    if report.figures_at is None:
        return None
    moment, day, cut = report.figures_at, _day(report.figures_at), value.get("cut")
    if not cut:  # frozen before periods had ends: as of the day of sending
        return Window(report.period, day, moment, read_on=day)
    return Window(report.period, day, moment, _opened(cut), dt.date.fromisoformat(cut["end"]))


def window_now(item: ReportItem, value: Mapping[str, Any]) -> Window:
    """What live figures were computed for, as the value says. No query."""
    period, cut = item.report.period, value.get("cut") or {}
    opened = None
    if cut:
        opened = _opened(cut)
    return Window(period, clock.today(), None, opened)


def _opened(cut: Mapping[str, Any]) -> Cut:
    return Cut(
        dt.date.fromisoformat(cut["opened_on"]),
        figures.moment_of(cut["opened_at"]) if cut.get("opened_at") else None,
    )


def _closing(item: ReportItem) -> Cut | None:
    window = window_of(item)
    return window.closing if window else None


def _last(report: Report) -> dt.date:
    return periods.last_day(report.period)


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment)
