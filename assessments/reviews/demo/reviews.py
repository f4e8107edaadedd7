"""The newest half-year is reviewed: teams across the committees, an example, what each gives by himself.
What two give is what the half-year was marked with; at one item they lie far apart, and a third is asked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from assessments.cycles.demo.moments import newest
from assessments.cycles.models import Assessed, Cycle, HandMark
from assessments.schemes.definitions import AWARDS, leaves
from assessments.schemes.enums import Level
from assessments.self_assessments.models import SelfItem
from core import clock, derived, periods
from core.actor import Actor
from core.demo import Seeding
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.models import RoleGrant

from .. import rules
from ..actions import beginning, examples, looks, marks, teams
from ..enums import ItemState, SeatState, Why
from ..models import Review, ReviewItem, ReviewSeat
from ..queries.conflicts import conflicts
from ..queries.evidence import evidence_of, said_of
from ..queries.people import Candidate, candidates
from ..queries.points import leaf_of
from ..queries.weights import weights_of

Given = Mapping[tuple[int, str, int, int], Mapping[str, Any]]
"""(assessed, indicator, rule, seat) -> its mark."""

STAFF, TEAMS, PEOPLE, SAMPLED = "zone", 3, 12, 2
CASE = (
    "某社区党组织全年围绕网格治理开展推广，建立 4 个示范网格，有计划、有每次活动的记录；"
    "年底没有总结，两个支部照着做了。"
)
WHY = "有计划有记录，缺总结，照做面不大"
THIRD_FROM = 3  # the case at which two lie far apart


def between(seeding: Seeding, cycle: Cycle) -> None:
    """Arranges, begins and carries out the review, the facts being frozen."""
    if cycle.level != Level.DIRECT or cycle.period != newest(seeding.now):
        return
    by = actor_for(seeding.of(Accounts).by_username[STAFF].pk)
    given = _given(cycle)
    with seeding.step():
        units = {one.path: one for one in candidates(cycle)}
        due_on = clock.today() + dt.timedelta(days=10)
        review = begun(cycle, list(units.values())[:PEOPLE], TEAMS, due_on, SAMPLED, by)
    if review is None:
        return
    for member in review.members.order_by("pk"):
        mark_examples(review, member.user_id)
    seats = seats_of(cycle)
    apart = _apart(seats)
    with seeding.step():
        people = actors(seats)
        for seat in seats:
            is_low = seat.item_id == apart and seat.number == 2
            give(seat, given, people[seat.user_id or 0], is_low=is_low)
        for pk in dict.fromkeys(seat.item_id for seat in seats):
            marks.gather(item_id=pk, by=by)
        for seat in seats_of(cycle):
            if seat.item.state == ItemState.THIRD and seat.state == SeatState.OPEN:
                give(seat, given, actor_for(seat.user_id or 0))
                marks.gather(item_id=seat.item_id, by=by)
    derived.registered()["scores"].refresh_all()
    _as_of_then(review, cycle)


def _given(cycle: Cycle) -> Given:
    """What the half-year was marked with, and what was claimed as awards where nothing was."""
    found: dict[tuple[int, str, int, int], Mapping[str, Any]] = {}
    for item in SelfItem.objects.filter(
        self_assessment__assessed__cycle=cycle, indicator=AWARDS
    ).select_related("self_assessment"):
        found[item.self_assessment.assessed_id, AWARDS, 0, 1] = item.facts.get("0", {})
    for mark in HandMark.objects.filter(assessed__cycle=cycle):
        found[mark.assessed_id, mark.indicator, mark.rule, mark.seat] = mark.facts
    return found


def seats_of(cycle: Cycle) -> list[ReviewSeat]:
    """The seats of a cycle that somebody has, item by item, with what a mark needs to know. One query."""
    return list(
        ReviewSeat.objects.filter(item__assessed__cycle=cycle)
        .exclude(user=None)
        .select_related(
            "item__assessed__cycle__organization",
            "item__assessed__organization",
            "item__assessed__version",
        )
        .order_by("item_id", "number")
    )


def begun(
    cycle: Cycle, people: Sequence[Candidate], count: int, due_on: dt.date, sampled: int, by: Actor
) -> Review | None:
    """The review of the cycle by these people, begun; None where a zone is too small for anybody to look
    at anybody."""
    cases = list(Assessed.objects.filter(cycle=cycle, is_out=False).select_related("version"))
    barred = conflicts([one.user_id for one in people], cases)
    weights = weights_of(cycle)
    found = rules.propose(
        [
            rules.Person(
                one.user_id,
                one.path,
                frozenset(case for person, case in barred if person == one.user_id),
            )
            for one in people
        ],
        [rules.Case(one.pk, one.path, weights[one.pk]) for one in cases],
        max(1, min(count, rules.most_teams(len(people)))),
    )
    if found.left or any(len(team.people) < rules.LEAST for team in found.teams):
        return None
    review = teams.prepare(cycle=cycle, by=by)
    teams.arrange(
        review=review,
        revision=review.revision,
        teams=[
            teams.Arranged(
                f"考核{number}组", [one.pk for one in team.people], [one.pk for one in team.cases]
            )
            for number, team in enumerate(found.teams, start=1)
        ],
        due_on=due_on,
        sampled=sampled,
        seed=f"双色球 {cycle.year} 年第 79 期 03 08 14 22 27 31",
        by=by,
    )
    review = Review.objects.select_related("cycle__organization").get(pk=review.pk)
    _example(review, cases[0], by)
    beginning.begin(review=review, revision=review.revision, by=by)
    cycle.refresh_from_db()
    return review


def _example(review: Review, assessed: Assessed, by: Actor) -> None:
    version = assessed.version
    for leaf in leaves(version.content):
        rule = leaf.node["rules"][0]
        if rule["rule"] == "discretion" and not leaf.is_counted and len(leaf.node["rules"]) == 1:
            facts = {0: {"points": "3", "reason": WHY}}
            examples.save(
                review=review,
                version=version,
                indicator=leaf.key,
                case=CASE,
                facts=facts,
                reason=WHY,
                by=by,
            )
            return


def mark_examples(review: Review, user_id: int) -> None:
    """Somebody of the review marks what comes before the real work."""
    for example in review.examples.select_related("version", "review__cycle__organization"):
        points = ("3", "2.5", "3.5", "3")[user_id % 4]
        examples.mark(
            example=example,
            facts={0: {"points": points, "reason": "按做法和照做面评"}},
            reason="",
            by=actor_for(user_id),
        )


def _apart(seats: list[ReviewSeat]) -> int | None:
    """The 酌情 item of one case, at which the second gives little."""
    items = [seat.item_id for seat in seats if seat.item.why == Why.DISCRETION and seat.number == 2]
    return items[min(THIRD_FROM, len(items) - 1)] if items else None


def give(seat: ReviewSeat, given: Given, by: Actor, *, is_low: bool = False) -> None:
    """What the half-year was marked with; of what is counted that it stands."""
    pieces = evidence_of(seat, said_of(seat))
    for piece in pieces[: len(pieces) - (seat.pk % 5 == 0)]:
        looks.look(seat=seat, piece=piece, by=by)
    leaf, rules_ = leaf_of(seat.item)
    facts: dict[int, Mapping[str, Any]] = {}
    if not leaf.is_counted:
        for number, _ in rules_:
            where = (seat.item.assessed_id, seat.item.indicator, number)
            facts[number] = given.get((*where, seat.number)) or given.get((*where, 1)) or {}
        if is_low:
            facts = {number: {"points": "0.5", "reason": "照做面小"} for number, _ in rules_}
    marks.give(seat=seat, revision=seat.revision, facts=facts, reason=_reason(seat), by=by)


def _reason(seat: ReviewSeat) -> str:
    """The document of an award; of others what was given says why."""
    if seat.item.why != Why.AWARD:
        return ""
    mark = HandMark.objects.filter(
        assessed=seat.item.assessed_id, indicator=seat.item.indicator
    ).first()
    return mark.reason if mark is not None and mark.reason else "徐组通〔2026〕18号"


def _as_of_then(review: Review, cycle: Cycle) -> None:
    """The acts are carried out on one day; the zone says when they would have been."""
    last = periods.last_day(cycle.period)
    begun = timezone.make_aware(dt.datetime.combine(last + dt.timedelta(days=20), dt.time(9)))
    Review.objects.filter(pk=review.pk).update(begun_at=begun, due_on=last + dt.timedelta(days=30))
    ReviewItem.objects.filter(assessed__cycle=cycle).update(done_at=begun + dt.timedelta(days=2))
    ReviewSeat.objects.filter(item__assessed__cycle=cycle).update(
        given_at=begun + dt.timedelta(days=1)
    )


def actors(seats: Sequence[ReviewSeat]) -> dict[int, Actor]:
    """Who has the seats, with what he is named for by now: some queries for each."""
    return {pk: actor_for(pk) for pk in {seat.user_id or 0 for seat in seats}}


def actor_for(user_id: int) -> Actor:
    """Somebody in the first grant that he holds."""
    grants = RoleGrant.objects.current().filter(user=user_id, deputy_for=None)
    grant = grants.select_related("user", "organization").order_by("pk")[0]
    return actor_of(grant.user, grant)
