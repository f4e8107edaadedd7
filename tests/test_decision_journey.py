"""One branch's half-year in a real browser: it marks itself, the committee marks and asks for the decision,
another decides, the branch is told, objects, somebody who marked nothing checks again, the correction is
approved, and everybody sees old and new."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journeys import look

pytestmark = pytest.mark.browser

# A committee that no other journey looks at; its facts are frozen. Two colleagues of its account.
BEGIN = """
from assessments.cycles.actions import cycles
from assessments.cycles.models import Assessed, Cycle
from core import clock, periods
from orgs.access import actor_of
from orgs.models import Organization, RoleGrant
from tests.scheme_world import computed, content, figure, leaf, published
from tests.world import make_user
half = periods.shift(periods.containing(clock.today(), periods.HALF_YEAR), -1)
committee = Organization.objects.get(short_name="金龙湖街道")
rows = RoleGrant.objects.current().filter(
    role="branch_secretary", organization__path__startswith=committee.path, user__username__startswith="b")
grant = rows.select_related("user", "organization").order_by("pk")[0]
said = content()
said["root"]["parts"][0]["parts"] = [
    leaf("branches", "80", "accumulate", {"points": "80", "cap": "80"}, name="支部设置", source=figure("branches", "count")),
    leaf("work", "20", "discretion", {"bound": "20"}, name="中心工作"),
]
said["bands"] = [["好", "90"], ["较好", "80"], ["一般", "0"]]
published(committee, year=int(half[:4]), half=int(half[-1]), classes=(grant.organization.organization_class,),
    level="branch", name="支部类", said=said)
for name, label in (("decides", "审定的人"), ("rechecks", "复核异议的人")):
    make_user(name, "committee_staff", committee, name=label)
staff = RoleGrant.objects.current().filter(role="committee_staff", organization=committee).select_related(
    "user", "organization").order_by("pk")[0]
by = actor_of(staff.user, staff)
cycle = computed(cycles.open_cycle(organization=committee, level="branch", period=half, by=by))
cycle = Cycle.objects.get(pk=cycle.pk)
cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
computed(cycle)
one = Assessed.objects.get(cycle=cycle, organization=grant.organization)
print("STAFF", staff.user.username, "BRANCH", grant.user.username, "NAME", one.short_name,
    "CYCLE", cycle.get_absolute_url(), "SCORE", one.get_absolute_url(), "TODAY", clock.today())
"""
# What is marked and read behind the pages is computed at once.
COMPUTE = """
from core import derived
derived.registered()["scores"].refresh_all()
"""
WORDS = ("STAFF", "BRANCH", "NAME", "CYCLE", "SCORE", "TODAY")
MINUTES = "金龙湖街工委纪要〔2026〕21号"
REASON = "三月的攻坚行动没有算进来，验收单在街道"


def mark_oneself(page: Any) -> None:
    """The branch marks what people mark, and sends it."""
    page.locator("main a.btn", has_text="去自评").first.click()
    page.click("a:has-text('中心工作')")
    page.fill("[name='0-points']", "19")
    page.fill("[name=reason]", "两件攻坚任务都办完，有验收单")
    page.click("button.go:has-text('保存')")
    page.wait_for_selector("text=可以报送")
    page.locator("main form button", has_text="报送").click()
    page.locator("main button", has_text="报送").click()
    page.wait_for_selector("text=内容锁定")


def mark_all(page: Any, cycle: str, name: str) -> None:
    """The committee marks every branch on one page: this one lower than it deserves."""
    page.goto(cycle)
    page.click("a:has-text('中心工作')")
    page.wait_for_selector("h1:has-text('中心工作')")
    rows = page.locator("main tbody tr, main .mark-row").filter(
        has=page.locator("[name$='-points']")
    )
    for place in range(rows.count()):
        row = rows.nth(place)
        is_own = name in row.inner_text()
        row.locator("[name$='-points']").fill("11" if is_own else "18")
        row.locator("[name$='-reason']").fill("按台账核过")
    page.click("button.go:has-text('保存')")
    page.wait_for_selector(".notice.success")


def test_from_the_own_mark_to_the_corrected_result(
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Any,
) -> None:
    from tests.world import PASSWORD  # needs settings

    environment = environment_of(live_portal)
    said = servers.manage(environment, "shell", "-c", BEGIN)
    told = {word: said.rsplit(word, 1)[1].split()[0] for word in WORDS}
    branch, staff, decider, checker = (open_page(width=width) for width in (390, 1440, 1440, 1440))
    sign_in(branch, told["BRANCH"])
    sign_in(staff, told["STAFF"])
    sign_in(decider, "decides", PASSWORD)
    sign_in(checker, "rechecks", PASSWORD)
    mark_oneself(branch)
    mark_all(staff, told["CYCLE"], told["NAME"])
    servers.manage(environment, "shell", "-c", COMPUTE)

    # Submitted by the one; until another has decided the branch sees nothing of its score.
    staff.goto(told["CYCLE"])
    staff.click("button:has-text('提请审定')")
    staff.wait_for_selector("text=审定由另一人办理")
    staff.click("main button:has-text('提请审定')")
    staff.wait_for_selector("text=由提请人以外的人审定")
    branch.goto("/cycles/")
    assert "审定后反馈" in branch.inner_text("main")
    assert branch.goto(told["SCORE"]).status == 404

    decider.goto(told["CYCLE"])
    decider.click("a:has-text('审定')")
    decider.fill("[name=met_on]", told["TODAY"])
    decider.fill("[name=minutes_number]", MINUTES)
    look(decider, axe_problems)
    decider.click("button:has-text('审定')")
    decider.wait_for_selector(f"text={MINUTES}")
    look(decider, axe_problems)
    decider.click("main form button:has-text('审定')")
    decider.wait_for_selector(".notice.success:has-text('考核结果已审定')")

    # Told, and objected to on the phone.
    branch.goto(told["SCORE"])
    assert branch.inner_text(".equation .sum b") == "91.00"
    branch.click("a:has-text('异议')")
    branch.select_option("[name=indicator]", label="中心工作")
    branch.fill("[name=reason]", REASON)
    look(branch, axe_problems)
    branch.click("button:has-text('提出异议')")
    branch.wait_for_selector("h1:has-text('的异议')")
    objection = str(branch.url.partition("#")[0])
    look(branch, axe_problems)

    # Who marked it checks nothing: another is named, and finds it right.
    staff.goto(objection)
    people = staff.locator("[name=user_id] option").all_inner_texts()
    assert any("复核异议的人" in one for one in people)
    staff.select_option(
        "[name=user_id]",
        index=next(place for place, one in enumerate(people) if "复核异议的人" in one),
    )
    staff.click("button:has-text('指定')")
    staff.wait_for_selector(".notice.success")
    checker.goto(objection)
    checker.click("a:has-text('复核答复')")
    checker.check("[name=outcome][value=upheld]")
    checker.fill("[name=answer]", "验收单属实，三月的攻坚行动应计入")
    checker.fill("[name$='-points']", "17")
    checker.fill("[name$='-reason']", "验收单属实")
    look(checker, axe_problems)
    checker.click("button:has-text('提交')")
    checker.wait_for_selector("h1:has-text('的异议')")

    # Whoever decides, and did not check, approves; the old result is kept beside the new one.
    decider.goto(objection)
    look(decider, axe_problems)
    decider.click("button:has-text('批准更正')")
    decider.wait_for_selector("text=原来的结果带校验码保留")
    look(decider, axe_problems)
    decider.click("main form button:has-text('批准更正')")
    decider.wait_for_selector("text=91.00 → 97.00")
    branch.goto(told["SCORE"])
    assert branch.inner_text(".equation .sum b") == "97.00"
    assert "91.00 → 97.00" in branch.inner_text("main")
    look(branch, axe_problems)
    branch.goto(objection)
    assert "验收单属实" in branch.inner_text("main")
    decider.goto(told["CYCLE"])
    assert "更正：91.00 → 97.00" in decider.inner_text("main")
    said = servers.manage(environment, "verify_results")
    assert "损坏" not in said
