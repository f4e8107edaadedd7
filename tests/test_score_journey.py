"""Why it is so many points, in a real browser: from the sum to the rows on a desk, the same on a phone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journeys import look

pytestmark = pytest.mark.browser

FIND = """
from assessments.cycles.models import Score
one = (Score.objects.current().exclude(total=None).filter(assessed__organization__short_name="大黄山街道")
    .select_related("assessed").order_by("-assessed__cycle__period").first())
print("SCORE", one.assessed.get_absolute_url(), "TOTAL", one.result["total"])
"""


@pytest.mark.parametrize("width", [1440, 390])
def test_a_committee_sees_why_its_score_is_what_it_is(
    width: int,
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Any,
) -> None:
    said = servers.manage(environment_of(live_portal), "shell", "-c", FIND)
    url, total = (said.rsplit(word, 1)[1].split()[0] for word in ("SCORE", "TOTAL"))
    page = open_page(width=width)
    sign_in(page, "dahuangshan")
    page.goto(url)
    assert f"为什么是 {total} 分" in page.inner_text("h1")
    assert page.inner_text(".equation .sum b") == total
    look(page, axe_problems)

    # What cost most opens where it is explained, down to the arithmetic.
    page.goto(f"{url}?open=all")
    opened = page.locator(".x-tree > .x-item[open]")
    assert opened.count() >= 1
    for part in ("规则", "事实", "计算", "比上次", "可赢回"):
        assert opened.first.locator(f"dt:has-text('{part}')").count() == 1, part
    look(page, axe_problems)

    # Full marks are folded to one line a group, and still open.
    kept = page.locator(".x-kept").first
    kept.locator("summary").first.click()
    assert kept.locator(".x-item").first.is_visible()

    page.click("text=核对")
    page.wait_for_selector("text=逐字节相同")
    look(page, axe_problems)
