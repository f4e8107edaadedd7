"""Two persons count the same paper ballots in a real browser, differ, and put it right."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import servers
from tests.test_dispatch_room_browser import environment_of
from tests.test_journeys import look

pytestmark = pytest.mark.browser

# A street of the demo that does not do so yet measures its branches in the half-year that is over; one
# ballot is held.
BEGIN = """
from assessments.cycles.actions import cycles
from assessments.cycles.models import Cycle
import time
from core import clock, periods
from orgs.access import actor_of
from orgs.models import Organization, RoleGrant
from tests.ballot_world import with_ballot
from tests.scheme_world import published
def computed(cycle):
    for _ in range(240):  # the portal's own worker does it
        cycle = Cycle.objects.select_related("organization").get(pk=cycle.pk)
        if cycle.run_id and not cycle.runs.going().exists():
            return cycle
        time.sleep(0.5)
street = Organization.objects.get(short_name="大庙街道")
staff = RoleGrant.objects.filter(role="committee_staff", organization=street).select_related("user", "organization")[0]
by = actor_of(staff.user, staff)
period = periods.ending(periods.containing(clock.today(), periods.HALF_YEAR), 2)[0]
classes = tuple(set(Organization.objects.filter(path__startswith=street.path, kind="branch")
    .exclude(organization_class="").values_list("organization_class", flat=True)))
said = with_ballot()
for part in said["root"]["parts"][0]["parts"]:
    part["rules"][0].pop("source", None)
published(street, year=int(period[:4]), half=int(period[-1]), classes=classes, level="branch",
    name="支部类", said=said)
cycle = computed(cycles.open_cycle(organization=street, level="branch", period=period, by=by))
cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
computed(cycle)
print("AT", cycle.uid, "STAFF", staff.user.username)
"""
ALIKE = ("40", "40", "20", "10", "5", "4", "1")
OTHER = ("40", "40", "21", "9", "5", "4", "1")


def count(page: Any, address: str, numbers: tuple[str, ...]) -> None:
    """Types a row and saves it."""
    page.goto(address)
    row = page.locator("[data-ballot-row]").first
    for place, number in enumerate(numbers):
        row.locator("input").nth(place).fill(number)
    assert "有效 39，共 40" in row.locator("[data-ballot-sum]").inner_text()
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已保存 1 家的计票")


def test_two_count_the_same_ballots(
    open_page: Callable[..., Any],
    live_portal: servers.Server,
    sign_in: Callable[..., None],
    axe_problems: Any,
) -> None:
    said = servers.manage(environment_of(live_portal), "shell", "-c", BEGIN)
    uid, _, staff = said.rsplit("AT", 1)[1].split()[:3]
    listed = f"/cycles/{uid}/ballots/"
    one = open_page()
    sign_in(one, staff)
    one.goto(listed)
    one.click("a:has-text('登记测评')")
    one.fill("#id_place", "各支部党员大会")
    one.click("button:has-text('登记')")
    one.wait_for_selector("text=家的测评，由两人各自计票")
    look(one, axe_problems)
    count(one, f"{listed}count/vote/", ALIKE)

    # The other finds an empty page, on a phone.
    other = open_page(width=390)
    sign_in(other, "zone")
    other.goto(f"{listed}count/vote/")
    first = other.locator("[data-ballot-row]").first
    assert [box.input_value() for box in first.locator("input").all()] == [""] * 7
    look(other, axe_problems)
    count(other, f"{listed}count/vote/", OTHER)
    other.wait_for_selector("text=1 家两人不一致")

    # With the paper in hand one of the two says what holds; what they agree on stands there.
    one.goto(listed)
    one.click("tr:has-text('两人不一致') >> a")
    one.click("a:has-text('核对')")
    boxes = one.locator("td .form-control")
    assert [box.input_value() for box in boxes.all()] == ["40", "40", "", "", "5", "4", "1"]
    boxes.nth(2).fill("21")
    boxes.nth(3).fill("9")
    one.fill("[name=reason]", "重点了一遍纸质票")
    look(one, axe_problems)
    one.click("button:has-text('核对无误')")
    one.wait_for_selector("text=已核对，票数计入得分")
    assert "好 21，较好 9，一般 5，差 4" in one.inner_text("main")
    look(one, axe_problems)
