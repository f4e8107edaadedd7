"""From a record to the ledger, to print, and to the binder of the year, in a real browser. axe looks
at every page on the way."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from .test_life_journeys import look

pytestmark = pytest.mark.browser


def test_ledger_is_printed_and_the_year_is_bound(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "b00008")
    page.goto("/life/meetings/new/general_meeting/")
    page.wait_for_selector(".names.is-grid")
    page.fill("input[name=topic]", "讨论全年工作和换届打算")
    page.click("form.record button.go")
    if page.locator("button[name=agreed][value=yes]").count():
        page.click("button[name=agreed][value=yes]")
    page.wait_for_selector("h1:has-text('讨论全年工作和换届打算')")

    page.goto("/life/")
    page.click("a:text-is('台账')")
    look(page, axe_problems)
    page.click("a:has-text('三会一课台账')")
    page.wait_for_selector("h1:has-text('三会一课台账')")
    page.goto(f"{page.url}&page=999")  # the last: lines are in the order of days
    page.wait_for_selector("th:has-text('讨论全年工作和换届打算')")
    look(page, axe_problems)
    page.click("a:has-text('打印')")
    page.wait_for_selector("td:has-text('讨论全年工作和换届打算')")
    assert page.locator(".signature span").count() == 3
    look(page, axe_problems)

    page.click(".crumbs a")
    page.click(".crumbs a:has-text('台账')")
    page.click("a:has-text('组织生活档案')")
    look(page, axe_problems)
    page.click("button:has-text('装订成 PDF')")
    page.wait_for_selector("a.go:has-text('下载')", timeout=90_000)
    look(page, axe_problems)
    with page.expect_download() as waited:
        page.click("a.go:has-text('下载')")
    assert waited.value.suggested_filename.endswith("组织生活档案.pdf")
    with open(waited.value.path(), "rb") as file:
        read = PdfReader(io.BytesIO(file.read()))
    texts = [one.extract_text().replace("\n", "") for one in read.pages]
    assert "组织生活档案" in texts[0]
    number = int(re.search(r"讨论全年工作和换届打算[. ]*(\d+)", texts[1])[1])
    (place,) = [at for at, text in enumerate(texts) if f"— {number} —" in text]
    assert "讨论全年工作和换届打算" in texts[place]


def test_a_page_across_is_one_from_its_title_on(
    open_page: Callable[..., Any], sign_in: Callable[..., None]
) -> None:
    """What is printed across begins under the title: a part of a page that lies otherwise than the
    rest would go to a page of its own."""
    for who, address, wanted in (
        ("b00008", "/life/year-plans/", "年度组织生活计划"),
        ("dahuangshan", "/reports/", "·"),
    ):
        page = open_page()
        sign_in(page, who)
        page.goto(address)
        page.wait_for_selector(f"h1:has-text('{wanted}')")
        read = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        first = read.pages[0]
        assert first.mediabox.width > first.mediabox.height
        assert len(first.extract_text()) > 200  # more than a title
