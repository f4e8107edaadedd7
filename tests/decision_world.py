"""A cycle of two streets as it lies before those who decide, and decided on."""

import datetime as dt
from typing import Any

from assessments.cycles.actions import cycles
from assessments.cycles.models import Assessed, Cycle, Score
from assessments.decisions.actions import decisions
from tests.test_cycle_pages import begun, frozen, marked
from tests.world import Zone

NOW = dt.datetime(
    2026, 7, 20, 10, tzinfo=dt.UTC
)  # a Monday; the last day for objections is 27 July
MEETING = {"met_on": dt.date(2026, 7, 20), "minutes_number": "徐开工委纪要〔2026〕15号"}
TYPED = {"met_on": "2026-07-20", "minutes_number": "徐开工委纪要〔2026〕15号"}


def fresh(cycle: Cycle) -> Cycle:
    """As it is stored."""
    return Cycle.objects.select_related("organization", "run").get(pk=cycle.pk)


def submitted(zone: Zone, *points: str, **more: Any) -> Cycle:
    """Marked with the points in the order of the tree, frozen, and submitted by the staff."""
    cycle = frozen(marked(begun(zone, **more), zone, *(points or ("18", "17"))), zone)
    cycle = fresh(cycle)
    cycles.submit(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    return fresh(cycle)


def decided(zone: Zone, *points: str, **more: Any) -> Cycle:
    """Decided on by the committee."""
    cycle = submitted(zone, *points, **more)
    decisions.decide(cycle=cycle, revision=cycle.revision, by=zone.actor("committee"), **MEETING)
    return fresh(cycle)


def street_of(zone: Zone, cycle: Cycle) -> Assessed:
    """The first street as it is assessed."""
    return Assessed.objects.select_related("cycle__organization", "cycle__run", "version").get(
        cycle=cycle, organization=zone.street
    )


def score_of(one: Assessed) -> Score:
    """What counts of it now."""
    return Score.objects.current().get(assessed=one)
