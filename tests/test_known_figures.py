"""Questions that ask for what the portal counts itself: which are told, and which are not."""

import html
from typing import Any

import pytest

from core import clock, figures
from core.figures import Figure
from schedules.rounds import item_kinds
from schedules.rounds.item_kinds.known import known
from tests.test_new_plans import keys, press
from tests.test_plans import draft_of, posted
from tests.test_reports import JULY_6, open_june
from tests.world import Zone


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


HITS = {
    "在册党员": "members_on_roll",
    "党员数": "members_on_roll",
    "党员总人数（人）": "members_on_roll",
    "本支部现有党员数": "members_on_roll",
    "月末在册党员": "members_on_roll",
    "本月在册党员数": "members_on_roll",
    "预备党员人数：": "members_probationary",
    "应到人数": "members_expected",
    "流动党员数": "members_mobile",
    "停止党籍人数": "members_suspended",
    "本月停止党籍人数": "members_suspended_now",
    "上月末党员数": "members_opening",
    "本月发展党员数": "members_joined",
    "当月新发展党员": "members_joined",
    "本期转入党员": "members_transferred_in",
    "组织关系转出人数": "members_transferred_out",
    "本月 转正": "members_became_full",
    "去世党员数": "members_deceased",
    "下属党支部个数": "branches",
    "书记空缺": "offices_vacant",
    "逾期未换届支部数": "terms_overdue",
    "按时报送的支部数": "reports_on_time",
}
MISSES = [
    "本月参训人次",
    "实到人数",
    "入党积极分子数",
    "党员牵头的技术攻关",
    "其中预备党员",
    "参加主题党日的党员数",
    "女党员数",
    "困难党员数",
    "流动党员联系次数",
    "党员大会次数",
    "新增党员示范岗",
    "新增党员",
    "本年发展党员数",
    "下月发展党员数",
    "本季度转入党员",
    "上季度末党员数",
    "累计转出党员",
    "转正",
    "增加",
    "书记空缺原因",
    "群众人数",
    "数",
    "人数",
    "",
    "（人）",
    "\x00\ud800",
    "党员" * 30,
]


@pytest.mark.parametrize(("title", "key"), HITS.items())
def test_names_that_mean_a_figure_are_told(title: str, key: str) -> None:
    found = figures.called(title, "month")
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("title", MISSES)
def test_names_that_may_mean_something_else_are_left_alone(title: str) -> None:
    assert figures.called(title, "month") is None


def test_period_of_the_form_decides() -> None:
    assert (
        figures.called("本季度转入党员", "quarter")
        is figures.registered()["members_transferred_in"]
    )
    assert figures.called("上季度末党员数", "quarter") is figures.registered()["members_opening"]
    assert figures.called("本年发展党员数", "year") is figures.registered()["members_joined"]
    assert figures.called("本月转入党员", "quarter") is None


@pytest.mark.parametrize(
    ("unit", "is_told"), [("", True), ("人", True), ("名", True), ("人次", False), ("项", False)]
)
def test_another_unit_is_another_question(unit: str, is_told: bool) -> None:
    assert (figures.called("流动党员", "month", unit) is not None) is is_told


def test_two_figures_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="在册党员数"):
        figures.register(Figure("another", "另一个", names=("在册党员数",)))(lambda *args: {})
    assert "another" not in figures.registered()


@pytest.mark.parametrize(
    ("spec", "is_told"),
    [
        ({"kind": "number"}, True),
        ({"kind": "number", "at_most": "y"}, False),  # a part of what another item is about
        ({"kind": "number", "total_of": ["y"]}, False),
        ({"kind": "number", "decimals": 1}, False),
        ({"kind": "text"}, True),
        ({"kind": "text", "title": "流动党员"}, False),  # who they are, and how they fare
        ({"kind": "date"}, False),
        ({"kind": "table"}, False),
        ({"kind": "entries"}, False),
        ({"kind": "files"}, False),
    ],
)
def test_only_what_one_number_answers_is_told(spec: dict[str, Any], is_told: bool) -> None:
    whole = {"key": "x", "title": "流动党员数", "figures": [], **spec}
    assert bool(known([item_kinds.whole(whole)], "month")) is is_told


# --- in the editor ----------------------------------------------------------------------------


def shown(zone: Zone, pk: int) -> str:
    with clock.at(JULY_6):
        return html.unescape(zone.client("zone").get(f"/forms/{pk}/edit/").content.decode())


def test_item_is_marked_and_the_figure_takes_its_place(june: Zone) -> None:
    draft = draft_of(june)
    assert "系统已有" not in shown(june, draft.pk)
    press(june, draft, "add:number")
    press(june, draft, "", item_1={"title": "停止党籍人数", "unit": "人"})
    page = shown(june, draft.pk)
    assert "党员名册里已有“停止党籍（不计在册）”，书记不必再填" in page
    assert "其中“停止党籍人数”系统已有" in page
    assert press(june, draft, "figure:item_1").status_code == 302
    assert "item_1" not in keys(draft)
    assert draft.items[0]["figures"][-1] == "members_suspended"
    assert [spec["key"] for spec in draft.removed] == ["item_1"]
    # A second click changes nothing, and it can be put back.
    held = draft.items
    press(june, draft, "figure:item_1")
    assert draft.items == held
    press(june, draft, "restore:item_1")
    assert "这份表样的数据里已有“停止党籍（不计在册）”" in shown(june, draft.pk)
    press(june, draft, "figure:item_1")
    assert draft.items == held


def test_item_that_asks_for_no_figure_stays(june: Zone) -> None:
    draft = draft_of(june)
    press(june, draft, "add:number")
    press(june, draft, "", item_1={"title": "参训人次", "unit": "人次"})
    for word in ("figure:item_1", "figure:problems", "figure:figures", "figure:nothing", "figure:"):
        press(june, draft, word)
    assert "item_1" in keys(draft)
    assert "系统已有" not in shown(june, draft.pk)


def test_mark_follows_what_is_typed_without_the_page_made_anew(june: Zone) -> None:
    draft = draft_of(june)
    press(june, draft, "add:number")
    given = posted(draft, item_1={"title": "流动党员数"})
    june.client("zone").post(f"/forms/{draft.pk}/edit/", given, HTTP_X_REQUESTED_WITH="fetch")
    answer = june.client("zone").post(
        f"/forms/{draft.pk}/try/?refresh=1", {}, HTTP_HX_REQUEST="true"
    )
    page = html.unescape(answer.content.decode())
    assert 'id="known-item_1" hx-swap-oob="true"' in page
    assert "“流动党员”" in page
