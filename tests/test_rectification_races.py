"""Lists of rectification acted on by several at the same moment."""

from typing import Any

import pytest
import time_machine

from assessments.cycles.models import Cycle, Posting
from assessments.rectifications.actions import causes, closing, proposing
from assessments.rectifications.models import CommonCause, Finding, Rectification
from core import effects
from core.actor import system
from core.errors import Conflict
from core.models import AuditEntry, Effect
from schedules.action_items.actions import handling
from schedules.action_items.actions import lines as item_lines
from schedules.action_items.models import ActionItem, ActionStep
from tests.parallel import run_together
from tests.rectification_world import JULY, fill_offices, finding, issued, sealed, sheets_of
from tests.world import Zone, build_zone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(JULY, tick=True):
        yield


def over() -> tuple[Zone, Cycle]:
    zone = build_zone()
    return zone, sealed(zone.root, by=zone.actor("zone"), decider=zone.actor("committee"))


def fresh(cycle: Cycle) -> Cycle:
    return Cycle.objects.select_related("organization").get(pk=cycle.pk)


def test_two_who_propose_and_two_who_issue_do_it_once() -> None:
    zone, cycle = over()
    by = zone.actor("zone")
    found = run_together([lambda: proposing.propose(cycle=fresh(cycle), by=by) for _ in range(3)])
    assert not [one.error for one in found if one.error], found
    assert sorted(one.value for one in found) == [0, 0, 6]
    assert Finding.objects.count() == 6
    sheets = sheets_of(cycle)
    found = run_together(
        [lambda: proposing.issue(cycle=fresh(cycle), sheets=sheets, by=by) for _ in range(3)]
    )
    assert all(isinstance(one.error, Conflict | None) for one in found), found
    assert sum(one.error is None for one in found) == 1
    assert ActionItem.objects.filter(source_kind="rectification").count() == 2
    assert not Rectification.objects.filter(item=None).exists()


def test_the_job_run_twice_at_once_marks_each_line_once() -> None:
    zone, cycle = over()
    issued(cycle, by=zone.actor("zone"))
    fill_offices(zone.root)
    found = run_together([lambda: closing.close_turned_good(by=system()) for _ in range(3)])
    assert not [one.error for one in found if one.error], found
    assert sum(one.value for one in found) == 2
    assert ActionStep.objects.filter(kind="line").count() == 2
    assert AuditEntry.objects.filter(verb="action_items.line.turn_good").count() == 2
    assert Effect.objects.filter(kind=closing.CREDIT).count() == 2


def test_closing_by_the_fact_and_writing_measures_lose_nothing() -> None:
    zone, cycle = over()
    (row, _) = issued(cycle, by=zone.actor("zone"))
    by = zone.actor("dahuangshan")
    assert row.item is not None
    item = handling.receive(item=row.item, by=by)
    fill_offices(zone.street)
    plans = [item_lines.Plan(line.pk, "补选", "李明", "王芳") for line in item.lines.all()]
    found = run_together(
        [
            lambda: closing.close_turned_good(by=system()),
            lambda: item_lines.plan_lines(item=item, plans=plans, revision=item.revision, by=by),
        ]
    )
    assert not [one.error for one in found if one.error], found
    closing.close_turned_good(by=system())  # what was held then waits for the next time
    line = finding(row, "vacant").line
    assert line is not None
    assert line.state == "done"
    assert finding(row, "work").line.measure == "补选"  # type: ignore[union-attr]


def test_a_credit_is_booked_once_whoever_retries() -> None:
    zone, cycle = over()
    (row, _) = issued(cycle, by=zone.actor("zone"))
    fill_offices(zone.street)
    closing.close_turned_good(by=system())
    pk = finding(row, "vacant").pk
    found = run_together([lambda: closing.book(finding_id=pk, by=system()) for _ in range(3)])
    assert not [one.error for one in found if one.error], found
    assert sorted(one.value for one in found) == [False, False, True]
    assert Posting.objects.filter(kind="credit").count() == 1
    for effect in Effect.objects.filter(kind=closing.CREDIT):
        effects.handlers()[effect.kind].function(effect)
    assert Posting.objects.filter(kind="credit").count() == 1


def test_two_who_raise_a_cause_raise_it_once() -> None:
    zone, cycle = over()
    issued(cycle, by=zone.actor("zone"))
    given = {"title": "解决班子配备", "demand": "", "due_on": JULY.date().replace(month=9)}

    def act() -> CommonCause:
        return causes.raise_cause(
            cycle=fresh(cycle), indicator="vacant", by=zone.actor("zone"), **given
        )

    found = run_together([act, act])
    assert sum(one.error is None for one in found) == 1, found
    assert all(isinstance(one.error, Conflict | None) for one in found), found
    assert CommonCause.objects.count() == 1
    assert ActionItem.objects.filter(title="解决班子配备").count() == 1
