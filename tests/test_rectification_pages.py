"""Pages, papers and API of rectification: what they say, to whom, and what they cost."""

import datetime as dt
import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
import time_machine
from django.http import Http404
from django.urls import reverse
from pypdf import PdfReader

from assessments.rectifications import packs
from assessments.rectifications.actions import closing, proposing
from assessments.rectifications.models import CommonCause, Finding, Rectification
from core import clock, effects
from core.actor import system
from core.documents import making
from core.models import AuditEntry, MadeDocument
from orgs.models import RoleGrant
from schedules.action_items.actions import handling
from schedules.action_items.actions import lines as item_lines
from schedules.action_items.models import ActionItem, ActionLine
from tests.rectification_world import JULY, fill_offices, finding, issued, sheets_of
from tests.test_rectifications import given_out, more_streets, over, received, spent_by
from tests.world import Zone

pytestmark = pytest.mark.django_db
COLUMNS = [
    *("序号", "问题", "类别", "整改措施", "责任领导", "责任人", "整改时限", "进展", "完成时间"),
    *("佐证", "销号签字"),
]


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(JULY, tick=True):
        yield


def page(zone: Zone, who: str, url: str) -> str:
    response = zone.client(who).get(url)
    assert response.status_code == 200, (who, url, response.status_code)
    return str(response.content.decode())


def read(text: str) -> str:
    main = text[text.index('<main id="main"') :]
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", main))


def body_of(*rows: Rectification, **more: str) -> dict[str, str]:
    """What the page of drafts sends of the lists, with what is typed of every finding."""
    body = {}
    for row in rows:
        body[f"r{row.pk}-revision"] = str(row.revision)
        for one in row.findings.all():
            body |= {
                f"{one.pk}-chosen": "on",
                f"{one.pk}-problem": more.get("problem", one.problem),
                f"{one.pk}-due_on": more.get("due_on", str(one.due_on)),
            }
    return body


# --- drafting -------------------------------------------------------------------------------------


def test_from_the_sealed_page_to_lists_that_are_issued(zone: Zone) -> None:
    cycle, client = over(zone), zone.client("zone")
    assert "还没有下发" in page(zone, "zone", cycle.get_absolute_url())
    propose = reverse("rectifications:finding-propose", args=[cycle.uid])
    url = client.post(propose).headers["Location"]
    assert url == reverse("rectifications:finding-edit", args=[cycle.uid])
    text = page(zone, "zone", url)
    assert "班子配备：书记空缺 4 个" in text
    assert "−4.00" in text
    rows = list(Rectification.objects.all())
    answer = client.post(url, body_of(*rows, problem="书记还没有配齐"))
    assert answer.status_code == 302
    assert set(Finding.objects.values_list("problem", flat=True)) == {"书记还没有配齐"}
    rows = list(Rectification.objects.all())
    asked = client.post(url, {**body_of(*rows), "issue": "1"})
    assert "2 家单位，6 条问题" in asked.content.decode()
    assert not ActionItem.objects.filter(source_kind="rectification").exists()
    done = client.post(url, {**body_of(*rows), "issue": "1", "agreed": "yes"})
    assert done.headers["Location"] == reverse("rectifications:cycle", args=[cycle.uid])
    assert ActionItem.objects.filter(source_kind="rectification", state="issued").count() == 2
    again = client.post(url, {**body_of(*rows), "issue": "1", "agreed": "yes"})
    assert again.status_code == 409
    assert "已由另一人下发" in again.content.decode()
    assert ActionItem.objects.filter(source_kind="rectification").count() == 2
    text = read(page(zone, "zone", done.headers["Location"]))
    assert "已下发2份清单" in text
    assert "6条问题0已销号" in text


def test_second_tab_keeps_what_was_typed_and_is_told(zone: Zone) -> None:
    cycle, client = over(zone), zone.client("zone")
    proposing.propose(cycle=cycle, by=zone.actor("zone"))
    url = reverse("rectifications:finding-edit", args=[cycle.uid])
    rows = list(Rectification.objects.all())
    assert client.post(url, body_of(*rows, problem="第一个人写的")).status_code == 302
    answer = client.post(url, body_of(*rows, problem="第二个人写的"))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert text.count("第二个人写的") == 6
    assert f'name="r{rows[0].pk}-revision" value="2"' in text
    assert set(Finding.objects.values_list("problem", flat=True)) == {"第一个人写的"}


def test_what_is_wrong_stands_beside_its_field_with_all_that_was_typed(zone: Zone) -> None:
    cycle, client = over(zone), zone.client("zone")
    proposing.propose(cycle=cycle, by=zone.actor("zone"))
    url = reverse("rectifications:finding-edit", args=[cycle.uid])
    rows = list(Rectification.objects.all())
    for more, words in (
        ({"due_on": "2026-13-77"}, "日期"),
        ({"problem": "短"}, "请写明问题"),
        ({"problem": "长" * 301}, "300"),
    ):
        answer = client.post(url, body_of(*rows, **more))
        assert answer.status_code == 422, more
        assert words in answer.content.decode()
        assert "invalid-feedback" in answer.content.decode()
    late = client.post(url, {**body_of(*rows, due_on="2026-07-01"), "issue": "1", "agreed": "yes"})
    assert late.status_code == 422
    assert "要填今天以后的日期" in late.content.decode()


# --- what each costs ------------------------------------------------------------------------------


def test_pages_cost_the_same_for_one_list_and_for_four(zone: Zone) -> None:
    more_streets(zone, 3)
    cycle, by = over(zone), zone.actor("zone")
    proposing.propose(cycle=cycle, by=by)
    client = zone.client("zone")
    edit = reverse("rectifications:finding-edit", args=[cycle.uid])
    whole = reverse("rectifications:cycle", args=[cycle.uid])
    cause = reverse("rectifications:cause-detail", args=[cycle.uid, "vacant"])
    ledger = reverse("rectifications:cycle-ledger", args=[cycle.uid, "xlsx"])
    api = reverse("api:finding-list")

    def cost(url: str) -> int:
        client.get(url)
        return spent_by(lambda: client.get(url))

    five = cost(edit)
    proposing.issue(cycle=cycle, sheets=sheets_of(cycle, zone.street, zone.neighbour_street), by=by)
    assert cost(edit) == five
    few = [cost(url) for url in (whole, cause, ledger, api)]
    left = [row for row in sheets_of(cycle) if row.revision == 1]
    proposing.issue(cycle=cycle, sheets=left, by=by)
    assert Rectification.objects.exclude(item=None).count() == 5
    assert [cost(url) for url in (whole, cause, ledger, api)] == few
    # One list: with one line and with three.
    row = Rectification.objects.get(assessed__organization=zone.street)
    url = row.get_absolute_url()
    three = cost(url)
    Finding.objects.filter(rectification=row).exclude(indicator="work").update(line=None)
    assert cost(url) == three


# --- the own list ---------------------------------------------------------------------------------


def test_the_owner_writes_measures_of_all_lines_and_nobody_elses(zone: Zone) -> None:
    _, row = given_out(zone)
    item = received(row, zone)
    url, client = row.get_absolute_url(), zone.client("dahuangshan")
    lines = list(item.lines.all())
    body = {"revision": str(item.revision)}
    for line in lines:
        body |= {
            f"{line.pk}-measure": f"第{line.position}条的做法",
            f"{line.pk}-leader": "李明",
            f"{line.pk}-person": "王芳",
        }
    assert client.post(url, body).status_code == 302
    text = page(zone, "dahuangshan", url)
    assert "第3条的做法" in text
    stale = client.post(url, {**body, f"{lines[0].pk}-measure": "另一个页面写的"})
    assert stale.status_code == 409
    assert "另一个页面写的" in stale.content.decode()
    for name in ("jinshanqiao", "huzhuang1", "reviewer"):
        assert zone.client(name).get(url).status_code == 404, name
        assert zone.client(name).post(url, body).status_code == 404, name
    other = Rectification.objects.get(assessed__organization=zone.neighbour_street)
    for address in (
        other.get_absolute_url(),
        reverse("rectifications:rectification-notice", args=[other.uid, "docx"]),
        reverse("rectifications:rectification-ledger", args=[other.uid, "xlsx"]),
        reverse("rectifications:cycle", args=[other.assessed.cycle.uid]),
        reverse("rectifications:cycle-ledger", args=[other.assessed.cycle.uid, "xlsx"]),
        reverse("rectifications:cause-detail", args=[other.assessed.cycle.uid, "vacant"]),
    ):
        assert client.get(address).status_code == 404, address


def test_odd_addresses_are_not_there(zone: Zone) -> None:
    cycle, row = given_out(zone)
    client = zone.client("zone")
    for name, args in (
        ("cycle-ledger", [cycle.uid, "exe"]),
        ("rectification-notice", [row.uid, "xlsx"]),
        ("rectification-ledger", [row.uid, "html"]),
        ("cause-detail", [cycle.uid, "没有/这个"]),
    ):
        assert client.get(reverse(f"rectifications:{name}", args=args)).status_code == 404


# --- raised ---------------------------------------------------------------------------------------


def test_a_cause_is_raised_from_its_page_and_says_who_has_it(zone: Zone) -> None:
    cycle, _ = given_out(zone)
    url = reverse("rectifications:cause-detail", args=[cycle.uid, "vacant"])
    assert "列为督办" in page(zone, "zone", url)
    assert "<form" not in page(zone, "committee", url).split('<main id="main"')[1]
    given = {"title": "解决班子配备", "demand": "", "cause": "people", "due_on": "2026-09-30"}
    client = zone.client("zone")
    assert client.post(url, {**given, "due_on": "2026-01-01"}).status_code == 422
    assert client.post(url, given).status_code == 302
    second = client.post(url, {**given, "title": "另一个页面写的"})
    assert second.status_code == 409
    assert "另一个页面写的" in second.content.decode()
    cause = CommonCause.objects.get()
    text = page(zone, "zone", cause.item.get_absolute_url())
    assert url in text  # the item leads to the findings under it
    assert "2 / 2 家有这个问题" in page(zone, "zone", url)


# --- on paper -------------------------------------------------------------------------------------


def words_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        xml = book.read("word/document.xml").decode()
    return re.sub(r"<[^>]+>", "", xml)


def fetched(zone: Zone, who: str, name: str, *args: Any) -> bytes:
    response = zone.client(who).get(reverse(f"rectifications:{name}", args=args))
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_the_ledger_has_its_customary_columns(zone: Zone) -> None:
    cycle, row = given_out(zone)
    received(row, zone)
    fill_offices(zone.street)
    closing.close_turned_good(by=system())
    own = fetched(zone, "dahuangshan", "rectification-ledger", row.uid, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(own)).active
    rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
    head = next(line for line in rows if line[0] == "序号")
    assert head == COLUMNS
    first = rows[rows.index(head) + 1]
    assert first[1] == "班子配备：书记空缺 4 个"
    assert first[2] == "组织建设"
    assert first[7] == "已办成"
    assert first[8].date() == dt.date(2026, 7, 20)
    assert first[10] == "系统 2026年7月20日"
    assert len([line for line in rows if str(line[0]).isdecimal()]) == 3
    whole = fetched(zone, "zone", "cycle-ledger", cycle.uid, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(whole)).active
    heads = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert [COLUMNS[0], "责任单位", *COLUMNS[1:]] in heads
    assert sum(str(line[0]).isdecimal() for line in heads) == 6
    for ending in ("docx", "pdf"):
        made = fetched(zone, "zone", "cycle-ledger", cycle.uid, ending)
        assert made.startswith(b"%PDF" if ending == "pdf" else b"PK")
    text = words_of(fetched(zone, "zone", "cycle-ledger", cycle.uid, "docx"))
    assert "一、中共大黄山街道工作委员会　3 条，销号 1（随数据 1，核验 0）" in text
    assert AuditEntry.objects.filter(verb="rectifications.list.export").count() == 5


def test_the_notice_says_what_and_until_when_and_names_nobody_else(zone: Zone) -> None:
    _, row = given_out(zone)
    text = words_of(fetched(zone, "dahuangshan", "rectification-notice", row.uid, "docx"))
    for said in (
        "整改通知书",
        "〔2026〕1号",
        "中共大黄山街道工作委员会：",
        "存在以下 3 个问题",
        "特色做法：大黄山街道做法照做的少",
        "2026年8月31日",
        "补办后随数据销号",
        "年中结果不变",
    ):
        assert said in text, said
    assert "金山桥" not in text
    made = fetched(zone, "dahuangshan", "rectification-notice", row.uid, "pdf")
    assert made.startswith(b"%PDF")


# --- API ------------------------------------------------------------------------------------------


def test_the_api_lists_what_the_pages_show(zone: Zone) -> None:
    cycle, row = given_out(zone)
    url = reverse("api:finding-list")

    def rows(who: str, query: str = "") -> list[dict[str, Any]]:
        answer = zone.client(who).get(url + query)
        assert answer.status_code == 200
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    assert len(rows("zone")) == 6
    own = rows("dahuangshan")
    assert [one["indicator"] for one in own] == ["vacant", "late", "work"]
    assert {one["list"] for one in own} == {str(row.uid)}
    assert own[0]["repair"] == "2"
    assert own[0]["times"] == 1
    assert rows("huzhuang1") == []
    assert len(rows("zone", f"?assessment={cycle.uid}&organization={zone.street.pk}")) == 3
    assert rows("zone", "?state=done") == []
    for odd in ("?assessment=x", "?organization=0", "?state=x", "?page=0"):
        assert zone.client("zone").get(url + odd).status_code == 400, odd


def test_proposals_are_in_no_answer_to_the_assessed(zone: Zone) -> None:
    cycle = over(zone)
    proposing.propose(cycle=cycle, by=zone.actor("zone"))
    Finding.objects.update(problem="只给组织考核的一方看的话")
    row = Rectification.objects.get(assessed__organization=zone.street)
    client = zone.client("dahuangshan")
    assert client.get(row.get_absolute_url()).status_code == 404
    for url in (
        reverse("cycles:cycle-list"),
        row.assessed.get_absolute_url(),
        reverse("api:finding-list"),
        reverse("core:home"),
    ):
        text = client.get(url).content.decode()
        assert "只给组织考核的一方看的话" not in text, url
        assert row.get_absolute_url() not in text, url


def test_receiving_leads_to_writing_measures(zone: Zone) -> None:
    rows = issued(over(zone), zone.street, by=zone.actor("zone"))
    (row,) = rows
    assert "签收以后在这里填写" in page(zone, "dahuangshan", row.get_absolute_url())
    assert row.item is not None
    handling.receive(item=row.item, by=zone.actor("dahuangshan"))
    text = page(zone, "dahuangshan", row.get_absolute_url())
    assert "保存措施和责任人" in text


def test_the_item_leads_to_the_page_where_its_lines_are_planned(zone: Zone) -> None:
    cycle = over(zone)
    (row,) = issued(cycle, zone.street, by=zone.actor("zone"))
    assert row.item is not None
    url, way = row.item.get_absolute_url(), f'href="{row.get_absolute_url()}">'
    assert f"{way}看整改清单" in page(zone, "dahuangshan", url)
    handling.receive(item=row.item, by=zone.actor("dahuangshan"))
    assert f"{way}填写措施和责任人" in page(zone, "dahuangshan", url)
    # Who may read the item and not the list is led nowhere.
    Rectification.objects.update(stage="proposed")
    text = page(zone, "dahuangshan", url)
    assert row.get_absolute_url() not in text
    assert "填写措施和责任人" not in text


def test_what_is_left_when_all_lines_are_done_is_to_report(zone: Zone) -> None:
    _, row = given_out(zone)
    item = received(row, zone)

    def main_act() -> str:
        text = page(zone, "dahuangshan", item.get_absolute_url())
        return text[text.index('id="act"') :].split("</form>")[0]

    assert f"{item.get_absolute_url()}progress/" in main_act()
    item.lines.exclude(position=1).update(state="done")
    assert f"{item.get_absolute_url()}progress/" in main_act()
    item.lines.update(state="done")
    assert f"{item.get_absolute_url()}report/" in main_act()


# --- all notices of a cycle -----------------------------------------------------------------------


def test_the_pack_holds_every_issued_notice_from_its_own_page(zone: Zone) -> None:
    cycle, by = over(zone), zone.actor("zone")
    url = reverse("rectifications:notice-pack", args=[cycle.uid, "docx"])
    client = zone.client("zone")
    proposing.propose(cycle=cycle, by=by)
    Finding.objects.filter(indicator="work").update(problem="没有下发的一条话")
    assert client.get(url).status_code == 404  # nothing is issued, drafts are nobody's paper
    assert client.post(url).status_code == 404
    proposing.issue(cycle=cycle, sheets=sheets_of(cycle, zone.street), by=by)
    asked = read(page(zone, "zone", url))
    assert "共1份整改通知书" in asked
    assert url in page(zone, "zone", reverse("rectifications:cycle", args=[cycle.uid]))
    answer = client.post(url)
    assert answer.status_code == 302
    effects.run_due()
    made = client.get(f"{answer.headers['Location']}file/")
    first = words_of(b"".join(made.streaming_content))
    assert first.count("请限期整改") == 1
    assert "金山桥" not in first
    proposing.issue(
        cycle=cycle, sheets=sheets_of(cycle, zone.neighbour_street, problem="第二家的问题"), by=by
    )
    told: list[tuple[int, int]] = []
    targets = {ending: io.BytesIO() for ending in ("docx", "pdf")}
    for ending, target in targets.items():
        wanted = packs.wanted(cycle, ending)
        packs.check(wanted.what, by)
        packs.make(target, wanted.what, by, lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)] * 2
    text = words_of(targets["docx"].getvalue())
    places = [text.index(one) for one in ("大黄山街道工作委员会：", "金山桥街道工作委员会：")]
    assert places == sorted(places)
    assert text.count("第二家的问题") == 3
    pages = [one.extract_text() for one in PdfReader(targets["pdf"]).pages]
    heads = [one for one in pages if "请限期整改" in re.sub(r"\s", "", one)]
    assert len(heads) == 2
    assert not any("大黄山" in one and "金山桥" in one for one in pages)


def test_the_pack_is_only_for_who_stands_with_the_holder(zone: Zone) -> None:
    cycle, _ = given_out(zone)
    ActionLine.objects.update(problem="只有自己和组织考核的一方看的话")
    wanted = packs.wanted(cycle, "pdf")
    for name in ("dahuangshan", "jinshanqiao", "huzhuang1", "reviewer"):
        for ending in ("docx", "pdf"):
            url = reverse("rectifications:notice-pack", args=[cycle.uid, ending])
            for answer in (zone.client(name).get(url), zone.client(name).post(url)):
                assert answer.status_code in (403, 404), (name, ending)
                assert "只有自己" not in answer.content.decode()
        with pytest.raises(Http404):
            packs.check(wanted.what, zone.actor(name))
    # Asked for with a right that has ended when it is made: nothing is written.
    row = making.ask(wanted=wanted, by=zone.actor("zone"))
    yesterday = clock.today() - dt.timedelta(days=1)
    RoleGrant.objects.filter(user=zone.users["zone"]).update(
        valid_from=yesterday, valid_to=yesterday
    )
    effects.run_due()
    row.refresh_from_db()
    assert (row.state, row.stored_as) == (making.State.FAILED, "")


def test_a_pack_of_too_many_is_refused_with_what_to_do(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle, _ = given_out(zone)
    url = reverse("rectifications:notice-pack", args=[cycle.uid, "pdf"])
    monkeypatch.setattr(packs, "MOST", 1)
    answer = zone.client("zone").post(url)
    assert answer.status_code == 400
    assert "共 2 份通知书" in answer.content.decode()
    assert "逐份导出" in answer.content.decode()
    assert not MadeDocument.objects.exists()


def test_a_pack_costs_the_same_for_one_notice_and_for_four(zone: Zone) -> None:
    more_streets(zone, 2)
    cycle, by = over(zone), zone.actor("zone")
    proposing.propose(cycle=cycle, by=by)
    proposing.issue(cycle=cycle, sheets=sheets_of(cycle, zone.street), by=by)
    wanted = packs.wanted(cycle, "docx")

    def cost() -> int:
        return spent_by(lambda: packs.make(io.BytesIO(), wanted.what, by, lambda done, of: None))

    one = cost()
    left = [row for row in sheets_of(cycle) if row.revision == 1]
    proposing.issue(cycle=cycle, sheets=left, by=by)
    assert Rectification.objects.exclude(item=None).count() == 4
    assert cost() == one


# --- what it says ---------------------------------------------------------------------------------


def test_who_stands_above_reads_and_asks_to_write_in_its_stead(zone: Zone) -> None:
    _, row = given_out(zone)
    item = received(row, zone)
    url = row.get_absolute_url()
    assert "保存措施和责任人" not in page(zone, "zone", url)
    assert "代大黄山街道填写" in page(zone, "zone", url)
    assert "保存措施和责任人" in page(zone, "zone", f"{url}?for=owner")
    assert "代大黄山街道填写" not in page(zone, "committee", url)
    assert "保存措施和责任人" not in page(zone, "committee", f"{url}?for=owner")
    line = item.lines.order_by("position")[0]
    body = {"revision": str(item.revision), f"{line.pk}-measure": "代填的措施"}
    assert zone.client("zone").post(url, body).headers["Location"] == url
    assert "代填的措施" in page(zone, "dahuangshan", url)
    # Where every line is closed there is nothing to write.
    item.lines.update(state="done")
    for who in ("zone", "dahuangshan"):
        assert "保存措施和责任人" not in page(zone, who, f"{url}?for=owner")
    assert "代大黄山街道填写" not in page(zone, "zone", url)


def test_the_page_says_what_is_up_to_its_reader(zone: Zone) -> None:
    (row,) = issued(over(zone), zone.street, by=zone.actor("zone"))
    assert row.item is not None
    url, lines = row.get_absolute_url(), f"{row.item.get_absolute_url()}#lines"

    def ways() -> list[str]:
        found = []
        for who in ("dahuangshan", "zone", "committee"):
            (said,) = re.findall(
                rf'<a class="(btn[^"]*)" href="{lines}">([^<]+)</a>', page(zone, who, url)
            )
            found.append(" ".join(said))
        return found

    assert ways() == ["btn go 签收", "btn 看督办", "btn 看督办"]
    item = received(row, zone)
    assert ways() == ["btn go 去报结", "btn 看督办", "btn 看督办"]
    line = finding(row, "work").line
    assert line is not None
    item_lines.report_line(line=line, evidence="照做记录", by=zone.actor("dahuangshan"))
    assert ways() == ["btn go 去报结", "btn go 核验 1 条", "btn 看督办"]
    item.lines.update(state="done")
    type(item).objects.update(state="closed")
    assert ways() == ["btn 看督办"] * 3
