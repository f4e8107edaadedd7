"""Self-assessments acted on by several at the same moment."""

from typing import Any

import pytest
import time_machine

from assessments.cycles.actions import cycles
from assessments.cycles.models import Assessed, Cycle
from assessments.self_assessments.actions import items, sending
from assessments.self_assessments.models import SelfAssessment, SelfItem
from core.errors import Conflict
from core.models import AuditEntry
from tests.parallel import run_together
from tests.self_world import NOW, assessed_of, begun, marked
from tests.world import Zone, build_zone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def ready() -> tuple[Zone, Assessed, int]:
    """All that is asked for is marked; the revision that was seen."""
    zone = build_zone()
    begun(zone)
    found = marked(zone, zone.street)
    return zone, found, SelfAssessment.objects.get().revision


def send(zone: Zone, revision: int) -> SelfAssessment:
    by = zone.actor("dahuangshan")
    return sending.send(assessed=assessed_of(zone.street), revision=revision, by=by)


def verbs(name: str) -> int:
    return AuditEntry.objects.filter(verb=f"self_assessments.{name}").count()


def test_of_two_sends_one_is_done() -> None:
    with time_machine.travel(NOW, tick=True):
        zone, _, seen = ready()
        outcomes = run_together([lambda: send(zone, seen)] * 4)
        errors = [one.error for one in outcomes if one.error]
        assert len(errors) == 3
        assert all(isinstance(one, Conflict) for one in errors), errors
        assert SelfAssessment.objects.get().state == "sent"
        assert verbs("self_assessment.send") == 1


def test_an_edit_is_in_what_was_sent_or_refused() -> None:
    with time_machine.travel(NOW, tick=True):
        zone, _, seen = ready()

        def edit() -> Any:
            return items.question(
                assessed=assessed_of(zone.street),
                indicator="vacant",
                reason="6月已到任",
                revision=0,
                by=zone.actor("dahuangshan"),
            )

        outcomes = run_together([edit, lambda: send(zone, seen)])
        assert sum(one.error is not None for one in outcomes) == 1
        assert all(isinstance(one.error, Conflict | None) for one in outcomes), outcomes
        # Either it was sent as it was seen, or the question stands and it was not sent.
        is_sent = SelfAssessment.objects.get().state == "sent"
        assert SelfItem.objects.filter(stance="questioned").exists() is not is_sent


def test_sending_and_the_beginning_of_the_review_come_one_after_the_other() -> None:
    with time_machine.travel(NOW, tick=True):
        zone, found, seen = ready()

        def begin() -> Any:
            cycle = Cycle.objects.select_related("organization").get(pk=found.cycle_id)
            return cycles.begin_review(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))

        outcomes = run_together([begin, lambda: send(zone, seen)])
        assert all(isinstance(one.error, Conflict | None) for one in outcomes), outcomes
        assert Cycle.objects.get().state == "reviewing"
        own = SelfAssessment.objects.get()
        assert (own.state == "sent") is (own.sent_at is not None) is (outcomes[1].error is None)


def test_of_two_who_return_one_item_both_reasons_stand_and_it_is_answered_once() -> None:
    with time_machine.travel(NOW, tick=True):
        zone, _, _ = ready()
        send(zone, SelfAssessment.objects.get().revision)

        def back(reason: str) -> Any:
            row = SelfAssessment.objects.select_related("assessed__cycle__organization").get()
            return sending.return_items(
                self_assessment=row, items=[("work", reason)], by=zone.actor("zone")
            )

        outcomes = run_together([lambda: back("写明支部"), lambda: back("附上台账")])
        assert not [one.error for one in outcomes if one.error]
        assert sorted(one.value for one in outcomes) == [0, 1]
        reason = SelfItem.objects.get(indicator="work").return_reason
        assert "写明支部" in reason
        assert "附上台账" in reason

        def answer() -> Any:
            return sending.answer(
                assessed=assessed_of(zone.street),
                indicator="work",
                by=zone.actor("dahuangshan"),
            )

        outcomes = run_together([answer, answer])
        assert sum(one.error is not None for one in outcomes) == 1
        assert SelfAssessment.objects.get().state == "sent"
        assert verbs("item.answer") == 1


def test_the_first_writing_makes_one_row() -> None:
    with time_machine.travel(NOW, tick=True):
        zone = build_zone()
        begun(zone)

        def first(key: str) -> Any:
            return items.question(
                assessed=assessed_of(zone.street),
                indicator=key,
                reason="数不对",
                revision=0,
                by=zone.actor("dahuangshan"),
            )

        outcomes = run_together([lambda: first("vacant"), lambda: first("branches")])
        assert not [one.error for one in outcomes if one.error], outcomes
        assert SelfAssessment.objects.count() == 1
        assert SelfItem.objects.count() == 2
