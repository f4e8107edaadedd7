"""意见建议 in a real browser: begun on a phone and left, taken up again, answered, made an item;
an administrator writes too; several items alike become one. axe looks at every page on the way."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.test_journeys import look

pytestmark = pytest.mark.browser
WISH = "主题党日的签到表和照片要传两遍，能不能只传一遍。"


def test_a_wish_from_the_phone_to_its_answer(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    branch = open_page(width=390, height=844)
    sign_in(branch, "huzhuang1")
    branch.goto("/feedback/")
    branch.click("main a:has-text('提意见建议'), .page-actions a:has-text('提意见建议')")
    branch.wait_for_selector("text=能看到是谁提的")
    look(branch, axe_problems)
    branch.fill("[name=text]", WISH)
    branch.wait_for_timeout(1500)  # kept on the device
    branch.goto("/feedback/")
    branch.goto("/feedback/new/")
    branch.click(".draft-offer button:has-text('取回来')")
    assert branch.input_value("[name=text]") == WISH
    branch.click("main button:has-text('提交')")
    branch.wait_for_selector(".notice.success:has-text('前答复')")
    look(branch, axe_problems)
    address = branch.url

    zone = open_page(width=1440, height=900)
    sign_in(zone, "zone")
    zone.locator("li.due", has_text="意见建议待答复").locator("a.btn").click()
    look(zone, axe_problems)
    zone.click(f"main a:has-text('{WISH[:12]}')")
    zone.click("a:has-text('转督办')")
    look(zone, axe_problems)
    zone.select_option("[name=owner]", label="　大黄山街道")
    zone.fill("[name=title]", "签到表和照片只传一遍")
    zone.click("main form button:has-text('转督办')")
    zone.wait_for_selector(".notice.success:has-text('已转督办')")
    assert "意见建议" in zone.inner_text("main")
    zone.goto(address)
    zone.fill("[name=text]", "已请技术人员合并，下月起只传一遍。")
    zone.click("main form button:has-text('答复')")
    zone.wait_for_selector(".notice.success:has-text('已答复')")
    look(zone, axe_problems)

    branch.goto("/inbox/")
    branch.click("text=你提的意见建议已答复")
    branch.wait_for_selector("text=下月起只传一遍")


def test_an_administrator_is_heard_too(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=1440, height=900)
    sign_in(page, "auditor")
    page.click("nav a:has-text('意见建议')")
    look(page, axe_problems)
    page.goto("/feedback/new/")
    assert page.locator("[name=about]").count() == 0
    page.fill("[name=text]", "审计记录能否按动作筛选")
    page.click("main button:has-text('提交')")
    page.wait_for_selector(".notice.success:has-text('前答复')")


def test_what_comes_up_again(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    for width in (1440, 390):
        page = open_page(width=width, height=900)
        sign_in(page, "zone")
        page.goto("/action-items/")
        page.click("a:has-text('同类事项')")
        look(page, axe_problems)
        page.locator("main table a").first.click()
        page.wait_for_selector("h1:has-text('·')")
        look(page, axe_problems)
        page.locator("a:has-text('找相近的')").first.click()
        look(page, axe_problems)
