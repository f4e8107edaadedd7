"""Milestones as duties: owed from two weeks before their day until they are done, told in one place."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from core import clock, worklist
from core.actor import system
from core.models import AuditEntry, Notification
from schedules.rounds.actions import opening, plans, reminders
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan
from showcase.projects import jobs
from showcase.projects.actions import asking, deciding, succession, work
from showcase.projects.models import MilestoneNotice, Project
from showcase.projects.rules import MILESTONE
from tests.parallel import run_together
from tests.project_world import NOW, fresh, on_its_way
from tests.world import Zone, build_zone

TITLE = "项目节点：“老楼道亮起来”摸清要装几盏"
FIRST, LATER = dt.date(2026, 7, 20), dt.date(2026, 8, 10)


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    return zone_in_june


def made(zone: Zone, state: str = "running", **more: Any) -> Project:
    return on_its_way(
        zone.branch, zone.actor("huzhuang1"), zone.actor("dahuangshan"), state, **more
    )


def at(day: dt.date) -> Any:
    return clock.at(NOW.replace(month=day.month, day=day.day))


def duties() -> list[tuple[str, dt.date, str]]:
    rows = Duty.objects.filter(subject_kind=MILESTONE).order_by("pk")
    return [(one.organization.short_name, one.due_on, one.state) for one in rows]


def at_home(zone: Zone, who: str = "huzhuang1") -> list[worklist.WorkItem]:
    items = worklist.collect(zone.actor(who)).items
    return [one for one in items if one.title.startswith("项目节点")]


def finish(zone: Zone, project: Project, day: dt.date) -> None:
    work.finish(
        milestone=project.milestones.get(position=1),
        revision=fresh(project).revision,
        done_on=day,
        evidence="楼长签了字",
        by=zone.actor("huzhuang1"),
    )


def answer(zone: Zone, project: Project) -> None:
    deciding.answer(
        request=project.requests.get(),
        revision=fresh(project).revision,
        outcome="grant",
        answer="",
        by=zone.actor("dahuangshan"),
    )


def told(zone: Zone, day: dt.date) -> str:
    """What the morning of the day says to the secretary."""
    with at(day):
        reminders.send_digests(by=system())
    key = f"digest:{day:%Y%m%d}"
    rows = Notification.objects.filter(user=zone.users["huzhuang1"], key__startswith=key)
    return "\n".join(f"{one.title} {one.body}" for one in rows)


@pytest.mark.django_db
def test_a_milestone_is_owed_until_it_is_done_and_again_when_it_was_not(zone: Zone) -> None:
    place = zone.branch.short_name
    with clock.at(NOW):
        jobs.ask_for_milestones(NOW)
        assert not Plan.objects.filter(fulfilment=MILESTONE).exists(), "nothing runs"
        project = made(zone)
        [near] = at_home(zone)
        assert near.title == "项目节点：摸清要装几盏", "before it is a duty"
        for _ in range(2):
            jobs.ask_for_milestones(NOW)
            opening.open_due_periods(by=system())
        plan = Plan.objects.get(fulfilment=MILESTONE)
        assert plan.basis
        assert plan.number
        assert duties() == [(place, FIRST, DutyState.OPEN)], (
            "what is due in October is not owed yet"
        )
        [item] = at_home(zone)
        assert (item.title, item.due_on) == (TITLE, FIRST)
        page = zone.client("huzhuang1").get(item.url)
        assert page["Location"] == f"{project.get_absolute_url()}#milestones"
        assert zone.client("jinshanqiao").get(item.url).status_code == 404
    with at(dt.date(2026, 7, 22)):
        assert at_home(zone)[0].tone == "bad"
        finish(zone, project, dt.date(2026, 7, 3 + 4))
        assert duties() == [(place, FIRST, DutyState.ACCEPTED)]
        done = Duty.objects.get(subject_kind=MILESTONE)
        assert not done.is_late
        assert at_home(zone) == []
        milestone = project.milestones.get(position=1)
        work.reopen(milestone=milestone, by=zone.actor("huzhuang1"))
        assert duties() == [(place, FIRST, DutyState.OPEN)]
        assert [one.title for one in at_home(zone)] == [TITLE]
        finish(zone, project, dt.date(2026, 7, 22))
        assert Duty.objects.get(subject_kind=MILESTONE).is_late
        assert opening.follow_cases(plan=plan, by=system()) == 0, "done twice, it acts once"
    assert (
        AuditEntry.objects.filter(verb="schedules.duty.open", object_id=str(plan.pk)).count() == 1
    )


@pytest.mark.django_db
def test_a_new_day_is_another_duty_and_the_end_of_a_project_ends_it(zone: Zone) -> None:
    place = zone.branch.short_name
    project = made(zone, "asked")
    with clock.at(NOW):
        asking.begin(by=system())
    with at(dt.date(2026, 7, 28)):
        answer(zone, project)
        moved = [(place, FIRST, DutyState.WAIVED), (place, LATER, DutyState.OPEN)]
        assert duties() == moved
        assert Duty.objects.get(due_on=FIRST, subject_kind=MILESTONE).waived_reason == "期限已变更"
        work.ask(
            project=project,
            revision=fresh(project).revision,
            kind="termination",
            position=None,
            due_on=None,
            reason="楼要拆了",
            by=zone.actor("huzhuang1"),
        )
        request = project.requests.get(kind="termination")
        deciding.answer(
            request=request,
            revision=fresh(project).revision,
            outcome="grant",
            answer="",
            by=zone.actor("dahuangshan"),
        )
    assert [state for _, _, state in duties()] == [DutyState.WAIVED, DutyState.WAIVED]


@pytest.mark.django_db
def test_it_is_told_as_a_duty_and_not_once_more(zone: Zone) -> None:
    made(zone)
    with clock.at(NOW):
        asking.begin(by=system())
    assert TITLE in told(zone, NOW.date()), "on the day on which it is first asked for"
    assert "节点" not in told(zone, dt.date(2026, 7, 8)), "no stage is new"
    late = told(zone, dt.date(2026, 7, 21))
    assert f"{TITLE}：已过截止日 1 天" in late
    assert "项目节点 1 个" not in late
    assert not MilestoneNotice.objects.exists()


@pytest.mark.django_db
def test_what_was_late_before_and_what_is_switched_off_is_told_as_before(zone: Zone) -> None:
    made(zone)
    with at(dt.date(2026, 7, 21)):
        assert asking.begin(by=system())
        assert duties() == [], "it reaches forward"
        assert [one.title for one in at_home(zone)] == ["项目节点：摸清要装几盏"]
    assert "项目节点 1 个，其中 1 个逾期" in told(zone, dt.date(2026, 7, 21))
    with at(dt.date(2026, 7, 22)):
        plan = Plan.objects.get(fulfilment=MILESTONE)
        plans.stop_cases(plan=plan, by=zone.actor("zone"))
    with at(dt.date(2026, 7, 23)):
        assert not asking.begin(by=system()), "what staff have switched off stays off"
        plan.refresh_from_db()
        assert plan.has_ended(clock.today())


@pytest.mark.django_db
def test_who_takes_a_project_over_owes_its_milestones(zone: Zone) -> None:
    project = made(zone)
    with clock.at(NOW):
        asking.begin(by=system())
        succession.follow(source=zone.branch, target=zone.branch2, by=zone.actor("zone"))
        assert duties() == [
            (zone.branch.short_name, FIRST, DutyState.WAIVED),
            (zone.branch2.short_name, FIRST, DutyState.OPEN),
        ]
        assert at_home(zone) == []
        assert [one.title for one in at_home(zone, "huzhuang2")] == [TITLE]
        address = reverse("projects:milestone-open", args=[project.milestones.get(position=1).pk])
        assert zone.client("huzhuang2").get(address).status_code == 302


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_begun_and_done_at_the_same_moment_it_is_one_duty_that_is_done() -> None:
    """The night, and who finishes it. (Threads have their own clock.)"""
    zone = build_zone()
    project = made(zone)

    def night() -> Any:
        with clock.at(NOW):
            jobs.ask_for_milestones(NOW)
            return opening.open_due_periods(by=system())

    def done() -> Any:
        with clock.at(NOW):
            return finish(zone, project, NOW.date())

    for acts in ([night] * 4, [night, done, night]):
        assert [one.error for one in run_together(acts)] == [None] * len(acts)
    assert Plan.objects.filter(fulfilment=MILESTONE).count() == 1
    assert duties() == [(zone.branch.short_name, FIRST, DutyState.ACCEPTED)]
