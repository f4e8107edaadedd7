"""A branch meeting on a phone, in a real browser: the roll by taps, the connection cut in the middle,
a photograph, and the same meeting once more. axe looks at every page on the way."""

from collections.abc import Callable
from typing import Any

import pytest

from .act_bodies import picture

pytestmark = pytest.mark.browser
RESTORE = ".draft-offer button:has-text('取回来')"


def look(page: Any, axe_problems: Any) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def counts(page: Any) -> list[str]:
    return [text.strip() for text in page.locator(".roll-sum b").all_inner_texts()]


def absent(page: Any, number: int, reason: str) -> None:
    """One tap on the name, one on the reason; the bar never lies over the name."""
    name = page.locator(".names button").nth(number)
    name.click()
    bar = page.locator(".why-bar")
    assert name.bounding_box()["y"] + name.bounding_box()["height"] <= bar.bounding_box()["y"]
    bar.locator(f"button:has-text('{reason}')").click()


def test_branch_meeting_by_phone_with_the_connection_cut(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "huzhuang1")
    page.goto("/life/")
    look(page, axe_problems)
    page.click("a:has-text('登记')")
    look(page, axe_problems)
    page.click(".kinds a:has-text('支部党员大会')")
    page.wait_for_selector(".names.is-grid")
    look(page, axe_problems)
    form = page.url
    expected, present, _, votes = counts(page)
    assert expected == present
    topic = page.input_value("input[name=topic]")
    assert topic.endswith("季度支部党员大会")

    absent(page, 1, "病假")
    page.locator(".names button").nth(2).click()
    look(page, axe_problems)  # with the bar of reasons
    page.click(".why-bar [data-set=present]")
    assert counts(page)[2] == "1"

    # In the village hall there is no connection: what was tapped and typed stays on the phone.
    page.fill("textarea[name=agenda]", "全年工作和明年打算")
    page.context.set_offline(True)
    absent(page, 3, "公务")
    page.click("form.record button.go")
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.goto(form)
    page.click(RESTORE)
    page.wait_for_selector(".names button.abs >> nth=1")
    assert counts(page)[2] == "2"
    assert page.input_value("textarea[name=agenda]") == "全年工作和明年打算"

    page.fill("[name='votes-0-subject']", "通过明年工作打算")
    there = page.input_value("[name='votes-0-present']")
    assert there == counts(page)[3].partition(" /")[0]
    assert page.input_value("[name='votes-0-entitled']") == votes.partition("/ ")[2]
    page.fill("[name='votes-0-for_']", there)
    assert page.locator(".vote:visible").count() == 1
    page.click("form.record button.go")
    page.wait_for_selector("text=已登记。照片可以现在传")
    page.wait_for_selector(f"h1:has-text('{topic}')")
    page.wait_for_selector("text=赞成过半")
    look(page, axe_problems)

    upload = picture()
    content = {"name": "会议记录.png", "mimeType": "image/png", "buffer": upload.read()}
    page.set_input_files("input[name=file]", [content])
    page.wait_for_selector(".files a:has-text('会议记录.png')")
    look(page, axe_problems)

    # The same meeting once more: asked before it is kept, and what was typed is still there.
    page.goto(form)
    page.wait_for_selector(".names.is-grid")
    page.fill("input[name=topic]", "又写了一次")
    page.click("form.record button.go")
    page.wait_for_selector("h1:has-text('有一样的记录')")
    look(page, axe_problems)
    page.click("button:has-text('返回修改')")
    page.wait_for_selector(".names.is-grid")
    assert page.input_value("input[name=topic]") == "又写了一次"
