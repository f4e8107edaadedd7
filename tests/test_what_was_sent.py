"""What each item said when it was sent, in words; and what it is read as."""

import json
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core import clock
from core.actor import system
from schedules.rounds import item_kinds
from schedules.rounds.actions import marks, opening
from schedules.rounds.definitions import DEFAULTS
from schedules.rounds.demo import enterprise
from schedules.rounds.enums import ItemKind, ItemUse
from schedules.rounds.forms import item_forms
from schedules.rounds.item_kinds.uses import is_nothing
from schedules.rounds.models import ReportDefinition, ReportItem
from schedules.rounds.queries.burden import differences
from schedules.rounds.views.definition_words import in_words
from tests.test_checking import withdraw
from tests.test_reports import JULY_8, TYPED, check, open_june, report_of, send
from tests.world import Zone

BEFORE = [("schedules", "0017_add_burden_caps")]


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


def said(zone: Zone, key: str = "problems") -> str:
    return str(report_of(zone.branch).items.get(key=key).sent_text)


def spec(title: str, kind: ItemKind = ItemKind.TEXT, **more: object) -> dict[str, object]:
    return {"key": "item_1", "title": title, "kind": str(kind), **more}


@pytest.mark.parametrize(
    ("title", "use"),
    [
        ("突出问题与需要协调的事项", ItemUse.PROBLEM),
        ("存在困难", ItemUse.PROBLEM),
        ("需上级解决的事", ItemUse.PROBLEM),
        ("工作亮点", ItemUse.HIGHLIGHT),
        ("好做法", ItemUse.HIGHLIGHT),
        ("下月打算", ItemUse.PLAN),
        ("下一步工作", ItemUse.PLAN),
        ("下季度安排", ItemUse.PLAN),
        ("工作情况", ItemUse.OTHER),
    ],
)
def test_a_form_that_says_nothing_is_read_by_its_titles(title: str, use: ItemUse) -> None:
    assert item_kinds.use_of(spec(title)) == use
    assert item_kinds.use_of(spec(title, use="highlight")) == ItemUse.HIGHLIGHT, "what it says"
    assert item_kinds.use_of(spec(title, ItemKind.NUMBER)) == ItemUse.OTHER


def test_the_forms_to_start_with_say_what_their_items_are() -> None:
    for form in [*DEFAULTS, enterprise.form()]:
        uses = {one["key"]: item_kinds.use_of(one) for one in form["items"]}
        assert uses["problems"] == ItemUse.PROBLEM
        assert uses["highlights"] == ItemUse.HIGHLIGHT
        assert uses["next_plan"] == ItemUse.PLAN


def test_nothing_is_told_from_something() -> None:
    assert all(map(is_nothing, ("无", "无。", " 暂无 ", "没有。", "", "／", "无、")))
    assert not any(map(is_nothing, ("无人值守", "没有场地", "无线网络不通", "无法按期换届")))


def test_sent_text_is_what_was_sent_and_never_a_draft(june: Zone) -> None:
    assert said(june) == ""
    send(june, highlights=["带岗带责进网格", "无"])
    assert (said(june), said(june, "highlights")) == (TYPED["problems"], "带岗带责进网格")
    assert said(june, "figures") == "", "figures are no words"
    check(june, report_of(june.branch), problems="请写明牵头人")
    ReportItem.objects.filter(key="problems").update(value={"text": "草稿"})
    assert said(june) == TYPED["problems"]
    with clock.at(JULY_8):
        send(june, at=JULY_8, problems="牵头人：王某")
        assert said(june) == "牵头人：王某"
        withdraw(june, at=JULY_8)
    assert said(june) == TYPED["problems"], "what was taken back was not sent"


def test_taken_back_at_first_nothing_was_said(june: Zone) -> None:
    send(june)
    withdraw(june)
    assert not ReportItem.objects.exclude(sent_text="").exists()


def test_who_writes_nothing_has_said_nothing(june: Zone) -> None:
    send(june, problems="无。")
    assert said(june) == ""


@pytest.fixture
def older(zone: Zone) -> Iterator[dict[int, tuple[str, ...]]]:
    """A month with one returned item and an item of every kind, in the tables of the release
    before; what today's code has written of it."""
    form = next(one for one in DEFAULTS if one["key"] == "branch")
    own = enterprise.form()["items"]
    with clock.at(JULY_8):
        plan = opening.install_defaults(
            by=system(), forms=[{**form, "items": own}, *(one for one in DEFAULTS if one != form)]
        )
    open_june(zone)
    assert plan.definitions.exists()
    typed = {
        "tackled": "3", "achieved": "1", "next_meeting": "2026-07-10", "theme_day": "单独开",
        "topics": ["党章党规", "安全生产"], "funds": {"answer": "no", "reason": "待批"},
        "requests": [["班车", "管理办", "下月底"]],
    }  # fmt: skip
    send(zone, **typed)
    send(zone, "huzhuang2", problems="无", **typed)
    check(zone, report_of(zone.branch), problems="请写明牵头人")
    ReportItem.objects.filter(report__organization=zone.branch, key="problems").update(
        value={"text": "草稿"}
    )
    now = dict(_words())
    # A form of that release says nothing of the use.
    for one in ReportDefinition.objects.all():
        for item in one.items:
            item.pop("use", None)
        one.save()
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        yield now
    finally:
        MigrationExecutor(connection).migrate(newest)


def _words() -> Iterator[tuple[int, tuple[str, ...]]]:
    for pk, *told in ReportItem.objects.values_list("pk", "use", "sent_text", "period"):
        yield pk, tuple(told)


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_writes_what_sending_writes(older: dict[int, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        columns = [
            one.name
            for one in connection.introspection.get_table_description(
                cursor, ReportItem._meta.db_table
            )
        ]
    assert "sent_text" not in columns
    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert dict(_words()) == older
    uses = {one["key"]: one.get("use") for one in ReportDefinition.objects.first().items}  # type: ignore[union-attr]
    assert uses["problems"] == "problem"
    assert "草稿" not in json.dumps(list(older.values()), ensure_ascii=False)


def test_an_answer_is_to_what_was_sent(june: Zone) -> None:
    send(june)
    item = report_of(june.branch).items.get(key="problems")
    with clock.at(JULY_8):
        found = marks.answer(
            item=item, row=0, text="已转办。", revision=0, by=june.actor("dahuangshan")
        )
    assert found.text == item.sent_text


def test_the_editor_keeps_what_an_item_is_read_as(zone: Zone) -> None:
    asked = [
        spec("工作情况", required=True, figures=[], max_entries=3, max_chars=500, help=""),
        {**spec("帮办实事", ItemKind.NUMBER), "key": "item_2", "unit": "件"},
    ]
    typed = {
        "item-TOTAL_FORMS": "2",
        "item-INITIAL_FORMS": "2",
        "item-0-key": "item_1",
        "item-0-title": "工作情况",
        "item-0-use": "highlight",
        "item-1-key": "item_2",
        "item-1-title": "帮办实事",
        "item-1-alone": "on",
    }
    forms = item_forms(asked, typed)
    assert forms.is_valid(), forms.errors
    text, number = forms.specs()
    assert text["use"] == "highlight"
    assert number["alone"] is True
    told = {
        (one.title, name): (before, after)
        for one in differences(asked, [text, number])
        for name, before, after in in_words(ReportDefinition(items=asked), one.changes)
    }
    assert told["工作情况", "归类"] == ("按题目判断", "工作亮点")
    assert told["帮办实事", "只填本级"] == ("含下级", "只填本级")
