"""What was written for a month on one page: found, kept apart, exported; its numbers added up."""

import datetime as dt
import html
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock, effects, searching
from core.actor import Actor
from core.documents import making
from core.models import AuditEntry, MadeDocument
from schedules.rounds import mark_outcomes
from schedules.rounds.actions import marks, opening, reports, rollups
from schedules.rounds.actions.reports import submit
from schedules.rounds.definitions import DEFAULTS
from schedules.rounds.models import Plan, Report, ReportDefinition, ReportItem
from schedules.rounds.queries.totals import Compared, totals_of
from tests.test_reports import JULY_6, JULY_8, check, open_june, report_of, send
from tests.world import Zone, make_member, make_organization, make_user

READ = "/reports/read/"
TOTALS = "/reports/read/totals/"


@pytest.fixture
def june(zone: Zone) -> Zone:
    """Two branches, the general branch and a neighbour have sent."""
    open_june(zone)
    send(zone, highlights=["带岗带责进网格", "志愿服务进楼栋"])
    send(zone, "huzhuang2", problems="党员活动经费没有到账", highlights=["无"])
    send(zone, "huzhuang", problems="无", next_plan="换届准备")
    send(zone, "taoyuan1", problems="邻街的秘密问题")
    return zone


def page(zone: Zone, query: str = "", username: str = "dahuangshan", at: str = READ) -> str:
    with clock.at(JULY_8):
        answer = zone.client(username).get(f"{at}?period=2026-06{query}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def item(zone: Zone, key: str = "problems") -> ReportItem:
    return report_of(zone.branch).items.get(key=key)


# --- who reads what ---------------------------------------------------------------------------


def test_problems_come_first_and_what_says_nothing_is_left_out(june: Zone) -> None:
    found = page(june)
    assert "活动室屋顶渗水" in found
    assert "党员活动经费没有到账" in found
    assert "换届准备" not in found, "a plan is no problem"
    assert found.count('class="item reading"') == 2
    assert "换届准备" in page(june, "&use=plan")
    every = page(june, "&use=all")
    assert every.count('class="item reading"') == 7
    assert "志愿服务进楼栋" in every


def test_nobody_reads_what_is_not_his(june: Zone) -> None:
    for username in ("dahuangshan", "reviewer", "huzhuang", "huzhuang1"):
        every = page(june, "&use=all", username)
        assert "邻街的秘密问题" not in every
        assert "活动室屋顶渗水" in every
    assert "党员活动经费没有到账" not in page(june, "&use=all", "huzhuang1")
    for username in ("zone", "committee"):
        assert "邻街的秘密问题" in page(june, "&use=all", username)
    client = june.client("jinshanqiao")
    for at in (READ, TOTALS, f"{READ}export/", f"{READ}print/", f"{TOTALS}export/"):
        answer = client.get(f"{at}?organization={june.street.pk}&period=2026-06")
        assert answer.status_code == 404
    assert june.client("sysadmin").get(READ).status_code == 404


def test_a_draft_is_not_read_and_what_came_back_is_read_as_sent(june: Zone) -> None:
    check(june, report_of(june.branch), problems="请写明牵头人")
    ReportItem.objects.filter(pk=item(june).pk).update(value={"text": "还在写的草稿"})
    found = page(june)
    assert "活动室屋顶渗水" in found
    assert "还在写的草稿" not in found


def test_filters_narrow_by_committee_class_words_and_standing(june: Zone) -> None:
    zone = june
    of_street = page(zone, f"&committee={zone.street.pk}", "zone")
    assert "活动室屋顶渗水" in of_street
    assert "邻街的秘密问题" not in of_street
    assert page(zone, "&q=屋顶").count('class="item reading"') == 1
    assert "没有符合条件的内容" in page(zone, "&q=没有这个词 屋顶")
    assert "没有符合条件的内容" in page(zone, "&kind=school")
    with clock.at(JULY_8):
        marks.mark(item=item(zone), row=0, by=zone.actor("dahuangshan"))
    assert page(zone, "&standing=marked").count('class="item reading"') == 1
    assert "党员活动经费没有到账" in page(zone, "&standing=untouched")
    assert "没有符合条件的内容" in page(zone, "&standing=answered")
    assert "没有符合条件的内容" in page(zone, "&standing=marked", "zone"), "another's mark"
    assert "大黄山街道已列入调度" in page(zone, "", "zone")
    for odd in ("&committee=x", "&use=x&kind=x&standing=x", "&page=99999"):
        page(zone, odd)


def test_forms_with_items_of_their_own_are_read_by_what_they_are(zone: Zone) -> None:
    form = next(one for one in DEFAULTS if one["key"] == "branch")
    items: list[dict[str, Any]] = [
        {**form["items"][2], "key": "item_7", "title": "困难和诉求", "use": ""},
        {**form["items"][1], "key": "item_8", "title": "做得好的", "use": "highlight"},
        {
            "key": "needs",
            "title": "请上级协调",
            "kind": "table",
            "help": "",
            "required": False,
            "columns": ["事项", "单位"],
            "max_rows": 3,
            "use": "",
        },
    ]
    open_june(zone)
    ReportDefinition.objects.filter(key="branch").update(items=items)
    Report.objects.filter(organization=zone.branch).update(
        definition=ReportDefinition.objects.get(key="branch")
    )
    report = report_of(zone.branch)
    report.items.all().delete()
    from schedules.rounds.queries.definitions import empty_items

    ReportItem.objects.bulk_create(empty_items(report))
    typed = {
        "item_7": "路灯不亮",
        "item_8": ["结对帮扶"],
        "needs": [["班车", "管理办"], ["场地", "街道"]],
    }
    with clock.at(JULY_6):
        submit(report=report, revision=1, typed=typed, explanations={}, by=zone.actor("huzhuang1"))
    rollups.refresh_all()
    found = page(zone)
    assert "路灯不亮" in found
    assert "事项：场地；单位：街道" in found, "a row of a table stands by itself"
    assert "结对帮扶" not in found
    assert "结对帮扶" in page(zone, "&use=highlight")
    row = marks.mark(item=report.items.get(key="needs"), row=2, by=zone.actor("dahuangshan"))
    assert row.text == "事项：场地；单位：街道"


# --- marked and answered on the page -------------------------------------------------------------


def test_marked_and_answered_from_the_page_and_back_where_one_was(june: Zone) -> None:
    client, one = june.client("dahuangshan"), item(june)
    back = {"row": "0", "back": "period=2026-06&use=problem&q=屋顶"}
    with clock.at(JULY_8):
        answer = client.post(f"/reports/items/{one.pk}/mark/", back)
        assert answer.status_code == 302
        assert answer.url.startswith("/reports/read/?period=2026-06&use=problem&q=")
        assert answer.url.endswith(f"#item-{one.pk}")
        form = client.get(f"/reports/items/{one.pk}/mark/?row=0").content.decode()
        assert 'name="revision" value="1"' in form
        refused = client.post(f"/reports/items/{one.pk}/mark/answer/", {"text": "", "row": "0"})
        assert refused.status_code == 422
        stale = {"row": "0", "text": "八月底前修好。", "revision": "0"}
        other = client.post(f"/reports/items/{one.pk}/mark/answer/", stale)
        assert other.status_code == 409
        assert "八月底前修好。" in other.content.decode()
        assert 'name="revision" value="1"' in other.content.decode(), "about it as it is now"
        client.post(f"/reports/items/{one.pk}/mark/answer/", {**stale, "revision": "1"})
        client.post(f"/reports/items/{one.pk}/mark/remove/", back)
        own = june.client("huzhuang1").get(one.report.get_absolute_url()).content.decode()
        assert "八月底前修好。" in own, "on the report of the branch"
        assert client.get(f"/reports/items/{one.pk}/mark/?row=7").status_code == 404
        gone = client.post(f"/reports/items/{one.pk}/mark/", {"row": "7"})
        assert gone.status_code == 422
    verbs = list(
        AuditEntry.objects.filter(verb__startswith="schedules.mark").values_list("verb", flat=True)
    )
    assert sorted(verbs) == [f"schedules.mark.{act}" for act in ("answer", "mark", "unmark")]


def test_the_writer_sees_answers_and_outcomes_and_no_mark(june: Zone) -> None:
    with clock.at(JULY_8):
        found = marks.mark(item=item(june), row=0, note="请街道讲", by=june.actor("zone"))

    def tell(actor: Actor, ids: Any) -> dict[int, list[mark_outcomes.Outcome]]:
        return {found.pk: [mark_outcomes.Outcome("已列入2026年7月调度会第3项")]}

    url = item(june).report.get_absolute_url()

    def report_page(username: str) -> str:
        return html.unescape(june.client(username).get(url).content.decode())

    assert "已列入调度" not in report_page("huzhuang1")
    assert "请街道讲" not in report_page("dahuangshan")
    before = list(mark_outcomes._tellers)
    mark_outcomes.register(tell)
    try:
        assert "已列入2026年7月调度会第3项" in report_page("huzhuang1")
        assert "已列入2026年7月调度会第3项" in page(june, "", "zone")
        assert "已列入2026年7月调度会第3项" in str(rows_of(june, "", "zone"))
    finally:
        mark_outcomes._tellers[:] = before


# --- the sheet ---------------------------------------------------------------------------------


def rows_of(zone: Zone, query: str, username: str = "dahuangshan", at: str = READ) -> list[Any]:
    with clock.at(JULY_8):
        answer = zone.client(username).get(f"{at}export/?period=2026-06{query}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def test_the_sheet_has_what_the_page_lists(june: Zone) -> None:
    with clock.at(JULY_8):
        marks.answer(
            item=item(june), row=0, text="已转办。", revision=0, by=june.actor("dahuangshan")
        )
    rows = rows_of(june, "&use=all")
    texts = [row[5] for row in rows if isinstance(row[0], int)]
    assert len(texts) == 8, "two highlights are two rows"
    assert "邻街的秘密问题" not in texts
    (answered,) = [row for row in rows if row[5] == "活动室屋顶渗水"]
    assert answered[8] == "已转办。"
    assert [row[5] for row in rows_of(june, "&q=屋顶") if isinstance(row[0], int)] == [
        "活动室屋顶渗水"
    ]


def test_a_long_sheet_is_made_behind_and_holds_the_same(
    june: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LONG_SHEET", 1)
    client = june.client("zone")
    query = {"period": "2026-06", "use": "problem", "committee": str(june.street.pk)}
    with clock.at(JULY_8):
        asked = client.get(f"{READ}export/", query).content.decode()
        assert "在后台生成" in asked
        assert client.post(f"{READ}export/", query).status_code == 302
        effects.run_due()
        row = MadeDocument.objects.get()
        assert row.failure == ""
        answer = client.get(f"/documents/{row.uid}/file/")
    content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    texts = [
        one[5]
        for one in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    ]
    assert "活动室屋顶渗水" in texts
    assert "邻街的秘密问题" not in texts


def test_paper_has_what_the_page_lists(june: Zone) -> None:
    found = page(june, "&use=problem&q=屋顶", at=f"{READ}print/")
    assert "以下 1 项" in found
    assert "活动室屋顶渗水" in found
    assert "党员活动经费" not in found


# --- queries -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "query", "literal"),
    [
        (READ, "&use=all", 17),
        (f"{READ}print/", "&use=all", 15),
        (f"{READ}export/", "&use=all", 18),
        (TOTALS, "", 10),
        (TOTALS, "&number=members_on_roll", 10),
        (f"{TOTALS}export/", "", 14),
    ],
)
def test_pages_cost_the_same_for_one_and_for_three(
    zone: Zone, at: str, query: str, literal: int
) -> None:
    open_june(zone)
    counted = []
    for username in ("huzhuang1", "huzhuang2", "huzhuang"):
        send(zone, username)
        with clock.at(JULY_8):
            for organization in Report.objects.exclude(submitted_at=None):
                one = organization.items.get(key="problems")
                marks.answer(item=one, row=0, text="已转办。", revision=0, by=zone.actor("zone"))
            client = zone.client("zone")
            client.get(f"{at}?period=2026-06{query}")
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(f"{at}?period=2026-06{query}")
                assert answer.status_code == 200
                b"".join(answer.streaming_content) if answer.streaming else answer.content
        counted.append(len(queries))
    assert set(counted) == {literal}


# --- numbers -----------------------------------------------------------------------------------


def numbers(zone: Zone, period: str = "2026-06", username: str = "zone") -> Any:
    """The totals at the root, by label."""
    plan = Plan.objects.get(key="monthly_report")
    node = zone.root if username == "zone" else zone.street
    return totals_of(zone.actor(username), plan, node, period, {period: node.path})


def whole(found: Any, key: str) -> tuple[Decimal | None, int]:
    one = found.whole.get(key, Compared()).now
    return one.value, one.reports


def test_what_a_general_branch_sums_is_not_added_to_its_branches(june: Zone) -> None:
    """Five members in three places: branches alone, then with the general branch, which has all
    five of its branches in its own figure, then with the committee, which has them all."""
    zone = june
    third = make_organization("街道机关支部", parent=zone.street)
    zone.users["jiguan"] = make_user("jiguan", "branch_secretary", third)
    for place, count in ((zone.branch, 3), (zone.branch2, 2), (third, 4)):
        for number in range(count):
            make_member(place, f"{place}{number}")
    period = "2026-07"
    with clock.at(dt.datetime(2026, 7, 29, 9, tzinfo=JULY_6.tzinfo)):
        opening.open_period(
            plan=Plan.objects.get(key="monthly_report"), period=period, by=zone.actor("zone")
        )

    def send_july(username: str) -> None:
        actor = zone.actor(username)
        report = Report.objects.get(organization_id=actor.organization_id, period=period)
        with clock.at(dt.datetime(2026, 8, 3, 9, tzinfo=JULY_6.tzinfo)):
            reports.submit(
                report=report,
                revision=report.revision,
                typed={"highlights": [], "problems": "无", "next_plan": "主题党日活动"},
                explanations=dict.fromkeys(("figures", "problems", "next_plan"), "核对过"),
                by=actor,
            )
        rollups.refresh_all()

    key = "members_on_roll"
    send_july("huzhuang1")
    assert whole(numbers(zone, period), key) == (3, 1)
    send_july("huzhuang2")
    assert whole(numbers(zone, period), key) == (5, 2)
    send_july("huzhuang")
    assert whole(numbers(zone, period), key) == (5, 1), "not 10: it has them in it"
    send_july("jiguan")
    assert whole(numbers(zone, period), key) == (9, 2), "and one beside it"
    send_july("dahuangshan")
    found = numbers(zone, period)
    assert whole(found, key) == (9, 1), "not 18, and not 23"
    _, part = found.parts[zone.street.pk]
    assert part[key].now.value == 9
    of_street = numbers(zone, period, "dahuangshan")
    assert key in of_street.own
    assert of_street.whole[key].now.value == 9
    shares = {str(one): cells[key].now.value for one, cells in of_street.parts.values()}
    assert shares == {"湖庄村党总支": 5, "街道机关支部": 4}
    vacant = found.whole["offices_vacant"].now
    assert vacant.reports == 3, "only branches are asked for it"


def with_number(zone: Zone, *, alone: bool) -> None:
    """Every form asks for one number more."""
    asked = {"key": "helped", "title": "帮办实事", "kind": "number", "unit": "件", "help": ""}
    for form in ReportDefinition.objects.all():
        form.items = [*form.items, {**asked, "key": f"helped_{form.key}", "alone": alone}]
        form.save()
    for report in Report.objects.select_related("definition"):
        spec = report.definition.items[-1]
        ReportItem.objects.create(
            report=report, position=9, key=spec["key"], title="帮办实事", kind="number"
        )


@pytest.mark.parametrize(("alone", "total"), [(False, 10), (True, 17)])
def test_a_typed_number_is_summed_level_by_level_unless_it_is_of_the_level_alone(
    zone: Zone, alone: bool, total: int
) -> None:
    open_june(zone)
    with_number(zone, alone=alone)
    for username, number in (("huzhuang1", "4"), ("huzhuang2", "3"), ("huzhuang", "10")):
        key = Report.objects.get(
            organization=zone.actor(username).organization_id
        ).definition.items[-1]["key"]
        send(zone, username, **{key: number})
    found = numbers(zone)
    assert whole(found, "帮办实事|件")[0] == total


def test_months_stand_beside_the_one_before_and_the_same_of_last_year(june: Zone) -> None:
    plan = Plan.objects.get(key="monthly_report")
    for period, value in (("2026-05", "6"), ("2025-06", "2")):
        opening.open_period(plan=plan, period=period, by=june.actor("zone"))
        Report.objects.filter(period=period, organization=june.branch).update(
            submitted_at=JULY_6, state="submitted"
        )
        ReportItem.objects.filter(
            report__period=period, report__organization=june.branch, key="figures"
        ).update(
            state="submitted",
            value={"figures": [
                {"key": "members_on_roll", "label": "在册党员", "value": int(value), "unit": "人",
                 "source": ""}
            ]},
        )  # fmt: skip
    rollups.refresh_all()
    now = ReportItem.objects.filter(report__period="2026-06", key="figures")
    row = {"key": "members_on_roll", "label": "在册党员", "unit": "人", "source": ""}
    now.update(value={})
    now.filter(report__organization=june.branch).update(value={"figures": [{**row, "value": 9}]})
    places = dict.fromkeys(("2026-06", "2026-05", "2025-06"), june.root.path)
    found = totals_of(
        june.actor("zone"), plan, june.root, "2026-06", places, number="members_on_roll"
    )
    one = found.whole["members_on_roll"]
    assert (one.now.value, one.before.value, one.last_year.value) == (9, 6, 2)
    assert one.line == {"2025-06": 2, "2026-05": 6, "2026-06": 9}
    shown = page(june, "", "zone", TOTALS)
    assert "较上" not in shown, "two months and one of last year are no line"
    part = page(june, "&number=members_on_roll", "zone", TOTALS)
    assert "大黄山街道" in part
    assert "历史太短，不画界限" in part
    assert "金山桥街道" not in part[part.index("<tbody") :], "who gave none has no row"
    cells = [row for row in rows_of(june, "", "zone", TOTALS) if row[1] == "在册党员"]
    assert [row[4] for row in cells] == [9, 9]


def test_what_was_taken_back_counts_in_no_number(june: Zone) -> None:
    from tests.test_checking import withdraw

    before = whole(numbers(june), "members_on_roll")
    withdraw(june)
    assert whole(numbers(june), "members_on_roll")[1] == before[1], "the general branch has it"
    assert "邻街" not in str(numbers(june, username="dahuangshan").parts)


# --- search ------------------------------------------------------------------------------------


def hits(zone: Zone, username: str, query: str) -> list[tuple[str, str]]:
    with clock.at(JULY_8):
        groups = searching.find(zone.actor(username), query)
    return [(one.title, one.text) for g in groups if g.label == "月报内容" for one in g.items]


def test_search_finds_words_in_reports_within_the_scope(june: Zone) -> None:
    assert [title for title, _ in hits(june, "dahuangshan", "屋顶")] == [
        "湖庄村第一支部 2026年6月月报"
    ]
    assert "活动室屋顶渗水" in hits(june, "dahuangshan", "屋顶")[0][1]
    assert hits(june, "dahuangshan", "秘密") == []
    assert len(hits(june, "zone", "秘密问题")) == 1
    assert hits(june, "huzhuang2", "屋顶") == []
    assert hits(june, "sysadmin", "屋顶") == []
    assert hits(june, "zone", "问") == [], "one sign finds too much"
    assert hits(june, "zone", "%") == hits(june, "zone", "_%") == []
    client = june.client("dahuangshan")
    with clock.at(JULY_8):
        shown = client.get("/search/?q=屋顶").content.decode()
    assert "月报内容" in shown


def test_search_looks_back_a_year_and_shows_a_few(june: Zone) -> None:
    later = dt.datetime(2027, 8, 8, 9, tzinfo=JULY_6.tzinfo)
    with clock.at(later):
        assert not searching.find(june.actor("zone"), "屋顶渗水")
    ReportItem.objects.exclude(sent_text="").update(sent_text="处处都有的词")
    assert len(hits(june, "zone", "处处都有")) == 6
