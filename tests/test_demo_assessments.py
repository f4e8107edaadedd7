"""Assessments of the demo zone: a street's branches decided on, another's reviewed, and what is rare."""

from fractions import Fraction

import pytest
from django.test import Client

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle, Score
from assessments.cycles.queries import computing
from assessments.decisions.models import Decision
from assessments.decisions.queries.deciding import paper_of
from assessments.reviews.enums import ItemState, SeatState
from assessments.reviews.models import Review, ReviewSeat
from assessments.reviews.queries.conflicts import conflicts
from assessments.schemes.definitions import scheme_of
from assessments.schemes.demo.contents import WORK, content_of
from assessments.schemes.demo.streets import content_of_branches
from assessments.schemes.models import SchemeVersion
from assessments.schemes.validation import problems
from assessments.self_assessments.models import SelfAssessment
from core import figures
from orgs.access import actor_of
from orgs.models import Organization, User

from .demo_world import MOMENT

HALF = "2026-H1"


def cycle_of(short_name: str) -> Cycle:
    """The newest half-year that a committee assesses."""
    rows = Cycle.objects.select_related("organization", "run")
    return rows.get(organization__short_name=short_name, period=HALF)


def signed_in(username: str) -> Client:
    """A browser of a demo account."""
    client = Client()
    user = User.objects.get(username=username)
    client.force_login(user, backend="orgs.backends.NameOrPhoneBackend")
    return client


def scores_of(cycle: Cycle) -> list[Score]:
    """The scores that count, the highest first."""
    rows = Score.objects.filter(run=cycle.run_id).select_related("assessed__organization")
    return list(rows.order_by("-total", "assessed__path"))


def test_schemes_of_branches_are_lawful() -> None:
    known = figures.registered().keys()
    content = content_of_branches("街工委〔2025〕23号", 2026)
    assert problems(content, classes=["village", "organ"], figures=known) == []
    assert scheme_of(content).root.full == 100
    assert content_of(next(iter(WORK)), 2026)["vetoes"] == content["vetoes"]


def test_a_street_decides_on_its_branches(demo_ten_months: None) -> None:
    cycle = cycle_of("大黄山街道")
    assert cycle.state == CycleState.SEALED
    version = SchemeVersion.objects.get(scheme__organization=cycle.organization)
    assert version.published_at is not None
    assert version.published_at.year == 2025, "before the period that it measures"
    assert version.published_by_name != version.submitted_by_name
    decision = Decision.objects.get(cycle=cycle)
    assert decision.decided_by_id == User.objects.get(username="dahuangshan2").pk
    assert cycle.submitted_by_id == User.objects.get(username="dahuangshan").pk
    branches = Organization.objects.filter(
        path__startswith=cycle.organization.path, kind__in=["branch", "joint_branch"]
    )
    scores = scores_of(cycle)
    assert {one.assessed.organization_id for one in scores} == {one.pk for one in branches}
    for one in scores:
        scheme = scheme_of(one.assessed.version.content)
        assert computing.again(scheme, one.facts)[1] == one.digest
    assert SelfAssessment.objects.filter(assessed__cycle=cycle, state="sent").count() == len(scores)

    review = Review.objects.get(cycle=cycle)
    seats = ReviewSeat.objects.filter(item__assessed__cycle=cycle).select_related("item__assessed")
    assert {seat.state for seat in seats} == {SeatState.GIVEN}
    assert {seat.item.state for seat in seats} == {ItemState.DONE}
    people = {member.user_id for member in review.members.all()}
    assert people.isdisjoint({decision.decided_by_id, cycle.submitted_by_id})
    barred = conflicts(people, [one.assessed for one in scores])
    assert barred, "secretaries of branches are among them"
    assert not any((seat.user_id, seat.item.assessed_id) in barred for seat in seats)


def test_two_are_equal_at_the_last_place_and_a_group_is_small(demo_ten_months: None) -> None:
    cycle = cycle_of("大黄山街道")
    user = User.objects.get(username="dahuangshan2")
    grant = user.grants.select_related("organization").get()
    ranked, small = paper_of(cycle, actor_of(user, grant)).groups
    assert ranked.places is not None
    count = ranked.places.part.places
    assert count == len(ranked.lines) // 3
    assert ranked.places.last is not None
    assert ranked.places.last.is_open or ranked.places.last.tie
    totals = [line.score.total for line in ranked.lines]
    assert totals[count - 1] == totals[count]
    assert {line.score.band for line in ranked.lines[: count + 1]} == {"好"}
    assert ranked.lines[count].score.grade == "较好"
    # Two of a kind: by their points alone, without ranks.
    assert len(small.lines) == 2
    assert small.places is None
    assert {line.score.rank for line in small.lines} == {None}
    assert all(line.score.grade == line.score.band for line in small.lines)
    assert "好" in {line.score.grade for line in small.lines}

    page = signed_in("dahuangshan2").get(f"/cycles/{cycle.uid}/decision/").content.decode()
    assert ("同分，都不占名额" in page) == ranked.places.last.is_open
    board = signed_in("dahuangshan").get(f"/assessment-boards/{cycle.uid}/")
    assert board.status_code == 200
    assert "村、社区支部组" in board.content.decode()


def test_a_veto_is_decided_and_frees_its_place(demo_ten_months: None) -> None:
    cycle = cycle_of("党工委")
    assert cycle.state == CycleState.SEALED
    kept_out = [one for one in scores_of(cycle) if one.compared["limits"]]
    assert [(one.band, one.grade) for one in kept_out] == [("好", "较好")]
    group = [one for one in scores_of(cycle) if one.rank is not None]
    places = cycle.run.summary["places"] if cycle.run is not None else 0
    better = [one for one in group if one.grade == "好"]
    assert len(better) == places
    assert Fraction(better[-1].total or 0) < Fraction(kept_out[0].total or 0)
    client = signed_in("committee")
    for address in (kept_out[0].assessed.get_absolute_url(), f"/cycles/{cycle.uid}/decision/"):
        page = client.get(address).content.decode()
        assert "意识形态工作责任制落实不力" in page
        assert "《党委（党组）意识形态工作责任制实施办法》" in page


@pytest.mark.parametrize(("username", "given"), [("reviewer", True), ("taoyuan1", False)])
def test_reviewers_find_work_at_their_desk(
    demo_ten_months: None, username: str, given: bool
) -> None:
    cycle = cycle_of("金山桥街道")
    assert cycle.state == CycleState.REVIEWING
    review = Review.objects.get(cycle=cycle)
    assert review.begun_at is not None
    assert review.begun_at < MOMENT
    assert review.due_on is not None
    assert review.due_on > MOMENT.date()
    seats = ReviewSeat.objects.filter(item__assessed__cycle=cycle)
    done = seats.filter(item__state=ItemState.DONE)
    assert done.exists()
    own = seats.filter(user__username=username)
    assert own.filter(state=SeatState.OPEN).count() > 2
    assert own.filter(state=SeatState.GIVEN).exists() == given
    client = signed_in(username)
    assert "复核：2026年上半年考核" in client.get("/").content.decode()
    desk = client.get("/reviews/desk/")
    assert desk.status_code == 200
    for one in {seat.item.assessed.short_name for seat in own.select_related("item__assessed")}:
        assert one in desk.content.decode()
