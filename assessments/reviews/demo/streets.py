"""The branches of two streets are reviewed by people of their own street: of one all is marked and two are
equal at the last place of 好; of the other some is marked, and demo accounts find the rest at their desk."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils import timezone

from assessments.cycles.demo.moments import newest
from assessments.cycles.demo.streets import BEGUN_AFTER, after
from assessments.cycles.models import Assessed, Cycle, Score
from assessments.schemes.demo.streets import BOUND, GROUPS, person, street_of
from assessments.schemes.enums import Level
from assessments.scoring.grading import places
from core import clock, derived
from core.demo import Seeding
from orgs.demo.accounts import Accounts
from orgs.models.organization import STEP

from ..actions import marks
from ..models import ReviewSeat
from ..queries.people import Candidate, candidates
from .reviews import Given, actors, begun, give, mark_examples, seats_of

DEMO = ("reviewer", "huzhuang1", "taoyuan1")
TEAMS, PEOPLE, SAMPLED, DUE_AFTER = 2, 6, 1, 10
# Who leaves how much of his own in the review that goes on: the one everything, the sample too; the
# other has only begun; of the rest each a bit.
LEAVES_ALL, GIVES_FEW, FEW, LEFT = "taoyuan1", "reviewer", 2, 2
LEVELS = (("好", Fraction(6)), ("较好", Fraction(5)), ("一般", Fraction(3)))
QUARTERS = 4  # two who mark in halves give quarters
REASONS = {
    True: "做法有人照做，成效有记录可查",
    False: "做法较好，照做的人还不多",
}


def between(seeding: Seeding, cycle: Cycle) -> None:
    """Arranges, begins and carries out the review of a street's branches, the facts being frozen."""
    if cycle.level != Level.BRANCH or cycle.period != newest(seeding.now):
        return
    street = street_of(cycle.organization)
    by = person(seeding, street.staff)
    begins = after(cycle, BEGUN_AFTER)
    given = _given(seeding, cycle)
    with seeding.step(), clock.at(begins):
        due_on = timezone.localdate(begins) + dt.timedelta(days=DUE_AFTER)
        review = begun(cycle, _people(cycle), TEAMS, due_on, SAMPLED, by)
    if review is None:
        return
    seats = seats_of(cycle)
    if street.is_reviewing:
        seats = _some(seeding, seats)
    with seeding.step(), clock.at(begins + dt.timedelta(days=1)):
        people = actors(seats)
        for user_id in sorted(people):
            mark_examples(review, user_id)
        for seat in seats:
            give(seat, given, people[seat.user_id or 0])
        for pk in dict.fromkeys(seat.item_id for seat in seats):
            marks.gather(item_id=pk, by=by)
        derived.registered()["scores"].refresh_all()


def _people(cycle: Cycle) -> list[Candidate]:
    """Accounts that the guide names, and secretaries: the first of each general branch, then the second."""
    there = candidates(cycle)
    named = [one for one in there if one.username in DEMO]
    secretaries = [one for one in there if one.username.startswith("b")]
    rest = sorted(secretaries, key=lambda one: (one.path[-STEP:], one.path))
    return [*named, *rest][:PEOPLE]


def _some(seeding: Seeding, seats: list[ReviewSeat]) -> list[ReviewSeat]:
    """What is marked by now of a review that goes on."""
    users = seeding.of(Accounts).by_username
    by_person: dict[int, list[ReviewSeat]] = {}
    for seat in seats:
        by_person.setdefault(seat.user_id or 0, []).append(seat)
    chosen: list[ReviewSeat] = []
    for user_id, own in by_person.items():
        if user_id == users[GIVES_FEW].pk:
            chosen += own[:FEW]
        elif user_id != users[LEAVES_ALL].pk:
            chosen += own[: max(0, len(own) - LEFT)]
    return chosen


# --- what is given --------------------------------------------------------------------------------


def _given(seeding: Seeding, cycle: Cycle) -> Given:
    """(assessed, indicator, rule, seat) -> the mark: one level, and what two give of 酌情."""
    found: dict[tuple[int, str, int, int], Mapping[str, Any]] = {}
    for pk, (level, quarters) in _planned(seeding, cycle).items():
        found[pk, "role", 0, 1] = {"level": level}
        for seat, halves in ((1, (quarters + 1) // 2), (2, quarters // 2)):
            reason = REASONS[halves >= BOUND]
            found[pk, "special", 0, seat] = {"points": f"{halves / 2:g}", "reason": reason}
    return found


def _planned(seeding: Seeding, cycle: Cycle) -> dict[int, tuple[str, int]]:
    """Level and quarters of 酌情 of each. Reviewers look well, and yet two come out equal where the
    places of 好 end: what they give there is what makes them so."""
    scores = Score.objects.filter(run=cycle.run_id).select_related("assessed")
    plan: dict[int, tuple[str, int]] = {}
    totals: dict[int, Fraction] = {}
    for score in scores.order_by("assessed__path"):
        one: Assessed = score.assessed
        rng = seeding.rng("branches", cycle.period, one.path)
        quality = rng.random()
        level, worth = LEVELS[0 if quality > 0.45 else 1 if quality > 0.1 else 2]
        quarters = 10 + int(quality * 8) + rng.randint(0, 2)
        plan[one.pk] = level, quarters
        if one.organization_class in GROUPS[0][1]:
            totals[one.pk] = Fraction(score.points) + worth + Fraction(quarters, QUARTERS)
    order = sorted(totals, key=lambda pk: (-totals[pk], pk))
    last = places("upper", Fraction(1, 3), len(order))
    if not 0 < last < len(order):
        return plan
    inside, outside = order[last - 1], order[last]
    apart = int((totals[inside] - totals[outside]) * QUARTERS)
    raised = min(apart, BOUND * QUARTERS - plan[outside][1])
    plan[outside] = plan[outside][0], plan[outside][1] + raised
    plan[inside] = plan[inside][0], plan[inside][1] - (apart - raised)
    return plan
