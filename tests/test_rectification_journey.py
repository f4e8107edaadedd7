"""A list of rectification in a real browser: proposed from a sealed half-year, issued, received and
planned by the committee, reported line by line, closed by another person, and found lasting by a third
two months later. axe looks at every page on the way."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journey_of_a_problem import days_later
from tests.test_journeys import look

pytestmark = pytest.mark.browser
Axe = Callable[[Any], list[str]]

# The older decided half-year, as if nobody had asked anything of it yet, and two more of the zone.
BEFORE = """
from assessments.cycles.models import Cycle
from assessments.rectifications.models import Finding, Rectification
from orgs.models import Organization
from tests.world import make_user
cycle = Cycle.objects.filter(state="sealed", level="direct").order_by("period")[0]
Finding.objects.filter(rectification__assessed__cycle=cycle).delete()
Rectification.objects.filter(assessed__cycle=cycle).delete()
root = Organization.objects.get(parent=None)
make_user("verifies", "zone_staff", root, name="核验清单的人")
make_user("revisits", "zone_staff", root, name="回头看清单的人")
print("CYCLE", cycle.get_absolute_url())
"""
# One finding of one committee, which people see to; all others are left out.
KEEP_ONE = """
() => {
  let kept = false;
  for (const row of document.querySelectorAll('.findings tbody tr')) {
    const box = row.querySelector('input[type=checkbox]');
    const mine = row.closest('.card').querySelector('h2').innerText.includes('大黄山街道');
    const fits = !kept && mine && row.innerText.includes('报结后由另一人核验');
    if (box.checked !== fits) box.click();
    kept = kept || fits;
  }
  return kept;
}
"""


def issue(page: Any, cycle: str, axe_problems: Axe) -> None:
    """From the page of the cycle to a list that is issued."""
    page.goto(cycle)
    page.click("a:has-text('限期整改')")
    page.wait_for_selector("text=还没有提出问题")
    look(page, axe_problems)
    page.click("button:has-text('提出问题')")
    page.wait_for_selector(".findings")
    look(page, axe_problems)
    assert page.evaluate(KEEP_ONE)
    chosen = page.locator(".findings tbody tr", has=page.locator("input[type=checkbox]:checked"))
    assert chosen.count() == 1
    chosen.locator("textarea").fill("党建做法没有在支部推开，要有三个支部照着做")
    page.click("button:has-text('保存并下发')")
    page.wait_for_selector("text=1 家单位，1 条问题")
    look(page, axe_problems)
    page.click("main button:has-text('下发')")
    page.wait_for_selector(".notice.success:has-text('已下发 1 份整改清单')")
    look(page, axe_problems)


def test_a_list_from_its_proposal_to_its_lasting_end(
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Axe,
) -> None:
    from tests.world import PASSWORD

    said = servers.manage(environment_of(live_portal), "shell", "-c", BEFORE)
    cycle = said.rsplit("CYCLE", 1)[1].split()[0]
    zone, street = open_page(width=1440, height=900), open_page(width=390, height=844)
    sign_in(zone, "zone")
    issue(zone, cycle, axe_problems)
    zone.click("main th a:has-text('大黄山街道')")
    zone.wait_for_selector("h1:has-text('整改清单')")
    address = zone.url.removeprefix(live_portal.url)
    look(zone, axe_problems)

    # The committee, on its phone: receives it, writes how and who, reports the line.
    sign_in(street, "dahuangshan")
    street.goto(address)
    street.wait_for_selector("text=签收以后在这里填写")
    street.click("a.btn:has-text('签收')")
    street.click("#act button:has-text('签收')")
    street.wait_for_selector(".notice.success:has-text('已签收')")
    item = street.url.partition("#")[0].removeprefix(live_portal.url)
    street.goto(address)
    look(street, axe_problems)
    street.fill("textarea[name$='-measure']", "三个支部结对，每月看一次")
    street.fill("input[name$='-leader']", "李明")
    street.fill("input[name$='-person']", "王芳")
    street.click("button:has-text('保存措施和责任人')")
    street.wait_for_selector(".notice.success:has-text('已保存')")
    street.goto(item)
    street.wait_for_selector("text=责任领导 李明")
    street.click("summary:has-text('报结这一条')")
    street.locator("details[open] [name=evidence]").fill("三个支部的推广记录")
    street.locator("details[open] button:has-text('报结这一条')").click()
    street.wait_for_selector(".notice.success:has-text('已报结这一条')")
    look(street, axe_problems)

    # Another person closes the line; the whole is reported and closed as any item is.
    checks = open_page(width=1440, height=900)
    sign_in(checks, "verifies", PASSWORD)
    checks.goto(item)
    checks.click("button:has-text('核验第 1 条')")
    checks.wait_for_selector(".notice.success:has-text('已销这一条')")
    street.goto(item)
    if street.locator("#act [name=result]").count() == 0:
        street.click("summary:has-text('报结')")
        street.locator("details[open] [name=result]").fill("三个支部都照着做了")
        street.locator("details[open] button:has-text('报结')").click()
    else:
        street.fill("#act [name=result]", "三个支部都照着做了")
        street.click("#act button:has-text('报结')")
    street.wait_for_selector(".notice.success:has-text('已报结')")
    checks.goto(item)
    checks.fill("#act [name=note]", "看过三个支部的记录")
    checks.click("#act button:has-text('核验销号')")
    checks.wait_for_selector(".notice.success:has-text('已核验销号')")
    checks.goto(address)
    assert "已销号" in checks.inner_text(".page-head")
    look(checks, axe_problems)

    # Two months later a third person finds that it has lasted.
    with days_later(live_portal, 61) as later:
        page = open_page(width=1440, height=900)
        page.goto(later)
        page.fill("input[name=username]", "revisits")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector("input[name=password]", state="detached")
        page.goto(later + item)
        page.check("#act input[name=lasting][value=yes]")
        page.fill("#act [name=note]", "抽看两个支部，仍照着做")
        page.click("#act button:has-text('登记')")
        page.wait_for_selector(".notice.success")
        page.goto(later + address)
        assert "长效" in page.inner_text(".page-head")
        look(page, axe_problems)
