"""A quarter's theme in a real browser: a secretary finds his own gap on the phone and closes it by a
record; the zone goes from a weak figure to a theme to its conclusion. Nobody else's number is on
anybody's pages. axe looks at every page on the way."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of

pytestmark = pytest.mark.browser
LINE = ".due-list li:has-text('季度主题：')"


def look(page: Any, axe_problems: Any) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def press(page: Any, selector: str) -> None:
    """Presses what leads to another page, and is there when that has come."""
    with page.expect_navigation():
        page.click(selector)


def test_secretary_closes_his_gap_by_a_record(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "b00017")
    # Somebody is missing today: the gap grows by one.
    page.goto("/life/meetings/new/lesson/")
    page.wait_for_selector(".names.is-grid")
    page.fill("input[name=topic]", "缺课补上专题党课")
    page.locator(".names button").nth(2).click()
    page.click(".why-bar button[data-set=duty]")
    page.click("form.record button.go")
    page.wait_for_selector("h1:has-text('缺课补上专题党课')")

    page.goto("/")
    page.wait_for_selector(LINE)
    look(page, axe_problems)
    line = page.locator(LINE).first
    assert "不另要材料" in line.inner_text()
    with page.expect_navigation():
        line.locator("a.btn").click()
    theme = page.url
    look(page, axe_problems)
    card = page.locator(".theme-gap:has-text('补课率')")
    gap = int(re.search(r"差 (\d+) 人次", card.inner_text())[1])  # type: ignore[index]
    assert gap >= 1
    assert "个支部已达到" not in page.inner_text("main"), "of others there is nothing"

    with page.expect_navigation():
        card.locator("a.btn").click()
    look(page, axe_problems)
    with page.expect_navigation():
        page.locator("tr:has-text('缺课补上专题党课') a.btn:has-text('补课')").click()
    page.select_option("select[name=kind]", "delivered")
    page.click("form.record button.go")
    page.wait_for_selector("h1:has-text('缺课补上专题党课')")

    # What was just written down counts at once.
    page.goto(theme)
    rest = card.inner_text()
    found = re.search(r"差 (\d+) 人次", rest)
    assert (int(found[1]) if found else 0) < gap
    assert found or "已达到" in rest


# The quarter passes: the theme is that of the quarter before, and its day is over.
PASS = """
import datetime as dt
from django.utils import timezone
from core import clock, periods
from schedules.themes.models import Theme, ThemeFigure
theme = Theme.objects.get(title={title!r})
before = periods.shift(periods.containing(clock.today(), periods.QUARTER), -1)
Theme.objects.filter(organization=theme.organization, quarter=before).delete()
begun = timezone.make_aware(dt.datetime.combine(periods.first_day(before), dt.time(9)))
Theme.objects.filter(pk=theme.pk).update(quarter=before, published_at=begun)
ThemeFigure.objects.filter(theme=theme).update(due_on=periods.last_day(before))
"""
READ = """
from core import clock
from schedules.themes import jobs
jobs.find(clock.now())
"""
TITLE = "把薄弱的补上"


def test_from_a_weak_indicator_to_a_theme_to_its_conclusion(
    open_page: Callable[..., Any],
    sign_in: Callable[..., None],
    axe_problems: Any,
    live_portal: servers.Server,
) -> None:
    environment = environment_of(live_portal)
    servers.manage(environment, "shell", "-c", READ)
    page = open_page()
    sign_in(page, "zone")
    page.goto("/themes/")
    look(page, axe_problems)
    press(page, "a:has-text('主题发现')")
    page.wait_for_selector(".finder-rows")
    look(page, axe_problems)

    # Nothing chosen is refused in words; a weak figure opens its organisations.
    press(page, "button:has-text('拟主题')")
    page.wait_for_selector("[role=alert]")
    first = page.locator(".finder-rows tbody tr:has(input[type=checkbox])").first
    label = first.locator("label").inner_text().strip()
    with page.expect_navigation():
        first.locator("td a").first.click()
    look(page, axe_problems)
    page.go_back()
    page.locator(".finder-rows input[type=checkbox]").first.check()
    press(page, "button:has-text('拟主题')")
    page.wait_for_selector("form.theme-form")
    look(page, axe_problems)
    assert page.input_value("select[name=aim_0]"), label
    assert page.input_value("[name=origin]")

    # Next quarter's: this one has a theme.
    page.fill("input[name=title]", TITLE)
    page.fill("input[name=basis]", "党工委2026年工作要点第6条")
    page.locator("select[name=quarter]").select_option(index=1)
    press(page, "button:has-text('保存草稿')")
    page.wait_for_selector(f"h1:has-text('{TITLE}')")
    look(page, axe_problems)
    press(page, "a:has-text('核对并发布')")
    look(page, axe_problems)
    press(page, "button.go:has-text('发布')")  # without the tick
    page.wait_for_selector(".is-invalid, .field-error, [role=alert]")
    page.check("input[name=seen]")
    page.dblclick("button.go:has-text('发布')")
    page.wait_for_selector(".theme-top")
    theme = page.url
    look(page, axe_problems)

    press(page, "a:has-text('作结论')")
    page.check("input[name=conclusion] >> nth=2")
    page.fill("[name=reason]", "还差得多，换个办法再来一季")
    press(page, "main form button.go")
    assert "以后才能作结论" in page.inner_text("main")  # its day is not over
    assert page.input_value("[name=reason]") == "还差得多，换个办法再来一季"
    servers.manage(environment, "shell", "-c", PASS.format(title=TITLE))
    press(page, "main form button.go")
    assert page.url == theme
    assert "没有达到，下季度再来" in page.inner_text("body")
    page.goto("/themes/")
    drafts = page.locator("main tr", has_text=TITLE).filter(has_text="拟定")
    assert drafts.count() == 1, "what was missed comes again as a draft"
