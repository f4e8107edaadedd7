"""Reviewers at the same moment: an item is counted once, and whoever is too late is told so."""

from typing import Any

import pytest
import time_machine

from assessments.cycles.actions import cycles
from assessments.cycles.models import HandMark
from assessments.reviews.actions import beginning, handing, marks
from assessments.reviews.models import Review, ReviewItem, ReviewSeat
from core import effects
from core.errors import Conflict, DomainError
from core.models import AuditEntry
from orgs.models import NamedRight
from tests.parallel import run_together
from tests.review_world import Reviewed, arranged, reviewing
from tests.test_reviews import NOW
from tests.world import build_zone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def give(found: Reviewed, name: str, points: str) -> Any:
    seat = found.seat(name, found.zone.street)
    return marks.give(
        seat=seat,
        revision=seat.revision,
        facts={0: {"points": points, "reason": "看过现场"}},
        reason="",
        by=found.actor(name),
    )


def test_two_on_one_item_at_once_count_once() -> None:
    with time_machine.travel(NOW, tick=True):
        found = reviewing(build_zone())
        outcomes = run_together(
            [lambda: give(found, "gao", "18"), lambda: give(found, "lin", "17")]
        )
        assert not [one.error for one in outcomes if one.error]
        item = found.item(found.zone.street).pk
        run_together([lambda: marks.gather(item_id=item, by=found.zone.actor("zone"))] * 3)
        effects.run_due()
        assert ReviewItem.objects.get(pk=item).state == "done"
        assert HandMark.objects.count() == 2
        assert AuditEntry.objects.filter(verb="reviews.item.finish").count() == 1


def test_two_far_apart_gathered_at_once_have_one_third() -> None:
    with time_machine.travel(NOW, tick=True):
        found = reviewing(build_zone())
        give(found, "gao", "18")
        give(found, "lin", "8")
        item = found.item(found.zone.street).pk
        run_together([lambda: marks.gather(item_id=item, by=found.zone.actor("zone"))] * 4)
        assert ReviewSeat.objects.filter(item=item).count() == 3
        assert AuditEntry.objects.filter(verb="reviews.item.ask").count() == 1


def test_a_review_begins_once() -> None:
    with time_machine.travel(NOW, tick=True):
        found = arranged(build_zone())

        def begin() -> Any:
            review = Review.objects.select_related("cycle__organization").get()
            return beginning.begin(
                review=review, revision=found.review.revision, by=found.zone.actor("zone")
            )

        outcomes = run_together([begin] * 3)
        assert sum(one.error is None for one in outcomes) == 1, outcomes
        assert ReviewSeat.objects.count() == 4
        assert NamedRight.objects.count() == 4


def test_marking_against_submitting_and_against_keeping_out() -> None:
    with time_machine.travel(NOW, tick=True):
        found = reviewing(build_zone())
        zone = found.zone
        for place in (zone.street, zone.neighbour_street):
            for name in ("gao", "lin"):
                found.give(name, place, "18")
        street, actor = found.assessed(zone.street), found.actor("gao")

        def submit() -> Any:
            cycle = found.assessed(zone.street).cycle
            return cycles.submit(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))

        outcomes = run_together(
            [
                submit,
                lambda: handing.recuse(assessed=street, reason="亲属调入该街道", by=actor),
            ]
        )
        assert all(isinstance(one.error, Conflict | DomainError | None) for one in outcomes)
        # Submitted with all of the marks, or kept out of and not submitted: never both.
        state = found.assessed(zone.street).cycle.state
        kept_out = NamedRight.objects.filter(is_recusal=True).exists()
        assert kept_out is (state == "reviewing"), outcomes
        assert HandMark.objects.count() == (2 if kept_out else 4)
