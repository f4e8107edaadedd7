"""Edits of a scheme's content: the tree stays whole, the given stays as it was, what is taken out
comes back; two contents side by side; rules as they are typed and read."""

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.schemes import comparing, editing, parameters
from assessments.schemes.definitions import fault_of, leaves
from assessments.schemes.parameters import KINDS
from assessments.schemes.validation import problems
from assessments.scoring import rules

from .scheme_versions_world import CONTENT, content, indicator

FIGURES = {"life_party_day_missing"}
ACTS = ("add_group", "add_indicator", "move", "move_to", "remove", "restore", "marks", "rename")


def wrong(content: dict[str, Any]) -> list[str]:
    return [one.text for one in problems(content, classes=("street",), figures=FIGURES)]


def keys(content: Any) -> list[str]:
    return [place.key for place in editing.walk(content)]


def apply(content: Any, act: str, one: int, other: int) -> Any:
    """One edit, of nodes chosen by number; what is not possible is nothing."""
    places = editing.walk(content)
    key = places[one % len(places)].key if places else ""
    groups = ["", *(place.key for place in places if place.is_group)]
    group = groups[other % len(groups)]
    removed = content.get("removed") or [{"node": {"key": "none"}}]
    try:
        if act == "add_group":
            return editing.add_group(content, group)[0]
        if act == "add_indicator":
            return editing.add_indicator(content, group)[0]
        if act == "move":
            return editing.move(content, key, other % 5 - 2)
        if act == "move_to":
            return editing.move_to(content, key, group)
        if act == "remove":
            return editing.remove(content, key)
        if act == "restore":
            return editing.restore(content, removed[other % len(removed)]["node"]["key"])
        if act == "marks":
            return editing.set_marks(content, {key: str(other)})
        return editing.set_group(content, key, name="另一名称")
    except (editing.NotThere, editing.TooMany):
        return content


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 40), st.integers(0, 40))))
def test_edits_keep_the_tree_whole_and_the_given_untouched(acts: list[Any]) -> None:
    now: Any = content()
    for act, one, other in acts:
        before = copy.deepcopy(now)
        after = apply(now, act, one, other)
        assert now == before
        assert fault_of(after) == ""
        assert len(set(keys(after))) == len(keys(after))
        assert {"basis", "bands", "vetoes"} <= set(after)
        if act in ("move", "move_to", "marks", "rename"):
            assert sorted(keys(after)) == sorted(keys(now))
        if act == "remove" and after is not now:
            back = editing.restore(after, after["removed"][0]["node"]["key"])
            assert keys(back) == keys(now)
            assert back.get("removed", []) == (now.get("removed") or [])[:11]
        now = after
    problems(now, classes=("street",), figures=FIGURES)
    comparing.differences(CONTENT, now)
    comparing.differences(now, CONTENT)


def test_new_nodes_have_keys_that_nothing_had() -> None:
    taken = editing.remove(content(), "3")
    added, key = editing.add_indicator(taken, "g2", name="党课", plan_basis="某文")
    assert key == "4"
    back = editing.restore(added, "3")
    assert keys(back) == ["g1", "1", "2", "g2", "3", "4"]
    assert editing.find(back, "4").node["plan_basis"] == "某文"


def test_what_is_gone_cannot_be_edited() -> None:
    for edit in (
        lambda: editing.move(content(), "99", 1),
        lambda: editing.set_group(content(), "1", name="指标不是组"),
        lambda: editing.set_indicator(content(), "g1", {"name": "组不是指标"}),
        lambda: editing.restore(content(), "1"),
        lambda: editing.add_indicator(content(), "1"),
        lambda: editing.move_to(content(), "g1", "g1"),
    ):
        with pytest.raises(editing.NotThere):
            edit()


def test_groups_do_not_grow_without_end() -> None:
    deep: Any = content()
    parent = "g1"
    for _ in range(editing.MOST_GROUPS - 1):
        deep, parent = editing.add_group(deep, parent)
    with pytest.raises(editing.TooMany):
        editing.add_group(deep, parent)
    wide: Any = content()
    for _ in range(editing.MOST_PARTS - 1):
        wide, _ = editing.add_indicator(wide, "g2")
    with pytest.raises(editing.TooMany):
        editing.add_indicator(wide, "g2")


def test_a_plans_number_is_typed_once_for_all_that_name_none() -> None:
    bare = editing.with_basis(CONTENT | {"plan_basis": ""})
    assert bare["root"] == CONTENT["root"], "nothing to be filled in"
    said = editing.set_indicator(CONTENT, "2", {"plan_basis": " "})
    before = {place.key: place.node.get("plan_basis") for place in editing.walk(said)}
    now = editing.set_settings(said, {"plan_basis": "徐开督查计划〔2027〕1号"})
    after = {place.key: place.node.get("plan_basis") for place in editing.walk(now)}
    assert after.pop("2") == "徐开督查计划〔2027〕1号"
    before.pop("2")
    assert after == before, "those that name one keep it; groups have none"


def test_settings_keep_the_tree_and_what_was_taken_out() -> None:
    taken = editing.remove(content(), "2")
    after = editing.set_settings(taken, {"basis": "另一份", "quota": None, "root": None})
    assert after["root"] == taken["root"]
    assert after["removed"] == taken["removed"]
    assert after["basis"] == "另一份"
    assert "quota" not in after
    assert "removed" not in editing.finished(after)


def test_an_indicator_loses_only_what_is_named() -> None:
    node = {"floor": "1", "ceiling": None, "text": "原"}
    before = editing.set_indicator(content(), "2", node)
    after = editing.set_indicator(before, "2", {"text": "新"}, without=("ceiling",))
    found = editing.find(after, "2").node
    assert (found["floor"], found["text"], "ceiling" in found) == ("1", "新", False)


# --- side by side ---------------------------------------------------------------------------------


def test_two_contents_side_by_side() -> None:
    now: Any = editing.set_marks(content(), {"1": "25"})
    now = editing.remove(now, "3")
    now, key = editing.add_indicator(now, "g1", name="党课")
    now = editing.move_to(now, "2", "g2")
    now = editing.set_settings(now, {"mid_year_weight": "0.5"})
    rows = {row.key: row for row in comparing.differences(CONTENT, now)}
    assert rows[""].items == [("年中占年度", "40%", "50%")]
    assert (rows["1"].kind, rows["1"].full) == (comparing.CHANGED, ("30", "25"))
    assert rows["2"].kind == comparing.MOVED
    assert rows["2"].items == [("所在组", "组织生活", "中心工作")]
    assert rows["3"].kind == comparing.GONE
    assert rows["3"].full == ("40", "—")
    assert rows[key].kind == comparing.NEW
    assert comparing.differences(CONTENT, content()) == []


# --- rules ----------------------------------------------------------------------------------------

FILLED: dict[str, dict[str, Any]] = {
    "deduct_each": {"points": "0.5"},
    "deduct_missing": {"items": {"党课": "1", "党日": "2"}},
    "all_or_nothing": {},
    "levels": {"levels": {"好": "5", "差": "1"}},
    "steps": {"steps": [["90", None, "5"], [None, "90", "0"]]},
    "ratio_steps": {"base": "0.95", "step": "0.01", "points": "0.2"},
    "accumulate": {"points": "1", "cap": "3"},
    "rank_points": {"table": {"1": "5", "10": "1", "2": "4"}},
    "parts": {"parts": {"甲": "3", "乙": "2"}},
    "factor": {"factor": "0.05"},
    "ballot": {"weights": {"好": "100", "差": "40"}},
    "discretion": {"bound": "5"},
    "bonus": {"levels": {"省级": "2"}},
    "veto": {"effect": "not_above", "grade": "一般"},
}


def test_every_rule_of_the_engine_has_its_form() -> None:
    assert set(KINDS) | {parameters.OUT} == set(rules.keys())
    assert set(FILLED) == set(KINDS)


@pytest.mark.parametrize("key", KINDS)
def test_a_filled_rule_has_no_fault_and_reads_as_a_sentence(key: str) -> None:
    rule = {"rule": key, "params": FILLED[key]}
    assert parameters.faults(rule, "5") == []
    assert parameters.NOT_SAID not in parameters.sentence(rule, "5")
    assert parameters.sentence({"rule": key, "params": {}}, "5")
    needed = [one.name for one in KINDS[key].parameters if one.is_needed]
    assert bool(parameters.faults({"rule": key}, "5")) == bool(needed)


def typed_back(one: parameters.Parameter, shown: Any) -> Any:
    if one.typed == parameters.Typed.NAMED:
        return parameters.named_typed(shown)
    if one.typed == parameters.Typed.STEPS:
        return parameters.steps_typed(shown)
    if one.typed in (parameters.Typed.NUMBER, parameters.Typed.SHARE):
        return parameters.number_typed(shown)
    return shown


@pytest.mark.parametrize("key", KINDS)
def test_what_a_field_shows_is_read_back(key: str) -> None:
    for one in KINDS[key].parameters:
        if (stored := FILLED[key].get(one.name)) is not None:
            assert typed_back(one, parameters.as_typed(one, stored)) == stored


@pytest.mark.parametrize(
    ("key", "params", "says"),
    [
        ("deduct_each", {"points": "-1"}, "不能小于 0"),
        ("deduct_each", {"points": "x"}, "不是数"),
        ("deduct_each", {"points": "1", "point": "1"}, "不认识"),
        ("steps", {"steps": [["1", "9", "1"], ["5", "10", "2"]]}, "重叠"),
        ("steps", {"steps": "x"}, "应是一列值"),
        ("ratio_steps", {"base": "1", "step": "0", "points": "1"}, "每差"),
        ("levels", {"levels": "x"}, "各档分值"),
        ("parts", {"parts": ["x"]}, "各方分值"),
        ("ballot", {"weights": {"好": "x"}}, "不是数"),
        ("veto", {"effect": "not_above"}, "等次"),
        ("not_applicable", {"mode": "full"}, "不能用作"),
        ("x" * 90, {}, "不能用作"),
        ("", {}, "没有选"),
    ],
)
def test_what_the_engine_would_refuse_is_told_before(key: str, params: Any, says: str) -> None:
    (text,) = parameters.faults({"rule": key, "params": params}, "5")
    assert says in text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("95%", "0.95"), ("９５％", "0.95"), ("1/3", "1/3"), (" 0.50 ", "0.5"), ("−2", "-2")],
)
def test_numbers_as_people_type_them(typed: str, stored: str) -> None:
    assert parameters.number_typed(typed) == stored


@pytest.mark.parametrize("typed", ["1e9", "9" * 40, "abc", "1/0", "%", "٣", "0x1", "NaN"])
def test_what_is_no_number_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match="不是数"):
        parameters.number_typed(typed)
    with pytest.raises(ValueError, match="不是"):
        parameters.count_typed(typed)


@given(st.text(max_size=200))
def test_lines_of_any_kind_are_read_or_refused(text: str) -> None:
    for read in (parameters.named_typed, parameters.steps_typed):
        with suppress(ValueError):
            assert len(read(text)) <= parameters.MOST_LINES


# --- what can be stored ---------------------------------------------------------------------------


def spoilt(change: Any) -> Any:
    found = content()
    change(found)
    return found


DEEP: Any = {"key": "d", "name": "深", "full": "1", "rules": []}
for level in range(40):
    DEEP = {"key": f"d{level}", "name": "深", "full": "1", "parts": [DEEP]}


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"root": []},
        {"root": {"key": "r", "name": "n", "parts": {}}},
        spoilt(lambda one: one.update(basis="a\x00b")),
        spoilt(lambda one: one.update(basis="\ud800")),
        spoilt(lambda one: one.update({"\ud800": "a"})),
        spoilt(lambda one: one.update(basis="长" * 5000)),
        spoilt(lambda one: one.update(places=2.5)),
        spoilt(lambda one: one.update(places=10**30)),
        spoilt(lambda one: one.update(places=float("nan"))),
        spoilt(lambda one: one.update(basis={1: "a"})),
        spoilt(lambda one: one.update(basis=object())),
        spoilt(lambda one: one.update(vetoes=["x"])),
        spoilt(lambda one: one.update(vetoes={"x": "y"})),
        spoilt(lambda one: one.update(bands=[["好"]])),
        spoilt(lambda one: one["root"]["parts"].append(7)),
        spoilt(lambda one: one["root"]["parts"].append(indicator("1", "重号", "1"))),
        spoilt(lambda one: one["root"]["parts"].append({"key": "x", "name": "无规则"})),
        spoilt(lambda one: one["root"]["parts"].append(indicator("x", "错", "1", rules=[3]))),
        spoilt(lambda one: one["root"]["parts"].append(DEEP)),
    ],
)
def test_what_cannot_be_stored_is_found(content: Any) -> None:
    assert fault_of(content)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["root"].update(full="很多"),
        lambda one: one["root"]["parts"][0]["parts"][0].update(full=None),
        lambda one: one["root"]["parts"][0]["parts"][1].update(rules=[{"rule": "x"}]),
        lambda one: one["root"]["parts"][0]["parts"][1].update(rules=[]),
        lambda one: one["root"]["parts"][0]["parts"][1].update(floor=[]),
        lambda one: one["root"].update(full="9" * 12),
        lambda one: one.update(bands=[["好", "x"]]),
        lambda one: one.update(bands=[["好", "90"], ["好", "90"]]),
        lambda one: one.update(quota={"grade": "优"}),
        lambda one: one.update(quota={"grade": "好", "share": "3"}),
        lambda one: one.update(mid_year_weight="40"),
        lambda one: one.update(tie_break=["99"]),
        lambda one: one.update(bonus={"rule": "bonus", "params": {"total_cap": "x"}}),
        lambda one: one.update(bonus={"rule": "levels", "params": {}}),
        lambda one: one["vetoes"]["严重违纪"].update(grade="优"),
        lambda one: one["vetoes"]["严重违纪"].update(effect="x"),
    ],
)
def test_what_is_wrong_is_told_and_shown(change: Any) -> None:
    found = content()
    change(found)
    assert fault_of(found) == ""
    assert wrong(found)
    assert comparing.differences(CONTENT, found)
    assert len(leaves(found)) == 3
