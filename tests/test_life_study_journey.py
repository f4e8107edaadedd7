"""A missed lesson made up, in a real browser: from the record's page, with the connection cut in the
middle, to the rate after make-up and the member's hours. axe looks at every page on the way."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
RESTORE = ".draft-offer button:has-text('取回来')"


def look(page: Any, axe_problems: Any) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def absent(page: Any, number: int) -> str:
    name = page.locator(".names button").nth(number)
    called: str = name.get_attribute("data-name")
    name.click()
    page.click(".why-bar button[data-set=duty]")
    return called


def test_missed_lesson_is_made_up(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "b00016")
    page.goto("/life/meetings/new/lesson/")
    page.wait_for_selector(".names.is-grid")
    page.fill("input[name=topic]", "学习条例专题党课")
    page.fill("input[name=starts_at]", "09:00")
    page.fill("input[name=ends_at]", "10:30")
    missing = [absent(page, 2), absent(page, 3)]
    expected = int(page.inner_text("[data-count=expected]"))
    page.click("form.record button.go")
    page.wait_for_selector("h1:has-text('学习条例专题党课')")
    before = f"{expected - 2} / {expected}"
    assert page.locator(f".tallies b:text-is('{before}')").count() == 2
    look(page, axe_problems)

    page.click("a:has-text('登记补课')")
    page.wait_for_selector(f"text=已选 2 / {len(missing)} 人")
    look(page, axe_problems)
    form = page.url
    page.select_option("select[name=kind]", "delivered")
    assert page.input_value("input[name=title]") == "补课：学习条例专题党课"
    assert page.input_value("input[name=length]") == "1.5"
    assert page.input_value("input[name=ended_on]")

    # The connection goes: what was ticked and typed stays on the phone.
    page.context.set_offline(True)
    page.uncheck(f".ticks label:has-text('{missing[1]}') input")
    page.fill("input[name=confirmed_by_name]", "老支书")
    page.click("form.record button.go")
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.goto(form)
    page.click(RESTORE)
    page.wait_for_selector("text=已选 1 / 2 人")
    assert page.input_value("input[name=confirmed_by_name]") == "老支书"
    page.dblclick("form.record button.go")
    page.wait_for_selector("h1:has-text('学习条例专题党课')")
    assert page.locator(f".tallies b:text-is('{before}')").count() == 1
    after = f"{expected - 1} / {expected}"
    assert page.locator(f".tallies b:text-is('{after}')").count() == 1
    look(page, axe_problems)

    # Who is left stands on the list, and is made up from there.
    page.goto("/life/study/missed/")
    look(page, axe_problems)
    row = page.locator("tr", has=page.locator("text=学习条例专题党课"))
    assert missing[1] in row.inner_text()
    assert missing[0] not in row.inner_text()
    row.locator("a:has-text('补课')").last.click()
    page.select_option("select[name=kind]", "self_study")
    page.click("form.record button.go")
    page.wait_for_selector(f".tallies b:text-is('{expected} / {expected}')")
    assert page.locator("a:has-text('登记补课')").count() == 0

    page.goto("/life/study/hours/")
    look(page, axe_problems)
    page.click(f"th a:text-is('{missing[0]}')")
    page.wait_for_selector("text=补课：学习条例专题党课")
    look(page, axe_problems)
    page.click("a:has-text('补课：学习条例专题党课')")
    page.wait_for_selector("text=老支书")
    look(page, axe_problems)


def test_study_is_entered_for_many(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=1440, height=900)
    sign_in(page, "huzhuang1")
    page.goto("/life/study/hours/")
    page.click("a:has-text('登记学习')")
    look(page, axe_problems)
    page.click("button:has-text('全选')")
    page.locator(".ticks input").first.uncheck()
    page.select_option("select[name=kind]", "lecture")
    page.fill("input[name=title]", "市委党校专题辅导")
    page.fill("input[name=length]", "2")
    page.click("form.record button.go")
    page.wait_for_selector("text=辅导讲座按半天计，请选半天或天。")
    look(page, axe_problems)
    page.fill("input[name=length]", "1")
    page.select_option("select[name=unit]", "half_day")
    page.click("form.record button.go")
    page.wait_for_selector("h1:has-text('市委党校专题辅导')")
    look(page, axe_problems)
    page.click("button:has-text('登错了，全部撤回')")
    page.wait_for_selector("text=不再计学时")
    look(page, axe_problems)
    page.click("button.danger, button:has-text('撤回') >> nth=-1")
    page.wait_for_selector("text=已撤回，不再计学时")
