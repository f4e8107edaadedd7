"""The public form on a phone of 390 px: the office switches it on, a resident writes with an emergency told
first, the street answers, the resident reads the answer by number and code. axe looks at every page."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
NEW, QUERY = "/showcase/concerns/new/", "/showcase/concerns/query/"


def look(page: Any, axe_problems: Any) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def press(page: Any, selector: str) -> None:
    """Presses what leads to another page, and is there when that has come."""
    with page.expect_navigation():
        page.click(selector)


def switch(page: Any, *, on: bool) -> None:
    page.goto("/concerns/public-form/")
    page.set_checked("input[name=is_on]", on)
    press(page, "form.form button.go")


def test_resident_is_answered_by_number_and_code(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    office = open_page(width=1280, height=900)
    phone = open_page(width=390, height=844)
    sign_in(office, "zone")
    switch(office, on=False)
    assert phone.goto(NEW).status == 404
    switch(office, on=True)
    look(office, axe_problems)

    phone.goto(NEW)
    look(phone, axe_problems)
    phone.fill("textarea[name=text]", "配电箱漏电，怕孩子触电")
    press(phone, "button.go")
    look(phone, axe_problems)
    assert phone.locator("a[href='tel:120']").is_visible()
    press(phone, "button[name=back]")
    phone.fill("textarea[name=text]", "老板欠薪，小区东门的路灯也坏了")
    press(phone, "button.go")
    look(phone, axe_problems)
    assert "12333" in phone.inner_text("main")
    press(phone, "button[name=told]")
    look(phone, axe_problems)
    assert "办结后满 180 天自动删去" in phone.inner_text("main")
    press(phone, "button[name=send]")
    look(phone, axe_problems)
    number, code = phone.locator(".filing-ticket dd").all_inner_texts()
    assert "不会有任何人联系您" in phone.inner_text("main")

    office.goto(f"/concerns/?q={number}")
    press(office, "th a")
    assert "未核实" in office.inner_text("h1")
    look(office, axe_problems)
    press(office, "a.btn.go:has-text('分派')")
    office.select_option("select[name=organization]", index=1)
    press(office, "form.form button.go")
    press(office, "a.btn.go:has-text('答复')")
    office.fill("textarea[name=text]", "路灯已换好；工资的事请打 12333。")
    press(office, "form.form button.go")

    phone.goto(QUERY)
    look(phone, axe_problems)
    phone.fill("input[name=number]", number)
    phone.fill("input[name=code]", "00000000")
    press(phone, "button.go")
    assert "编号或查询码不对" in phone.inner_text("main")
    phone.fill("input[name=code]", code)
    press(phone, "button.go")
    look(phone, axe_problems)
    assert phone.inner_text("h1") == "已答复"
    assert "路灯已换好" in phone.inner_text("main")
