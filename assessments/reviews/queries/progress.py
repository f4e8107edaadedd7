"""How far a review is, told by items that are complete: never who has marked what."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, F, Q

from assessments.cycles.models import ASSESSED, Assessed, Score
from assessments.cycles.standings import seat_marks
from assessments.schemes.definitions import leaves
from assessments.scoring.numbers import number
from core.actor import Actor
from orgs.access import not_recused
from orgs.permissions import Permission

from ..enums import ItemState, SeatState
from ..models import ExampleMark, Review, ReviewCase, ReviewItem, ReviewSeat, ReviewTeam, TeamMember
from .examples import leaf_of_example, points_of_example

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """One of the assessed: how many of its items are complete, and how many seats wait for somebody
    to be named for."""

    assessed: Assessed
    team: ReviewTeam
    items: int
    done: int
    unseated: int

    @property
    def left(self) -> int:
        """How many of its items are not complete."""
        return self.items - self.done


def cases_of(review: Review, actor: Actor) -> list[CaseProgress]:
    """All that are reviewed, by team and place, without those from which the actor is kept away.
    Three queries."""
    cases = (
        ReviewCase.objects.filter(
            not_recused(
                actor,
                Permission.ASSESSMENT_RUN,
                "assessed__organization",
                {ASSESSED: "assessed_id"},
            ),
            team__review=review,
        )
        .select_related("team", "assessed__organization")
        .order_by("team__number", "assessed__path")
    )
    counts: dict[int, tuple[int, int]] = {
        row["assessed"]: (row["n"], row["done"])
        for row in ReviewItem.objects.filter(assessed__cycle=review.cycle_id)
        .order_by()
        .values("assessed")
        .annotate(n=Count("pk"), done=Count("pk", filter=Q(state=ItemState.DONE)))
    }
    unseated = dict(
        ReviewSeat.objects.filter(
            item__assessed__cycle=review.cycle_id, user=None, state=SeatState.OPEN
        )
        .order_by()
        .values_list("item__assessed")
        .annotate(n=Count("pk"))
    )
    return [
        CaseProgress(
            one.assessed,
            one.team,
            *counts.get(one.assessed_id, (0, 0)),
            unseated.get(one.assessed_id, 0),
        )
        for one in cases
    ]


@dataclass(frozen=True, slots=True)
class MemberProgress:
    """Somebody of a team, with how many of his items are still open."""

    member: TeamMember
    open: int


def members_of(review: Review, actor: Actor) -> list[MemberProgress] | None:
    """Who still has something to mark; None for whoever marks in this review himself, to whom it
    would tell what others have done. Two queries."""
    members = list(
        TeamMember.objects.filter(review=review)
        .select_related("team", "user")
        .order_by("team__number", "pk")
    )
    if any(member.user_id in actor.persons for member in members):
        return None
    left = dict(
        ReviewSeat.objects.filter(item__assessed__cycle=review.cycle_id, state=SeatState.OPEN)
        .exclude(user=None)
        .order_by()
        .values_list("user_id")
        .annotate(n=Count("pk"))
    )
    return [MemberProgress(member, left.get(member.user_id, 0)) for member in members]


# --- how reviewers differ -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaning:
    """How one reviewer marks beside others: `by_pairs` the mean of his differences from those who
    marked the same, `by_examples` from the reference marks, in hundredths of full marks; evidence that
    there was at his items, and what of it he never opened."""

    name: str
    pairs: int
    by_pairs: Fraction | None
    by_examples: Fraction | None
    evidence: int
    unopened: int


def leanings(review: Review) -> list[Leaning]:
    """All reviewers of the cycle, by team. Only complete items. Five queries."""
    seats = list(
        ReviewSeat.objects.filter(
            item__assessed__cycle=review.cycle_id,
            item__state=ItemState.DONE,
            state=SeatState.GIVEN,
        )
        .select_related("item")
        .order_by("item_id", "number")
    )
    points = _points(review, {seat.item.assessed_id for seat in seats})
    by_item: dict[int, list[ReviewSeat]] = {}
    for seat in seats:
        by_item.setdefault(seat.item_id, []).append(seat)
    differences: dict[int, list[Fraction]] = {}
    for some in by_item.values():
        told = points.get((some[0].item.assessed_id, some[0].item.indicator))
        if told is None or len(some) != len(told[1]) or len(some) < 2 or not told[0]:
            continue
        full, values = told
        for place, seat in enumerate(some):
            others = [value for n, value in enumerate(values) if n != place]
            mean = sum(others, Fraction(0)) / len(others)
            if seat.user_id is not None:
                differences.setdefault(seat.user_id, []).append((values[place] - mean) / full)
    examples = _by_examples(review)
    members = TeamMember.objects.filter(review=review).order_by("team__number", "pk")
    return [
        Leaning(
            member.name,
            len(differences.get(member.user_id, ())),
            _mean(differences.get(member.user_id, ())),
            _mean(examples.get(member.user_id, ())),
            sum(seat.n_evidence for seat in seats if seat.user_id == member.user_id),
            sum(seat.n_unopened for seat in seats if seat.user_id == member.user_id),
        )
        for member in members
    ]


def _points(
    review: Review, assessed: set[int]
) -> dict[tuple[int, str], tuple[Fraction, list[Fraction]]]:
    """(assessed, indicator) -> its full marks and the points of each who marked it, as the score has
    them. Where all let stand what was counted nobody differs."""
    found = {}
    rows = Score.objects.filter(run=review.cycle.run_id, assessed__in=assessed).annotate(
        told=F("result__indicators")
    )
    for score in rows.select_related("assessed__version").defer("facts", "result"):
        content = score.assessed.version.content
        fulls = {leaf.key: number(leaf.node["full"]) for leaf in leaves(content)}
        for key, one in score.told.items():  # type: ignore[attr-defined]
            values = seat_marks(one)
            if values and key in fulls:
                found[score.assessed_id, key] = fulls[key], values
    return found


def _by_examples(review: Review) -> dict[int, list[Fraction]]:
    found: dict[int, list[Fraction]] = {}
    marks = ExampleMark.objects.filter(example__review=review).select_related("example__version")
    for mark in marks:
        example = mark.example
        own, reference = (points_of_example(example, one) for one in (mark.facts, example.facts))
        leaf = leaf_of_example(example)
        full = number(leaf.node["full"])
        if own is not None and reference is not None and full:
            found.setdefault(mark.user_id, []).append((own - reference) / full)
    return found


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    if not values:
        return None
    return sum(values, Fraction(0)) / len(values) * HUNDRED
