"""A project in a real browser, from the proposal to its closing: a secretary proposes, the zone looks at it,
three people judge, it is approved; a milestone is done on the phone with a photograph; it is closed with
what came of it and graded. axe looks at every page on the way."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.judging_browser import end_panel, judge, look, name_three, press

pytestmark = pytest.mark.browser
TITLE = "老楼道里装上扶手"
SAVE = "form.form button.go"


def test_project_from_proposal_to_closing(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any, tmp_path: Any
) -> None:
    page = open_page(width=1280, height=900)
    year = dt.date.today().year + 1
    sign_in(page, "b00060")
    page.goto("/projects/new/")
    look(page, axe_problems)
    page.select_option("select[name=year]", str(year))
    for name, text in {
        "title": TITLE,
        "owner_name": "周建国",
        "stage_0": "六个楼道的扶手都装好",
        "due_0": f"{year}-01-31",
        "budget": "9800",
    }.items():
        page.fill(f"input[name={name}]", text)
    for name, text in {
        "problem": "六个楼道没有扶手，三十几位老人上下楼不稳。",
        "goal": "六个楼道都有扶手，老人一人一人问过。",
        "measures": "党员分楼包干，社区出料，物业安装。",
    }.items():
        page.fill(f"textarea[name={name}]", text)
    press(page, SAVE)
    look(page, axe_problems)
    address = page.url
    press(page, "button.go:has-text('申报')")
    assert "待预审" in page.inner_text("h1")

    sign_in(page, "zone")
    page.goto("/projects/?state=submitted")
    press(page, f"a:has-text('{TITLE}')")
    press(page, "a.btn.go:has-text('预审')")
    look(page, axe_problems)
    page.check("input[name=outcome][value=pass]")
    name_three(page)
    press(page, SAVE)
    judge(page, sign_in, TITLE, "22")
    end_panel(page, address)
    assert "3 人同意，平均 88" in page.inner_text("main")
    press(page, "a.btn.go:has-text('立项审批')")
    page.check("input[name=outcome][value=approve]")
    press(page, SAVE)
    assert "实施中" in page.inner_text("h1")

    # On the phone: what was done, where it shows, and what came of it all.
    photo = tmp_path / "扶手.png"
    photo.write_bytes(picture())
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "b00060")
    page.goto(address)
    look(page, axe_problems)
    press(page, "a.btn:has-text('完成')")
    look(page, axe_problems)
    page.fill("textarea[name=evidence]", "六个楼道现场看过，楼长签了字")
    press(page, SAVE)
    page.select_option("select[name=position]", "1")
    with page.expect_navigation():
        page.set_input_files("input[name=file]", str(photo))
    assert "扶手.png" in page.inner_text("#files")
    press(page, "a.btn.go:has-text('申请结项')")
    page.fill("textarea[name=closing]", "六个楼道都装好了，三十六位老人问过，都说稳当。")
    page.fill("input[name=satisfaction]", "97")
    press(page, SAVE)
    look(page, axe_problems)

    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, "zone")
    page.goto(address)
    press(page, "a.btn.go:has-text('验收')")
    page.check("input[name=outcome][value=excellent]")
    page.fill("textarea[name=judgement]", "现场看过，六处都稳，别的老楼可以照着装。")
    press(page, SAVE)
    assert "已结项" in page.inner_text("h1")
    page.goto(f"/projects/?view=timeline&year={year}")
    look(page, axe_problems)
    assert TITLE[:8] in page.inner_text("main")


def picture() -> bytes:
    """A small photograph."""
    import io

    from PIL import Image

    content = io.BytesIO()
    Image.new("RGB", (40, 30), "gray").save(content, "PNG")
    return content.getvalue()
