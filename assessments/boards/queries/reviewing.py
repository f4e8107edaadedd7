"""How a cycle was reviewed: what was looked at and why, how far two lay apart, what a third was asked
about. Nothing of it tells one reviewer from another."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Q, Sum

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle, Score
from assessments.cycles.standings import HUNDRED, seat_marks
from assessments.reviews.enums import SeatState, Why
from assessments.reviews.models import Review, ReviewItem, ReviewSeat
from assessments.reviews.queries.holding import marks_in
from assessments.scoring.numbers import number
from assessments.scoring.totals import mean_of
from core.actor import Actor

from .boards import Stored


@dataclass(frozen=True, slots=True)
class Pair:
    """An indicator of one of the assessed that two marked by themselves: how far apart they lay, in
    hundredths of its full marks."""

    score: Score
    key: str
    name: str
    apart: Fraction
    has_third: bool


@dataclass(frozen=True, slots=True)
class Head:
    """An indicator: its pairs, how far apart they lay on the average, how often a third was asked."""

    key: str
    name: str
    pairs: int
    apart: Fraction
    thirds: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review that is over. `whys`: why items were looked at, how many of them, how many by two."""

    teams: int
    members: int
    whys: Sequence[tuple[str, int, int]]
    pairs: Sequence[Pair]
    heads: Sequence[Head]
    limit: Fraction  # hundredths of the full marks from which on a third is asked
    evidence: int
    unopened: int

    @property
    def items(self) -> int:
        """How many were looked at."""
        return sum(count for _, count, _ in self.whys)

    @property
    def thirds(self) -> int:
        """About how many a third was asked."""
        return sum(one.has_third for one in self.pairs)

    @property
    def apart(self) -> Fraction | None:
        """How far two lay apart on the average."""
        return mean_of([one.apart for one in self.pairs])


def review_of(cycle: Cycle) -> Review | None:
    """The review of a cycle. One query."""
    return Review.objects.select_related("cycle").filter(cycle=cycle).first()


def is_told(actor: Actor, review: Review) -> bool:
    """Whether the actor may see how far reviewers lay apart: once all marks are given, and while the
    cycle is decided on, which may be sent back, not if he marked in it himself. One query."""
    state = review.cycle.state
    if state == CycleState.SUBMITTED:
        return not marks_in(actor, review)
    return state == CycleState.SEALED


def reviewed_of(review: Review, stored: Stored) -> Reviewed:
    """What the review was. Four queries."""
    cycle = stored.cycle
    seats = ReviewSeat.objects.filter(item__assessed__cycle=cycle, state=SeatState.GIVEN)
    looked = seats.aggregate(evidence=Sum("n_evidence"), unopened=Sum("n_unopened"))
    counted = {
        row["why"]: (row["n"], row["doubled"])
        for row in ReviewItem.objects.filter(assessed__cycle=cycle, assessed__is_out=False)
        .order_by()
        .values("why")
        .annotate(n=Count("pk"), doubled=Count("pk", filter=Q(wanted__gt=1)))
    }
    teams = review.teams.aggregate(n=Count("pk", distinct=True), people=Count("members"))
    pairs = _pairs(stored)
    return Reviewed(
        teams["n"],
        teams["people"],
        [(str(why.label), *counted[why]) for why in Why if why in counted],
        pairs,
        _heads(pairs),
        number(str(review.third_share)) * HUNDRED,
        looked["evidence"] or 0,
        looked["unopened"] or 0,
    )


def _pairs(stored: Stored) -> list[Pair]:
    """Of all scores, furthest apart first: the pairs that the measuring error is told from."""
    told: Mapping[int, Mapping[str, Any]] = dict(
        Score.objects.filter(pk__in=[one.pk for one in stored.scores])
        .annotate(told=F("result__indicators"))
        .values_list("pk", "told")
    )
    found = []
    for score in stored.scores:
        for one in stored.schemes[score.assessed.version_id].indicators:
            said = told[score.pk].get(one.key)
            marks = seat_marks(said) if said else []
            if len(marks) > 1 and one.full:
                apart = abs(marks[0] - marks[1]) / one.full * HUNDRED
                found.append(Pair(score, one.key, one.name, apart, len(marks) > 2))
    return sorted(found, key=lambda pair: (-pair.apart, pair.score.assessed.path, pair.key))


def _heads(pairs: Sequence[Pair]) -> list[Head]:
    counts, names = Counter(one.key for one in pairs), {one.key: one.name for one in pairs}
    found = []
    for key, count in counts.items():
        some = [one for one in pairs if one.key == key]
        apart = mean_of([one.apart for one in some]) or Fraction(0)
        found.append(Head(key, names[key], count, apart, sum(one.has_third for one in some)))
    return sorted(found, key=lambda head: (-head.apart, head.key))
