"""A weak organisation in a real browser: a committee proposes and decides, the zone plans; its secretary
sees on the phone what is asked, and nothing before the decision. axe looks at every page on the way."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def look(page: Any, axe_problems: Any) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def press(page: Any, selector: str) -> None:
    """Presses what leads to another page, and is there when that has come."""
    with page.expect_navigation():
        page.click(selector)


def test_committee_proposes_decides_and_plans(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=1280, height=900)
    sign_in(page, "zone")
    page.goto("/weak-cases/")
    look(page, axe_problems)
    press(page, "a.btn.go:has-text('提出对象')")
    look(page, axe_problems)
    page.select_option("select[name=organization]", index=5)
    page.locator("textarea[name^=fact_]").first.fill("书记空缺五个月，没有明确谁主持")
    press(page, "form.form button.go")
    look(page, axe_problems)
    press(page, "a.btn.go:has-text('认定')")
    look(page, axe_problems)
    page.check("input[name=finding][value=weak]")
    page.fill("textarea[name=reason]", "会议研究，事实清楚")
    press(page, "form.form button.go")
    press(page, "a.btn.go:has-text('定方案')")
    look(page, axe_problems)
    page.fill("input[name=leader_name]", "刘建军")
    page.fill("input[name=title_0]", "按期补选支部书记")
    page.fill("input[name=due_0]", f"{dt.date.today() + dt.timedelta(days=40):%Y-%m-%d}")
    press(page, "form.form button.go")
    look(page, axe_problems)
    assert "整顿中" in page.inner_text("h1")
    assert "按期补选支部书记" in page.inner_text("main")

    # Accepted before all is done: refused without a reason, and nothing typed is lost.
    press(page, "a.btn.go:has-text('验收')")
    page.check("input[name=acceptance][value=passed]")
    page.fill("textarea[name=note]", "访了群众，都说好转")
    press(page, "form.form button.go")
    look(page, axe_problems)
    assert "还有 1 件督办没有销号" in page.inner_text("main")
    assert page.input_value("textarea[name=note]") == "访了群众，都说好转"
    page.fill("textarea[name=override_reason]", "选举排在下个月")
    press(page, "form.form button.go")
    assert "跟踪中" in page.inner_text("h1")
    assert "选举排在下个月" in page.inner_text("body")
