"""Published tables, run through the engine: those that came with the design, those of the reference,
and files that are not what they should be."""

import datetime as dt
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import grading, vectors
from assessments.scoring.grading import Band, Quota
from assessments.scoring.measuring import measuring_error, standing
from assessments.scoring.refusals import Refused
from assessments.scoring.totals import mean_of, spread_of

DATA = Path(__file__).parent / "data"
BANDS = [Band("好", Fraction(90)), Band("较好", Fraction(80)), Band("一般", Fraction(60))]


def test_every_vector_of_the_design(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_vectors", str(DATA / "scoring_vectors.json"))
    said = capsys.readouterr().out
    assert "80 项，0 项不符" in said
    assert (
        "相符  accounts · mid-year, repairs and second half · year：应为 92.28，算得 92.28" in said
    )


def write(tmp_path: Path, content: object) -> str:
    path = tmp_path / "tables.json"
    path.write_text(
        content if isinstance(content, str) else json.dumps(content, ensure_ascii=False),
        encoding="utf-8",
    )
    return str(path)


def test_a_difference_is_shown_and_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = {"rule": "deduct_each", "full": "4", "params": {"points": "0.5"}, "facts": {"count": 3}}
    path = write(
        tmp_path, {"rules": [{**case, "name": "对", "points": "2.50"}, {**case, "points": "3"}]}
    )
    with pytest.raises(CommandError) as failed:
        call_command("check_vectors", path, "--json")
    assert failed.value.returncode == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["checked"], told["wrong"]) == (2, 1)
    assert [one["right"] for one in told["outcomes"]] == [True, False]
    assert told["outcomes"][1] | {"section": ""} == {
        "section": "",
        "case": "第 2 个",
        "what": "points",
        "expected": "3",
        "computed": "2.5",
        "problem": "",
        "right": False,
    }


RULE = {"rule": "deduct_each", "full": "4", "params": {"points": "1"}, "facts": {"count": 0}}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"rule": []}, "不认识这一组"),
        ({"rules": []}, "应是 1 到"),
        ({"rules": [{**RULE, "points": "4", "weight": "2"}]}, "不认识“weight”"),
        ({"rules": [RULE]}, "应为 ，算得 4"),
        ({"rules": [{**RULE, "rule": "guess", "points": "4"}]}, "不认识规则“guess”"),
        ({"rules": [{**RULE, "error": "too_few"}]}, "应为 too_few，算得 4"),
        ({"about": "nothing else"}, "没有案例"),
        ({}, "不能为空"),
        ([], "不能为空"),
        ({"assessments": [{"same_as": "无", "total": "1"}]}, "前面没有“无”"),
        ({"assessments": [{"components": [["a", "9", "1"]]}]}, "没有写明应得的结果"),
        ({"ranks": [{"totals": ["1"]}]}, "缺少“ranks”"),
        ({"deadlines_2026": {"day_32": []}}, "不认识“day_32”"),
        ({"deadlines_2099": {"day_5": []}}, "没有 2099 年的放假安排"),
        ("{", "不是可以读的 JSON"),
        ('{"rules": NaN}', "不是数"),
        ('{"rules": [], "rules": []}', "写了两次"),
        ("[" * 100_000, "不是可以读的 JSON"),
    ],
)
def test_what_is_not_understood_is_never_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: object, says: str
) -> None:
    with pytest.raises(CommandError) as failed:
        call_command("check_vectors", write(tmp_path, content))
    assert says in capsys.readouterr().out + str(failed.value)


ODD = (None, True, -1, 10**400, 0.5, "", "x", "1/0", "NaN", [], [[]], [None], {}, {"": 1})


def spoiled(value: Any) -> Iterator[Any]:
    """The value with each of its parts, and itself, put out of shape in turn."""
    yield from ODD
    if isinstance(value, dict):
        for key in value:
            yield {one: part for one, part in value.items() if one != key}
            yield from ({**value, key: odd} for odd in spoiled(value[key]))
    elif isinstance(value, list):
        for place in range(len(value)):
            for odd in spoiled(value[place]):
                yield [*value[:place], odd, *value[place + 1 :]]


def test_no_case_breaks_the_engine() -> None:
    """Each part of each case out of shape: refused or shown as a difference, never an exception."""
    tables = json.loads((DATA / "scoring_vectors.json").read_text(encoding="utf-8"))
    tried = 0
    for section, cases in tables.items():
        for case in cases if isinstance(cases, list) else []:
            for odd in spoiled(case):
                assert vectors.run({section: [odd]}), (section, odd)
                tried += 1
    assert tried > 10_000


def test_a_whole_published_table() -> None:
    """Table T1 of the reference, its rules one by one: 60, the lower bound of 一般."""
    items = {
        "党组织带头人": (
            15,
            {"未按期换届": "5", "班子不全": "5", "半年无活动": "5"},
            ["未按期换届"],
        ),
        "工作思路": (10, {"无计划": "5", "无总结": "5", "落实差": "5"}, ["无总结"]),
        "工作制度": (
            10,
            {"三会一课": "2", "民主评议": "2", "党务公开": "2", "述职": "5", "领导学时": "3"},
            ["三会一课", "领导学时"],
        ),
        "活动阵地": (10, {"无场所": "10", "无设施": "5"}, ["无设施"]),
        "保障机制": (10, {"无专职": "5", "无经费": "5", "经费不足": "3"}, []),
        "工作业绩": (20, {"排名靠后": "10", "群团不健全": "5"}, ["排名靠后"]),
        "群众反映": (25, {"满意度低": "10", "信访多": "10"}, ["满意度低"]),
    }
    cases = [
        {
            "name": name,
            "rule": "deduct_missing",
            "full": full,
            "params": {"items": params},
            "facts": {"missing": missing},
            "points": full - sum(int(params[one]) for one in missing),
        }
        for name, (full, params, missing) in items.items()
    ]
    found = vectors.run({"rules": cases})
    assert all(one.is_right for one in found)
    total = sum(Fraction(one.computed) for one in found)
    assert total == 60
    assert grading.band_of(total, BANDS) == "一般"


@given(
    st.lists(st.integers(min_value=0, max_value=40), min_size=1, max_size=12),
    st.fractions(min_value=0, max_value=1, max_denominator=60),
    st.sampled_from(["upper", "lower"]),
)
def test_places_of_groups_add_up_and_fit(sizes, share, kind) -> None:
    total, found = grading.places_of_groups(kind, share, sizes, 5)
    assert sum(one or 0 for one in found) == total
    for size, places in zip(sizes, found, strict=True):
        assert (places is None) == (size < 5)
        assert places is None or abs(places - share * size) < 1


@given(st.lists(st.integers(min_value=0, max_value=100), min_size=1, max_size=20), st.randoms())
def test_ranks_and_grades_do_not_depend_on_the_order(totals, shuffler) -> None:
    order = list(range(len(totals)))
    shuffler.shuffle(order)
    values = [Fraction(one) for one in totals]
    mixed = [values[place] for place in order]
    ranks = grading.ranks(values)
    assert [ranks[place] for place in order] == grading.ranks(mixed)
    quota = Quota("好", 3)
    grades = grading.grades(values, BANDS, quota=quota)
    assert [grades[place] for place in order] == grading.grades(mixed, BANDS, quota=quota)
    assert sum(one.grade == "好" for one in grades) <= 3


def test_a_lower_quota_pushes_down_as_many_as_are_lacking() -> None:
    totals = [Fraction(one) for one in ("96", "95", "94", "93", "70")]
    found = grading.grades(totals, BANDS, quota=Quota("较好", 2, "lower"))
    assert [one.grade for one in found] == ["好", "好", "好", "较好", "一般"]
    assert [one.by_quota for one in found] == [False, False, False, True, False]


def test_a_veto_of_an_unknown_grade_is_refused() -> None:
    with pytest.raises(Refused):
        grading.limited("好", "极差", BANDS)
    assert grading.limited("好", "lowest_grade", BANDS) == "一般"
    assert grading.limited("一般", "较好", BANDS) == "一般"  # a ceiling raises nobody


def test_who_cannot_be_told_apart_from_the_mean() -> None:
    error = measuring_error([Fraction("0.05")] * 10, [(Fraction(10), 2)] * 5)
    near = Fraction(error.interval_95)
    assert [standing(80 + by, Fraction(80), error) for by in (near, near + 1, -near - 1)] == [
        0,
        1,
        -1,
    ]


def test_a_branch_that_was_not_scored_is_no_zero() -> None:
    assert mean_of([]) is None
    assert mean_of([Fraction(80), Fraction(90)]) == 85
    assert mean_of([Fraction(80), Fraction(90)], [Fraction(1), Fraction(3)]) == Fraction("87.5")
    assert spread_of([Fraction(80), Fraction(90)]) == (80, 90)


def test_the_calendar_is_the_decreed_one_whatever_the_table_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deadline = {"add_working_days": [["2026-09-18", 10, "2026-10-09"]]}
    call_command("check_vectors", write(tmp_path, {"deadlines_2026": deadline}))
    assert "1 项，0 项不符" in capsys.readouterr().out
    assert dt.date(2026, 9, 20).weekday() == 6  # worked all the same
