"""The committee's afternoon, in a real browser: from the home page to the board, from a lost point to the
record behind it in three clicks, and back to how far it is put right."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journeys import look

pytestmark = pytest.mark.browser

FIND = """
from assessments.cycles.models import Cycle
one = (Cycle.objects.filter(state="sealed", level="direct", corrections__isnull=False)
    .order_by("-period").first())
print("BOARD", f"/assessment-boards/{one.uid}/")
"""


@pytest.mark.parametrize("width", [1440, 390])
def test_a_committee_comes_from_a_lost_point_to_its_record(
    width: int,
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Any,
) -> None:
    said = servers.manage(environment_of(live_portal), "shell", "-c", FIND)
    board = said.rsplit("BOARD", 1)[1].split()[0]
    page = open_page(width=width)
    sign_in(page, "committee")
    page.goto("/")
    assert page.locator('a[href*="/assessment-boards/"]').count() >= 1
    page.goto(board)
    look(page, axe_problems)
    fixed = page.inner_text(".board-stamp")
    assert "校验码" in fixed

    # One: a cell of the map of losses. On a phone the same cells stand in the table behind it.
    lost = page.locator('.chart-heat a:has(title:text-matches("主题党日：失 [0-9]"))').first
    points = re.search(r"失 ([0-9.]+) 分", lost.locator("title").first.text_content())
    assert points
    lost.click()
    page.wait_for_url(re.compile(r"/cycles/scores/.*open="))
    item = page.locator(".x-item[open]").first
    assert points[1] in item.inner_text()

    # Two: the figure. Three: one of the duties behind it.
    item.locator('a[href*="/life/duties/?"]').last.click()
    page.wait_for_url("**/life/duties/?**")
    look(page, axe_problems)
    main = page.locator("main")
    assert main.locator("tbody tr").count() >= 1
    with page.expect_navigation():
        main.locator("tbody tr a").first.click()
    assert "主题党日" in page.inner_text("main")

    # What was found is put right: each bar opens the list of one organisation.
    page.goto(board)
    page.click("nav.subnav >> text=评审与整改")
    look(page, axe_problems)
    page.locator(".chart-across a").first.click()
    page.wait_for_url("**/rectifications/**")

    # Before the correction: what was sealed, at an address of its own.
    page.goto(board)
    assert "更正：" in page.inner_text("main")
    page.click("text=当时的看板")
    page.wait_for_url("**run=*")
    assert "任何时候打开都是同一结果" in page.inner_text("main")
    assert "更正：" not in page.inner_text("main")
    look(page, axe_problems)
