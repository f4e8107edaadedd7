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
    assert topic  # offered: what the year's plan says, or the kind and the quarter

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


def test_party_day_of_three_branches(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    """One branch writes it down and asks two others; each calls its own roll."""
    page = open_page(width=390, height=844)
    sign_in(page, "huzhuang1")
    page.goto("/life/meetings/new/party_day/")
    page.click("summary:has-text('和别的支部一起开')")
    for text, name in (("湖庄村第二", "湖庄村第二支部"), ("桃园社区第一", "桃园社区第一支部")):
        page.fill(".together input[name=find]", text)
        page.click(".together button:has-text('找')")
        look(page, axe_problems)
        page.click(f".together .chosen a:has-text('{name}')")
        page.wait_for_selector(f".together .chosen li:has-text('{name}'):has-text('去掉')")
    page.wait_for_selector(".names.is-grid")
    assert page.locator(".together .chosen li").count() == 2, page.url
    page.fill("input[name=topic]", "三个支部一起植树")
    absent(page, 1, "病假")
    bar = page.locator(".why-bar")
    assert "准假人" in bar.inner_text()
    page.fill("[data-leave-name]", "李书记")
    look(page, axe_problems)
    page.click("[data-leave-done]")
    assert bar.is_hidden()
    page.click("form.record button.go")
    page.wait_for_selector("text=已登记。照片可以现在传")
    page.wait_for_selector("text=李书记准假")
    assert page.locator("text=还没点名").count() == 2, page.inner_text("main")
    look(page, axe_problems)
    record = page.url

    for who in ("taoyuan1", "huzhuang"):
        theirs = open_page(width=390, height=844)
        sign_in(theirs, who)
        theirs.goto(record)
        # Who was absent elsewhere is nobody's but of who sees that branch.
        assert ("李书记准假" in theirs.inner_text("main")) == (who == "huzhuang")
        theirs.click("a:has-text('我方点名')")
        theirs.wait_for_selector(".names.is-grid")
        look(theirs, axe_problems)
        absent(theirs, 0, "没有请假")
        theirs.click("form.record button.go")
        theirs.wait_for_selector("text=这次会也记到你们单位")
        look(theirs, axe_problems)

    page.goto(record)
    assert page.locator("text=还没点名").count() == 0
    assert page.locator(".tallies b:has-text('支部')").count() == 3
    look(page, axe_problems)
