"""From figures to facts, and from scores to places: pure, so tried on anything."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.cycles import standings
from assessments.cycles.facts import Place, known_of, wanted
from assessments.schemes.definitions import scheme_of
from assessments.scoring import schemes
from assessments.scoring.numbers import rounded
from tests.scheme_world import content, figure, leaf

HALF = "2026-H1"


def one_rule(rule: str, params: dict[str, Any], source: dict[str, Any], **more: Any) -> Any:
    part = leaf("a", "10", rule, params, source=source, **more)
    return {"root": {"key": "root", "name": "合计", "full": "10", "parts": [part]}}


def known(said: Any, values: dict[str, dict[int, int | None]], place: Place | None = None) -> Any:
    readings = {(key, HALF): some for key, some in values.items()}
    return known_of(said, HALF, place or Place(1), readings)


@pytest.mark.parametrize(
    ("source", "values", "facts"),
    [
        (figure("f", "count"), {"f": {1: 3}}, {"count": 3}),
        (figure("f", "ratio", of="g"), {"f": {1: 2}, "g": {1: 3}}, {"ratio": "2/3"}),
        (figure("f", "value"), {"f": {1: 7}}, {"value": "7"}),
        (figure("f", "value", of="g"), {"f": {1: 1}, "g": {1: 4}}, {"value": "25"}),
        (figure("f", "met", when="none"), {"f": {1: 0}}, {"met": True}),
        (figure("f", "met", when="any"), {"f": {1: 0}}, {"met": False}),
        (figure("f", "met", when="all", of="g"), {"f": {1: 4}, "g": {1: 4}}, {"met": True}),
        (figure("f", "met", when="all", of="g"), {"f": {1: 3}, "g": {1: 4}}, {"met": False}),
        (
            {"kind": "figure", "takes": "missing", "items": {"甲": "f", "乙": "g"}},
            {"f": {1: 0}, "g": {1: 2}},
            {"missing": ["乙"]},
        ),
    ],
)
def test_how_a_rule_takes_a_figure(source: Any, values: Any, facts: Any) -> None:
    said = one_rule("deduct_each", {"points": "1"}, source)
    assert known(said, values).facts["a"] == [facts]


def test_each_branch_by_itself() -> None:
    said = one_rule(
        "deduct_each", {"points": "1", "place_cap": "2"}, figure("f", "counts"), name="主题党日"
    )
    place = Place(1, branches=(11, 12, 13))
    found = known(said, {"f": {1: 6, 11: 5, 12: 0, 13: 1}}, place)
    assert found.facts["a"] == [{"counts": {"11": 5, "13": 1}}]
    scored = schemes.score(scheme_of(said), found.facts)
    assert str(scored.total) == "7.00"


def test_ranks_are_among_peers_of_whom_it_can_be_told() -> None:
    said = one_rule("rank_points", {"table": {"1": "10"}}, figure("f", "rank", of="g"))
    values: Any = {"f": {1: 3, 2: 3, 3: 9, 4: None}, "g": {1: 4, 2: 4, 3: 10, 4: 1}}
    found = known(said, values, Place(1, peers=(1, 2, 3, 4)))
    assert found.facts["a"] == [{"rank": 2, "tied": 2}]
    assert found.read["a"][0]["among"] == 3
    assert known(said, values, Place(4, peers=(1, 2, 3, 4))).waiting == ["a"]


@pytest.mark.parametrize(
    ("empty", "total"), [("full", "20.00"), ("rescale", "20.00"), ("zero", "10.00")]
)
def test_nothing_to_take_a_share_of(empty: str, total: str) -> None:
    source = figure("f", "value", of="g", empty=empty)
    part = leaf(
        "a", "10", "steps", {"steps": [["0", "90", "0"], ["90", None, "10"]]}, source=source
    )
    other = leaf("b", "10", "deduct_each", {"points": "1"}, source=figure("f", "count"))
    said = {"root": {"key": "root", "name": "合计", "full": "20", "parts": [part, other]}}
    found = known(said, {"f": {1: 0}, "g": {1: 0}})
    scored = schemes.score(scheme_of(said), found.facts, exempt=found.exempt)
    assert str(scored.total) == total
    assert found.read["a"][0]["empty"] == empty


def test_what_history_does_not_reach_waits() -> None:
    said = one_rule("deduct_each", {"points": "1"}, figure("f", "count"))
    for values in ({"f": {1: None}}, {"f": {}}, {}):
        found = known(said, values)
        assert (found.waiting, found.facts) == (["a"], {})


def test_a_persons_mark_stands_before_the_figure() -> None:
    said = one_rule("deduct_each", {"points": "1"}, figure("f", "count"))
    found = known_of(said, HALF, Place(1), {("f", HALF): {1: 5}}, marks={("a", 0): [{"count": 1}]})
    assert found.facts["a"] == [{"count": 1}]
    assert found.read["a"] == [{"by": "hand"}]
    two = known_of(said, HALF, Place(1), {}, marks={("a", 0): [{"count": 1}, {"count": 3}]})
    assert two.facts["a"] == [{"seats": [{"count": 1}, {"count": 3}]}]


def test_an_exemption_asks_for_no_fact() -> None:
    said = one_rule("deduct_each", {"points": "1"}, figure("f", "count"))
    found = known_of(said, HALF, Place(1), {}, exempt={"a": "full"})
    assert (found.waiting, found.exempt) == ([], {"a": "full"})


def test_what_is_looked_at_once_a_year_is_of_the_year() -> None:
    said = one_rule("deduct_each", {"points": "1"}, figure("f", "count", of="g"), cycle="year")
    assert wanted(said, HALF) == {("f", "2026"), ("g", "2026")}


# --- standings -----------------------------------------------------------------------------------

SCHEME = scheme_of(content())


def ones(*totals: str, group: int | None = 1) -> list[standings.One]:
    return [
        standings.One(pk, group, SCHEME, rounded(Fraction(total)))
        for pk, total in enumerate(totals, start=1)
    ]


def test_a_quota_over_pooled_groups() -> None:
    """18 organisations in groups of 12 and 6, a third of them at most: 6 = 4 + 2."""
    first = [standings.One(pk, 1, SCHEME, rounded(Fraction(99 - pk))) for pk in range(12)]
    second = [standings.One(20 + pk, 2, SCHEME, rounded(Fraction(99 - pk))) for pk in range(6)]
    rules = standings.Rules("好", Fraction(1, 3))
    groups = [standings.Group(1, 5), standings.Group(2, 5)]
    found, summary = standings.stand([*first, *second], groups, rules)
    assert summary["places"] == 6
    best = [pk for pk, one in found.items() if one.grade == "好"]
    assert best == [0, 1, 2, 3, 20, 21]
    assert all(one.by_quota for pk, one in found.items() if one.band == "好" != one.grade)


def test_a_group_too_small_has_bands_alone() -> None:
    found, summary = standings.stand(
        ones("95", "80"), [standings.Group(1, 5)], standings.Rules("好", Fraction(0))
    )
    assert [(one.grade, one.rank, one.clear) for one in found.values()] == [
        ("好", None, None),
        ("较好", None, None),
    ]
    assert summary["groups"]["1"]["is_ranked"] is False
    assert summary["places"] == 0


def test_ties_are_broken_by_indicators_in_their_order() -> None:
    def one(pk: int, *points: str) -> standings.One:
        by = dict(zip(("a", "b"), map(Fraction, points), strict=True))
        return standings.One(pk, 1, SCHEME, rounded(Fraction(95)), points=by)

    rules = standings.Rules("好", Fraction(1, 3), tie_break=("a", "b"))
    groups = [standings.Group(1, 1)]
    found, _ = standings.stand(
        [one(1, "5", "9"), one(2, "6", "1"), one(3, "5", "8")], groups, rules
    )
    assert [found[pk].grade for pk in (1, 2, 3)] == ["较好", "好", "较好"]
    equal, _ = standings.stand(
        [one(1, "5", "9"), one(2, "5", "9"), one(3, "5", "8")], groups, rules
    )
    assert [equal[pk].grade for pk in (1, 2, 3)] == ["较好", "较好", "较好"]


def test_clearly_above_needs_pairs_of_marks() -> None:
    few = [Fraction(1, 20)] * 9
    groups = [standings.Group(1, 2)]
    by_hand = [(Fraction(20), 2)]
    rows = [
        standings.One(pk, 1, SCHEME, rounded(Fraction(total)), by_hand=by_hand)
        for pk, total in ((1, 99), (2, 80), (3, 61))
    ]
    found, _ = standings.stand(rows, groups, standings.Rules(), few)
    assert {one.clear for one in found.values()} == {None}
    found, _ = standings.stand(rows, groups, standings.Rules(), [*few, Fraction(1, 20)])
    assert [found[pk].clear for pk in (1, 2, 3)] == [1, 0, -1]


def test_organisations_without_a_group_stand_by_themselves() -> None:
    found, summary = standings.stand(ones("95", group=None), [], standings.Rules())
    assert (found[1].grade, found[1].rank, summary["groups"]) == ("好", None, {})


@given(st.lists(st.integers(0, 10000), min_size=1, max_size=30), st.randoms())
def test_order_does_not_matter(cents: list[int], random: Any) -> None:
    rows = [
        standings.One(pk, 1, SCHEME, rounded(Fraction(one, 100))) for pk, one in enumerate(cents)
    ]
    rules, groups = standings.Rules("好", Fraction(1, 3)), [standings.Group(1, 2)]
    straight, first = standings.stand(rows, groups, rules)
    shuffled = random.sample(rows, len(rows))
    again, second = standings.stand(shuffled, groups, rules)
    assert straight == again
    assert first == second
    if len(rows) >= 2:
        best = [one for one in straight.values() if one.grade == "好"]
        assert len(best) <= len(rows) // 3
