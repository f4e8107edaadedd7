"""What a branch writes in its month's report comes to an end in a real browser: read by the zone,
marked and answered, on the agenda, in the room, given out, taken on by phone, sent back once, closed
by another person, and looked at again two months later by a third. axe looks at every page on the way.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journeys import DOT, look, open_draft

pytestmark = pytest.mark.browser
Axe = Callable[[Any], list[str]]
PROBLEM = "村部二楼活动室窗户漏风，冬天上党课坐不住。"
TITLE = "换好活动室的窗户"
ANSWER = "已列入本月调度会，会后定谁来修。"

# A branch that still writes its report, and two colleagues of the zone's account.
PEOPLE = """
from orgs.models import Organization, RoleGrant
from schedules.rounds.enums import ReportState
from schedules.rounds.models import Report
from tests.world import make_user
drafts = Report.objects.filter(state=ReportState.DRAFT)
writing = RoleGrant.objects.current().filter(
    role="branch_secretary", organization__in=drafts.values("organization"),
    user__username__startswith="b",
).select_related("organization").order_by("pk")[0]
root = Organization.objects.get(parent=None)
make_user("checks", "zone_staff", root, name="核验的人")
make_user("looks", "zone_staff", root, name="回头看的人")
print("BRANCH", writing.user.username, writing.organization)
"""


@contextmanager
def days_later(portal: servers.Server, days: int) -> Iterator[str]:
    """The address of the same portal's pages as they will be in so many days."""
    port = servers.free_port()
    command = [
        *(sys.executable, "-m", "granian", "tests.later:application", "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--http", "1", "--no-ws"),
        *("--log-level", "error", "--working-dir", str(servers.ROOT)),
    ]
    environment = environment_of(portal) | {"DAYS_LATER": str(days)}
    server = servers.start("The portal, later", command, environment=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        servers.wait_until(server, lambda: servers.answers(url + "/healthz"), timeout=60)
        yield url
    finally:
        server.stop()


def read_and_mark(page: Any, axe_problems: Axe) -> None:
    """Finds the problem by its words, marks it and answers it."""
    page.goto("/reports/")
    page.click("main a:has-text('阅看内容')")
    page.wait_for_selector(".reading")
    look(page, axe_problems)
    newest = page.locator("select[name=period] option").first.get_attribute("value")
    page.select_option("select[name=period]", newest)
    page.fill(".filter-bar input[name=q]", "窗户漏风")
    page.click(".filter-bar button")
    page.wait_for_url("**q=%E7**")
    found = page.locator(".reading", has_text=PROBLEM)
    found.locator("button:has-text('列入调度')").click()
    page.wait_for_selector(".notice.success:has-text('已列入调度')")
    assert "q=" in page.url, "back where one was"
    assert found.locator(".pill:has-text('已列入调度')").count()
    look(page, axe_problems)
    found.locator("a:has-text('答复')").click()
    page.wait_for_selector("textarea[name=text]")
    look(page, axe_problems)
    page.click("button:has-text('发出答复')")
    page.wait_for_selector(".errors, .field-error, .has-error, .invalid-feedback")
    look(page, axe_problems)
    page.fill("textarea[name=text]", ANSWER)
    page.click("button:has-text('发出答复')")
    page.wait_for_selector(".notice.success:has-text('已答复')")
    for address in ("/reports/read/totals/", "/reports/read/print/?use=problem"):
        page.goto(address)
        look(page, axe_problems)


def arrange(page: Any, axe_problems: Axe) -> str:
    """Puts the problem onto the agenda of the meeting to come, cuts what is too long, and calls it;
    the address of the meeting."""
    page.goto("/dispatch/meetings/")
    look(page, axe_problems)
    page.locator("main tr", has_text="拟稿").locator("th a").click()
    page.click("nav.seg a:has-text('月报标记')")
    page.locator(".bk", has_text=PROBLEM).locator("button:has-text('加入议程')").click()
    page.wait_for_selector(f".ac h3:has-text('{PROBLEM[:8]}')")
    address = page.url.partition("?")[0]
    look(page, axe_problems)
    own = page.locator(".ac", has_text=PROBLEM[:8]).get_attribute("data-card")
    while page.locator("#why-not").count():  # what is too long is cut as the page suggests
        with page.expect_navigation():
            page.locator(f".cuts form:not([action*='/{own}/']) button").first.click()
    page.click(".actions.foot button:has-text('通知')")
    page.wait_for_selector("text=立即收到消息")
    look(page, axe_problems)
    page.click("main button:has-text('通知')")
    page.wait_for_selector(".notice.success:has-text('已通知')")
    return str(address)


def hold(page: Any, place: str, axe_problems: Axe) -> None:
    """Holds the meeting: on the problem's card an item is given to the branch, its number at once."""
    page.click("a:has-text('投屏')")
    page.click("button:has-text('开始开会')")
    page.wait_for_selector("[data-key='n']")
    while PROBLEM[:8] not in page.inner_text("h1"):
        with page.expect_navigation():
            page.keyboard.press("ArrowRight")
    look(page, axe_problems)
    if page.locator("[data-key='b']").count():
        with page.expect_navigation():
            page.keyboard.press("b")
    with page.expect_navigation():
        page.keyboard.press("n")
    page.click("label.kind:has-text('新')")
    page.fill("[name=text]", TITLE)
    page.fill("[name=owners]", place)
    page.locator("[data-fill='due_on']").last.click()
    page.wait_for_selector("[data-outcome-number]:has-text('〔')")
    look(page, axe_problems)
    with page.expect_navigation():
        page.click("#outcome .btn.go")
    assert TITLE in page.inner_text(".wall-row")
    look(page, axe_problems)
    while page.locator("[data-key='ArrowRight']").count():
        with page.expect_navigation():
            page.keyboard.press("ArrowRight")
    page.click("button:has-text('闭会')")
    page.wait_for_selector("text=交办 1 件督办")
    look(page, axe_problems)
    page.click("main button:has-text('闭会')")
    page.wait_for_selector(".notice.success:has-text('已闭会')")


def do(page: Any, axe_problems: Axe) -> str:
    """Takes the item on, says how it goes, and reports it as done; its address."""
    page.goto("/")
    page.locator("li.due", has_text=TITLE).locator("a.btn").click()
    page.wait_for_selector("#act button:has-text('签收')")
    look(page, axe_problems)
    page.click("#act button:has-text('签收')")
    page.wait_for_selector(".notice.success:has-text('已签收')")
    page.fill("#act [name=text]", "已量好尺寸，下周装。")
    page.click("#act button:has-text('登记')")
    page.wait_for_selector(".notice.success:has-text('已登记进展')")
    report_on(page, "窗户已换好")
    look(page, axe_problems)
    return str(page.url)


def report_on(page: Any, result: str) -> None:
    """Reports the open item as done."""
    page.click("summary:has-text('报结')")
    page.locator("details[open] [name=result]").fill(result)
    page.locator("details[open] button:has-text('报结')").click()
    page.wait_for_selector(".notice.success:has-text('已报结')")


def test_a_problem_from_the_report_to_its_lasting_end(
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Axe,
) -> None:
    from tests.world import PASSWORD

    said = servers.manage(environment_of(live_portal), "shell", "-c", PEOPLE)
    secretary, place = said.rsplit("BRANCH", 1)[1].split()
    zone, branch = open_page(width=1440, height=900), open_page(width=390, height=844)
    checks = open_page(width=1440, height=900)

    # The branch writes, on its phone.
    sign_in(branch, secretary)
    open_draft(branch)
    branch.wait_for_selector("#text-problems")
    report = branch.url
    branch.fill("#text-problems", PROBLEM)
    branch.fill("#text-next_plan", "召开支部党员大会。")
    branch.locator("#text-next_plan").blur()
    branch.wait_for_selector("[data-autosave-status]:has-text('已自动保存')")
    branch.click("button:has-text('报送')")
    branch.wait_for_selector(".notice.success")

    # The zone reads it, marks it and answers; the branch reads the answer.
    sign_in(zone, "zone")
    read_and_mark(zone, axe_problems)
    branch.goto(report)
    branch.wait_for_selector(f"text={ANSWER}")
    look(branch, axe_problems)

    # It comes onto the agenda of the meeting, which is held.
    meeting = arrange(zone, axe_problems)
    hold(zone, place, axe_problems)

    # The branch takes it on, does it, and reports; once it is sent back.
    address = do(branch, axe_problems)
    sign_in(checks, "checks", PASSWORD)
    checks.locator("li.due", has_text="项督办等核验").locator("a.btn").click()
    checks.click(f"main a:has-text('{TITLE}')")
    checks.click("summary:has-text('退回')")
    checks.locator("details[open] [name=reason]").fill("还缺换好以后的照片")
    look(checks, axe_problems)
    checks.click("button:has-text('退回')")
    checks.wait_for_selector(".notice.success:has-text('已退回')")
    branch.goto("/action-items/")
    look(branch, axe_problems)
    branch.click(f"main a:has-text('{TITLE}')")
    branch.wait_for_selector("text=还缺换好以后的照片")
    branch.set_input_files(
        "#file", files=[{"name": "换好.png", "mimeType": "image/png", "buffer": DOT}]
    )
    branch.wait_for_selector("text=换好.png")
    report_on(branch, "六扇窗都已换好，照片已上传")

    # Another person closes it; what the report says shows that.
    checks.goto(address)
    checks.fill("#act [name=note]", "看过照片，电话问过书记")
    look(checks, axe_problems)
    checks.click("#act button:has-text('核验销号')")
    checks.wait_for_selector(".notice.success:has-text('已核验销号')")
    assert "已办成" in checks.inner_text(".page-head")
    assert checks.locator("#act").count() == 0, "nothing to look at yet"
    zone.goto(meeting)
    zone.click("main a:has-text('会议记录'), .page-actions a:has-text('会议记录')")
    zone.wait_for_selector(f"text={TITLE}")
    look(zone, axe_problems)

    # Two months later a third person looks again.
    with days_later(live_portal, 61) as later:
        for username, may in (("checks", False), ("looks", True)):
            page = open_page(width=1440, height=900)
            page.goto(later)
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_selector("input[name=password]", state="detached")
            page.goto(address.replace(live_portal.url, later))
            assert page.locator("#act button:has-text('登记')").count() == may
        page.goto(f"{later}/")
        page.locator("li.due", has_text="要回头看").locator("a.btn").click()
        page.wait_for_selector("h1:has-text('督办')")
        look(page, axe_problems)
        page.fill(".filter-bar [name=q]", TITLE)  # what has waited longer stands before it
        with page.expect_navigation():
            page.click(".filter-bar button")
        page.click(f"main a:has-text('{TITLE}')")
        look(page, axe_problems)
        page.check("#act input[name=lasting][value=yes]")
        page.fill("#act [name=note]", "上完一堂党课，没有再漏风")
        page.click("#act button:has-text('登记')")
        page.wait_for_selector(".notice.success")
        assert "长效" in page.inner_text(".page-head")
        look(page, axe_problems)
    branch.goto(report)
    branch.wait_for_selector(f"main a:has-text('{TITLE}：长效')")
    look(branch, axe_problems)
