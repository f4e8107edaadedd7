"""A reviewer's afternoon by keyboard: the example, item after item, evidence beside, a draft that comes
back, and nothing of what the other gave."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journeys import look

pytestmark = pytest.mark.browser

# A committee that no other journey looks at assesses its branches; two review them.
BEGIN = """
import datetime as dt
from assessments.cycles.actions import cycles
from assessments.cycles.models import Assessed, Cycle
from assessments.reviews.actions import beginning, examples, teams
from assessments.reviews.models import Review, ReviewSeat
from assessments.self_assessments.models import SelfAssessment, SelfEvidence, SelfItem
from core import clock, effects, periods
from orgs.access import actor_of
from orgs.models import Organization, RoleGrant
from tests.scheme_world import computed, content, figure, leaf, published
half = periods.shift(periods.containing(clock.today(), periods.HALF_YEAR), -1)
committee = Organization.objects.get(short_name="装备制造产业园党委")
staff = RoleGrant.objects.filter(role="committee_staff", organization=committee).select_related("user", "organization")[0]
by = actor_of(staff.user, staff)
secretaries = RoleGrant.objects.filter(role="branch_secretary", organization__path__startswith=committee.path, deputy_for=None).select_related("user", "organization").order_by("pk")
one, two = secretaries[0], secretaries[1]
said = content()
said["root"]["parts"][0]["parts"] = [
    leaf("branches", "60", "accumulate", {"points": "60", "cap": "60"}, name="支部设置", source=figure("branches", "count")),
    leaf("work", "20", "levels", {"levels": {"好": "20", "较好": "15", "一般": "10"}}, name="中心工作"),
    leaf("more", "20", "discretion", {"bound": "20"}, name="特色做法"),
]
kind = two.organization.organization_class
version = published(committee, year=int(half[:4]), half=int(half[-1]), classes=(kind,), level="branch", name="支部类", said=said)
cycle = computed(cycles.open_cycle(organization=committee, level="branch", period=half, by=by))
cycle = Cycle.objects.get(pk=cycle.pk)
cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
cycle = computed(cycle)
assessed = Assessed.objects.get(cycle=cycle, organization=two.organization)
Assessed.objects.filter(cycle=cycle).exclude(pk=assessed.pk).update(is_out=True)
whole = SelfAssessment.objects.create(assessed=assessed, state="sent", sent_at=clock.now(), sent_by_name="书记")
item = SelfItem.objects.create(self_assessment=whole, indicator="more", stance="marked", facts={"0": {"points": "18", "reason": "三个村照做"}}, reason="土地流转经验在三个村推开")
SelfEvidence.objects.create(item=item, kind="life", uid="5f0c5a34-0000-4000-8000-000000000001", label="5月20日现场会记录", linked_at=clock.now(), linked_by_name="书记")
review = teams.prepare(cycle=cycle, by=by)
teams.arrange(review=review, revision=review.revision, teams=[teams.Arranged("考核一组", [one.user_id, staff.user_id], [assessed.pk])], due_on=clock.today() + dt.timedelta(days=10), sampled=0, seed="", by=by)
review = Review.objects.select_related("cycle__organization").get(pk=review.pk)
examples.save(review=review, version=version, indicator="work", case="某支部全年开展推广活动，有记录无总结。", facts={0: {"level": "较好"}}, reason="缺总结", by=by)
beginning.begin(review=review, revision=review.revision, by=by)
effects.run_due()
print("PERSON", one.user.username, "NAME", assessed.short_name)
"""


def test_a_reviewer_marks_by_keyboard(
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Any,
) -> None:
    told = servers.manage(environment_of(live_portal), "shell", "-c", BEGIN)
    person, name = (told.rsplit(word, 1)[1].split()[0] for word in ("PERSON", "NAME"))
    page = open_page()
    sign_in(page, person)
    page.goto("/reviews/desk/")
    look(page, axe_problems)

    # The example comes first, and tells its reference afterwards.
    page.click("a:has-text('评样题')")
    page.check("label.tick:has-text('好') >> nth=0 >> input")
    look(page, axe_problems)
    page.click("button:has-text('提交，看参考分')")
    page.wait_for_selector("text=缺总结")
    page.click("a:has-text('去评单位')")
    page.click("a.btn:has-text('开始评')")
    page.wait_for_selector(f"h1:has-text('{name}')")
    assert "特色做法" in page.inner_text("#item-name")

    # Evidence by E, the mark by its figures, the reason by N; a reload gives back what was typed.
    page.keyboard.press("e")
    page.wait_for_selector(".pieces .on")
    look(page, axe_problems)
    page.keyboard.press("1")
    page.keyboard.type("7")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("三个村照做，缺总结")
    page.wait_for_timeout(1500)  # kept on the device some moments after the last key
    page.reload()
    page.click("button:has-text('取回来')")
    assert page.input_value("[name=r0-points]") == "17"
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("Enter")
    page.wait_for_selector("#item-name:has-text('中心工作')")

    # A level by its letter; the last item leads back to the list.
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=这一家的都评完了")
    assert "2 / 2" in page.inner_text("main")
    look(page, axe_problems)
    # On a phone the same page is one column.
    phone = open_page(width=390)
    sign_in(phone, person)
    phone.goto("/reviews/desk/")
    phone.click("a.btn:has-text('再看')")
    phone.wait_for_selector("#my-mark")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    look(phone, axe_problems)
