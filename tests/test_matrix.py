"""Organisation × month: who has reported, who is reminded, and who sees which part."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actor import system
from core.models import AuditEntry, Notification
from orgs.enums import OrganizationKind as K
from orgs.models import Organization, OrganizationPlacement
from schedules.rounds import fulfilment
from schedules.rounds.actions import opening, phases, rollups
from schedules.rounds.enums import DutyState, Mark
from schedules.rounds.models import Duty, Plan, Report
from schedules.rounds.queries import duties, matrix
from schedules.rounds.queries.boards import board_of
from schedules.rounds.queries.cells import Cell
from schedules.rounds.queries.duties import Opened, Unsent
from schedules.rounds.queries.matrix import Matrix, Row, report_matrix
from schedules.rounds.words import cell_words
from tests.test_reports import CHINA, JULY_6, JULY_8, check, open_june, report_of, send
from tests.world import Zone, make_organization

MATRIX = "/reports/"


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    counted()
    return zone


def counted() -> None:
    """Figures are written behind the changes: here at once."""
    rollups.refresh_all()


def matrix_of(node: object, at: dt.datetime = JULY_8, **options: object) -> Matrix:
    with clock.at(at):
        phases.pass_moments(by=system())
    counted()
    with clock.at(at):
        return report_matrix(Plan.objects.get(), node, last="2026-06", count=3, **options)


def opened_periods(node: Organization) -> Opened:
    counted()
    return duties.opened_periods(Plan.objects.get(), node)


def to_remind(node: Organization, period: str) -> Unsent:
    counted()
    return duties.to_remind(Plan.objects.get(), node, period)


def cells(found: Matrix) -> dict[str, tuple[str, str]]:
    kind = fulfilment.of(found.plan)
    singles = [cell.single.duty_id for row in found.rows for cell in row.cells if cell.single]
    parts = kind.parts(singles)
    return {
        str(row.organization): (
            str(row.cells[-1].mark),
            cell_words(
                row.cells[-1],
                kind,
                parts.get(row.cells[-1].single.duty_id, 0) if row.cells[-1].single else 0,
            )[0],
        )
        for row in found.rows
    }


def test_matrix_tells_every_state_apart(june: Zone) -> None:
    zone = june
    report = send(zone, "huzhuang1")
    check(zone, report, "huzhuang", problems="请写明牵头人")
    send(zone, "huzhuang2")
    found = cells(matrix_of(zone.street))
    assert found["大黄山街道"] == ("m", "未报")  # its own report
    assert found["湖庄村党总支"] == ("m", "2/3")
    assert found["湖庄村第一支部"] == ("r", "退回1项")
    assert found["湖庄村第二支部"] == ("s", "待核")


def test_late_report_stays_late_after_acceptance(june: Zone) -> None:
    late = dt.datetime(2026, 7, 8, 9, tzinfo=CHINA)
    report = send(june, "huzhuang1", at=late)
    check(june, report, "huzhuang")
    assert cells(matrix_of(june.general))["湖庄村第一支部"] == ("l", "迟2天")


def test_before_the_deadline_nobody_is_missing(june: Zone) -> None:
    early = dt.datetime(2026, 7, 1, 9, tzinfo=CHINA)
    found = matrix_of(june.street, at=early)
    assert cells(found)["湖庄村第一支部"] == ("d", "待报")
    assert found.current is not None
    assert not found.current.is_overdue(early)
    assert (found.current.pending, found.current.missing) == (4, 0)


def test_totals_are_those_of_the_board_also_after_a_move(june: Zone) -> None:
    for name in ("huzhuang1", "dahuangshan", "huzhuang2"):
        send(june, name)
    move_to(june.branch2, june.neighbour_street, dt.date(2026, 7, 7))
    for node, numbers in ((june.street, (4, 3, 3)), (june.neighbour_street, (2, 0, 0))):
        found = matrix_of(node)
        board = board_of(june.actor("zone"), found.plan, node, "2026-06")
        assert found.current == board.current
        assert found.current is not None
        now = found.current
        assert (now.expected, now.submitted, now.on_time) == numbers
        page = june.client("zone").get(MATRIX, {"organization": node.pk, "period": "2026-06"})
        assert page.context["stats"][0]["value"] == f"{numbers[1]} / {numbers[0]}"
    # The one that has gone is a row still, without a name for whom it is out of reach.
    rows = matrix_of(june.street, actor=june.actor("dahuangshan")).rows
    assert [row.name for row in rows if row.organization is None] == [""]
    page = june.client("dahuangshan").get(MATRIX, {"period": "2026-06"}).content.decode()
    assert "湖庄村第二支部" not in page
    assert "已划出的组织" in page


def move_to(organization: Organization, parent: Organization, on: dt.date) -> None:
    path = f"{parent.path}00077"
    current = OrganizationPlacement.objects.get(organization=organization, valid_to=None)
    OrganizationPlacement.objects.filter(pk=current.pk).update(valid_to=on)
    OrganizationPlacement.objects.create(
        organization=organization,
        parent=parent,
        path=path,
        name=current.name,
        kind=current.kind,
        valid_from=on,
    )
    Organization.objects.filter(pk=organization.pk).update(parent=parent, path=path)


def test_organization_not_there_yet_is_not_expected(june: Zone) -> None:
    make_organization("新支部", parent=june.general, founded_on=dt.date(2026, 7, 3))
    make_organization("漏开的支部", parent=june.general)
    rows = {str(row.organization): row for row in matrix_of(june.general).rows}
    assert cell_title(rows["新支部"].cells[-1]) == (Mark.NONE, "当时尚未成立")
    assert cell_title(rows["漏开的支部"].cells[-1]) == (Mark.NONE, "不计入应报")
    assert rows["新支部"].on_time_rate is None


def cell_title(cell: Cell) -> tuple[Mark, str]:
    return cell.mark, cell_words(cell, fulfilment.of(Plan.objects.get()))[1]


def test_big_node_shows_its_children_summed_up(june: Zone) -> None:
    for number in range(150):
        make_organization(f"村{number}", parent=june.general)
    with clock.at(JULY_6):
        opening.open_period(plan=Plan.objects.get(), period="2026-06", by=system())
    send(june, "huzhuang1")
    found = cells(matrix_of(june.root))
    assert set(found) == {"大黄山街道", "金山桥街道"}
    assert found["大黄山街道"] == ("m", "1/154")


def test_summed_up_by_the_database_is_what_the_rows_add_up_to(
    june: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_organization("直属支部", parent=june.root)
    for period in ("2026-04", "2026-05", "2026-06"):
        opening.open_period(plan=Plan.objects.get(), period=period, by=system())
    rng = random.Random(4)
    states = [state for state in DutyState.values if state != DutyState.WAIVED]
    for duty in Duty.objects.all():
        duty.state = rng.choice(DutyState.values)
        sent = duty.state in states and duty.state != DutyState.OPEN
        hours = dt.timedelta(hours=rng.choice([-5, 0, 5]))
        duty.submitted_at = duty.late_after + hours if sent else None
        duty.save()
    rollups.fill(by=system())
    # A branch that was abolished since is still a row of that month, and what it owed counts.
    Organization.objects.filter(pk=june.neighbour_branch.pk).update(
        abolished_on=dt.date(2026, 7, 1)
    )
    for node in (june.root, june.street, june.general):
        plain = matrix_of(node)
        with monkeypatch.context() as patch:
            patch.setattr(matrix, "DETAILED", 0)
            summed = matrix_of(node)
        wanted = [row for row in plain.rows if row.indent == 0]
        assert [shown(row) for row in summed.rows] == [shown(row) for row in wanted]
        assert [row.has_children for row in summed.rows] == [row.has_children for row in wanted]
        for name in ("current", "due_on", "span"):
            assert getattr(summed, name) == getattr(plain, name), name


def shown(row: Row) -> object:
    kind = fulfilment.of(Plan.objects.get())
    cells = [(cell.mark, cell_words(cell, kind), bool(cell.single)) for cell in row.cells]
    return row.organization, cells, row.on_time_rate


def test_months_offered_are_those_with_reports_below(june: Zone) -> None:
    for period in ("2026-03", "2026-05"):
        opening.open_period(plan=Plan.objects.get(), period=period, by=system())
    Duty.objects.filter(period="2026-05", organization=june.neighbour_branch).update(
        state=DutyState.WAIVED
    )
    for node in (june.root, june.general, june.neighbour_branch):
        rows = Duty.objects.filter(organization__path__startswith=node.path)
        wanted = sorted(
            set(rows.exclude(state=DutyState.WAIVED).values_list("period", flat=True)),
            reverse=True,
        )
        assert opened_periods(node).periods == wanted
    assert wanted == ["2026-06", "2026-03"]
    assert opened_periods(make_organization("新街道", parent=june.root)).periods == []


def test_confirmation_names_the_first_and_counts_the_others(
    june: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = to_remind(june.root, "2026-06")
    assert (every.count, every.more) == (len(every.rows), 0)
    monkeypatch.setattr(duties, "NAMED", 2)
    found = to_remind(june.root, "2026-06")
    assert (found.count, found.rows) == (every.count, every.rows[:2])
    page = june.client("zone").get("/reports/remind/", {"period": "2026-06"}).content.decode()
    assert f"提醒 {every.count} 个待报组织" in page
    assert f"另有 {every.count - 2} 个" in page


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("r", {"湖庄村党总支", "湖庄村第一支部"}),
        ("s", {"湖庄村党总支", "湖庄村第二支部"}),
        ("l", set()),
    ],
)
def test_filter_keeps_the_rows_of_a_state_and_their_parents(
    june: Zone, state: str, wanted: set[str]
) -> None:
    report = send(june, "huzhuang1")
    check(june, report, "huzhuang", problems="请写明牵头人")
    send(june, "huzhuang2")
    marks = frozenset({Mark(state)})
    assert set(cells(matrix_of(june.street, marks=marks))) == wanted


def count_queries(zone: Zone, username: str, path: str) -> int:
    counted()
    client = zone.client(username)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert client.get(path).status_code == 200
    return len(context)


def test_page_asks_the_database_as_often_for_many_rows_as_for_one(june: Zone) -> None:
    few = count_queries(june, "huzhuang", MATRIX)
    for number in range(3):
        branch = make_organization(f"第{number}支部", parent=june.general)
        make_organization(f"小组{number}", K.BRANCH, parent=branch)
    with clock.at(JULY_6):
        opening.open_period(plan=Plan.objects.get(), period="2026-06", by=system())
    send(june, "huzhuang1")
    assert count_queries(june, "huzhuang", MATRIX) == few
    assert few <= 20


def test_cells_lead_to_the_report_or_to_the_rows_below(june: Zone) -> None:
    page = june.client("dahuangshan").get(MATRIX, {"period": "2026-06"}).content.decode()
    assert f"/reports/{report_of(june.branch).pk}/" in page
    assert f"organization={june.general.pk}&amp;period=2026-06" in page
    assert "金山桥" not in page


def test_zone_sees_the_way_back_up_and_a_street_does_not_see_above(june: Zone) -> None:
    path = {"organization": june.general.pk}
    page = june.client("zone").get(MATRIX, path).content.decode()
    assert f'href="?organization={june.root.pk}' in page
    page = june.client("dahuangshan").get(MATRIX, path).content.decode()
    assert f'href="?organization={june.root.pk}' not in page
    assert f'href="?organization={june.street.pk}' in page


@pytest.mark.parametrize(
    "given",
    ["neighbour", "root", "0", "-1", "abc", "9" * 30, "１", "1e3"],
)
def test_matrix_outside_the_scope_is_not_there(june: Zone, given: str) -> None:
    numbers = {"neighbour": june.neighbour_street.pk, "root": june.root.pk}
    path = {"organization": numbers.get(given, given)}
    client = june.client("dahuangshan")
    for page in (MATRIX, "/reports/export/", "/reports/month/print/", "/reports/month/export/"):
        assert client.get(page, path).status_code == 404
    assert client.post("/reports/remind/", {**path, "period": "2026-06"}).status_code == 404
    assert not Notification.objects.exists()


@pytest.mark.parametrize("period", ["2026-13", "x", "2026-Q2", "2026", "９999-01", "2026-06 "])
def test_month_that_is_none_is_not_there(june: Zone, period: str) -> None:
    assert june.client("dahuangshan").get(MATRIX, {"period": period}).status_code == 404


def test_unknown_filter_values_fall_back(june: Zone) -> None:
    given = {"months": "999", "state": "<b>"}
    response = june.client("dahuangshan").get(MATRIX, given)
    assert response.status_code == 200
    assert response.context["months"] == 6


def test_branch_sees_its_year_as_a_list(june: Zone) -> None:
    client = june.client("huzhuang1")
    page = client.get(MATRIX, {"year": "2026"})
    assert [row["duty"].period for row in page.context["rows"]] == ["2026-06"]
    assert f"/reports/{report_of(june.branch).pk}/" in page.content.decode()
    assert "第二支部" not in page.content.decode()
    assert client.get(MATRIX, {"year": "1"}).status_code == 404
    assert client.get(MATRIX, {"organization": june.branch2.pk}).status_code == 404


def test_zone_without_months_says_so(zone: Zone) -> None:
    assert "还没有月报" in zone.client("zone").get(MATRIX).content.decode()
    assert zone.client("zone").get("/reports/remind/").status_code == 404
    assert zone.client("zone").get("/reports/export/").status_code == 302


@pytest.mark.parametrize("username", ["sysadmin", "secadmin", "auditor"])
def test_administrators_see_no_matrix(june: Zone, username: str) -> None:
    for path in (MATRIX, "/reports/queue/", "/plans/", "/calendar/", "/forms/"):
        assert june.client(username).get(path).status_code == 404


def remind(zone: Zone, username: str = "dahuangshan") -> list[str]:
    counted()
    client = zone.client(username)
    response = client.post("/reports/remind/", {"period": "2026-06"}, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_reminder_goes_to_those_who_have_not_sent_and_only_once_a_day(june: Zone) -> None:
    report = send(june, "huzhuang1")
    check(june, report, "huzhuang", problems="请写明牵头人")
    Notification.objects.all().delete()
    assert remind(june) == ["已提醒 2 个组织。"]
    told = set(Notification.objects.values_list("user__username", flat=True))
    assert told == {"huzhuang", "huzhuang2"}  # not who was returned, not the own report
    assert "没有发出新的提醒" in remind(june)[0]
    assert Notification.objects.count() == 2
    entry = AuditEntry.objects.filter(verb="schedules.report.remind").first()
    assert entry is not None
    assert entry.changes["organizations"] == [None, 2]


def test_confirmation_names_whom_it_will_reach(june: Zone) -> None:
    make_organization("无账号支部", parent=june.general)
    opening.open_period(plan=Plan.objects.get(), period="2026-06", by=system())
    remind(june)
    page = june.client("dahuangshan").get("/reports/remind/", {"period": "2026-06"})
    rows = {str(row.organization): row for row in page.context["missing"].rows}
    assert not rows["无账号支部"].has_people
    assert rows["湖庄村第一支部"].is_reminded_today
    assert "没有可接收的账号" in page.content.decode()


def test_reader_may_look_but_not_remind(june: Zone) -> None:
    page = june.client("committee").get(MATRIX).content.decode()
    assert "提醒" not in page.split("<main")[1]
    client = june.client("committee")
    assert client.post("/reports/remind/", {"period": "2026-06"}).status_code == 404


def test_month_shown_first_is_the_one_being_handed_in(june: Zone) -> None:
    with clock.at(JULY_8):
        opening.open_period(plan=Plan.objects.get(), period="2026-07", by=system())
        assert opened_periods(june.root).shown_first == "2026-06"
    with clock.at(dt.datetime(2026, 8, 1, 9, tzinfo=CHINA)):
        assert opened_periods(june.root).shown_first == "2026-07"


def test_waived_duty_counts_nowhere(june: Zone) -> None:
    Duty.objects.filter(organization=june.branch2).update(state=DutyState.WAIVED)
    rollups.fill(by=system())
    found = matrix_of(june.street)
    assert found.current is not None
    assert found.current.expected == 3
    assert cells(found)["湖庄村第二支部"][0] == "x"
    assert june.branch2 not in [row.organization for row in to_remind(june.street, "2026-06").rows]


def test_queue_holds_what_was_sent_to_me_first_come_first(june: Zone) -> None:
    send(june, "huzhuang1", at=JULY_8)
    send(june, "huzhuang2", at=JULY_6)
    page = june.client("huzhuang").get("/reports/queue/")
    names = [str(row["duty"].organization) for row in page.context["rows"]]
    assert names == ["湖庄村第二支部", "湖庄村第一支部"]
    assert "迟报" in page.content.decode()
    assert "5 项待核" in page.content.decode()
    assert not june.client("dahuangshan").get("/reports/queue/").context["rows"]
    everything = june.client("dahuangshan").get("/reports/queue/", {"all": "1"})
    assert len(everything.context["rows"]) == 2
    assert not june.client("jinshanqiao").get("/reports/queue/", {"all": "1"}).context["rows"]
    assert june.client("huzhuang1").get("/reports/queue/").status_code == 404


def test_queue_asks_as_often_for_two_as_for_one(june: Zone) -> None:
    send(june, "huzhuang1")
    few = count_queries(june, "huzhuang", "/reports/queue/")
    send(june, "huzhuang2")
    assert count_queries(june, "huzhuang", "/reports/queue/") == few


def test_queue_of_the_second_look(june: Zone) -> None:
    Duty.objects.update(needs_second_look=True)
    check(june, send(june, "huzhuang1"), "huzhuang")
    page = june.client("dahuangshan").get("/reports/queue/", {"second": "1"})
    assert [str(row["duty"].organization) for row in page.context["rows"]] == ["湖庄村第一支部"]
    assert Report.objects.get(organization=june.branch).state == "accepted"
