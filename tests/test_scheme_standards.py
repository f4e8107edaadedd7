"""评分标准 as offices write them: what is read as a rule, and what is left to people."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from assessments.schemes.sheets.standards import read_standard
from assessments.schemes.sheets.words import in_words
from assessments.schemes.views.imports import read_examples
from assessments.scoring import rules

Read = tuple[str, Mapping[str, Any]]
JUDGED = "discretion"


def each(points: str, **more: str) -> Read:
    return ("deduct_each", {"points": points, **more})


def missing(**items: str) -> Read:
    return ("deduct_missing", {"items": items})


def read(text: str, full: str) -> tuple[bool, list[Read]]:
    found = read_standard(text, Fraction(full))
    return found.is_read, [(str(rule["rule"]), rule["params"]) for rule in found.rules]


@pytest.mark.parametrize(
    ("text", "full", "expected"),
    [
        ("每缺1次扣0.5分，扣完为止", "5", [each("0.5")]),
        ("每缺一次扣半分，最多扣三分。", "5", [each("0.5", cap="3")]),
        ("１．每项扣２分；", "10", [each("2")]),
        ("发现一起扣2分", "10", [each("2")]),
        ("主题党日每缺1次扣0.3分，每个支部最多扣0.6分", "5", [each("0.3", place_cap="0.6")]),
        ("每月开展主题党日。每少1次，扣1分，扣完本项分值为止", "5", [each("1")]),
        (
            "未按时换届扣5分；班子不健全的，扣3分（新成立支部除外）",
            "15",
            [missing(未按时换届="5", 班子不健全="3")],
        ),
        (
            "三会一课、党务公开未落实的，每项扣2分；无计划扣5分",
            "10",
            [missing(三会一课="2", 党务公开="2", 无计划="5")],
        ),
        ("三会一课、党务公开等未落实的，每项扣2分", "10", [each("2")]),  # the list is open
        ("每季度未召开支部大会扣1分", "4", [missing(每季度未召开支部大会="1")]),
        ("未完成不得分", "5", [("all_or_nothing", {})]),
        ("按期完成得5分，未按期完成的不得分", "5", [("all_or_nothing", {})]),
        ("弄虚作假的不得分；每缺1次扣1分", "5", [("all_or_nothing", {}), each("1")]),
        (
            "好20分、较好15分、一般10分、差0分",
            "20",
            [("levels", {"levels": {"好": "20", "较好": "15", "一般": "10", "差": "0"}})],
        ),
        (
            "每季度 5 / 每半年 2 / 偶尔 1 / 从未 0",
            "5",
            [("levels", {"levels": {"每季度": "5", "每半年": "2", "偶尔": "1", "从未": "0"}})],
        ),
        (
            "30%得满分，每增减10个百分点±1分",
            "3",
            [("ratio_steps", {"base": "0.3", "step": "0.1", "points": "1", "ceiling": None})],
        ),
        (
            "达到90%以上得4分，每低1个百分点扣0.5分，扣完为止",
            "4",
            [("ratio_steps", {"base": "0.9", "step": "0.01", "points": "0.5"})],
        ),
        (
            "30%得3分，每增减10%加减1分，最高5分",
            "3",
            [("ratio_steps", {"base": "0.3", "step": "0.1", "points": "1", "ceiling": "5"})],
        ),
        ("每次2分，最多12分", "20", [("accumulate", {"points": "2", "cap": "12"})]),
        ("每开展1次得2分，得满为止", "10", [("accumulate", {"points": "2", "cap": "10"})]),
        (
            "第一名10分、第二名8分、第三名6分，其余不得分",
            "10",
            [("rank_points", {"table": {"1": "10", "2": "8", "3": "6"}})],
        ),
        (
            "前4名依次得10、8、6、4分",
            "10",
            [("rank_points", {"table": {"1": "10", "2": "8", "3": "6", "4": "4"}})],
        ),
        (
            "组织科4分、农村科3分、组织员办2.5分、电教科1.5分",
            "11",
            [
                (
                    "parts",
                    {"parts": {"组织科": "4", "农村科": "3", "组织员办": "2.5", "电教科": "1.5"}},
                )
            ],
        ),
        (
            "无故缺席1次扣3分，2次扣5分，3次及以上不得分",
            "10",
            [
                (
                    "steps",
                    {
                        "steps": [
                            ["0", "1", "10"],
                            ["1", "2", "7"],
                            ["2", "3", "5"],
                            ["3", None, "0"],
                        ]
                    },
                )
            ],
        ),
        (
            "90%以上得5分，80%至90%得3分，80%以下不得分",
            "5",
            [("steps", {"steps": [["0", "80", "0"], ["80", "90", "3"], ["90", None, "5"]]})],
        ),
        ("酌情打分", "5", [(JUDGED, {"bound": "5"})]),
        ("酌情给0-3分", "5", [(JUDGED, {"bound": "3"})]),
        ("酌情扣1—3分", "10", [(JUDGED, {"bound": "10", "floor": "7"})]),
        (
            "未换届扣5分；其他情况酌情扣分",
            "15",
            [missing(未换届="5"), (JUDGED, {"bound": "15"})],
        ),
    ],
)
def test_what_is_said_plainly_is_a_rule(text: str, full: str, expected: list[Read] | None) -> None:
    assert read(text, full) == (True, expected)


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("", "5"),
        ("查阅资料", "5"),
        ("3 / 2 / 1", "3"),  # levels without names
        ("好20分、较好15分", "25"),  # the best is not the whole
        ("好5分、较好3分、差扣2分", "5"),
        ("90%以上得5分，80%—89%得3分，80%以下不得分", "5"),  # a gap
        ("每2次扣1分", "5"),
        ("缺2次扣3分", "5"),
        ("1次扣3分，2次扣5分", "10"),  # and the third?
        ("1次扣3分，3次以上不得分", "10"),
        ("每低1个百分点扣1分", "5"),  # below what?
        ("完成率80%得满分，按比例扣分", "5"),
        ("按完成率计分", "5"),
        ("每次最多扣2分", "5"),
        ("扣5分", "5"),
        ("不得分", "5"),
        ("满分", "5"),
        ("每次2分，最多12分", "10"),  # more than there is
        ("视情况酌情给分，最多给3分", "5"),
        ("未完成不得分；每次得1分", "5"),  # two ways of giving
        ("每缺1次扣1分；其他酌情扣1至2分", "5"),  # what is judged has a bound of its own
        ("每缺1次扣1至2分", "5"),
        ("第1名10分、第2名8分", "5"),
        ("每月得1分", "12"),
        ("好5分、好3分", "5"),
        ("扣1分；扣1分", "5"),
        ("每缺1次扣1分，情节严重的加倍扣分", "5"),
        ("每缺1次扣1分\x00\ud800", "5"),
        ("每" * 2000, "5"),
        ("每缺1次扣1分；" * 400, "5"),  # too long
        ("9" * 1999, "5"),
        ("30%得满分，每增减0个百分点±1分", "5"),
    ],
)
def test_what_is_not_plain_is_marked_by_people_within_the_full_marks(text: str, full: str) -> None:
    assert read(text, full) == (False, [(JUDGED, {"bound": full})])


@pytest.mark.parametrize(
    ("rule", "full"),
    [
        ({"rule": "deduct_each", "params": {"points": "0.5", "place_cap": "1", "cap": "3"}}, "5"),
        ({"rule": "deduct_missing", "params": {"items": {"无计划": "2", "无总结": "1"}}}, "5"),
        ({"rule": "all_or_nothing", "params": {}}, "5"),
        ({"rule": "levels", "params": {"levels": {"差": "0", "好": "5"}}}, "5"),
        ({"rule": "ratio_steps", "params": {"base": "0.3", "step": "0.1", "points": "1"}}, "3"),
        (
            {
                "rule": "ratio_steps",
                "params": {"base": "0.3", "step": "0.1", "points": "1", "ceiling": None},
            },
            "3",
        ),
        ({"rule": "accumulate", "params": {"points": "2", "cap": "12"}}, "20"),
        ({"rule": "rank_points", "params": {"table": {"2": "8", "1": "10"}}}, "10"),
        ({"rule": "discretion", "params": {"bound": "5"}}, "5"),
        ({"rule": "discretion", "params": {"bound": "5", "floor": "3"}}, "5"),
    ],
)
def test_words_of_a_rule_are_read_as_that_rule(rule: dict[str, Any], full: str) -> None:
    assert read_standard(in_words([rule]), Fraction(full)).rules == (rule,)


def test_every_rule_has_words_and_broken_ones_have_none() -> None:
    params = {
        "deduct_each": {"points": "1"},
        "deduct_missing": {"items": {"甲": "1"}, "cap": "1"},
        "levels": {"levels": {"好": "1"}},
        "steps": {"steps": [[None, "1", "2"], ["1", "3", "1"], ["3", None, "0"]]},
        "ratio_steps": {"base": "1/3", "step": "0.1", "points": "1", "ceiling": "5"},
        "accumulate": {"points": "1"},
        "rank_points": {"table": {"1": "1"}},
        "parts": {"parts": {"甲": "1"}},
        "factor": {"factor": "10", "deduct": True},
        "ballot": {"weights": {"好": "100"}},
        "discretion": {"bound": "1"},
    }
    without = {"bonus", "veto"}  # of the whole scheme, no indicator's
    for key in set(rules.keys()) - without:
        assert in_words([{"rule": key, "params": params.get(key, {})}]), key
    for broken in (
        {},
        {"rule": "levels"},
        {"rule": "steps", "params": {"steps": [[1]]}},
        {"rule": 5},
    ):
        assert in_words([broken]) == ""


def test_examples_beside_the_upload_are_read_as_rules() -> None:
    assert len(read_examples()) == 9
    for text, full, words in read_examples():
        assert words, text
        assert read_standard(text, Fraction(full)).is_read, text
