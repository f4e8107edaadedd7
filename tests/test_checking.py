"""撤回 until somebody has begun to check; remarks, replies, differences; several at once."""

import datetime as dt

import pytest

from core import clock
from core.errors import Conflict, DomainError
from core.models import Notification
from schedules.rounds.actions import checking, reports, rollups
from schedules.rounds.enums import DutyState, ItemState, ReportState
from schedules.rounds.models import Duty, Plan, Report, ReportVersion, Rollup
from tests.parallel import run_together
from tests.test_reports import CHINA, JULY_6, JULY_8, TYPED, check, open_june, report_of, send
from tests.world import Zone, build_zone, grant, make_organization

JULY_7 = dt.datetime(2026, 7, 7, 9, tzinfo=CHINA)


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


def begin(zone: Zone, username: str = "huzhuang", at: dt.datetime = JULY_7) -> Duty:
    duty = Duty.objects.get(organization=zone.branch, period="2026-06")
    with clock.at(at):
        return checking.begin(duty=duty, by=zone.actor(username))


def withdraw(zone: Zone, at: dt.datetime = JULY_6) -> Report:
    report = report_of(zone.branch)
    with clock.at(at):
        back = checking.withdraw(
            report=report, revision=report.revision, by=zone.actor("huzhuang1")
        )
    rollups.refresh_all()
    return back


# --- taking back ------------------------------------------------------------------------------


def test_withdrawn_is_a_draft_again_and_counts_as_unsent(june: Zone) -> None:
    send(june)
    assert Rollup.objects.get(organization=june.street).submitted == 1
    withdraw(june)
    report, duty = report_of(june.branch), Duty.objects.get(organization=june.branch)
    assert (report.state, report.submitted_at) == (ReportState.DRAFT, None)
    assert (duty.state, duty.submitted_at) == (DutyState.OPEN, None)
    assert set(report.items.values_list("state", flat=True)) == {ItemState.DRAFT}
    assert report.items.get(key="problems").value == {"text": TYPED["problems"]}
    assert not ReportVersion.objects.filter(report=report, is_submission=True).exists()
    assert Rollup.objects.get(organization=june.street).submitted == 0
    with clock.at(JULY_6):
        above = june.client("huzhuang").get(report.get_absolute_url()).content.decode()
        assert TYPED["problems"] not in above, "what was taken back was not sent"
    assert send(june, problems="无").state == ReportState.SUBMITTED


def test_withdrawn_mending_is_open_again_in_its_items_alone(june: Zone) -> None:
    check(june, send(june), problems="请写明牵头人")
    with clock.at(JULY_8):
        send(june, at=JULY_8, problems="牵头人：王某")
        withdraw(june, at=JULY_8)
    report, duty = report_of(june.branch), Duty.objects.get(organization=june.branch)
    assert (report.state, duty.state) == (ReportState.RETURNED, DutyState.RETURNED)
    assert duty.submitted_at is not None
    states = dict(report.items.values_list("key", "state"))
    assert states["problems"] == ItemState.RETURNED
    assert states["highlights"] == ItemState.ACCEPTED


def test_nothing_is_taken_back_once_somebody_has_begun(june: Zone) -> None:
    send(june)
    client = june.client("huzhuang")
    with clock.at(JULY_7):
        queue = client.get("/reports/queue/").content.decode()
        duty = Duty.objects.get(organization=june.branch)
        assert f"/duties/{duty.pk}/begin/" in queue
        page = june.client("huzhuang1").get(report_of(june.branch).get_absolute_url())
        assert ">撤回</button>" in page.content.decode()
        answer = client.post(f"/duties/{duty.pk}/begin/")
        assert answer.url.endswith("?queue=1")
        page = june.client("huzhuang1").get(report_of(june.branch).get_absolute_url())
        assert ">撤回</button>" not in page.content.decode()
        assert "开始核报，不能再撤回" in page.content.decode()
    with pytest.raises(Conflict, match="已开始核报"):
        withdraw(june, at=JULY_7)
    with clock.at(JULY_7):
        report = report_of(june.branch)
        answer = june.client("huzhuang1").post(
            f"/reports/{report.pk}/withdraw/", {"version": report.revision}, follow=True
        )
        assert "已开始核报，不能撤回" in answer.content.decode()


def test_nothing_is_taken_back_past_the_lock_or_under_an_accepted_report(june: Zone) -> None:
    send(june)
    Duty.objects.update(locks_at=JULY_7)
    with pytest.raises(DomainError, match="锁定"):
        withdraw(june, at=JULY_8)
    Duty.objects.update(locks_at=None)
    check(june, send(june, "huzhuang"), username="dahuangshan")
    with pytest.raises(DomainError, match="已通过"):
        withdraw(june)


def test_who_sends_again_has_to_be_begun_again(june: Zone) -> None:
    send(june)
    begin(june)
    check(june, report_of(june.branch), problems="请写明牵头人")
    send(june, at=JULY_8, problems="牵头人：王某")
    assert Duty.objects.get(organization=june.branch).check_begun_at is None


@pytest.mark.django_db(transaction=True)
def test_withdrawn_and_begun_at_once_is_one_of_them() -> None:
    zone = build_zone()
    open_june(zone)
    send(zone)
    duty = Duty.objects.get(organization=zone.branch)
    report = report_of(zone.branch)

    def take_back() -> str:
        with clock.at(JULY_7):
            checking.withdraw(report=report, revision=report.revision, by=zone.actor("huzhuang1"))
        return "withdrawn"

    def open_it() -> str:
        with clock.at(JULY_7):
            checking.begin(duty=duty, by=zone.actor("huzhuang"))
        return "begun"

    run_together([take_back, open_it, take_back, open_it])
    duty.refresh_from_db()
    report.refresh_from_db()
    begun = duty.check_begun_at is not None
    assert duty.state == (DutyState.SUBMITTED if begun else DutyState.OPEN)
    assert report.state == (ReportState.SUBMITTED if begun else ReportState.DRAFT)


# --- remark, reply, difference ----------------------------------------------------------------


def test_accepted_with_a_remark_asks_for_nothing_more(june: Zone) -> None:
    report = send(june)
    with clock.at(JULY_8):
        given = {"version": report.revision, "remark": "亮点写得好，下月请附照片"}
        june.client("huzhuang").post(f"/reports/{report.pk}/check/", given)
        report.refresh_from_db()
        assert report.state == ReportState.ACCEPTED
        page = june.client("huzhuang1").get(report.get_absolute_url()).content.decode()
        assert "通过时附言：</b>亮点写得好，下月请附照片" in page
    told = Notification.objects.get(user=june.users["huzhuang1"], key__startswith="remark:")
    assert "不需要重报" in told.body


def test_remark_too_long_is_kept_and_said(june: Zone) -> None:
    report = send(june)
    with clock.at(JULY_8):
        given = {"version": report.revision, "remark": "好" * 301}
        answer = june.client("huzhuang").post(f"/reports/{report.pk}/check/", given)
        assert answer.status_code == 422
        assert "300 字以内" in answer.content.decode()
        assert "好" * 301 in answer.content.decode()


def test_checker_sees_old_reason_reply_and_difference(june: Zone) -> None:
    check(june, send(june), problems="请写明牵头人")
    report = report_of(june.branch)
    client = june.client("huzhuang1")
    with clock.at(JULY_8):
        page = client.get(report.get_absolute_url()).content.decode()
        assert 'name="reply-problems"' in page
        assert 'name="reply-highlights"' not in page
        given = {
            "version": report.revision,
            "text-problems": "活动室屋顶渗水，牵头人王某",
            "reply-problems": "已与村里商定",
        }
        client.post(f"/reports/{report.pk}/save/", given)
        assert "已与村里商定" in client.get(report.get_absolute_url()).content.decode()
        report.refresh_from_db()
        client.post(f"/reports/{report.pk}/submit/", {**given, "version": report.revision})
        above = june.client("huzhuang").get(report.get_absolute_url()).content.decode()
    assert "上次退回" in above
    assert "请写明牵头人" in above
    assert "已与村里商定" in above
    assert "与退回时对照" in above
    assert "牵头人王某</ins>" in above
    step = report.steps.order_by("-pk")[0]
    assert step.text == "回复：突出问题与需要协调的事项：已与村里商定"
    done = check(june, report)
    assert done.items.get(key="problems").reply == ""


# --- several at once --------------------------------------------------------------------------


def many(zone: Zone, number: int) -> list[Report]:
    """Branches whose reports were sent and opened by the checker."""
    for index in range(number):
        branch = make_organization(f"支部{index}", parent=zone.general)
        grant(zone.users["huzhuang1"], "branch_secretary", branch)
    with clock.at(dt.datetime(2026, 6, 29, 9, tzinfo=CHINA)):
        from core.actor import system
        from schedules.rounds.actions import opening

        opening.open_period(plan=Plan.objects.get(), period="2026-06", by=system())
    found = []
    rows = Report.objects.filter(organization__name__startswith="支部").order_by("pk")
    for report in rows:
        with clock.at(JULY_6):
            sent = reports.submit(
                report=report,
                revision=report.revision,
                typed=TYPED,
                explanations={},
                by=zone.actor("huzhuang1"),
            )
            checking.begin(duty=sent.duty, by=zone.actor("huzhuang"))
        found.append(sent)
    return found


@pytest.mark.parametrize("number", [1, 3])
def test_opened_are_accepted_together_in_as_many_queries(
    june: Zone, number: int, django_assert_num_queries: object
) -> None:
    opened = many(june, number)
    by = june.actor("huzhuang")
    wanted = {report.pk: report.revision for report in opened}
    with clock.at(JULY_7), django_assert_num_queries(13):  # type: ignore[operator]
        assert len(checking.accept_opened(wanted=wanted, by=by)) == number
    for report in opened:
        report.refresh_from_db()
        assert report.state == ReportState.ACCEPTED
        assert report.checked_by_path == june.general.path
        assert report.duty.state == DutyState.ACCEPTED


def test_only_what_was_opened_and_is_as_seen_is_accepted(june: Zone) -> None:
    first, second = many(june, 2)
    unopened = send(june)
    client = june.client("huzhuang")
    with clock.at(JULY_7):
        page = client.get("/reports/queue/").content.decode()
        assert f'value="{first.pk}.{first.revision}"' in page
        assert f'value="{unopened.pk}.' not in page
        chosen = [
            f"{first.pk}.{first.revision}",
            f"{second.pk}.{second.revision - 1}",  # another version than he saw
            f"{unopened.pk}.{unopened.revision}",
            "x.y",
        ]
        answer = client.post("/reports/queue/accept/", {"report": chosen}, follow=True)
    assert "已通过 1 份：支部0。另有 2 份已有变动" in answer.content.decode()
    states = {report.pk: report.state for report in Report.objects.exclude(state=ReportState.DRAFT)}
    assert states == {
        first.pk: ReportState.ACCEPTED,
        second.pk: ReportState.SUBMITTED,
        unopened.pk: ReportState.SUBMITTED,
    }
