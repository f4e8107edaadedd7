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
    """One's own account is not kept on the device: the server alone carries it, also without
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
    areas.first.fill("整改期限 2025.10.1-2025.12.31")  # fifteen digits, and nobody's number
    page.wait_for_selector(f"{STATUS}:has-text('已存在这台设备上')")
    assert "不存" not in page.inner_text(STATUS)
    areas.first.fill("原身份证 320399 600101 123")
    page.wait_for_selector(f"{STATUS}:has-text('不存')")
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


# --- drafts of the other forms ------------------------------------------------------------------------
KEPT = "idbKeyval.entries(idbKeyval.createStore('portal-drafts', 'drafts'))"
RESTORE = ".draft-offer button:has-text('取回来')"
# What a form holds: each control's name, whether it stays off the device, what stands in it.
HOLDS = """() => Array.from(document.querySelector('form[data-draft]').elements)
  .filter(one => one.name && !/^(hidden|submit)$/.test(one.type))
  .map(one => [one.name, one.hasAttribute('data-no-draft'),
               /^(radio|checkbox)$/.test(one.type) ? one.checked : one.value])"""
# Something in every control, as if typed.
FILL = """numbers => Array.from(document.querySelector('form[data-draft]').elements).forEach((one, at) => {
  if (!one.name || /^(hidden|submit)$/.test(one.type)) return;
  if (/^(radio|checkbox)$/.test(one.type)) one.checked = at % 2 === 1;
  else if (one.tagName === 'SELECT') one.selectedIndex = one.options.length - 1;
  else if (one.type === 'date') one.value = '2026-11-2' + at % 10;
  else if (one.type === 'number') one.value = String(1 + at % 20);
  else one.value = numbers[one.name] || '写到一半 ' + at;
  for (const kind of ['input', 'change']) one.dispatchEvent(new Event(kind, {bubbles: true}));
})"""
NUMBERS = {
    "identity_number": "32031119600101123X",
    "phone": "13912345678",
    "contact_phone": "１３９ 1234 5678",
    "address": "幸福路 8 号",
}
TRACES = ("32031119600101123", "13912345678", "１３９", "1234 5678", "幸福路", DEMO_PASSWORD)


def duty_below(page: Any) -> str:
    """Address of what can be arranged about a branch's report of this month."""
    page.goto("/reports/?state=missing")
    page.locator("td.m a", has_text="未报").last.click()
    page.click("a:has-text('免报与延期')")
    return str(page.url)


def gone(page: Any) -> None:
    """Waits until nothing lies on the device any more."""
    page.wait_for_function(f"{KEPT}.then(rows => rows.length === 0)")


def leave(page: Any) -> Any:
    """Closes the tab without a word, and gives another one of the same browser."""
    page.wait_for_function(f"{KEPT}.then(rows => rows.length > 0)")
    page.wait_for_timeout(600)  # the last key is written down 0.4 s after it
    other = page.context.new_page()
    page.close(run_before_unload=False)
    return other


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("sysadmin", ("/administration/accounts/new/", "/administration/accounts/9/")),
        (
            "secadmin",
            (
                "/administration/grants/9/end/",
                "/administration/grants/new/?person=huzhuang&role=branch_officer&organization=湖庄",
            ),
        ),
        (
            "zone",
            (
                "/plans/new/",
                "/plans/1/",
                "/organizations/new/",
                "/organizations/5/edit/",
                "/organizations/5/move/",
                "/organizations/5/re-elect/",
                "/organizations/5/offices/new/",
                "/organizations/5/named/",
            ),
        ),
        ("dahuangshan", ("/members/new/", "/members/5/edit/", "/members/5/exit/")),
    ],
)
def test_what_stood_in_a_form_comes_back_and_no_number_was_kept(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe, who: str, paths: tuple[str, ...]
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, who)
    for path in paths:
        page.goto(path)
        page.wait_for_selector("form[data-draft]")
        page.evaluate(FILL, NUMBERS)
        before = page.evaluate(HOLDS)
        off = {name for name, is_off, _ in before if is_off}
        page = leave(page)
        page.goto(path)
        page.wait_for_selector(RESTORE)
        kept = str(page.evaluate(KEPT))
        assert not [trace for trace in TRACES if trace in kept], path
        assert {"phone", "contact_phone", "identity_number", "address"} & {
            name for name, *_ in before
        } <= off, path
        # A tick that says one has seen something is made anew, and asked for by the page itself.
        left = any(is_off and isinstance(value, str) for _, is_off, value in before)
        assert ("没有存" in page.inner_text(".draft-offer")) == left, path
        look(page, axe_problems)
        page.click(RESTORE)
        after = page.evaluate(HOLDS)
        assert [one for one in after if not one[1]] == [one for one in before if not one[1]], path
        look(page, axe_problems)
        page.goto("/drafts/")
        page.click(".drafts button:has-text('删除')")
        gone(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_editor_of_a_form_comes_back_as_it_stood(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe, width: int
) -> None:
    """Rows by their keys: what somebody else adds or takes out in between moves no text."""

    def keys(page: Any) -> list[str]:
        return page.eval_on_selector_all(".form-item", "all => all.map(one => one.dataset.key)")

    def press(page: Any, value: str) -> None:
        # A button of a closed item is pressed where it stands, as by a reader of the screen.
        with page.expect_navigation():
            page.eval_on_selector(f"button[value='{value}']", "button => button.click()")

    page = open_page(width=width, height=900)
    sign_in(page, "zone")
    page.goto("/forms/")
    page.click("button:has-text('修改（建立新版本）') >> nth=0")
    page.wait_for_selector("#definition-form")
    address, stood = page.url, keys(page)
    page.context.set_offline(True)
    page.click("#item-problems [data-opens]")
    page.fill("#item-problems textarea[name$=-help]", "断网时写的说明。")
    page.click("#item-highlights [data-opens]")
    page.fill("#item-highlights input[name$=-title]", "断网时改的题目")
    page.click("#item-highlights [data-opens]")
    page.locator("#item-problems [data-grip]").drag_to(page.locator("#item-highlights .fi"))
    moved = keys(page)
    assert moved != stood
    # A button that cannot reach the server says so where it was pressed.
    page.click("button[value='add:number']")
    page.wait_for_selector(".save-status:has-text('没有提交'):visible")
    assert page.eval_on_selector_all(
        ".save-status.bad",
        "all => all.some(one => one.textContent.includes('没有提交')"
        " && one.getBoundingClientRect().top >= 0 && one.getBoundingClientRect().bottom <= innerHeight)",
    )
    assert keys(page) == moved
    page.evaluate("document.querySelector('#definition-form').autosave.stopped = true")
    page.context.set_offline(False)
    page = leave(page)
    page.goto(address)
    page.wait_for_selector(RESTORE)
    assert keys(page) == stood
    look(page, axe_problems)
    page.click(RESTORE)
    assert keys(page) == moved
    page.wait_for_selector(f"{STATUS}:has-text('已自动保存')")
    page.reload()
    assert keys(page) == moved
    assert "断网时改的题目" in page.inner_text("#item-highlights .t")
    assert page.input_value("#item-problems textarea[name$=-help]") == "断网时写的说明。"
    page.wait_for_timeout(300)
    assert not page.locator(".draft-offer").count()

    # Meanwhile somebody else adds one above and takes another out.
    page.click("#item-problems [data-opens]")
    page.context.set_offline(True)
    page.fill("#item-problems textarea[name$=-help]", "写到一半，项目没有了。")
    page.click("#item-highlights [data-opens]")
    page.fill("#item-highlights input[name$=-title]", "第二次改的题目")
    page.evaluate("document.querySelector('#definition-form').autosave.stopped = true")
    page.context.set_offline(False)
    page = leave(page)
    other = open_page(width=1440)
    sign_in(other, "zone")
    other.goto(address)
    press(other, "add:text")
    added = next(key for key in keys(other) if key not in moved)
    press(other, f"up:{added}")
    press(other, f"up:{added}")
    press(other, "remove:problems")
    now = keys(other)
    assert "problems" not in now
    page.goto(address)
    page.wait_for_selector(".draft-offer:has-text('有过变化')")
    page.click(RESTORE)
    assert keys(page) == now
    assert "写到一半，项目没有了。" in page.inner_text(".draft-offer")
    assert page.input_value("#item-highlights input[name$=-title]") == "第二次改的题目"
    assert page.input_value(f"#item-{added} input[name$=-title]").startswith("新的")
    page.wait_for_selector(f"{STATUS}:has-text('另有人改过')")
    look(page, axe_problems)
    page.click("[data-autosave-resume]")
    page.wait_for_selector(f"{STATUS}:has-text('已自动保存')")
    # What has no place any more waits until the person has copied it.
    page.reload()
    page.click(RESTORE)
    assert "写到一半，项目没有了。" in page.inner_text(".draft-offer")
    page.click(".draft-offer button:has-text('不再留')")
    gone(page)
    page.click("button:has-text('删除这份草稿')")
    page.wait_for_selector(".notice.success")


def test_a_member_is_registered_through_all_that_goes_wrong(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe
) -> None:
    """Another role, a closed tab, no connection, a refused field, an ended session, two presses."""
    page = open_page(width=390, height=844)
    sign_in(page, "huzhuang")
    large(page)
    page.goto("/members/new/")
    for name, text in {**NUMBERS, "name": "戴新员", "job": "农民"}.items():
        if name != "contact_phone":
            page.fill(f"main [name={name}]", text)
    page.wait_for_selector(".save-status:has-text('公民身份号码、联系电话、家庭住址不存')")
    page = leave(page)
    # The list says in which role it was written.
    page.goto("/")
    page.click("details.acting summary")
    page.click("details.acting button:not(.on)")
    page.wait_for_selector(".notice.success")
    page.goto("/drafts/")
    page.wait_for_selector(".drafts:has-text('登记党员')")
    assert "换到这个角色" in page.inner_text(".drafts")
    look(page, axe_problems)
    page.click("details.acting summary")
    page.click("details.acting button:not(.on)")
    page.wait_for_selector(".notice.success")
    page.goto("/drafts/")
    assert "换到这个角色" not in page.inner_text(".drafts")
    page.click(".drafts a")
    page.wait_for_selector(".draft-offer:has-text('公民身份号码、联系电话、家庭住址没有存')")
    look(page, axe_problems)
    page.click(RESTORE)
    assert page.input_value("main [name=name]") == "戴新员"
    for name in ("identity_number", "phone", "address"):
        assert page.input_value(f"main [name={name}]") == ""
    # The way to each that must be typed again.
    page.click(".draft-offer button:has-text('联系电话')")
    assert page.evaluate("document.activeElement.name") == "phone"
    look(page, axe_problems)
    page.context.set_offline(True)
    page.click("main form button:has-text('保存')")
    page.wait_for_selector(".save-status:has-text('连不上服务器')")
    page.context.set_offline(False)
    page.click("main form button:has-text('保存')")
    page.wait_for_selector(".error-summary")
    page.wait_for_timeout(500)
    assert not page.locator(".draft-offer").count()  # the page goes on with its draft
    assert page.input_value("main [name=job]") == "农民"
    page.reload()
    page.click(RESTORE)
    number = "110101199003078777"
    page.fill("main [name=identity_number]", number)
    page.fill("main [name=phone]", NUMBERS["phone"])
    page.fill("main [name=birth_on]", "1990-03-07")
    page.fill("main [name=joined_on]", "2015-07-01")
    page.fill("main [name=full_member_on]", "2016-07-01")
    page.fill("main [name=arrived_on]", "2026-06-01")
    page.select_option("main [name=organization]", index=1)
    page.wait_for_timeout(600)
    assert not [trace for trace in (*TRACES, number) if trace in str(page.evaluate(KEPT))]
    session_ends(page)
    page.click("main form button:has-text('保存')")
    page.wait_for_selector("text=登录后接着办")
    page.fill("input[name=username]", "huzhuang")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector(".notice.success, .error-summary")
    assert page.locator(".notice.success").count(), page.inner_text("main")
    gone(page)
    page.go_back()
    page.wait_for_timeout(500)
    gone(page)


def test_an_account_that_was_offered_again_is_made_once(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, "sysadmin")
    page.goto("/administration/accounts/new/")
    page.fill("main [name=username]", "keptaccount")
    page.fill("main [name=name]", "留存人")
    page.fill("main [name=phone]", "13912340000")
    page = leave(page)
    page.goto("/administration/accounts/new/")
    page.click(RESTORE)
    assert page.input_value("main [name=username]") == "keptaccount"
    assert page.input_value("main [name=phone]") == ""
    page.dblclick("main form button:has-text('建立账号')")
    page.wait_for_selector(".notice.success")
    gone(page)
    page.goto("/administration/accounts/?q=keptaccount")
    assert page.locator("main a:has-text('留存人')").count() == 1


def test_two_forms_of_one_page_keep_their_own(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "dahuangshan")
    page.goto(duty_below(page))
    page.fill("form[action$='/waive/'] [name=reason]", "支部全体外出学习。")
    page.fill("form[action$='/extend/'] [name=reason]", "延期的原因。")
    page.wait_for_timeout(600)
    # Refused: the form goes on with its own, the other is offered.
    page.click("form[action$='/extend/'] button:has-text('延期')")
    page.wait_for_selector(".error-summary")
    page.wait_for_selector(".draft-offer:has-text('“免报”')")
    assert page.locator(".draft-offer").count() == 1
    assert page.input_value("form[action$='/extend/'] [name=reason]") == "延期的原因。"
    look(page, axe_problems)
    # Neither is touched by the other's being done; asked for again after the connection was away.
    page.click(RESTORE)
    page.fill("form[action$='/waive/'] [name=approved_by]", "街道党工委会议")
    page.context.set_offline(True)
    page.click("form[action$='/waive/'] button:has-text('免报')")
    # Not the line of what was kept, which says so too: before the refusal it may still be sent.
    page.wait_for_selector("form[action$='/waive/'] .save-status:has-text('连不上服务器')")
    page.context.set_offline(False)
    page.click("form[action$='/waive/'] button:has-text('免报')")
    page.wait_for_selector(".notice.success:has-text('已免报')")
    page.wait_for_function(f"{KEPT}.then(rows => rows.length === 1)")
    assert "延期的原因" in str(page.evaluate(KEPT))
    page.goto("/drafts/")
    assert "延期：" in page.inner_text(".drafts")


def test_a_reason_of_opening_again_waits_in_its_fold(
    open_page: OpenPage, sign_in: SignIn, axe_problems: Axe
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "dahuangshan")
    for number in range(1, 60):  # one of the month before, accepted
        page.goto(f"/reports/{number}/")
        if page.locator("details.reopen").count():
            break
    address = page.url
    page.click("details.reopen summary")
    page.fill("#reopen-reason", "与台账不符，请核对。")
    page.check("details.reopen input[name=item] >> nth=1")
    page = leave(page)
    page.goto(address)
    page.wait_for_selector(RESTORE)
    look(page, axe_problems)
    page.click(RESTORE)
    assert page.is_visible("#reopen-reason")
    assert page.input_value("#reopen-reason") == "与台账不符，请核对。"
    assert page.is_checked("details.reopen input[name=item] >> nth=1")
    page.goto("/drafts/")
    assert "重新打开" in page.inner_text(".drafts")
