"""组织生活会 and 民主评议党员 written by several at the same moment."""

from typing import Any

import pytest

from core import clock
from core.states import MovedOn, Stale
from members.actions import standings
from members.models import Member
from schedules.life.actions import appraisals, problems
from schedules.life.actions.appraisals import Result
from schedules.life.enums import Grade, MeetingKind, ProblemState
from schedules.life.models import Appraisal, AppraisalResult, Problem

from .parallel import run_together
from .test_life_appraisals import BALLOTS, NEXT, NEXT_DAY, NOW, line, listed, record
from .world import START, build_zone, make_member


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_count_at_once_exactly_one_wins() -> None:
    zone = build_zone()
    make_member(zone.branch, "甲")
    with clock.at(NOW):
        standings.fill(since=START)
        row = record(zone)
    pk = Member.objects.get().pk

    def count(who: str, grade: Grade) -> Any:
        by = zone.actor(who)

        def act() -> Appraisal:
            with clock.at(NOW):
                return appraisals.save(
                    record=row,
                    version=0,
                    ballots=BALLOTS,
                    results={pk: Result((1, 1, 0, 0), grade)},
                    by=by,
                )

        return act

    outcomes = run_together([count("huzhuang1", Grade.EXCELLENT), count("officer", Grade.BASIC)])
    (won,) = [one.value for one in outcomes if one.error is None]
    (lost,) = [one.error for one in outcomes if one.error is not None]
    assert isinstance(lost, MovedOn)
    assert Appraisal.objects.get().pk == won.pk
    assert AppraisalResult.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_line_is_carried_over_once_by_four_at_once() -> None:
    zone = build_zone()
    make_member(zone.branch, "甲")
    with clock.at(NOW):
        standings.fill(since=START)
        listed(zone, record(zone, MeetingKind.LIFE_MEETING), line("要改的"))
    with clock.at(NEXT):
        later = record(zone, MeetingKind.LIFE_MEETING, NEXT_DAY)

    def act() -> Problem:
        with clock.at(NEXT):
            old = Problem.objects.current().select_related("list").get(carried_from=None)
            return problems.carry_over(problem=old, into=later, by=zone.actor("huzhuang1"))

    outcomes = run_together([act] * 4)
    assert any(one.error is None for one in outcomes)
    assert all(one.error is None or isinstance(one.error, MovedOn | Stale) for one in outcomes)
    assert Problem.objects.current().filter(state=ProblemState.OPEN).count() == 1
    assert Problem.objects.current().filter(state=ProblemState.CARRIED).count() == 1
