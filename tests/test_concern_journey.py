"""A work order of the hotline in a real browser: its sheet, given to a branch, answered on the phone with a
template, called back by another with the resident's own words in sight, and told to everybody. axe looks at every page."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from tests.story_browser import tell

pytestmark = pytest.mark.browser
WORDS = "二十五号楼前的下水井盖丢了，晚上有人踩空"
STREET, BRANCH = "dahuangshan", "huzhuang1"
TEMPLATE, REPLY = "井盖当天补", "已请排水公司当天补好井盖，并在四周围挡。"


def look(page: Any, axe_problems: Any) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def press(page: Any, selector: str) -> None:
    """Presses what leads to another page, and is there when that has come."""
    with page.expect_navigation():
        page.click(selector)


def orders() -> dict[str, Any]:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["工单编号", "诉求内容", "诉求类别", "来电人", "联系电话"])
    sheet.append(["XZJOURNEY0001", WORDS, "设施维修", "赵玉兰", "13900000077"])
    kept = io.BytesIO()
    book.save(kept)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "工单.xlsx", "mimeType": kind, "buffer": kept.getvalue()}


def test_from_the_sheet_of_the_hotline_to_the_call_back(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    street = open_page(width=1280, height=900)
    sign_in(street, STREET)
    street.goto("/concerns/templates/new/")
    look(street, axe_problems)
    street.select_option("select[name=kind]", label="设施维修")
    street.fill("input[name=title]", TEMPLATE)
    street.fill("textarea[name=text]", REPLY)
    press(street, "form.form button.go")

    # The sheet is looked at before anything is taken in, and never names who called.
    street.goto("/concerns/imports/")
    street.set_input_files("input[type=file]", orders())
    press(street, "main form button.go")
    street.wait_for_selector("text=XZJOURNEY0001", timeout=20_000)
    look(street, axe_problems)
    assert "赵玉兰" not in street.inner_text("main")
    street.click("main button:has-text('确认')")
    street.wait_for_selector("a:has-text('看待分派的')", timeout=20_000)
    street.goto("/concerns/?q=XZJOURNEY0001")
    look(street, axe_problems)
    press(street, "main th a")
    look(street, axe_problems)
    concern = street.url
    press(street, "a.btn.go:has-text('分派')")
    option = street.locator("select[name=organization] option", has_text="湖庄村第一支部").first
    street.select_option("select[name=organization]", value=option.get_attribute("value"))
    look(street, axe_problems)
    press(street, "form.form button.go")
    assert "办理中" in street.inner_text("h1")

    # On the phone: what is typed stays when the template is filled in.
    phone = open_page(width=390, height=844)
    sign_in(phone, BRANCH)
    phone.goto(concern)
    look(phone, axe_problems)
    press(phone, "a.btn.go:has-text('答复')")
    assert WORDS in phone.inner_text("main")
    phone.fill("textarea[name=text]", "我到现场看过了。")
    phone.select_option("select[name=begin]", label=TEMPLATE)
    press(phone, "button:has-text('填入模板')")
    look(phone, axe_problems)
    assert phone.input_value("textarea[name=text]") == f"我到现场看过了。\n{REPLY}"
    assert phone.input_value("input[name=way]") == TEMPLATE
    press(phone, "form.form button.go")
    assert "待回访" in phone.inner_text("h1")
    assert phone.locator("a.btn:has-text('回访')").count() == 0, "he answered it himself"

    street.goto(concern)
    press(street, "a.btn.go:has-text('回访')")
    look(street, axe_problems)
    assert WORDS in street.inner_text("main"), "the original words in sight"
    street.check("input[name=result][value=solved]")
    press(street, "form.form button.go")
    look(street, axe_problems)
    assert "已办结" in street.inner_text("h1")
    assert TEMPLATE in street.inner_text("main")

    # What was done is told to everybody, in words of one's own, and never in the resident's.
    typed = {
        "title": "二十五号楼前的井盖补上了",
        "lead": "楼前少了一个井盖。",
        "practice": "排水公司当天补好，四周加了围挡。",
        "told_on": f"{dt.date.today():%Y-%m-%d}",
    }
    tell(street, sign_in, writer=STREET, of=concern, typed=typed)
    phone.goto("/showcase/echoes/")
    press(phone, f"a:has-text('{typed['title']}')")
    look(phone, axe_problems)
    assert "已经解决" in phone.inner_text("main")
    assert WORDS not in phone.inner_text("body")
