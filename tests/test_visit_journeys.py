"""A drawn visit, in a real browser: the seed, the draw, and on the spot by phone without a
connection."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.browser
SignIn = Callable[..., None]
Axe = Callable[[Any], list[str]]
OpenPage = Callable[..., Any]
RESTORE = ".draft-offer button:has-text('取回来')"
KEPT, TAKEN = ".kept-photos li", "[data-photos-list] .files li"


def photograph(name: str, shade: int) -> dict[str, Any]:
    """What a phone's camera gives the page."""
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), (shade, 90, 60)).save(kept, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def look(page: Any, axe_problems: Axe) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_drawn_visit_by_phone_with_the_connection_cut(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "zone")
    page.goto("/dispatch/draws/new/")
    look(page, axe_problems)
    page.fill("input[name=title]", "七月现场调研")
    page.fill("input[name=seed]", "双色球 2026077期 03 08 14 22 25 31 + 09")
    page.fill("input[name=seed_source]", "中国福彩网 2026-07-05")
    page.fill("input[name=count]", "3")
    page.click("main form button.go")
    page.wait_for_selector("text=种子已定，不能再改")
    page.click("main button:has-text('抽取')")
    page.wait_for_selector("text=只抽一次")
    page.click("main button:has-text('抽取')")
    page.wait_for_selector("text=抽中的支部")
    look(page, axe_problems)
    page.click("td a:has-text('待去') >> nth=0")
    page.wait_for_selector("text=调研卡")
    look(page, axe_problems)
    page.click("button:has-text('到现场')")
    page.wait_for_selector("textarea[name=notes]")
    look(page, axe_problems)
    visit = page.url

    # In the village hall there is no connection: what is typed stays on the phone.
    page.fill("textarea[name=notes]", "查看了三次党课记录")
    page.context.set_offline(True)
    page.fill("textarea[name=notes]", "查看了三次党课记录，签到表缺七月的")
    page.fill("textarea[name=text]", "七月党课没有签到表")
    page.click("button:has-text('保存记录')")
    page.set_input_files("#file", [photograph("签到表.jpg", 10), photograph("会议室.jpg", 200)])
    page.wait_for_selector(f"{KEPT}:has-text('会议室.jpg'):has-text('未上传')")
    page.wait_for_selector(".kept-photos :text('没有网络连接')")
    page.set_input_files("#file", {"name": "录像.mov", "mimeType": "video/mp4", "buffer": b"x"})
    page.wait_for_selector(".kept-photos .field-error:has-text('录像.mov')")
    assert page.locator(KEPT).count() == 2
    look(page, axe_problems)
    sent = []

    def cut(route: Any) -> None:
        """The first upload arrives, its answer does not."""
        sent.append(route.fetch().status)
        route.abort()

    page.route("**/files/add/", cut, times=1)
    page.context.set_offline(False)  # the page is still open: it sends by itself
    page.wait_for_selector(".kept-photos button:has-text('现在再试')")
    assert sent == [200]
    assert page.locator(KEPT).count() == 2
    # Whoever else takes the phone up finds nothing of it.
    sign_in(page, "dahuangshan")
    page.goto("/drafts/")
    page.wait_for_selector("[data-drafts-none]")
    sign_in(page, "zone")
    page.goto("/drafts/")
    page.wait_for_selector("main .due:has-text('会议室.jpg')")
    page.goto(visit)
    page.wait_for_selector(RESTORE)
    while page.locator(RESTORE).count():
        page.locator(RESTORE).first.click()
    assert page.input_value("textarea[name=notes]") == "查看了三次党课记录，签到表缺七月的"
    assert page.input_value("textarea[name=text]") == "七月党课没有签到表"
    page.click("button:has-text('保存记录')")
    page.wait_for_selector("text=记录已保存")
    page.fill("textarea[name=text]", "七月党课没有签到表")
    page.click("button:has-text('记下')")
    page.wait_for_selector("#findings li:has-text('七月党课没有签到表')")
    # Opened again it offers what is left; what had arrived is not there twice.
    assert page.locator(KEPT).count() == 2
    page.click(".kept-photos button:has-text('现在上传')")
    page.wait_for_selector(KEPT, state="detached")
    page.wait_for_selector(f"{TAKEN}:has-text('会议室.jpg')")
    assert page.locator(TAKEN).count() == 2
    assert page.evaluate("idbKeyval.keys(idbKeyval.createStore('portal-photos', 'bytes'))") == []

    page.click("a:has-text('转督办')")
    page.fill("input[name=title]", "补齐七月党课签到表")
    page.click("main form button.go")
    page.wait_for_selector("text=已转督办")
    page.fill("textarea[name=conclusion]", "党课三次属实，七月签到表要补")
    page.click("button:has-text('结束调研')")
    page.wait_for_selector("text=调研已结束")
    look(page, axe_problems)
