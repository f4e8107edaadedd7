"""Nothing typed is lost, in a real browser: an ended session, another role in another tab, no
connection, two tabs, a refused upload, a refused check, Enter in a line; wide, on a phone, in
large type."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest

from tests import servers
from tests.conftest import DEMO_PASSWORD

pytestmark = pytest.mark.browser
SignIn = Callable[..., None]
Axe = Callable[[Any], list[str]]
OpenPage = Callable[..., Any]
STATUS = "[data-autosave-status]"


def large(page: Any) -> None:
    """The large type of somebody who has chosen it."""
    page.context.add_cookies([{"name": "type", "value": "large", "url": urljoin(page.url, "/")}])
    page.reload()


def session_ends(page: Any) -> None:
    """As after half an hour of writing: the cookie means nothing any more."""
    home = urljoin(page.url, "/")
    page.context.add_cookies([{"name": "sessionid", "value": "x" * 32, "url": home}])


def on_screen(page: Any, selector: str) -> bool:
    """Waits until it lies wholly in what is seen, with nothing that sticks there over it."""
    page.wait_for_function(
        """selector => { const one = document.querySelector(selector), box = one.getBoundingClientRect();
          const top = document.elementFromPoint(box.left + Math.min(box.width, 40) / 2, box.top + box.height / 2);
          return box.top >= 0 && box.bottom <= innerHeight && top && (one.contains(top) || top.contains(one)); }""",
        arg=selector,
        timeout=10_000,
    )
    return True


def open_draft(page: Any) -> None:
    """The committee's own report of the month, still a draft."""
    page.goto("/")
    page.click("main a:has-text('查看草稿')")
    page.wait_for_selector("#text-next_plan")


def open_check(page: Any) -> None:
    """The first report that waits to be checked."""
    page.goto("/reports/queue/")
    page.click("main .btn.go")
    page.wait_for_selector(".verdict")


def look(page: Any, axe_problems: Axe) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


# --- an ended session -----------------------------------------------------------------------------
@pytest.mark.parametrize("width", [1440, 390])
def test_a_session_that_ends_while_one_writes(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe, width: int
) -> None:
    page = open_page(width=width, height=844)
    sign_in(page, "dahuangshan")
    open_draft(page)
    page.fill("#text-next_plan", f"登录过期前写的 {width}")
    session_ends(page)
    page.locator("#text-next_plan").blur()
    page.wait_for_selector(f"{STATUS}:has-text('登录已过期')")
    assert on_screen(page, STATUS)
    page.click(f"{STATUS} button:has-text('重新登录')")
    page.wait_for_selector("dialog.sign-in[open]")
    look(page, axe_problems)
    page.fill("dialog input[name=username]", "dahuangshan")
    page.fill("dialog input[name=password]", "wrong")
    page.press("dialog input[name=password]", "Enter")
    page.wait_for_selector("dialog >> text=登录名或密码不正确")
    page.fill("dialog input[name=username]", "dahuangshan")
    page.fill("dialog input[name=password]", DEMO_PASSWORD)
    page.press("dialog input[name=password]", "Enter")
    page.wait_for_selector(f"{STATUS}:has-text('已自动保存')")
    page.reload()
    assert page.input_value("#text-next_plan") == f"登录过期前写的 {width}"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_sent_after_the_session_ended_is_finished(
    browser: Any, live_portal: servers.Server, axe_problems: Axe, scripts: bool
) -> None:
    """The register of members asks for no draft: the server alone carries it, also without
    scripts."""
    context = browser.new_context(
        base_url=live_portal.url, locale="zh-CN", java_script_enabled=scripts
    )
    page = context.new_page()
    page.goto("/login/")
    page.fill("input[name=username]", "dahuangshan")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.goto("/account/")
    page.fill("input[name=email]", f"kept{int(scripts)}@example.cn")
    session_ends(page)
    page.click("main form button.go")
    page.wait_for_selector("text=登录后接着办")
    assert "kept" in page.content()
    if scripts:
        look(page, axe_problems)
    page.fill("input[name=username]", "dahuangshan")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    if not scripts:
        page.click("button:has-text('继续提交')")
    page.wait_for_selector(".notice.success")
    assert page.input_value("input[name=email]") == f"kept{int(scripts)}@example.cn"
    context.close()


# --- another role -----------------------------------------------------------------------------------
def test_a_role_chosen_in_another_tab(open_page: OpenPage, sign_in: SignIn) -> None:
    page = open_page()
    sign_in(page, "huzhuang")
    open_draft(page)
    page.fill("#text-next_plan", "换了角色也不丢。")
    other = page.context.new_page()
    other.goto("/")
    other.click("details.acting summary")
    other.click("details.acting button:not(.on)")
    other.wait_for_selector(".notice.success")
    page.bring_to_front()
    page.locator("#text-next_plan").blur()
    page.wait_for_selector(f"{STATUS}:has-text('已自动保存')")
    page.click("button.btn:has-text('保存草稿')")
    page.wait_for_selector(".notice.success")
    assert page.input_value("#text-next_plan") == "换了角色也不丢。"


# --- refused ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", ["plain", "large"])
def test_a_refused_check_keeps_the_choice_and_goes_to_it(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe, size: str
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "dahuangshan")
    if size == "large":
        large(page)
    open_check(page)
    address = page.url
    item = page.locator(".verdict").last
    item.locator("label[for^=return-]").click()
    page.click("button:has-text('完成核报')")
    page.wait_for_selector(".verdict .field-error")
    assert item.locator("input[value=return]").is_checked()
    assert page.evaluate("document.activeElement.name").startswith("reason-")
    assert on_screen(page, ".verdict .field-error")
    look(page, axe_problems)
    # Pressed again it does not accept.
    with page.expect_navigation():
        page.click("button:has-text('完成核报')")
    page.wait_for_selector(".verdict .field-error")
    assert item.locator("input[value=return]").is_checked()
    # Nor is there a dead end at the address of the act.
    page.reload()
    assert page.locator(".report .item").count()
    assert page.url.partition("?")[0] == address.partition("?")[0]


@pytest.mark.parametrize("size", ["plain", "large"])
def test_a_refused_upload_says_so_where_one_looks(
    open_page: OpenPage, sign_in: SignIn, size: str
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "dahuangshan")
    if size == "large":
        large(page)
    open_draft(page)
    page.fill("#text-next_plan", f"上传之前写的 {size}")
    page.set_input_files(
        "#file",
        files=[{"name": "清单.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}],
    )
    page.wait_for_selector("#item-files .field-error")
    assert "清单.exe" in page.inner_text("#item-files .field-error")
    assert on_screen(page, "#item-files .field-error")
    assert page.input_value("#text-next_plan") == f"上传之前写的 {size}"


def test_enter_in_a_line_presses_no_suggestion(open_page: OpenPage, sign_in: SignIn) -> None:
    """The first button of each form that can be sent by Enter is its own."""
    page = open_page()
    sign_in(page, "dahuangshan")
    open_draft(page)
    first = page.evaluate(
        "document.querySelector('#report-form button:not([type=button])').textContent.trim()"
    )
    assert first == "保存草稿"


def test_the_line_of_saving_stands_beside_the_button(open_page: OpenPage, sign_in: SignIn) -> None:
    page = open_page(width=390, height=700)
    sign_in(page, "dahuangshan")
    open_draft(page)
    page.locator("#entry-highlights-1").scroll_into_view_if_needed()
    page.fill("#entry-highlights-1", "写在最上面一项。")
    page.wait_for_selector(f"{STATUS}:has-text('没有保存')")
    assert on_screen(page, STATUS)
    page.wait_for_selector(f"{STATUS}:has-text('已自动保存')")
    assert on_screen(page, STATUS)


# --- no connection, tabs, drafts ------------------------------------------------------------------------
@pytest.mark.parametrize("width", [1440, 390])
def test_without_a_connection_what_is_written_waits_on_the_device(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe, width: int
) -> None:
    page = open_page(width=width, height=844)
    sign_in(page, "dahuangshan")
    open_draft(page)
    page.context.set_offline(True)
    page.wait_for_selector("#offline")
    page.fill("#text-problems", f"断网时写的 {width}")
    page.wait_for_selector(f"{STATUS}:has-text('没有网络连接')")
    page.click("button.btn:has-text('保存草稿')")
    page.wait_for_selector(f"{STATUS}:has-text('没有提交')")
    assert page.input_value("#text-problems") == f"断网时写的 {width}"
    assert on_screen(page, STATUS)
    look(page, axe_problems)
    # The tab is closed; another day, with the connection back:
    address = page.url
    other = page.context.new_page()
    # A page that is closed is told of a connection for its last moment, and saves by it (1 in 6).
    page.evaluate("document.querySelector('#report-form').autosave.stopped = true")
    page.close(run_before_unload=False)
    other.context.set_offline(False)
    other.goto("/")
    other.wait_for_selector("[data-drafts-note]:not([hidden])")
    other.goto(address)
    other.wait_for_selector(".draft-offer")
    look(other, axe_problems)
    assert other.input_value("#text-problems") != f"断网时写的 {width}"
    other.click(".draft-offer button:has-text('取回来')")
    assert other.input_value("#text-problems") == f"断网时写的 {width}"
    other.locator("#text-problems").blur()
    other.wait_for_selector(f"{STATUS}:has-text('已自动保存')")
    other.reload()
    assert other.input_value("#text-problems") == f"断网时写的 {width}"
    other.wait_for_timeout(300)
    assert not other.locator(".draft-offer").count()


def test_a_check_is_kept_listed_asked_about_and_gone_when_sent(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "dahuangshan")
    open_check(page)
    address, item = page.url, page.locator(".verdict").first
    item.locator("label[for^=return-]").click()
    item.locator("textarea").fill("请写明 12 月 20 日前谁负责。")
    page.wait_for_selector(f"{STATUS}:has-text('已存在这台设备上')")
    # A second tab keeps its own.
    second = page.context.new_page()
    second.goto(address)
    second.wait_for_selector(".draft-offer")
    second.close()
    page.goto("/drafts/")
    page.wait_for_selector(".drafts .due")
    assert "核报" in page.inner_text(".drafts")
    assert "自动清除" in page.inner_text(".drafts")
    look(page, axe_problems)
    # Signing out asks.
    page.click("details.user summary")
    page.click("button:has-text('退出登录')")
    page.wait_for_selector("dialog.sign-out[open]")
    assert "还有 1 份内容没有提交" in page.inner_text("dialog")
    look(page, axe_problems)
    page.click("dialog button:has-text('留在这台设备上')")
    page.wait_for_selector("input[name=password]")
    # Another person on the same device sees nothing of it.
    sign_in(page, "huzhuang")
    page.goto("/drafts/")
    page.wait_for_selector("[data-drafts-none]:not([hidden])")
    sign_in(page, "dahuangshan")
    page.goto(address)
    page.click(".draft-offer button:has-text('取回来')")
    item = page.locator(".verdict").first
    assert item.locator("input[value=return]").is_checked()
    assert item.locator("textarea").input_value() == "请写明 12 月 20 日前谁负责。"
    page.click("button:has-text('完成核报')")
    page.wait_for_selector(".notice.success")
    page.goto("/drafts/")
    page.wait_for_selector("[data-drafts-none]:not([hidden])")


def test_numbers_of_people_and_old_drafts_do_not_stay_on_the_device(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, "dahuangshan")
    open_check(page)
    areas = page.locator(".verdict textarea")
    page.locator(".verdict label[for^=return-]").first.click()
    areas.first.fill("电话 138 0000 1234，身份证 320399 19600101 1234")
    page.wait_for_selector(f"{STATUS}:has-text('不存')")
    kept = page.evaluate("idbKeyval.entries(idbKeyval.createStore('portal-drafts', 'drafts'))")
    assert len(kept) == 1
    assert not re.search(r"1380000|3203991960|138 0000", str(kept))
    for storage in ("localStorage", "sessionStorage"):
        assert "电话" not in page.evaluate(f"JSON.stringify({storage})")
    # Eight days later.
    page.evaluate(
        """() => { const s = idbKeyval.createStore('portal-drafts', 'drafts');
          return idbKeyval.entries(s).then(rows => Promise.all(rows.map(([k, v]) =>
            idbKeyval.set(k, {...v, at: v.at - 8 * 86400000}, s)))); }"""
    )
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/drafts/")
    page.wait_for_selector("[data-drafts-none]:not([hidden])")
    page.wait_for_function(
        "idbKeyval.entries(idbKeyval.createStore('portal-drafts', 'drafts')).then(r => r.length === 0)"
    )
