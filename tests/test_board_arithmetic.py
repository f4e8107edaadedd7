"""What a board reckons: intervals, the last place of a grade, limits of a line."""

from fractions import Fraction
from typing import Any

from assessments.boards.standings import deviation_of
from assessments.cycles.places import (
    Cause,
    Part,
    Taker,
    after_vetoes,
    cause_of,
    error_of,
    last_place,
    part_of,
    reach_of,
)
from assessments.cycles.queries.placing import Places
from assessments.cycles.standings import Rules
from assessments.cycles.words import cause_words, last_words
from assessments.scoring.grading import Band

F = Fraction


def test_error_of_a_total_is_that_of_the_marks_given_by_hand() -> None:
    # Ten pairs a tenth apart: s = √(10 × 0.01 ÷ 20) = 0.0707; one item of 20 of 100, two marked it.
    error = error_of([F(1, 10)] * 10, [(F(20), 2)], F(100))
    assert error is not None
    assert round(float(error), 4) == 1.0
    assert round(float(reach_of(error) or 0), 4) == 1.96
    assert error_of([F(1, 10)] * 9, [(F(20), 2)], F(100)) is None
    assert reach_of(None) is None
    # What was counted has no error, whatever the pairs say.
    assert error_of([F(1, 10)] * 10, [], F(100)) == 0


def test_deviation_is_of_all_of_the_group() -> None:
    assert deviation_of([F(90), F(94)]) == 2
    assert deviation_of([]) is None


def taker(pk: int, share: str, grade: str, graded: str, **more: Any) -> Taker:
    return Taker(pk, F(share), grade, graded, **more)


UPPER = Rules("好", F(1, 3), "upper", ("work", "life"))
NAMES = ["好", "较好", "一般"]


def test_last_place_is_close_when_the_difference_is_below_its_own_error() -> None:
    takers = [
        taker(1, "95", "好", "好", error=F(1)),
        taker(2, "92.6", "较好", "好", error=F(1)),
        taker(3, "80", "较好", "较好", error=F(1)),
    ]
    found = last_place(takers, NAMES, UPPER, 1)
    assert found is not None
    # 1.96 × √2, not 1.96: the difference of two marks has the error of both.
    assert round(float(found.reach or 0), 3) == 2.772
    assert (found.inside, found.outside, found.distance) == ([1], [2], F("2.4"))
    assert found.is_within_error
    far = [takers[0], taker(2, "92.2", "较好", "好", error=F(1)), takers[2]]
    assert not last_place(far, NAMES, UPPER, 1).is_within_error  # type: ignore[union-attr]
    unknown = [taker(1, "95", "好", "好"), taker(2, "94.9", "较好", "好"), takers[2]]
    found = last_place(unknown, NAMES, UPPER, 1)
    assert found is not None
    assert found.reach is None
    assert not found.is_within_error


def test_tie_at_the_last_place_names_what_decided_and_equals_get_none() -> None:
    tied = [
        taker(1, "95", "好", "好", points={"work": F(8), "life": F(5)}),
        taker(2, "95", "较好", "好", points={"work": F(8), "life": F(4)}),
    ]
    found = last_place(tied, NAMES, UPPER, 1)
    assert found is not None
    assert found.tie == "life"
    assert found.distance == 0
    equal = [
        taker(1, "96", "好", "好"),
        taker(2, "95", "较好", "好"),
        taker(3, "95", "较好", "好"),
    ]
    found = last_place(equal, NAMES, UPPER, 2)
    assert found is not None
    assert found.is_open
    assert found.outside == [2, 3]
    # Two equals for the one place that there is: nobody has it, and that is said.
    found = last_place(equal[1:], NAMES, UPPER, 1)
    assert found is not None
    assert (found.inside, found.outside, found.is_open) == ([], [2, 3], True)
    # No place at all is no tie.
    found = last_place(equal[1:], NAMES, UPPER, 0)
    assert found is not None
    assert not found.is_open


def said_of(takers: list[Taker], places: int) -> str:
    named = {1: "甲", 2: "乙", 3: "丙"}
    found = Places(
        Part(len(takers), F(places), places, places),
        {one.pk: one for one in takers},
        last_place(takers, NAMES, UPPER, places),
    )
    return "".join(last_words(found, named, {"work": "特色做法"}))


def test_last_place_in_words() -> None:
    taken = taker(1, "95", "好", "好", error=F(1), points={"work": F(8)})
    beaten = taker(2, "95", "较好", "好", error=F(1), points={"work": F(4)})
    said = said_of([taken, beaten], 1)
    assert "最后一个名额：甲 95.00，下一家 乙 95.00，相差 0.00。" in said
    assert "这个名额由误差以内的差距决定" in said
    assert "按取舍规则比“特色做法”定先后：8.00 分 对 4.00 分。" in said
    equal = [taker(pk, "95", "较好", "好") for pk in (2, 3)]
    assert said_of(equal, 1) == ("乙、丙并列，取舍规则也分不出先后，名额不够，都不占，名额空着。")
    ahead = taker(1, "96", "好", "好", error=F(1))
    assert said_of([ahead, *equal], 2) == said_of(equal, 1), "nobody took the last place"
    assert said_of(equal, 0) == "没有名额，乙、丙因此降一等。"
    assert said_of([taken], 1) == ""


def test_cause_of_a_grade_is_the_veto_only_where_it_lowered_it() -> None:
    bands = [Band("好", F(90)), Band("较好", F(80)), Band("一般", F(60))]
    # A veto whose ceiling the grade does not reach has done nothing; the quota has.
    graded = after_vetoes("较好", ["好"], bands)
    assert cause_of("较好", graded, "一般") == Cause(by_veto=False, by_quota=True)
    graded = after_vetoes("好", ["较好", "一般"], bands)
    assert graded == "一般"
    assert cause_words(cause_of("好", graded, "一般")) == "否决"
    graded = after_vetoes("好", ["较好"], bands)
    assert cause_words(cause_of("好", graded, "一般")) == "否决、限额"
    assert cause_words(cause_of("好", "好", "好")) == ""
    assert cause_of("", "", "") == Cause(by_veto=False, by_quota=False)


def test_nobody_kept_out_means_no_last_place() -> None:
    assert last_place([taker(1, "95", "好", "好")], NAMES, UPPER, 1) is None
    # Who fell by a veto wanted no place.
    veto = [taker(1, "95", "好", "好"), taker(2, "96", "较好", "较好")]
    assert last_place(veto, NAMES, UPPER, 1) is None
    assert last_place(veto, NAMES, Rules(), 1) is None


def test_a_lower_quota_is_told_by_who_is_above_it() -> None:
    lower = Rules("较好", F(1, 2), "lower")
    takers = [taker(1, "95", "好", "好"), taker(2, "93", "较好", "好")]
    found = last_place(takers, NAMES, lower, 1)
    assert found is not None
    assert (found.inside, found.outside) == ([1], [2])


def test_places_of_a_group_as_arithmetic() -> None:
    part = part_of(UPPER, 7, 3)
    assert (part.exact, part.whole, part.is_raised) == (F(7, 3), 2, True)
    assert not part_of(UPPER, 6, 2).is_raised
