"""Second part of tests/start_walk.py: the office that has just begun draws up a scheme from the sheet it
has, a second person publishes it, and the year is assessed by it, by the pages alone: its first half by
a team of reviewers (tests/start_reviewing.py), its second by the office itself."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import time_machine
from django.db.models import QuerySet
from django.urls import reverse

from assessments.cycles.models import Assessed, Cycle
from assessments.schemes.definitions import leaves
from assessments.schemes.models import SchemeVersion
from core import derived, effects

from .scheme_tables import T1_HEAD, T1_ROWS, book, upload_of
from .start_browser import Browser, Office, fields_of
from .start_deciding import decide, everywhere, object_to, publish, put_right, verified
from .start_reviewing import ORGAN, REVIEWERS, SCHOOL, answers, review, vote

AFTER = dt.datetime(2027, 7, 20, 2, tzinfo=dt.UTC)
YEAR_END = dt.datetime(2028, 1, 20, 2, tzinfo=dt.UTC)
WRONG = re.compile(r"还不能提交：(.*?)</", re.DOTALL)
SETTINGS = {
    "basis": "党建工作考核办法（徐开工委〔2026〕3号）",
    "plan_basis": "徐开督查计划〔2027〕1号",
    "bands": "好 90\n较好 80\n一般 60\n差 0",
    "places": "2",
    "mid_year_weight": "40%",
    "repair_share": "50%",
    "has_bonus": "on",
    "b_levels": "省级 2\n市级 1",
    "b_total_cap": "3",
    "v_name_0": "严重违纪违法",
    "v_effect_0": "lowest_grade",
    "v_basis_0": "《中国共产党问责条例》",
}


LOST = {"missing": ["有场所无设施"], "why": "检查记录"}  # of both, in the second half
SECURED, REFLECTED = "保障机制", "群众反映"  # counted from the roster; voted on after the reports


def assess(office: Office, zone: Browser, publisher: Browser) -> dict[str, Any]:
    """What each step showed."""
    seen: dict[str, Any] = {}
    draw_up(zone, publisher, seen)
    with time_machine.travel(AFTER, tick=True):
        office, zone = office.come_back(), Browser().come_back("zhao")
        cycle = open_half(zone, "2027-H1", seen)
        staff = {
            one.organization.short_name: office.staff_of(one.organization)
            for one in assessed_in(cycle)
        }
        reviewers = review(office, zone, staff, cycle, seen)
        decider = Browser().come_back("qian")
        minutes = {"met_on": "2027-07-20", "minutes_number": "徐开工委纪要〔2027〕9号"}
        seen["first"] = decide(zone, decider, cycle, minutes)
        publish(zone, staff, cycle, seen)
        one = {row.organization.short_name: row for row in assessed_in(cycle)}
        other = REVIEWERS["zhengping"][0], reviewers["zhengping"]
        object_to(zone, decider, staff[SCHOOL], other, one[SCHOOL], "活动阵地", seen)
        seen["after the objection"] = everywhere(zone, decider, cycle)
        put_right(zone, staff[ORGAN], one[ORGAN], "工作业绩", seen)
        people = {"sunkai": ("孙开", "10020000009")}
        second = office.engage("zone_staff", "2027-07-20", people)["sunkai"]
    with time_machine.travel(YEAR_END, tick=True):
        for browser in (zone, decider, second, *staff.values()):
            browser.come_back()
        cycle = second_half(zone, second, staff, seen)
        minutes = {"met_on": "2028-01-20", "minutes_number": "徐开工委纪要〔2028〕1号"}
        seen["second"] = decide(zone, decider, cycle, minutes)
        seen["year"] = {
            row.organization.short_name: account_of(zone.get(row.get_absolute_url()))
            for row in assessed_in(cycle)
        }
        seen["verified"] = verified()
    return seen


def assessed_in(cycle: Cycle) -> QuerySet[Assessed]:
    """All of a cycle, with what their pages are known by."""
    return Assessed.objects.filter(cycle=cycle).select_related("cycle", "organization")


def account_of(page: str) -> list[str]:
    """The bookings of the year's account on the page of a score, and their sum."""
    start = page.index('id="account"')
    return re.findall(r"<dd>([^<]+)</dd>", page[start : page.index("</form>", start)])


def draw_up(zone: Browser, publisher: Browser, seen: dict[str, Any]) -> None:
    """The scheme from the sheet, with one indicator counted and one voted on; who is compared."""
    zone.submit(
        "/schemes/new/", year=2027, level="direct", name="机关、学校类", classes=["organ", "school"]
    )
    version = SchemeVersion.objects.get()
    at = version.get_absolute_url()
    zone.post(f"{at}import/", file=upload_of(book(T1_ROWS, T1_HEAD)))
    effects.run_due()
    batch = version.imports.get()
    zone.post(f"{batch.get_absolute_url()}confirm/")
    effects.run_due()
    version.refresh_from_db()
    key_of = {leaf.name: leaf.key for leaf in leaves(version.content)}
    panel, save = f"{at}edit/?node={key_of[SECURED]}", f"{at}edit/indicator/"
    zone.submit(panel, save, **{"rule-0-rule": "deduct_each", "press": "retype"})
    counted = {"rule-0-p_points": "1", "rule-0-kind": "figure", "rule-0-figure": "terms_overdue"}
    zone.submit(panel, save, **counted)
    panel = f"{at}edit/?node={key_of[REFLECTED]}"
    zone.submit(panel, save, press="remove-rule:1")
    zone.submit(panel, save, **{"rule-0-rule": "ballot", "press": "retype"})
    ballot = {"rule-0-p_weights": "好 100\n较好 80\n一般 60\n差 40", "rule-0-p_minimum": "10"}
    zone.submit(panel, save, is_report="on", **ballot)
    zone.submit(f"{at}settings/", **SETTINGS)
    # The sheet names no plan: it has to be typed once and not for each of the indicators.
    seen["wrong"] = WRONG.findall(zone.get(f"{at}submit/"))
    zone.submit(f"{at}submit/", from_period="2027-H1")
    paper = {"document_number": "徐开工委〔2026〕52号", "document_on": "2026-11-27"}
    publisher.submit(f"{at}publish/", **paper)
    version.refresh_from_db()
    seen["version"] = version.state
    zone.submit("/schemes/groups/new/?year=2027", name="机关、学校组", classes=["organ", "school"])


def open_half(zone: Browser, period: str, seen: dict[str, Any]) -> Cycle:
    """A half-year begun, with its facts frozen."""
    zone.submit("/cycles/open/", level="direct", period=period)
    effects.run_due()
    cycle = Cycle.objects.get(period=period)
    page = zone.get(cycle.get_absolute_url())
    seen["unmeasured"] = "没有细则考核的单位" in page
    derived.registered()["scores"].refresh_all()
    zone.submit(cycle.get_absolute_url(), "freeze/")
    effects.run_due()
    return cycle


def second_half(
    zone: Browser, second: Browser, staff: Mapping[str, Browser], seen: dict[str, Any]
) -> Cycle:
    """The second half-year, which the office marks itself, with the reports of the secretaries."""
    cycle = open_half(zone, "2027-H2", seen)
    for name, browser in staff.items():
        one = Assessed.objects.get(cycle=cycle, organization__short_name=name)
        edit = reverse("ballots:report-edit", args=[one.uid])
        browser.submit(edit, work="抓支部、抓队伍", problems="换届有拖延", measures="按月排查")
        page = browser.submit(reverse("ballots:report", args=[one.uid]), "/send/")
        seen.setdefault("reports", []).append("已报送" in page)
    vote(zone, second, cycle, "2028-01-14", seen)
    page = zone.get(cycle.get_absolute_url())
    for key in dict.fromkeys(re.findall(rf"{cycle.get_absolute_url()}mark/([^/]+)/", page)):
        for seat in ("1", "2"):
            give(zone, cycle, unquote(key), seat)
    return cycle


def give(zone: Browser, cycle: Cycle, key: str, seat: str) -> None:
    """Marks an indicator for all: nothing is missing but what `LOST` says, of 酌情 the whole."""
    url = f"{cycle.get_absolute_url()}mark/{key}/?seat={seat}"
    if zone.client.get(url, secure=True).status_code == 404:  # one marks this alone
        return
    if "这里不能代评" in zone.get(url):  # votes, which are counted elsewhere
        return
    form, _ = zone.form("", f"/mark/{key}/")
    fields = fields_of(form)
    full = re.search(r"满分 (\d+)", zone.shown[1])
    missing = LOST if "有场所无设施" in zone.shown[1] else {}
    zone.submit("", f"/mark/{key}/", **answers(fields, full[1] if full else "", missing))
