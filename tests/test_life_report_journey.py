"""A branch's month: what was held is written down once, and the report is sent with no figure typed,
in a real browser. What is touched is counted."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from .test_month_cost import Hand

pytestmark = pytest.mark.browser
TOPIC = "清理村道，共建整洁家园"
FIELDS = 1  # of the report; all its figures are counted
CLICKS = 3  # a highlight and what comes next taken over, and sent


def figure(page: Any, label: str) -> int:
    """What the report says of it, before the link to its rows."""
    return int(
        page.locator(".figures > div").filter(has_text=label).first.locator("b").inner_text()
    )


def test_report_is_sent_with_no_figure_typed(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "b00014")
    page.goto("/")
    page.locator("main a.btn").filter(has_text=re.compile("查看草稿|填写")).first.click()
    page.wait_for_selector("#text-problems")
    report = page.url
    held, came = figure(page, "主题党日"), figure(page, "组织生活到会")
    period = page.locator(".figures a[href*='kind=party_day']").get_attribute("href")
    year, month = map(int, re.search(r"period=(\d{4})-(\d\d)", period).groups())  # type: ignore[union-attr]
    last = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)

    # Held, and written down once: everybody who was there is there already.
    page.goto(f"/life/meetings/new/party_day/?on={min(last, dt.date.today())}")
    page.wait_for_selector(".names.is-grid")
    present = int(page.locator(".roll-sum b").nth(1).inner_text())
    page.fill("input[name=topic]", TOPIC)
    page.click("form.record button.go")
    if page.locator("h1:has-text('有一样的记录')").count():
        page.click("button:has-text('照样保存')")
    page.wait_for_selector(f"h1:has-text('{TOPIC}')")
    page.wait_for_selector("#uses a:has-text('报送时计入')")
    assert axe_problems(page) == []

    page.goto(report)
    page.wait_for_selector("#text-problems")
    assert figure(page, "主题党日") == held + 1
    assert figure(page, "组织生活到会") == came + present
    assert page.locator(".figures input, .figures textarea, .figures select").count() == 0
    assert axe_problems(page) == []
    hand = Hand(page)
    # A highlight from the record, with the record.
    hand.click("#item-highlights .suggestion:has-text('清理村道') button")
    page.wait_for_selector("#item-highlights :text('佐证：')")
    assert f"“{TOPIC}”" in page.locator("#item-highlights textarea").first.input_value()
    hand.write("#text-problems", "无")
    with page.expect_navigation():
        hand.click("#item-next_plan button", saying="选用")
    hand.click("main button", saying=re.compile("^报送$"))
    page.wait_for_selector(".notice.success")
    assert axe_problems(page) == []
    assert (hand.fields, hand.clicks) == (FIELDS, CLICKS)
    assert hand.characters == 1, "no figure was typed"

    # The number that was sent opens its rows; the record says where it counts.
    sent = figure(page, "主题党日")
    assert sent == held + 1
    page.click(".figures a[href*='kind=party_day']")
    page.wait_for_selector("table")
    assert page.locator("tbody tr").count() == sent
    page.click(f"tbody a:has-text('{TOPIC}')")
    page.wait_for_selector("#uses a:has-text('已计入')")
    assert page.locator("#uses a:has-text('引用')").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
