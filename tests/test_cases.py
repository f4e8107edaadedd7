"""到期事项: which kinds of cases are asked for, of whom, how long before; on and off, forward only."""

import datetime as dt
import html
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actor import system
from core.models import Notification
from orgs.models import Organization
from schedules.rounds.actions import opening, plans, reminders
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan
from schedules.rounds.queries.calendar import load
from schedules.rounds.queries.cases import reach
from schedules.rounds.queries.reminding import stage_of
from tests.test_reports import CHINA
from tests.world import Zone, make_member

JULY_1 = dt.datetime(2026, 7, 1, 9, tzinfo=CHINA)


def at(month: int, day: int) -> Any:
    return clock.at(dt.datetime(2026, month, day, 9, tzinfo=CHINA))


def term_ends(place: Organization, on: dt.date) -> None:
    Organization.objects.filter(pk=place.pk).update(
        term_started_on=on.replace(year=on.year - 3), term_ends_on=on, term_years=3
    )


@pytest.fixture
def ending(zone: Zone) -> Zone:
    """One term that is over, one that ends in two months, one in ten."""
    Organization.objects.update(term_ends_on=None)
    term_ends(zone.branch, dt.date(2026, 6, 1))
    term_ends(zone.branch2, dt.date(2026, 9, 1))
    term_ends(zone.general, dt.date(2027, 5, 1))
    return zone


def start(zone: Zone, kind: str = "orgs.term") -> Any:
    client = zone.client("zone")
    asked = client.post("/plans/cases/start/", {"kind": kind})
    assert not Duty.objects.filter(subject_kind=kind).exclude(state="waived").exists()
    seen = asked.context["question"].seen
    given = {"kind": kind, "agreed": "yes", "seen": seen}
    client.post("/plans/cases/start/", given)
    return html.unescape(asked.content.decode())


def cases() -> dict[Any, str]:
    rows = Duty.objects.filter(subject_kind="orgs.term").select_related("organization")
    return {row.organization: row.state for row in rows}


def test_page_says_whom_a_kind_would_reach_before_it_is_on(ending: Zone) -> None:
    with clock.at(JULY_1):
        page = html.unescape(ending.client("zone").get("/plans/cases/").content.decode())
    for words in ("换届", "预备党员转正", "未开启", "期限前 180 天", "9月1日　湖庄村第二支部"):
        assert words in page, words
    assert "1 件在起用之前已到期" in page
    assert "告知" in page
    assert ending.client("dahuangshan").get("/plans/cases/").status_code == 404


def test_switched_on_it_lists_what_is_to_come_and_nothing_before(ending: Zone) -> None:
    with clock.at(JULY_1):
        asked = start(ending)
        assert "现在列为应办 1 件：湖庄村第二支部（2026年9月1日）" in asked
        assert "1 件在起用之前已到期，不列入" in asked
        assert cases() == {ending.branch2: DutyState.OPEN}
        plan = Plan.objects.get(fulfilment="orgs.term")
        assert (plan.starts_on, plan.name) == (dt.date(2026, 7, 1), "按期换届")
        page = ending.client("zone").get("/plans/cases/").content.decode()
        assert "已开启" in page
        plans.start_cases(kind="orgs.term", by=ending.actor("zone"))
    assert Plan.objects.filter(fulfilment="orgs.term").count() == 1, "twice is once"


def test_lead_reaches_forward_and_leaves_what_was_listed(ending: Zone) -> None:
    with clock.at(JULY_1):
        start(ending)
        plan = Plan.objects.get(fulfilment="orgs.term")
        duty = Duty.objects.get(subject_kind="orgs.term")
        assert duty.begins_on == dt.date(2026, 9, 1) - dt.timedelta(days=180)
        page = ending.client("zone").get(f"/plans/{plan.pk}/").content.decode()
        assert 'name="lead_days"' in page
        assert 'name="steps"' in page
        assert 'name="due_day"' not in page
    with at(7, 2):
        values = {"lead_days": 30}
        plan = plans.edit_plan(plan=plan, revision=plan.revision, values=values, by=system())
        opening.follow_cases(plan=plan, by=system())
        assert cases() == {ending.branch2: DutyState.OPEN}, "what was listed stays"
        assert reach(plan).rows == []
        values = {"lead_days": 320}
        plan = plans.edit_plan(plan=plan, revision=plan.revision, values=values, by=system())
        opening.follow_cases(plan=plan, by=system())
    assert cases() == {ending.branch2: DutyState.OPEN, ending.general: DutyState.OPEN}
    early = Duty.objects.get(organization=ending.general, subject_kind="orgs.term")
    assert early.begins_on == dt.date(2027, 5, 1) - dt.timedelta(days=320)


def test_switched_off_and_on_again(ending: Zone) -> None:
    with clock.at(JULY_1):
        start(ending)
    plan = Plan.objects.get(fulfilment="orgs.term")
    client, url = ending.client("zone"), f"/plans/cases/{plan.pk}/stop/"
    with at(7, 2):
        asked = client.post(url)
        assert "之后到期的 1 件明天起免办" in asked.content.decode()
        seen = asked.context["question"].seen
        client.post(url, {"agreed": "yes", "seen": seen})
        client.post(url, {"agreed": "yes", "seen": seen})
        opening.open_due_periods(by=system())
        assert cases() == {ending.branch2: DutyState.OPEN}, "today is its last day"
    with at(7, 3):
        opening.open_due_periods(by=system())
        assert cases() == {ending.branch2: DutyState.WAIVED}
        assert "已停办" in client.get("/plans/cases/").content.decode()
        start(ending)
        assert cases() == {ending.branch2: DutyState.OPEN}
        opening.open_due_periods(by=system())
    assert cases() == {ending.branch2: DutyState.OPEN}
    plan.refresh_from_db()
    assert (plan.ends_on, plan.starts_on) == (None, dt.date(2026, 7, 3))


def test_one_that_ends_later_runs_and_is_left_as_it_is(ending: Zone) -> None:
    with clock.at(JULY_1):
        start(ending)
        plan = Plan.objects.get(fulfilment="orgs.term")
        year = {"ends_on": dt.date(2026, 12, 31)}
        plans.edit_plan(plan=plan, revision=plan.revision, values=year, by=system())
    with at(7, 8):
        page = html.unescape(ending.client("zone").get("/plans/cases/").content.decode())
        assert "今天为止" not in page
        assert "至2026年12月31日" in page
        assert f"/plans/cases/{plan.pk}/stop/" in page
        plans.start_cases(kind="orgs.term", by=system())
        plan.refresh_from_db()
        assert (plan.starts_on, plan.ends_on) == (dt.date(2026, 7, 1), dt.date(2026, 12, 31))
        plans.stop_cases(plan=plan, by=system())
        plan.refresh_from_db()
        assert plan.ends_on == dt.date(2026, 7, 8)
        assert "今天为止" in ending.client("zone").get("/plans/cases/").content.decode()


def test_only_the_steps_chosen_remind(ending: Zone) -> None:
    with clock.at(JULY_1):
        start(ending)
        told = Notification.objects.filter(user=ending.users["huzhuang2"])
        reminders.send_digests(by=system())
        assert not told.exists(), "its first days are long over"
        duty = Duty.objects.select_related("plan").get(subject_kind="orgs.term")
        calendar = load()
    assert stage_of(duty, dt.date(2026, 8, 1), calendar) == "B"
    assert stage_of(duty, dt.date(2026, 9, 1), calendar) == "T"
    duty.plan.steps = ["T-3"]
    assert stage_of(duty, dt.date(2026, 8, 1), calendar) == ""
    assert stage_of(duty, dt.date(2026, 9, 1), calendar) == "T-3"
    duty.plan.steps = []
    assert stage_of(duty, dt.date(2026, 8, 1), calendar) == ""
    assert stage_of(duty, dt.date(2026, 9, 1), calendar) == "T"


def test_who_is_to_begin_is_told_on_the_first_day(ending: Zone) -> None:
    with clock.at(JULY_1):
        start(ending)
        Duty.objects.filter(subject_kind="orgs.term").update(begins_on=dt.date(2026, 6, 30))
        reminders.send_digests(by=system())
    told = Notification.objects.filter(user=ending.users["huzhuang2"])
    assert [row for row in told if "换届" in row.body or "换届" in row.title]


def test_general_branch_above_hears_of_a_term_before_and_after(ending: Zone) -> None:
    with clock.at(JULY_1):
        start(ending)
    for month, day, words in ((8, 31, "还有 1 天"), (9, 2, "已过截止日 1 天")):
        with at(month, day):
            reminders.send_digests(by=system())
            reminders.send_digests(by=system())
            told = Notification.objects.filter(
                user=ending.users["huzhuang"], key__startswith=f"digest:2026{month:02}{day:02}"
            )
            (row,) = told
            assert "下级有 1 件按期换届，请督促" in row.title
            assert "湖庄村第二支部 按期换届" in row.body
            assert words in row.body
    others = Notification.objects.filter(title__contains="请督促", body__contains="换届")
    assert "jinshanqiao" not in {row.user.username for row in others}
    with at(9, 3):
        reminders.send_digests(by=system())
        third = Notification.objects.filter(
            user=ending.users["huzhuang"], key__startswith="digest:20260903"
        )
        assert not third.exists(), "no stage is new"


def test_people_are_named_where_the_kind_is_about_people(zone: Zone) -> None:
    make_member(
        zone.branch,
        "李预备",
        category="probationary_member",
        joined_on=dt.date(2025, 7, 20),
        full_member_on=None,
    )
    with clock.at(JULY_1):
        assert "湖庄村第一支部 李预备（2026年7月20日）" in start(zone, "members.probation")
    duty = Duty.objects.get(subject_kind="members.probation")
    assert duty.organization == zone.branch


def test_unknown_kind_is_refused_in_words(zone: Zone) -> None:
    answer = zone.client("zone").post("/plans/cases/start/", {"kind": "nothing"}, follow=True)
    assert answer.status_code == 200
    assert not Plan.objects.exists()


def test_page_costs_the_same_with_more_cases(ending: Zone) -> None:
    client = ending.client("zone")
    counts = []
    with clock.at(JULY_1):
        start(ending)
        for _ in range(2):
            client.get("/plans/cases/")
            with CaptureQueriesContext(connection) as seen:
                client.get("/plans/cases/")
            counts.append(len(seen))
            Organization.objects.update(term_ends_on=dt.date(2026, 9, 1))
            for plan in Plan.objects.all():
                opening.follow_cases(plan=plan, by=system())
    assert counts[0] == counts[1]
