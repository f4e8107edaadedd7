"""A problem that a branch wrote is read by the zone, marked and answered, and the answer is read on
the branch's report. axe looks at every page on the way, wide, narrow and in large type."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.test_journeys import look

pytestmark = pytest.mark.browser
Axe = Callable[[Any], list[str]]
SignIn = Callable[..., None]


def test_a_problem_is_read_marked_and_answered(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe
) -> None:
    page = open_page(width=1440, height=900)
    sign_in(page, "dahuangshan")
    page.goto("/reports/")
    page.click("main a:has-text('阅看内容')")
    page.wait_for_selector(".reading")
    look(page, axe_problems)
    page.fill(".filter-bar input[name=q]", "屋顶")
    page.click(".filter-bar button")
    page.wait_for_url("**q=%E5**")
    page.wait_for_selector(".reading")
    first = page.locator(".reading").first
    name = first.locator("h2 a").inner_text()
    first.locator("button:has-text('列入调度')").first.click()
    page.wait_for_selector(".notice.success:has-text('已列入调度')")
    assert "q=" in page.url, "back where one was"
    assert page.locator(".reading").first.locator(".pill:has-text('已列入调度')").count()
    page.locator(".reading").first.locator("a:has-text('答复')").click()
    page.wait_for_selector("textarea[name=text]")
    look(page, axe_problems)
    page.click("button:has-text('发出答复')")
    page.wait_for_selector(".errors, .field-error, .has-error, .invalid-feedback")
    look(page, axe_problems)
    page.fill("textarea[name=text]", "已列入街道维修计划，下月底前修好。")
    page.click("button:has-text('发出答复')")
    page.wait_for_selector(".notice.success:has-text('已答复')")
    page.locator(".reading h2 a").first.click()
    page.wait_for_selector("text=下月底前修好")
    assert name in page.inner_text("main")
    look(page, axe_problems)
    for address in ("/reports/read/totals/", "/reports/read/print/?use=problem"):
        page.goto(address)
        look(page, axe_problems)


@pytest.mark.parametrize("large", [False, True])
def test_reading_pages_fit_a_phone_also_in_large_type(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe, large: bool
) -> None:
    phone = open_page(width=360, height=780)
    sign_in(phone, "zone")
    if large:
        phone.context.add_cookies([{"name": "type", "value": "large", "url": phone.url}])
    for address in (
        "/reports/read/",
        "/reports/read/?use=all&standing=marked",
        "/reports/read/totals/",
        "/reports/read/totals/?number=members_on_roll",
        "/reports/read/print/?use=all&standing=marked",
    ):
        phone.goto(address)
        look(phone, axe_problems)
    phone.goto("/reports/read/")
    phone.locator(".reading a:has-text('答复')").first.click()
    phone.wait_for_selector("textarea[name=text]")
    look(phone, axe_problems)
