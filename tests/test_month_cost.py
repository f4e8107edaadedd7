"""What a month costs the secretary of a branch: counted in a real browser, and not allowed to grow."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import DEMO_PASSWORD

pytestmark = pytest.mark.browser
# Of the first release (November 2026): signing in, opening, taking one suggestion, sending; the two
# fields of signing in and one that is written.
CLICKS, FIELDS = 5, 3


@dataclass
class Hand:
    """Does what a person does, and counts it."""

    page: Any
    clicks: int = 0
    fields: int = 0
    characters: int = 0

    def click(self, what: str, saying: str | re.Pattern[str] = "") -> None:
        self.page.locator(what).filter(has_text=saying).first.click()
        self.clicks += 1

    def write(self, field: str, text: str, *, counts: bool = True) -> None:
        self.page.fill(field, text)
        self.fields += 1
        self.characters += len(text) if counts else 0


@pytest.mark.parametrize("width", [1440, 390])
def test_month_of_a_branch_costs_no_more_than_before(
    open_page: Callable[..., Any], width: int
) -> None:
    hand = Hand(open_page(width=width, height=900))
    page = hand.page
    page.goto("/")
    hand.write("input[name=username]", "b00011" if width > 400 else "b00012", counts=False)
    hand.write("input[name=password]", DEMO_PASSWORD, counts=False)
    hand.click("button", saying="登录")
    page.wait_for_selector("main h1")
    hand.click("main a.btn", saying=re.compile("查看草稿|填写"))
    page.wait_for_selector("#text-problems")
    hand.write("#text-problems", "无")
    with page.expect_navigation():
        hand.click("#item-next_plan button", saying="选用")
    assert page.input_value("#text-problems") == "无"
    hand.click("main button", saying=re.compile("^报送$"))
    page.wait_for_selector(".notice.success")
    assert hand.clicks <= CLICKS
    assert hand.fields <= FIELDS
    assert hand.characters <= 1
