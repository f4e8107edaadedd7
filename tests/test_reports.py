"""The way of a monthly report, from its opening to its acceptance."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import audit, clock, worklist
from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from members.actions import standings
from schedules.rounds.actions import calendar, opening, reports, rollups
from schedules.rounds.actions.reports import NotReady, StaleReport
from schedules.rounds.enums import DutyState, ItemState, ReportState
from schedules.rounds.models import Duty, Plan, Report, ReportItem, ReportVersion
from schedules.rounds.queries.openings import moments
from tests.parallel import run_together
from tests.world import Zone, build_zone, make_member, make_organization

CHINA = ZoneInfo("Asia/Shanghai")
JUNE_29 = dt.datetime(2026, 6, 29, 9, tzinfo=CHINA)
JULY_6 = dt.datetime(2026, 7, 6, 17, tzinfo=CHINA)
JULY_8 = dt.datetime(2026, 7, 8, 9, tzinfo=CHINA)
TYPED = {
    "highlights": ["带岗带责进网格"],
    "problems": "活动室屋顶渗水",
    "next_plan": "七一主题党日",
}


def open_june(zone: Zone) -> Plan:
    with clock.at(JUNE_29):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        opening.open_period(plan=plan, period="2026-06", by=system())
    rollups.refresh_all()  # figures are written behind the changes: here at once
    return plan


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


def report_of(organization: object) -> Report:
    return Report.objects.get(organization=organization, period="2026-06")


def send(
    zone: Zone, username: str = "huzhuang1", at: dt.datetime = JULY_6, **typed: object
) -> Report:
    actor = zone.actor(username)
    report = Report.objects.get(organization_id=actor.organization_id, period="2026-06")
    with clock.at(at):
        sent = reports.submit(
            report=report,
            revision=report.revision,
            typed={**TYPED, **typed},
            explanations={},
            by=actor,
        )
    rollups.refresh_all()
    return sent


def check(zone: Zone, report: Report, username: str = "huzhuang", **returned: str) -> Report:
    report.refresh_from_db()
    with clock.at(JULY_8):
        checked = reports.check(
            report=report, revision=report.revision, returned=returned, by=zone.actor(username)
        )
    rollups.refresh_all()
    return checked


def test_period_opened_gives_one_duty_and_draft_for_each_organization_concerned(june: Zone) -> None:
    duties = Duty.objects.filter(period="2026-06")
    assert duties.count() == 6  # not the working committee itself
    assert {duty.due_on for duty in duties} == {dt.date(2026, 7, 6)}  # the 5th is a Sunday
    assert Report.objects.count() == 6
    assert ReportItem.objects.count() == 30


def test_period_opened_twice_changes_nothing(june: Zone) -> None:
    plan = Plan.objects.get()
    assert opening.open_period(plan=plan, period="2026-06", by=system()) == 0
    assert (Duty.objects.count(), ReportItem.objects.count()) == (6, 30)


def test_period_opened_leaves_out_who_was_not_there(zone: Zone) -> None:
    make_organization("新支部", parent=zone.general, founded_on=dt.date(2026, 7, 1))
    make_organization("旧支部", parent=zone.general, abolished_on=dt.date(2026, 6, 30))
    open_june(zone)
    assert Duty.objects.count() == 6


def test_abolished_organization_owes_nothing_more(june: Zone) -> None:
    zone = june
    zone.branch.abolished_on = dt.date(2026, 7, 1)
    zone.branch.save()
    with clock.at(JULY_6):
        assert opening.waive_closed(by=system()) == 1
        assert opening.waive_closed(by=system()) == 0
    assert Duty.objects.get(organization=zone.branch).state == DutyState.WAIVED


@pytest.mark.django_db(transaction=True)
def test_period_opened_by_eight_at_once_opens_once() -> None:
    zone = build_zone()
    with clock.at(JUNE_29):
        plan = opening.install_defaults(by=system())
    run_together([lambda: opening.open_period(plan=plan, period="2026-06", by=system())] * 8)
    assert (Duty.objects.count(), Report.objects.count(), ReportItem.objects.count()) == (
        6,
        6,
        30,
    )
    assert zone.branch.duties.count() == 1


def test_figures_come_from_the_register_of_the_own_subtree_only(june: Zone) -> None:
    zone = june
    with clock.at(JUNE_29 - dt.timedelta(days=40)):
        make_member(zone.branch, "甲")
        make_member(zone.branch2, "丙", is_mobile=True)
        make_member(zone.neighbour_branch, "外")
    with clock.at(JUNE_29):
        make_member(
            zone.branch,
            "乙",
            category="probationary_member",
            joined_on=dt.date(2026, 6, 11),
            full_member_on=None,
        )
        standings.fill(since=dt.date(2026, 5, 1))
        page = zone.client("huzhuang1").get(report_of(zone.branch).get_absolute_url())
        figures = {row["label"]: row["value"] for row in page.context["items"][0].figures}
        assert figures["在册党员"] == 2
        assert figures["本月接收预备党员"] == 1
        page = zone.client("huzhuang").get(report_of(zone.general).get_absolute_url())
        figures = {row["label"]: row["value"] for row in page.context["items"][0].figures}
    assert figures["在册党员"] == 3
    assert figures["应到党员"] == 2
    assert figures["所属支部"] == 2


def test_draft_saved_keeps_text_and_counts_versions_by_sitting(june: Zone) -> None:
    zone, by = june, june.actor("huzhuang1")
    report = report_of(zone.branch)
    with clock.at(JUNE_29):
        saved = reports.save_draft(report=report, revision=1, typed={"problems": "一"}, by=by)
        assert saved.revision == 2
        saved = reports.save_draft(report=saved, revision=2, typed={"problems": "一二"}, by=by)
    assert ReportVersion.objects.count() == 1
    with clock.at(JULY_6):
        reports.save_draft(report=saved, revision=3, typed={"problems": "一二三"}, by=by)
    assert ReportVersion.objects.count() == 2
    assert report.items.get(key="problems").value == {"text": "一二三"}


def test_draft_saved_again_unchanged_writes_nothing(june: Zone) -> None:
    by, report = june.actor("huzhuang1"), report_of(june.branch)
    saved = reports.save_draft(report=report, revision=1, typed={"problems": "一"}, by=by)
    entries = AuditEntry.objects.count()
    again = reports.save_draft(report=report, revision=1, typed={"problems": "一"}, by=by)
    assert again.revision == saved.revision == 2
    assert AuditEntry.objects.count() == entries


def test_draft_saved_over_another_save_is_refused_with_both_texts(june: Zone) -> None:
    report = report_of(june.branch)
    reports.save_draft(
        report=report, revision=1, typed={"problems": "委员写的"}, by=june.actor("officer")
    )
    with pytest.raises(StaleReport) as refusal:
        reports.save_draft(
            report=report, revision=1, typed={"problems": "书记写的"}, by=june.actor("huzhuang1")
        )
    assert refusal.value.values["problems"] == {"text": "委员写的"}
    assert report.items.get(key="problems").value == {"text": "委员写的"}


def test_autosave_conflict_shows_both_texts(june: Zone) -> None:
    report = report_of(june.branch)
    reports.save_draft(
        report=report, revision=1, typed={"problems": "委员写的"}, by=june.actor("officer")
    )
    answer = june.client("huzhuang1").post(
        f"/reports/{report.pk}/save/",
        {"version": "1", "text-problems": "书记写的"},
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.status_code == 409
    words = re.sub(r"<[^>]+>", "", answer.content.decode())  # without the marks of the difference
    assert "委员写的" in words
    assert "书记写的" in words


def test_report_sent_before_the_deadline_is_on_time_and_frozen(june: Zone) -> None:
    zone = june
    make_member(zone.branch, "甲")
    report = send(zone)
    make_member(zone.branch, "乙")
    duty = Duty.objects.get(organization=zone.branch)
    assert duty.state == DutyState.SUBMITTED
    assert not duty.is_late
    figures = report.items.get(key="figures").value["figures"]
    assert figures[0]["value"] == 1
    assert set(report.items.values_list("state", flat=True)) == {ItemState.SUBMITTED}


def test_report_sent_a_second_late_is_late_for_ever(june: Zone) -> None:
    midnight = dt.datetime(2026, 7, 7, 0, 0, 1, tzinfo=CHINA)
    report = send(june, at=midnight)
    check(june, report)
    assert Duty.objects.get(organization=june.branch).is_late


def test_report_sent_at_the_last_moment_of_grace_is_on_time(june: Zone) -> None:
    Plan.objects.update(grace_working_days=1)
    plan = Plan.objects.get()
    Duty.objects.all().update(late_after=moments(plan, "2026-06", calendar_of()).late_after)
    send(june, at=dt.datetime(2026, 7, 7, 23, 59, 59, tzinfo=CHINA))
    assert not Duty.objects.get(organization=june.branch).is_late


def calendar_of() -> object:
    from schedules.rounds.queries.calendar import load

    return load()


def test_report_incomplete_is_not_sent_and_says_what_is_missing(june: Zone) -> None:
    with pytest.raises(NotReady) as refusal:
        send(june, problems="", next_plan="")
    assert [finding.item_key for finding in refusal.value.findings] == ["problems", "next_plan"]
    assert report_of(june.branch).state == ReportState.DRAFT


def test_page_keeps_what_was_typed_when_the_report_is_not_ready(june: Zone) -> None:
    report = report_of(june.branch)
    answer = june.client("huzhuang1").post(
        f"/reports/{report.pk}/submit/",
        {
            "version": "1",
            "text-problems": "屋顶渗水",
            "text-next_plan": "",
            "entry-highlights": ["长" * 201, ""],
        },
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "屋顶渗水" in page
    assert "超出 1 字" in page
    assert "“下月打算”还没有填写" in page
    assert report.items.get(key="problems").value == {"text": "屋顶渗水"}


def test_figure_that_jumps_wants_an_explanation(june: Zone) -> None:
    zone = june
    for number in range(30):
        make_member(zone.branch, f"党员{number}")
    may = Report.objects.create(
        duty=Duty.objects.create(
            plan=Plan.objects.get(),
            organization=zone.branch,
            period="2026-05",
            due_on=dt.date(2026, 6, 5),
            due_at=JUNE_29,
            late_after=JUNE_29,
            opened_at=JUNE_29,
        ),
        organization=zone.branch,
        period="2026-05",
        definition=report_of(zone.branch).definition,
    )
    ReportItem.objects.create(
        report=may,
        position=1,
        key="figures",
        title="本月数据",
        kind="figures",
        value={"figures": [{"key": "members_on_roll", "label": "在册党员", "value": 12}]},
    )
    with pytest.raises(NotReady) as refusal:
        send(zone)
    assert "上月 12，本月 30" in refusal.value.findings[0].message
    report, by = report_of(zone.branch), zone.actor("huzhuang1")
    with clock.at(JULY_6):
        reports.submit(
            report=report,
            revision=report.revision,
            typed=TYPED,
            explanations={"figures": "两个支部合并"},
            by=by,
        )
    assert report.items.get(key="figures").explanation == "两个支部合并"


def test_item_returned_keeps_the_accepted_part(june: Zone) -> None:
    zone = june
    report = check(zone, send(zone), problems="请写明牵头人")
    assert report.state == ReportState.RETURNED
    states = dict(report.items.values_list("key", "state"))
    assert states.pop("problems") == ItemState.RETURNED
    assert set(states.values()) == {ItemState.ACCEPTED}
    duty = Duty.objects.get(organization=zone.branch)
    assert (duty.state, duty.returned_count) == (DutyState.RETURNED, 1)
    told = Notification.objects.filter(title__contains="退回 1 项")
    assert {message.user.username for message in told} == {"huzhuang1", "officer"}
    # What was accepted can no longer be changed; only the returned item goes back.
    by = zone.actor("huzhuang1")
    with clock.at(JULY_8):
        reports.submit(
            report=report,
            revision=report.revision,
            typed={"problems": "牵头人蔡航国", "next_plan": "改掉已通过的"},
            explanations={},
            by=by,
        )
    values = {item.key: item for item in report.items.all()}
    fresh = ReportItem.objects.in_bulk(field_name="pk")
    assert fresh[values["next_plan"].pk].value == {"text": "七一主题党日"}
    assert fresh[values["problems"].pk].state == ItemState.SUBMITTED
    assert not Duty.objects.get(organization=zone.branch).is_late  # first sent in time


def test_check_without_a_reason_is_refused(june: Zone) -> None:
    with pytest.raises(DomainError, match="退回原因"):
        check(june, send(june), problems=" ")
    assert report_of(june.branch).state == ReportState.SUBMITTED


def test_sender_does_not_check_his_own_report(june: Zone) -> None:
    report = send(june)
    with pytest.raises(NotAllowed):
        check(june, report, username="huzhuang1")


def test_report_accepted_above_locks_those_below(june: Zone) -> None:
    zone = june
    branch = check(zone, send(zone))
    general = check(zone, send(zone, "huzhuang"), username="dahuangshan")
    assert general.state == ReportState.ACCEPTED
    branch.refresh_from_db()
    with clock.at(JULY_8), pytest.raises(DomainError, match="已通过"):
        reports.reopen(
            report=branch,
            revision=branch.revision,
            reasons={"problems": "数据有误"},
            by=zone.actor("dahuangshan"),
        )
    # Who has not sent yet is not shut out by it.
    late = send(zone, "huzhuang2")
    assert late.state == ReportState.SUBMITTED


def test_early_report_above_names_who_is_missing_and_shuts_nobody_out(june: Zone) -> None:
    zone = june
    send(zone)
    with clock.at(JULY_8):
        general = report_of(zone.general)
        page = zone.client("huzhuang").get(general.get_absolute_url()).content.decode()
        assert "下级还有 1 个未报：" in page
        assert "湖庄村第二支部" in page
        sent = send(zone, "huzhuang")
        above = zone.client("dahuangshan").get(general.get_absolute_url()).content.decode()
        assert "报送时下级还有 1 个未报：" in above
        check(zone, sent, username="dahuangshan")
        branch = zone.client("huzhuang2").get(report_of(zone.branch2).get_absolute_url())
        assert ">报送</button>" in branch.content.decode()
        titles = {item.title for item in worklist.collect(zone.actor("huzhuang2")).items}
        assert "2026年6月月报" in titles


def test_report_reopened_leaves_a_trace(june: Zone) -> None:
    zone = june
    report = check(zone, send(zone))
    with clock.at(JULY_8):
        reports.reopen(
            report=report,
            revision=report.revision,
            reasons={"problems": "请补日期"},
            by=zone.actor("dahuangshan"),
        )
    report.refresh_from_db()
    assert report.state == ReportState.RETURNED
    assert list(report.steps.values_list("kind", flat=True)) == [
        "submitted",
        "accepted",
        "reopened",
    ]
    assert AuditEntry.objects.filter(verb="schedules.report.reopen").count() == 1


def test_second_look_must_come_from_above_the_checker(june: Zone) -> None:
    zone = june
    Duty.objects.update(needs_second_look=True)
    report = check(zone, send(zone))
    with pytest.raises(NotAllowed):
        reports.confirm(report=report, revision=report.revision, by=zone.actor("huzhuang"))
    reports.confirm(report=report, revision=report.revision, by=zone.actor("dahuangshan"))
    assert Duty.objects.get(organization=zone.branch).state == DutyState.CONFIRMED


def test_report_is_not_accepted_after_the_lock(june: Zone) -> None:
    Duty.objects.all().update(locks_at=JULY_6)
    with pytest.raises(DomainError, match="锁定"):
        send(june, at=JULY_8)
    assert Duty.objects.get(organization=june.branch).state == DutyState.OPEN


@pytest.mark.django_db(transaction=True)
def test_report_sent_by_eight_at_once_is_sent_once() -> None:
    zone = build_zone()
    open_june(zone)
    report, by = report_of(zone.branch), zone.actor("huzhuang1")

    def act() -> None:
        with clock.at(JULY_6):
            reports.submit(report=report, revision=1, typed=TYPED, explanations={}, by=by)

    outcomes = run_together([act] * 8)
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert all(isinstance(outcome.error, Conflict | None) for outcome in outcomes)
    assert report.steps.count() == 1
    assert AuditEntry.objects.filter(verb="schedules.report.submit").count() == 1
    assert audit.verify().is_intact


@pytest.mark.django_db(transaction=True)
def test_report_checked_by_eight_at_once_is_checked_once() -> None:
    zone = build_zone()
    open_june(zone)
    report = send(zone)
    actors = [zone.actor("huzhuang"), zone.actor("dahuangshan")] * 4

    def act(index: int) -> None:
        returned = {"problems": "请补充"} if index % 2 else {}
        with clock.at(JULY_8):
            reports.check(
                report=report, revision=report.revision, returned=returned, by=actors[index]
            )

    outcomes = run_together([lambda i=i: act(i) for i in range(8)])
    assert sum(outcome.error is None for outcome in outcomes) == 1
    duty = Duty.objects.get(organization=zone.branch)
    fresh = report_of(zone.branch)
    assert fresh.state == duty.state
    assert (
        report.steps.filter(kind__in=["accepted", "returned"]).values("by_name").distinct().count()
        == 1
    )


def test_neighbours_see_neither_report_nor_its_text(june: Zone) -> None:
    report = send(june, problems="只给上级看的问题")
    for username in ("taoyuan1", "jinshanqiao", "huzhuang2", "sysadmin", "secadmin", "auditor"):
        client = june.client(username)
        for method, url in (
            ("get", f"/reports/{report.pk}/"),
            ("get", f"/reports/{report.pk}/versions/"),
            ("post", f"/reports/{report.pk}/save/"),
            ("post", f"/reports/{report.pk}/submit/"),
            ("post", f"/reports/{report.pk}/check/"),
            ("post", f"/reports/{report.pk}/reopen/"),
        ):
            answer = getattr(client, method)(
                url, {"version": str(report.revision), "text-problems": "改"}
            )
            assert answer.status_code == 404, (username, url)
            assert "只给上级看的问题" not in answer.content.decode()
    assert report.items.get(key="problems").value == {"text": "只给上级看的问题"}


def test_superior_does_not_read_a_draft(june: Zone) -> None:
    report = report_of(june.branch)
    reports.save_draft(
        report=report, revision=1, typed={"problems": "还没想好"}, by=june.actor("huzhuang1")
    )
    page = june.client("dahuangshan").get(f"/reports/{report.pk}/")
    assert page.status_code == 200
    assert "还没想好" not in page.content.decode()
    assert "还没想好" in june.client("huzhuang1").get(f"/reports/{report.pk}/").content.decode()


def test_officer_drafts_but_does_not_send(june: Zone) -> None:
    report, client = report_of(june.branch), june.client("officer")
    assert (
        client.post(
            f"/reports/{report.pk}/save/", {"version": "1", "text-problems": "草"}
        ).status_code
        == 302
    )
    assert client.post(f"/reports/{report.pk}/submit/", {"version": "2"}).status_code == 404
    assert report_of(june.branch).state == ReportState.DRAFT


def test_double_click_on_send_tells_calmly(june: Zone) -> None:
    report, client = report_of(june.branch), june.client("huzhuang1")
    data = {
        "version": "1",
        "text-problems": "无",
        "text-next_plan": "七一",
        "entry-highlights": ["", ""],
    }
    with clock.at(JULY_6):
        first = client.post(f"/reports/{report.pk}/submit/", data)
        second = client.post(f"/reports/{report.pk}/submit/", data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert report.steps.count() == 1


@pytest.mark.parametrize("text", ["a\x00b", "\u200b\u200b", "长" * 100_000, "１２３", "𠮷·买买提"])
def test_odd_text_never_breaks_the_page(june: Zone, text: str) -> None:
    report, client = report_of(june.branch), june.client("huzhuang1")
    answer = client.post(f"/reports/{report.pk}/save/", {"version": "1", "text-problems": text})
    assert answer.status_code in (302, 400, 409, 422)
    stored = report.items.get(key="problems").value["text"]
    assert "\x00" not in stored
    if text == "𠮷·买买提":
        assert stored == text


@pytest.mark.parametrize("version", ["", "abc", "9" * 40, "-1", "１"])
def test_odd_revision_is_a_conflict(june: Zone, version: str) -> None:
    report = report_of(june.branch)
    answer = june.client("huzhuang1").post(
        f"/reports/{report.pk}/save/", {"version": version, "text-problems": "字"}
    )
    assert answer.status_code == 409
    assert "字" in answer.content.decode()


def test_committee_report_offers_what_its_branches_sent(june: Zone) -> None:
    zone = june
    send(zone, highlights=["网格岗位认领"])
    send(zone, "taoyuan1", highlights=["邻街的亮点"])
    page = (
        zone.client("dahuangshan").get(report_of(zone.street).get_absolute_url()).content.decode()
    )
    assert "湖庄村第一支部：网格岗位认领" in page
    assert "邻街的亮点" not in page


def test_page_queries_do_not_depend_on_rows(june: Zone) -> None:
    zone, client = june, june.client("dahuangshan")
    url = report_of(zone.street).get_absolute_url()
    counts = []
    for number in range(2):
        for index in range(1 + 4 * number):
            extra = make_organization(f"加{number}{index}", parent=zone.street)
            make_member(extra, "员")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 29  # one for the minutes that the form says of itself


def test_figures_lead_nobody_to_a_page_he_may_not_open(june: Zone) -> None:
    report = send(june)
    reviewer = june.client("reviewer").get(f"/reports/{report.pk}/").content.decode()
    assert "在册党员" in reviewer
    assert "/members/" not in reviewer
    assert "/members/" in june.client("huzhuang").get(f"/reports/{report.pk}/").content.decode()
