"""The first run in a real browser: from the administrators' one-time secrets to the home of a branch
secretary on a phone with large type. axe looks at every page on the way."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import servers, templates

from .test_journeys import look, upload

pytestmark = pytest.mark.browser
DATA = Path(__file__).parent / "data"
PASSWORD = "Blue-Kettle-77-Moon"
Axe = Callable[[Any], list[str]]


@pytest.fixture(scope="module")
def new_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a portal that has nothing but the three administrators, and their secrets."""
    environment = servers.portal_environment(tmp_path_factory.mktemp("new"))
    templates.migrate(environment)
    told = servers.manage(environment, "create_administrators")
    secrets = dict(line.split("\t")[:2] for line in told.splitlines() if "\t" in line)
    portal = servers.start_portal(environment)
    yield portal.url, secrets
    portal.stop()


def test_first_run_to_a_secretary_on_a_phone(
    browser: Any, new_portal: tuple[str, dict[str, str]], axe_problems: Axe
) -> None:
    address, secrets = new_portal

    def person(name: str, secret: str, proof: str = "", *, phone: bool = False) -> Any:
        """Signs in with a first secret, proves who it is where asked, sets a password."""
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = browser.new_context(base_url=address, locale="zh-CN", viewport=size)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto("/login/")
        if phone:
            page.click("[data-toggle-type]")
        page.fill("[name=username]", name)
        page.fill("[name=password]", secret)
        page.press("[name=password]", "Enter")
        if proof:
            page.wait_for_selector("h1:has-text('核对本人')")
            look(page, axe_problems)
            page.fill("[name=answer]", "0000" if phone else proof)
            page.click("button:has-text('下一步')")
            if phone:
                page.wait_for_selector("text=还可以再试 4 次")
                look(page, axe_problems)
                page.fill("[name=answer]", proof)
                page.click("button:has-text('下一步')")
        page.wait_for_selector("[name=new]")
        page.fill("[name=new]", PASSWORD)
        page.fill("[name=again]", PASSWORD)
        page.click("button:has-text('保存新密码')")
        page.wait_for_selector(".notice.success")
        return page

    def next_step(page: Any, words: str) -> None:
        """Home names the step as the next, and leads there."""
        page.goto("/")
        row = page.locator("tr", has=page.locator(".pill:has-text('下一步')"))
        assert words in row.inner_text()
        look(page, axe_problems)
        row.locator("a.btn").click()
        look(page, axe_problems)

    system, security = (person(one, secrets[one]) for one in ("sysadmin", "secadmin"))
    next_step(system, "登记党工委")
    system.fill("[name=name]", "中共徐州经济技术开发区工作委员会")
    system.fill("[name=on]", "2021-06-08")
    system.click("main button:has-text('登记')")
    system.wait_for_selector(".notice.success")
    next_step(system, "建立党工委工作人员的账号")
    system.fill("[name=username]", "zhao")
    system.fill("[name=name]", "赵开")
    system.fill("[name=phone]", "10012341234")
    system.click("button:has-text('建立账号')")
    system.wait_for_selector(".notice.success")
    next_step(security, "授权党工委工作人员")
    security.fill("form [name=person]", "zhao")
    security.select_option("[name=role]", "zone_staff")
    security.click("button:has-text('查找')")
    security.click("main button:has-text('授权')")
    security.wait_for_selector(".notice.success")
    next_step(security, "印党工委的密码条")
    security.click("tbody a")
    look(security, axe_problems)
    security.click("button:has-text('印出密码条')")
    zone = person("zhao", security.inner_text("[data-secret]"), "1234")

    next_step(zone, "导入党组织")
    upload(zone, "/organizations/import/", DATA / "organizations.xlsx", axe_problems)
    zone.click("button:has-text('确认写入')")
    zone.wait_for_selector("text=已写入", timeout=90_000)
    for page, path in (
        (system, "/administration/accounts/opening/"),
        (security, "/administration/grants/offices/"),
    ):
        page.goto(path)
        look(page, axe_problems)
        page.click("button:has-text('确认，')")
        page.wait_for_selector(".notice.success")
        look(page, axe_problems)
    security.goto("/administration/slips/")
    look(security, axe_problems)
    security.click("tbody tr:nth-child(2) a")
    security.click("button:has-text('印出密码条')")
    look(security, axe_problems)
    slip = security.locator(".slip", has_text="支部书记").first
    login, secret = slip.locator("code").all_inner_texts()
    name = slip.locator("b").inner_text()
    # His phone as the roster has it: masked on the list of accounts, in full on the account's page.
    system.goto(f"/administration/accounts/?q={login}")
    system.click("tbody a")
    secretary = person(login, secret, system.input_value("[name=phone]")[-4:], phone=True)
    assert "我的工作" in secretary.title()
    assert name in secretary.inner_text("header")
    look(secretary, axe_problems)
