"""The usual plans of duties of organisation life are made, and their running periods opened."""

import datetime as dt
from dataclasses import dataclass

from core import clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict
from schedules.rounds.actions import opening
from schedules.rounds.actions import plans as rounds
from schedules.rounds.models import Plan

from ..queries.default_plans import first_day_of, usual_plans, values_of

TRIES = 3  # two who press at once: the second finds what the first has made


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of it: names of the plans made, and how many duties are new."""

    names: tuple[str, ...] = ()
    duties: int = 0


@action
def install(*, whole_year: bool = False, over_reason: str = "", by: Actor) -> Installed:
    """Makes a plan for each kind with a legal frequency that has none, and opens its running
    period; with `whole_year` all periods of the year so far. What was written down before counts at
    once. Idempotent: kinds that have a plan keep it, also one that was stopped. Raises DomainError
    where a month comes to more than the cap and `over_reason` does not say why."""
    today = clock.today()
    starts = first_day_of(today, whole_year=whole_year)
    made: dict[int, Plan] = {}
    for attempt in range(TRIES):
        missing = [one.plan for one in usual_plans(starts) if one.is_missing]
        try:
            for plan in missing:
                stored = rounds.create_plan(values=values_of(plan), over_reason=over_reason, by=by)
                made[stored.pk] = stored
            break
        except Conflict:  # somebody else makes them just now
            if attempt == TRIES - 1:
                raise
    duties = 0
    for plan in made.values():
        named = _running(plan, starts, today)
        duties += opening.open_periods(plan=plan, named=named, by=by)
    return Installed(tuple(plan.name for plan in made.values()), duties)


# --- private -----------------------------------------------------------------------------------


def _running(plan: Plan, first: dt.date, today: dt.date) -> list[str]:
    """The plan's periods from that of the first day to the one that runs."""
    period, last = (periods.containing(day, plan.cadence) for day in (first, today))
    named = [period]
    while named[-1] != last:
        named.append(periods.shift(named[-1], 1))
    return named
