"""The register of what is asked for: numbers and expiry, minutes from what was written, the year of each
class, what is seen before something is given out, and the rules of the house."""

import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from assessments.schemes.models import SchemeVersion
from core import clock, menu, worklist
from core.actor import system
from core.errors import DomainError
from core.models import AuditEntry, Notification
from core.states import Stale
from orgs.enums import OrganizationClass
from orgs.models import Organization
from schedules.action_items.actions import issuing
from schedules.action_items.actions.issuing import Given, LineGiven, ListGiven, Origin
from schedules.action_items.models import ActionItem
from schedules.rounds import house_rules
from schedules.rounds.actions import burden, definitions, measuring, opening, plans, register
from schedules.rounds.asks import Group
from schedules.rounds.item_kinds.efforts import FEWEST, Effort, typical, written
from schedules.rounds.models import (
    BurdenMonth,
    Duty,
    MinutesEstimate,
    Plan,
    RegisterSeries,
    Report,
    ReportDefinition,
    ReportItem,
)
from schedules.rounds.queries.estimates import Estimates
from schedules.rounds.queries.verdicts import Verdict, verdicts
from schedules.rounds.queries.years import Burden, years
from schedules.rounds.rules import FORMS, latest_validity
from tests.parallel import run_together
from tests.test_action_items import day
from tests.test_action_items import give as give_item
from tests.test_api_resources import caller, secret_of
from tests.test_new_plans import NEW
from tests.test_plans import draft_of, plan_form, posted
from tests.test_reports import CHINA, JULY_6, open_june, send
from tests.world import Zone, build_zone, make_organization

JULY_29 = dt.datetime(2026, 7, 29, 9, tzinfo=CHINA)
AUGUST_28 = dt.datetime(2026, 8, 28, 9, tzinfo=CHINA)
BRANCHES = Group("branch", OrganizationClass.OTHER)


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def bare(page: str) -> str:
    """The words of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def measure(at: dt.datetime = JULY_6) -> None:
    with clock.at(at):
        measuring.estimate_minutes(by=system())
        measuring.count_months(by=system())
        measuring.look_behind(by=system())


def read(zone: Zone, path: str = "/burden/", who: str = "zone", at: dt.datetime = JULY_6) -> str:
    with clock.at(at):
        answer = zone.client(who).get(path)
    assert answer.status_code == 200, (who, path)
    return text_of(answer)


# --- numbers ----------------------------------------------------------------------------------


def test_what_goes_out_has_a_number_that_is_never_given_again(june: Zone) -> None:
    monthly = Plan.objects.get()
    assert (monthly.number, monthly.valid_until) == ("计〔2026〕01号", dt.date(2027, 12, 31))
    first = ReportDefinition.objects.order_by("pk").values_list("number", flat=True)
    assert first[0] == "表〔2026〕01号"
    assert len(set(first)) == len(first)
    draft = draft_of(june)
    assert draft.number == "", "a draft has not gone out"
    with clock.at(JULY_6):
        with pytest.raises(DomainError):
            definitions.publish(draft=draft, valid_from="2020-01", by=system())
        fresh = definitions.publish(draft=draft, valid_from="2026-07", by=system()).form
        assert fresh.number == f"表〔2026〕{len(first) + 1:02d}号", "a refusal takes none"
    with clock.at(dt.datetime(2027, 1, 5, 9, tzinfo=CHINA)):
        assert register.take(kind=FORMS, by=system()) == "表〔2027〕01号"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_numbers() -> None:
    build_zone()

    def take() -> str:
        with clock.at(JULY_6):
            return register.take(kind=FORMS, by=system())

    found = run_together([take] * 4)
    assert sorted(str(one.value) for one in found) == [f"表〔2026〕0{n}号" for n in (1, 2, 3, 4)]
    assert RegisterSeries.objects.get().last == 4


def test_number_basis_minutes_and_day_stand_on_the_form_wherever_it_is(june: Zone) -> None:
    report = send(june)
    form = report.definition
    detail = read(june, f"/forms/{form.pk}/", "huzhuang1")
    for words in (form.number, "有效至", "2027年12月31日", "约 9 分钟，暂按同类项估计"):
        assert words in detail, words
    line = f"编号：{form.number} · 依据：{form.plan.basis} · 约 9 分钟 · 有效至 2027年12月31日"
    assert line in read(june, f"/reports/{report.pk}/print/", "huzhuang1")
    listed = read(june, "/plans/", "huzhuang1")
    assert form.plan.number in listed
    assert "2027年12月31日" in listed


# --- until when -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("", "写明有效至哪一天"),
        ("2026-06-30", "不能早于起用"),
        ("2029-01-01", "最长两年，即到 2028-07-06"),
    ],
)
def test_nothing_new_without_an_end_or_with_one_too_far(june: Zone, until: str, said: str) -> None:
    with clock.at(JULY_6):
        new = {**NEW, "valid_until": until, "starts_on": "2026-07-06"}
        made = june.client("zone").post("/plans/new/", new)
        assert made.status_code == 422
        assert said in text_of(made)
        assert 'value="主题党日"' in text_of(made), "nothing typed is lost"
        draft = draft_of(june)
        given = posted(draft) | {"valid_from": "2026-07", "seen": "on", "valid_until": until}
        started = june.client("zone").post(f"/forms/{draft.pk}/publish/", given)
        assert started.status_code == 422
        assert said in text_of(started)
    assert Plan.objects.count() == 1


def test_two_years_from_a_leap_day() -> None:
    assert latest_validity(dt.date(2028, 2, 29)) == dt.date(2030, 2, 28)


def test_plan_that_has_run_out_opens_nothing_and_what_is_open_is_finished(june: Zone) -> None:
    Plan.objects.update(valid_until=dt.date(2026, 6, 30))
    plan = Plan.objects.get()
    with clock.at(JULY_29):
        assert opening.open_due_periods(by=system()) == 0
        assert opening.open_due_periods(by=system()) == 0
        assert not Duty.objects.filter(period="2026-07").exists()
        assert not Duty.objects.filter(state="waived").exists(), "what is open stays"
        with pytest.raises(DomainError, match="先续期"):
            plans.open_now(plan=plan, period="2026-07", by=system())
        assert "已到期，不再打开新的一期" in text_of(june.client("zone").get(f"/plans/{plan.pk}/"))
    assert send(june).submitted_at is not None
    with clock.at(JULY_29):
        given = {"valid_until": "2027-06-30", "revision": plan.revision}
        path = f"/plans/{plan.pk}/renew/"
        unticked = june.client("zone").post(path, given)
        assert unticked.status_code == 422
        assert "核对依据后再勾选" in text_of(unticked)
        assert june.client("zone").post(path, {**given, "needed": "on"}).status_code == 302
        assert opening.open_due_periods(by=system()) > 0
        plan.refresh_from_db()
        with pytest.raises(Stale):
            plans.renew_plan(plan=plan, valid_until=dt.date(2027, 9, 30), revision=1, by=system())
    entry = AuditEntry.objects.get(verb="schedules.plan.renew")
    assert entry.changes["valid_until"] == ["2026-06-30", "2027-06-30"]


def test_period_that_begins_before_the_end_is_not_opened_after_it(june: Zone) -> None:
    Plan.objects.update(valid_until=dt.date(2026, 7, 15))
    with clock.at(JULY_29):  # July opens on the 27th
        assert opening.open_due_periods(by=system()) == 0


def test_form_that_has_run_out_is_used_for_no_new_period(june: Zone) -> None:
    ReportDefinition.objects.filter(key="branch").update(valid_until=dt.date(2026, 7, 15))
    with clock.at(JULY_29):
        opening.open_due_periods(by=system())
        kinds = set(
            Duty.objects.filter(period="2026-07").values_list("organization__kind", flat=True)
        )
        assert "branch" not in kinds, "nor does another form take its place"
        assert kinds, "the others are opened"
        item = next(one for one in _work(june, "zone") if one.title == "要基层办的事到期")
        assert "1 项已到期停止：党支部月报 第1版" in item.text
        form = ReportDefinition.objects.get(key="branch")
        definitions.renew_form(
            form=form, valid_until=dt.date(2027, 6, 30), was=form.valid_until, by=system()
        )
        with pytest.raises(Stale):
            definitions.renew_form(
                form=form, valid_until=dt.date(2027, 9, 30), was=dt.date(2026, 7, 15), by=system()
            )
        assert opening.open_due_periods(by=system()) > 0
        assert Report.objects.filter(period="2026-07", organization__kind="branch").exists()


def _work(zone: Zone, who: str) -> list[worklist.WorkItem]:
    return worklist.collect(zone.actor(who)).items


def test_those_who_gave_it_out_are_told_a_month_before(june: Zone) -> None:
    def told(who: str) -> list[str]:
        return [one.text for one in _work(june, who) if one.title == "要基层办的事到期"]

    with clock.at(JULY_6):
        assert told("zone") == []
        Plan.objects.update(valid_until=dt.date(2026, 8, 6))
        assert told("zone") == []  # 31 days
        Plan.objects.update(valid_until=dt.date(2026, 8, 5))
        assert told("zone")[0].startswith("1 项 30 天内到期：月报。")
        assert told("huzhuang1") == []


@pytest.mark.django_db(transaction=True)
def test_job_at_the_same_moment_opens_nothing_of_what_has_run_out() -> None:
    zone = build_zone()
    open_june(zone)
    ReportDefinition.objects.filter(key="branch").update(valid_until=dt.date(2026, 7, 15))

    def open_them() -> None:
        with clock.at(JULY_29):
            opening.open_due_periods(by=system())

    run_together([open_them] * 3)
    opened = Duty.objects.filter(period="2026-07")
    assert opened.exists()
    assert not opened.filter(organization__kind="branch").exists()


# --- minutes from what was written ------------------------------------------------------------


def test_effort_is_steps_and_keys() -> None:
    assert written(["活动室漏雨", "", "abc"]) == Effort(2, 5, 3)
    assert Effort(1, 10, 4).seconds == pytest.approx(1.35 + 1.10 + 0.20 + (30 + 4) * 0.5)
    found = typical([Effort(1, 10, 0), Effort(1, 30, 0), Effort(2, 20, 0)], empty=1)
    assert (found.answers, found.share, found.characters, found.steps) == (4, 75, 20, 1)
    assert found.minutes == round((1.35 + 0.75 * (2.65 + 30)) / 60, 2)
    assert typical([], empty=5).minutes == 0.02


def answered(zone: Zone, count: int) -> Report:
    """So many reports that were sent, the problem written in each."""
    report = send(zone)
    problem = report.items.get(key="problems")
    problem.value = {"text": "屋" * 40}
    problem.save()
    for number in range(count - 1):
        organization = make_organization(f"新支部{number}", parent=zone.general)
        duty = Duty.objects.get(pk=report.duty_id)
        duty.pk, duty.organization = None, organization
        duty.save()
        twin = Report.objects.get(pk=report.pk)
        twin.pk, twin.duty, twin.organization = None, duty, organization
        twin.save()
        problem.pk, problem.report = None, twin
        problem.save()
    return report


@pytest.mark.parametrize(("count", "is_told"), [(FEWEST - 2, False), (FEWEST, True)])
def test_estimate_stands_on_thirty_answers_and_says_so(
    june: Zone, count: int, is_told: bool
) -> None:
    report = answered(june, count)
    measure()
    spec = next(one for one in report.definition.items if one["key"] == "problems")
    minutes = Estimates.load().of_form(report.definition.key, [spec])
    if is_told:
        expected = round((1.35 + 2.65 + 40 * 1.5) / 60, 1)
        assert (minutes.minutes, minutes.answers, minutes.guessed) == (expected, FEWEST, 0)
    else:
        assert (minutes.minutes, minutes.answers, minutes.guessed) == (3.0, 0, 1)
    page = read(june)
    assert (f"按近 12 个月 {FEWEST} 次填写估计，其中" in page) == is_told
    assert "暂按同类项" in page


def test_estimates_are_made_once_a_week(june: Zone) -> None:
    send(june)
    with clock.at(JULY_6):
        assert measuring.estimate_minutes(by=system()) > 0
        assert measuring.estimate_minutes(by=system()) == 0
    with clock.at(JULY_6 + dt.timedelta(days=6)):
        assert measuring.estimate_minutes(by=system()) == 0
    with clock.at(JULY_6 + dt.timedelta(days=7)):
        assert measuring.estimate_minutes(by=system()) > 0
    assert AuditEntry.objects.filter(verb="schedules.burden.estimate").count() == 2
    assert not ReportItem._meta.get_fields()[0].name.startswith("seconds")


@pytest.mark.django_db(transaction=True)
def test_measuring_at_the_same_moment_acts_once() -> None:
    zone = build_zone()
    open_june(zone)
    send(zone)

    def run() -> int:
        with clock.at(JULY_6):
            count = measuring.estimate_minutes(by=system())
            measuring.count_months(by=system())
            return count

    found = run_together([run] * 3)
    assert [one.error for one in found] == [None] * 3
    assert sorted(bool(one.value) for one in found) == [False, False, True]
    assert AuditEntry.objects.filter(verb="schedules.burden.estimate").count() == 1
    rows = list(BurdenMonth.objects.values_list("source", "month", "kind", "organization_class"))
    assert len(rows) == len(set(rows)) > 0


# --- the year ---------------------------------------------------------------------------------


def test_year_is_what_was_asked_and_what_will_be_beside_the_last(june: Zone) -> None:
    plan = Plan.objects.get()
    Plan.objects.update(starts_on=dt.date(2025, 1, 1))
    with clock.at(dt.datetime(2025, 12, 29, 9, tzinfo=CHINA)):
        opening.open_period(plan=plan, period="2025-12", by=system())
    measure()
    with clock.at(JULY_6):
        burden_now = Burden.load()
        row = next(one for one in years(burden_now, 2026) if one.group == BRANCHES)
        # June was asked; July to December will be; of January to May nothing was.
        assert row.months == [0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9]
        assert (row.planned, row.other, row.last_year) == (63, 0, 9)
    page = read(june)
    for words in ("63 分", "多 54", "2025年只有 1 个月有记录", "上限每月 60 分钟"):
        assert words in page, words
    past = read(june, "/burden/?year=2025")
    assert "2025年基层用时" in past


def test_items_count_in_the_month_in_which_they_are_due(june: Zone) -> None:
    with day(0):
        give_item(june)
    measure()
    with clock.at(JULY_6):
        row = next(one for one in years(Burden.load(), 2026) if one.group == BRANCHES)
        count = row.count
        assert row.other == pytest.approx(10 / count)
        assert row.months[6] == pytest.approx(9 + 10 / count)


def test_who_may_not_see_an_item_sees_its_number_alone(june: Zone) -> None:
    with day(0):
        item = give_item(june, owners=[june.branch, june.branch2], title="补齐王某某的材料")
    measure()
    shown = {who: read(june, who=who) for who in ("dahuangshan", "jinshanqiao", "sysadmin")}
    assert "补齐王某某的材料" in shown["dahuangshan"]
    for who in ("jinshanqiao", "sysadmin"):
        assert item.number in shown[who]
        assert "王某某" not in shown[who], who
        assert "（内容只给相关单位看）" in shown[who]
    assert "王某某" not in _cells(june, "sysadmin")
    assert "王某某" in _cells(june, "dahuangshan")


def _cells(zone: Zone, who: str) -> str:
    with clock.at(JULY_6):
        answer = zone.client(who).get("/burden/export/")
    book = load_workbook(io.BytesIO(answer.getvalue()))
    return " ".join(str(cell.value) for sheet in book for row in sheet for cell in row)


def test_sheet_says_what_the_page_says(june: Zone) -> None:
    measure()
    cells = _cells(june, "zone")
    form = ReportDefinition.objects.get(key="branch")
    for words in (form.number, form.plan.basis, "各类组织用时", "暂按同类项估计"):
        assert words in cells, words
    assert AuditEntry.objects.filter(verb="schedules.burden.export").exists()


def test_class_that_is_chosen_shows_what_is_asked_of_it(june: Zone) -> None:
    plan = {"kinds": ["general_branch"], "starts_on": dt.date(2026, 7, 1), "fulfilment": "record"}
    with clock.at(JULY_6):
        plans.create_plan(values={**plan, "name": "总支的事"}, by=system())
    assert "总支的事" in read(june)
    assert "总支的事" not in read(june, "/burden/?group=branch.other")
    for odd in ("group=x.y", "group=branch", "year=1999", "year=x", "group=%00"):
        with clock.at(JULY_6):
            assert june.client("zone").get(f"/burden/?{odd}").status_code in (200, 400), odd


def test_pages_ask_the_same_number_of_questions_for_any_number(june: Zone) -> None:
    counts = []
    with day(0):
        give_item(june, owners=[june.branch, june.branch2])
    for more in (1, 3):
        for number in range(more):
            make_organization(f"新支部{more}{number}", parent=june.general)
            with clock.at(JULY_6):
                values = {"kinds": ["branch"], "starts_on": dt.date(2026, 7, 1)}
                values |= {"name": f"计划{more}{number}", "fulfilment": "record", "basis": "某文件"}
                plans.create_plan(values=values, by=system())
        with clock.at(JULY_29):
            opening.open_due_periods(by=system())
        with day(0):
            give_item(june, owners=[june.branch, june.branch2], title=f"又一项督办{more}")
        measure(JULY_29)
        asked = []
        for path in ("/burden/", "/burden/rules/", "/burden/export/"):
            with CaptureQueriesContext(connection) as captured, clock.at(JULY_29):
                assert june.client("zone").get(path).status_code == 200
            asked.append(len(captured))
        counts.append(asked)
    assert counts[0] == counts[1]
    assert counts[0][0] <= 40


# --- before it is given out -------------------------------------------------------------------


def test_new_plan_is_seen_beside_what_everybody_owes_already(june: Zone) -> None:
    client = june.client("zone")
    with clock.at(JULY_6):
        look = text_of(client.post("/plans/new/", {**NEW, "look": "1"}))
        assert "9 → 12 分" in bare(look)
        unseen = client.post("/plans/new/", {**NEW, "seen": ""})
        assert unseen.status_code == 422
        assert "请先看过各类组织已有的用时" in text_of(unseen)
        assert NEW["basis"] in text_of(unseen), "nothing typed is lost"
        assert Plan.objects.count() == 1
        assert client.post("/plans/new/", NEW).status_code == 302
    assert Plan.objects.count() == 2


def test_form_is_seen_beside_what_everybody_owes_already(june: Zone) -> None:
    with clock.at(JULY_6):
        draft = draft_of(june)
        page = text_of(june.client("zone").get(f"/forms/{draft.pk}/edit/"))
    assert "各类组织已有多少事" in page
    assert "我已看过：" in page
    assert "以及它们这个月和全年已有的用时" in page


def test_form_and_item_say_what_they_are_to_who_fills_them_in(june: Zone) -> None:
    """Number, basis, minutes, until when: where it is filled in, as on the sheet and on paper."""
    with clock.at(JULY_6):
        report = Report.objects.get(organization=june.branch)
        form = report.definition
        page = text_of(june.client("huzhuang1").get(report.get_absolute_url()))
        assert f"编号：{form.number}" in page
        assert f"依据：{report.duty.plan.basis}" in page
        assert "约 9 分钟" in page
        assert f"有效至 {form.valid_until:%Y年%-m月%-d日}" in page
        # As on paper: no longer than its plan.
        Plan.objects.filter(pk=report.duty.plan_id).update(valid_until=dt.date(2026, 9, 30))
        page = text_of(june.client("huzhuang1").get(report.get_absolute_url()))
        assert "有效至 2026年9月30日" in page
        above = text_of(june.client("dahuangshan").get(report.get_absolute_url()))
        assert "约 9 分钟" not in above, "nobody measures who fills it in"
    with day(0):
        item = give_item(june)
        page = text_of(june.client("huzhuang1").get(item.get_absolute_url()))
        assert "<dt>填写约</dt><dd>10 分钟</dd>" in page


def test_figure_is_named_where_something_asks_for_it(june: Zone) -> None:
    with clock.at(JULY_6):
        look = june.client("zone").post("/plans/new/", {**NEW, "about": "报在册党员", "look": "1"})
    assert "系统已有这些数据" in text_of(look)
    assert "“在册党员”" in text_of(look)


def many(zone: Zone, count: int) -> list[int]:
    return [make_organization(f"新支部{number}", parent=zone.general).pk for number in range(count)]


@pytest.mark.parametrize("count", [9, 10])
def test_item_for_ten_is_ticked_before_it_is_given_out(june: Zone, count: int) -> None:
    owners = many(june, count)
    with day(0):
        client = june.client("dahuangshan")
        typed = {"priority": "normal", "category": "other", "cause": "unknown"}
        typed |= {"title": "核对在册党员名册", "due_on": "2026-07-20", "under": owners}
        typed |= {"go": "issue"}
        path = "/action-items/new/"
        asked = client.post(path, typed)
        page = text_of(asked)
        assert "“在册党员”" in page, "data that are there already are named"
        done = client.post(path, {**typed, "agreed": "yes"}, follow=True)
        if count < 10:
            assert "已交办" in text_of(done)
            return
        assert f"我已看过这 {count} 个单位这个月和全年已有的用时" in page
        assert "9 → 19 分" in bare(page)
        assert "请先看过上面的内容，再勾选这一项" in text_of(done)
        assert not ActionItem.objects.exists()
        assert "核对在册党员名册" in text_of(done), "nothing typed is lost"
        ticked = client.post(path, {**typed, "agreed": "yes", "weighed": "on"}, follow=True)
        assert "已交办" in text_of(ticked)
        assert ActionItem.objects.get(parent=None).children.count() == 10


def test_a_program_says_that_it_has_looked_before_ten_get_something(june: Zone) -> None:
    """Asked in the action, whoever calls it: the API, the lists of an assessment, a meeting that ends."""
    owners = many(june, 10)
    with day(0):
        client = caller(secret_of(june, "dahuangshan"))
        body = {"owners": owners, "title": "核对名册"}
        listing = reverse("api:item-list")

        def sent(address: str, given: dict[str, Any], **headers: str) -> Any:
            return client.post(address, given, content_type="application/json", headers=headers)

        refused = sent(listing, body)
        assert refused.status_code == 400
        assert refused.json()["code"] == "unseen"
        assert "要交办给 10 个单位" in refused.content.decode()
        assert "每个约 10.0 分钟，合计约 1.7 小时" in refused.content.decode()
        assert not ActionItem.objects.exists()
        assert sent(listing, {**body, "owners": owners[:9]}).status_code == 201
        draft = sent(listing, {**body, "draft": True})
        assert draft.status_code == 201
        go = reverse("api:item-issue", args=[draft.json()["id"]])
        assert sent(go, {}, **{"If-Match": draft["ETag"]}).status_code == 400
        done = sent(go, {"seen": True}, **{"If-Match": draft["ETag"]})
        assert (done.status_code, len(done.json()["parts"])) == (200, 10)


def test_lists_for_ten_are_given_out_by_who_has_looked(june: Zone) -> None:
    places = Organization.objects.filter(pk__in=many(june, 10))
    with day(0):
        given = Given(title="整改清单", lines=[LineGiven(problem="缺党课记录")])
        lists = [ListGiven(place, given, Origin()) for place in places]
        issuer, by = june.street, june.actor("dahuangshan")
        with pytest.raises(DomainError, match="要交办给 10 个单位"):
            issuing.issue_lists(issuer=issuer, lists=lists, by=by)
        assert not ActionItem.objects.exists()
        assert len(issuing.issue_lists(issuer=issuer, lists=lists, by=by, seen=True)) == 10


# --- the rules --------------------------------------------------------------------------------


def verdict(key: str, at: dt.datetime = JULY_6) -> Verdict:
    with clock.at(at):
        return next(one for one in verdicts() if one.rule.key == key)


def broken_by(key: str, at: dt.datetime = JULY_6) -> str:
    return "；".join(breach.text for breach in verdict(key, at).breaches)


def test_all_are_kept_by_an_installation_as_it_comes(june: Zone) -> None:
    send(june)
    measure()
    with clock.at(JULY_6):
        assert {one.rule.key: one.is_kept for one in verdicts()} == {
            one.key: True for one in house_rules.registered()
        }
    assert len(house_rules.registered()) == 10


def _item(form: ReportDefinition, **settings: Any) -> None:
    """The form with one more item, as only a row of the table can have it."""
    spec = {"key": "more", "title": "", "kind": "text", "help": "", "required": True}
    spec |= {"figures": [], "max_entries": 3, "max_chars": 200, **settings}
    ReportDefinition.objects.filter(pk=form.pk).update(items=[*form.items, spec])


def test_broken_by_what_has_no_number_basis_or_end(june: Zone) -> None:
    ReportDefinition.objects.filter(key="branch").update(number="", valid_until=None)
    assert broken_by("numbered") == "党支部月报 第1版没有编号、有效期"
    Plan.objects.update(basis=" ")
    assert "计划“月报”没有依据" in broken_by("numbered")


def test_broken_by_an_item_for_many_without_a_date(june: Zone) -> None:
    with day(0):
        give_item(june, owners=[june.branch, june.branch2], due_on=None)
    assert broken_by("numbered") == "督办〔2026〕1号交给多个单位，没有办理期限"


def test_broken_by_what_was_opened_after_it_had_run_out(june: Zone) -> None:
    Plan.objects.update(valid_until=dt.date(2026, 6, 28))  # June was opened on the 29th
    assert "之后又生成" in broken_by("expired")
    Plan.objects.update(valid_until=dt.date(2027, 6, 28))
    ReportDefinition.objects.filter(key="branch").update(valid_until=dt.date(2026, 6, 28))
    assert "党支部月报 第1版2026年6月28日到期，之后又用了" in broken_by("expired")


def test_broken_by_asking_for_what_a_figure_says(june: Zone) -> None:
    form = ReportDefinition.objects.get(key="branch")
    _item(form, kind="number", title="在册党员", unit="人")
    assert broken_by("once") == "党支部月报 第1版问“在册党员”，可直接用“在册党员”"
    page = read(june)
    assert "系统已有、仍在要的" in page
    assert "直接用即可" in page


def test_broken_by_more_than_the_cap(june: Zone) -> None:
    with clock.at(JULY_6):
        burden.set_cap(minutes=10, basis="党工委会议", revision=0, by=system())
        values = {"kinds": ["branch"], "starts_on": dt.date(2026, 7, 1), "fulfilment": "record"}
        plans.create_plan(
            values={**values, "name": "另一件事"}, over_reason="上级要求", by=system()
        )
    assert "2026年7月：其他党支部超过 10 分钟" in broken_by("cap")


@pytest.mark.parametrize(
    ("rule", "settings", "said"),
    [
        ("points", {"title": "党员积分排名"}, "要“积分”"),
        ("points", {"title": "其他", "help": "按打卡次数填"}, "要“打卡”"),
        ("usage", {"title": "平台登录次数"}, "要“登录次数”"),
        ("pictures", {"title": "活动照片", "kind": "text"}, "要“照片”"),
        ("pictures", {"title": "佐证", "kind": "files"}, "必须上传附件"),
    ],
)
def test_broken_by_what_a_form_asks_for(
    june: Zone, rule: str, settings: dict[str, Any], said: str
) -> None:
    form = ReportDefinition.objects.get(key="branch")
    _item(form, **settings)
    assert said in broken_by(rule)
    with clock.at(JULY_6):
        page = text_of(june.client("huzhuang1").get("/burden/rules/"))
    assert said in page
    assert "没有守住" in page


def test_pictures_that_may_be_left_out_break_nothing(june: Zone) -> None:
    form = ReportDefinition.objects.get(key="branch")
    _item(form, title="活动照片", required=False)
    assert verdict("pictures").is_kept


def test_broken_by_a_scheme_that_counts_logins(june: Zone) -> None:
    from assessments.schemes.enums import VersionState
    from assessments.schemes.models import Scheme

    scheme = Scheme.objects.create(
        name="街道", year=2026, organization=june.root, created_at=clock.now()
    )
    root = {"parts": [{"key": "i1", "name": "平台登录率", "full": "5"}]}
    SchemeVersion.objects.create(
        scheme=scheme,
        number=1,
        content={"root": root},
        from_period="2026-H1",
        changed_at=clock.now(),
        state=VersionState.PUBLISHED,
    )
    assert "登录、活跃度不能作为考核指标" in broken_by("usage")


def remind(user_id: int, at: dt.datetime, key: str = "") -> None:
    key = key or f"digest:{at:%Y%m%d}:{user_id}"
    Notification.objects.create(user_id=user_id, key=key, title="待办", created_at=at)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (dt.datetime(2026, 7, 5, 10, tzinfo=CHINA), "2026年7月5日 10 时（休息日）1 条提醒"),
        (dt.datetime(2026, 7, 6, 22, tzinfo=CHINA), "2026年7月6日 22 时（夜间）1 条提醒"),
        (dt.datetime(2026, 7, 6, 10, tzinfo=CHINA), ""),
    ],
)
def test_broken_by_a_reminder_on_a_day_of_rest_or_at_night(
    june: Zone, at: dt.datetime, said: str
) -> None:
    remind(june.users["huzhuang1"].pk, at)
    assert verdict("rest").looked_at is None, "looked at tonight"
    assert not verdict("rest").is_kept
    measure(JULY_8_NIGHT)
    assert broken_by("rest", JULY_8_NIGHT) == said
    assert verdict("rest", JULY_8_NIGHT).is_kept == (not said)


JULY_8_NIGHT = dt.datetime(2026, 7, 8, 3, 20, tzinfo=CHINA)


def test_broken_by_two_digests_a_day(june: Zone) -> None:
    at = dt.datetime(2026, 7, 6, 10, tzinfo=CHINA)
    remind(june.users["huzhuang1"].pk, at)
    measure(JULY_8_NIGHT)
    assert verdict("digest", JULY_8_NIGHT).is_kept
    remind(june.users["huzhuang1"].pk, at, key="digest:again")
    with clock.at(JULY_8_NIGHT):
        measuring.look_behind(by=system())
    assert broken_by("digest", JULY_8_NIGHT) == "2026年7月6日有 1 人收到两条以上自动提醒"


def test_broken_by_a_voice_that_nobody_answered(june: Zone) -> None:
    from schedules.action_items.actions import feedback

    with clock.at(JULY_6):
        feedback.write(kind="burden", text="台账表格太多，能不能合并", by=june.actor("huzhuang1"))
    assert verdict("answered").is_kept
    late = JULY_6 + dt.timedelta(days=40)
    assert broken_by("answered", late) == "1 条意见建议过了答复期限"


def test_nothing_hides_the_rules(june: Zone) -> None:
    """No role, right or setting: everybody signed in is led there, and may read it."""
    entry = next(one for one in menu.registered() if one.url_name == "schedules:burden")
    assert entry.permission == ""
    for who in june.users:
        client = june.client(who)
        with clock.at(JULY_6):
            page = text_of(client.get("/burden/", follow=True))
            assert 'href="/burden/rules/"' in page, who
            assert client.get("/burden/rules/").status_code == 200, who
            home = text_of(client.get("/", follow=True))
        assert 'href="/burden/"' in home, who
    assert june.client("zone").post("/burden/rules/").status_code == 405


def test_plan_about_cases_that_has_run_out_closes_what_is_done(june: Zone) -> None:
    with clock.at(JULY_6):
        plan = plans.start_cases(kind="orgs.term", by=system())
        Plan.objects.filter(pk=plan.pk).update(valid_until=dt.date(2026, 7, 5))
        plan.refresh_from_db()
        before = Duty.objects.filter(plan=plan).count()
        assert opening.follow_cases(plan=plan, by=system()) == 0
        assert Duty.objects.filter(plan=plan).count() == before
        begun = plans.start_cases(kind="orgs.term", by=system())
        assert begun.valid_until is not None


def test_change_that_asks_no_more_needs_no_tick(june: Zone) -> None:
    plan = Plan.objects.get()
    with clock.at(JULY_6):
        given = plan_form(plan, about="另一句说明")
        assert june.client("zone").post(f"/plans/{plan.pk}/", given).status_code == 302


def test_estimates_hold_nothing_of_a_person() -> None:
    named = {field.name for field in MinutesEstimate._meta.get_fields()}
    assert named == {
        *("id", "subject", "answers", "share", "steps", "characters", "keys", "minutes"),
        "computed_on",
    }
    assert "spent_seconds" not in {field.name for field in Report._meta.get_fields()}
