"""Every kind of item, typed, checked, stored, shown, printed and given out by the registry."""

import datetime as dt
import html
import json
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from core import clock
from core.actor import system
from schedules.rounds import item_kinds
from schedules.rounds.actions import calendar, opening, rollups
from schedules.rounds.demo.enterprise import form
from schedules.rounds.enums import ItemKind
from schedules.rounds.models import Plan, Report
from schedules.rounds.validation import check
from tests.test_exports_reports import sheet, words
from tests.test_reports import CHINA, JULY_6, JUNE_29
from tests.world import Zone

FILLED = {
    "text-problems": "无",
    "text-next_plan": "七一主题党日",
    "number-tackled": "４",
    "number-achieved": "3",
    "date-next_meeting": "2026-07-15",
    "pick-theme_day": ["", "单独开"],
    "picks-topics": ["", "业务技能", "安全生产"],
    "answer-funds": ["", "no"],
    "because-funds": "待审批",
    "cell-requests-0": ["夜班末班车", "", ""],
    "cell-requests-1": ["园区办", "", ""],
    "cell-requests-2": ["七月底", "", ""],
}
WRONG = {
    "number-tackled": ("三项", "不是数字"),
    "number-achieved": ("9", "不能大于第 5 项“党员牵头的技术攻关”（4项）"),
    "date-next_meeting": ("2026-09-01", "应在 2026年7月1日 至 2026年7月31日 之间"),
    "pick-theme_day": ("没有的答案", "不在答案之列"),
    "because-funds": ("", "选了“否”，请写一句原因"),
    "cell-requests-0": ("", "第 1 行没有写“事项”"),
}


@pytest.fixture
def june(zone: Zone) -> Zone:
    """June, with the form that has every kind for all branches."""
    with clock.at(JUNE_29):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        own = {**form(), "classes": [zone.branch.organization_class]}
        opening.install_forms(plan=plan, forms=[own], by=system())
        opening.open_period(plan=plan, period="2026-06", by=system())
    rollups.refresh_all()
    return zone


def report(zone: Zone) -> Report:
    return Report.objects.get(organization=zone.branch)


def sent(client: Client, zone: Zone, **changed: Any) -> Any:
    one = report(zone)
    fields = {"version": one.revision, **FILLED, **changed}
    with clock.at(JULY_6):
        return client.post(f"/reports/{one.pk}/submit/", fields)


def test_every_kind_answers_for_itself() -> None:
    assert set(item_kinds.registered()) == set(ItemKind.values)
    for key, kind in item_kinds.registered().items():
        spec = item_kinds.whole({"key": "x", "title": "甲", "kind": key, "figures": []})
        assert kind.words(kind.blank, spec) == ""
        assert kind.problems(spec, kind.blank) == []
        assert kind.summary(spec).startswith(kind.label)
        assert kind.read(QueryDict(""), "x") is None
        assert bool(kind.template) is kind.is_typed


@pytest.mark.parametrize("kind", sorted(ItemKind.values))
@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "\x00",
        "�",
        "9" * 5000,
        "1E+999999999",
        "-1e-99999999",
        "NaN",
        "Infinity",
        [],
        ["\x00"] * 50,
        [["a"] * 50] * 50,
        [None],
        {},
        {"answer": "x"},
        {"reason": "\x00"},
        5,
        True,
    ],
)
def test_nothing_typed_breaks_a_kind(kind: str, raw: Any) -> None:
    """Whatever comes in: stored as text that a database takes, and told what is wrong."""
    one = item_kinds.of(kind)
    spec = item_kinds.whole(
        {"key": "x", "title": "甲", "kind": kind, "figures": [], "total_of": ["y"], "at_most": "y"}
        | {"columns": ["一", "二"], "options": ["a", "b"], "window": "this", "compares": True}
    )
    value = one.clean(spec, raw)
    stored = json.dumps(value, ensure_ascii=False)
    stored.encode("utf-8")
    assert "u0000" not in stored
    other = {"key": "y", "title": "乙", "kind": ItemKind.NUMBER, "figures": []}
    check(
        [spec, other], {"x": value, "y": {"number": "3"}}, previous={"x": value}, period="2026-06"
    )
    one.lines(value, spec)
    one.grid(value, spec)
    one.cell(value, spec)
    assert isinstance(one.refuse(raw), str)
    assert one.clean(spec, raw) == value


def test_what_is_typed_is_stored_shown_printed_and_given_out(june: Zone) -> None:
    client = june.client("huzhuang1")
    assert sent(client, june).status_code == 302
    one = report(june)
    values = {item.key: item.value for item in one.items.all()}
    assert values["tackled"] == {"number": "4"}
    assert values["next_meeting"] == {"date": "2026-07-15"}
    assert values["theme_day"] == {"choice": "单独开"}
    assert values["topics"] == {"choices": ["安全生产", "业务技能"]}
    assert values["funds"] == {"answer": "no", "reason": "待审批"}
    assert values["requests"] == {"rows": [["夜班末班车", "园区办", "七月底"]]}
    shown = (
        "4项",
        "3项",
        "2026年7月15日",
        "单独开",
        "安全生产、业务技能",
        "否。待审批",
        "夜班末班车",
    )
    for path in ("", "print/", "versions/"):
        page = html.unescape(client.get(f"/reports/{one.pk}/{path}").content.decode())
        for text in shown:
            assert text in page, (path, text)
    written = words(client.get(f"/reports/{one.pk}/docx/"))
    for text in (*shown, "依据：“月调度、季主题、半年考核”工作机制 · 约 ", "哪个单位"):
        assert text in written, text
    cells = [cell for row in sheet(client.get(f"/reports/{one.pk}/xlsx/")) for cell in row]
    assert "4项" in cells
    month = june.client("dahuangshan").get("/reports/month/export/", {"period": "2026-06"})
    rows = sheet(month)
    head = next(index for index, row in enumerate(rows) if row[0] == "序号")
    place = {
        below or above: n
        for n, (above, below) in enumerate(zip(rows[head], rows[head + 1], strict=True))
    }
    mine = next(row for row in rows if row[1] == june.branch.name)
    assert mine[place["党员牵头的技术攻关"]] == 4
    assert mine[place["下次支部党员大会"]] == dt.datetime(2026, 7, 15)
    assert mine[place["活动经费是否到位"]] == "否。待审批"


@pytest.mark.parametrize("name", sorted(WRONG))
def test_what_is_wrong_is_told_at_the_item_and_kept_as_typed(june: Zone, name: str) -> None:
    typed, sentence = WRONG[name]
    given: Any = FILLED[name]
    given = ["", typed] if name == "pick-theme_day" else typed
    if name.startswith("cell"):
        given = ["", "", ""]
    client = june.client("huzhuang1")
    answer = sent(client, june, **{name: given})
    assert answer.status_code == 422
    key = name.split("-")[1]
    page = html.unescape(answer.content.decode())
    item = page[page.index(f'id="item-{key}"') :].split("</section>")[0]
    assert sentence in item
    assert typed in item
    with clock.at(JULY_6):
        again = html.unescape(client.get(f"/reports/{report(june).pk}/").content.decode())
    assert typed in again[again.index(f'id="item-{key}"') :].split("</section>")[0]
    assert report(june).submitted_at is None


def test_required_ones_are_asked_for(june: Zone) -> None:
    answer = sent(june.client("huzhuang1"), june, **{"number-tackled": ""})
    assert answer.status_code == 422
    assert "还没有填写；没有请写 0" in html.unescape(answer.content.decode())


def test_total_and_jump_are_told() -> None:
    def number(key: str, **more: Any) -> dict[str, Any]:
        return {"key": key, "title": key, "kind": "number", "figures": [], **more}

    specs = [number("a"), number("b"), number("c", total_of=["a", "b"], compares=True)]
    values = {key: {"number": text} for key, text in (("a", "1.5"), ("b", "2"), ("c", "3"))}
    (found,) = check(specs[2:], values, form=specs)
    assert (found.level, "合计 3.5" in found.message) == ("error", True)
    values["c"] = {"number": "3.5"}
    (found,) = check(
        [{**specs[2], "decimals": 1}], values, form=specs, previous={"c": {"number": "1"}}
    )
    assert (found.level, "上期 1，本期 3.5" in found.message) == ("warning", True)


def test_item_asked_until_a_month_is_left_out_after_it(june: Zone) -> None:
    plan = Plan.objects.get()
    definition = plan.definitions.get(key="enterprise")
    definition.items[-2]["until"] = "2026-06"
    definition.save()
    assert report(june).items.filter(key="requests").exists()
    with clock.at(dt.datetime(2026, 7, 29, 9, tzinfo=CHINA)):
        opening.open_period(plan=plan, period="2026-07", by=system())
    later = Report.objects.get(organization=june.branch, period="2026-07")
    assert not later.items.filter(key="requests").exists()
    assert later.items.filter(key="funds").exists()
