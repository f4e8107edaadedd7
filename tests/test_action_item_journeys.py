"""督办 in a real browser: given out by a committee by name, seen by the branch. axe
looks at every page on the way. What becomes of an item is walked in test_journey_of_a_problem."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.test_journeys import look

pytestmark = pytest.mark.browser
TITLE = "补齐三季度三次党课的记录"


def test_an_item_is_given_out_by_name(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    committee = open_page(width=1440, height=900)
    sign_in(committee, "dahuangshan")
    committee.goto("/action-items/new/")
    look(committee, axe_problems)
    committee.fill("[name=named]", "湖庄村第一支部")
    committee.fill("[name=title]", TITLE)
    committee.fill("[name=demand]", "每次党课要有签到表和记录。")
    day = dt.date.today() + dt.timedelta(days=21)
    committee.fill("[name=due_on]", day.isoformat())
    committee.click("main button:has-text('交办')")
    committee.wait_for_selector("text=交办给 1 个单位：湖庄村第一支部")
    look(committee, axe_problems)
    committee.click("button:has-text('交办')")
    committee.wait_for_selector(".notice.success:has-text('文号〔')")
    committee.goto("/action-items/?tab=issued")
    look(committee, axe_problems)
    assert TITLE in committee.inner_text("main")

    branch = open_page(width=390, height=844)
    sign_in(branch, "huzhuang1")
    branch.locator("li.due", has_text=TITLE).locator("a.btn").click()
    branch.wait_for_selector("h1:has-text('党课')")
    look(branch, axe_problems)
    assert branch.locator("#act button:has-text('签收')").count()
