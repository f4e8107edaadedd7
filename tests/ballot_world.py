"""Cycles with ballots, for tests."""

from typing import Any

from assessments.ballots.actions import rounds
from assessments.ballots.actions.rounds import Counted, Outcome
from assessments.ballots.models import BallotRound
from assessments.ballots.rules import Count
from assessments.cycles.actions import cycles
from assessments.cycles.models import Cycle
from core import clock, derived
from core.actor import Actor
from tests.scheme_world import computed, content, figure, group_of, leaf, opened, published
from tests.world import Zone

WEIGHTS = {"好": "100", "较好": "80", "一般": "60", "差": "40"}
KEY = "vote"


def with_ballot(minimum: str = "10", **more: Any) -> dict[str, Any]:
    """A scheme that reads organisations alone, whose last indicator is the ballot of the report."""
    said = content(**more)
    parts = said["root"]["parts"][0]["parts"]
    parts[2]["rules"][0]["source"] = figure("branches", "ratio", of="branches")
    parts[3] = leaf(
        *(KEY, "20", "ballot", {"weights": WEIGHTS, "minimum": minimum}),
        name="述职评议",
        is_report=True,
        reviewers=1,
    )
    return said


def ballot_cycle(zone: Zone, period: str = "2026-H1") -> Cycle:
    """A cycle of the streets whose facts are frozen."""
    published(zone.root, year=int(period[:4]), half=int(period[-1]), said=with_ballot())
    group_of(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"), period=period)
    derived.registered()["scores"].refresh_all()
    cycle = Cycle.objects.get(pk=cycle.pk)
    cycles.freeze(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    return fresh(computed(cycle))


def fresh(cycle: Cycle) -> Cycle:
    """The cycle as it is stored."""
    return Cycle.objects.select_related("organization").get(pk=cycle.pk)


def arranged(cycle: Cycle, by: Actor) -> list[BallotRound]:
    """Its rounds, in the order of the tree."""
    rounds.arrange(cycle=cycle, indicator=KEY, held_on=clock.today(), place="评议会", by=by)
    rows = BallotRound.objects.filter(assessed__cycle=cycle).select_related(
        "assessed__cycle__organization", "assessed__organization"
    )
    return list(rows.order_by("assessed__path"))


def counted(*votes: int, invalid: int = 1, issued: int | None = None) -> Count:
    """A count that holds: so many 好, 较好, 一般, 差."""
    collected = sum(votes) + invalid
    named = dict(zip(WEIGHTS, votes, strict=True))
    return Count(collected if issued is None else issued, collected, named, invalid)


def give(cycle: Cycle, by: Actor, counts: dict[int, Count]) -> Outcome:
    """What somebody counted, by the pk of the round."""
    return rounds.count_many(
        cycle=cycle, indicator=KEY, counted=[Counted(*one) for one in counts.items()], by=by
    )
