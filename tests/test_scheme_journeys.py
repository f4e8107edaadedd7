"""A scheme from a sheet to its publication, with an indicator that is refused on the way, and tried over
past half-years before anybody adopts it: in a real browser, by the two people it takes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journeys import look

pytestmark = pytest.mark.browser

# The demo's half-written draft for next year as a sheet, and the same put right: without the
# indicator that the rules forbid, and with the marks of before.
WRITE = """
import copy, dataclasses
from assessments.schemes.exports import sheet_of, write_scheme
from assessments.schemes.models import SchemeVersion
version = SchemeVersion.objects.select_related("scheme__organization").get(state="draft")
sheet = sheet_of(version)
with open("{wrong}", "wb") as target:
    write_scheme(target, sheet, stamp="")
content = copy.deepcopy(version.content)
education = content["root"]["parts"][2]
education["parts"] = [one for one in education["parts"] if one["key"] != "logins"]
for one in education["parts"]:
    if one["key"] == "hours":
        one["full"] = "3"
with open("{right}", "wb") as target:
    write_scheme(target, dataclasses.replace(sheet, content=content), stamp="")
print("AT", version.get_absolute_url())
"""


def bring_in(page: Any, address: str, sheet: Path) -> None:
    """Uploads a sheet for the draft and waits for what was read from it."""
    page.goto(f"{address}import/")
    page.set_input_files("input[type=file]", str(sheet))
    page.click("button:has-text('上传并读取')")
    page.wait_for_selector("h2:has-text('读出的指标')", timeout=90_000)


def test_a_scheme_from_its_sheet_to_publication(
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Any,
    tmp_path: Path,
) -> None:
    wrong, right = tmp_path / "wrong.xlsx", tmp_path / "right.xlsx"
    script = WRITE.format(wrong=wrong, right=right)
    said = servers.manage(environment_of(live_portal), "shell", "-c", script)
    address = said.rsplit("AT", 1)[1].split()[0]

    page = open_page()
    sign_in(page, "zone")
    bring_in(page, address, wrong)
    look(page, axe_problems)
    # Refused with its source, and with what would do instead; nothing was written.
    assert "国办函〔2026〕12号" in page.inner_text("main")
    assert "学时" in page.inner_text("main")
    assert page.locator("button:has-text('确认写入草案')").count() == 0
    page.goto(f"{address}submit/")
    assert "学习平台登录率" in page.inner_text("main") or "登录" in page.inner_text("main")

    bring_in(page, address, right)
    look(page, axe_problems)
    page.click("button:has-text('确认写入草案')")
    page.wait_for_selector("text=已写入草案", timeout=90_000)

    # What it would have meant, before anybody adopts it.
    page.goto(f"{address}what-if/")
    page.wait_for_selector("h1:has-text('如果改成这样')")
    assert "等次" in page.inner_text("main")
    look(page, axe_problems)

    page.goto(f"{address}submit/")
    look(page, axe_problems)
    page.select_option("[name=from_period]", index=1)
    page.click("main button.go")
    page.wait_for_selector("text=待审定")

    second = open_page(width=390, height=844)
    sign_in(second, "committee")
    second.goto(f"{address}publish/")
    look(second, axe_problems)
    second.fill("[name=document_number]", "徐开工委〔2026〕52号")
    second.fill("[name=document_on]", second.evaluate("new Date().toISOString().slice(0, 10)"))
    second.click("main button.go")
    second.wait_for_selector("text=发布后内容冻结")
    look(second, axe_problems)
    second.click("button[name=agreed][value=yes]")
    second.wait_for_selector("text=已发布")

    # Those whom it will measure read it, and nobody changes it any more.
    street = open_page(width=390, height=844)
    sign_in(street, "dahuangshan")
    street.goto(address)
    assert "徐开工委〔2026〕52号" in street.inner_text("main")
    assert street.locator("main a:has-text('修改')").count() == 0
    look(street, axe_problems)
