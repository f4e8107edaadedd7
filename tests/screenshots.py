"""Takes the README's screenshots: `.venv/bin/python -m tests.screenshots`; of some: by their names.

Starts a demo portal, and an empty one into which the rosters are being imported.
"""

import sys
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests import servers

PASSWORD = "Correct-Horse-9"  # that of tests.world, which needs settings to be imported

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
DESKTOP = {"width": 1440, "height": 940}
PHONE = {"width": 390, "height": 844}
ROSTER = Path(__file__).resolve().parent / "data" / "members.xlsx"


def open_returned_report(page: Any) -> None:
    page.click("main a.btn.go")
    page.wait_for_selector("#text-problems")


def preview_roster(page: Any) -> None:
    page.set_input_files("input[type=file]", str(ROSTER))
    page.click("button:has-text('上传并读取')")
    page.wait_for_selector("text=需要改正", timeout=240_000)


def open_next_meeting(page: Any) -> None:
    page.locator("main tr", has_text="拟稿").locator("th a").click()
    page.wait_for_selector(".agenda")


def open_last_score(page: Any) -> None:
    page.locator("main th a[href*='/cycles/scores/']").nth(1).click()  # the last that is sealed
    page.wait_for_selector(".equation")


def open_draft(page: Any) -> None:
    page.click("main a:has-text('继续修改')")
    page.wait_for_selector("h2:has-text('指标')")


def open_newest_board(page: Any) -> None:
    page.locator("main tr", has_text="党工委").locator("th a").first.click()
    page.wait_for_selector(".board-top")


def open_running_theme(page: Any) -> None:
    page.locator("main tr", has_text="进行中").locator("th a").click()
    page.wait_for_selector(".theme-top")


def open_first_item(page: Any) -> None:
    page.locator("main .row-acts a.btn.go").first.click()
    page.wait_for_selector(".desk-form")


def open_first_brand(page: Any) -> None:
    page.locator("main tr", has_text="桃园同行").locator("a").first.click()
    page.wait_for_selector(".brand-file")


VISITOR = ""  # who has no account
# Name of the picture, account, screen, address, and what to do there first.
SHOTS: list[tuple[str, str, dict[str, int], str, Callable[[Any], None] | None]] = [
    ("home", "huzhuang1", DESKTOP, "/", None),
    ("home-phone", "huzhuang1", PHONE, "/", None),
    ("report", "huzhuang1", DESKTOP, "/", open_returned_report),
    ("meeting-phone", "huzhuang1", PHONE, "/life/meetings/new/party_day/", None),
    ("ledger", "huzhuang1", DESKTOP, "/life/ledgers/meetings/", None),
    ("matrix", "dahuangshan", DESKTOP, "/reports/", None),
    ("board", "zone", DESKTOP, "/board/", None),
    ("board-phone", "zone", PHONE, "/board/", None),
    ("agenda", "zone", DESKTOP, "/dispatch/meetings/", open_next_meeting),
    ("action-items", "zone", DESKTOP, "/action-items/", None),
    ("tree", "zone", DESKTOP, "/organizations/", None),
    ("scheme", "zone", DESKTOP, "/schemes/", open_draft),
    ("score", "dahuangshan", DESKTOP, "/cycles/", open_last_score),
    ("review-desk", "reviewer", DESKTOP, "/reviews/desk/", open_first_item),
    ("assessment-board", "committee", DESKTOP, "/assessment-boards/", open_newest_board),
    ("theme", "zone", DESKTOP, "/themes/", open_running_theme),
    ("burden", "zone", DESKTOP, "/burden/", None),
    ("projects", "zone", DESKTOP, "/projects/?view=board", None),
    ("brand", "zone", DESKTOP, "/brands/", open_first_brand),
    ("concerns", "zone", DESKTOP, "/concerns/", None),
    ("showcase", VISITOR, DESKTOP, "/showcase/", None),
    ("import", "zone", DESKTOP, "/members/imports/new/", preview_roster),
]
ON_EMPTY_PORTAL = {"import"}
FOUNDING = (
    "from tests.world import make_organization, make_user\n"
    "root = make_organization('中共徐州经济技术开发区工作委员会', 'work_committee', founded_on=None)\n"
    "make_user('zone', 'zone_staff', root, name='陈志远')\n"
)


def sign_in(page: Any, base: str, username: str, password: str) -> None:
    page.goto(f"{base}/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("main h1")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="portal-shots-") as folder:
        demo_environment = servers.portal_environment(Path(folder) / "demo", DEMO_PASSWORD=PASSWORD)
        servers.manage(demo_environment, "migrate", "--verbosity", "0")
        servers.manage(demo_environment, "seed_demo")
        empty_environment = servers.portal_environment(Path(folder) / "empty")
        servers.manage(empty_environment, "migrate", "--verbosity", "0")
        servers.manage(empty_environment, "shell", "-c", FOUNDING)
        roster = str(ROSTER.with_name("organizations.xlsx"))
        servers.manage(empty_environment, "import_organizations", roster)
        demo, empty = (
            servers.start_portal(demo_environment),
            servers.start_portal(empty_environment),
        )
        try:
            shoot(demo.url, empty.url, sys.argv[1:])
        finally:
            demo.stop()
            empty.stop()


def shoot(demo: str, empty: str, wanted: Collection[str] = ()) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=servers.chromium_path(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, username, size, address, act in SHOTS:
            if wanted and name not in wanted:
                continue
            context = browser.new_context(
                viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai"
            )
            page = context.new_page()
            base = empty if name in ON_EMPTY_PORTAL else demo
            if username != VISITOR:
                sign_in(page, base, username, PASSWORD)
            page.goto(f"{base}{address}")
            if act is not None:
                act(page)
            page.screenshot(path=str(FOLDER / f"{name}.png"))
            make_small(FOLDER / f"{name}.png")
            context.close()
        browser.close()


def make_small(path: Path) -> None:
    """256 colours, none further from its own than the eye sees: a third of the size."""
    with Image.open(path) as picture:
        colours = picture.convert("RGB").quantize(
            256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    colours.save(path, optimize=True)


if __name__ == "__main__":
    main()
