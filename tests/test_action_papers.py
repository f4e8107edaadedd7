"""督办单 and the ledger: the same as Word, PDF and Excel, for whom they may be, and what they cost."""

import datetime as dt
import io
from typing import Any

import docx
import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from core import effects
from core.documents import making
from core.errors import DomainError
from core.models import AuditEntry, MadeDocument
from schedules.action_items import packs
from schedules.action_items.actions import issuing
from schedules.action_items.exports import ledger
from schedules.action_items.queries import boards, narrowing
from schedules.action_items.queries.ledger import entries

from .test_action_items import day, give, receive, report, verify
from .world import Zone


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def words_of(response: Any) -> str:
    """All texts of a Word file, tables too."""
    document = docx.Document(io.BytesIO(body(response)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_letter_says_who_what_and_when(zone: Zone) -> None:
    lines = [issuing.LineGiven("台账缺九个月", "按会议记录补齐", "董海勤")]
    with day(0):
        item = give(zone, demand="补齐记录。\n写明主讲人。", lines=lines, leader_name="乔红玲")
        receive(zone, item)
        client = zone.client("huzhuang1")
        text = words_of(client.get(reverse("action_items:item-docx", args=[item.pk])))
        printed = PdfReader(
            io.BytesIO(body(client.get(reverse("action_items:item-pdf", args=[item.pk]))))
        )
    pages = "".join(page.extract_text() for page in printed.pages)
    for said in ("督办单", "〔2026〕1号", zone.street.name, "台账缺九个月", "董海勤", "乔红玲"):
        assert said in text, said
        assert said in pages.replace("\n", ""), said
    for said in ("2026年7月10日", "签收期限：2026年7月8日", "huzhuang1", "核验"):
        assert said in text, said
    assert "作废" not in text
    entries = AuditEntry.objects.filter(verb="action_items.item.export")
    assert [entry.organization_id for entry in entries] == [zone.branch.pk] * 2


def test_cancelled_and_drafted_letters_say_so(zone: Zone) -> None:
    with day(0):
        item = give(zone)
        issuing.cancel(
            item=item, reason="已由区里统一办理", revision=item.revision, by=zone.actor("zone")
        )
        drafted = issuing.draft(
            issuer=zone.street,
            owners=[zone.branch],
            given=issuing.Given(title="还没有交办的事"),
            by=zone.actor("dahuangshan"),
        )
        address = reverse("action_items:item-docx", args=[item.pk])
        text = words_of(zone.client("huzhuang1").get(address))
        assert text.startswith("作废")
        assert "2026年7月6日作废：已由区里统一办理" in text
        address = reverse("action_items:item-docx", args=[drafted.pk])
        assert zone.client("huzhuang1").get(address).status_code == 404
        text = words_of(zone.client("dahuangshan").get(address))
        assert text.startswith("拟稿")
        assert "办理没有期限" in text


def test_whole_is_one_letter_or_one_for_each(zone: Zone) -> None:
    with day(0):
        item = give(zone, [zone.branch, zone.general])
        client = zone.client("dahuangshan")
        address = reverse("action_items:item-docx", args=[item.pk])
        together = words_of(client.get(address))
        assert f"{zone.branch.name}，{zone.general.name}：" in together
        assert together.count("\n督办单") == 1
        each = words_of(client.get(address, {"each": "1"}))
        assert each.count("\n督办单") == 2
        assert "〔2026〕1号之2" in each
        part = item.children.get(owner=zone.branch)
        branch = zone.client("huzhuang1")
        assert branch.get(address).status_code == 404, "the whole is the street's"
        assert branch.get(reverse("action_items:item-docx", args=[part.pk])).status_code == 200


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_many_letters_are_made_behind(
    zone: Zone, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(packs, "LONG", {"docx": 1, "pdf": 1})
    with day(0):
        item = give(zone, [zone.branch, zone.general])
        client = zone.client("dahuangshan")
        address = reverse(f"action_items:item-{ending}", args=[item.pk])
        asked = client.get(address, {"each": "1"}).content.decode()
        assert "共 2 份督办单" in asked
        assert client.post(address, {"each": "1"}).status_code == 302
        effects.run_due()
        row = MadeDocument.objects.get()
        assert row.state == MadeDocument.State.READY, row.failure
        got = body(client.get(reverse("core:document-file", args=[row.uid])))
    assert len(got) > 5000


@pytest.mark.parametrize("count", [1, 3])
def test_letters_cost_the_same(zone: Zone, count: int, django_assert_num_queries: Any) -> None:
    street = zone.actor("dahuangshan")
    with day(0):
        items = [give(zone, lines=[issuing.LineGiven("台账缺九个月")]) for _ in range(count)]
        with django_assert_num_queries(4):
            made = packs.letters(street, [item.pk for item in items])
        assert len(made) == count
        whole = [give(zone, [zone.branch, zone.general]) for _ in range(count)]
        with django_assert_num_queries(8):
            made = packs.letters(street, [item.pk for item in whole], is_each=True)
        assert len(made) == 2 * count


def ledger_rows(zone: Zone, username: str, **query: str) -> list[list[Any]]:
    """The data rows of the sheet that a person exports."""
    got = body(zone.client(username).get(reverse("action_items:item-export"), query))
    book = openpyxl.load_workbook(io.BytesIO(got))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=4)]
    return [row for row in rows if row[1]]


def test_ledger_says_what_was_late_and_what_is_done(zone: Zone) -> None:
    lines = [issuing.LineGiven("台账缺九个月", "按会议记录补齐", "董海勤")]
    with day(0):
        late = give(zone, leader_name="乔红玲")
        give(zone, lines=lines, title="整改党务台账", due_on=None)
        receive(zone, late)
    with day(7):
        report(zone, late)
        verify(zone, late)
        rows = ledger_rows(zone, "dahuangshan", order="number")
    assert [row[0] for row in rows] == ["1", "1.1", "2"]
    whole, line, done = rows
    assert whole[1:5] == ["〔2026〕2号", "直接交办", str(zone.branch), "整改党务台账"]
    assert (whole[10], whole[12]) == ("没有期限", "签收逾期")
    assert (line[4], line[6], line[8]) == ("台账缺九个月", "按会议记录补齐", "董海勤")
    assert done[12] == "已销号"
    assert done[15] == "曾逾期 1 天；已办成"
    assert done[13] == dt.datetime(2026, 7, 13)
    assert done[16] == "dahuangshan 7月13日"


def test_ledger_shows_what_the_address_asks_for(zone: Zone) -> None:
    with day(0):
        give(zone)
        give(zone, [zone.branch, zone.general], title="核对流动党员名册")

        def numbers(username: str, **query: str) -> list[str]:
            return [row[1] for row in ledger_rows(zone, username, order="number", **query)]

        assert numbers("dahuangshan") == ["〔2026〕2号之1", "〔2026〕2号之2", "〔2026〕1号"]
        assert numbers("dahuangshan", q="流动") == ["〔2026〕2号之1", "〔2026〕2号之2"]
        assert numbers("dahuangshan", q="〔2026〕1号") == ["〔2026〕1号"]
        assert numbers("dahuangshan", state="overdue") == []
        assert numbers("huzhuang1", tab="mine") == ["〔2026〕2号之1", "〔2026〕1号"]
        assert numbers("huzhuang1", tab="verify") == []
        url = reverse("action_items:item-export")
        foreign = {"organization": zone.neighbour_street.pk}
        assert zone.client("dahuangshan").get(url, foreign).status_code == 404
        assert numbers("jinshanqiao") == []
    with day(3):
        assert len(numbers("dahuangshan", state="overdue")) == 3
        page = zone.client("dahuangshan").get(reverse("action_items:item-print"))
        shown = page.content.decode()
        assert shown.count("<td>签收逾期") == 3
        assert "共 3 项" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_ledger_costs_the_same(zone: Zone, count: int, django_assert_num_queries: Any) -> None:
    street = zone.actor("dahuangshan")
    with day(0):
        for _ in range(count):
            give(zone, lines=[issuing.LineGiven("台账缺九个月")])
        at = boards.this_moment()
        rows = narrowing.narrowed(street, narrowing.Narrowing(), at)
        with django_assert_num_queries(3):
            assert len(list(ledger.rows_of(entries(rows, at.line)))) == 2 * count


def test_long_ledger_is_made_behind(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "LONG_SHEET", 1)
    with day(0):
        give(zone)
        give(zone)
        client, address = zone.client("dahuangshan"), reverse("action_items:item-export")
        assert "共 2 项督办" in client.get(address).content.decode()
        assert client.post(address, {"state": "open"}).status_code == 302
        effects.run_due()
        row = MadeDocument.objects.get()
        assert row.state == MadeDocument.State.READY, row.failure


def test_pack_holds_what_its_asker_sees_when_it_is_made(zone: Zone) -> None:
    """The meeting's pack: of two items one has gone to another organisation meanwhile; of one alone
    nothing is left."""
    with day(0):
        stays, goes = give(zone), give(zone)
        branch = zone.actor("huzhuang1")
        both = packs.wanted_letters(
            [goes.pk, stays.pk], "docx", title="7月调度会督办单", place=zone.branch
        )
        alone = packs.wanted_letters([goes.pk], "pdf", title="一份", place=zone.branch)
        rows = [making.ask(wanted=wanted, by=branch) for wanted in (both, alone)]
        issuing.transfer(
            item=goes,
            owner=zone.general,
            reason="由总支办理",
            revision=goes.revision,
            by=zone.actor("dahuangshan"),
        )
        effects.run_due()
        ready, failed = (MadeDocument.objects.get(pk=row.pk) for row in rows)
        assert ready.state == MadeDocument.State.READY, ready.failure
        assert failed.state == MadeDocument.State.FAILED
        client = zone.client("huzhuang1")
        text = words_of(client.get(reverse("core:document-file", args=[ready.uid])))
    assert stays.number in text
    assert goes.number not in text
    with pytest.raises(DomainError, match="上限"):
        packs.refuse_endless(packs.MOST + 1)
