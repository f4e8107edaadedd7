"""Reminders: in steps of working days, one digest a person, silent once the thing is done."""

import datetime as dt
import io

import pytest
from django.core import mail
from django.core.management import call_command

from core import clock
from core.actor import system
from core.models import Effect, Notification
from core.periods import WorkCalendar
from schedules.rounds.actions import calendar, opening, reminders, reports
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan, ReminderMark, Report
from schedules.rounds.queries.reminding import stage_of
from tests.parallel import run_together
from tests.world import Zone, build_zone, grant

DUE = "2026-07-06"  # a Monday: the 5th is a Sunday


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}+08:00")


def tick(text: str) -> None:
    call_command("tick", now=f"{text}+08:00", stdout=io.StringIO())


def open_june() -> None:
    with clock.at(moment("2026-06-26T00:30")):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        opening.open_period(plan=plan, period="2026-06", by=system())


@pytest.fixture
def june(zone: Zone) -> Zone:
    user = zone.users["huzhuang1"]
    user.email = "huzhuang1@example.org"
    user.save()
    open_june()
    return zone


def inbox(zone: Zone, username: str) -> list[str]:
    rows = Notification.objects.filter(user=zone.users[username], key__startswith="digest:")
    return [row.key.split(":")[1] for row in rows.order_by("created_at")]


def test_digests_come_at_their_working_days_and_only_then(june: Zone) -> None:
    day = dt.date(2026, 6, 26)
    while day < dt.date(2026, 7, 31):  # then July is near its own deadline
        tick(f"{day}T09:00")
        day += dt.timedelta(days=1)
    # T-3 is Wednesday the 1st, T-1 Friday the 3rd; T+8 the 16th, T+15 the 27th
    wanted = ["20260701", "20260703", "20260706", "20260707", "20260709", "20260716", "20260727"]
    assert inbox(june, "huzhuang1") == wanted
    mails = [message for message in mail.outbox if message.to == ["huzhuang1@example.org"]]
    assert len(mails) == len(mail.outbox) == len(wanted)  # nobody else has an address
    assert len({message.extra_headers["Message-ID"] for message in mails}) == len(wanted)


def test_nothing_more_comes_once_the_report_is_sent(june: Zone) -> None:
    tick("2026-07-01T09:00")
    report = Report.objects.get(organization=june.branch)
    with clock.at(moment("2026-07-02T09:00")):
        reports.submit(
            report=report,
            revision=report.revision,
            typed={"problems": "无", "next_plan": "七一主题党日"},
            explanations={},
            by=june.actor("huzhuang1"),
        )
    for text in ("2026-07-03", "2026-07-06", "2026-07-07"):
        tick(f"{text}T09:00")
    assert inbox(june, "huzhuang1") == ["20260701"]
    assert len(inbox(june, "huzhuang2")) == 4


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-04T09:00",  # Saturday
        "2026-07-05T09:00",  # Sunday
        "2026-07-06T07:59",
        "2026-07-06T18:00",
        "2026-07-06T23:30",
    ],
)
def test_nobody_is_disturbed_on_days_off_or_at_night(june: Zone, text: str) -> None:
    with clock.at(moment(text)):
        assert reminders.send_digests(by=system()) == 0
    assert not Notification.objects.exists()


def test_nobody_is_disturbed_on_a_holiday_that_is_a_weekday(june: Zone) -> None:
    with clock.at(moment("2026-06-30T09:00")):
        calendar.set_day(day=dt.date(2026, 7, 6), is_working=False, name="试", by=system())
    with clock.at(moment("2026-07-06T09:00")):
        assert reminders.send_digests(by=system()) == 0


def test_stage_that_fell_on_a_day_off_is_made_up_for(june: Zone) -> None:
    # A duty due on a Saturday, as it was before somebody changed the calendar.
    Duty.objects.filter(organization=june.branch).update(due_on=dt.date(2026, 7, 11))
    with clock.at(moment("2026-07-13T09:00")):
        assert reminders.send_digests(by=system()) > 0
    assert ReminderMark.objects.filter(duty__organization=june.branch, stage="T+1").exists()


def test_several_duties_of_a_person_are_one_digest(june: Zone) -> None:
    grant(june.users["huzhuang1"], "branch_secretary", june.branch2)
    tick("2026-07-06T09:00")
    (row,) = Notification.objects.filter(user=june.users["huzhuang1"])
    assert row.title == "有 2 件事快到截止日"
    assert row.body.count("\n") == 1
    assert "湖庄村第一支部" in row.body
    assert "湖庄村第二支部" in row.body
    assert len(mail.outbox) == 1


def test_overdue_is_said_plainly(june: Zone) -> None:
    tick("2026-07-07T09:00")
    (row,) = Notification.objects.filter(user=june.users["huzhuang1"])
    assert "已过截止日" in row.title
    assert "已过截止日 1 天" in row.body


def test_officer_who_may_not_send_is_not_reminded(june: Zone) -> None:
    tick("2026-07-06T09:00")
    assert not Notification.objects.filter(user=june.users["officer"]).exists()
    assert Notification.objects.filter(user=june.users["dahuangshan"]).count() == 1


def test_returned_report_is_reminded_again(june: Zone) -> None:
    """By its own day, again in stages, and never as overdue by the day of the first sending."""
    back = dt.date(2026, 7, 10)
    Duty.objects.filter(organization=june.branch).update(
        state=DutyState.RETURNED,
        submitted_at=moment("2026-07-03T09:00"),
        mend_by=back,
        mend_at=moment("2026-07-11T00:00"),
    )
    tick("2026-07-07T09:00")
    (row,) = Notification.objects.filter(user=june.users["huzhuang1"])
    assert row.title == "有 1 件事快到截止日，1 件是退回待补"
    assert "（退回待补）：7月10日前补齐，还有 3 天" in row.body
    tick("2026-07-13T09:00")
    assert inbox(june, "huzhuang1") == ["20260707", "20260713"]
    late = Notification.objects.filter(user=june.users["huzhuang1"]).order_by("-pk")[0]
    assert "已过补齐的期限 3 天" in late.body


def test_nobody_is_reminded_of_what_is_locked(june: Zone) -> None:
    Duty.objects.filter(organization=june.branch).update(locks_at=moment("2026-07-07T00:00"))
    tick("2026-07-07T09:00")
    assert inbox(june, "huzhuang1") == []
    assert inbox(june, "huzhuang2") == ["20260707"]
    tick("2026-07-27T09:00")
    told = Notification.objects.filter(user=june.users["dahuangshan"], key__startswith="digest:")
    body = told.order_by("-pk")[0].body
    assert "锁定未报2026年6月月报的组织 1 个：湖庄村第一支部" in body
    assert "逾期未报2026年6月月报的组织" in body
    plan = Plan.objects.get()
    with clock.at(moment("2026-07-27T10:00")):
        reminders.remind_missing(
            plan=plan, node=june.street, period="2026-06", by=june.actor("dahuangshan")
        )
    assert not Notification.objects.filter(
        user=june.users["huzhuang1"], key__startswith="remind:"
    ).exists()


def test_same_day_again_adds_nothing(june: Zone) -> None:
    for hour in ("08:30", "09:00", "15:00"):
        tick(f"2026-07-06T{hour}")
    with clock.at(moment("2026-07-06T16:00")):
        assert reminders.send_digests(by=system()) == 0
    assert inbox(june, "huzhuang1") == ["20260706"]
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_remind_once() -> None:
    zone = build_zone()
    zone.users["huzhuang1"].email = "a@example.org"
    zone.users["huzhuang1"].save()
    open_june()

    def send() -> int:
        with clock.at(moment("2026-07-06T09:00")):
            return reminders.send_digests(by=system())

    outcomes = run_together([send] * 8)
    assert [outcome.error for outcome in outcomes] == [None] * 8
    people = Notification.objects.values_list("user_id", flat=True)
    assert len(people) == len(set(people)) == 6
    assert Effect.objects.filter(kind="core.mail").count() == 1
    assert ReminderMark.objects.count() == 6


def test_stages_are_counted_in_working_days() -> None:
    duty = Duty(plan=Plan(), due_on=dt.date(2026, 10, 8))
    table = WorkCalendar({dt.date(2026, 10, day): False for day in range(1, 8)}, frozenset({2026}))
    assert stage_of(duty, dt.date(2026, 9, 27), table) == ""
    assert stage_of(duty, dt.date(2026, 9, 28), table) == "T-3"
    assert stage_of(duty, dt.date(2026, 10, 3), table) == "T-1"
    assert stage_of(duty, dt.date(2026, 10, 8), table) == "T"
