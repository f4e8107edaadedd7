"""What a scheme may be: sums, bases, what the rules against formalism forbid, what it costs."""

import copy
from typing import Any

import pytest

from assessments.schemes.comparing import differences
from assessments.schemes.definitions import arithmetic, leaves, scheme_of
from assessments.schemes.models import Scheme, SchemeVersion
from assessments.schemes.queries.problems import problems_of
from assessments.schemes.validation import Problem, cost_of, problems

FIGURES = {"life_party_day_missing", "study_reached", "study_expected"}


def indicator(key: str, name: str, full: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "full": full,
        "rules": [{"rule": "discretion", "params": {"bound": full}}],
        "plan_basis": "某委〔2026〕3号第2条",
        "duty_entry": "第14项 党员教育管理",
        **more,
    }


CONTENT: dict[str, Any] = {
    "root": {
        "key": "all",
        "name": "街道、镇类",
        "full": "20",
        "parts": [
            {
                "key": "g1",
                "name": "组织生活",
                "full": "12",
                "parts": [
                    indicator(
                        "8",
                        "主题党日",
                        "5",
                        rules=[
                            {
                                "rule": "deduct_each",
                                "params": {"points": "0.3", "place_cap": "0.6"},
                                "source": {
                                    "kind": "figure",
                                    "figure": "life_party_day_missing",
                                    "takes": "counts",
                                },
                            }
                        ],
                    ),
                    indicator("9", "特色做法", "7", reviewers=3),
                ],
            },
            indicator("16", "书记项目推进", "8"),
        ],
    },
    "bands": [["好", "18"], ["一般", "12"], ["差", "0"]],
    "quota": {"grade": "好", "share": "1/3"},
    "vetoes": {"严重违纪": {"effect": "not_above", "grade": "一般", "legal_basis": "某条例"}},
    "basis": "某办法",
    "plan_basis": "某委〔2026〕3号",
    "mid_year_weight": "0.40",
}


def found(change: Any = None, *, classes: tuple[str, ...] = ("street",)) -> list[Problem]:
    content = copy.deepcopy(CONTENT)
    if change is not None:
        change(content)
    return problems(content, classes=classes, figures=FIGURES)


def test_a_sound_scheme_has_no_problem_and_can_be_scored() -> None:
    assert found() == []
    scheme = scheme_of(CONTENT)
    assert [one.key for one in scheme.indicators] == ["8", "9", "16"]
    assert "plan_basis" not in str(arithmetic(CONTENT))
    assert [leaf.above for leaf in leaves(CONTENT)] == [("组织生活",), ("组织生活",), ()]


@pytest.mark.parametrize(
    "name",
    [
        "学习平台登录率",
        "党员日活跃度",
        "客户端安装率",
        "下载学习APP情况",
        "公众号关注数",
        "文章点赞和转发次数",
        "宣传阅读量",
        "人均学习积分",
        "在线时长达标",
        "主题党日扫码签到",
        "每月上传活动照片不少于3张",
        "信息报送篇数",
        "是否印发实施方案",
        "召开专题会传达上级文件精神",
        "受理群众诉求数量",
    ],
)
def test_what_the_burden_rules_forbid_is_refused_in_place(name: str) -> None:
    problem = found(lambda c: c["root"]["parts"].__setitem__(1, indicator("16", name, "8")))
    assert [one.where for one in problem] == ["16"], name
    assert problem[0].source
    assert problem[0].instead
    assert not problem[0].is_warning


@pytest.mark.parametrize(
    "name",
    [
        "党员学时达标率",
        "支部党员大会",
        "群众诉求按期办结",
        "发展党员程序规范",
        "班子配备与换届",
        "流动党员联系",
        "上级反馈问题整改销号",
        "新就业群体党员联系",
        "集中培训参训情况",
        "党费收缴",
    ],
)
def test_honest_indicators_are_let_through(name: str) -> None:
    assert found(lambda c: c["root"]["parts"].__setitem__(1, indicator("16", name, "8"))) == []


def test_satisfaction_is_never_the_only_evidence() -> None:
    def alone(content: dict[str, Any]) -> None:
        content["root"]["parts"][1] = indicator("16", "群众满意度", "8")

    def beside(content: dict[str, Any]) -> None:
        content["root"]["parts"][0]["parts"][1] = indicator("9", "群众满意度", "7")

    assert [one.where for one in found(alone)] == ["16"]
    assert found(beside) == []


def test_each_group_that_does_not_add_up_is_named() -> None:
    def change(content: dict[str, Any]) -> None:
        content["root"]["parts"][0]["parts"][1]["full"] = "8"

    told = found(change)
    assert [(one.where, one.text) for one in told] == [
        ("g1", "“组织生活”满分 12，下面合计 13，多 1 分。")
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: c["root"]["parts"][1].pop("duty_entry"), "没有对应的履职事项"),
        (lambda c: c["root"]["parts"][1].pop("plan_basis"), "没有写计划依据"),
        (lambda c: c["vetoes"]["严重违纪"].pop("legal_basis"), "没有写法规依据"),
        (lambda c: c.pop("basis"), "没有写制定依据"),
        (lambda c: c["quota"].update(grade="优秀"), "不在等次表里"),
        (lambda c: c["root"]["parts"][1].update(key="8"), "为空或重复"),
        (
            lambda c: c["root"]["parts"][0]["parts"][0]["rules"][0]["source"].update(
                figure="logins"
            ),
            "数据来源不存在",
        ),
        (lambda c: c["root"].pop("name"), "缺少“name”"),
        (lambda c: c.pop("root"), "结构不完整"),
        (lambda c: c["root"].update(parts=[]), "还没有指标。"),
        # Which of them it is, by its name and not by its place in the data.
        (lambda c: c["root"]["parts"][1].update(rules=[]), "：指标至少要有一条评分规则"),
    ],
)
def test_what_is_missing_is_named(change: Any, says: str) -> None:
    told = found(change)
    assert says in " ".join(one.text for one in told)


def test_a_mere_denominator_is_no_measure() -> None:
    """The form of a rule does not offer one; a scheme of a sheet may name it all the same."""

    def told(**source: str) -> list[str]:
        content = copy.deepcopy(CONTENT)
        content["root"]["parts"][0]["parts"][0]["rules"][0] = {
            "rule": "steps",
            "params": {"steps": [["0", "0"], ["90", "5"]]},
            "source": {"kind": "figure", "takes": "value", **source},
        }
        version = SchemeVersion(scheme=Scheme(classes=["street"]), content=content)
        return [one.text for one in problems_of(version) if "分母" in one.text]

    assert told(figure="concerns_on_time", of="concerns_due") == []
    assert told(figure="concerns_due") == ["“主题党日”选的数据项只能作分母，不能拿来评分。"]


def test_only_streets_and_towns_have_a_duty_list() -> None:
    assert found(lambda c: c["root"]["parts"][1].pop("duty_entry"), classes=("school",)) == []


def test_too_many_indicators_are_a_warning() -> None:
    def change(content: dict[str, Any]) -> None:
        content["root"]["parts"][1] = {
            "key": "many",
            "name": "细项",
            "full": "8",
            "parts": [indicator(f"x{number}", "细项", "0.2") for number in range(40)],
        }

    assert [(one.is_warning, one.where) for one in found(change)] == [(True, "")]


def test_what_it_costs() -> None:
    cost = cost_of(CONTENT, 6)
    assert (cost.indicators, cost.by_hand, cost.sampled, cost.fields) == (3, 2, 1, 2)
    # (3 + 2 reviewers, and two for the one of the sample) × 6 organisations × 12 minutes.
    assert cost.minutes == 7 * 6 * 12


def test_the_ballot_of_the_report_is_a_ballot_and_there_is_one() -> None:
    ballot = {"rule": "ballot", "params": {"weights": {"好": "100", "差": "40"}, "minimum": "10"}}

    def wrong(content: Any) -> None:
        content["root"]["parts"][1]["is_report"] = True

    (problem,) = found(wrong)
    assert problem.where == "16"
    assert "规则不是测评投票" in problem.text

    def right(content: Any) -> None:
        content["root"]["parts"][1] |= {"is_report": True, "rules": [ballot]}

    assert found(right) == []

    def twice(content: Any) -> None:
        right(content)
        content["root"]["parts"][0]["parts"][1] |= {"is_report": True, "rules": [ballot]}

    (problem,) = found(twice)
    assert (problem.where, problem.text) == ("16", "书记述职评议最多一项，“特色做法”已经是。")


def test_which_ballot_is_of_the_report_is_told_and_is_no_arithmetic() -> None:
    content = copy.deepcopy(CONTENT)
    content["root"]["parts"][1]["is_report"] = True
    assert arithmetic(content) == arithmetic(CONTENT)
    (told,) = differences(CONTENT, content)
    assert told.items == [("书记述职评议", "", "是")]
