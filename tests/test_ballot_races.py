"""Ballots counted by several at the same moment, and while the results are submitted."""

from typing import Any

import pytest
import time_machine

from assessments.ballots.enums import RoundState
from assessments.ballots.models import BallotCount, BallotRound
from assessments.cycles.actions import cycles
from assessments.cycles.models import HandMark
from core import derived
from core.errors import Conflict, DomainError
from core.states import MovedOn, Stale
from tests.ballot_world import KEY, arranged, ballot_cycle, counted, fresh, give
from tests.parallel import run_together
from tests.test_ballots import NOW
from tests.world import build_zone, make_user


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_second_counts_one_is_the_second() -> None:
    with time_machine.travel(NOW, tick=True):
        zone = build_zone()
        for name in ("zone2", "zone3"):
            zone.users[name] = make_user(name, "zone_staff", zone.root)
        cycle = ballot_cycle(zone)
        rows = arranged(cycle, zone.actor("zone"))
        give(cycle, zone.actor("zone"), {rows[0].pk: counted(20, 10, 5, 5)})
        outcomes = run_together(
            [
                lambda: give(cycle, zone.actor("zone2"), {rows[0].pk: counted(20, 10, 5, 5)}),
                lambda: give(cycle, zone.actor("zone3"), {rows[0].pk: counted(19, 11, 5, 5)}),
            ]
        )
        refused = [one.error for one in outcomes if one.error is not None]
        assert [type(error) for error in refused] == [Conflict], outcomes
        counts = BallotCount.objects.filter(round=rows[0]).order_by("seat")
        assert [one.seat for one in counts] == [1, 2]
        stored = BallotRound.objects.get(pk=rows[0].pk)
        agreed = counts[0].votes == counts[1].votes
        assert stored.state == (RoundState.DONE if agreed else RoundState.DIFFERING)
        marks = HandMark.objects.filter(assessed=rows[0].assessed_id, indicator=KEY)
        assert marks.count() == agreed


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_count_is_in_what_is_submitted_or_refused() -> None:
    with time_machine.travel(NOW, tick=True):
        zone = build_zone()
        for name in ("zone2", "zone3"):
            zone.users[name] = make_user(name, "zone_staff", zone.root)
        cycle = ballot_cycle(zone)
        rows = arranged(cycle, zone.actor("zone"))
        alike = {row.pk: counted(20, 10, 5, 5) for row in rows}
        for name in ("zone", "zone2"):
            give(cycle, zone.actor(name), alike)
        derived.registered()["scores"].refresh_all()
        from assessments.ballots.actions import rounds

        found = BallotRound.objects.select_related("assessed__cycle__organization").get(
            pk=rows[0].pk
        )
        revision = fresh(cycle).revision

        def submit() -> Any:
            return cycles.submit(cycle=fresh(cycle), revision=revision, by=zone.actor("zone"))

        def reopen() -> Any:
            return rounds.reopen(
                found=found, reason="重新点一遍", revision=found.revision, by=zone.actor("zone2")
            )

        outcomes = run_together([submit, reopen])
        refused = [one.error for one in outcomes if one.error is not None]
        assert len(refused) == 1, outcomes
        assert isinstance(refused[0], Conflict | MovedOn | Stale | DomainError)
        stored, row = fresh(cycle), BallotRound.objects.get(pk=rows[0].pk)
        is_marked = HandMark.objects.filter(assessed=row.assessed_id, indicator=KEY).exists()
        # Submitted with its mark, or counted anew without one and not submitted.
        assert (stored.state == "submitted") == (row.state == RoundState.DONE) == is_marked
