"""The menu and the words of the audit trail: registries that each app fills with its own."""

from typing import Any

import pytest
from django.urls import resolve

from core import menu, verbs
from core.actor import Actor
from core.guards import marker_of
from orgs.roles import ROLES

EVERYDAY, PROCESS, DEEDS = (
    ["我的工作", "组织", "党员"],
    ["月度调度", "组织生活", "季度主题", "半年考核", "总览"],
    ["党建项目", "党建品牌", "示范点", "公开展示", "群众诉求", "邻里共建"],
)
READ = [one for one in DEEDS if one != "公开展示"]  # who writes no stories
VOICE = ["意见建议", "基层减负"]
USUAL = ["我的工作", "月度调度", "组织生活", "党员"]
# Role -> its menu, and what stands at the foot of its phone.
MENUS: dict[str, tuple[list[list[str]], list[str]]] = {
    "zone_staff": ([EVERYDAY, PROCESS, DEEDS, ["计划与表样", "工作日历"], VOICE], USUAL),
    "committee": ([EVERYDAY, PROCESS, READ, VOICE], USUAL),
    "reviewer": (
        [["我的工作", "组织"], ["月度调度", "半年考核", "总览"], VOICE],
        ["我的工作", "月度调度", "组织", "半年考核"],
    ),
    "committee_staff": ([EVERYDAY, PROCESS, DEEDS, VOICE], USUAL),
    "general_branch_staff": ([EVERYDAY, PROCESS, DEEDS, VOICE], USUAL),
    "branch_secretary": ([EVERYDAY, PROCESS, DEEDS, VOICE], USUAL),
    "branch_officer": ([EVERYDAY, PROCESS, READ, VOICE], USUAL),
    "system": (
        [["我的工作"], ["账号", "管理员任免", "后台事项", "测试邮件"], VOICE],
        ["我的工作", "账号", "管理员任免", "后台事项"],
    ),
    "security": (
        [["我的工作"], ["授权", "密码条", "管理员任免", "登录会话", "访问令牌"], VOICE],
        ["我的工作", "授权", "密码条", "管理员任免"],
    ),
    "audit": (
        [["我的工作"], ["审计记录"], VOICE],
        ["我的工作", "审计记录", "意见建议", "基层减负"],
    ),
}


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "_entries", [])


@pytest.mark.parametrize("key", sorted(ROLES))
def test_each_role_has_its_menu(key: str) -> None:
    actor = Actor(1, "某人", role=key, permissions=frozenset(map(str, ROLES[key].permissions)))
    shown = menu.shown(actor, "core:home")
    groups = [[line.label for line in group] for group in shown.groups]
    assert (groups, [line.label for line in shown.tabs]) == MENUS[key]


@pytest.mark.parametrize(
    ("current", "marked"),
    [
        ("core:inbox", ["我的工作"]),
        ("orgs:organization-found", ["组织"]),
        ("schedules:duty-open", ["月度调度"]),
        ("action_items:item-list", ["月度调度"]),
        ("action_items:extension-grant", ["月度调度"]),
        ("schedules:definition-list", ["计划与表样"]),
        ("life:meeting-list", ["组织生活"]),
        ("life:plan-install", ["计划与表样"]),
        ("orgs:all-tokens", ["访问令牌"]),
        ("orgs:profile", []),
        ("", []),
    ],
)
def test_menu_marks_the_present_place(current: str, marked: list[str]) -> None:
    everything = frozenset(entry.permission for entry in menu.registered())
    shown = menu.shown(Actor(1, "某人", permissions=everything), current)
    assert [line.label for group in shown.groups for line in group if line.is_current] == marked


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (menu.Entry("二", "x:two", "nowhere", 20), "no group nowhere"),
        (menu.Entry("二", "x:two", "process", 10), "x:two stands where x:one does"),
        (menu.Entry("二", "x:two", "process", 20, tab=2), "x:two stands where x:one does"),
        (menu.Entry("二", "x:two", "process", 20, tab=5), "there are 4 tabs"),
    ],
)
def test_menu_refuses_what_has_no_place(
    empty_registry: None, entry: menu.Entry, message: str
) -> None:
    menu.register(menu.Entry("一", "x:one", "process", 10, tab=2))
    with pytest.raises(ValueError, match=message):
        menu.register(entry)
    assert [one.url_name for one in menu.registered()] == ["x:one"]


def test_menu_leaves_out_pages_that_are_not_installed(empty_registry: None) -> None:
    menu.register(
        menu.Entry("首页", "core:home", "everyday", 20), menu.Entry("无", "x:none", "everyday", 10)
    )
    shown = menu.shown(Actor(1, "某人"), "")
    assert [[line.label for line in group] for group in shown.groups] == [["首页"]]


@pytest.mark.parametrize("key", sorted(ROLES))
def test_menu_shows_a_role_only_what_it_may_open(key: str) -> None:
    actor = Actor(1, "某人", role=key, permissions=frozenset(map(str, ROLES[key].permissions)))
    for line in (line for group in menu.shown(actor, "").groups for line in group):
        marker = marker_of(resolve(line.url).func)
        assert marker is not None, line
        assert marker.kind == "signed_in" or set(marker.permissions) & actor.permissions, line


def test_verbs_belong_to_their_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "_verbs", {})
    monkeypatch.setattr(verbs, "_fields", {})
    verbs.register("one", {"one.thing.do": "办理"}, {"kind": "类别", "day": "日期"})
    verbs.register("two", {"two.thing.do": "另办"}, {"kind": "种类"})
    with pytest.raises(ValueError, match=r"two cannot name one\.thing\.undo"):
        verbs.register("two", {"one.thing.undo": "撤销"})
    assert verbs.choices() == [("one.thing.do", "办理"), ("two.thing.do", "另办")]
    assert (verbs.label("two.thing.do"), verbs.label("x.y")) == ("另办", "x.y")
    assert verbs.field_label("one.thing.do", "kind") == "类别"
    assert verbs.field_label("two.thing.do", "kind") == "种类"
    assert verbs.field_label("two.thing.do", "day") == "日期"
    assert verbs.field_label("two.thing.do", "other") == "other"


def test_parts_stand_behind_an_entry_in_their_order(empty_registry: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(menu, "_parts", {})
    with pytest.raises(ValueError, match="no entry"):
        menu.register_parts("core:home", menu.Part("甲", "core:home", 1))
    menu.register(menu.Entry("工作", "core:home", "everyday", 1))
    menu.register_parts("core:home", menu.Part("乙", "core:inbox", 2, permission="some"))
    menu.register_parts("core:home", menu.Part("甲", "core:home", 1))
    with pytest.raises(ValueError, match="taken"):
        menu.register_parts("core:home", menu.Part("丙", "core:search", 2))
    may = Actor(1, "某人", permissions=frozenset({"some"}))
    shown = menu.shown(may, "core:inbox")
    assert [(line.label, line.is_current) for line in shown.parts] == [("甲", False), ("乙", True)]
    assert [line.is_current for line in shown.groups[0]] == [True]
    assert menu.shown(may, "core:inbox-read").parts == [], "pages below have their own way back"
    assert menu.shown(Actor(1, "某人"), "core:home").parts == [], "one alone is none"


def test_pages_without_a_part_are_marked_under_their_entry() -> None:
    actor = Actor(
        user_id=1, name="张", permissions=frozenset(map(str, ROLES["zone_staff"].permissions))
    )
    for page in ("ballots:overview", "self_assessments:self-assessment", "rectifications:cycle"):
        found = menu.shown(actor, page)
        marked = [line.label for group in found.groups for line in group if line.is_current]
        assert marked == ["半年考核"], page
    with pytest.raises(ValueError, match="no entry"):
        menu.register_marks("nobody:page", "nobody:")
