"""督办 in a real browser: given out by a committee, done by a branch on its phone, sent back once,
closed by the committee. axe looks at every page on the way."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.test_journeys import DOT, look

pytestmark = pytest.mark.browser
TITLE = "补齐三季度三次党课的记录"


def test_an_item_from_giving_out_to_closing(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    committee = open_page(width=1440, height=900)
    sign_in(committee, "dahuangshan")
    committee.goto("/action-items/new/")
    look(committee, axe_problems)
    committee.fill("[name=named]", "湖庄村第一支部")
    committee.fill("[name=title]", TITLE)
    committee.fill("[name=demand]", "每次党课要有签到表和记录。")
    day = dt.date.today() + dt.timedelta(days=21)
    committee.fill("[name=due_on]", day.isoformat())
    committee.click("main button:has-text('交办')")
    committee.wait_for_selector("text=交办给 1 个单位：湖庄村第一支部")
    look(committee, axe_problems)
    committee.click("button:has-text('交办')")
    committee.wait_for_selector(".notice.success:has-text('文号〔')")
    address = committee.url

    branch = open_page(width=390, height=844)
    sign_in(branch, "huzhuang1")
    branch.locator("li.due", has_text=TITLE).locator("a.btn").click()
    branch.wait_for_selector("h1:has-text('党课')")
    look(branch, axe_problems)
    branch.click("#act button:has-text('签收')")
    branch.wait_for_selector(".notice.success:has-text('已签收')")
    branch.fill("#act [name=text]", "已补两次，第三次的签到表在找。")
    branch.click("#act button:has-text('登记')")
    branch.wait_for_selector(".notice.success:has-text('已登记进展')")
    branch.set_input_files(
        "#file", files=[{"name": "签到表.png", "mimeType": "image/png", "buffer": DOT}]
    )
    branch.wait_for_selector("text=签到表.png")
    report_on(branch, "两次党课的记录已补齐")

    committee.goto("/")
    committee.locator("li.due", has_text="项督办等核验").locator("a.btn").click()
    committee.click(f"main a:has-text('{TITLE}')")
    committee.click("summary:has-text('退回')")
    committee.locator("details[open] [name=reason]").fill("还缺第三次的签到表")
    look(committee, axe_problems)
    committee.click("button:has-text('退回')")
    committee.wait_for_selector(".notice.success:has-text('已退回')")

    branch.goto("/action-items/")
    look(branch, axe_problems)
    branch.click(f"main a:has-text('{TITLE}')")
    branch.wait_for_selector("text=还缺第三次的签到表")
    report_on(branch, "三次党课的记录都已补齐")

    committee.goto(address)
    committee.fill("#act [name=note]", "看过三次的记录和签到表")
    committee.click("#act button:has-text('核验销号')")
    committee.wait_for_selector(".notice.success:has-text('已核验销号')")
    assert "已办成" in committee.inner_text(".page-head")
    committee.goto("/action-items/?tab=issued")
    look(committee, axe_problems)
    assert TITLE in committee.inner_text("main")


def report_on(page: Any, result: str) -> None:
    """Reports the open item as done."""
    page.click("summary:has-text('报结')")
    page.locator("details[open] [name=result]").fill(result)
    page.locator("details[open] button:has-text('报结')").click()
    page.wait_for_selector(".notice.success:has-text('已报结')")
