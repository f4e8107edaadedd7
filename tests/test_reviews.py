"""考核组复核: who is put together, what is looked at, and what becomes of the marks."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from assessments.cycles.actions import cycles
from assessments.cycles.actions import marks as cycle_marks
from assessments.cycles.models import HandMark
from assessments.reviews import rules
from assessments.reviews.actions import handing, marks, teams
from assessments.reviews.models import ReviewItem, ReviewSeat, ReviewTeam
from assessments.reviews.queries.people import candidates, scorers_of
from core import effects
from core.errors import Conflict, DomainError, NotAllowed
from core.models import Notification
from orgs.enums import Post
from orgs.models import NamedRight, OfficeHolding
from tests.review_world import DUE, Reviewed, arranged, reviewing
from tests.world import Zone

NOW = dt.datetime(2026, 7, 20, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


# --- rules ---------------------------------------------------------------------------------------


def test_a_proposal_is_balanced_and_nobody_reviews_his_own() -> None:
    cases = [rules.Case(n, f"0000{n}", weight=n) for n in range(1, 10)]
    people = [rules.Person(100 + n, f"0000{n}", frozenset({n})) for n in range(1, 7)]
    found = rules.propose(people, cases, 3)
    assert [len(team.people) for team in found.teams] == [2, 2, 2]
    assert sorted(case.pk for team in found.teams for case in team.cases) == list(range(1, 10))
    for team in found.teams:
        assert not {case.pk for case in team.cases} & {
            pk for person in team.people for pk in person.barred
        }
    loads = [team.load for team in found.teams]
    assert max(loads) - min(loads) <= 2
    again = rules.propose(reversed(people), reversed(cases), 3)
    assert [[case.pk for case in team.cases] for team in again.teams] == [
        [case.pk for case in team.cases] for team in found.teams
    ]


def test_people_of_one_unit_leave_a_team_that_can_look_at_it() -> None:
    cases = [rules.Case(n, f"0000{n}") for n in range(1, 4)]
    people = [rules.Person(10 + n, "00001", frozenset({1})) for n in range(3)]
    people += [rules.Person(20 + n, f"0000{n}", frozenset({n})) for n in (2, 3)]
    people += [rules.Person(30, "", frozenset())]
    found = rules.propose(people, cases, 3)
    assert not found.left
    assert [len(team.people) for team in found.teams] == [2, 2, 2]


def test_whom_nobody_can_take_is_said() -> None:
    people = [rules.Person(n, "", frozenset({7})) for n in range(4)]
    found = rules.propose(people, [rules.Case(7, ""), rules.Case(8, "")], 2)
    assert [case.pk for case in found.left] == [7]


def test_the_sample_is_drawn_again_by_its_seed() -> None:
    keys = [f"i{n}" for n in range(20)]
    first = rules.sampled("seed", "A01", keys, 2)
    assert first == rules.sampled("seed", "A01", reversed(keys), 2)
    assert len(first) == 2
    others = {tuple(rules.sampled("seed", f"A{n:02}", keys, 2)) for n in range(10)}
    assert len(others) > 5


@pytest.mark.parametrize(
    ("points", "apart"), [(("10", "14"), False), (("10", "14.01"), True), (("3",), False)]
)
def test_more_than_a_fifth_of_the_full_marks_is_far_apart(
    points: tuple[str, ...], apart: bool
) -> None:
    told = [Fraction(one) for one in points]
    assert rules.is_far_apart(told, Fraction(20), Fraction(1, 5)) is apart


# --- teams ---------------------------------------------------------------------------------------


def rearranged(found: Reviewed, *named: tuple[str, list[str], list[Any]]) -> None:
    ids = {one.username: one.user_id for one in candidates(found.cycle)}
    teams.arrange(
        review=found.review,
        revision=found.review.revision,
        teams=[
            teams.Arranged(
                name, [ids[one] for one in people], [found.assessed(place).pk for place in cases]
            )
            for name, people, cases in named
        ],
        due_on=DUE,
        sampled=0,
        seed="",
        by=found.zone.actor("zone"),
    )


@pytest.mark.django_db
def test_a_conflict_is_asked_about_before_anybody_is_named(zone: Zone) -> None:
    found = arranged(zone)
    with pytest.raises(DomainError) as refused:
        rearranged(found, ("一组", ["dahuangshan", "gao"], [zone.street]))
    assert "dahuangshan是这家单位的人（大黄山街道）" in refused.value.message
    # Held a post of a branch below it until last year; another until three years ago.
    for name, years in (("gao", 1), ("lin", 3)):
        OfficeHolding.objects.create(
            organization=zone.branch,
            post=Post.SECRETARY,
            person_name=name,
            user=zone.users[name],
            started_on=dt.date(2019, 1, 1),
            ended_on=dt.date(2026 - years, 7, 1),
        )
    with pytest.raises(DomainError) as refused:
        rearranged(found, ("一组", ["gao", "lin"], [zone.street, zone.neighbour_street]))
    assert "有 1 处要回避" in refused.value.message
    assert "gao两年内在这家单位任过职（大黄山街道）" in refused.value.message
    rearranged(found, ("一组", ["gao", "lin"], [zone.neighbour_street]))
    with pytest.raises(DomainError, match="不足 2 人"):
        rearranged(found, ("一组", ["lin"], [zone.street]))
    assert NamedRight.objects.count() == 0
    assert ReviewTeam.objects.count() == 1
    for name in ("committee", "dahuangshan", "gao"):
        with pytest.raises(NotAllowed):
            teams.arrange(
                review=found.review,
                revision=found.review.revision,
                teams=[],
                due_on=DUE,
                sampled=0,
                seed="",
                by=zone.actor(name),
            )


@pytest.mark.django_db
def test_it_begins_when_everybody_has_a_team(zone: Zone) -> None:
    found = arranged(zone)
    with pytest.raises(DomainError, match="请到“考核组”页开始复核"):
        cycles.begin_review(cycle=found.cycle, revision=found.cycle.revision, by=zone.actor("zone"))
    rearranged(found, ("一组", ["gao", "lin"], [zone.street]))
    from assessments.reviews.actions import beginning

    with pytest.raises(DomainError, match="还有 1 家没有安排考核组：金山桥街道"):
        beginning.begin(review=found.review, revision=found.review.revision, by=zone.actor("zone"))
    assert ReviewItem.objects.count() == 0


@pytest.mark.django_db
def test_who_stands_by_is_not_sent_to_a_desk_that_is_not_there(zone: Zone) -> None:
    reviewing(zone)
    told = {one.user.username: one for one in Notification.objects.select_related("user")}
    assert told["gao"].url == reverse("reviews:desk")
    assert (told["shen"].url, "待命" in told["shen"].title) == ("", True)
    assert zone.client("gao").get(told["gao"].url).status_code == 200
    assert zone.client("shen").get(told["gao"].url).status_code == 404


def test_who_is_looked_at_and_by_whom(zone: Zone) -> None:
    found = reviewing(zone, sampled=1)
    rows = ReviewItem.objects.filter(assessed=found.assessed(zone.street))
    assert sorted(rows.values_list("indicator", "why", "wanted"))[-1] == ("work", "discretion", 2)
    assert sorted(rows.values_list("why", flat=True)) == ["discretion", "sample"]
    assert ReviewSeat.objects.filter(user=zone.users["gao"]).count() == 4
    assert Notification.objects.filter(user=zone.users["gao"]).count() == 1
    assert scorers_of(found.assessed(zone.street)) == {zone.users["gao"].pk, zone.users["lin"].pk}
    # Named for these two organisations in this cycle and for nothing else.
    seen = ReviewSeat.objects.visible_to(found.actor("gao"))
    assert set(seen.values_list("user__username", flat=True)) == {"gao"}
    assert not ReviewSeat.objects.visible_to(zone.actor("zone")).exists()
    assert not ReviewSeat.objects.visible_to(found.actor("shen")).exists()


def counted(*names: str) -> list[tuple[Any, ...]]:
    """What the engine reads, in the order of seats: who gave it, or what the fact says."""
    return [
        tuple(mark.by_name if name == "by_name" else mark.facts[name] for name in names)
        for mark in HandMark.objects.order_by("seat")
    ]


# --- marks ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_two_who_agree_count_by_their_mean(zone: Zone) -> None:
    found = reviewing(zone)
    found.give("gao", zone.street, "18")
    assert not HandMark.objects.exists()  # in nobody's sight before all are given
    assert found.item(zone.street).state == "open"
    found.give("lin", zone.street, "15")
    assert found.item(zone.street).state == "done"
    assert counted("by_name", "points") == [("gao", "18"), ("lin", "15")]
    with pytest.raises(Conflict, match="已经评齐"):
        found.give("gao", zone.street, "17")
    # Nobody else marks it: neither who holds the cycle, nor who has no seat.
    with pytest.raises(Conflict, match="由考核组复核评分"):
        cycle_marks.give(
            assessed=found.assessed(zone.street),
            indicator="work",
            facts={"points": "1", "reason": "x"},
            by=zone.actor("zone"),
        )
    seat = found.seat("gao", zone.street)
    for name in ("lin", "shen", "zone", "dahuangshan"):
        with pytest.raises(NotAllowed):
            marks.give(
                seat=seat,
                revision=seat.revision,
                facts={0: {"points": "1", "reason": "x"}},
                reason="",
                by=found.actor(name),
            )


@pytest.mark.django_db
def test_two_far_apart_have_a_third_and_the_median_counts(zone: Zone) -> None:
    found = reviewing(zone)
    found.give("gao", zone.street, "18")
    found.give("lin", zone.street, "10")
    assert found.item(zone.street).state == "third"
    third = ReviewSeat.objects.get(item=found.item(zone.street), number=3)
    assert third.name in ("shen", "tang")
    assert not HandMark.objects.exists()
    with pytest.raises(DomainError, match="还有 2 项没有评齐"):
        cycles.submit(
            cycle=found.cycle,
            revision=found.assessed(zone.street).cycle.revision,
            by=zone.actor("zone"),
        )
    found.give(third.name, zone.street, "12")
    assert found.item(zone.street).state == "done"
    assert counted("points") == [("18",), ("10",), ("12",)]
    # Gathered again it is counted once.
    assert marks.gather(item_id=found.item(zone.street).pk, by=zone.actor("zone")) is False
    assert HandMark.objects.count() == 3


@pytest.mark.django_db
def test_what_was_counted_stands_unless_both_say_why_not(zone: Zone) -> None:
    found = reviewing(zone, sampled=3)
    seats = [found.seat(name, zone.street, "branches") for name in ("gao", "lin")]
    for seat in seats:
        with pytest.raises(DomainError, match="写明理由"):
            marks.give(
                seat=seat,
                revision=seat.revision,
                facts={0: {"count": 1}},
                reason="",
                by=found.actor(seat.name),
            )
        marks.give(
            seat=seat, revision=seat.revision, facts={}, reason="", by=found.actor(seat.name)
        )
    effects.run_due()
    assert found.item(zone.street, "branches").state == "done"
    assert not HandMark.objects.exists()
    # One lets it stand (3 branches, 15 points), one found 2 (10): further apart than a fifth of 20.
    one, two = (found.seat(name, zone.neighbour_street, "branches") for name in ("gao", "lin"))
    marks.give(seat=one, revision=one.revision, facts={}, reason="", by=found.actor("gao"))
    marks.give(
        seat=two,
        revision=two.revision,
        facts={0: {"count": 0}},
        reason="支部已撤销",
        by=found.actor("lin"),
    )
    effects.run_due()
    third = ReviewSeat.objects.get(item=found.item(zone.neighbour_street, "branches"), number=3)
    marks.give(
        seat=found.seat(third.name, zone.neighbour_street, "branches"),
        revision=1,
        facts={},
        reason="",
        by=found.actor(third.name),
    )
    effects.run_due()
    assert counted("count") == [(1,), (0,), (1,)]


@pytest.mark.django_db
def test_marked_again_each_sees_his_own_mark(zone: Zone) -> None:
    found = reviewing(zone)
    found.give("gao", zone.street, "18")
    found.give("lin", zone.street, "17")
    item = found.item(zone.street)
    with pytest.raises(NotAllowed):
        marks.reopen(item=item, reason="再看", by=found.actor("gao"))
    marks.reopen(item=item, reason="佐证后来补了一份", by=zone.actor("zone"))
    assert not HandMark.objects.exists()
    assert found.seat("gao", zone.street).facts == {"0": {"points": "18", "reason": "看过现场"}}
    found.give("gao", zone.street, "19")
    assert not HandMark.objects.exists()
    found.give("lin", zone.street, "19")
    assert counted("points") == [("19",), ("19",)]


# --- somebody else -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_not_marked_yet_goes_to_another(zone: Zone) -> None:
    found = reviewing(zone, sampled=1)
    found.give("gao", zone.street, "18")
    ids = {name: user.pk for name, user in zone.users.items()}
    street = found.assessed(zone.street)
    with pytest.raises(DomainError, match="另一位考核组成员"):
        handing.hand_over(
            assessed=street,
            from_id=ids["gao"],
            to_id=ids["zone"],
            reason="出差",
            by=found.actor("gao"),
        )
    with pytest.raises(NotAllowed):
        handing.hand_over(
            assessed=street,
            from_id=ids["gao"],
            to_id=ids["shen"],
            reason="出差",
            by=found.actor("lin"),
        )
    handed = handing.hand_over(
        assessed=street,
        from_id=ids["gao"],
        to_id=ids["shen"],
        reason="出差",
        by=found.actor("gao"),
    )
    assert handed == 1
    assert found.seat("gao", zone.street).state == "given"
    assert ReviewSeat.objects.visible_to(found.actor("shen")).count() == 1
    assert Notification.objects.filter(user=zone.users["shen"]).count() == 2


@pytest.mark.django_db
def test_whoever_keeps_out_finds_nothing_and_counts_for_nothing(zone: Zone) -> None:
    found = reviewing(zone)
    found.give("gao", zone.street, "18")
    found.give("lin", zone.street, "17")
    street = found.assessed(zone.street)
    waiting = handing.recuse(assessed=street, reason="亲属调入该街道", by=found.actor("gao"))
    assert waiting == 1
    assert not HandMark.objects.exists()
    seen = ReviewSeat.objects.visible_to(found.actor("gao"))
    assert set(seen.values_list("item__assessed__name", flat=True)) == {zone.neighbour_street.name}
    with pytest.raises(NotAllowed):
        handing.recuse(assessed=street, reason="亲属调入该街道", by=found.actor("gao"))
    ids = {name: user.pk for name, user in zone.users.items()}
    with pytest.raises(DomainError, match="已登记回避"):
        handing.hand_over(
            assessed=street, from_id=None, to_id=ids["gao"], reason="补位", by=zone.actor("zone")
        )
    handing.hand_over(
        assessed=street, from_id=None, to_id=ids["tang"], reason="补位", by=zone.actor("zone")
    )
    found.give("tang", zone.street, "16")
    assert not HandMark.objects.exists()  # the other's is open again as well
    found.give("lin", zone.street, "17")
    assert sorted(counted("by_name", "points")) == [("lin", "17"), ("tang", "16")]
