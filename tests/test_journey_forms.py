"""A plan and its form are made in a browser on an installation that has none, and a branch fills it
in on a phone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import servers, templates
from tests.test_dispatch_room_browser import environment_of
from tests.test_journeys import look
from tests.world import PASSWORD

pytestmark = pytest.mark.browser
Axe = Callable[[Any], list[str]]


@pytest.fixture(scope="module")
def small_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A portal with a street, a branch and their people; no plan and no form."""
    environment = servers.portal_environment(tmp_path_factory.mktemp("forms"))
    templates.migrate(environment)
    servers.manage(
        environment,
        "shell",
        "-c",
        "from tests.world import make_organization as org, make_user\n"
        "root = org('中共徐州经济技术开发区工作委员会', 'work_committee', founded_on=None)\n"
        "street = org('中共大黄山街道工作委员会', 'direct_committee', parent=root, founded_on=None)\n"
        "branch = org('中共湖庄村支部委员会', parent=street, founded_on=None)\n"
        "make_user('zone', 'zone_staff', root)\n"
        "make_user('secretary', 'branch_secretary', branch)\n",
    )
    portal = servers.start_portal(environment)
    yield portal
    portal.stop()


def sign_in(browser: Any, portal: servers.Server, name: str, width: int) -> Any:
    context = browser.new_context(
        base_url=portal.url, locale="zh-CN", viewport={"width": width, "height": 900}
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("nav.side-menu", state="attached")
    return page


def saved(page: Any) -> None:
    page.wait_for_selector("[data-autosave-status]:has-text('已自动保存')")


def test_plan_and_form_are_made_and_a_branch_fills_it_in(
    browser: Any, small_portal: servers.Server, axe_problems: Axe
) -> None:
    page = sign_in(browser, small_portal, "zone", 1440)

    # A plan of one's own, with whom it reaches beside it before it is made.
    page.goto("/plans/")
    look(page, axe_problems)
    page.click("a:has-text('新建计划')")
    page.fill("#id_name", "攻关月报")
    page.fill("#id_basis", "《2026年企业党建工作要点》第 9 条")
    page.check("#id_kinds input[value=branch]")
    page.wait_for_selector("#plan-preview dd:has-text('1 个组织')")
    assert "到期" in page.inner_text("#plan-preview")
    page.fill("#id_opens_day", "1")
    look(page, axe_problems)
    page.check("#id_seen")  # what the branch owes already has been seen
    page.click("button:has-text('建立计划')")
    page.wait_for_selector("text=没有适用的表样")
    look(page, axe_problems)

    # Its form: added, written, dragged, moved by arrows, taken out and put back; saved by itself.
    page.click("button:has-text('为它们建立表样')")
    page.wait_for_selector("#definition-form")
    look(page, axe_problems)
    page.click("button[value='add:number']")
    page.wait_for_selector(".form-item.open #id_item-2-title")
    page.fill("#id_item-2-title", "党员牵头的技术攻关")
    page.fill("#id_item-2-unit", "项")
    page.fill("#id_item-2-maximum", "50")
    page.check("#id_item-2-required")
    page.fill("#id_item-2-why", "《2026年企业党建工作要点》第 9 条")
    page.locator("#id_item-2-why").blur()
    saved(page)
    page.wait_for_selector("[data-phone=item_2]:has-text('党员牵头的技术攻关')")
    page.click("button[value='add:yes_no']")
    page.wait_for_selector(".form-item.open #id_item-3-title")
    page.fill("#id_item-3-title", "经费是否到位")
    page.select_option("#id_item-3-reason_on", "no")
    look(page, axe_problems)
    page.click("button[value='up:item_3']")
    page.wait_for_selector("#item-item_3 [data-number]:has-text('3')")
    titles = page.locator(".form-item .t").all_inner_texts()
    assert [title.split(" ")[0].strip() for title in titles][2:] == [
        "经费是否到位",
        "党员牵头的技术攻关",
    ]
    page.locator("#item-item_3 [data-grip]").drag_to(page.locator("#item-item_2 .fi"))
    saved(page)
    page.reload()
    assert "党员牵头的技术攻关" in page.locator(".form-item .t").all_inner_texts()[2]
    # One opens at a time.
    page.click("#item-item_2 [data-opens]")
    page.click("#item-item_3 [data-opens]")
    assert page.locator(".form-item.open").count() == 1
    page.click("#item-item_3 button:has-text('删去这一项')")
    page.click("button:has-text('恢复')")
    page.wait_for_selector("#item-item_3")

    # Tried as the secretary will see it.
    page.fill("#phone #number-item_2", "99")
    page.click("button:has-text('试着报送')")
    page.wait_for_selector("#phone .field-error:has-text('不能大于 50项')")
    look(page, axe_problems)
    # As on a computer and on paper, by the keyboard; what was tried goes along.
    page.focus("#look-phone")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#phone .look-computer")
    assert page.input_value("#phone #number-item_2") == "99"
    assert page.evaluate("document.activeElement.id") == "look-computer"
    look(page, axe_problems)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#phone .look-paper .paper-title")
    assert "99项" in page.inner_text("#phone .look-paper")
    look(page, axe_problems)
    # What asks for something the portal counts is told while one types; saving keeps the look.
    page.click("#item-item_2 [data-opens]")
    page.fill("#id_item-2-title", "流动党员数")
    page.fill("#id_item-2-unit", "人")
    page.locator("#id_item-2-unit").blur()
    page.wait_for_selector("#known-item_2:has-text('系统已有')")
    page.wait_for_selector("#phone .look-paper:has-text('流动党员数')")
    page.fill("#id_item-2-title", "党员牵头的技术攻关")
    page.fill("#id_item-2-unit", "项")
    page.locator("#id_item-2-unit").blur()
    page.wait_for_selector("#known-item_2:has-text('系统已有')", state="detached")
    page.click("#look-phone")
    page.wait_for_selector("#phone .look-phone")
    assert page.input_value("#phone #number-item_2") == "99"
    # While somebody types into the preview it is not made anew under his hands.
    page.fill("#id_item-2-help", "按项目数，不按人次。")
    page.locator("#phone #text-item_1").press_sequentially("正在写", delay=200)
    saved(page)
    assert page.input_value("#phone #text-item_1") == "正在写"
    page.focus("#look-phone")
    page.keyboard.press("Shift+Tab")
    page.wait_for_selector("[data-phone=item_2]:has-text('按项目数，不按人次。')")
    assert page.input_value("#phone #text-item_1") == "正在写"
    page.click("#item-item_2 [data-opens]")

    # In force: what is typed at that moment goes with it.
    page.click("#item-item_2 [data-opens]")
    page.fill("#item-item_2 textarea", "按项目数，不按人次。没有填 0。")
    assert page.is_disabled("button:has-text('起用第1版')")
    page.check("#id_seen")
    page.click("button:has-text('起用第1版')")
    page.wait_for_selector(".notice.success:has-text('起用')")
    look(page, axe_problems)
    page.goto("/plans/")
    page.click("a:has-text('修改与打开')")
    page.click("button:has-text('打开')")
    page.wait_for_selector(".notice.success:has-text('新增 1 项应办')")

    # The branch, on a phone.
    phone = sign_in(browser, small_portal, "secretary", 390)
    phone.goto("/reports/1/")  # not due for weeks: nothing on the home asks for it yet
    phone.wait_for_selector("#number-item_2")
    look(phone, axe_problems)
    assert "按项目数，不按人次" in phone.inner_text("#item-item_2")
    phone.fill("#text-item_1", "开展了两次攻关会。")
    phone.fill("#number-item_2", "三个")
    phone.check("input[name=answer-item_3][value=no]")
    phone.click("button:has-text('报送')")
    phone.wait_for_selector("#item-item_2 .field-error:has-text('不是数字')")
    assert phone.input_value("#number-item_2") == "三个"
    assert "请写一句原因" in phone.inner_text("#item-item_3")
    look(phone, axe_problems)
    phone.fill("#number-item_2", "3")
    phone.fill("#because-item_3", "待审批")
    phone.click("button:has-text('报送')")
    phone.wait_for_selector(".notice.success")
    assert "3项" in phone.inner_text("#item-item_2")
    assert "否。待审批" in phone.inner_text("#item-item_3")
    look(phone, axe_problems)


COUNT = "from schedules.rounds.models import Duty, ReportDefinition\nprint('DUTIES', Duty.objects.filter(plan__name='用工月报').count(), ReportDefinition.objects.filter(plan__name='用工月报').count())\n"


def test_a_form_is_refused_by_its_sender_who_has_seen_what_it_costs(
    browser: Any, small_portal: servers.Server, axe_problems: Axe
) -> None:
    page = sign_in(browser, small_portal, "zone", 1440)
    page.goto("/plans/new/")
    page.fill("#id_name", "用工月报")
    page.fill("#id_basis", "《2026年企业党建工作要点》第 10 条")
    page.check("#id_kinds input[value=branch]")
    page.wait_for_selector("#plan-preview dd:has-text('1 个组织')")
    page.fill("#id_opens_day", "1")

    # Made without having looked: refused in words, and all is still there.
    with page.expect_navigation():
        page.click("button:has-text('建立计划')")
    look(page, axe_problems)
    assert "请先看过各类组织已有的用时" in page.inner_text("main")
    assert page.input_value("#id_name") == "用工月报"
    page.check("#id_seen")
    with page.expect_navigation():
        page.click("button:has-text('建立计划')")
    with page.expect_navigation():
        page.click("button:has-text('为它们建立表样')")

    # A question whose answer the portal has, and a long one.
    page.click("button[value='add:number']")
    page.wait_for_selector(".form-item.open #id_item-2-title")
    page.fill("#id_item-2-title", "流动党员数")
    page.fill("#id_item-2-unit", "人")
    page.fill("#id_item-2-why", "要点第 10 条")
    page.locator("#id_item-2-why").blur()
    saved(page)
    page.wait_for_selector("#known-item_2:has-text('系统已有')")
    page.reload()
    start = page.locator("#start")
    assert "各类组织已有多少事" in start.inner_text()
    assert "系统已有" in start.inner_text()
    cost = start.locator("table.weighing").inner_text()
    assert "→" in cost
    assert "分" in cost
    look(page, axe_problems)
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, axe_problems)
    page.set_viewport_size({"width": 1440, "height": 900})

    # Sent all the same, past the button that waits for the tick: the server does not take it.
    go = page.locator("button:has-text('起用第1版')")
    assert go.is_disabled()
    page.eval_on_selector("#start button.go", "one => one.disabled = false")
    with page.expect_navigation():
        go.click()
    assert page.locator("#start .field-error").count() == 1
    assert page.input_value("#id_item-2-title") == "流动党员数"
    assert "草稿" in page.inner_text("h1")

    # It costs more than it tells: the sender takes it back, and nobody was ever asked.
    with page.expect_navigation():
        page.click("button:has-text('删除这份草稿')")
    assert "草稿已删除" in page.inner_text("body")
    look(page, axe_problems)
    told = servers.manage(environment_of(small_portal), "shell", "-c", COUNT)
    assert "DUTIES 0 0" in told
