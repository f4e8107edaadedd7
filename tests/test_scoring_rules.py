"""The engine of scores: every rule by itself, on values that nobody has chosen by hand."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import rules
from assessments.scoring.numbers import number, plain, rounded
from assessments.scoring.refusals import Refused

MARKS = st.decimals(min_value=0, max_value=200, places=2).map(str)
EACH = st.decimals(min_value=0, max_value=20, places=2).map(str)
COUNTS = st.integers(min_value=0, max_value=500)
SHARES = st.fractions(min_value=0, max_value=2, max_denominator=500).map(str)


def points(rule: str, full: Any, params: dict[str, Any], facts: dict[str, Any]) -> Fraction:
    found = rules.evaluate(rule, full, params, facts).points
    assert found is not None
    return found


@given(MARKS, EACH, COUNTS, COUNTS)
def test_deductions_never_pass_the_bounds_and_never_reward(full, each, one, other) -> None:
    few, many = sorted((one, other))
    first, second = (
        points("deduct_each", full, {"points": each}, {"count": count}) for count in (few, many)
    )
    assert 0 <= second <= first <= number(full)


@given(MARKS, EACH, EACH, COUNTS, COUNTS)
def test_what_is_earned_grows_up_to_its_cap(full, each, cap, one, other) -> None:
    few, many = sorted((one, other))
    params = {"points": each, "cap": cap}
    first, second = (points("accumulate", full, params, {"count": count}) for count in (few, many))
    assert first <= second <= min(number(full), number(cap))


@given(MARKS, EACH, SHARES, SHARES, st.booleans(), st.booleans())
def test_a_better_ratio_never_costs(full, each, one, other, part_steps, is_open) -> None:
    params = {"base": "0.3", "step": "1/18", "points": each, "part_steps": part_steps}
    if is_open:
        params["ceiling"] = None
    low, high = sorted((one, other), key=Fraction)
    first, second = (points("ratio_steps", full, params, {"ratio": ratio}) for ratio in (low, high))
    assert 0 <= first <= second
    assert is_open or second <= number(full)


@given(st.permutations(["甲", "乙", "丙", "丁"]), st.integers(min_value=0, max_value=4))
def test_order_and_repetition_of_what_is_missing_change_nothing(names, most) -> None:
    params = {"items": {"甲": "1", "乙": "0.5", "丙": "2", "丁": "4"}}
    missing = names[:most]
    one = rules.evaluate("deduct_missing", "10", params, {"missing": missing})
    two = rules.evaluate("deduct_missing", "10", params, {"missing": sorted(missing) * 2})
    assert json.dumps(one.as_data()) == json.dumps(two.as_data())


AWARDS = st.lists(
    st.fixed_dictionaries(
        {
            "matter": st.sampled_from("abcd"),
            "points": EACH,
            "category": st.sampled_from(["表彰", "试点"]),
        }
    ),
    max_size=8,
)


@given(AWARDS, st.randoms())
def test_awards_count_once_a_matter_in_any_order(awards, shuffler) -> None:
    params = {"category_cap": "8", "total_cap": "12"}
    shuffled = [dict(award) for award in awards]
    shuffler.shuffle(shuffled)
    one = rules.evaluate("bonus", None, params, {"awards": awards})
    two = rules.evaluate("bonus", None, params, {"awards": [*shuffled, *awards]})
    assert json.dumps(one.as_data()) == json.dumps(two.as_data())
    best = {}
    for award in awards:
        best[award["matter"]] = max(best.get(award["matter"], 0), number(award["points"]))
    assert one.points <= min(12, sum(best.values()))


VOTES = st.lists(st.sampled_from(["好", "较好", "一般", "差"]), min_size=1, max_size=60)
WEIGHTS = {"好": 100, "较好": 80, "一般": 60, "差": 40}


@given(VOTES, MARKS)
def test_a_better_vote_never_lowers_a_ballot(votes, full) -> None:
    def score(cast: list[str]) -> Fraction:
        facts = {"votes": {name: cast.count(name) for name in WEIGHTS}, "invalid": 2}
        return points("ballot", full, {"weights": WEIGHTS}, facts)

    assert score(votes) <= score(["好", *votes[1:]]) <= number(full)
    assert score(votes) == score(votes[::-1])


def test_weights_of_a_ballot_are_percentages_or_marks() -> None:
    votes = {"votes": {"好": 3, "较好": 1}}
    assert points("ballot", "20", {"weights": {"好": 100, "较好": 80}}, votes) == 19
    assert points("ballot", "20", {"weights": {"好": 20, "较好": 16}}, votes) == 19
    assert points("ballot", "100", {"weights": {"好": 95, "较好": 85}}, votes) == Fraction("92.5")


def test_equals_share_the_points_of_their_rank_or_their_mean() -> None:
    table = {"1": "10", "2": "8", "3": "6", "4": "4"}
    for ties, expected in (("competition", 8), ("mean", 7)):
        params = {"table": table, "ties": ties}
        assert points("rank_points", "10", params, {"rank": 2, "tied": 2}) == expected


def test_steps_are_tried_as_a_whole() -> None:
    steps = [[None, 1, "10"], [1, 3, "6"], [3, None, "0"]]
    assert points("steps", "10", {"steps": steps}, {"value": "2.99"}) == 6
    assert points("steps", "10", {"steps": steps[::-1]}, {"value": -4}) == 10
    for wrong, code in (
        ([[0, 2, "1"], [1, 3, "2"]], "form"),  # both hold 1.5, whatever is asked
        ([[2, 2, "1"]], "form"),
        ([[0, 1]], "form"),
        ([[0, 1, "1"], [2, 3, "2"]], "no_step"),
    ):
        with pytest.raises(Refused) as refusal:
            rules.evaluate("steps", "10", {"steps": wrong}, {"value": "1"})
        assert refusal.value.code == code, wrong


def test_deductions_have_a_cap_and_a_floor_of_their_own() -> None:
    params = {"points": "3", "cap": "5", "floor": "2"}
    assert points("deduct_each", "10", params, {"count": 9}) == 5
    assert points("deduct_each", "6", params, {"count": 9}) == 2
    assert points("deduct_each", "6", {"points": "3", "floor": None}, {"count": 3}) == -3


def test_each_step_is_told() -> None:
    found = rules.evaluate("deduct_each", "2", {"points": "0.5"}, {"count": 5}).as_data()
    assert found["steps"] == [
        {"kind": "lost", "formula": "5 × 0.5", "value": "2.5"},
        {"kind": "left", "formula": "2 − 2.5", "value": "-0.5"},
        {"kind": "floor", "formula": "-0.5 → 0", "value": "0"},
    ]
    assert found["points"] == "0"


@pytest.mark.parametrize(
    ("rule", "params", "facts", "code", "where"),
    [
        ("guess", {}, {}, "unknown_rule", "rule"),
        ("deduct_each", {"points": "1", "pionts": "2"}, {"count": 0}, "unknown_key", "params"),
        ("deduct_each", {"points": "1"}, {"count": 0, "by": "x"}, "unknown_key", "facts"),
        ("deduct_each", {"points": 0.1}, {"count": 0}, "number", "params.points"),
        ("deduct_each", {"points": "1"}, {"count": True}, "number", "facts.count"),
        ("deduct_each", {"points": "1"}, {"count": -1}, "number", "facts.count"),
        ("deduct_each", {"points": "1e9999999"}, {"count": 1}, "number", "params.points"),
        ("deduct_each", {"points": "１"}, {"count": 1}, "number", "params.points"),
        ("deduct_each", {}, {"count": 1}, "missing_key", "params"),
        ("deduct_missing", {"items": {"甲": "1"}}, {"missing": ["乙"]}, "unknown_item", None),
        ("levels", {"levels": {"好": "1"}}, {"level": "差"}, "unknown_item", "facts.level"),
        ("parts", {"parts": {"甲": "6", "乙": "4"}}, {"parts": {"甲": "5"}}, "too_few", None),
        ("ballot", {"weights": WEIGHTS}, {"votes": {}}, "too_few", None),
        ("ballot", {"weights": WEIGHTS}, {"votes": {"很好": 3}}, "unknown_key", "facts.votes"),
        ("discretion", {"bound": "3"}, {"points": "1", "reason": "  "}, "reason_missing", None),
        ("discretion", {"bound": "3"}, {"points": "-1", "reason": "因"}, "out_of_bounds", None),
        ("ratio_steps", {"base": 1, "step": 0, "points": 1}, {"ratio": 1}, "number", None),
        ("all_or_nothing", {"floor": "4", "ceiling": "3"}, {"met": True}, "form", "params.floor"),
        ("veto", {"effect": "not_above"}, {"happened": True}, "missing_key", None),
        ("bonus", {}, {"awards": [{"matter": "a"}]}, "missing_key", "facts.awards[0]"),
    ],
)
def test_what_cannot_be_computed_is_refused(rule, params, facts, code, where) -> None:
    with pytest.raises(Refused) as refusal:
        rules.evaluate(rule, "10", params, facts)
    assert refusal.value.code == code
    assert where is None or refusal.value.where == where


def test_numbers_are_exact_and_rounded_once() -> None:
    assert plain(Fraction("2.60")) == "2.6"
    assert plain(Fraction(-5, 2)) == "-2.5"
    assert plain(Fraction(2, 3)) == "2/3"
    halves = {"2.345": "2.35", "-2.345": "-2.35", "2.3449": "2.34", "0.005": "0.01", "7": "7.00"}
    assert {text: f"{rounded(Fraction(text)):f}" for text in halves} == halves
    assert f"{rounded(Fraction(10**14 + 1, 3), 2):f}" == "33333333333333.67"
