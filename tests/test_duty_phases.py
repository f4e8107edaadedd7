"""What is not due is not missing, what is locked is told apart, and homes say what there is."""

import datetime as dt

import pytest

from core import clock, worklist
from core.actor import system
from schedules.rounds.actions import opening, phases, rollups
from schedules.rounds.enums import Mark, Phase
from schedules.rounds.models import Duty, Plan, Rollup
from schedules.rounds.queries.matrix import report_matrix
from tests.test_reports import CHINA, check, open_june, send
from tests.world import Zone, grant, make_organization

OPENING = dt.datetime(2026, 6, 29, 9, tzinfo=CHINA)
AFTER = dt.datetime(2026, 7, 7, 9, tzinfo=CHINA)
LOCKED = dt.datetime(2026, 7, 20, 9, tzinfo=CHINA)


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    lock = dt.datetime(2026, 7, 14, tzinfo=CHINA)
    Duty.objects.update(locks_at=lock)
    return zone


def pass_on() -> None:
    phases.pass_moments(by=system())
    rollups.refresh_all()


def node(zone: Zone) -> Rollup:
    return Rollup.objects.get(organization=zone.root, period="2026-06")


def stats(zone: Zone, path: str) -> dict[str, tuple[object, str]]:
    page = zone.client("zone").get(path, {"organization": zone.root.pk, "period": "2026-06"})
    return {one["label"]: (one["value"], one.get("tone", "")) for one in page.context["stats"]}


def test_nothing_is_red_before_it_is_due(june: Zone) -> None:
    with clock.at(OPENING):
        pass_on()
        figures = node(june)
        assert (figures.pending, figures.missing, figures.locked) == (6, 0, 0)
        for path in ("/board/", "/reports/"):
            shown = stats(june, path)
            assert shown["待报"] == (6, "")
            assert shown["未报"] == (0, "")
            assert "锁定未报" not in shown
        matrix = report_matrix(Plan.objects.get(), june.root, last="2026-06", count=1)
        assert {row.cells[-1].mark for row in matrix.rows} == {Mark.NOT_DUE}
        items = worklist.collect(june.actor("zone")).items
        assert not any(item.tone == "bad" for item in items)


def test_clock_takes_duties_from_pending_to_missing_to_locked(june: Zone) -> None:
    send(june)
    with clock.at(AFTER):
        assert phases.pass_moments(by=system()) == 6
        assert phases.pass_moments(by=system()) == 0
        rollups.refresh_all()
        figures = node(june)
        assert (figures.submitted, figures.pending, figures.missing) == (1, 0, 5)
        assert stats(june, "/board/")["未报"] == (5, "bad")
    with clock.at(LOCKED):
        pass_on()
        figures = node(june)
        assert (figures.missing, figures.locked) == (0, 5)
        for path in ("/board/", "/reports/"):
            assert stats(june, path)["锁定未报"] == (5, "bad")
        page = june.client("zone").get(
            "/board/rows/", {"period": "2026-06", "show": "locked"}, follow=True
        )
        assert {row["word"] for row in page.context["rows"]} == {"锁定未报"}
        assert Phase.LOCKED in set(Duty.objects.values_list("phase", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_passing_asks_as_much_for_three_as_for_one(
    june: Zone, number: int, django_assert_num_queries: object
) -> None:
    kept = list(Duty.objects.values_list("pk", flat=True)[:number])
    Duty.objects.exclude(pk__in=kept).update(phase=Phase.DUE)
    with clock.at(AFTER), django_assert_num_queries(11):  # type: ignore[operator]
        assert phases.pass_moments(by=system()) == number


def test_returned_is_not_overdue_and_can_be_mended_after_the_lock(june: Zone) -> None:
    report = check(june, send(june), problems="请写明牵头人")  # on the 8th: by the 13th
    duty = Duty.objects.get(organization=june.branch)
    assert duty.mend_by == dt.date(2026, 7, 13)
    assert not duty.is_overdue(AFTER + dt.timedelta(days=1))
    assert duty.is_overdue(LOCKED)
    assert not duty.is_locked(LOCKED)
    with clock.at(LOCKED):
        pass_on()
        client = june.client("huzhuang1")
        assert "提交第" in client.get(report.get_absolute_url()).content.decode()
        assert not Duty.objects.overdue().filter(pk=duty.pk, state="open").exists()
    again = send(june, at=LOCKED)
    assert again.state == "submitted"


def test_organization_entered_late_is_not_overdue_at_once(june: Zone) -> None:
    with clock.at(AFTER):
        late = make_organization("新支部", parent=june.general, founded_on=dt.date(2026, 6, 20))
        opening.open_due_periods(by=system())
        duty = Duty.objects.get(organization=late, period="2026-06")
        assert duty.due_on == dt.date(2026, 7, 10)
        assert not duty.is_overdue(clock.now())
        assert duty.phase == Phase.RUNNING


# --- home -------------------------------------------------------------------------------------


def home(zone: Zone, username: str) -> dict[str, worklist.WorkItem]:
    return {item.title: item for item in worklist.collect(zone.actor(username)).items}


def test_report_due_next_week_is_a_thing_to_do(june: Zone) -> None:
    with clock.at(OPENING):  # a Monday; due on the Monday after
        item = home(june, "huzhuang1")["2026年6月月报"]
        assert (item.group, item.button, item.tone) == ("due", "填写", "")


def test_locked_month_stays_visible_with_whom_to_turn_to(june: Zone) -> None:
    with clock.at(LOCKED):
        pass_on()
        item = home(june, "huzhuang1")["2026年6月月报未报"]
        assert item.group == "closed"
        page = june.client("huzhuang1").get("/").content.decode()
        assert "已锁定，仍未报" in page
        assert "7月13日锁定，不再接收" in page
        above = home(june, "dahuangshan")
        assert "下级 3 个锁定未报2026年6月月报" in above


@pytest.mark.parametrize("others", [1, 3])
def test_work_of_my_other_roles_is_named_with_a_switch(
    june: Zone, others: int, django_assert_num_queries: object
) -> None:
    user = june.users["huzhuang1"]
    places = [june.general, june.branch2, june.neighbour_branch][:others]
    for place in places:
        role = "general_branch_staff" if place == june.general else "branch_secretary"
        grant(user, role, place)
    send(june, "huzhuang2")
    with clock.at(AFTER):
        client = june.client("huzhuang1")
        actor = june.actor("huzhuang1")
        grants = list(user.grants.select_related("organization").order_by("pk"))
        with django_assert_num_queries(4):  # type: ignore[operator]
            found = worklist.elsewhere(actor, grants)
        texts = {one.label: one.text for one in found}
        if others == 3:
            assert texts["湖庄村党总支 · 党总支工作人员"] == "1 件待办，1 份待核"
            send(june)  # by himself: somebody else checks it
            again = {one.label: one.text for one in worklist.elsewhere(actor, grants)}
            assert again["湖庄村党总支 · 党总支工作人员"] == "1 件待办，1 份待核"
            page = client.get("/")
            shown = page.context["others"]
            assert shown
            client.post("/account/acting/", {"grant": shown[0].grant_id})
            now = client.get("/").context["frame"]["acting"]
            assert shown[0].label.startswith(now["organization"])


def test_home_of_committee_and_reviewer_is_their_board(june: Zone) -> None:
    for username in ("committee", "reviewer"):
        answer = june.client(username).get("/")
        assert (answer.status_code, answer.url) == (302, "/board/")
        assert june.client(username).get("/", follow=True).status_code == 200
    for username in ("zone", "dahuangshan", "huzhuang1", "officer", "sysadmin"):
        assert june.client(username).get("/").status_code == 200
