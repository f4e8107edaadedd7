"""Roll-up over the tree: what the branches of a committee have, seen from the committee. A branch
that was not scored is no zero: it is counted, and takes no part in the mean."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.schemes.definitions import leaves
from assessments.schemes.enums import Level
from assessments.scoring.totals import mean_of, spread_of
from core import figures
from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import CycleState
from ..models import Assessed, Cycle, IndicatorScore, Score
from .computing import contents_of, window_of

MEMBERS = "members_on_roll"
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Weakest:
    """The indicator that lost the greatest share of its full marks, over all branches that have it."""

    name: str
    share: Fraction  # of its full marks that was lost
    count: int  # branches in which it was scored


@dataclass(frozen=True, slots=True)
class Rollup:
    """The branches of a committee in a half-year, as shares of full marks in percent. `by_members`
    is None where the numbers of members cannot be told, or nobody is on the roll."""

    cycle: Cycle
    count: int
    scored: int
    mean: Fraction | None
    by_members: Fraction | None
    lowest: Fraction | None
    highest: Fraction | None
    weakest: Weakest | None
    rows: Sequence[Score]


def shown_cycle(actor: Actor, **which: Any) -> Cycle | None:
    """The cycle in which a committee assesses its branches, frozen, for who may see the points of all
    of them. One query."""
    found = (
        Cycle.objects.filter(level=Level.BRANCH, **which)
        .exclude(state=CycleState.RUNNING)
        .exclude(run=None)
        .select_related("run", "organization")
        .first()
    )
    if found is None:
        return None
    may = actor.may_at(Permission.ASSESSMENT_VIEW, found.organization.path, whole=True)
    return found if may else None


def rollup_of(actor: Actor, holder: Organization, period: str) -> Rollup | None:
    """The roll-up of a committee's branches in a half-year; None where it does not assess them, has
    not frozen the facts, or the actor may not see the points of all. Six queries however many
    branches there are, one where there is no cycle; of a past day those of a figure more."""
    cycle = shown_cycle(actor, organization=holder, period=period)
    return None if cycle is None else rolled_up(cycle)


def rolled_up(cycle: Cycle) -> Rollup:
    """The roll-up of a cycle of branches. Queries as for `rollup_of`."""
    scores = list(
        Score.objects.filter(run=cycle.run_id, assessed__is_out=False)
        .select_related("assessed__organization")
        .order_by("assessed__path")
    )
    count = Assessed.objects.filter(cycle=cycle, is_out=False).count()
    done = [score for score in scores if score.share is not None]
    shares = [Fraction(score.share or 0) * HUNDRED for score in done]
    spread = spread_of(shares)
    return Rollup(
        cycle,
        count,
        len(done),
        mean_of(shares),
        _by_members(cycle, done, shares),
        spread[0] if spread else None,
        spread[1] if spread else None,
        _weakest(cycle),
        scores,
    )


def _by_members(cycle: Cycle, done: Sequence[Score], shares: Sequence[Fraction]) -> Fraction | None:
    """The mean by the number of members on the roll at the half-year's end. Of somebody whose number
    cannot be told there is no such mean: leaving him out would tell another branch's."""
    known_at = cycle.run.known_at if cycle.run is not None else None
    window = window_of(cycle, cycle.period, known_at)
    places = [score.assessed.organization for score in done]
    sizes: Mapping[int, int | None] = figures.values([MEMBERS], places, window).get(MEMBERS, {})
    found = [sizes.get(place.pk) for place in places]
    if not found or any(size is None for size in found):
        return None
    return mean_of(shares, [Fraction(size or 0) for size in found])


def _weakest(cycle: Cycle) -> Weakest | None:
    lost: dict[str, Fraction] = defaultdict(Fraction)
    full: dict[str, Fraction] = defaultdict(Fraction)
    count: dict[str, int] = defaultdict(int)
    rows = IndicatorScore.objects.filter(
        score__run=cycle.run_id, score__assessed__is_out=False
    ).exclude(points=None)
    for key, its_full, points in rows.values_list("key", "full", "points"):
        full[key] += Fraction(its_full)
        lost[key] += Fraction(its_full) - Fraction(points or 0)
        count[key] += 1
    shares = {key: lost[key] / full[key] for key in full if full[key] and lost[key] > 0}
    if not shares:
        return None
    worst = min(shares, key=lambda key: (-shares[key], key))
    names = {leaf.key: leaf.name for one in contents_of(cycle).values() for leaf in leaves(one)}
    return Weakest(names.get(worst, worst), shares[worst], count[worst])
