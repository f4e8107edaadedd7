"""Lists of rectification in a real browser: proposed from a sealed half-year, issued one for each
organisation, received and planned on a phone; one line closes by itself when its fact has turned good,
the one of weight is verified by another person; the whole is closed, and found lasting by a third two
months later. axe looks at every page on the way."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journey_of_a_problem import days_later
from tests.test_journeys import look

pytestmark = pytest.mark.browser
Axe = Callable[[Any], list[str]]

# A committee that no other journey looks at has assessed its branches, of which one has no secretary,
# and has decided on it. Two colleagues of its account.
BEGIN = """
from assessments.cycles.actions import cycles, marks
from assessments.cycles.models import Assessed, Cycle
from core import clock, derived, periods
from orgs.access import actor_of
from orgs.models import OfficeHolding, Organization, RoleGrant
from tests.scheme_world import computed, content, figure, leaf, published, sealed
from tests.world import make_user
half = periods.shift(periods.containing(clock.today(), periods.HALF_YEAR), -1)
half = half if half.endswith("H1") else periods.shift(half, -1)
committee = Organization.objects.get(short_name="徐庄镇")
rows = RoleGrant.objects.current().filter(
    role="branch_secretary", organization__path__startswith=committee.path, user__username__startswith="b")
grant = rows.select_related("user", "organization").order_by("pk")[0]
OfficeHolding.objects.filter(organization=grant.organization, post="secretary", ended_on=None).update(
    ended_on=periods.last_day(half))
said = content()
said["root"]["parts"][0]["parts"] = [
    leaf("offices", "30", "deduct_each", {"points": "2"}, name="班子配备", source=figure("offices_vacant", "count")),
    leaf("work", "70", "discretion", {"bound": "70"}, name="中心工作"),
]
published(committee, year=int(half[:4]), half=int(half[-1]), classes=(grant.organization.organization_class,),
    level="branch", name="支部类", said=said)
for name, label in (("verifies", "核验清单的人"), ("revisits", "回头看清单的人")):
    make_user(name, "committee_staff", committee, name=label)
staff = RoleGrant.objects.filter(role="committee_staff", organization=committee).select_related("user", "organization")
first, second = staff.order_by("pk")[:2]
by = actor_of(first.user, first)
cycle = computed(cycles.open_cycle(organization=committee, level="branch", period=half, by=by))
given = [marks.Given(one.pk, {"points": "52", "reason": "村级项目推进慢"}) for one in Assessed.objects.filter(cycle=cycle)]
marks.give_many(cycle=cycle, indicator="work", given=given, by=by)
derived.registered()["scores"].refresh_all()
cycle = Cycle.objects.get(pk=cycle.pk)
cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
cycle = sealed(computed(cycle), by=by, decider=actor_of(second.user, second))
beside = Assessed.objects.filter(cycle=cycle).exclude(organization=grant.organization).order_by("path")[0]
print("STAFF", first.user.username, "BRANCH", grant.user.username, "PLACE", grant.organization.pk,
    "NAME", grant.organization.short_name, "BESIDE", beside.short_name, "CYCLE", cycle.get_absolute_url())
"""
# What the clock books every night; the portal's own worker runs it.
TONIGHT = """
from core import clock, effects
effects.enqueue("job:rectifications.close_turned_good", "slot:rectifications.close_turned_good:journey",
    planned_for=clock.now().isoformat())
"""
# All of one organisation, one of another; the others are left out.
KEEP = """
([whole, beside]) => {
  for (const row of document.querySelectorAll('.findings tbody tr')) {
    const box = row.querySelector('input[type=checkbox]');
    const place = row.closest('.card').querySelector('h2').firstChild.textContent.trim();
    const wanted = place === whole || (place === beside && row.innerHTML.includes('中心工作'));
    if (box.checked !== wanted) box.click();
  }
}
"""
FACT, WEIGHTY = "班子配备：书记空缺 1 个", "支部没有自己的项目，要有一个能看见的"


def issue(page: Any, told: dict[str, str], axe_problems: Axe) -> str:
    """From the page of the cycle to two lists that are issued; the address of the first."""
    page.goto(told["CYCLE"])
    page.click("a:has-text('限期整改')")
    page.wait_for_selector("text=还没有提出问题")
    look(page, axe_problems)
    page.click("button:has-text('提出问题')")
    page.wait_for_selector(".findings")
    look(page, axe_problems)
    page.evaluate(KEEP, [told["NAME"], told["BESIDE"]])
    chosen = page.locator(".findings tbody tr", has=page.locator("input[type=checkbox]:checked"))
    assert chosen.count() == 3
    own = page.locator(".findings .card", has=page.locator(f"h2:has-text('{told['NAME']}')"))
    words = own.locator("textarea")
    assert words.first.input_value() == FACT
    assert words.last.input_value() == "中心工作：村级项目推进慢"
    words.last.fill(WEIGHTY)
    page.click("button:has-text('保存并下发')")
    page.wait_for_selector("text=2 家单位，3 条问题")
    look(page, axe_problems)
    page.click("main button:has-text('下发')")
    page.wait_for_selector(".notice.success:has-text('已下发 2 份整改清单')")
    look(page, axe_problems)
    page.click(f"main th a:text-is('{told['BESIDE']}')")
    page.wait_for_selector("h1:has-text('整改清单')")
    assert FACT not in page.inner_text("main")
    page.go_back()
    page.click(f"main th a:text-is('{told['NAME']}')")
    page.wait_for_selector("h1:has-text('整改清单')")
    look(page, axe_problems)
    return str(page.url)


def plan(page: Any, address: str, axe_problems: Axe) -> str:
    """On the phone: from home to the list received, with measures and people; the item's address."""
    page.locator("li.due", has_text="考核整改清单").locator("a.btn").click()
    page.wait_for_selector("h1:has-text('考核整改清单')")
    look(page, axe_problems)
    page.click("#act button:has-text('签收')")
    page.wait_for_selector(".notice.success:has-text('已签收')")
    item = str(page.url.partition("#")[0])
    page.click("#lines a:has-text('填写措施和责任人')")
    page.wait_for_selector("h1:has-text('整改清单')")
    assert page.url == address
    look(page, axe_problems)
    for place, measure in enumerate(("报镇党委补选书记", "认领一个村级项目，每月看一次")):
        page.locator("textarea[name$='-measure']").nth(place).fill(measure)
        page.locator("input[name$='-leader']").nth(place).fill("李明")
        page.locator("input[name$='-person']").nth(place).fill("王芳")
    page.click("button:has-text('保存措施和责任人')")
    page.wait_for_selector(".notice.success:has-text('已保存')")
    look(page, axe_problems)
    return item


def report_line(page: Any, item: str, axe_problems: Axe) -> None:
    """The branch reports what people see to; what a fact closes is not reported."""
    page.goto(item)
    assert "责任领导 李明" in page.inner_text("#line-2")
    assert "等数据" in page.inner_text("#line-1")
    assert page.locator("#line-1 details").count() == 0
    page.click("#line-2 summary:has-text('报结这一条')")
    page.fill("#line-2 details[open] [name=evidence]", "项目清单和三次现场照片")
    page.click("#line-2 details[open] button:has-text('报结这一条')")
    page.wait_for_selector(".notice.success:has-text('已报结这一条')")
    look(page, axe_problems)


def fill_the_office(page: Any, told: dict[str, str], environment: dict[str, str]) -> None:
    """The committee enters the new secretary; the night's work finds that the fact has turned good."""
    page.goto(f"/organizations/{told['PLACE']}/offices/new/")
    page.select_option("[name=post]", "secretary")
    page.fill("[name=person_name]", "王强")
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    page.fill("[name=started_on]", today)
    page.click("main form .btn.go")
    page.wait_for_selector(".notice.success:has-text('已登记任职')")
    servers.manage(environment, "shell", "-c", TONIGHT)


def look_again(page: Any, url: str, axe_problems: Axe) -> None:
    """Looks at the page until the portal's worker has been at its lines."""
    page.goto(url)
    done = page.locator("#line-1 .marks:has-text('已办成')")
    for _ in range(90):
        if done.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    assert done.count() == 1
    assert "书记空缺 0 个" in page.inner_text("#line-1")
    look(page, axe_problems)


def test_lists_from_their_proposal_to_their_lasting_end(
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Axe,
) -> None:
    from tests.world import PASSWORD

    environment = environment_of(live_portal)
    said = servers.manage(environment, "shell", "-c", BEGIN)
    words = said[said.rindex("STAFF") :].split()
    told = dict(zip(words[::2], words[1::2], strict=True))
    staff, branch = open_page(width=1440, height=900), open_page(width=390, height=844)
    sign_in(staff, told["STAFF"])
    address = issue(staff, told, axe_problems)
    sign_in(branch, told["BRANCH"])
    item = plan(branch, address, axe_problems)
    report_line(branch, item, axe_problems)
    fill_the_office(staff, told, environment)
    look_again(branch, item, axe_problems)

    # Another person closes the line of weight; then the whole is reported and closed.
    checks = open_page(width=1440, height=900)
    sign_in(checks, "verifies", PASSWORD)
    checks.goto(item)
    checks.click("button:has-text('核验第 2 条')")
    checks.wait_for_selector(".notice.success:has-text('已销这一条')")
    branch.goto(item)
    branch.fill("#act [name=result]", "书记已到任，项目每月看一次")
    branch.click("#act button:has-text('报结')")
    branch.wait_for_selector(".notice.success:has-text('已报结')")
    checks.goto(item)
    checks.fill("#act [name=note]", "看过任职记录和项目现场")
    checks.click("#act button:has-text('核验销号')")
    checks.wait_for_selector(".notice.success:has-text('已核验销号')")
    checks.goto(address)
    assert "已销号" in checks.inner_text(".page-head")
    look(checks, axe_problems)
    # Both were put right in time: half of what they cost comes back in the year's account.
    branch.goto(address)
    assert "已恢复 1.00" in branch.inner_text("main")
    assert "已恢复 9.00" in branch.inner_text("main")
    look(branch, axe_problems)

    # Two months later a third person finds that it has lasted.
    with days_later(live_portal, 61) as later:
        page = open_page(width=1440, height=900)
        page.goto(later)
        page.fill("input[name=username]", "revisits")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector("input[name=password]", state="detached")
        page.goto(item.replace(live_portal.url, later))
        look(page, axe_problems)
        page.check("#act input[name=lasting][value=yes]")
        page.fill("#act [name=note]", "书记在岗，项目仍每月看一次")
        page.click("#act button:has-text('登记')")
        page.wait_for_selector(".notice.success")
        page.goto(address.replace(live_portal.url, later))
        assert "长效" in page.inner_text(".page-head")
        look(page, axe_problems)
        page.goto(told["CYCLE"].replace("/cycles/", later + "/rectifications/cycles/"))
        assert "整件销号 1 份" in page.inner_text("main")
        assert "1 份长效" in " ".join(page.inner_text("main .stats").split())
        look(page, axe_problems)
