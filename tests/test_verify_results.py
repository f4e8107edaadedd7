"""Sealed results can be computed again by anybody, years later; what a hand in the database has written
is found, named, and left as it is."""

from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import F

from assessments.cycles.models import Score
from assessments.decisions.actions import verifying
from assessments.decisions.models import Decision
from core import health
from core.actor import system
from tests.decision_world import NOW, decided, score_of, street_of
from tests.test_objections import corrected
from tests.world import Zone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def told() -> str:
    out = StringIO()
    call_command("verify_results", stdout=out, stderr=out)
    return out.getvalue()


def warnings() -> list[str]:
    (one,) = [each for each in health.comparisons() if each.name == "sealed results"]
    return one.warnings()


def test_all_that_count_or_counted_are_looked_at(zone: Zone) -> None:
    cycle = decided(zone)
    assert "2 in 1 computation(s)" in told()
    corrected(zone, cycle)
    assert "4 in 2 computation(s)" in told()
    assert verifying.verify(by=system()) == 0
    assert warnings() == []


@pytest.mark.parametrize("what", ["digest", "facts", "result", "total", "grade", "old"])
def test_what_was_written_by_hand_is_named_and_stays(zone: Zone, what: str) -> None:
    cycle = decided(zone)
    street = street_of(zone, cycle)
    score = score_of(street)
    if what == "old":
        corrected(zone, cycle)
    rows = Score.objects.filter(pk=score.pk)
    if what in ("digest", "old"):
        rows.update(digest="0" * 64)
    elif what == "facts":
        facts = score.facts
        facts["facts"]["work"] = [{"points": "20", "reason": "看过现场"}]
        rows.update(facts=facts)
    elif what == "result":
        rows.update(result={**score.result, "total": "99"})
    elif what == "total":
        rows.update(total=F("total") + 1)
    else:
        rows.update(grade="好")
    stored = Score.objects.filter(pk=score.pk).values().get()
    with pytest.raises(
        CommandError, match="1 of" if what in ("facts", "total", "result") else "of"
    ):
        told()
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_results", stdout=out, stderr=out)
    named = "审定的整体校验码" if what == "grade" else street.name
    assert named in out.getvalue()
    assert verifying.verify(by=system()) > 0
    assert warnings() == ["sealed results differ from what their facts give"]
    assert Score.objects.filter(pk=score.pk).values().get() == stored
    assert Decision.objects.count() == 1
