"""A tour of three stops, in a real browser: planned and called by the holder, noted at by phone where
the line breaks, a note made an item, and the minutes."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
SignIn = Callable[..., None]
Axe = Callable[[Any], list[str]]
OpenPage = Callable[..., Any]
AGREED = "button[name=agreed][value=yes]"
SERIES = "三个点的观摩"
STOPS = (
    ("湖庄村第一支部", "08:30", "积分管理"),
    ("桃园社区第一支部", "09:20", "党群服务中心"),
    ("湖庄村第二支部", "10:10", "红色物业"),
)


def look(page: Any, axe_problems: Axe) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def planned(page: Any) -> str:
    """The holder plans it for next week, lays the route and calls; the address of the route."""
    page.goto("/dispatch/series/new/")
    page.fill("input[name=name]", SERIES)
    page.select_option("select[name=form]", label="统一观摩")
    page.click("main form button.go")
    page.wait_for_url("**/meetings/new/**")
    page.select_option("select[name=series]", label=SERIES)
    page.fill("input[name=day]", (dt.date.today() + dt.timedelta(days=7)).isoformat())
    page.fill("input[name=time]", "08:00")
    page.click("main form button.go")
    page.wait_for_selector(f":text('拟稿，还没有通知任何人'), {AGREED}")
    if page.locator(AGREED).count():  # a day of rest
        page.click(AGREED)
    page.wait_for_selector("text=拟稿，还没有通知任何人")
    meeting = page.url
    page.click("a:has-text('观摩路线')")
    for place, arrives, shows in STOPS:
        page.click("summary:has-text('加一个观摩点')")
        page.locator("select[name=organization] option", has_text=place).first.evaluate(
            "option => { option.selected = true; }"
        )
        page.fill("input[name=arrives_at]", arrives)
        page.fill("input[name=shows]", shows)
        page.click("button:has-text('加入路线')")
        page.wait_for_selector(f"h2:has-text('{place}')")
    tour = page.url.split("#")[0]
    page.goto(meeting)
    page.click("main button:has-text('通知')")
    page.click(AGREED)
    page.wait_for_selector("main .pill:has-text('已通知')")
    return tour


def test_tour_of_three_stops(open_page: OpenPage, sign_in: SignIn, axe_problems: Axe) -> None:
    zone, phone = open_page(), open_page(width=390, height=844)
    sign_in(zone, "zone")
    tour = planned(zone)

    sign_in(phone, "jinshanqiao")
    phone.goto(tour)
    look(phone, axe_problems)
    stops = phone.locator("main [id^=stop]")
    assert stops.count() == 3

    def note(number: int, text: str) -> None:
        stops.nth(number).locator("textarea").fill(text)
        stops.nth(number).locator("button:has-text('记下')").click()

    note(0, "积分上墙，一月一公示")
    phone.wait_for_selector("main li:has-text('积分上墙')")
    # In the lift: nothing is lost, and nothing sent before the line is back.
    phone.context.set_offline(True)
    note(1, "一窗办事，晚上也有人")
    phone.wait_for_selector("text=没有提交：连不上服务器")
    phone.context.set_offline(False)
    stops.nth(1).locator("button:has-text('记下')").click()
    phone.wait_for_selector("main li:has-text('一窗办事')")

    # It arrives, its answer does not: offered again, sent again, and there once.
    def cut(route: Any) -> None:
        route.fetch(max_redirects=0)
        phone.context.clear_cookies(name="draft_done")  # which the answer brings
        route.abort()

    phone.route("**/note/", cut, times=1)
    with phone.expect_event("requestfailed"):
        note(2, "楼道又堆了杂物，责任人牌子还是去年的")
    phone.wait_for_selector("#main-frame-error")  # the browser's own page
    phone.goto(tour)
    phone.click(".draft-offer button:has-text('取回来')")
    assert stops.nth(2).locator("textarea").input_value() == "楼道又堆了杂物，责任人牌子还是去年的"
    with phone.expect_navigation():
        stops.nth(2).locator("button:has-text('记下')").click()
    assert phone.locator("main li:has-text('楼道又堆了杂物')").count() == 1
    look(phone, axe_problems)

    zone.goto(tour)
    zone.click("main li:has-text('楼道又堆了杂物') a:has-text('转督办')")
    zone.fill("input[name=title]", "楼道杂物清理并更新责任人")
    look(zone, axe_problems)
    zone.click("main form button.go")
    zone.wait_for_selector("text=已转督办")
    number = zone.inner_text("main li:has-text('楼道又堆了杂物') a")
    zone.click(f"main li a:has-text('{number}')")
    zone.click("main .hits a:has-text('湖庄村第二支部')")
    zone.wait_for_selector("h1:has-text('观摩路线')")
    phone.goto(tour)
    phone.wait_for_selector("main li:has-text('楼道又堆了杂物'):has-text('已转督办')")

    meeting = tour.replace("/tours/", "/meetings/")
    zone.goto(meeting)
    last = (zone.locator(".agenda .ac").last.get_attribute("id") or "")[1:]
    zone.goto(f"{meeting}room/")
    zone.click("button:has-text('开始开会')")
    zone.wait_for_selector("nav a:has-text('新结论')")
    zone.goto(f"/dispatch/cards/{last}/room/")
    zone.click("button:has-text('闭会')")
    zone.click(AGREED)
    zone.wait_for_selector("a:has-text('纪要 Word')")
    zone.goto(f"{meeting}minutes/")
    zone.wait_for_selector(f"main :text('{number}')")
    for place, _, _ in STOPS:
        assert zone.locator(f"main :text('{place}')").count()
    look(zone, axe_problems)
