"""What is counted as long is made behind, what is not comes at once: the same file either way."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core import effects
from core.documents import making
from core.models import AuditEntry, MadeDocument
from orgs.models import Organization, RoleGrant
from orgs.models.full_export import LIVES
from orgs.queries.rosters import sealed_phone
from schedules.rounds import packs
from schedules.rounds.models import Report
from tests.test_exports_reports import MONTH, june  # noqa: F401  (a fixture)
from tests.test_members import number
from tests.test_reports import send
from tests.world import Zone, make_member, make_organization

PURPOSE = "年度统计核对"
PHONE = "10065623923"
MEMBERS, ORGANIZATIONS = "members:member-export", "orgs:organization-export"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path / "documents"


@pytest.fixture
def people(zone: Zone) -> Zone:
    """Three in the street, of whom two are called 张三; one in the street next to it."""
    make_member(zone.branch, "张三", number(3), phone=PHONE)
    make_member(zone.branch2, "张三", number(7))
    make_member(zone.branch2, "李四", number(9), name_pinyin="lisi", name_initials="ls")
    make_member(zone.neighbour_branch, "章杉", number(5))
    return zone


def cells(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200
    page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return [[cell.value for cell in row] for row in page.iter_rows()]


def fetched(client: Client, answer: Any) -> list[list[Any]]:
    """What the document that `answer` leads to holds, made now."""
    row = MadeDocument.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/documents/{row.uid}/")
    assert row.state == making.State.WAITING, "nothing is made in the request"
    effects.run_due()
    row.refresh_from_db()
    assert row.state == making.State.READY, row.failure
    return cells(client.get(f"/documents/{row.uid}/file/"))


def printed(rows: list[list[Any]]) -> list[list[Any]]:
    """The sheet without the line that says who made it and when."""
    return [row for row in rows if "导出 编号" not in str(row[0])]


def mark(rows: list[list[Any]]) -> str:
    (found,) = [str(row[0]) for row in rows if "导出 编号" in str(row[0])]
    return found.partition("编号 ")[2]


def exported(zone: Zone, address: str, query: str = "", **given: str) -> tuple[Client, Any]:
    client = zone.client("dahuangshan")
    return client, client.post(reverse(address) + query, {"scope": "masked", **given})


# --- members ---------------------------------------------------------------------------------


def test_roster_is_the_same_on_both_sides_of_the_size(
    people: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LONG_SHEET", 3)
    _, answer = exported(people, MEMBERS, purpose=PURPOSE)
    short = cells(answer)
    assert not MadeDocument.objects.exists()
    page, said = people.client("dahuangshan"), "在后台生成"
    assert said not in page.get(reverse(MEMBERS)).content.decode()
    monkeypatch.setattr(making, "LONG_SHEET", 2)
    assert said in page.get(reverse(MEMBERS)).content.decode()
    client, answer = exported(people, MEMBERS, purpose=PURPOSE)
    long = fetched(client, answer)
    assert printed(long) == printed(short)
    text = str(long)
    assert "李四" in text
    assert PHONE not in text
    assert number(3) not in text
    assert "章杉" not in text
    row = MadeDocument.objects.get()
    assert row.expires_at - row.made_at == LIVES
    for one, known in ((short, None), (long, row.uid.hex[:16])):
        stamp = mark(one)
        assert PURPOSE in stamp
        assert known is None or stamp.startswith(known)
    assert all("dahuangshan 20" in str(one) for one in (short, long)), "name and time"


def test_audit_trail_has_the_long_as_the_short_and_by_its_number(
    people: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(people, MEMBERS, purpose=PURPOSE)
    monkeypatch.setattr(making, "LONG_SHEET", 2)
    client, answer = exported(people, MEMBERS, purpose=PURPOSE)
    asked = AuditEntry.objects.get(verb="core.document.ask")
    assert asked.user_id == people.users["dahuangshan"].pk
    rows = fetched(client, answer)
    short, long = AuditEntry.objects.filter(verb="members.member.export").order_by("sequence")
    told = ("user_id", "object_type", "object_label", "changes", "note", "organization_path")
    assert [getattr(short, key) for key in told] == [getattr(long, key) for key in told]
    assert long.changes == {"rows": [None, 3], "full": [None, False]}
    assert long.object_id == f"export:{mark(rows)[:16]}"
    made = AuditEntry.objects.get(verb="core.document.make")
    assert made.request_id == mark(rows)[:16]


def test_long_roster_keeps_the_filters_and_no_number_of_the_address(
    people: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LONG_SHEET", 0)
    client, answer = exported(people, MEMBERS, "?q=lisi&sort=-name&odd=%F0%9F%98%80")
    text = str(fetched(client, answer))
    assert "李四" in text
    assert "张三" not in text
    MadeDocument.objects.all().delete()
    query = f"?q={number(3)}&organization={people.branch2.pk}"
    client, answer = exported(people, MEMBERS, query)
    assert number(3) not in str(MadeDocument.objects.get().what)
    text = str(fetched(client, answer))
    assert "李四" in text
    assert PHONE[:3] not in text, "the branch of the address is kept"


def test_who_lost_the_place_gets_no_roster(people: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "LONG_SHEET", 0)
    client, _ = exported(people, MEMBERS, f"?organization={people.branch.pk}")
    RoleGrant.objects.filter(user=people.users["dahuangshan"]).update(
        organization=people.neighbour_street
    )
    effects.run_due()
    row = MadeDocument.objects.get()
    assert (row.state, row.stored_as) == (making.State.FAILED, "")
    assert client.get(f"/documents/{row.uid}/file/").status_code == 400


def test_two_clicks_for_a_long_roster_are_one_document(
    people: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LONG_SHEET", 0)
    first = exported(people, MEMBERS)[1]
    again = exported(people, MEMBERS)[1]
    assert first["Location"] == again["Location"]
    assert MadeDocument.objects.count() == 1


# --- organisations ---------------------------------------------------------------------------


def test_organisations_are_the_same_on_both_sides_of_the_size(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = sealed_phone(zone.branch, PHONE)
    Organization.objects.filter(pk=zone.branch.pk).update(
        contact_name="王五", contact_phone_sealed=phone
    )
    monkeypatch.setattr(making, "LONG_SHEET", 4)
    short = cells(exported(zone, ORGANIZATIONS)[1])
    assert not MadeDocument.objects.exists()
    monkeypatch.setattr(making, "LONG_SHEET", 3)
    client, answer = exported(zone, ORGANIZATIONS)
    long = fetched(client, answer)
    assert printed(long) == printed(short)
    assert "王五" in str(long)
    assert PHONE not in str(long)
    assert mark(long) == MadeDocument.objects.get().uid.hex[:16]
    told = ("user_id", "object_type", "object_label", "changes", "note")
    one, two = AuditEntry.objects.filter(verb="orgs.organization.export").order_by("sequence")
    assert [getattr(one, key) for key in told] == [getattr(two, key) for key in told]
    assert two.changes == {"rows": [None, 4], "full": [None, False]}


def test_long_organisations_keep_the_filter(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "LONG_SHEET", 0)
    client, answer = exported(zone, ORGANIZATIONS, "?q=第二支部")
    text = str(fetched(client, answer))
    assert zone.branch2.name in text
    assert zone.branch.name not in text


# --- a month ---------------------------------------------------------------------------------


def test_month_sheet_is_the_same_on_both_sides_of_the_size(
    june: Zone,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send(june, "huzhuang1")
    client, address = june.client("dahuangshan"), reverse("schedules:month-export")
    count = Report.objects.filter(organization__path__startswith=june.street.path).count()
    monkeypatch.setitem(packs.LONG, "xlsx", count)
    short = cells(client.get(address, MONTH))
    monkeypatch.setitem(packs.LONG, "xlsx", count - 1)
    page = client.get(address, MONTH).content.decode()
    assert f"共 {count} 份月报" in page
    assert not MadeDocument.objects.exists(), "looking asks for nothing"
    long = fetched(client, client.post(address, {"organization": june.street.pk, **MONTH}))
    assert printed(long) == printed(short)
    assert "dahuangshan 20" in str(long)
    assert MadeDocument.objects.get().file_name.endswith("2026年6月月报.xlsx")
    verbs = AuditEntry.objects.filter(verb="schedules.report.export")
    assert [one.changes for one in verbs] == [{"format": [None, "xlsx"]}] * 2


def test_long_month_is_printed_from_the_pdf(
    june: Zone,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, address = june.client("dahuangshan"), reverse("schedules:month-print")
    count = Report.objects.filter(organization__path__startswith=june.street.path).count()
    monkeypatch.setattr(packs, "LONG_PRINT", count)
    assert "湖庄村第一支部" in client.get(address, MONTH).content.decode()
    monkeypatch.setattr(packs, "LONG_PRINT", count - 1)
    monkeypatch.setitem(packs.LONG, "pdf", 1)
    page = client.get(address, MONTH, follow=True)
    assert page.redirect_chain[0][0].startswith(reverse("schedules:month-pdf"))
    text = page.content.decode()
    assert "请生成 PDF" in text
    assert ">生成</button>" in text


# --- what asking and making cost -------------------------------------------------------------


@pytest.mark.parametrize("address", [MEMBERS, ORGANIZATIONS])
def test_asking_and_making_ask_the_database_as_often_for_many_rows(
    people: Zone, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(making, "LONG_SHEET", 0)

    def queries() -> tuple[int, int]:
        MadeDocument.objects.all().delete()
        client = people.client("dahuangshan")
        client.get(reverse(address))
        with CaptureQueriesContext(connection) as asking:
            assert client.post(reverse(address), {"scope": "masked"}).status_code == 302
        row = MadeDocument.objects.get()
        with CaptureQueriesContext(connection) as writing:
            making.make(str(row.uid))
        row.refresh_from_db()
        assert row.state == making.State.READY, row.failure
        return len(asking), len(writing)

    queries()
    few = queries()
    for index in range(3):
        branch = make_organization(f"第{index}支部", parent=people.general)
        make_member(branch, "王五", number(20 + index))
    assert queries() == few
