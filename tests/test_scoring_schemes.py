"""A whole scheme: what its rules give together, what is taken out, what would win points back."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import improving, schemes
from assessments.scoring.refusals import Refused

MEETINGS = {"rule": "deduct_each", "params": {"points": "0.5"}}
LESSONS = {"rule": "ratio_steps", "params": {"base": "0.9", "step": "0.1", "points": "1"}}
DATA: dict[str, Any] = {
    "root": {
        "key": "all",
        "name": "年中考核",
        "full": "20",
        "parts": [
            {
                "key": "life",
                "name": "组织生活",
                "full": "12",
                "parts": [
                    {"key": "l1", "name": "三会一课", "full": "8", "rules": [MEETINGS]},
                    {"key": "l2", "name": "到会率", "full": "4", "rules": [LESSONS]},
                ],
            },
            {
                "key": "work",
                "name": "业务",
                "full": "8",
                "rules": [
                    {"rule": "levels", "params": {"levels": {"好": "8", "一般": "5"}}},
                    {"rule": "deduct_each", "params": {"points": "1", "cap": "3"}},
                ],
            },
        ],
    },
    "bands": [["好", "18"], ["一般", "12"], ["差", "0"]],
    "bonus": {"rule": "bonus", "params": {"total_cap": "1"}},
    "vetoes": {"严重违纪": {"effect": "not_above", "grade": "一般"}},
}
FACTS: dict[str, list[dict[str, Any]]] = {
    "l1": [{"count": 3}],
    "l2": [{"ratio": "7/10"}],
    "work": [{"level": "好"}, {"count": 2}],
}


def scored(**more: Any) -> schemes.Scored:
    return schemes.score(schemes.read(DATA), FACTS, **more)


def test_indicators_groups_and_the_total() -> None:
    found = scored()
    points = {key: str(one.points) for key, one in found.indicators.items()}
    assert points == {"l1": "13/2", "l2": "2", "work": "6"}
    assert found.groups == {"all": Fraction("14.5"), "life": Fraction("8.5")}
    assert (f"{found.total}", found.grade) == ("14.50", "一般")


def test_bonus_veto_and_exemption() -> None:
    awards = [{"matter": "a", "points": "3"}]
    assert f"{scored(awards=awards).total}" == "15.50"
    # Taken out: (14.5 − 2) ÷ 16 × 20.
    found = scored(exempt={"l2": "rescale"}, awards=awards)
    assert f"{found.total}" == "16.63"
    assert f"{scored(exempt={'l2': 'full'}).total}" == "16.50"
    best = {"l1": [{"count": 0}], "l2": [{"ratio": 1}], "work": [{"level": "好"}, {"count": 0}]}
    assert schemes.score(schemes.read(DATA), best).grade == "好"
    vetoed = schemes.score(schemes.read(DATA), best, happened=["严重违纪"])
    assert (vetoed.grade, vetoed.limits, vetoed.total) == ("一般", ("一般",), 20)


def test_rules_of_one_indicator_act_together_and_are_bounded_once() -> None:
    work = schemes.read(DATA).indicators[-1]
    for level, count, points in (("好", 1, 7), ("好", 9, 5), ("一般", 9, 2)):
        assert schemes.score_indicator(work, [{"level": level}, {"count": count}]).points == points


def test_same_scheme_and_facts_same_bytes() -> None:
    one, other = scored(), schemes.score(schemes.read(json.loads(json.dumps(DATA))), FACTS)
    assert schemes.canonical(one.as_data()) == schemes.canonical(other.as_data())
    scheme = schemes.read(DATA)
    mine = schemes.digest(scheme, FACTS, one.as_data())
    assert mine == schemes.digest(scheme, FACTS, other.as_data())
    changed = {**FACTS, "l1": [{"count": 4}]}
    assert schemes.digest(scheme, changed, schemes.score(scheme, changed).as_data()) != mine


def spoil(path: list[Any], value: Any) -> dict[str, Any]:
    data = json.loads(json.dumps(DATA))
    part = data
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (["root", "parts", 0, "full"], "11", "满分 11，下面合计 12"),
        (["root", "parts", 0, "parts", 1, "key"], "l1", "为空或重复"),
        (["root", "parts", 1, "rules"], [], "至少要有一条"),
        (["root", "parts", 1, "rules", 0, "rule"], "logins", "不在"),
        (["root", "parts", 1, "weight"], "2", "不认识“weight”"),
        (["bands", 1, 1], "18", "不能重复"),
        (["root", "parts"], "", "应是一列值"),
    ],
)
def test_a_scheme_that_does_not_add_up_is_refused(path, value, says) -> None:
    with pytest.raises(Refused, match=says):
        schemes.read(spoil(path, value))


def test_a_refusal_names_its_indicator() -> None:
    with pytest.raises(Refused) as refusal:
        schemes.score(schemes.read(DATA), {**FACTS, "l2": [{"ratio": "x"}]})
    assert str(refusal.value).startswith("l2 facts.ratio")
    with pytest.raises(Refused, match="一票否决"):
        scored(happened=["没有这一条"])


def test_what_wins_back_is_what_was_promised() -> None:
    scheme = schemes.read(DATA)
    for indicator in scheme.indicators:
        facts = FACTS[indicator.key]
        before = schemes.score_indicator(indicator, facts).points
        found = improving.improvements(indicator, facts)
        assert found, indicator.key
        for one in found:
            after = [*facts[: one.rule], one.facts, *facts[one.rule + 1 :]]
            assert schemes.score_indicator(indicator, after).points == before + one.gain
    first = improving.improvements(scheme.indicators[1], FACTS["l2"])[0]
    assert (first.facts, first.gain, first.units) == ({"ratio": "0.8"}, 1, 1)


@given(st.integers(min_value=0, max_value=60), st.sampled_from(["0.5", "1", "3"]))
def test_nothing_is_promised_that_a_bound_takes_back(count, each) -> None:
    rule = schemes.Rule("deduct_each", {"points": each, "cap": "6"})
    indicator = schemes.Indicator("a", "甲", Fraction(10), (rule,))
    now = schemes.score_indicator(indicator, [{"count": count}]).points
    for one in improving.improvements(indicator, [{"count": count}]):
        assert now < now + one.gain <= 10
        assert schemes.score_indicator(indicator, [one.facts]).points == now + one.gain


def test_a_branch_loses_no_more_than_its_cap_and_repairs_where_it_pays() -> None:
    """主题党日 of the design's example: four branches miss seven, one of them is capped."""
    rule = schemes.Rule("deduct_each", {"points": "0.30", "place_cap": "0.60"})
    indicator = schemes.Indicator("8", "主题党日", Fraction(5), (rule,))
    counts = {"前姚二": 4, "小黄山一": 1, "湖庄三": 1, "离退休": 1}
    found = schemes.score_indicator(indicator, [{"counts": counts}])
    assert found.points == Fraction("3.5")
    assert [step.kind for step in found.steps].count("cap") == 1
    won = improving.improvements(indicator, [{"counts": counts}])
    assert [(one.about, one.gain, one.units) for one in won[:3]] == [
        (name, Fraction("0.3"), 1) for name in ("小黄山一", "湖庄三", "离退休")
    ]
    # The capped one wins nothing before its third.
    assert min(one.units for one in won if one.about == "前姚二") == 3


def test_two_marks_give_their_mean_and_three_their_median():
    one = schemes.read(
        {
            "root": {
                "key": "root",
                "name": "合计",
                "full": 10,
                "parts": [
                    {
                        "key": "a",
                        "name": "甲",
                        "full": 10,
                        "rules": [{"rule": "discretion", "params": {"bound": 10}}],
                    }
                ],
            }
        }
    ).indicators[0]

    def marked(*points):
        seats = [{"points": each, "reason": "看过现场"} for each in points]
        return schemes.score_indicator(one, [{"seats": seats}])

    assert marked(8, 7).points == Fraction("7.5")
    assert marked(2, 9, 8).points == 8
    assert [step.kind for step in marked(2, 9, 8).steps] == ["seat", "seat", "seat", "median"]
    with pytest.raises(Refused):
        marked()


def test_what_is_still_to_be_marked_leaves_no_total():
    data = {
        "root": {
            "key": "root",
            "name": "合计",
            "full": 10,
            "parts": [
                {
                    "key": key,
                    "name": key,
                    "full": 5,
                    "rules": [{"rule": "deduct_each", "params": {"points": 1}}],
                }
                for key in ("a", "b")
            ],
        },
        "bands": [["好", 9], ["一般", 0]],
    }
    scheme, facts = schemes.read(data), {"a": [{"count": 2}]}
    scored = schemes.score(scheme, facts, waiting=["b"])
    assert (scored.total, scored.grade, scored.waiting) == (None, "", ("b",))
    assert scored.groups["root"] == 3
    assert scored.as_data()["waiting"] == ["b"]
    whole = schemes.score(scheme, {**facts, "b": [{"count": 0}]})
    assert "waiting" not in whole.as_data()
    assert str(whole.total) == "8.00"
    # An exemption decides it: nobody has to mark what is out.
    out = schemes.score(scheme, facts, waiting=["b"], exempt={"b": "rescale"})
    assert str(out.total) == "6.00"
