"""A branch's month, walked as its secretary does it, and what a year asks of each class, as docs/burden.md
has them: `.venv/bin/python -m tests.burden` prints both, with `--write` they are written into the page.
"""

import datetime as dt
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests import servers

MONTHS = "25"  # this year and the last
PASSWORD = "Demo-2026-jingkai"  # that of the live portal of tests/conftest.py
PAGE = Path(__file__).parents[1] / "docs" / "burden.md"
# What is written anew stands between these, in the order of the page.
MONTH, YEAR = "month", "year"
# The keystroke-level model (Card, Moran, Newell: The Psychology of Human-Computer Interaction,
# 1983): thinking before each step 1.35 s, pointing 1.10 s, pressing 0.20 s, a key of a slow typist
# 0.50 s. A Chinese character takes about three keys.
STEP, KEY = 1.35 + 1.10 + 0.20, 0.50
BRANCH = "前姚社区第三支部"  # what is recorded here is in no other journey's way
ITEMS = ("补齐三季度党课记录", "核对流动党员联系方式")


@dataclass
class Hand:
    """Does what a person does, and counts it by what it was for."""

    page: Any
    at: str = ""
    counted: dict[str, list[int]] = field(default_factory=dict)

    def begin(self, what: str) -> None:
        """What follows is counted under this name."""
        self.at = what
        self.counted.setdefault(what, [0, 0, 0, 0])

    def click(self, what: str, saying: str | re.Pattern[str] = "") -> None:
        """A tap or click."""
        self.page.locator(what).filter(has_text=saying).first.click()
        self.counted[self.at][0] += 1

    def write(self, what: str, text: str) -> None:
        """A field that is written."""
        self.page.fill(what, text)
        self.counted[self.at][1] += 1
        self.counted[self.at][2] += len(text)
        self.counted[self.at][3] += sum(1 if one.isascii() else 3 for one in text)


def row(name: str, clicks: int, fields: int, characters: int, keys: int) -> str:
    """A line of the table; the seconds are what a person takes by the keystroke-level model."""
    seconds = round((clicks + fields) * STEP + keys * KEY)
    return f"| {name} | {clicks} | {fields} | {characters} | {seconds} |"


def table(counted: dict[str, list[int]]) -> str:
    """The table as the page has it."""
    lines = ["| | taps and clicks | fields | characters | seconds |", "|---|---|---|---|---|"]
    total = [sum(column) for column in zip(*counted.values(), strict=True)]
    lines += [row(name, *figures) for name, figures in counted.items()]
    return "\n".join([*lines, row("whole month", *total)])


def give_out(page: Any, branch: str) -> None:
    """The committee gives out two items: nothing of it is the branch's work."""
    day = dt.date.today() + dt.timedelta(days=21)
    for title in ITEMS:
        page.goto("/action-items/new/")
        page.fill("[name=named]", branch)
        page.fill("[name=title]", title)
        page.fill("[name=demand]", "写明查了什么、补了什么。")
        page.fill("[name=due_on]", day.isoformat())
        page.click("main button:has-text('交办')")
        page.wait_for_selector("text=交办给 1 个单位")
        page.click("button:has-text('交办')")
        page.wait_for_selector(".notice.success:has-text('文号〔')")


def hold(hand: Hand, kind: str, *, agenda: str, absent: int = 0, vote: str = "") -> None:
    """One meeting written down: who did not come, what it was about, what was decided."""
    page = hand.page
    page.goto("/life/")
    hand.click("a", saying=re.compile("^登记$"))
    page.wait_for_selector(".kinds")
    hand.click(".kinds a", saying=re.compile(f"^{kind}$"))
    page.wait_for_selector(".names.is-grid")
    for number in range(absent):
        page.locator(".names button").nth(number * 2).click()
        hand.counted[hand.at][0] += 1
        hand.click(".why-bar button", saying="病假")
    hand.write("[name=agenda]", agenda)
    if vote:
        hand.write("[name='votes-0-subject']", vote)
        hand.write("[name='votes-0-for_']", page.input_value("[name='votes-0-present']"))
    hand.click("form.record button.go")
    page.wait_for_selector(".notice.success")


def walk(page: Any) -> dict[str, list[int]]:
    """The month on the page of a phone where nobody is signed in; what it took, by what it was for."""
    hand = Hand(page)
    hand.begin("signing in")
    page.goto("/")
    hand.write("input[name=username]", "b00007")
    hand.write("input[name=password]", PASSWORD)
    hand.click("button", saying="登录")
    page.wait_for_selector("main h1")

    hand.begin("支部党员大会")
    hold(
        hand,
        "支部党员大会",
        agenda="学习上级精神，讨论明年工作打算。",
        absent=2,
        vote="通过明年工作打算",
    )
    hand.begin("支委会")
    hold(hand, "支委会", agenda="研究主题党日安排，汇总近期问题。")
    hand.begin("党课")
    hold(hand, "党课", agenda="书记讲党课：把责任田种成示范田。", absent=1)
    hand.begin("主题党日")
    hold(hand, "主题党日", agenda="重温入党誓词，整治村口环境。", absent=2)

    hand.begin("monthly report")
    page.goto("/")
    hand.click("main a.btn", saying=re.compile("查看草稿|填写"))
    page.wait_for_selector("#text-problems")
    hand.write("#text-problems", "无")
    with page.expect_navigation():
        hand.click("#item-next_plan button", saying="选用")
    hand.click("main button", saying=re.compile("^报送$"))
    page.wait_for_selector(".notice.success")

    hand.begin("two items")
    for title in ITEMS:
        page.goto("/")
        page.locator("li.due", has_text=title).locator("a.btn").click()
        hand.counted[hand.at][0] += 1
        page.wait_for_selector("#act")
        hand.click("#act button", saying="签收")
        page.wait_for_selector(".notice.success")
        report_done(hand, "已查，缺的一次记录已补齐。")

    return hand.counted


def report_done(hand: Hand, words: str) -> None:
    """报结: one sentence."""
    hand.click("summary", saying="报结")
    hand.write("details[open] [name=result]", words)
    hand.click("details[open] button", saying="报结")
    hand.page.wait_for_selector(".notice.success:has-text('已报结')")


def between(text: str, name: str, put: str) -> str:
    """The page with what stands between the marks of the name replaced."""
    first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, _, rest = text.partition(first)
    _, _, tail = rest.partition(last)
    return f"{head}{first}\n{put}\n{last}{tail}"


def main() -> None:
    """Builds a demo zone of its own, walks the month, and asks for the year."""
    with tempfile.TemporaryDirectory(prefix="portal-burden-") as folder:
        environment = servers.portal_environment(Path(folder), DEMO_PASSWORD=PASSWORD)
        servers.manage(environment, "migrate", "--verbosity", "0")
        servers.manage(environment, "seed_demo", "--months", MONTHS, timeout=900)
        year = servers.manage(environment, "burden_year").strip()
        portal = servers.start_portal(environment)
        try:
            month = table(_walked(portal.url))
        finally:
            portal.stop()
    if "--write" in sys.argv:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(between(between(text, MONTH, month), YEAR, year), encoding="utf-8")
    sys.stdout.write(f"{month}\n\n{year}\n")


def _walked(base: str) -> dict[str, list[int]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=servers.chromium_path(), args=["--no-sandbox", "--disable-gpu"]
        )

        def open_one(width: int, height: int) -> Any:
            context = browser.new_context(
                base_url=base,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                viewport={"width": width, "height": height},
            )
            context.set_default_timeout(60_000)  # a limit of waiting: busy machines
            return context.new_page()

        committee = open_one(1440, 900)
        committee.goto("/")
        committee.fill("input[name=username]", "dahuangshan")
        committee.fill("input[name=password]", PASSWORD)
        committee.press("input[name=password]", "Enter")
        committee.wait_for_selector("input[name=password]", state="detached")
        give_out(committee, BRANCH)
        found = walk(open_one(390, 844))
        browser.close()
    return found


if __name__ == "__main__":
    main()
