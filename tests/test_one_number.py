"""The same word gives the same number on all pages: for a street, its general branches and the zone.

One walk goes through every rendered thing that says a number of a month or of the roll, and reads
words and numbers out of it (`tests/said.py`). It fails where a word has two numbers, where a page
says a word that `docs/words.md` does not know there, and where a word stands nowhere that the
table promises. Walked again after moves inside the street and across its border, an exit told
late, a death, a 停止党籍, an election, and a move told late with a day of June.
"""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from lxml.html import HtmlElement

from core import clock
from core.actor import system
from orgs.actions import offices, organizations, structure
from orgs.actions.history import Decision
from orgs.models import Organization
from schedules.action_items.actions import issuing
from schedules.rounds.actions import (
    arrangements,
    calendar,
    marks,
    opening,
    phases,
    reports,
    rollups,
)
from schedules.rounds.models import Duty, Plan, Report, ReportItem
from tests.said import (
    Said,
    document,
    listed,
    page,
    select,
    sheet,
    stats,
    table,
    text,
    words_of_the_table,
)
from tests.test_action_items import give, receive, verify
from tests.test_action_items import report as finish
from tests.test_figures import CHINA, D, Register
from tests.test_terms import elect, extend
from tests.world import Zone, make_organization, make_user

JUNE, JULY = "2026-06", "2026-07"
TYPED = {"highlights": ["带岗带责进网格"], "problems": "屋顶渗水", "next_plan": "七一主题党日"}
EXPLAINED = dict.fromkeys(("figures", "highlights", "problems", "next_plan"), "已核对")
# How a duty stands is told in one word; what it counts as follows from that word alone.
STANDS = {
    "待核": "待核",
    "退回": "退回待补",
    "退回待补": "退回待补",
    "已通过": "已通过",
    "已复核": "已通过",
    "未报": "未报",
    "待报": "待报",
    "锁定未报": "锁定未报",
}
STATES = {
    "submitted": "待核",
    "returned": "退回待补",
    "accepted": "已通过",
    "confirmed": "已通过",
}
RATES = {
    "expected": "应报",
    "submitted": "已报送",
    "on_time": "按时",
    "late": "迟报",
    "pending": "待报",
    "missing": "未报",
    "locked": "锁定未报",
    "returned": "退回待补",
    "accepted": "已通过",
}


ITEM_STATES = {
    "open": "在办",
    "overdue": "逾期",
    "issued": "待签收",
    "reported": "待核验",
    "closed": "已销号",
}


def at(month: int, day: int, hour: int = 9) -> clock.at:  # type: ignore[valid-type]
    return clock.at(dt.datetime(2026, month, day, hour, tzinfo=CHINA))


# --- the street ------------------------------------------------------------------------------


def secretary(zone: Zone, username: str, place: Organization) -> None:
    zone.users[username] = make_user(username, "branch_secretary", place)


def send(zone: Zone, username: str, period: str = JUNE) -> Report:
    actor = zone.actor(username)
    report = Report.objects.get(organization=actor.organization_id or 0, period=period)
    return reports.submit(
        report=report, revision=report.revision, typed=TYPED, explanations=EXPLAINED, by=actor
    )


def check(zone: Zone, place: Organization, username: str, **returned: str) -> None:
    report = Report.objects.get(organization=place, period=JUNE)
    reports.check(
        report=report, revision=report.revision, returned=returned, by=zone.actor(username)
    )


def told(day: dt.date) -> Decision:
    return Decision(on=day, document_number="徐经开组〔2026〕7号", note="经上级批准")


def _duty(place: Organization) -> dict[str, Any]:
    duty = Duty.objects.get(organization=place, period=JUNE)
    return {"duty": duty, "revision": duty.revision}


@pytest.fixture
def street(zone: Zone) -> Zone:
    """A committee with two general branches and a branch directly below it. Of the branches one is
    abolished in June, one founded in June and told in July, one is waived, one came back, one came
    back twice, one is locked, some are accepted, one is late; the month of July is open."""
    zone.register = register = Register()  # type: ignore[attr-defined]
    with at(5, 4):
        second = make_organization("朱庄村党总支", "general_branch", parent=zone.street)
        below = {
            "机关支部": zone.street,
            "项目支部": zone.general,
            "企业支部": zone.general,
            "朱庄第一支部": second,
            "朱庄第二支部": second,
            "朱庄第三支部": second,
            "朱庄第四支部": second,
        }
        zone.by_name = {  # type: ignore[attr-defined]
            name: make_organization(name, parent=parent) for name, parent in below.items()
        }
        zone.by_name["朱庄村党总支"] = second  # type: ignore[attr-defined]
        named = zone.by_name  # type: ignore[attr-defined]
        for index, name in enumerate(below, start=1):
            secretary(zone, f"zhi{index}", named[name])
        zone.users["zhuzhuang"] = make_user("zhuzhuang", "general_branch_staff", second)
        register.add(zone.branch, "甲", "乙", "丙", "丁")
        register.add(zone.branch, "预", category="probationary_member", full_member_on=None)
        register.add(zone.branch2, "戊", "己", is_mobile=True)
        register.add(named["机关支部"], "庚", "辛", is_excused=True)
        register.add(named["项目支部"], "壬")
        register.add(named["企业支部"], "癸", is_lost_contact=True)
        register.add(named["朱庄第一支部"], "子", "丑", "寅")
        register.add(named["朱庄第二支部"], "卯", "辰")
        register.add(named["朱庄第三支部"], "巳", state="suspended")
        register.add(named["朱庄第四支部"], "午", "未")
        register.add(zone.neighbour_branch, "邻一", "邻二")
    with at(5, 6):
        elect(zone.branch, D(2023, 9, 1))
        elect(zone.branch2, D(2023, 5, 2))
        elect(named["朱庄第一支部"], D(2023, 7, 20))
        extend(named["朱庄第一支部"], D(2026, 5, 6), D(2026, 12, 31))
        offices.take_up(
            organization=zone.branch,
            post="secretary",
            person_name="甲",
            started_on=D(2026, 5, 6),
            by=system(),
        )
    with at(6, 8):
        register.move("寅", zone.branch)
    with at(6, 12):
        register.leave("乙", D(2026, 6, 11), "deceased")
        register.move("邻二", named["企业支部"])
    with at(6, 20):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        Plan.objects.filter(pk=plan.pk).update(lock_working_days=5, grace_working_days=1)
        plan.refresh_from_db()
        zone.plan = plan  # type: ignore[attr-defined]
        opening.open_period(plan=plan, period=JUNE, by=system())
    with at(6, 25):
        register.move("壬", zone.branch2)
        named["项目支部"].refresh_from_db()
        structure.abolish(
            organization=named["项目支部"], decision=told(D(2026, 6, 25)), by=system()
        )
        opening.waive_closed(by=system())
    with at(7, 1):
        for username in ("huzhuang1", "zhi1", "zhi4"):
            send(zone, username)
    with at(7, 2):
        arrangements.extend(
            **_duty(named["朱庄第三支部"]),
            until=D(2026, 7, 31),
            reason="支部书记住院",
            by=zone.actor("dahuangshan"),
        )
    with at(7, 3):
        founded = organizations.found(
            name="中共大黄山街道新城支部委员会",
            short_name="新城支部",
            kind="branch",
            parent=Organization.objects.get(pk=zone.general.pk),
            decision=told(D(2026, 6, 22)),
            by=system(),
        )
        named["新城支部"] = founded
        opening.open_period(plan=plan, period=JUNE, by=system())
        check(zone, zone.branch, "huzhuang")
        check(zone, named["朱庄第一支部"], "zhuzhuang", problems="写明牵头人")
    with at(7, 6):
        send(zone, "huzhuang")
        send(zone, "taoyuan1")
        arrangements.waive(
            **_duty(named["企业支部"]),
            reason="支部正在改建",
            approved_by="街道党工委",
            by=zone.actor("dahuangshan"),
        )
        work_on_items(zone)
    with at(7, 9):  # after the day and its grace
        send(zone, "huzhuang2")
        check(zone, zone.branch2, "huzhuang")
        send(zone, "zhi5")
        check(zone, named["朱庄第二支部"], "zhuzhuang", problems="写明牵头人")
    with at(7, 10):
        send(zone, "zhi5")
        check(zone, named["朱庄第二支部"], "zhuzhuang", problems="写明日期")
        send(zone, "dahuangshan")
        check(zone, zone.general, "dahuangshan")
    with at(7, 14):
        for item in ReportItem.objects.filter(report__period=JUNE, key="problems"):
            if item.report.organization_id == zone.branch.pk:
                marks.mark(item=item, row=0, by=zone.actor("dahuangshan"))
            if item.report.organization_id == zone.branch2.pk:
                marks.answer(
                    item=item, row=0, text="已转办。", revision=0, by=zone.actor("dahuangshan")
                )
        opening.open_period(plan=plan, period=JULY, by=system())
        phases.pass_moments(by=system())
        rollups.refresh_all()
    return zone


def work_on_items(zone: Zone) -> None:
    """Of the branch one is closed, one reported, one under way and due on the 10th; of the general
    branch and another, as parts of one, two are not taken on; one is cancelled."""
    closed, reported, running, void = (give(zone) for _ in range(4))
    give(zone, [zone.general, zone.by_name["朱庄村党总支"]])  # type: ignore[attr-defined]
    issuing.cancel(
        item=void, reason="重复交办", revision=void.revision, by=zone.actor("dahuangshan")
    )
    for item in (closed, reported, running):
        receive(zone, item)
    for item in (closed, reported):
        finish(zone, item)
    verify(zone, closed)


# --- the walk --------------------------------------------------------------------------------


class Walk:
    """What everything says of a node's month, and of the roll as it stands today."""

    def __init__(self, zone: Zone, username: str, node: Organization) -> None:
        self.client: Client = zone.client(username)
        self.node = Organization.objects.get(pk=node.pk)
        self.said = Said()
        self.opened: dict[str, HtmlElement] = {}

    def open(self, address: str) -> HtmlElement:
        """The page, asked for once: nothing changes during a walk, and many figures lead to one."""
        if address not in self.opened:
            self.opened[address] = page(self.client, address)
        return self.opened[address]

    def month(self, period: str = JUNE) -> None:
        """Reports sent and not sent: board, month page, papers, sheets, answers."""
        address = f"organization={self.node.pk}&period={period}"
        self.board(address, period)
        self.matrix(address, period)
        self.papers(address, period)
        self.readings(address, period)
        self.totals(address, period)
        self.answers(period)

    def board(self, address: str, period: str) -> None:
        said, node = self.said, self.node
        found = self.open(f"/board/?{address}")
        for word, number, note, url in stats(found):
            self.pair(word, number, note, period, "board")
            if url and word in said.table and "/" in url:
                rows = self.open(url)
                name = "已报送" if "/" in number else word
                if not number.endswith("%"):
                    said.say(node, period, name, listed(rows), "board-rows")
                self.standing_rows(rows, period)
        self.grid(found, "table.board-grid", period, "board")
        submitted = expected = 0
        for one in select(found, "section.card"):
            if "按组织类型" in [text(head) for head in select(one, "h2")]:
                shares = [text(span).split(" / ") for span in select(one, "td > span.nowrap")]
                submitted = sum(int(first) for first, _ in shares)
                expected = sum(int(whole) for _, whole in shares)
        said.say(node, period, "已报送", submitted, "board")
        said.say(node, period, "应报", expected, "board")
        self.chart(found, period)
        for link in select(found, "a"):
            if match := re.fullmatch(r"全部 (\d+) 个", text(link)):
                said.say(node, period, "退回两次以上", match[1], "board")
                rows = self.open(link.get("href"))
                said.say(node, period, "退回两次以上", listed(rows), "board-rows")
        _, rows_of_sheet = table(sheet(self.client, f"/board/export/?{address}"))
        words = [
            word for word in rows_of_sheet[0] if word not in ("序号", "党组织", "报送用天（中位）")
        ]
        for row in rows_of_sheet:
            name = row["党组织"]
            if (
                name == "已划出的组织"
                or (name is None)
                or str(name).startswith(("负责人", "填表人"))
            ):
                continue
            of = node if name == "合计" else name
            for word in words:
                if row[word] is not None:
                    said.say(of, period, word, row[word], "board-sheet")

    def chart(self, found: HtmlElement, period: str) -> None:
        """The table behind the chart of the months."""
        drawn = select(found, ".chart-table")[0]
        head = [text(one) for one in select(drawn, "thead th")]
        for row in select(drawn, "tbody tr"):
            cells = [text(one) for one in row]
            if cells[0] != f"{period[:4]}年{int(period[5:])}月":
                continue
            for word, number in zip(head[1:], cells[1:], strict=True):
                if number != "—":
                    self.said.say(self.node, period, word, number.removesuffix("%"), "board")

    def pair(self, word: str, number: str, note: str, period: str, where: str) -> None:
        """已报送 5 / 9 is 应报 too, and says the share beside it."""
        said, node = self.said, self.node
        first, _, whole = number.partition(" / ")
        said.say(node, period, word, first.removesuffix("%"), where)
        if whole:
            said.say(node, period, "应报", whole, where)
            said.say(node, period, "报送率", note.removesuffix("%"), where)

    def standing_rows(self, found: HtmlElement, period: str) -> None:
        for row in select(found, "tbody tr"):
            name = row.find("th/a")
            if name is None:
                continue
            pills = [text(one) for one in select(row.find("td"), ".pill")]
            self.stands(text(name), period, pills, "board-rows")

    def stands(self, of: str, period: str, words: list[str], where: str) -> None:
        """How one duty stands, in the words of a pill, a cell or a column."""
        for word in words:
            if word == "迟报":
                continue
            if word not in STANDS:
                self.said.wrong.append(f"{where} says that {of} stands as {word}")
                continue
            self.said.say(of, period, "状态", STANDS[word], where)

    def grid(self, found: HtmlElement, css: str, period: str, where: str) -> None:
        """The last column of a grid: sums of what lies below, or how one duty stands."""
        for row in select(found, f"{css} tbody tr"):
            name = text(row.find("th")).removeprefix("└").strip()
            cell = select(row, "td.c")[-1]
            shown, title = text(cell), cell[0].get("title", "").partition("：")[2]
            if name == "已划出的组织" or shown == "—":
                continue
            if match := re.match(r"(\d+)/(\d+)", shown):
                self.said.say(name, period, "已报送", match[1], where)
                self.said.say(name, period, "应报", match[2], where)
                continue
            word = "待报" if title.endswith("截止") else title.removeprefix("迟报，")
            self.stands(name.removesuffix("（本级）"), period, [word], where)

    def matrix(self, address: str, period: str) -> None:
        said, node = self.said, self.node
        found = self.open(f"/reports/?{address}")
        for word, number, note, _ in stats(found):
            self.pair(word, number, note, period, "month")
        self.grid(found, "table.matrix", period, "month")
        for one in select(found, ".toolbar a.go"):
            if match := re.fullmatch(r"提醒 (\d+) 个(.+)组织", text(one)):
                own = Duty.objects.filter(organization=node, period=period).first()
                words = own.counts_as & {"missing", "pending"} if own else ()
                number = int(match[1]) + len(words)
                said.say(node, period, match[2], number, "month")
        above, _ = table(sheet(self.client, f"/reports/export/?{address}"))
        line = next(one for one in above if "应报" in one)
        for match in re.finditer(r"([一-龥]+) (\d+)(?=[，,]|$)", line.partition("；")[2]):
            word = match[1].removeprefix("2026年6月").removeprefix("6月").removeprefix("月")
            said.say(node, period, word, match[2], "month-sheet")

    def papers(self, address: str, period: str) -> None:
        said, node = self.said, self.node
        found = self.open(f"/reports/month/print/?{address}")
        self.sentence(text(select(found, ".paper > p")[0]), period, "print")
        sections = select(found, ".paper-report")
        states = [text(select(one, "p.muted")[0]).rpartition(" · ")[2] for one in sections]
        is_whole = counts_all(found)
        if is_whole:
            said.say(node, period, "已报送", len(sections), "print")
            late = [one for one in sections if "迟报" in text(one.find("h3"))]
            said.say(node, period, "迟报", len(late), "print")
        for one, state in zip(sections, states, strict=True):
            name = text(one.find("h3")).removesuffix(" 迟报")
            self.stands(name, period, [state], "print")
            line = select(one, "p.paper-line")
            numbers = line[0].findall("b") if line else []
            for number in numbers:
                before = number.getprevious()
                label = (before.tail if before is not None else line[0].text) or ""
                label = re.sub(r"^(?:人次|[人个份次])?，", "", label.strip()).strip()
                said.say(name, f"{period} sent", label, text(number), "print")
        paragraphs, _ = document(self.client, f"/reports/month/docx/?{address}")
        self.sentence(" ".join(paragraphs[:8]), period, "word")
        name = ""
        for line in paragraphs:
            if match := re.match(r"（\d+）(.+)", line):
                name = match[1]
            elif name and re.match(r"(上期末在册|所属支部)\d", line):
                for label, number in re.findall(r"([^，\d]+)(\d+)[人个份次]", line):
                    said.say(name, f"{period} sent", label, number, "word")
        above, rows = table(sheet(self.client, f"/reports/month/export/?{address}"))
        self.sentence(" ".join(above), period, "reports-sheet")
        full = {row.name: str(row) for row in Organization.objects.all()}
        rows = [row for row in rows if row["党组织"] in full]
        counts: dict[str, int] = {}
        for row in rows:
            name, state = full[row["党组织"]], STANDS.get(row["状态"], row["状态"])
            self.stands(name, period, [row["状态"]], "reports-sheet")
            counts[state] = counts.get(state, 0) + 1
            for label, number in row.items():
                if isinstance(number, int) and label not in ("序号", "附件"):
                    said.say(name, f"{period} sent", label, number, "reports-sheet")
        if is_whole:
            said.say(node, period, "应报", len(rows), "reports-sheet")
            late = sum(row["是否迟报"] == "是" for row in rows)
            said.say(node, period, "迟报", late, "reports-sheet")
            for word, number in counts.items():
                said.say(node, period, word, number, "reports-sheet")

    def readings(self, address: str, period: str) -> None:
        """What was written: how much of each use, in the list of each, on paper and in the sheet."""
        said, node = self.said, self.node
        found = page(self.client, f"/reports/read/?{address}")
        self.head(found, period, "reading")
        for word, number, _, url in stats(found):
            said.say(node, period, word, number, "reading")
            if not url:
                continue
            rows = page(self.client, f"/reports/read/{url}")
            said.say(node, period, word, listed(rows) + left_out(rows), "reading")
            paper = page(self.client, f"/reports/read/print/{url}")
            count = re.search(r"以下 (\d+) 项", text(paper))
            assert count is not None
            said.say(node, period, word, int(count[1]) + left_out(paper), "reading-print")
            _, sheet_rows = table(sheet(self.client, f"/reports/read/export/{url}"))
            items = {(row["党组织"], row["项目"]) for row in sheet_rows if row["序号"]}
            said.say(node, period, word, len(items) + left_out(rows), "reading-sheet")

    def totals(self, address: str, period: str) -> None:
        """The numbers added up, and each of them for those directly below."""
        said, when = self.said, f"{period} sent"
        found = page(self.client, f"/reports/read/totals/?{address}")
        self.head(found, period, "totals")
        for row in select(found, "table.totals tbody tr"):
            link = row.find("th/a")
            word, number = text(link), text(row.find("td"))
            said.say(self.node, when, word, number, "totals")
            parts = page(self.client, f"/reports/read/totals/{link.get('href')}")
            for part in select(parts, "table.totals tbody tr"):
                name = text(part.find("th"))
                if name != "已划出的组织" and text(part.find("td")) != "—":
                    said.say(name, when, word, text(part.find("td")), "totals")
            whole = select(parts, "table.totals tfoot tr")[0]
            said.say(self.node, when, word, text(whole.find("td")), "totals")
        heads, rows = table(sheet(self.client, f"/reports/read/totals/export/?{address}"))
        assert heads
        now = f"{period[:4]}年{int(period[5:])}月"
        for row in rows:
            name = str(row["党组织"]).removesuffix("合计")
            if row["序号"] and name != "已划出的组织" and row[now] is not None:
                said.say(name, when, row["数字"], int(row[now]), "totals-sheet")

    def head(self, found: HtmlElement, period: str, where: str) -> None:
        """已报 5 / 9 份 in the line below the heading."""
        counts = re.search(r"已报 (\d+) / (\d+) 份", text(found))
        assert counts is not None
        self.said.say(self.node, period, "已报送", counts[1], where)
        self.said.say(self.node, period, "应报", counts[2], where)

    def sentence(self, line: str, period: str, where: str) -> None:
        """应报 9 份，已报 6 份。未报 2 个：…"""
        for word, number in re.findall(r"([一-龥]+) (\d+) [份个]", line):
            if word not in ("另有",):
                self.said.say(self.node, period, word.removeprefix("共") or "应报", number, where)

    def answers(self, period: str) -> None:
        said, node = self.said, self.node
        totals = dict.fromkeys(RATES, 0)
        address = f"/api/v1/reporting-rates/?organization={node.pk}&page_size=200"
        for row in self.results(f"{address}&period_from={period}&period_to={period}"):
            for key, word in RATES.items():
                totals[key] += row[key]
                if row["is_subtree"] and row["organization_name"]:
                    said.say(row["organization_name"], period, word, row[key], "api-rates")
        for key, word in RATES.items():
            said.say(node, period, word, totals[key], "api-rates")
        for row in self.results(f"/api/v1/duties/?period={period}&page_size=200"):
            if row["state"] == "waived":
                continue
            word = (
                STATES.get(row["state"])
                or {
                    "running": "待报",
                    "due": "未报",
                    "locked": "锁定未报",
                }[row["phase"]]
            )
            self.stands(row["organization_name"], period, [word], "api-duties")

    def results(self, address: str) -> list[dict[str, Any]]:
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = answer.json()["results"]
        assert answer.json().get("next") is None, "more than one page"
        return found

    def report(self, place: Organization, period: str, when: str) -> None:
        """The figures of one report: on its page, printed, in Word, as a sheet, by the API, and
        the rows behind each."""
        said = self.said
        found = Report.objects.filter(organization=place, period=period).first()
        if found is None:
            return
        shown = self.open(f"/reports/{found.pk}/")
        names: list[str] = []
        for one in select(shown, ".figures > div"):
            label = (one.find("span").text or "").strip()
            number = text(one.find("b"))
            names.append(label)
            said.say(place, when, label, number, "report")
            link = one.find("span/a")
            if link is not None:
                self.behind(place, when, label, link.get("href"))
        for row in select(self.open(f"/reports/{found.pk}/print/"), ".paper-figures tr"):
            cell = re.match(r"\d+", text(select(row, "td")[0]))
            if cell:
                said.say(place, when, text(row.find("th")), cell[0], "report-print")
        for label, number, *_ in document(self.client, f"/reports/{found.pk}/docx/")[1]:
            if match := re.match(r"\d+", number):
                said.say(place, when, label, match[0], "report-word")
        _, rows = table(sheet(self.client, f"/reports/{found.pk}/xlsx/"))
        for row in rows:
            if row["来源"]:
                said.say(place, when, row["项目"], row["内容"], "report-sheet")
        answer = self.client.get(f"/api/v1/monthly-reports/{found.pk}/").json()
        for item in answer["items"]:
            for row in item["value"].get("figures", []):
                said.say(place, when, row["label"], row["value"], "api-report")

    def behind(self, place: Organization, when: str, label: str, address: str) -> None:
        """As many rows as the figure says; the account of movements says all of it again."""
        found = self.open(address)
        where = {
            "/members/movements/": "movements",
            "/members/": "member-list",
            "/organizations/": "organization-list",
            "/reports/sent/": "sent-list",
            "/life/": "life-list",
            "/life/duties/": "life-duties",
        }[address.partition("?")[0]]
        self.said.say(place, when, label, listed(found), where)
        if where == "movements":
            for row in select(select(found, "table")[0], "tbody tr"):
                word, number = text(row.find("th")), text(row.find("td"))
                self.said.say(place, when, word.lstrip("＋－ "), number, where)
                link = row.find("td/a")
                if link is not None:
                    self.movement(place, when, word.lstrip("＋－ "), link.get("href"))

    def movement(self, place: Organization, when: str, word: str, address: str) -> None:
        where = "movements" if "/movements/" in address else "member-list"
        self.said.say(place, when, word, listed(self.open(address)), where)

    def today(self, *places: Organization) -> None:
        """The roll as it stands: the organisation's page, the lists, the answers, the sheets."""
        for place in places:
            place.refresh_from_db()
            self.organization(place)
            self.members(place)
        found = self.open("/organizations/")
        leaves = select(found, "ul.tree .leaf")
        names = {str(row.pk): str(row) for row in Organization.objects.all()}
        for leaf in leaves:
            pk = leaf.find("a").get("href").strip("/").rpartition("/")[2]
            place = names.get(pk, "")
            if match := re.search(r"党员 (\d+)", text(leaf)):
                self.said.say(place, "today", "党员", match[1], "organization-list")
        if self.client.get("/organizations/export/").status_code == 404:
            return  # not everybody may take the roster along
        _, rows = table(sheet(self.client, "/organizations/export/", {"scope": "masked"}))
        full = {row.name: str(row) for row in Organization.objects.all()}
        for row in rows:
            if row["党组织全称"] in full and isinstance(row["党员数"], int):
                self.said.say(full[row["党组织全称"]], "today", "党员数", row["党员数"], "roster")

    def organization(self, place: Organization) -> None:
        said = self.said
        found = self.open(f"/organizations/{place.pk}/")
        for word, number, _, _ in stats(found):
            said.say(place, "today", word, number, "organization")
        for card in select(found, ".card"):
            title = select(card, "h2")
            if not title or text(title[0]) not in ("党员", "月报"):
                continue
            for label, value in zip(select(card, "dt"), select(card, "dd"), strict=True):
                if match := re.fullmatch(r"(\d+) 人", text(value)):
                    said.say(place, "today", text(label), match[1], "organization")
                    rows = self.open(select(value, "a")[0].get("href"))
                    said.say(place, "today", text(label), listed(rows), "member-list")
                elif text(label) == "2026年6月":
                    words = text(value).removeprefix("迟报，")
                    self.stands(str(place), JUNE, [words], "organization")

    def members(self, place: Organization) -> None:
        said = self.said
        address = f"/members/?organization={place.pk}"
        found = self.open(address)
        for word, number, _, _ in stats(found):
            said.say(place, "today", word, number, "member-list")
        said.say(place, "today", "在册", listed(found), "member-list")
        subtitle = re.search(r"在册 (\d+) 人", text(found))
        assert subtitle is not None
        said.say(place, "today", "在册", subtitle[1], "member-list")
        asked = {"scope": "masked", "purpose": "核对"}
        rows = sheet(self.client, f"/members/export/?organization={place.pk}", asked)
        total = next(row[1] for row in rows if row[0] == "合计")
        said.say(place, "today", "在册", str(total).removesuffix("人"), "roster")
        for query, word in (
            ("", "在册"),
            ("&denominator=expected", "应到"),
            ("&denominator=entitled", "有表决权"),
            ("&category=probationary_member", "预备党员"),
            ("&category=full_member", "正式党员"),
            ("&presence=mobile", "流动党员"),
            ("&presence=lost", "失联党员"),
            ("&state=suspended", "停止党籍（不计在册）"),
        ):
            answer = self.client.get(f"/api/v1/members/?organization={place.pk}{query}&page_size=1")
            said.say(place, "today", word, answer.json()["count"], "api-members")

    def items(self, *places: Organization) -> None:
        """Action items as they stand: sheet, paper, answers, and the rows behind figures."""
        for place in places:
            for state, word in ITEM_STATES.items():
                address = f"state={state}&organization={place.pk}"
                above = " ".join(
                    str(row[0])
                    for row in sheet(self.client, f"/action-items/export/?{address}")[:3]
                )
                printed = text(page(self.client, f"/action-items/print/?{address}"))
                for where, shown in (("items-sheet", above), ("items-print", printed)):
                    number = re.search(r"共 (\d+) 项", shown)
                    assert number is not None, shown
                    self.said.say(place, "items", word, number[1], where)
                answer = self.client.get(
                    f"/api/v1/action-items/?state={state}&below={place.pk}&page_size=1"
                ).json()
                self.said.say(place, "items", word, answer["count"], "api-items")
            for figure in ("open", "overdue", "closed", "closed_late", "relapsed"):
                found = page(
                    self.client,
                    f"/action-items/rows/?figure=items_{figure}&organization={place.pk}&period={JULY}",
                )
                word = text(select(found, "h1")[0])
                self.said.say(place, "items", word, listed(found), "items-rows")

    def home(self, username_of: Organization, period: str = JUNE) -> None:
        """What is missing below, without one's own, and what waits to be checked."""
        found = self.open("/")
        own = Duty.objects.filter(organization=username_of, period=period).first()
        mine = own.counts_as if own else frozenset()
        for one in select(found, "li.due h2"):
            match = re.match(rf"下级 (\d+) 个(.+?){period[:4]}年{int(period[5:])}月", text(one))
            if match:
                word = match[2]
                key = {"未报": "missing", "锁定未报": "locked", "待报": "pending"}[word]
                number = int(match[1]) + (key in mine)
                self.said.say(username_of, period, word, number, "home")


def years_own(zone: Zone, username: str, place: Organization) -> Said:
    """What a secretary is told of his own year: on the home and on the page of the year."""
    walk = Walk(zone, username, place)
    said, client = walk.said, walk.client
    for card in select(page(client, "/"), ".card"):
        for label, value in zip(select(card, "dt"), select(card, "dd"), strict=True):
            if match := re.fullmatch(r"(\d+) / (\d+)", text(value)):
                said.say(place, "2026", text(label).removeprefix("月报"), match[1], "home")
                said.say(place, "2026", "应报", match[2], "home")
    found = page(client, f"/reports/?organization={place.pk}&year=2026")
    for word, number, _, _ in stats(found):
        said.say(place, "2026", word, number, "year")
    walk.report(walk.node, JUNE, f"{JUNE} sent")
    walk.today(walk.node)
    return said


def left_out(found: HtmlElement) -> int:
    """How many items are counted and not listed."""
    more = re.search(r"另有 (\d+) 项由已划出的组织", text(found))
    return int(more[1]) if more else 0


def counts_all(found: HtmlElement) -> bool:
    return "已划出" not in text(found)


def walked(zone: Zone, username: str, node: Organization) -> Said:
    """All that is said to somebody of his organisation."""
    walk = Walk(zone, username, node)
    walk.month()
    walk.report(walk.node, JUNE, f"{JUNE} sent")
    walk.report(walk.node, JULY, "today")
    walk.today(walk.node, zone.general, zone.branch)
    walk.home(walk.node)
    walk.items(walk.node, zone.branch)
    return walk.said


def everywhere(zone: Zone) -> dict[str, Said]:
    found = {
        "street": walked(zone, "dahuangshan", zone.street),
        "general": walked(zone, "huzhuang", zone.general),
        "zone": walked(zone, "zone", zone.root),
        "branch": years_own(zone, "huzhuang1", zone.branch),
    }
    return found


def july(zone: Zone) -> None:
    """Moves inside the street and across its border both ways, told on the day; an exit with a
    day of June, a death, a 停止党籍, an election."""
    named, register = zone.by_name, zone.register  # type: ignore[attr-defined]
    general = Organization.objects.get(pk=zone.general.pk)
    with at(7, 14, 16):
        move(named["机关支部"], general, D(2026, 7, 14))
    with at(7, 14, 17):
        move(named["朱庄第一支部"], zone.neighbour_street, D(2026, 7, 14))
        move(zone.neighbour_branch, named["朱庄村党总支"], D(2026, 7, 14))
        register.leave("丙", D(2026, 6, 28))
    with at(7, 15, 9):
        register.leave("戊", D(2026, 7, 15), "deceased")
        register.change("己", state="suspended")
        register.move("邻一", zone.branch)
    with at(7, 15, 15):
        elect(zone.branch2, D(2026, 7, 15))
        send(zone, "huzhuang1", JULY)
        rollups.refresh_all()


def move(place: Organization, parent: Organization, day: dt.date) -> None:
    structure.move(
        organization=Organization.objects.get(pk=place.pk),
        parent=Organization.objects.get(pk=parent.pk),
        decision=told(day),
        by=system(),
    )


def told_late(zone: Zone) -> None:
    """Moves with a day of June, inside the street and across its border."""
    named = zone.by_name  # type: ignore[attr-defined]
    move(named["朱庄第四支部"], zone.general, D(2026, 6, 29))
    move(named["朱庄第二支部"], zone.neighbour_street, D(2026, 6, 30))
    rollups.refresh_all()


def agreed(zone: Zone) -> dict[str, Said]:
    found = everywhere(zone)
    faults = [f"{who}: {fault}" for who, said in found.items() for fault in said.faults()]
    assert not faults, "\n".join(faults)
    return found


def test_one_word_has_one_number_everywhere(street: Zone) -> None:
    with at(7, 14, 15):
        before = agreed(street)
        address = f"/reports/?organization={street.street.pk}&period={JUNE}"
        notes = {word: note for word, _, note, _ in stats(page(street.client("zone"), address))}
        assert notes["待报"] == "未到截止", "it was put off: the day that has passed is not near"
    july(street)
    with at(7, 15, 16):
        after = agreed(street)
    for who in before:
        for when in (JUNE, f"{JUNE} sent"):
            was, now = before[who].of(when), after[who].of(when)
            kept = {key: number for key, number in now.items() if key in was}
            assert kept == {key: was[key] for key in kept}, f"July changed what June was to {who}"
            assert len(kept) > 10 or (who, when) in ALONE
    with at(7, 15, 17):
        told_late(street)
        late = agreed(street)
    assert late["street"].of(JUNE)["大黄山街道", "应报"] == "10", "one has left, of those of June"
    assert_table_is_whole([*before.values(), *after.values(), *late.values()])


# Who has no report of his own, and whose own month says one thing only.
ALONE = [("branch", JUNE)]


def assert_table_is_whole(found: list[Said]) -> None:
    """Every place that the table names says its word: what is gone from a page goes from it."""
    seen = {
        (word, place) for said in found for word, places in said.places.items() for place in places
    }
    told_of = {(one.word, place) for one in words_of_the_table().values() for place in one.places}
    assert seen == told_of
