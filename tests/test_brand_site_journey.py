"""From a bright spot to a brand to a site in a real browser: a secretary notes a few lines, the zone takes
them up, he writes the file, three people judge, the brand is named; then he applies for a site on his
phone and refers to what is there already; the brand is told to everybody and taken down. axe looks at every page on the way."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.judging_browser import end_panel, judge, look, name_three, press
from tests.story_browser import take_down, tell

pytestmark = pytest.mark.browser
SPOT, NAME = "楼下议事亭天天有人坐", "亭下有商量"
SAVE = "form.form button.go"


def test_bright_spot_becomes_a_brand_and_its_branch_applies_for_a_site(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Any
) -> None:
    page = open_page(width=1280, height=900)
    today = dt.date.today()
    sign_in(page, "b00064")
    page.goto("/highlights/new/")
    page.fill("input[name=title]", SPOT)
    page.fill("textarea[name=text]", "党员轮流坐亭，听到的当天记，三天内回话。")
    press(page, SAVE)
    look(page, axe_problems)

    sign_in(page, "zone")
    page.goto("/highlights/?show=with")
    press(
        page,
        f"li:has-text('{SPOT}') a:has-text('列为候选'), tr:has-text('{SPOT}') a:has-text('列为候选')",
    )
    page.fill("input[name=name]", NAME)
    press(page, SAVE)
    press(page, "button.go:has-text('列入培育')")
    look(page, axe_problems)
    address = page.url

    sign_in(page, "b00064")
    page.goto(address)
    press(page, "a.btn:has-text('写档案')")
    look(page, axe_problems)
    for name, text in {
        "meaning": "有事在亭下商量，商量好了就办。",
        "practice": "坐亭、记事、回话三步，谁坐亭谁跟到底。",
        "carriers": "三处议事亭，一本回话簿。",
        "results": "半年听到 64 件，办成 58 件。",
    }.items():
        page.fill(f"textarea[name={name}]", text)
    press(page, SAVE)
    press(page, "a.btn:has-text('培育步骤')")
    for number, phase in enumerate(("practice", "summary", "refinement")):
        page.select_option(f"select[name=phase_{number}]", phase)
        page.fill(f"input[name=what_{number}]", "在三处亭子试，写成三步")
        for field in ("due_on", "done_on"):
            page.fill(f"input[name={field}_{number}]", f"{today:%Y-%m-%d}")
    press(page, SAVE)
    press(page, "button.go:has-text('提交评审')")

    sign_in(page, "zone")
    page.goto(address)
    press(page, "a.btn.go:has-text('安排评审人')")
    name_three(page)
    press(page, SAVE)
    judge(page, sign_in, NAME)
    end_panel(page, address)
    press(page, "a.btn.go:has-text('评审决定')")
    look(page, axe_problems)
    page.check("input[name=verdict][value=yes]")
    page.fill("textarea[name=reason], input[name=reason]", "评审意见一致，做法学得会")
    page.fill("textarea[name=basis], input[name=basis]", "党工委会议纪要第 12 号")
    press(page, SAVE)
    assert "已命名" in page.inner_text("h1")

    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "b00064")
    page.goto("/sites/programmes/")
    press(page, "a:has-text('区级')")
    press(page, "a.btn.go:has-text('申报')")
    look(page, axe_problems)
    for name, text in {"title": "议事亭示范点", "responsible_name": "周建国"}.items():
        page.fill(f"input[name={name}]", text)
    for name in ("background", "practice", "result"):
        page.fill(f"textarea[name={name}]", "党员坐亭听事，三天内回话，群众认。")
    press(page, SAVE)
    look(page, axe_problems)
    page.select_option("select[name=evidence]", index=0)
    press(page, "form.cite button")
    press(page, "button.go:has-text('申报')")
    assert "待评审" in page.inner_text("h1")

    # What was named anybody reads, until it is taken down.
    typed = {"lead": "有事在亭下商量，商量好了就办。", "practice": "坐亭、记事、回话三步。"}
    story = tell(page, sign_in, writer="b00064", of=address, typed=typed)
    visitor = open_page(width=390, height=844)
    visitor.goto("/showcase/brands/")
    press(visitor, f"a:has-text('{NAME}')")
    look(visitor, axe_problems)
    assert "坐亭、记事、回话三步" in visitor.inner_text("main")
    take_down(page, story, "正在复审，先撤下")
    assert visitor.goto(visitor.url).status == 410
