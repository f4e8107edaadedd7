"""Decisions, objections and publications by several at the same moment, and a decision cut off."""

from typing import Any

import pytest
import time_machine

from assessments.cycles.actions import corrections, cycles, postings
from assessments.cycles.models import Correction, Cycle, Posting, Run
from assessments.decisions.actions import decisions, objections, publications
from assessments.decisions.models import Decision, Objection, Publication
from core.errors import Conflict
from core.models import AuditEntry, Notification
from tests.decision_world import MEETING, NOW, decided, fresh, score_of, street_of, submitted
from tests.parallel import run_together
from tests.test_objections import TWENTY, WHY, checker, named, proposed, raised, stored
from tests.test_publications import TYPED
from tests.world import Zone, build_zone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def begun(*points: str) -> tuple[Zone, Cycle]:
    zone = build_zone()
    return zone, submitted(zone, *(points or ("15", "20")))


def sealed(*points: str) -> tuple[Zone, Cycle]:
    zone = build_zone()
    return zone, decided(zone, *(points or ("15", "20")))


def done(outcomes: Any) -> int:
    """How many came through; the others were told why."""
    errors = [one.error for one in outcomes if one.error is not None]
    assert all(isinstance(error, Conflict) for error in errors), errors
    return len(outcomes) - len(errors)


def test_decided_against_sent_back_is_one_of_them() -> None:
    zone, cycle = begun()

    def decide() -> Any:
        return decisions.decide(
            cycle=fresh(cycle), revision=cycle.revision, by=zone.actor("committee"), **MEETING
        )

    def back() -> Any:
        return cycles.send_back(
            cycle=fresh(cycle),
            revision=cycle.revision,
            reason="再看一次",
            by=zone.actor("committee"),
        )

    assert done(run_together([decide, back, decide])) == 1
    is_sealed = fresh(cycle).state == "sealed"
    assert Decision.objects.count() == Posting.objects.count() / 2 == int(is_sealed)
    assert Notification.objects.filter(key__startswith="decisions.feedback").exists() == is_sealed


def test_cut_off_while_sealing_nothing_has_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    zone, cycle = begun()

    class Killed(BaseException):
        pass

    def cut(*args: Any, **kwargs: Any) -> Any:
        raise Killed

    def decide() -> Any:
        return decisions.decide(
            cycle=fresh(cycle), revision=cycle.revision, by=zone.actor("committee"), **MEETING
        )

    for module, name in ((postings, "post_sealed"), (decisions.feedback, "tell")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, cut)
            with pytest.raises(Killed):
                decide()
        assert fresh(cycle).state == "submitted"
        assert not Decision.objects.exists()
        assert not Posting.objects.exists()
        assert not AuditEntry.objects.filter(verb="cycles.cycle.seal").exists()
    decide()
    assert fresh(cycle).state == "sealed"


def test_published_twice_at_once_it_is_once() -> None:
    zone, cycle = sealed()

    def publish() -> Any:
        return publications.publish(
            cycle=fresh(cycle),
            audience="zone",
            shown="grades",
            reason=TYPED["reason"],
            since=NOW.date(),
            until=NOW.date(),
            by=zone.actor("zone"),
        )

    assert done(run_together([publish, publish, publish])) == 1
    assert Publication.objects.count() == 1


def test_raised_twice_at_once_it_is_once() -> None:
    zone, cycle = sealed()
    assert done(run_together([lambda: raised(zone, cycle)] * 3)) == 1
    assert Objection.objects.count() == 1


def test_of_two_answers_one_counts() -> None:
    zone, cycle = sealed()
    row = named(zone, raised(zone, cycle))
    by = checker(zone)

    def answer(outcome: str) -> Any:
        return objections.answer(
            objection=stored(row),
            revision=row.revision,
            outcome=outcome,
            answer=WHY,
            facts=TWENTY,
            by=by,
        )

    outcomes = run_together([lambda: answer("rejected"), lambda: answer("upheld")])
    assert done(outcomes) == 1
    found = stored(row)
    assert (found.state, found.outcome) in {("closed", "rejected"), ("proposed", "upheld")}


def test_two_corrections_at_once_follow_each_other() -> None:
    zone, cycle = sealed()
    street = street_of(zone, cycle)
    before = score_of(street)
    by = zone.actor("committee")

    def correct(key: str, indicator: str, facts: Any) -> Any:
        return corrections.correct(
            assessed=street, indicator=indicator, facts=facts, reason=WHY, key=key, by=by
        )

    count = {0: {"count": 4}}
    outcomes = run_together(
        [
            lambda: correct("a", "work", TWENTY),
            lambda: correct("b", "branches", count),
            lambda: correct("a", "work", TWENTY),
        ]
    )
    assert done(outcomes) == 3  # the same once more is the one that there is
    assert Correction.objects.count() == 2
    points = {
        one.indicator: float(one.new_points) - float(one.old_points)
        for one in Correction.objects.all()
    }
    assert float(score_of(street).total - before.total) == sum(points.values())
    chain = list(Correction.objects.order_by("to_run__number"))
    assert chain[1].from_run_id == chain[0].to_run_id
    assert fresh(cycle).run_id == chain[1].to_run_id
    assert Run.objects.filter(cycle=cycle).count() >= 3
    assert Posting.objects.filter(kind="correction").count() == 2


def test_confirmed_against_returned_is_one_of_them() -> None:
    zone, cycle = sealed()
    row = proposed(zone, raised(zone, cycle))
    by = zone.actor("committee")
    outcomes = run_together(
        [
            lambda: objections.confirm(objection=stored(row), revision=row.revision, by=by),
            lambda: objections.send_back(
                objection=stored(row), revision=row.revision, reason="再核", by=by
            ),
            lambda: objections.confirm(objection=stored(row), revision=row.revision, by=by),
        ]
    )
    assert done(outcomes) == 1
    closed = stored(row).state == "closed"
    assert Correction.objects.count() == int(closed)
