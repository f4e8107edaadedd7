"""Plans made in the browser, plans that end, and forms that take effect as promised."""

import datetime as dt
import html
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actor import system
from core.models import AuditEntry
from schedules.rounds.actions import definitions, opening, plans, records, reports
from schedules.rounds.definitions import COMMON_PLANS
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan, Report, ReportDefinition
from schedules.rounds.queries.duties import waiting_for_second_look
from tests.parallel import run_together
from tests.test_plans import draft_of, posted
from tests.test_reports import CHINA, JULY_6, JULY_8, TYPED, check, open_june, send
from tests.world import Zone, build_zone, make_organization

NEW = {
    "name": "主题党日",
    "about": "",
    "basis": "《中国共产党支部工作条例（试行）》",
    "fulfilment": "record",
    "kinds": ["branch"],
    "cadence": "month",
    "required_count": "1",
    "opens_day": "-5",
    "due_day": "5",
    "grace_working_days": "0",
    "mend_working_days": "3",
    "starts_on": "2026-07-01",
    "valid_until": "2027-12-31",
    "seen": "on",
}
JULY_29 = dt.datetime(2026, 7, 29, 9, tzinfo=CHINA)


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


# --- a plan is made ---------------------------------------------------------------------------


def test_plan_is_made_and_opens_by_itself(june: Zone) -> None:
    client = june.client("zone")
    with clock.at(JULY_6):
        look = text_of(client.post("/plans/new/", {**NEW, "look": "1"}))
        assert not Plan.objects.filter(name="主题党日").exists()
        for words in ("2026年7月", "2026年7月27日", "2026年8月5日", "个组织"):
            assert words in look, words
        made = client.post("/plans/new/", NEW)
    plan = Plan.objects.get(name="主题党日")
    assert made["Location"] == f"/plans/{plan.pk}/"
    assert AuditEntry.objects.filter(verb="schedules.plan.create", object_id=str(plan.pk)).exists()
    with clock.at(JULY_29):
        opening.open_due_periods(by=system())
    duty = Duty.objects.filter(plan=plan, organization=june.branch).get()
    assert (duty.period, duty.due_on) == ("2026-07", dt.date(2026, 8, 5))
    page = text_of(client.get("/plans/"))
    assert NEW["basis"] in page
    assert "长期" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"basis": ""}, "写明依据"),
        ({"kinds": []}, "至少选择一类组织"),
        ({"fulfilment": "report", "kinds": ["party_group"]}, "不用于党小组"),
        ({"fulfilment": "report", "required_count": "3"}, "每期只办一次"),
        ({"ends_on": "2026-01-01"}, "停用日期不能早于起用日期"),
        ({"opens_day": "0"}, "写 1 至 28"),
        ({"name": "月报"}, "已有名为“月报”的计划"),
        ({"cadence": "week"}, "week"),
        ({"starts_on": "x"}, "日期"),
    ],
)
def test_plan_that_does_not_hold_is_refused_and_kept(
    june: Zone, changes: dict[str, Any], words: str
) -> None:
    answer = june.client("zone").post("/plans/new/", {**NEW, "about": "写了一半", **changes})
    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert "写了一半" in page
    assert Plan.objects.count() == 1


def test_common_plans_fill_the_page_and_an_empty_installation_gets_its_forms(zone: Zone) -> None:
    client = zone.client("zone")
    assert "建立月报和表样" in text_of(client.get("/plans/"))
    assert client.post("/plans/install/").status_code == 302
    assert (Plan.objects.count(), ReportDefinition.objects.count()) == (1, 13)
    assert "建立月报和表样" not in text_of(client.get("/plans/"))
    for like in (*COMMON_PLANS, "made-up"):
        page = client.get("/plans/new/", {"like": like})
        assert page.status_code == 200
    assert "《中国共产党支部工作条例（试行）》" in text_of(client.get("/plans/new/?like=theme_day"))


def test_new_plan_with_reports_gets_its_form(june: Zone) -> None:
    client = june.client("zone")
    with clock.at(JULY_6):
        client.post("/plans/new/", {**NEW, "name": "安全月报", "fulfilment": "report"})
        plan = Plan.objects.get(name="安全月报")
        page = text_of(client.get(f"/plans/{plan.pk}/"))
        assert "没有适用的表样" in page
        first = client.post(f"/plans/{plan.pk}/form/")
        again = client.post(f"/plans/{plan.pk}/form/")
        assert first["Location"] == again["Location"]
        draft = plan.definitions.get()
        assert (draft.name, draft.kinds) == ("安全月报", ["branch"])
        assert client.get(first["Location"]).status_code == 200
        given = {
            **posted(draft),
            "valid_from": "2026-07",
            "seen": "on",
            "valid_until": "2027-12-31",
        }
        assert client.post(f"/forms/{draft.pk}/publish/", given).status_code == 302
        assert "没有适用的表样" not in text_of(client.get(f"/plans/{plan.pk}/"))
    with clock.at(JULY_29):
        opening.open_due_periods(by=system())
    report = Report.objects.get(duty__plan=plan, organization=june.branch)
    assert [item.title for item in report.items.all()] == ["本期数据", "工作情况"]


def test_preview_asks_the_same_number_of_questions_for_any_number(june: Zone) -> None:
    client = june.client("zone")
    counts = []
    for more in (0, 3):
        for number in range(more):
            make_organization(f"新支部{number}", parent=june.general)
        with CaptureQueriesContext(connection) as asked, clock.at(JULY_6):
            client.post("/plans/new/", {**NEW, "look": "1"})
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- a plan ends ------------------------------------------------------------------------------


def test_ended_plan_opens_nothing_and_asks_for_nothing_beyond_its_end(june: Zone) -> None:
    monthly = Plan.objects.get()
    record = Plan.objects.create(
        key="r", name="谈心", fulfilment="record", kinds=["branch"], starts_on=dt.date(2026, 6, 1)
    )
    with clock.at(JULY_29):
        opening.open_due_periods(by=system())
    assert Duty.objects.filter(period="2026-07", plan=monthly).count() == 6
    owed = Duty.objects.filter(period="2026-06", plan=monthly, state=DutyState.OPEN).count()
    Plan.objects.update(ends_on=dt.date(2026, 6, 30))
    with clock.at(JULY_29):
        opening.open_due_periods(by=system())
        opening.open_due_periods(by=system())
    later = Duty.objects.filter(period="2026-07")
    assert set(later.values_list("state", "waived_reason")) == {("waived", "计划已停用")}
    assert record.duties.filter(period="2026-07").exists()
    assert Duty.objects.filter(period="2026-06", plan=monthly, state="open").count() == owed
    with clock.at(dt.datetime(2026, 8, 31, 9, tzinfo=CHINA)):
        opening.open_due_periods(by=system())
    assert not Duty.objects.filter(period="2026-08").exists()
    assert "已停用" in text_of(june.client("zone").get("/plans/"))


def test_second_look_reaches_forward_only(june: Zone) -> None:
    plan, actor = Plan.objects.get(), june.actor("dahuangshan")
    check(june, send(june))
    plans.edit_plan(
        plan=plan, revision=plan.revision, values={"needs_second_look": True}, by=june.actor("zone")
    )
    assert not waiting_for_second_look(actor).exists()
    with clock.at(JULY_29):
        opening.open_due_periods(by=system())
    with clock.at(JULY_29):
        report = Report.objects.get(organization=june.branch, period="2026-07")
        sent = reports.submit(
            report=report,
            revision=report.revision,
            typed=TYPED,
            explanations={"problems": "无变化", "next_plan": "同", "highlights": "同"},
            by=june.actor("huzhuang1"),
        )
        sent.refresh_from_db()
        reports.check(report=sent, revision=sent.revision, returned={}, by=june.actor("huzhuang"))
    assert [duty.period for duty in waiting_for_second_look(actor)] == ["2026-07"]


# --- a form takes effect ----------------------------------------------------------------------


def publish(zone: Zone, month: str, at: dt.datetime = JULY_6, **changes: Any) -> ReportDefinition:
    draft = draft_of(zone)
    given = posted(draft, {"title": "新问的事", "kind": "text"}) | {
        "valid_from": month,
        "seen": "on",
        "valid_until": "2027-12-31",
    }
    with clock.at(at):
        answer = zone.client("zone").post(f"/forms/{draft.pk}/publish/", given | changes)
    assert answer.status_code == 302, text_of(answer)
    draft.refresh_from_db()
    return draft


def titles(zone: Zone, organization: Any, period: str) -> set[str]:
    report = Report.objects.get(organization=organization, period=period)
    return {item.title for item in report.items.all()}


def begin(zone: Zone) -> None:
    """The first branch has written a line."""
    report = Report.objects.get(organization=zone.branch, period="2026-06")
    with clock.at(JULY_6):
        reports.save_draft(
            report=report, revision=1, typed={"problems": "写了一半"}, by=zone.actor("huzhuang1")
        )


def test_form_from_the_next_period_leaves_the_open_one_as_it_is(june: Zone) -> None:
    begin(june)
    form = publish(june, "2026-07")
    assert (form.is_published, form.valid_from) == (True, "2026-07")
    assert "新问的事" not in titles(june, june.branch, "2026-06")
    assert "新问的事" not in titles(june, june.branch2, "2026-06")
    with clock.at(JULY_29):
        opening.open_due_periods(by=system())
    assert "新问的事" in titles(june, june.branch, "2026-07")
    assert "新问的事" in titles(june, june.branch2, "2026-07")


def test_form_from_the_open_period_replaces_untouched_drafts_alone(june: Zone) -> None:
    begin(june)
    client = june.client("zone")
    draft = draft_of(june)
    with clock.at(JULY_6):
        page = text_of(client.get(f"/forms/{draft.pk}/edit/"))
    untouched = Report.objects.filter(definition__key="branch", started_at=None).count()
    assert f"没有动过的 {untouched} 份草稿换成这一版，已动笔或已报的 1 份不换" in page
    old = Report.objects.get(organization=june.branch2)
    form = publish(june, "2026-06")
    assert "新问的事" not in titles(june, june.branch, "2026-06")
    assert "新问的事" in titles(june, june.branch2, "2026-06")
    fresh = Report.objects.get(organization=june.branch2)
    assert (fresh.definition, fresh.revision) == (form, old.revision + 1)
    entry = AuditEntry.objects.get(verb="schedules.definition.publish")
    assert entry.changes["renewed"] == [0, untouched]
    # Other forms of the plan and what was begun stay.
    assert Report.objects.get(organization=june.branch).definition != form
    assert Report.objects.get(organization=june.general).definition.key == "general_branch"
    # A page made from the old draft is refused by its revision, and can go on from the new one.
    with clock.at(JULY_8):
        sent = june.client("zone").get(f"/forms/{form.pk}/")
    assert sent.status_code == 200


def test_period_that_opens_while_the_page_stands_still_gets_what_was_promised(june: Zone) -> None:
    draft = draft_of(june)
    with clock.at(JULY_29):
        opening.open_due_periods(by=system())
    definitions.edit_draft(
        draft=draft,
        by=june.actor("zone"),
        token=posted(draft)["token"],
        name=draft.name,
        kinds=draft.kinds,
        classes=draft.classes,
        items=[*draft.items, {**draft.items[2], "key": "", "title": "新问的事"}],
    )
    with clock.at(JULY_29):
        started = definitions.publish(draft=draft, valid_from="2026-07", by=june.actor("zone"))
    assert started.renewed > 0
    assert "新问的事" in titles(june, june.branch, "2026-07")
    assert "新问的事" not in titles(june, june.branch, "2026-06")


@pytest.mark.parametrize("missing", ["seen", "valid_from"])
def test_start_without_a_tick_or_a_month_keeps_all(june: Zone, missing: str) -> None:
    draft = draft_of(june)
    given = posted(draft, problems={"help": "刚写的说明"}) | {
        "valid_from": "2026-07",
        "seen": "on",
        "valid_until": "2027-12-31",
    }
    del given[missing]
    with clock.at(JULY_6):
        answer = june.client("zone").post(f"/forms/{draft.pk}/publish/", given)
    assert answer.status_code == 422
    assert "刚写的说明" in text_of(answer)
    draft.refresh_from_db()
    assert not draft.is_published


def test_number_of_questions_does_not_grow_with_the_drafts(june: Zone) -> None:
    counts = []
    for more in (0, 3):
        for number in range(more):
            make_organization(f"新支部{number}", parent=june.general)
        with clock.at(JULY_6):
            opening.open_period(plan=Plan.objects.get(), period="2026-06", by=system())
            draft = draft_of(june)
            given = posted(draft, {"title": f"新问的事{more}"}) | {
                "valid_from": "2026-06",
                "seen": "on",
                "valid_until": "2027-12-31",
            }
            client = june.client("zone")
            with CaptureQueriesContext(connection) as shown:
                client.get(f"/forms/{draft.pk}/edit/")
            with CaptureQueriesContext(connection) as done:
                assert client.post(f"/forms/{draft.pk}/publish/", given).status_code == 302
        counts.append((len(shown), len(done)))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_writer_and_start_at_the_same_moment_lose_nothing() -> None:
    """Either the draft was begun before and keeps its form, or the writer is told of the new one."""
    zone = build_zone()
    open_june(zone)
    draft = draft_of(zone)
    report = Report.objects.get(organization=zone.branch)

    def write() -> Any:
        return reports.save_draft(
            report=report, revision=1, typed={"problems": "写了一半"}, by=zone.actor("huzhuang1")
        )

    def start() -> Any:
        return definitions.publish(draft=draft, valid_from="2026-06", by=zone.actor("zone"))

    with clock.at(JULY_6):
        run_together([write, start])
    fresh = Report.objects.get(pk=report.pk)
    text = fresh.items.get(key="problems").value["text"]
    assert (fresh.definition_id == draft.pk) is (text == "")
    assert {item.key for item in fresh.items.all()} == {
        spec["key"] for spec in fresh.definition.items
    }


# --- the editor -------------------------------------------------------------------------------


def press(zone: Zone, draft: ReportDefinition, word: str, **rows: Any) -> Any:
    draft.refresh_from_db()
    answer = zone.client("zone").post(
        f"/forms/{draft.pk}/edit/", posted(draft, **rows) | {"press": word}
    )
    draft.refresh_from_db()
    return answer


def keys(draft: ReportDefinition) -> list[str]:
    return [spec["key"] for spec in draft.items]


def test_buttons_of_the_editor_move_add_take_out_and_put_back(june: Zone) -> None:
    draft = draft_of(june)
    before = keys(draft)
    assert press(june, draft, "down:highlights").status_code == 302
    assert keys(draft)[1:3] == ["problems", "highlights"]
    press(june, draft, "up:highlights", next_plan={"help": "顺手写的"})
    assert keys(draft) == before
    assert draft.items[3]["help"] == "顺手写的"
    for kind in ("number", "date", "choice", "choices", "yes_no", "table", "text", "entries"):
        answer = press(june, draft, f"add:{kind}")
        assert answer.status_code == 302
        assert draft.items[-2]["kind"] == kind
        assert f"open={draft.items[-2]['key']}" in answer["Location"]
    press(june, draft, "copy:item_1", item_1={"unit": "项", "maximum": "50"})
    assert draft.items[5]["unit"] == "项"
    press(june, draft, "remove:problems")
    assert "problems" not in keys(draft)
    assert "恢复" in text_of(june.client("zone").get(f"/forms/{draft.pk}/edit/"))
    press(june, draft, "restore:problems")
    assert keys(draft)[-2] == "problems"
    assert draft.removed == []
    for odd in ("up:figures", "down:nothing", "add:figures", "add:x", "restore:x", "x", ":::"):
        assert press(june, draft, odd).status_code == 302
    assert len(keys(draft)) == len(set(keys(draft)))


def test_item_that_others_look_to_can_be_taken_out(june: Zone) -> None:
    draft = draft_of(june)
    press(june, draft, "add:number")
    press(june, draft, "add:number")
    press(june, draft, "x", item_2={"at_most": "item_1", "total_of": ["item_1"]})
    assert (draft.items[-2]["at_most"], draft.items[-2]["total_of"]) == ("item_1", ["item_1"])
    press(june, draft, "remove:item_1")
    assert (draft.items[-2]["at_most"], draft.items[-2]["total_of"]) == ("", [])


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("number", {"minimum": "9", "maximum": "3"}, "最大不能小于最小"),
        ("choice", {"options": "只有一个"}, "2 至 12 个答案"),
        ("choices", {"options": "甲\n甲"}, "两个答案相同"),
        ("table", {"columns": ""}, "1 至 5 个栏目"),
        ("date", {"until": "明年"}, "2027-06 这样"),
    ],
)
def test_settings_that_make_no_form_are_told_at_the_item(
    june: Zone, kind: str, changes: dict[str, Any], words: str
) -> None:
    draft = draft_of(june)
    press(june, draft, f"add:{kind}")
    held = draft.items
    answer = press(june, draft, "", item_1={"help": "刚写的说明", **changes})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "刚写的说明" in text_of(answer)
    assert draft.items == held


def test_quiet_saving_answers_in_short(june: Zone) -> None:
    client, draft = june.client("zone"), draft_of(june)
    quiet = {"HTTP_X_REQUESTED_WITH": "fetch"}
    path = f"/forms/{draft.pk}/edit/"
    stale = posted(draft, problems={"title": "另一处"})
    saved = client.post(path, posted(draft, problems={"title": "问题"}), **quiet)
    assert saved.status_code == 200
    draft.refresh_from_db()
    assert saved.json()["version"] == posted(draft)["token"]
    refused = client.post(path, posted(draft, problems={"title": ""}), **quiet)
    assert (refused.status_code, "写明项目名称" in refused.json()["message"]) == (422, True)
    beaten = client.post(path, stale, **quiet)
    assert beaten.status_code == 409
    assert "以我写的为准" in text_of(beaten)


def test_form_can_be_tried_and_nothing_is_kept(june: Zone) -> None:
    draft = draft_of(june)
    press(june, draft, "add:number")
    client = june.client("zone")
    before = Report.objects.count()
    page = text_of(
        client.post(f"/forms/{draft.pk}/try/", {"text-problems": "无", "number-item_1": "x"})
    )
    assert "“x”不是数字" in page
    assert "还有 2 处要处理" in page  # and what is required is missing
    assert Report.objects.count() == before


def test_versions_are_compared(june: Zone) -> None:
    draft = draft_of(june)
    press(june, draft, "add:number")
    press(june, draft, "remove:highlights", problems={"help": "改过的说明", "max_chars": 300})
    page = text_of(june.client("dahuangshan").get(f"/forms/{draft.pk}/compare/"))
    for words in ("新增", "删去", "工作亮点", "改了", "说明", "字数上限"):
        assert words in page, words
    assert "移了位置" not in page


def test_records_of_a_new_plan_are_written(june: Zone) -> None:
    """A plan made in the browser is fulfilled as any other."""
    with clock.at(JULY_6):
        june.client("zone").post("/plans/new/", NEW)
    with clock.at(JULY_29):
        opening.open_due_periods(by=system())
        duty = Duty.objects.get(plan__name="主题党日", organization=june.branch)
        records.add(
            duty=duty,
            done_on=dt.date(2026, 7, 20),
            text="重温誓词",
            by=june.actor("huzhuang1"),
        )
    duty.refresh_from_db()
    assert duty.state == DutyState.SUBMITTED


# --- as the secretary sees it -----------------------------------------------------------------


def looked_at(zone: Zone, draft: ReportDefinition, query: str = "", **given: str) -> str:
    draft.refresh_from_db()
    path = f"/forms/{draft.pk}/try/{query}"
    answer = zone.client("zone").post(path, given, HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    return text_of(answer)


def test_form_is_seen_on_phone_computer_and_paper_with_what_was_tried(june: Zone) -> None:
    draft = draft_of(june)
    press(june, draft, "add:number")
    tried = {"text-problems": "灯不亮", "number-item_1": "三个", "entry-highlights": "开了会"}
    for look in ("phone", "computer"):
        page = looked_at(june, draft, look=look, **tried)
        assert f'id="look-{look}" name="look" value="{look}" aria-pressed="true"' in page
        assert page.count('aria-pressed="true"') == 1
        for words in ("灯不亮", 'value="三个"', "开了会"):
            assert words in page, words
        assert "处要处理" not in page  # looking is not trying
    paper = looked_at(june, draft, look="paper", **tried)
    for words in (
        "（填报单位）",
        "负责人（签字）",
        "3. 突出问题与需要协调的事项",
        "（填了什么，印在这里）",
    ):
        assert words in paper, words
    assert '<p class="prose">灯不亮</p>' in paper
    assert 'type="hidden" name="text-problems" value="灯不亮"' in paper
    # Made anew after the form was changed: the same look, the same words.
    again = looked_at(june, draft, "?refresh=1", shown="paper", **tried)
    assert '<p class="prose">灯不亮</p>' in again
    assert "灯不亮" in looked_at(june, draft, look="phone", shown="paper", **tried)


def test_preview_on_paper_is_the_paper_of_a_report(june: Zone) -> None:
    """One template: the headings of a printed report, in its order."""
    draft = draft_of(june)
    report = Report.objects.get(organization=june.branch)
    printed = text_of(june.client("huzhuang1").get(f"/reports/{report.pk}/print/"))
    preview = looked_at(june, draft, look="paper")
    for words in (
        "填报单位",
        "填表人",
        "联系电话",
        "填报时间",
        "依据：",
        "1. 本月数据",
        "4. 下月打算",
    ):
        assert words in printed, words
        assert words in preview, words


@pytest.mark.parametrize("look", ["", "x", "\x00", "paper" * 50])
def test_look_that_there_is_none_of_is_a_phone(june: Zone, look: str) -> None:
    draft = draft_of(june)
    assert "look-phone" in looked_at(june, draft, look=look)
    path = f"/forms/{draft.pk}/try/"
    assert june.client("zone").get(path, {"look": look}).status_code in (200, 400)
    assert "（填报单位）" in text_of(june.client("zone").get(path, {"look": "paper"}))
