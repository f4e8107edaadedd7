"""What the clock does for schedules."""

import datetime as dt

from core import clock, scheduler
from core.actor import system

from .actions import calendar, measuring, opening, phases, reminders, rollups
from .queries.calendar import load
from .queries.reminding import is_working_hour


@scheduler.daily("schedules.open_periods", label="打开新的月份", hour=0, minute=10)
def open_periods(planned_for: dt.datetime) -> None:
    """Opens the periods whose day has come, and keeps the calendar filled."""
    year = planned_for.year
    calendar.fill_from_package(years=[year - 1, year, year + 1], by=system())
    opening.open_due_periods(by=system())  # and takes what is due by now to where it stands


@scheduler.every("schedules.send_due_reminders", label="到期提醒", minutes=30)
def send_due_reminders(planned_for: dt.datetime) -> None:
    """One digest a person and day, in working hours, from the hour that he chose."""
    reminders.send_digests(by=system())


@scheduler.every("schedules.send_summaries", label="截止小结", minutes=30)
def send_summaries(planned_for: dt.datetime) -> None:
    """How the month stands, on the first working day after the deadline, in working hours."""
    if is_working_hour(clock.now(), load()):
        phases.pass_moments(by=system())
        rollups.refresh_all()
        rollups.send_summaries(by=system())


@scheduler.daily("schedules.measure_burden", label="估计和统计基层用时", hour=3, minute=20)
def measure_burden(planned_for: dt.datetime) -> None:
    """How long things take, once a week; what each month asked of whom; and the rules of the house
    that read very many rows."""
    measuring.estimate_minutes(by=system())
    measuring.count_months(by=system())
    measuring.look_behind(by=system())
