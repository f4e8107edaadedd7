"""自查自评 in a real browser: a secretary fills it on a phone, questions a figure, picks a record, sends,
and answers what was returned."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journeys import look

pytestmark = pytest.mark.browser

# A committee that no other journey looks at assesses its branches; facts are frozen and computed.
BEGIN = """
from assessments.cycles.actions import cycles
from assessments.cycles.models import Assessed, Cycle
from core import clock, periods
from orgs.access import actor_of
from orgs.models import Organization, RoleGrant
from schedules.life.models import MeetingUnit
from tests.scheme_world import computed, content, figure, leaf, published
half = periods.shift(periods.containing(clock.today(), periods.HALF_YEAR), -1)
days = periods.first_day(half), periods.last_day(half)
committee = Organization.objects.get(short_name="东环街道")
rows = RoleGrant.objects.filter(role="branch_secretary", organization__path__startswith=committee.path)
held = MeetingUnit.objects.filter(meeting__held_on__range=days).values("organization")
grant = rows.filter(organization__in=held).select_related("user", "organization").order_by("pk")[0]
said = content()
said["root"]["parts"][0]["parts"] = [
    leaf("branches", "80", "accumulate", {"points": "80", "cap": "80"}, name="支部设置", source=figure("branches", "count")),
    leaf("work", "20", "levels", {"levels": {"好": "20", "较好": "15", "一般": "10"}}, name="中心工作"),
]
kind = grant.organization.organization_class
published(committee, year=int(half[:4]), half=int(half[-1]), classes=(kind,), level="branch", name="支部类", said=said)
staff = RoleGrant.objects.filter(role="committee_staff", organization=committee).select_related("user", "organization")[0]
by = actor_of(staff.user, staff)
cycle = computed(cycles.open_cycle(organization=committee, level="branch", period=half, by=by))
cycle = Cycle.objects.get(pk=cycle.pk)
cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
computed(cycle)
one = Assessed.objects.get(cycle=cycle, organization=grant.organization)
print("PERSON", grant.user.username, "UID", one.uid, "STAFF", staff.user.username)
"""
BACK = """
from assessments.self_assessments.actions import sending
from assessments.self_assessments.models import SelfAssessment
from orgs.access import actor_of
from orgs.models import RoleGrant
staff = RoleGrant.objects.filter(user__username="{staff}").select_related("user", "organization")[0]
row = SelfAssessment.objects.select_related("assessed__cycle__organization").get(assessed__uid="{uid}")
sending.return_items(self_assessment=row, items=[("work", "写明做了哪几件")], by=actor_of(staff.user, staff))
"""


def test_a_secretary_assesses_his_branch_on_a_phone(
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Any,
) -> None:
    environment = environment_of(live_portal)
    told = servers.manage(environment, "shell", "-c", BEGIN)
    person, uid, staff = (told.rsplit(word, 1)[1].split()[0] for word in ("PERSON", "UID", "STAFF"))
    page = open_page(width=390)
    sign_in(page, person)
    page.locator("main a.btn", has_text="去自评").first.click()
    page.wait_for_selector("h1:has-text('自查自评')")
    assert page.url.endswith(f"/self-assessments/{uid}/")
    assert "还差 1 项" in page.inner_text("main")
    look(page, axe_problems)

    # What was counted is questioned.
    page.locator("tr#branches a.btn").click()
    page.fill("[name=reason]", "6月新设的一个支部没有算进来")
    look(page, axe_problems)
    page.click("button:has-text('提出异议')")
    page.wait_for_selector("tr#branches >> text=6月新设的一个支部")

    # A mark is half typed, the page is left: what was typed is there again.
    page.click("a:has-text('中心工作')")
    page.select_option("[name='0-level']", "好")
    page.fill("[name=reason]", "带岗带责进网格")
    page.wait_for_timeout(2500)  # it is on the device by then
    page.click("#files button:has-text('引用')")
    page.wait_for_selector("#files .shown li")
    page.click("button:has-text('取回来')")
    assert page.input_value("[name=reason]") == "带岗带责进网格"
    assert page.input_value("[name='0-level']") == "好"
    page.fill("[name=reason]", "带岗带责进网格，12名党员认领5个岗位")
    look(page, axe_problems)
    page.click("button.go:has-text('保存')")
    page.wait_for_selector("text=可以报送")

    page.locator("main form button", has_text="报送").click()
    page.wait_for_selector("text=有异议 1 项")
    page.locator("main button", has_text="报送").click()
    page.wait_for_selector("text=内容锁定")
    assert page.locator("main a.btn", has_text="修改").count() == 0
    look(page, axe_problems)

    # One item comes back; it alone is open, and is sent again.
    servers.manage(environment, "shell", "-c", BACK.format(staff=staff, uid=uid))
    page.goto("/")
    page.locator("main a.btn", has_text="去补充").first.click()
    page.wait_for_selector("text=写明做了哪几件")
    assert page.locator("tr#branches a.btn").count() == 0
    page.click("tr#work a.btn")
    page.fill("[name=reason]", "认领网格岗位5个，清理河道3处")
    page.click("button:has-text('保存并重新报送')")
    page.wait_for_selector("text=内容锁定")
    assert "清理河道3处" in page.inner_text("tr#work")
    look(page, axe_problems)
