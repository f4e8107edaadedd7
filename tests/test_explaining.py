"""The explanation of a score as plain values: words for every rule, sums that add up, suggestions
that bring what they promise."""

import datetime as dt
import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.cycles.explaining import Names, Stored, explain, winnable
from assessments.cycles.explaining.amounts import apportioned, exact, percent, short
from assessments.cycles.explaining.remedies import remedy_of
from assessments.cycles.explaining.rules import keys as worded
from assessments.cycles.explaining.rules import rule_words
from assessments.cycles.explaining.said import said_of
from assessments.cycles.explaining.steps import WORDS, lines_of
from assessments.cycles.explaining.winning import together
from assessments.cycles.facts import Place, known_of
from assessments.cycles.words import share_words, win_words
from assessments.schemes.definitions import leaves, scheme_of
from assessments.scoring import rules, schemes
from assessments.scoring.schemes import score_indicator
from core import figures
from tests.scheme_world import figure, leaf

VECTORS = json.loads(Path("tests/data/scoring_vectors.json").read_text())
PERIOD = "2026-H1"


def label(text: str, unit: str = "次") -> Any:
    return SimpleNamespace(unit=unit, source="记录", label_in=lambda period: text)


NAMES = Names(
    {
        "life_party_day_missing": label("未开主题党日", "个"),
        "study_reached": label("学时已够的党员", "人"),
        "members_on_roll": label("在册党员", "人"),
        "items_overdue": label("逾期督办", "项"),
        "offices_vacant": label("书记空缺", "个"),
        "reports_on_time": label("其中按时", "份"),
        "reports_sent": label("支部已报送", "份"),
        "branches": label("所属支部", "个"),
    },
    {"11": "前姚社区第二支部", "12": "小黄山村第一支部", "13": "湖庄村第三支部"},
)


def content(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    full = sum((Fraction(part["full"]) for part in parts), Fraction(0))
    root = {"key": "root", "name": "合计", "full": str(full), "parts": list(parts)}
    return {"root": root, "places": 2, "bands": [["好", "90"], ["差", "0"]], **more}


def computed(
    said: dict[str, Any],
    values: dict[str, Any] | None = None,
    branches: dict[int, int] | None = None,
    marks: dict[Any, Any] | None = None,
    exempt: dict[str, str] | None = None,
    **more: Any,
) -> Stored:
    """A score as a run stores it, from figures of the assessed (1) and of its branches."""
    readings = {
        (key, PERIOD): {1: value, **(branches or {})} for key, value in (values or {}).items()
    }
    place = Place(1, list(branches or {}), [1])
    known = known_of(said, PERIOD, place, readings, marks=marks, exempt=exempt)
    scored = schemes.score(
        scheme_of(said), known.facts, exempt=known.exempt, waiting=known.waiting, **more
    )
    return Stored(said, known.as_data(), scored.as_data(), PERIOD)


STUDY = leaf(
    *("study", "6", "ratio_steps", {"base": "0.95", "step": "0.01", "points": "0.2"}),
    name="党员学时达标率",
    source=figure("study_reached", "ratio", of="members_on_roll"),
)
DAYS = leaf(
    *("days", "5", "deduct_each", {"points": "0.3", "place_cap": "0.6"}),
    name="主题党日",
    source=figure("life_party_day_missing", "counts"),
)
ITEMS = leaf(
    *("items", "9", "deduct_each", {"points": "1", "cap": "3"}),
    name="督办销号",
    source=figure("items_overdue", "count"),
)
WORK = leaf("work", "80", "discretion", {"bound": "80"}, name="重点工作")
VALUES = {
    "study_reached": 470,
    "members_on_roll": 567,
    "life_party_day_missing": 7,
    "items_overdue": 2,
}
BRANCHES = {11: 4, 12: 1, 13: 2}
MARKED = {("work", 0): [{"points": "78", "reason": "看过现场"}]}


def usual(**more: Any) -> Stored:
    given = {"values": VALUES, "branches": BRANCHES, "marks": MARKED, **more}
    return computed(content(STUDY, DAYS, ITEMS, WORK), **given)


def test_the_equation_the_reasons_and_the_tree_say_the_same() -> None:
    told = explain(usual(), NAMES)
    # 6 − 13 × 0.2 (12 whole steps), 5 − 0.6 − 0.3 − 0.6, 9 − 2, 80 − 2
    assert [(one.sign, one.amount) for one in told.terms] == [("", "100.00"), ("−", "7.90")]
    assert told.total == "92.10"
    assert [(one.key, one.lost_text) for one in told.reasons] == [
        *(("study", "−2.40"), ("items", "−2.00"), ("work", "−2.00"), ("days", "−1.50")),
    ]
    assert (told.reasons_lost, told.reasons_share, told.rest) == ("7.90", "100%", 0)
    assert told.reasons[0].summary == (
        "在册党员 567 人中学时已够的党员 470 人，82.89%，比 95% 低 12.11 个百分点"
    )
    (part,) = told.parts
    assert (part.points_text, part.lost_text) == ("92.10", "−7.90")


def test_an_opened_item_goes_from_the_rule_to_what_a_cap_did() -> None:
    days = explain(usual(), NAMES).items[1]
    assert days.rules[0].words == "未开主题党日每 1 个扣 0.3 分；同一支部最多扣 0.6 分。"
    assert days.bounds == "扣完为止。"
    assert [
        (row.name, row.number.value, row.lost, row.kept) for row in days.rules[0].said.branches
    ] == [
        ("前姚社区第二支部", 4, "1.20", "0.60"),
        ("湖庄村第三支部", 2, "0.60", "0.60"),
        ("小黄山村第一支部", 1, "0.30", "0.30"),
    ]
    assert (
        days.rules[0].said.text == "3 个支部共 7 个未开主题党日，前姚社区第二支部按封顶 0.6 分计。"
    )
    assert [(one.what, one.formula, one.value) for one in days.lines][:2] == [
        ("前姚社区第二支部", "4 × 0.3", "1.20"),
        ("前姚社区第二支部封顶", "1.2 → 0.6", "0.60"),
    ]
    assert [(one.what, one.acted, one.note) for one in days.limits] == [
        ("同一支部封顶 0.60", True, "起作用 1 次，相差 0.60 分"),
        ("保底 0.00", False, ""),
        ("最多 5.00", False, ""),
    ]


def test_what_is_not_marked_yet_is_left_out_and_named() -> None:
    told = explain(usual(marks={}), NAMES)
    assert not told.is_whole
    assert (told.total, told.known) == ("14.10", "20")
    assert [one.name for one in told.waiting] == ["重点工作"]
    assert told.difference is None


def test_an_exemption_is_a_member_of_the_equation() -> None:
    told = explain(usual(exempt={"days": "rescale"}), NAMES)
    shown = [(one.key, one.sign, one.amount) for one in told.terms]
    assert shown == [
        *(("full", "", "100.00"), ("lost", "−", "6.40"), ("out", "−", "5.00")),
        ("scaled", "+", "4.66"),
    ]
    assert told.total == "93.26"
    assert told.scaling == "88.6 ÷ 95 × 100"
    assert [(one.state, one.is_granted) for one in told.exempt] == [("out", True)]
    full = explain(usual(exempt={"days": "full"}), NAMES)
    assert full.exempt[0].points_text == "5.00"


def test_nothing_to_take_a_share_of_is_no_exemption_that_somebody_gave() -> None:
    told = explain(usual(values={**VALUES, "study_reached": 0, "members_on_roll": 0}), NAMES)
    (one,) = told.exempt
    assert not one.is_granted
    assert "没有可以计算比率的，这一项按满分计" in one.rules[0].said.text


def test_the_difference_from_last_time_adds_up() -> None:
    before = usual(values={**VALUES, "study_reached": 500, "items_overdue": 3})
    told = explain(usual(), NAMES, before)
    difference = told.difference
    assert difference is not None
    assert (difference.before, difference.now, difference.total_text) == ("92.30", "92.10", "−0.20")
    assert [(one.name, str(one.points)) for one in difference.changes] == [
        ("督办销号", "1.00"),
        ("党员学时达标率", "-1.20"),
    ]
    since = told.items[0].since
    assert since is not None
    assert (since.lost, since.change) == ("1.20", Fraction(-12, 10))


def test_another_rule_is_not_compared() -> None:
    stricter = leaf(
        *("items", "9", "deduct_each", {"points": "2", "cap": "3"}),
        source=figure("items_overdue", "count"),
    )
    before = computed(
        content(STUDY, DAYS, stricter, leaf("old", "80", "discretion", {"bound": "80"})),
        VALUES,
        BRANCHES,
        {("old", 0): [{"points": "70", "reason": "看过"}]},
    )
    told = explain(usual(), NAMES, before)
    assert told.difference is not None
    assert told.difference.apart == ("督办销号", "重点工作", "old")
    changes = {one.name: str(one.points) for one in told.difference.changes}
    assert changes == {"加分、折算和口径不同的项": "8.00", "督办销号": "1.00"}
    assert [one.since.words for one in told.items if one.since and one.since.words] == [
        "两期的规则或满分不同，不直接比较。",
        "上次没有这一项。",
    ]


SHARES = [Fraction(one, of) for of in (2, 3, 7, 9) for one in range(1, of)]
# Of few denominators, so that sums stay within the digits that a scheme may have.
PIECES = st.builds(Fraction, st.integers(0, 60), st.sampled_from([1, 2, 3, 7]))


@given(
    st.lists(
        st.tuples(PIECES, st.sampled_from([Fraction(0), Fraction(1), *SHARES])),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 3),
)
def test_what_is_shown_adds_up(parts: list[tuple[Fraction, Fraction]], places: int) -> None:
    """Of marks that no decimal says, down the tree and along the equation."""
    nodes, marks = [], {}
    for number, (full, share) in enumerate(parts):
        key = f"i{number}"
        nodes.append(leaf(key, _said(full), "factor", {"factor": "1"}))
        marks[key, 0] = [{"score": _said(full * share)}]
    said = content(*nodes)
    said["places"] = places
    told = explain(computed(said, marks=marks), NAMES)

    def number(text: str) -> Decimal:
        return Decimal(text.replace("−", "-"))

    signs = {"": 1, "+": 1, "−": -1}
    assert sum(signs[one.sign] * number(one.amount) for one in told.terms) == number(told.total)
    assert sum(number(one.points_text) for one in told.items) == number(told.total)
    assert -sum(number(one.lost_text) for one in told.items) == number(told.lost)
    assert number(told.reasons_lost) + number(told.rest_lost) == number(told.lost)


def _said(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def test_a_third_three_times_is_said_to_have_been_moved() -> None:
    assert [str(one) for one in apportioned([Fraction(1, 3)] * 3, Decimal("1.00"), 2)] == [
        *("0.34", "0.33", "0.33"),
    ]
    assert [str(one) for one in apportioned([Fraction(0), Fraction(1, 2)], Decimal("0.51"), 2)] == [
        *("0.00", "0.51"),
    ]
    # More than rounding can have lost is not hidden in a last place.
    assert apportioned([Fraction(93), Fraction(1)], Decimal("95.00"), 2) == [93, 1]
    parts = [leaf(f"i{one}", "100/3", "factor", {"factor": "1/2"}) for one in range(3)]
    marks = {(f"i{one}", 0): [{"score": "100/3"}] for one in range(3)}
    assert explain(computed(content(*parts), marks=marks), NAMES).is_adjusted
    assert not explain(usual(), NAMES).is_adjusted


# --- words -----------------------------------------------------------------------------------


def test_every_rule_of_the_engine_has_words() -> None:
    assert set(worded()) == set(rules.keys())


def test_every_step_of_the_engine_has_words() -> None:
    kinds: set[str] = set()
    for name in ("rules", "schemes", "totals"):
        text = Path(f"assessments/scoring/{name}.py").read_text()
        kinds |= set(re.findall(r"(?:case\.step|\bStep)\(\s*\"(\w+)\"", text))
        kinds |= {"met", "not_met"} if name == "rules" else set()
    assert len(kinds) > 25
    assert kinds <= set(WORDS)


@pytest.mark.parametrize("case", VECTORS["rules"], ids=lambda case: case["name"])
def test_published_cases_are_told_in_words(case: dict[str, Any]) -> None:
    """Rule, facts and steps of every vector: no code of the engine, no share, no English."""
    if "expect" not in case and "points" not in case:
        pytest.skip("of another form")
    rule = {"rule": case["rule"], "params": case["params"]}
    full = case.get("full")
    said = [rule_words({"full": full or "0"}, rule, NAMES)]
    try:
        found = rules.evaluate(case["rule"], full, case["params"], case["facts"])
    except Exception:
        return
    if case["rule"] not in ("bonus", "veto", "not_applicable"):
        said.append(said_of(rule, case["facts"], {"by": "hand"}, NAMES).text)
    lines = lines_of([step.as_data() for step in found.steps], NAMES)
    said += [part for line in lines for part in (line.what, line.value)]
    for text in said:
        assert text
        assert "读不出来" not in text, text
        assert "不认识" not in text, text
        assert not re.search(r"[a-z]_[a-z]|\d/\d|None", text), text


def test_answers_of_a_ballot_stand_best_first_however_they_are_kept() -> None:
    rule = {"rule": "ballot", "params": {"weights": {"差": "40", "好": "100", "较好": "80"}}}
    facts = {"votes": {"差": 1, "好": 15, "较好": 3}}
    assert said_of(rule, facts, {"by": "hand"}, NAMES).text == "好 15 票、较好 3 票、差 1 票。"
    assert "好 100、较好 80、差 40" in rule_words({"full": "25"}, rule, NAMES)


def test_shares_are_cut_and_percentages_have_no_needless_places() -> None:
    assert (short("470/567"), short("-1/3"), short("0.50")) == ("0.8289…", "−0.3333…", "0.5")
    assert (percent("0.95"), percent("470/567"), percent("0"), percent("1")) == (
        *("95%", "82.89%", "0%", "100%"),
    )
    long = f"{10**40 + 1}/{10**39}"
    assert exact(long) == Fraction(10**40 + 1, 10**39)


# --- what would win back ---------------------------------------------------------------------


def won(stored: Stored, *, today: dt.date = dt.date(2026, 6, 1), is_running: bool = True) -> Any:
    return winnable(
        stored.content, stored.facts, stored.period, NAMES, today=today, is_running=is_running
    )


def test_after_a_second_half_nothing_is_given_back() -> None:
    stored = usual()
    after = {"today": dt.date(2027, 3, 1), "is_running": False}
    assert won(stored, **after).best
    later = won(replace(stored, period="2026-H2"), **after)
    assert later.wins
    assert (later.best, later.share, later.together) == ((), 0, 0)
    item = next(one for one in explain(stored, NAMES).items if later.of(one.key))
    assert win_words(item, later) == "下半年的失分，整改后不再恢复。"
    said = share_words(later, "90.25", is_sealed=True)
    assert said == "审定的 90.25 分不变。下半年的失分，整改后不再恢复，整改仍按清单办。"


def test_a_suggestion_brings_exactly_what_it_promises() -> None:
    stored = usual()
    found = won(stored)
    assert [(one.indicator, one.words, one.units, str(one.gain)) for one in found.wins] == [
        ("study", "63 名党员补足学时", 63, "12/5"),
        ("items", "办结并销号 2 项逾期督办", 2, "2"),
        ("days", "3 个支部共补开 7 次主题党日", 7, "3/2"),
    ]
    assert [(one.first.words, str(one.first.gain)) for one in found.wins if one.first] == [
        ("1 名党员补足学时", "1/5"),
        ("2 个支部共补开 3 次主题党日", "9/10"),
    ]
    assert [one.indicator for one in found.wins if one.is_easiest] == ["items"]
    assert found.until == dt.date(2026, 6, 30)
    scheme = scheme_of(stored.content)
    by_key = {one.key: one for one in scheme.indicators}
    for win in [*found.wins, *(one.first for one in found.wins if one.first)]:
        now = score_indicator(by_key[win.indicator], stored.facts["facts"][win.indicator]).points
        then = score_indicator(by_key[win.indicator], win.facts).points
        assert now is not None
        assert then is not None
        assert then - now == win.gain
    facts = {**stored.facts["facts"], **{one.indicator: one.facts for one in found.best}}
    whole = schemes.score(scheme, facts, exempt={}).total
    assert whole is not None
    assert Fraction(whole) - Fraction(str(stored.result["total"])) == found.together


def test_the_figures_of_a_suggestion_give_its_facts() -> None:
    """Who does what it says finds the same facts in the next computation."""
    stored = usual()
    study = won(stored).wins[0]
    assert study.indicator == "study"
    then = usual(values={**VALUES, "study_reached": 470 + study.units})
    assert list(study.facts) == then.facts["facts"]["study"]
    less = usual(values={**VALUES, "study_reached": 470 + study.units - 1})
    assert Fraction(str(less.result["total"])) < Fraction(str(then.result["total"]))


def test_what_is_over_only_gives_back_a_share_and_only_where_it_can_be_made_up() -> None:
    sent = leaf(
        *("sent", "80", "steps", {"steps": [[None, "100", "70"], ["100", None, "80"]]}),
        source=figure("reports_sent", "value"),
    )
    stored = computed(content(STUDY, DAYS, ITEMS, sent), {**VALUES, "reports_sent": 90}, BRANCHES)
    assert [one.indicator for one in won(stored).wins] == ["sent", "study", "items", "days"]
    for after in (
        won(stored, today=dt.date(2026, 7, 1)),
        won(stored, is_running=False),
    ):
        assert [one.indicator for one in after.wins] == ["study", "items", "days"]
        assert after.until is None
        assert after.brings(after.wins[0]) == Fraction(12, 10)
        assert after.together == Fraction(59, 10) / 2


def test_what_is_won_counts_for_more_where_others_are_out() -> None:
    stored = usual(exempt={"work": "rescale"})
    found = won(stored)
    assert found.scale == Fraction(100, 20)
    assert [str(found.brings(one)) for one in found.wins] == ["12", "10", "15/2"]
    whole = sum((found.brings(one) for one in found.wins), Fraction(0))
    assert abs(found.together - whole) <= Fraction(1, 100)


def test_full_marks_further_away_than_the_engine_looks() -> None:
    stored = usual(values={**VALUES, "study_reached": 5})
    study = next(one for one in won(stored).wins if one.indicator == "study")
    assert (study.words, study.gain) == ("534 名党员补足学时", 6)


def test_a_cap_over_all_that_no_branch_reaches_alone() -> None:
    capped = leaf(
        *("days", "5", "deduct_each", {"points": "1", "cap": "1"}),
        source=figure("life_party_day_missing", "counts"),
    )
    stored = computed(content(capped), {"life_party_day_missing": 7}, BRANCHES)
    (win,) = won(stored).wins
    assert (win.units, str(win.gain), win.words) == (7, "1", "3 个支部共补开 7 次主题党日")


def test_what_nobody_can_change_is_suggested_to_nobody() -> None:
    parts = [
        leaf(
            "late", "5", "deduct_each", {"points": "1"}, source=figure("reports_on_time", "count")
        ),
        leaf("more", "5", "accumulate", {"points": "1"}, source=figure("branches", "count")),
        leaf("work", "5", "levels", {"levels": {"好": "5", "差": "1"}}),
    ]
    stored = computed(
        content(*parts),
        {"reports_on_time": 3, "branches": 1},
        marks={("work", 0): [{"level": "差"}, {"level": "好"}]},
    )
    assert won(stored).wins == ()


def test_a_mark_in_place_of_a_figure_is_not_work_to_be_done() -> None:
    marks = {("items", 0): [{"count": 1}, {"count": 3}], **MARKED}
    assert [one.indicator for one in won(usual(marks=marks)).wins] == ["study", "days"]


def test_several_rules_of_one_indicator_are_won_back_together() -> None:
    both = {
        **ITEMS,
        "key": "both",
        "rules": [
            *ITEMS["rules"],
            {
                "rule": "deduct_missing",
                "params": {"items": {"书记": "2", "换届": "1"}},
                "source": {
                    "kind": "figure",
                    "takes": "missing",
                    "items": {"书记": "offices_vacant", "换届": "branches"},
                },
            },
        ],
    }
    stored = computed(content(both), {"items_overdue": 2, "offices_vacant": 1, "branches": 1})
    found = won(stored)
    assert [(one.words, str(one.gain)) for one in found.wins] == [
        *(("配齐 1 个书记", "2"), ("办结并销号 2 项逾期督办", "2")),
    ]
    assert found.together == 4
    assert together(scheme_of(stored.content), stored.facts, found.wins) == 4
    told = explain(stored, NAMES)
    assert told.items[0].summary == (
        "逾期督办 2 项；扣分 2 项：书记（书记空缺 1 个）、换届（所属支部 1 个）"
    )


def test_every_remedy_is_of_a_figure_that_there_is() -> None:
    from assessments.cycles.explaining.remedies import KINDS, REMEDIES

    known = figures.registered()
    told = [
        *REMEDIES,
        *(f"life_{kind}_missing" for kind in KINDS),
        *(f"life_{kind}" for kind in KINDS),
    ]
    assert [key for key in told if key not in known] == []
    for key in told:
        remedy = remedy_of(key)
        assert remedy is not None
        assert "未开" not in remedy.words(1, known[key].label, is_after=False)


def test_leaves_without_words_are_told_all_the_same() -> None:
    assert [one.key for one in leaves(content(STUDY))] == ["study"]
    odd = {"rule": "deduct_each", "params": {"points": "x"}}
    assert rule_words({}, odd, NAMES) == "规则的参数读不出来。"
    assert rule_words({}, {"rule": "nothing"}, NAMES) == "一条这个版本不认识的规则。"
