"""Residents' concerns: who does what, what stays unseen, what happens at the same moment."""

import dataclasses
import datetime as dt
import io
import uuid
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import audit, clock
from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from core.tabular.parsed import ParsedSheet
from orgs import lifecycle
from schedules.concerns import imports
from schedules.concerns.actions import concerns, kinds
from schedules.concerns.actions.concerns import Told
from schedules.concerns.enums import ConcernState, Urgency
from schedules.concerns.models import Concern, ConcernKind
from schedules.concerns.queries.listing import Asked, narrowed
from schedules.concerns.sheets import read_orders

from .access_objects import NOW, concern_of, own
from .parallel import run_together
from .world import Zone, actor, build_zone

PHONE, PERSON = "13900000000", "王建国"


@pytest.fixture
def at_noon() -> Any:
    with clock.at(NOW):
        yield


def _sheet(*rows: list[Any]) -> io.BytesIO:
    book = openpyxl.Workbook()
    page: Any = book.active
    page.append(["工单编号", "诉求内容", "来电时间", "承办单位", "来电人", "联系电话", "紧急程度"])
    for row in rows:
        page.append(row)
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return target


def _parsed(zone: Zone, tmp_path: Any, *rows: list[Any]) -> ParsedSheet[Any]:
    path = tmp_path / "工单.xlsx"
    path.write_bytes(_sheet(*rows).getvalue())
    return imports.parse(path, path.name, actor(zone.users["zone"]))


def test_limits_count_hours_for_what_is_urgent_and_working_days_for_the_rest(
    zone: Zone, at_noon: None
) -> None:
    by = actor(zone.users["huzhuang1"])
    kind = ConcernKind.objects.create(name="环境卫生", hours=12, days=3)
    friday = dt.datetime(2026, 7, 3, 16, tzinfo=NOW.tzinfo)

    def due(**more: Any) -> dt.datetime:
        told = Told(text="垃圾没有人清", source="branch", received_at=friday, **more)
        return concerns.take(uid=uuid.uuid4(), told=told, intake=zone.branch, by=by).due_at

    assert due(urgency=Urgency.URGENT) == friday + dt.timedelta(hours=24)
    assert due(urgency=Urgency.URGENT, kind=kind) == friday + dt.timedelta(hours=12)
    assert due() == friday + dt.timedelta(days=7)  # five working days
    assert due(kind=kind) == friday + dt.timedelta(days=5)


def test_what_is_due_soonest_stands_first_and_what_is_answered_last(
    zone: Zone, at_noon: None
) -> None:
    by = actor(zone.users["huzhuang1"])

    def take(hours: int, **more: Any) -> Concern:
        told = Told(text="路灯坏了", source="branch", received_at=NOW - dt.timedelta(hours=hours))
        told = dataclasses.replace(told, **more)
        return concerns.take(uid=uuid.uuid4(), told=told, intake=zone.branch, by=by)

    old, urgent, new = take(30), take(20, urgency=Urgency.URGENT), take(1)
    answered = concern_of(own(zone), "answered")
    found = narrowed(by, Asked(), NOW)
    assert list(found) == [urgent, old, new, answered]


def test_who_answered_does_not_call_back_and_unsolved_begins_anew(
    zone: Zone, at_noon: None
) -> None:
    above = actor(zone.users["zone"])
    row = concern_of(own(zone))
    row = concerns.answer(concern=row, text="已修好了路灯", revision=row.revision, by=above)
    with pytest.raises(NotAllowed, match="答复人以外"):
        concerns.call_back(concern=row, result="solved", note="", revision=row.revision, by=above)
    street = actor(zone.users["dahuangshan"])
    with pytest.raises(DomainError, match="怎么说"):
        concerns.call_back(concern=row, result="unsolved", note="", revision=2, by=street)
    row = concerns.call_back(concern=row, result="unsolved", note="还是黑", revision=2, by=street)
    assert (row.state, row.reopened_count, row.ended_at) == (ConcernState.DOING, 1, None)


def test_not_ours_needs_reason_and_where_to_go(zone: Zone, at_noon: None) -> None:
    by = actor(zone.users["huzhuang1"])
    row = concern_of(own(zone))
    with pytest.raises(DomainError, match="该找哪里"):
        concerns.refuse(concern=row, reason="不归社区管", redirect="", revision=1, by=by)
    row = concerns.refuse(concern=row, reason="不归社区管", redirect="供电所", revision=1, by=by)
    assert row.state == ConcernState.ELSEWHERE
    assert row.ended_at == NOW
    assert not row.was_late


def test_who_asked_is_sealed_masked_and_in_no_sheet(zone: Zone, at_noon: None) -> None:
    row = concern_of(own(zone))
    assert PHONE not in row.phone_sealed
    page = zone.client("huzhuang1").get(row.get_absolute_url()).content.decode()
    assert PHONE not in page
    assert PERSON not in page
    assert "王**" in page
    reader = zone.client("committee").get(row.get_absolute_url()).content.decode()
    assert "王**" not in reader
    shown = zone.client("huzhuang1").post(reverse("concerns:concern-reveal", args=[row.uid]))
    assert PHONE in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    printed = zone.client("zone").get(reverse("concerns:concern-print")).content.decode()
    assert "路灯坏了" in printed
    assert PHONE not in printed
    sheet = zone.client("zone").get(reverse("concerns:concern-export"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    cells = " ".join(str(cell) for line in book.active.values for cell in line)
    assert "路灯坏了" in cells
    assert PHONE not in cells
    assert PERSON not in cells


def test_contacts_go_half_a_year_after_the_end_once(zone: Zone) -> None:
    place = own(zone)
    ended, running = concern_of(place, "closed"), concern_of(place)
    with clock.at(NOW + dt.timedelta(days=179)):
        assert concerns.forget(by=system()) == 0
    with clock.at(NOW + dt.timedelta(days=181)):
        assert concerns.forget(by=system()) == 1
        assert concerns.forget(by=system()) == 0
    ended.refresh_from_db()
    running.refresh_from_db()
    assert (ended.phone_sealed, ended.person_sealed) == ("", "")
    assert running.contact() == (PERSON, PHONE)


def test_a_sheet_brings_each_order_once_and_refuses_no_resident_for_a_wrong_name(
    zone: Zone, at_noon: None, tmp_path: Any
) -> None:
    by = actor(zone.users["zone"])
    rows = (
        ["XZ1", "路灯坏了四盏", "2026-07-06 08:30", zone.street.name, PERSON, PHONE, "紧急"],
        ["XZ2", "楼道堆了垃圾", "2026-07-05", "某某大队", "", "", ""],
        ["XZ3", "短", "2026-07-05", "", "", "", ""],
        ["XZ2", "楼道堆了垃圾", "2026-07-05", "", "", "", ""],
    )
    parsed = _parsed(zone, tmp_path, *rows)
    assert [error.code for error in parsed.errors] == ["missing_required", "duplicate_row"]
    assert PHONE not in str(imports.compare(parsed, by, lambda done, total: None))
    assert imports.write(parsed, by).new == 2
    first, second = Concern.objects.order_by("order_number")
    assert (first.organization, first.state) == (zone.street, ConcernState.DOING)
    assert first.due_at == first.received_at + dt.timedelta(hours=24)
    assert first.contact() == (PERSON, PHONE)
    assert second.state == ConcernState.WAITING
    assert second.organization.parent is None
    again = imports.write(_parsed(zone, tmp_path, *rows), by)
    assert (again.new, again.unchanged) == (0, 2)
    assert Concern.objects.count() == 2


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31", "昨天", "2026-02-30", "=1/0"])
def test_odd_moments_of_a_sheet_are_said_at_their_cell(moment: str, tmp_path: Any) -> None:
    path = tmp_path / "工单.xlsx"
    path.write_bytes(_sheet(["XZ1", "路灯坏了四盏", moment, "", "", "", ""]).getvalue())
    parsed = read_orders(path, {}, name=path.name, now=dt.datetime(2026, 7, 6, 10))
    assert [error.column_title for error in parsed.errors] == ["来电时间"]
    assert not parsed.rows


def test_an_organisation_that_merges_hands_its_concerns_over(zone: Zone, at_noon: None) -> None:
    row = concern_of(own(zone))
    assert lifecycle.objections_to_abolishing(zone.branch)
    target = zone.neighbour_branch
    assert concerns.follow(source=zone.branch, target=target, by=system()) == 1
    row.refresh_from_db()
    assert (row.organization, row.intake) == (target, target)
    assert row.steps.last().kind == "inherited"


def test_what_needs_more_becomes_an_item_once(zone: Zone, at_noon: None) -> None:
    row = concern_of(own(zone))
    client = zone.client("dahuangshan")
    url = reverse("concerns:concern-hand", args=[row.uid])
    assert "办好群众诉求" in client.get(url).content.decode()
    body = {
        "owner": zone.branch.pk,
        "title": "修好路灯",
        "priority": "normal",
        "category": "residents",
        "cause": "means",
        "is_issued": "on",
    }
    assert client.post(url, body).status_code == 302
    assert client.post(url, body).status_code == 409
    page = client.get(row.get_absolute_url()).content.decode()
    assert "修好路灯" in page
    assert "转督办</a>" not in page


def test_lists_and_pages_cost_the_same_with_more_rows(zone: Zone, at_noon: None) -> None:
    row = concern_of(own(zone))
    client = zone.client("dahuangshan")
    urls = [
        f"{reverse('concerns:concern-list')}?state=open",
        reverse("concerns:concern-print"),
        row.get_absolute_url(),
        "/",
    ]
    costs = []
    for count in (0, 2):
        for _ in range(count):
            concern_of(own(zone))
        counted = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counted.append(len(queries))
        costs.append(counted)
    assert costs[0] == costs[1]


def test_the_home_says_what_waits_for_whom(zone: Zone, at_noon: None) -> None:
    row = concern_of(own(zone))
    assert "待答复 1 件" in zone.client("huzhuang1").get("/").content.decode()
    assert "待答复 1 件" not in zone.client("taoyuan1").get("/").content.decode()
    by = actor(zone.users["huzhuang1"])
    concerns.answer(concern=row, text="已经修好了", revision=row.revision, by=by)
    assert "待回访 1 件" in zone.client("dahuangshan").get("/").content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_at_once_one_has_it() -> None:
    zone = build_zone()
    row = concern_of(own(zone))
    by = actor(zone.users["dahuangshan"])

    def give(place: Any) -> Any:
        return lambda: concerns.assign(
            concern=row, organization=place, revision=row.revision, by=actor(zone.users["zone"])
        )

    def refuse() -> Any:
        return concerns.refuse(
            concern=row, reason="不归街道管", redirect="供电所", revision=row.revision, by=by
        )

    results = run_together([give(zone.general), give(zone.neighbour_street), refuse])
    assert sum(one.error is not None for one in results) == 2
    row.refresh_from_db()
    assert row.revision == 2
    assert row.steps.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_categories_of_one_name_at_once_are_one() -> None:
    zone = build_zone()
    by = actor(zone.users["zone"])
    given = {"name": "环境卫生", "hours": 24, "days": 3, "template": "", "is_used": True}
    results = run_together([lambda: kinds.create(by=by, **given)] * 8)
    assert ConcernKind.objects.count() == 1
    assert sum(isinstance(one.error, Conflict) for one in results) == 7


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_sheets_at_once_bring_each_order_once(tmp_path: Any) -> None:
    zone = build_zone()
    by = actor(zone.users["zone"])
    rows = [[f"XZ{n}", "路灯坏了四盏", "2026-07-05", "", "", "", ""] for n in range(5)]
    parsed = _parsed(zone, tmp_path, *rows)

    def write() -> int:
        with audit.unit_of_work():
            return imports.write(parsed, by).new

    assert sorted(one.value for one in run_together([write, write])) == [0, 5]
    assert Concern.objects.count() == 5
