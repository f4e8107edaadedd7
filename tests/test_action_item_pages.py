"""督办 on pages: boards, an item and its acts, what is given out; home, search, panels, calendar."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, searching
from core.errors import Conflict
from core.worklist import Worklist, collect, elsewhere
from orgs import panels
from schedules.action_items.actions import (
    checking,
    extensions,
    handling,
    issuing,
    lines,
)
from schedules.action_items.enums import ActionState
from schedules.action_items.models import ActionItem
from schedules.action_items.queries import boards
from schedules.action_items.queries.boards import Showing, Tab
from schedules.action_items.registrations import dates_of_items
from schedules.action_items.rules import number_in
from schedules.action_items.words import completion_clock, marks, receipt_clock, standing
from schedules.rounds.feeds import calendar as feed_of

from .act_bodies import picture
from .parallel import run_together
from .test_action_items import day, give, receive, report, verify
from .world import Zone, build_zone, grant, make_organization, make_user

BOARD = reverse("action_items:item-list")
NEW = reverse("action_items:item-create")
CHOSEN = {"priority": "normal", "category": "life", "cause": "unknown"}  # as the form has it


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(found)


def listed(client: Any, address: str) -> list[str]:
    """Titles of the items on a board, lines and parts left out."""
    page = text_of(client.get(address))
    rows = re.findall(r'<tr class="item-row[^>]*>.*?</tr>', page, re.S)
    return [re.search(r"<th[^>]*><a[^>]*>([^<]+)</a>", row)[1] for row in rows]  # type: ignore[index]


def with_lines(zone: Zone, *problems: str) -> ActionItem:
    item = issuing.draft(
        issuer=zone.street,
        owners=[zone.branch],
        given=issuing.Given(title="整改清单", lines=tuple(map(issuing.LineGiven, problems))),
        by=zone.actor("dahuangshan"),
    )
    issuing.issue(item=item, by=zone.actor("dahuangshan"))
    return receive(zone, item)


def for_many(zone: Zone, **more: Any) -> ActionItem:
    whole = issuing.draft(
        issuer=zone.root,
        owners=[zone.street, zone.neighbour_street],
        given=issuing.Given(**{"title": "核对名册", "due_on": dt.date(2026, 7, 10)} | more),
        by=zone.actor("zone"),
    )
    return issuing.issue(item=whole, by=zone.actor("zone"))


def of_every_state(zone: Zone) -> None:
    """One item in each state that a board counts, looked at on the Monday a week later."""
    with day(0):
        give(zone, title="还没有签收的")
        receive(zone, give(zone, title="办理逾期的"))
        receive(zone, give(zone, title="没有期限的", due_on=None))
        waits = receive(zone, give(zone, title="等住建局的"))
        waits.refresh_from_db()
        handling.wait(
            item=waits,
            name="区住建局",
            note="批复施工许可",
            due_on=dt.date(2026, 7, 8),
            revision=waits.revision,
            by=zone.actor("huzhuang1"),
        )
        report(zone, receive(zone, give(zone, title="报结了的")))
        wish = receive(zone, give(zone, title="申请延期的", due_on=dt.date(2026, 7, 20)))
        extensions.ask(
            item=wish,
            wanted_on=dt.date(2026, 7, 31),
            reason="老师下旬才到",
            by=zone.actor("huzhuang1"),
        )
        for_many(zone)
    with day(-100):
        closed = receive(zone, give(zone, title="早已销号的", due_on=dt.date(2026, 4, 1)))
    with day(-90):
        verify(zone, report(zone, closed))


# --- boards ------------------------------------------------------------------------------------


def test_pages_cost_the_same_with_more_rows(zone: Zone) -> None:
    with day(0):
        client = zone.client("zone")

        def more() -> ActionItem:
            give(zone)
            with_lines(zone, "缺记录", "缺公示")
            return for_many(zone)

        whole = more()
        one, part = queries(client, BOARD), queries(client, whole.get_absolute_url())
        home, worker = queries(client, "/"), zone.client("huzhuang1")
        own = queries(worker, "/")
        more()
        more()
        assert queries(client, BOARD) == one
        assert queries(client, "/") == home
        assert queries(worker, "/") == own
        assert "2 个单位，0 个已办" in text_of(client.get(BOARD))
        short, long = with_lines(zone, "缺记录"), with_lines(zone, "缺记录", "缺公示", "缺签到")
        costs = {queries(client, item.get_absolute_url()) for item in (short, long)}
        assert len(costs) == 1
        assert part in {*costs, *(cost + 1 for cost in costs), *(cost - 1 for cost in costs)}


def test_each_number_opens_the_rows_it_counts(zone: Zone) -> None:
    of_every_state(zone)
    with day(7):
        for username in ("zone", "dahuangshan"):
            client, actor, at = zone.client(username), zone.actor(username), boards.this_moment()
            for tab in (Tab.ALL, Tab.ISSUED):
                numbers = boards.counts(boards.board(actor, tab, at), at).of
                for showing, number in numbers.items():
                    shown = listed(client, f"{BOARD}?tab={tab}&state={showing}")
                    assert len(shown) == number, (username, tab, showing)
        numbers = boards.counts(boards.board(zone.actor("zone"), Tab.ALL, at), at).of
        told = {
            Showing.OVERDUE: 4,  # one and the two parts never received, one past its day
            Showing.RECEIPT: 3,
            Showing.COMPLETION: 1,
            Showing.WAITING: 1,
            Showing.HELD_UP: 1,
            Showing.REPORTED: 1,
            Showing.ASKED: 1,
            Showing.OPEN: 8,
            Showing.CLOSED: 1,
            Showing.TO_LOOK: 1,
        }
        assert {showing: numbers[showing] for showing in told} == told


def test_what_has_waited_longest_is_looked_at_first_and_says_until_when(zone: Zone) -> None:
    for number, title in ((0, "补齐党课记录"), (10, "换好活动室的窗户"), (20, "规范发展台账")):
        with day(number):
            due = clock.today() + dt.timedelta(days=4)
            item = receive(zone, give(zone, title=title, due_on=due))
            verify(zone, report(zone, item), "zone")
    with day(95):
        page = text_of(zone.client("dahuangshan").get(f"{BOARD}?tab=look"))
        titles = listed(zone.client("dahuangshan"), f"{BOARD}?tab=look")
        assert titles == ["补齐党课记录", "换好活动室的窗户", "规范发展台账"]
        assert "应在10月4日前回头看，还没有看" in page
        assert "10月14日前回头看" in page
        closed = listed(zone.client("dahuangshan"), f"{BOARD}?tab=all&state=closed")
        assert closed == titles
    with day(61):
        closed = listed(zone.client("dahuangshan"), f"{BOARD}?tab=all&state=closed")
        assert closed == ["补齐党课记录", "规范发展台账", "换好活动室的窗户"], "newest first"


def test_few_own_items_stand_before_the_numbers_without_a_filter(zone: Zone) -> None:
    def order(address: str, username: str = "huzhuang1") -> list[str]:
        page = text_of(zone.client(username).get(address))
        found = {"filter": 'name="order"', "numbers": "item-band", "item": 'class="item-row'}
        places = {word: page.find(sign) for word, sign in found.items()}
        return sorted((word for word in places if places[word] >= 0), key=lambda word: places[word])

    with day(0):
        assert order(BOARD) == ["numbers"], "nothing to do is said first"
        for _ in range(5):
            give(zone)
        assert order(BOARD) == ["item", "numbers"]
        assert order(f"{BOARD}?state=open") == ["numbers", "filter", "item"]
        assert order(BOARD, "zone") == ["numbers", "filter", "item"]
        give(zone)
        assert order(BOARD) == ["numbers", "filter", "item"]


def test_home_board_and_panel_say_the_same(zone: Zone) -> None:
    of_every_state(zone)
    with day(7):
        client, actor = zone.client("dahuangshan"), zone.actor("dahuangshan")
        work = collect(actor)
        lines_of = {item.lead_note: item for item in work.items}
        assert lines_of["待核验"].lead == "1 项"
        assert len(listed(client, lines_of["待核验"].url)) == 1
        assert lines_of["待答复"].lead == "1 项"
        assert len(listed(client, lines_of["待答复"].url)) == 1
        assert "待回头看" not in lines_of, "who closed it does not look again"
        rows = dict(next(card.rows for card in work.cards if card.title == "督办在办"))
        tabs = {tab.value: n for tab, n in boards.tab_counts(actor, boards.this_moment()).items()}
        assert rows == {
            "我办的": str(tabs["mine"]),
            "等我核验": str(tabs["verify"]),
            "我交办的": str(tabs["issued"]),
            "其中逾期": "2",
        }
        assert len(listed(client, f"{BOARD}?tab=issued&state=overdue")) == 2
        panel = next(one for one in panels.collect(actor, zone.branch) if one.title == "督办事项")
        shown = {row.label: row for row in panel.rows}
        assert {label: row.value for label, row in shown.items()} == {
            "在办": "6 项",
            "逾期": "2 项",
            "近 12 个月销号": "1 项",
        }
        for row in shown.values():
            assert len(listed(client, row.url)) == int(row.value.split()[0])
        assert [one.title for one in panels.collect(zone.actor("jinshanqiao"), zone.branch)] == []


def test_worst_comes_first_and_parts_stand_behind_their_whole(zone: Zone) -> None:
    of_every_state(zone)
    with day(7):
        shown = listed(zone.client("zone"), BOARD)
        assert set(shown[:3]) == {"还没有签收的", "办理逾期的", "核对名册"}
        assert shown[3:] == ["等住建局的", "申请延期的", "没有期限的", "报结了的"]
        page = text_of(zone.client("zone").get(BOARD))
        for words in (
            "没有期限，不算逾期",
            "2 个单位，0 个已办",
            "2 个逾期",
            "区住建局逾期",
            "停在第 0 天",
            "申请延至 7月31日",
        ):
            assert words in page, words


def test_who_sees_which_board(zone: Zone) -> None:
    with day(0):
        give(zone, title="交给一支部的")
        issuing.draft(
            issuer=zone.street,
            owners=[zone.branch],
            given=issuing.Given(title="还在拟稿的"),
            by=zone.actor("dahuangshan"),
        )
        assert listed(zone.client("huzhuang1"), BOARD) == ["交给一支部的"]
        assert listed(zone.client("dahuangshan"), f"{BOARD}?tab=issued") == [
            "交给一支部的",
            "还在拟稿的",
        ]
        assert listed(zone.client("dahuangshan"), f"{BOARD}?tab=all") == ["交给一支部的"]
        assert listed(zone.client("zone"), BOARD) == ["交给一支部的"]
        for username in ("huzhuang2", "jinshanqiao", "taoyuan1"):
            assert listed(zone.client(username), f"{BOARD}?tab=all") == []
        page = text_of(zone.client("huzhuang1").get(BOARD))
        assert "新督办" not in page
        assert "我交办的" not in page
        neighbour = f"{BOARD}?organization={zone.neighbour_branch.pk}"
        assert zone.client("dahuangshan").get(neighbour).status_code == 404


@pytest.mark.parametrize(
    "asked", ["tab=x", "state=x&order=y&source=z", "q=%E3%80%94", "page=99", "organization=x"]
)
def test_what_an_address_asks_in_vain_is_passed_over(zone: Zone, asked: str) -> None:
    with day(0):
        give(zone)
        status = zone.client("zone").get(f"{BOARD}?{asked}").status_code
    assert status == (404 if asked.startswith("organization") else 200)


def test_clocks_in_words(zone: Zone) -> None:
    with day(0):
        item = give(zone, due_on=dt.date(2026, 7, 11))  # a Saturday
        at = boards.this_moment()
        assert receipt_clock(item, at).text == "7月8日前签收"
        assert completion_clock(item, at).text == "剩 4 天，7月11日"
    with day(3):
        at = boards.this_moment()
        assert receipt_clock(item, at).text == "逾期 1 天，限 2 天"
        assert standing(item, at) == ("签收逾期", "bad")
        item = receive(zone, item)
        assert receipt_clock(item, at).text == "7月9日，晚 1 天"
    with day(4):
        assert completion_clock(item, boards.this_moment()).text == "休息日到期，7月11日"
    with day(5):
        assert completion_clock(item, boards.this_moment()).text == "今天到期，7月11日"
    with day(7):
        at = boards.this_moment()
        assert completion_clock(item, at).text == "逾期 1 天，7月11日到期"
        assert standing(item, at) == ("逾期", "bad")
        assert marks(item, at) == []
        report(zone, item)
        item.refresh_from_db()
        assert completion_clock(item, at).text == "7月13日报结，晚 1 天"
        assert [one.text for one in marks(item, at)] == ["曾逾期 1 天"]
        item = verify(zone, item)
        assert [one.text for one in marks(item, at)] == ["曾逾期 1 天", "已办成"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("〔2026〕62号", (2026, 62)),
        ("2026-62", (2026, 62)),
        ("62号", (0, 62)),
        ("62", (0, 62)),
        ("党课", (0, 0)),
        ("1999年2号", (0, 0)),
        ("9" * 40, (0, 0)),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, found: tuple[int, int]) -> None:
    assert number_in(text) == found


# --- one item ----------------------------------------------------------------------------------


def test_two_people_at_once_lose_no_words(zone: Zone) -> None:
    with day(0):
        item = receive(zone, give(zone))
        item.refresh_from_db()
        seen = item.revision
        url = reverse("action_items:item-progress", args=[item.pk])
        zone.client("officer").post(url, {"text": "已补一次", "revision": seen})
        client = zone.client("huzhuang1")
        answer = client.post(url, {"text": "我补了两次", "revision": seen})
        page = text_of(answer)
        assert answer.status_code == 409
        assert "另一人刚刚改过这项督办" in page
        assert "已补一次" in page
        assert "我补了两次" in page
        item.refresh_from_db()
        assert f'name="revision" value="{item.revision}"' in page
        again = client.post(url, {"text": "我补了两次", "revision": item.revision})
        assert again.status_code == 302
        late = client.post(
            reverse("action_items:item-receive", args=[item.pk]), {"responsible_name": "蔡航国"}
        )
        assert late.status_code == 409
        assert "蔡航国" in text_of(late), "what was typed is shown, though the form is gone"


def test_page_offers_each_side_its_acts(zone: Zone) -> None:
    with day(0):
        item = give(zone)
        url = item.get_absolute_url()

        def offers(username: str) -> set[str]:
            answer = zone.client(username).get(url)
            boxes = [answer.context["main"], *answer.context["folds"]]
            return {box.key for box in boxes if box is not None}

        assert offers("huzhuang1") == {"receive", "ask"}
        assert offers("officer") == {"receive"}
        assert offers("dahuangshan") == {"cancel"}
        assert offers("committee") == set()
        receive(zone, item)
        assert offers("huzhuang1") == {"progress", "report", "wait", "ask"}
        report(zone, item)
        assert offers("huzhuang1") == {"withdraw"}
        reported = zone.client("huzhuang1").get(url)
        assert reported.context["main"] is None, "to take it back is not what one comes for"
        assert offers("dahuangshan") == {"verify", "return", "cancel"}
        assert offers("zone") == {"verify", "return", "cancel"}
        verify(zone, item)
        assert offers("dahuangshan") == set()
    with day(70):
        assert offers("zone") == {"look"}
        assert offers("dahuangshan") == set(), "who closed it does not look again"


def test_giving_out_asks_first(zone: Zone) -> None:
    with day(0):
        client = zone.client("dahuangshan")
        typed = {
            **CHOSEN,
            "title": "补齐党课记录",
            "due_on": "2026-07-20",
            "owners": [zone.branch.pk, zone.branch2.pk],
            "go": "issue",
        }
        asked = client.post(NEW, typed)
        page = text_of(asked)
        assert "交办给 2 个单位：湖庄村第一支部、湖庄村第二支部" in page
        assert "签收期限：2026年7月8日（2 个工作日）" in page
        assert not ActionItem.objects.exists(), "tried and undone"
        done = client.post(NEW, {**typed, "agreed": "yes"}, follow=True)
        assert "已交办，责任单位已收到通知。文号〔2026〕1号。" in text_of(done)
        whole = ActionItem.objects.get(parent=None)
        assert whole.state == ActionState.DOING
        assert {part.state for part in whole.children.all()} == {ActionState.ISSUED}


def test_a_draft_has_its_number_and_is_changed_with_its_lines(zone: Zone) -> None:
    with day(0):
        client = zone.client("dahuangshan")
        typed: dict[str, Any] = {
            **CHOSEN,
            "title": "整改清单",
            "named": "湖庄村第一支部\n",
            "lines-0-problem": "缺记录",
            "lines-0-due_on": "2026-07-15",
            "lines-2-problem": "缺公示",
            "lines-2-figure_key": "",
        }
        more = client.post(NEW, {**typed, "more": "1"})
        assert more.status_code == 200
        assert text_of(more).count("<legend") >= 8, "three lines and five more"
        assert 'value="缺公示"' in text_of(more)
        assert not ActionItem.objects.exists()
        done = client.post(NEW, typed, follow=True)
        assert "已存为拟稿，还没有交办。文号〔2026〕1号。" in text_of(done)
        item = ActionItem.objects.get()
        assert [(one.position, one.problem) for one in item.lines.all()] == [
            (1, "缺记录"),
            (2, "缺公示"),
        ]
        edit = reverse("action_items:item-edit", args=[item.pk])
        assert 'value="缺记录"' in text_of(client.get(edit))
        values = {"title": "整改清单（改）", "revision": item.revision}
        values |= CHOSEN
        client.post(edit, values)
        item.refresh_from_db()
        assert item.title == "整改清单（改）"
        assert item.lines.count() == 2, "a program that sends no lines takes none away"
        client.post(edit, {**values, "revision": item.revision, "lines-0-problem": "只缺记录"})
        assert [one.problem for one in item.lines.all()] == ["只缺记录"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"named": "湖庄村"}, "“湖庄村”有几个相近的"),
        ({"named": "没有这个支部"}, "没有找到“没有这个支部”"),
        ({}, "请勾选责任单位"),
        ({"named": "桃园社区第一支部"}, "没有找到"),
        ({"named": "湖庄村第一支部", "due_on": "2026-07-01"}, "办理期限不能早于今天"),
        ({"named": "湖庄村第一支部", "title": "x"}, "至少 4 个字"),
        ({"named": "湖庄村第一支部", "lines-0-measure": "补"}, "请写明这一条的问题"),
        (
            {"named": "湖庄村第一支部\n湖庄村第二支部", "lines-0-problem": "缺记录"},
            "清单一次只交给一个单位",
        ),
    ],
)
def test_what_is_wrong_with_a_new_item_is_said(
    zone: Zone, changes: dict[str, str], words: str
) -> None:
    with day(0):
        answer = zone.client("dahuangshan").post(
            NEW, {**CHOSEN, "title": "补齐党课记录", **changes}
        )
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not ActionItem.objects.exists()


def test_one_tick_takes_all_committees_and_none_below(zone: Zone) -> None:
    with day(0):
        client = zone.client("zone")
        page = text_of(client.get(NEW))
        assert page.count('name="owners"') == 2
        assert page.count('name="under"') == 4
        client.post(NEW, {**CHOSEN, "title": "核对流动党员名册", "everyone": "1"})
    whole = ActionItem.objects.get(parent=None)
    assert [part.owner for part in whole.children.order_by("part")] == [
        zone.street,
        zone.neighbour_street,
    ]


def test_names_are_found_by_initials_too(zone: Zone) -> None:
    make_organization(
        "中共大黄山街道前姚社区支部委员会",
        parent=zone.street,
        short_name="前姚社区支部",
        name_pinyin="qianyaoshequzhibu",
        name_initials="qysqzb",
    )
    with day(0):
        zone.client("dahuangshan").post(NEW, {**CHOSEN, "title": "补齐党课记录", "named": "qysq"})
    assert str(ActionItem.objects.get().owner) == "前姚社区支部"


def test_files_of_both_sides(zone: Zone) -> None:
    with day(0):
        item = receive(zone, give(zone))
        add = reverse("action_items:attachment-add", args=[item.pk])
        owner, issuer = zone.client("huzhuang1"), zone.client("dahuangshan")
        owner.post(add, {"file": picture()})
        issuer.post(add, {"file": SimpleUploadedFile("说明.txt", b"x")})
        assert "没有上传" in text_of(issuer.get(item.get_absolute_url()))
        row = item.attachments.get()
        remove = reverse("action_items:attachment-remove", args=[row.uid])
        assert issuer.post(remove).status_code == 403, "the owner's evidence is the owner's"
        opened = issuer.get(reverse("action_items:attachment-open", args=[row.uid]))
        assert opened.status_code == 200
        for username in ("huzhuang2", "jinshanqiao"):
            answer = zone.client(username).get(opened.request["PATH_INFO"])
            assert answer.status_code == 404
        report(zone, item)
        assert owner.post(remove).status_code == 409, "what was reported stands"
        assert zone.client("committee").post(add, {"file": picture()}).status_code == 404


def test_a_relapse_leads_to_the_new_draft(zone: Zone) -> None:
    with day(0):
        item = verify(zone, report(zone, receive(zone, give(zone))))
    with day(70):
        answer = zone.client("zone").post(
            reverse("action_items:item-look", args=[item.pk]),
            {"lasting": "no", "note": "八月又没有记录"},
            follow=True,
        )
        page = text_of(answer)
        assert "已登记反弹，并拟好新的督办〔2026〕2号" in page
        assert "〔2026〕1号" in page
        assert "反弹" in text_of(zone.client("zone").get(item.get_absolute_url()))
        again = ActionItem.objects.get(relapse_of=item)
        assert again.source_kind == checking.RELAPSE
        shown = zone.client("zone").get(again.get_absolute_url())
        assert [one.url for one in shown.context["links"]] == [item.get_absolute_url()]


def test_lines_are_reported_checked_and_marked_on_the_page(zone: Zone) -> None:
    with day(0):
        item = with_lines(zone, "缺记录", "缺公示")
        first, second = item.lines.all()
        at = {"pk": item.pk, "record": first.pk}
        zone.client("huzhuang1").post(
            reverse("action_items:line-report", kwargs=at), {"evidence": "台账九页"}
        )
        verify_it = reverse("action_items:line-verify", kwargs=at)
        assert zone.client("huzhuang1").post(verify_it).status_code == 404
        zone.client("dahuangshan").post(verify_it)
        first.refresh_from_db()
        assert first.get_state_display() == "已办成"
        bad = zone.client("huzhuang1").post(
            reverse("action_items:line-report", kwargs={"pk": item.pk, "record": second.pk}),
            {"evidence": ""},
        )
        assert bad.status_code == 422
        assert bad.context["lines"][1].is_open == "report"
        lines.report_line(line=second, evidence="照片两张", by=zone.actor("huzhuang1"))
        assert listed(zone.client("dahuangshan"), f"{BOARD}?tab=verify") == ["整改清单"]
        other = give(zone)
        wrong = reverse("action_items:line-report", kwargs={"pk": other.pk, "record": second.pk})
        assert zone.client("huzhuang1").post(wrong).status_code == 404


# --- elsewhere ---------------------------------------------------------------------------------


def test_search_finds_items_by_number_title_and_person(zone: Zone) -> None:
    with day(0):
        item = give(zone, title="补齐支部党课记录", responsible_name="蔡航国")
        give(zone, title="另一件事情")

        def hits(username: str, query: str) -> list[str]:
            found = searching.find(zone.actor(username), query)
            return [hit.title for one in found if one.label == "督办事项" for hit in one.items]

        for query in ("1号", "〔2026〕1号", "党课", "蔡航国"):
            assert hits("huzhuang1", query) == [str(item)], query
        assert hits("jinshanqiao", "党课") == []


def test_other_roles_are_told_what_waits(zone: Zone) -> None:
    with day(0):
        give(zone)
        report(zone, receive(zone, give(zone)), "huzhuang1")
        user = make_user("both", "branch_secretary", zone.branch2)
        zone.users["both"] = user
        grants = [
            grant(user, "branch_secretary", zone.branch),
            grant(user, "committee_staff", zone.street),
        ]
        told = elsewhere(zone.actor("both"), [*user.grants.all()])
        texts = {one.grant_id: one.text for one in told}
        assert texts == {grants[0].pk: "1 项督办待办", grants[1].pk: "1 项督办待核验"}


def test_calendar_has_the_days_and_names_nobody(zone: Zone) -> None:
    with day(0):
        item = give(zone, title="蔡航国的党课记录")
        give(zone, title="没有期限的", due_on=None)
        entries = list(dates_of_items(zone.users["huzhuang1"].pk, clock.now()))
        told = feed_of(entries, stamp=clock.now())
    assert [entry.uid for entry in entries] == [f"action-item-{item.pk}@party-portal"]
    assert "20260710" in told
    assert "〔2026〕1号" in told
    assert "蔡航国" not in told
    long_ago = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert list(dates_of_items(zone.users["huzhuang2"].pk, long_ago)) == []


def test_home_leads_to_what_is_to_be_received_and_mended(zone: Zone) -> None:
    with day(0):
        give(zone, title="还没有签收的")
        item = report(zone, receive(zone, give(zone, title="要再办的")))
        item.refresh_from_db()
        checking.send_back(
            item=item, reason="还缺一次", by=zone.actor("dahuangshan"), revision=item.revision
        )
        work: Worklist = collect(zone.actor("huzhuang1"))
        titles = {one.title: one for one in work.items if "督办" in one.title}
        assert set(titles) == {"签收督办：还没有签收的", "督办：要再办的"}
        assert titles["督办：要再办的"].text.startswith("退回再办")
        assert titles["签收督办：还没有签收的"].button == "签收"


def test_month_pages_stand_side_by_side(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    for url in (BOARD, reverse("schedules:report-matrix")):
        page = text_of(client.get(url))
        assert 'aria-label="同一栏目"' in page
        assert "月报</a>" in page
    assert 'aria-label="同一栏目"' not in text_of(client.get(NEW))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_click_pressed_many_times_drafts_once() -> None:
    zone = build_zone()

    def typed() -> ActionItem:
        with day(0):
            return issuing.draft(
                issuer=zone.street,
                owners=[zone.branch],
                given=issuing.Given(title="补齐支部党课记录"),
                by=zone.actor("dahuangshan"),
                is_typed=True,
            )

    results = run_together([typed] * 5)
    assert sum(one.error is None for one in results) == 1, results
    assert sum(isinstance(one.error, Conflict) for one in results) == 4, results
    item = ActionItem.objects.get()
    assert item.serial == 1, "no number is lost by the others"
    with day(0):
        issuing.issue(item=item, by=zone.actor("dahuangshan"))

    def said() -> ActionItem:
        with day(0):
            return handling.comment(item=item, text="请抓紧", by=zone.actor("dahuangshan"))

    assert all(one.error is None for one in run_together([said] * 4))
    assert item.steps.filter(kind="comment").count() == 1
