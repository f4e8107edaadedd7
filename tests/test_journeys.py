"""Whole pieces of work in a real browser: a secretary's month, a committee's month, both sheets
from upload to export, signing in and being locked out. axe looks at every page on the way."""

import datetime as dt
import gzip
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import servers, templates
from tests.conftest import DEMO_PASSWORD

pytestmark = pytest.mark.browser
DATA = Path(__file__).parent / "data"
# The smallest picture there is: one white dot.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fea735810b0000000049454e44ae426082"
)
SignIn = Callable[..., None]
Axe = Callable[[Any], list[str]]


def is_not_wider_than_the_screen(page: Any) -> bool:
    """Whether nothing but tables with their own scroll bar asks for sideways scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def look(page: Any, axe_problems: Axe) -> None:
    """What every page of a journey must pass."""
    assert axe_problems(page) == [], page.url
    assert is_not_wider_than_the_screen(page), page.url


def open_draft(page: Any) -> None:
    """The report being written: a draft, or by next week a thing to do."""
    page.locator("main a.btn").filter(has_text=re.compile("查看草稿|填写")).first.click()


def write_and_send(page: Any) -> None:
    """Fills the open draft on the page, adds a picture, and sends it."""
    page.fill("#entry-highlights-1", "“带岗带责进网格”：12 名无职党员认领 5 个网格岗位。")
    page.fill("#text-problems", "活动室屋顶渗水，影响党课使用。")
    page.fill("#text-next_plan", "召开第四季度支部党员大会。")
    page.locator("#text-next_plan").blur()
    page.wait_for_selector("[data-autosave-status]:has-text('已自动保存')")
    page.set_input_files(
        "#file", files=[{"name": "活动照片.png", "mimeType": "image/png", "buffer": DOT}]
    )
    page.wait_for_selector("text=活动照片.png")
    assert page.input_value("#text-problems") == "活动室屋顶渗水，影响党课使用。"
    page.click("button:has-text('报送')")
    page.wait_for_selector(".notice.success")


# The longest journey is the first, so that the others are walked beside it.
# --- both sheets, in a portal that has nothing yet ------------------------------------------------
@pytest.fixture(scope="module")
def empty_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A portal with the root and one account of its staff."""
    environment = servers.portal_environment(tmp_path_factory.mktemp("empty"))
    templates.migrate(environment)
    servers.manage(
        environment,
        "shell",
        "-c",
        "from tests.world import make_organization, make_user\n"
        "root = make_organization('中共徐州经济技术开发区工作委员会', 'work_committee', founded_on=None)\n"
        "make_user('zone', 'zone_staff', root)\n",
    )
    portal = servers.start_portal(environment)
    yield portal
    portal.stop()


def upload(page: Any, address: str, file: Path, axe_problems: Axe) -> None:
    """Uploads a sheet, waits for its preview, confirms and waits until it is applied."""
    page.goto(address)
    look(page, axe_problems)
    page.set_input_files("input[type=file]", str(file))
    page.click("button:has-text('上传并读取')")
    page.wait_for_selector("button:has-text('确认写入')", timeout=90_000)
    look(page, axe_problems)


def test_both_sheets_from_upload_to_export(
    browser: Any, empty_portal: servers.Server, axe_problems: Axe
) -> None:
    from tests.world import PASSWORD

    context = browser.new_context(
        base_url=empty_portal.url, locale="zh-CN", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto("/")
    page.fill("input[name=username]", "zone")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("nav.side-menu")

    upload(page, "/organizations/import/", DATA / "organizations.xlsx", axe_problems)
    page.click("button:has-text('确认写入')")
    page.wait_for_selector("text=已写入", timeout=90_000)
    look(page, axe_problems)

    upload(page, "/members/imports/new/", DATA / "members.xlsx", axe_problems)
    assert "13008" in page.inner_text("main").replace(",", "")
    preview = page.url
    page.click("button:has-text('生成标出错误的表格')")
    with page.expect_download() as download:  # made behind: the page says when it is there
        page.click("main a:has-text('下载')")
    assert download.value.suggested_filename.endswith(".xlsx")
    look(page, axe_problems)
    page.goto(preview)
    page.click("button:has-text('确认写入')")
    page.wait_for_selector("text=已写入", timeout=120_000)
    look(page, axe_problems)

    page.goto("/members/")
    look(page, axe_problems)
    assert "13008" in page.inner_text("main").replace(",", "").replace(" ", "")
    context.close()


# --- in the demo zone ---------------------------------------------------------------------------
def test_secretary_mends_what_was_returned(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe
) -> None:
    page = open_page(width=1440, height=900)
    sign_in(page, "huzhuang1")
    look(page, axe_problems)
    assert "退回" in page.inner_text("main")
    page.click("main a.btn.go")
    page.wait_for_selector("#text-problems")
    look(page, axe_problems)
    page.fill("#text-problems", "活动室屋顶渗水。牵头人：蔡航国；计划 12月20日 前完成修缮。")
    page.click("button:has-text('提交第 3 项')")
    page.wait_for_selector(".notice.success")
    assert "待核" in page.inner_text("#item-problems")
    assert "已通过" in page.inner_text("#item-next_plan")
    look(page, axe_problems)

    # The wide screen has sent the item; the phone finds nothing returned any more.
    phone = open_page(width=390, height=900)
    sign_in(phone, "huzhuang1")
    look(phone, axe_problems)
    assert phone.locator("text=退回补充").count() == 0


@pytest.mark.parametrize(
    ("width", "secretary", "checker"),
    [(1440, "huzhuang1", "huzhuang"), (390, "taoyuan1", "jinshanqiao")],
)
def test_month_goes_from_draft_to_returned_to_accepted(
    open_page: Callable[..., Any],
    sign_in: SignIn,
    axe_problems: Axe,
    width: int,
    secretary: str,
    checker: str,
) -> None:
    page = open_page(width=width, height=900)
    sign_in(page, secretary)
    open_draft(page)
    page.wait_for_selector("#text-problems")
    address = page.url
    look(page, axe_problems)
    write_and_send(page)
    look(page, axe_problems)

    other = open_page(width=width, height=900)
    sign_in(other, checker)
    look(other, axe_problems)
    other.goto(address)
    other.check("#return-problems")
    other.fill("#reason-problems", "请写明牵头人和计划完成日期。")
    look(other, axe_problems)
    other.click("button:has-text('完成核报')")
    other.wait_for_selector(".notice.success")
    assert "退回 1 项" in other.inner_text("main")

    page.goto("/")
    assert "退回补充" in page.inner_text("main")
    page.goto(address)
    assert page.locator("#text-next_plan").count() == 0  # accepted: nothing to type again
    page.fill("#text-problems", "活动室屋顶渗水。牵头人：书记；12月20日 前修好。")
    page.click("button:has-text('提交第 3 项')")
    page.wait_for_selector(".notice.success")

    other.goto(address)
    assert other.locator("fieldset.verdict").count() == 1
    other.click("button:has-text('完成核报')")
    other.wait_for_selector(".notice.success")
    assert "已通过" in other.inner_text("p.sub")
    with other.expect_download() as download:
        other.click("a:has-text('Word')")
    assert download.value.suggested_filename.endswith(".docx")


@pytest.mark.parametrize("width", [1440, 390])
def test_two_writers_see_each_others_words(
    open_page: Callable[..., Any], sign_in: SignIn, width: int
) -> None:
    first, second = open_page(width=width), open_page(width=width)
    for page in (first, second):
        sign_in(page, "dahuangshan")
        open_draft(page)
        page.wait_for_selector("#text-next_plan")
    first.fill("#text-next_plan", f"先写的人 {width}")
    first.locator("#text-next_plan").blur()
    first.wait_for_selector("[data-autosave-status]:has-text('已自动保存')")
    second.fill("#text-next_plan", f"后写的人 {width}")
    second.locator("#text-next_plan").blur()
    second.wait_for_selector("[data-autosave-conflict] .notice")
    assert "先写的人" in second.inner_text("[data-autosave-conflict]")
    assert second.input_value("#text-next_plan") == f"后写的人 {width}"
    second.click("[data-autosave-resume]")
    second.wait_for_selector("[data-autosave-status]:has-text('已自动保存')")
    first.reload()
    assert first.input_value("#text-next_plan") == f"后写的人 {width}"


@pytest.mark.parametrize("width", [1440, 390])
def test_what_nobody_has_begun_to_check_is_taken_back(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe, width: int
) -> None:
    """Sent, with what became of last month's plans; taken back; and nothing typed is gone."""
    page = open_page(width=width, height=900)
    sign_in(page, "dahuangshan")
    page.context.add_cookies([{"name": "type", "value": "large", "url": page.url}])
    open_draft(page)
    page.wait_for_selector("#text-problems")
    assert "下级还有" in page.inner_text("main"), "who sends early sees who is missing"
    asked = page.locator("#item-planned fieldset")
    if asked.count():
        page.check("#outcome-1-continued")
        assert page.is_visible("#until-1"), "what goes on wants a new day"
        look(page, axe_problems)
    page.fill("#text-problems", f"无 {width}")
    page.fill("#text-next_plan", f"冬训准备 {width}")
    page.click("button:has-text('报送')")
    page.wait_for_selector(".notice.success")
    look(page, axe_problems)
    page.click("button:has-text('撤回')")
    page.wait_for_selector(".notice.success:has-text('已撤回')")
    assert page.input_value("#text-next_plan") == f"冬训准备 {width}"
    if asked.count():
        assert page.is_checked("#outcome-1-continued")


@pytest.mark.parametrize("width", [1440, 390])
def test_what_is_missing_can_be_put_off_and_waived(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe, width: int
) -> None:
    page = open_page(width=width, height=900)
    sign_in(page, "dahuangshan")
    page.goto("/reports/?state=missing")
    page.locator("td.m a", has_text="未报").last.click()
    page.click("a:has-text('免报与延期')")
    look(page, axe_problems)
    page.click("button:has-text('免报')")
    page.wait_for_selector("text=请写明批准人或批准的文件")
    look(page, axe_problems)


@pytest.mark.parametrize("width", [1440, 390])
def test_many_are_put_off_after_it_was_said_who(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe, width: int
) -> None:
    page = open_page(width=width, height=900)
    sign_in(page, "dahuangshan")
    page.goto("/reports/?state=missing")
    page.click("a:has-text('免报与延期')")
    look(page, axe_problems)
    page.check("input[name=duty] >> nth=0")
    page.click("button:has-text('办理勾选的')")
    page.wait_for_selector("h1:has-text('已选 1 个组织')")
    look(page, axe_problems)
    until = (dt.date.today() + dt.timedelta(days=60)).isoformat()
    page.fill("input[name=until]", until)
    page.fill("form[action*=extend] textarea", "道路施工")
    page.click("button:has-text('延期')")
    page.wait_for_selector("text=共 1 个")
    look(page, axe_problems)
    page.click("button:has-text('返回修改')")
    page.wait_for_selector("h1:has-text('已选 1 个组织')")
    assert page.input_value("form[action*=extend] textarea") == "道路施工"
    assert page.input_value("input[name=until]") == until


@pytest.mark.parametrize("width", [1440, 390])
def test_zone_sees_whom_cases_would_reach(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe, width: int
) -> None:
    page = open_page(width=width, height=900)
    sign_in(page, "zone")
    page.goto("/plans/cases/")
    look(page, axe_problems)
    page.click("button:has-text('开启') >> nth=0")
    page.wait_for_selector("h1:has-text('开启换届')")
    look(page, axe_problems)


@pytest.mark.parametrize("width", [1440, 390])
def test_committee_sees_checks_and_reminds(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe, width: int
) -> None:
    page = open_page(width=width, height=900)
    sign_in(page, "dahuangshan")
    look(page, axe_problems)
    page.goto("/reports/")
    look(page, axe_problems)
    assert "湖庄村党总支" in page.inner_text("main")
    assert "金山桥" not in page.inner_text("main")
    page.goto("/reports/queue/")
    look(page, axe_problems)


def test_zone_reaches_the_row_behind_a_figure_in_three_clicks(
    page: Any, sign_in: SignIn, axe_problems: Axe
) -> None:
    sign_in(page, "zone")
    page.goto("/reports/")
    look(page, axe_problems)
    page.click("table a:has-text('/') >> nth=0")  # 1: a committee's sum
    page.wait_for_selector("h1:has-text('月报')")
    page.click("td.c a >> nth=-1")  # 2: one report
    page.wait_for_selector(".report .item")
    page.click(".figures a >> nth=0")  # 3: the rows behind the figure


# 720 pixels are what 200 % zoom leaves of 1440.
@pytest.mark.parametrize("width", [1440, 720, 390, 360])
def test_board_leads_from_a_figure_to_a_report_and_back(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe, width: int
) -> None:
    page = open_page(width=width, height=900)
    sign_in(page, "zone")
    page.goto("/board/")
    look(page, axe_problems)
    page.click("details.chart-table summary")
    assert page.locator("details.chart-table table").is_visible()
    look(page, axe_problems)
    late = page.locator(".stats a", has_text="迟报")
    figure = int(late.locator("b").inner_text())
    late.click()  # 1: the rows
    page.wait_for_selector("h1:has-text('迟报')")
    assert f"共 {figure} 个组织" in page.inner_text("main")
    look(page, axe_problems)
    address = page.url
    assert re.search(r"\?r=\d+\.\d{4}-\d{2}\.late\.[0-9a-z]{10}$", address), "names its moment"
    page.click("tbody th a >> nth=0")  # 2: the report
    page.wait_for_selector(".report .item")
    page.go_back()
    assert page.url == address
    page.click("nav.crumbs a")
    page.wait_for_selector("h1:has-text('总览')")


def test_board_is_used_by_keyboard_and_printed(
    open_page: Callable[..., Any], sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, "dahuangshan")
    page.goto("/board/")
    page.focus("#board-period")
    chosen = page.input_value("#board-period")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")  # the order
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.input_value("#board-period") != chosen
    bar = page.locator("svg.chart-bars a").first
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('应报')")
    page.go_back()
    page.emulate_media(media="print")
    for hidden in ("nav.side-menu", ".board-choice"):
        assert not page.locator(hidden).is_visible()
    assert page.locator(".board-grid").is_visible()
    pages = len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True)))
    assert 1 <= pages <= 4


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_text_for_the_group_is_made_by_ticks_and_copied(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe, has_clipboard: bool
) -> None:
    page = open_page(width=1440 if has_clipboard else 390, height=900)
    if not has_clipboard:  # as over plain HTTP in an old browser
        page.add_init_script(
            "Object.defineProperty(window, 'isSecureContext', {value: false});"
            "document.execCommand = function () { return false; };"
        )
    sign_in(page, "zone")
    page.goto("/board/")
    page.click("a:has-text('未报名单')")
    look(page, axe_problems)
    count = page.locator("tbody tr").count()
    name = page.locator("tbody tr >> nth=1 >> label").inner_text().strip()
    page.uncheck("tbody tr >> nth=1 >> input")
    page.wait_for_selector(f"#chat:has-text('{count - 1} 个党组织，去掉了 1 个')")
    assert name not in page.input_value("#chat-text")
    assert "out=" in page.url, "kept by whoever reloads"
    look(page, axe_problems)
    page.click("[data-copy]")
    said = "已复制" if has_clipboard else "已选中，请按 Ctrl+C"
    page.wait_for_selector(f"[data-copied]:has-text('{said}')")
    chosen = "e => e.selectionEnd - e.selectionStart === e.value.length"
    if not has_clipboard:
        assert page.eval_on_selector("#chat-text", chosen)
    page.click(".card.form >> text=书记电话")
    page.click("#chat-text")
    assert page.eval_on_selector("#chat-text", chosen), "chosen whole when it is clicked"
    page.fill("#id_reason", "电话催报月报")
    page.click("button:has-text('查看电话')")
    assert page.locator("a[href^='tel:']").count() >= 1
    assert page.locator("tbody tr >> nth=1 >> a[href^='tel:']").count() == 0, "still not ticked"
    look(page, axe_problems)
    page.emulate_media(media="print")
    assert not page.locator("a[href^='tel:'] >> nth=0").is_visible()
    page.emulate_media(media="screen")
    page.reload()
    assert page.locator("a[href^='tel:']").count() == 0, "shown once"


def test_long_pack_is_made_behind_and_found_again(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "zone")
    page.goto("/reports/month/docx/")
    look(page, axe_problems)
    page.click("button:has-text('生成')")
    page.wait_for_url("**/documents/*/")
    look(page, axe_problems)
    page.goto("/documents/")
    page.click("main .hits h2 a")  # found again; the page goes on by itself until it is ready
    page.wait_for_selector("main a.btn:has-text('下载')", timeout=180_000)
    look(page, axe_problems)
    with page.expect_download() as found:
        page.click("main a.btn:has-text('下载')")
    assert found.value.suggested_filename.endswith("月报汇编.docx")
    page.goto("/inbox/")
    assert "月报汇编 Word 已生成" in page.inner_text("main")
    page.goto("/documents/")
    look(page, axe_problems)


def test_pages_of_the_tree_and_the_register_read_well(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe
) -> None:
    for width in (1440, 390):
        page = open_page(width=width, height=900)
        sign_in(page, "zone")
        for address in ("/organizations/", "/members/", "/search/?q=hzc", "/inbox/"):
            assert page.goto(address).status == 200
            look(page, axe_problems)


def test_every_component_reads_well(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe
) -> None:
    """The gallery has each in all its states; also in large type."""
    for width in (1440, 390):
        page = open_page(width=width, height=900)
        sign_in(page, "huzhuang1")
        page.goto("/gallery/")
        look(page, axe_problems)
        page.click(".menu.user > summary")
        page.click("[data-toggle-type]")
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
        page.reload()
        assert page.get_attribute("html", "data-type") == "large"
        look(page, axe_problems)
        page.click(".error-summary a >> nth=0")
        assert page.evaluate("document.activeElement.id") == "id_w-title"
        page.click("[data-open-dialog]")
        look(page, axe_problems)


def test_administrators_see_their_own_pages_and_no_member(
    page: Any, sign_in: SignIn, axe_problems: Axe
) -> None:
    for username in ("sysadmin", "secadmin", "auditor"):
        sign_in(page, username)
        look(page, axe_problems)
        for link in page.eval_on_selector_all("nav.side-menu a", "all => all.map(a => a.href)"):
            assert page.goto(link).status == 200
            look(page, axe_problems)
        assert page.goto("/members/").status == 404


def test_locked_out_after_five_failures_keeps_the_name(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe
) -> None:
    page = open_page()
    page.goto("/")
    look(page, axe_problems)
    for _ in range(5):
        page.fill("input[name=username]", "reviewer")
        page.fill("input[name=password]", "wrong")
        with page.expect_navigation():
            page.press("input[name=password]", "Enter")
        assert page.input_value("input[name=username]") == "reviewer"
    page.fill("input[name=password]", DEMO_PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    assert page.locator("input[name=password]").count() == 1  # the right password, still locked
    assert "15 分钟" in page.inner_text("main")
    look(page, axe_problems)
    sign_in(page, "committee")  # nobody else is


def test_browsers_may_keep_static_files_for_good(live_portal: servers.Server) -> None:
    def ask(path: str) -> tuple[Any, bytes]:
        request = urllib.request.Request(  # noqa: S310
            live_portal.url + path, headers={"Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.headers, answer.read()

    headers, page = ask("/login/")
    assert headers["Content-Encoding"] == "gzip"
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', gzip.decompress(page).decode())
    assert len(found) > 3
    for path in found:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", path), path
        headers, _ = ask(path)
        assert "immutable" in headers["Cache-Control"], path
        assert headers["Content-Encoding"] == "gzip" or path.endswith(".svg"), path
