"""What the public is told, in a real browser: an office writes of a concern, another person publishes it, a
visitor reads it on the phone without signing in and prints it with its QR code, and once it is taken down it
is gone at once. axe looks at every page on the way."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from .story_browser import take_down
from .test_weak_case_journey import look, press

pytestmark = pytest.mark.browser
TITLE = "活动室晚上也开门了"


def test_story_is_written_published_read_and_taken_down(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=1280, height=900)
    sign_in(page, "dahuangshan")
    page.goto("/stories/new/")
    look(page, axe_problems)
    press(page, "section:has-text('诉求回音') table a, .card:has-text('诉求回音') table a")
    look(page, axe_problems)
    page.fill("input[name=title]", TITLE)
    page.fill("input[name=lead]", "下班的人进不了活动室。")
    page.fill("textarea[name=practice]", "排了值班，周二周四开到九点。\n\n周末还在找人。")
    page.fill("input[name=told_on]", f"{dt.date.today():%Y-%m-%d}")
    page.select_option("select[name=is_solved]", "no")
    press(page, "form.form button.go")
    assert TITLE in page.inner_text("h1")
    # An echo that is not solved says when there will be word again: nothing is handed in before.
    press(page, "button.go:has-text('送审')")
    assert "答应再回音的日期" in page.inner_text("main")
    press(page, "a.btn:has-text('修改')")
    promised = dt.date.today() + dt.timedelta(days=30)
    page.fill("input[name=promised_on]", f"{promised:%Y-%m-%d}")
    press(page, "form.form button.go")
    press(page, "button.go:has-text('送审')")
    look(page, axe_problems)
    story = page.url

    sign_in(page, "zone")
    page.goto("/stories/?showing=waiting")
    look(page, axe_problems)
    press(page, f"table a:has-text('{TITLE}')")
    press(page, "a.btn:has-text('预览')")
    look(page, axe_problems)
    assert "预览" in page.inner_text("body")
    page.goto(story)
    press(page, "a.btn.go:has-text('发布')")
    look(page, axe_problems)
    press(page, "form.form button.go")
    assert "正在公开" in page.inner_text("body")

    visitor = open_page(width=390, height=844)
    visitor.goto("/login/")
    press(visitor, "a:has-text('党建示范（公开）')")
    look(visitor, axe_problems)
    press(visitor, "nav a:has-text('诉求回音')")
    look(visitor, axe_problems)
    press(visitor, f"a:has-text('{TITLE}')")
    look(visitor, axe_problems)
    assert "还没有解决" in visitor.inner_text("main")
    assert visitor.locator("svg[aria-label='本页二维码'] path").count()
    read = PdfReader(io.BytesIO(visitor.pdf(prefer_css_page_size=True)))
    assert len(read.pages) == 1

    take_down(page, story, "活动室改作他用了")
    answer = visitor.goto(visitor.url)
    assert answer.status == 410
    assert TITLE not in visitor.content()
