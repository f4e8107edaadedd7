"""A year's plan of organisation life: the fixed day, what is offered, and the table it is laid in."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.periods import WorkCalendar
from orgs.models import Organization
from schedules.life.enums import MeetingKind
from schedules.life.models import PlannedMeeting, YearPlan
from schedules.life.queries import year_plans

from .world import Zone

OFF = [dt.date(2026, 2, day) for day in range(15, 24)]
OFF += [dt.date(2026, 5, day) for day in range(1, 6)] + [dt.date(2026, 4, 6)]
OFF += [dt.date(2026, 10, day) for day in range(1, 8)]
WORKED = [dt.date(2026, 2, 14), dt.date(2026, 5, 9), dt.date(2026, 10, 10)]
CALENDAR = WorkCalendar({**dict.fromkeys(OFF, False), **dict.fromkeys(WORKED, True)})
NOW = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
MOMENT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("rule", "month", "day"),
    [
        ("d5", 6, 5),
        ("d5", 9, 7),  # a Saturday
        ("d5", 5, 6),  # the holiday is over the day after
        ("d5", 10, 8),
        ("d15", 2, 14),  # the holiday lasts longer than a week: before it, a Saturday worked
        ("d31", 2, 27),  # the 28th is a Saturday that nobody works in this calendar
        ("d31", 5, 29),  # a Sunday: not into the next month
        ("w1-5", 6, 5),
        ("w1-5", 5, 6),  # on the 1st of May, which is a holiday
        ("w5-5", 6, 26),
        ("w5-5", 7, 31),
        ("w1-6", 6, 6),  # laid down for a Saturday: meant so
        ("w2-6", 5, 9),
        ("w1-7", 5, 6),  # a Sunday, but a decreed holiday
    ],
)
def test_fixed_day_moves_within_a_week(rule: str, month: int, day: int) -> None:
    assert year_plans.fixed_day(rule, 2026, month, CALENDAR) == dt.date(2026, month, day)


def test_no_rule_no_day() -> None:
    assert year_plans.fixed_day("", 2026, 6, CALENDAR) is None


def lay_down(of: Organization, party_day: str = "", year: int = 2026, **line: object) -> None:
    plan, _ = YearPlan.objects.get_or_create(
        organization=of,
        year=year,
        defaults={"party_day": party_day, "written_at": MOMENT, "written_by_name": "李书记"},
    )
    if line:
        number = plan.meetings.count() + 1
        PlannedMeeting.objects.create(plan=plan, number=number, **line)


def test_what_is_planned_for_the_day(zone: Zone) -> None:
    pk, party = zone.branch.pk, MeetingKind.PARTY_DAY
    lay_down(zone.branch, "d5", year=2025)
    fifth = dt.date(2026, 6, 5)
    (found,) = year_plans.meetings_planned_on(
        pk, fifth
    )  # the fixed day of the year before holds on
    assert (found.kind, found.day, found.theme) == (party, fifth, "")
    assert year_plans.meetings_planned_on(pk, fifth + dt.timedelta(days=1)) == []
    assert year_plans.meetings_planned_on(zone.neighbour_branch.pk, fifth) == []

    lay_down(zone.branch, "d5", month=6, kind=party, theme="重温入党誓词")
    lay_down(zone.branch, month=6, day=5, kind=MeetingKind.LESSON, theme="书记讲党课")
    found_ = year_plans.meetings_planned_on(zone.actor("huzhuang1"), fifth)
    assert [(one.kind, one.theme) for one in found_] == [
        (MeetingKind.LESSON, "书记讲党课"),
        (party, "重温入党誓词"),
    ]
    # A day that the plan names takes the place of the fixed one.
    PlannedMeeting.objects.filter(kind=party).update(day=12)
    assert [one.kind for one in year_plans.meetings_planned_on(pk, fifth)] == [MeetingKind.LESSON]
    (moved,) = year_plans.meetings_planned_on(pk, dt.date(2026, 6, 12))
    assert moved.theme == "重温入党誓词"


def test_many_cost_as_many_statements_as_one(zone: Zone) -> None:
    places = [zone.branch.pk, zone.branch2.pk, zone.neighbour_branch.pk]
    for place in (zone.branch, zone.branch2, zone.neighbour_branch):
        lay_down(place, "d5", month=6, kind=MeetingKind.LESSON, theme="党课")
    day = dt.date(2026, 6, 5)
    with CaptureQueriesContext(connection) as one:
        year_plans.planned_on(places[:1], day)
    with CaptureQueriesContext(connection) as three:
        found = year_plans.planned_on(places, day)
    assert len(one) == len(three) == 4
    assert [len(found[pk]) for pk in places] == [1, 1, 1]


def test_a_record_begins_with_the_theme_that_was_planned(zone: Zone) -> None:
    party, day = MeetingKind.PARTY_DAY, dt.date(2026, 6, 10)
    lay_down(zone.branch, "w1-5", month=6, kind=party, theme="参观纪念馆", place="纪念馆")
    offered = year_plans.offered(zone.branch.pk, party, day)
    assert offered == {"topic": "参观纪念馆", "place": "纪念馆"}
    assert year_plans.offered(zone.branch.pk, MeetingKind.LESSON, day) == {}
    fixed = year_plans.planned_for(zone.branch.pk, party, dt.date(2026, 7, 20))
    assert fixed is not None
    assert (fixed.day, fixed.theme) == (dt.date(2026, 7, 3), "")
    path = "/life/meetings/new/party_day/?on=2026-06-10"
    page = zone.client("huzhuang1").get(path)
    assert page.context["form"]["topic"].value() == "参观纪念馆"


# --- pages ------------------------------------------------------------------------------------


def typed(form: Any) -> dict[str, Any]:
    """What the page's form would send as it is shown."""
    return {one.html_name: "" if one.value() is None else one.value() for one in form}


def test_plan_is_laid_down_changed_and_copied(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    path = reverse("life:plan-edit", args=[zone.branch.pk, 2026])
    with clock.at(NOW):
        given = typed(client.get(path).context["form"])
        lines = {
            "party_day": "w1-5",
            "line-0-month": "3",
            "line-0-kind": "party_day",
            "line-0-theme": "学雷锋",
            "line-1-month": "2",
            "line-1-kind": "lesson",
            "line-1-day": "30",
        }
        refused = client.post(path, {**given, **lines})
        assert refused.status_code == 422
        assert "2月没有 30 日" in refused.content.decode()
        assert "学雷锋" in refused.content.decode()
        assert client.post(path, {**given, **lines, "line-1-day": "27"}).status_code == 302
        again = client.post(path, {**given, **lines, "line-1-day": "27"})
        assert again.status_code == 302  # pressed twice
        plan = YearPlan.objects.get()
        assert (plan.revision, plan.party_day) == (1, "w1-5")
        told = [(one.month, one.day, one.kind, one.theme) for one in plan.meetings.all()]
        assert told == [(2, 27, "lesson", ""), (3, None, "party_day", "学雷锋")]
        late = client.post(
            path, {**given, **lines, "line-1-day": "", "line-0-theme": "另一个页面的"}
        )
        assert late.status_code == 409
        assert "另一人刚刚改过这份计划" in late.content.decode()
        # Last year's is copied into the form, without its days; nothing is stored before it is saved.
        following = reverse("life:plan-edit", args=[zone.branch.pk, 2027])
        form = client.get(following, {"like": "last"}).context["form"]
        assert (form["party_day"].value(), form["line-1-theme"].value()) == ("w1-5", "学雷锋")
        assert form["line-0-day"].value() is None
        assert YearPlan.objects.count() == 1
        assert client.post(following, typed(form)).status_code == 302
    assert set(YearPlan.objects.values_list("year", flat=True)) == {2026, 2027}


def test_line_without_a_kind_is_refused_beside_it(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    path = reverse("life:plan-edit", args=[zone.branch.pk, 2026])
    with clock.at(NOW):
        given = typed(client.get(path).context["form"])
        answer = client.post(path, {**given, "line-4-theme": "只有主题", "line-5-kind": "lesson"})
        assert answer.context["form"].errors == {"line-4-kind": ["请选这一行是什么会。"]}
        assert client.get(path.replace("2026", "1999")).status_code == 404
        assert client.get(path.replace("2026", "9999")).status_code == 404
    assert not YearPlan.objects.exists()


def test_levels_above_read_plans_and_neighbours_do_not(zone: Zone) -> None:
    lay_down(zone.branch, "d5", month=6, kind=MeetingKind.LESSON, theme="书记讲党课")
    path = reverse("life:plan-detail", args=[zone.branch.pk, 2026])
    for who in ("huzhuang1", "huzhuang", "dahuangshan", "zone", "committee"):
        with clock.at(NOW):
            assert "书记讲党课" in zone.client(who).get(path).content.decode(), who
    with clock.at(NOW):
        assert zone.client("taoyuan1").get(path).status_code == 404
        for who, count in (("zone", 1), ("dahuangshan", 1), ("jinshanqiao", 0)):
            page = zone.client(who).get(reverse("life:plan-list"), {"year": "2026"})
            assert page.context["page"].paginator.count == count, who


def test_list_of_plans_costs_the_same_for_one_and_three(zone: Zone) -> None:
    client, path = zone.client("zone"), reverse("life:plan-list") + "?year=2026"

    def cost() -> int:
        with clock.at(NOW), CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    lay_down(zone.branch, "d5", month=6, kind=MeetingKind.LESSON, theme="党课")
    cost()
    one = cost()
    for place in (zone.branch2, zone.neighbour_branch):
        lay_down(place, "d5", month=6, kind=MeetingKind.LESSON, theme="党课")
    assert one == cost() == 6
