"""What journeys do with a panel: three people judge, each alone, and who arranged it ends it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

JUDGES = ("zone2", "committee", "zone")


def press(page: Any, selector: str) -> None:
    """Presses what leads to another page, and is there when that has come."""
    with page.expect_navigation():
        page.click(selector)


def look(page: Any, axe_problems: Any) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def name_three(page: Any) -> None:
    """All three of the demo zone's staff are named, with a week's time."""
    for box in page.locator("input[name=people]").all():
        box.check()
    page.fill("input[name=due_on]", f"{dt.date.today() + dt.timedelta(days=7):%Y-%m-%d}")


def judge(page: Any, sign_in: Callable[..., None], title: str, points: str = "") -> None:
    """Each of the three opens what waits for him at home and agrees; the last, who arranged it, stays
    signed in."""
    for username in JUDGES:
        sign_in(page, username)
        line = page.locator(f".due-list li:has-text('要评审的：{title}')")
        with page.expect_navigation():
            line.locator("a.btn").click()
        for field in page.locator("input[name^=score_]").all():
            field.fill(points)
        page.check("input[name=agrees][value=yes]")
        page.fill("textarea[name=opinion]", "问题找得准，做法学得会。")
        press(page, "form.form button.go")


def end_panel(page: Any, address: str) -> None:
    """Who arranged the panel ends it, from the page of what was judged."""
    page.goto(address)
    press(page, "a.btn:has-text('结束评审')")
    press(page, "form.form button.go")
    press(page, "button:has-text('结束评审')")  # it asks once more
    page.goto(address)
