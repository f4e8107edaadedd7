"""Takes the README's screenshots from a running demo portal.

.venv/bin/python tests/screenshots.py http://127.0.0.1:8000 PASSWORD
"""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.servers import chromium_path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
DESKTOP = {"width": 1440, "height": 940}
PHONE = {"width": 390, "height": 844}
SHOTS: list[tuple[str, str, dict[str, int], str]] = [
    ("home", "huzhuang1", DESKTOP, "/"),
    ("home-phone", "huzhuang1", PHONE, "/"),
    ("matrix", "dahuangshan", DESKTOP, "/reports/"),
    ("tree", "zone", DESKTOP, "/organizations/"),
]


def sign_in(page: Any, base: str, username: str, password: str) -> None:
    page.goto(f"{base}/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("main h1")


def main(base: str, password: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, username, size, address in SHOTS:
            context = browser.new_context(
                viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai"
            )
            page = context.new_page()
            sign_in(page, base, username, password)
            page.goto(f"{base}{address}")
            page.screenshot(path=str(FOLDER / f"{name}.png"))
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2])
