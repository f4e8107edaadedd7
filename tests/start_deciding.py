"""Fourth part of tests/start_walk.py: what was marked is submitted, decided on, told, published, objected
to and put right, by the pages alone; and every page and paper says the same of it."""

import io
import re
from collections.abc import Mapping
from typing import Any

import openpyxl
from django.core.management import call_command
from django.urls import reverse
from lxml.html import document_fromstring

from assessments.cycles.models import Assessed, Cycle
from core import derived, effects

from .start_browser import Browser, fields_of
from .start_reviewing import LINK

Told = dict[str, str]
"""Organisation -> total and grade, as they are read somewhere."""


def decide(zone: Browser, decider: Browser, cycle: Cycle, minutes: Mapping[str, str]) -> Told:
    """Submitted by the one and decided on by the other; what the decision's page says."""
    derived.registered()["scores"].refresh_all()
    zone.submit(cycle.get_absolute_url(), "/submit/")
    page = decider.submit(reverse("decisions:decision", args=[cycle.uid]), **minutes)
    assert "考核结果已审定" in page, page
    return everywhere(zone, decider, cycle)


def everywhere(zone: Browser, decider: Browser, cycle: Cycle) -> Told:
    """Total and grade of all, which the pages of the decision, of the cycle and of the board, every
    score, every sheet and the summary tell alike."""
    decider.get(reverse("decisions:decision", args=[cycle.uid]))
    told = listed(decider)
    assert told, decider.shown
    for url in (cycle.get_absolute_url(), reverse("boards:board", args=[cycle.uid])):
        for browser in (zone, decider):
            browser.get(url)
            assert listed(browser) == told, (url, listed(browser), told)
    names = {one.name: one for one in Assessed.objects.filter(cycle=cycle, is_out=False)}
    summary = rows_of(zone, reverse("boards:summary", args=[cycle.uid, "xlsx"]))
    head = next(row for row in summary if "总分" in row)
    at = [head.index(one) for one in ("单位", "总分", "等次")]
    found = {}
    for row in summary:
        name, total, grade = (row[n] for n in at)
        if name in names:
            found[names[name].short_name] = f"{float(total):.2f} {grade}"
    assert found == told, (found, told)
    for one in names.values():
        page = zone.get(one.get_absolute_url())
        total, _, grade = told[one.short_name].partition(" ")
        assert f"{total} 得分" in score_words(page), (total, score_words(page))
        assert f"等次 {grade}" in plain(page), (grade, plain(page))
        (sums,) = [
            row
            for row in rows_of(zone, reverse("boards:sheet", args=[one.uid, "xlsx"]))
            if "总分" in row
        ]
        assert f"{float(sums[8]):.2f} {sums[10].removeprefix('等次：')}" == told[one.short_name]
    return told


def listed(browser: Browser) -> Told:
    """The totals and grades in the tables of the open page."""
    found = {}
    for row in document_fromstring(browser.shown[1]).iterfind(".//tr"):
        cells = {cell.get("data-label"): cell for cell in row.iterfind("td")}
        if "得分" in cells and "等次" in cells:
            name = " ".join(row.find("th").find("a").text_content().split())
            total, grade = (cells[one].find(".//b").text for one in ("得分", "等次"))
            found[name] = f"{total} {grade}"
    return found


def rows_of(browser: Browser, url: str) -> list[list[Any]]:
    """The rows of a workbook that is fetched."""
    answer = browser.client.get(url, secure=True)
    assert answer.status_code == 200, url
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def score_words(page: str) -> str:
    """The equation as it is read."""
    terms = page[page.index('class="terms"') : page.index('<div class="place"')]
    return plain(terms[terms.index(">") + 1 :])


def plain(page: str) -> str:
    """A page as it is read."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# --- told, published, objected to -----------------------------------------------------------------


def publish(
    zone: Browser, staff: Mapping[str, Browser], cycle: Cycle, seen: dict[str, Any]
) -> None:
    """Each is told its own; more than that is an act."""
    organ = next(iter(staff))
    for name, browser in staff.items():
        one = Assessed.objects.get(cycle=cycle, organization__short_name=name)
        for url in (
            reverse("decisions:feedback-document", args=[one.uid, "docx"]),
            reverse("decisions:feedback-document", args=[one.uid, "pdf"]),
        ):
            answer = browser.client.get(url, secure=True)
            seen.setdefault("feedback", []).append(answer.status_code)
    before = staff[organ].get(reverse("cycles:cycle-list"))
    url = reverse("decisions:publication-create", args=[cycle.uid])
    zone.submit(url, audience="assessed", shown="grades", reason="工委会议7月20日决定")
    page = staff[organ].get(reverse("cycles:cycle-list"))
    shown = re.findall(r'href="(/publications/[^"]+)"', page)
    seen["unpublished"] = "教育系统" not in before
    seen["published"] = "教育系统" in staff[organ].get(shown[0])


def object_to(
    zone: Browser,
    decider: Browser,
    staff: Browser,
    other: tuple[str, Browser],
    one: Assessed,
    indicator: str,
    seen: dict[str, Any],
) -> None:
    """One holds something against a mark; who marked nothing of it checks again, and who decides
    confirms the correction."""
    url = reverse("decisions:objection-create", args=[one.uid])
    form, _ = staff.form(url)
    keys = {text: key for key, text in options_of(form, "indicator").items()}
    key = next(keys[text] for text in keys if indicator in text)
    staff.submit("", indicator=key, reason="两个支部的设备4月已配齐，验收单在街道")
    page = staff.shown[0]
    form, _ = zone.form(page, "/name/")
    people = options_of(form, "user_id")
    seen["who marked checks nothing"] = not any(
        "周评" in one or "吴评" in one for one in people.values()
    )
    zone.submit("", "/name/", user_id=next(pk for pk, name in people.items() if other[0] in name))
    form, _ = other[1].form(f"{page}answer/")
    typed = {
        name: {"none": "on", "missing": [], "why": "4月12日验收单"}[name.rpartition("-")[2]]
        for name in fields_of(form)
        if name.rpartition("-")[2] in ("none", "missing", "why")
    }
    other[1].submit("", outcome="upheld", answer="设备已配齐，原扣分有误", **typed)
    seen["corrected"] = "结果已更正" in decider.submit(page, "/confirm/")
    effects.run_due()


def options_of(form: Any, name: str) -> dict[str, str]:
    """Value -> words of what a form lets choose."""
    return {
        one.get("value"): " ".join(one.text_content().split())
        for one in form.xpath(f".//select[@name='{name}']/option")
        if one.get("value")
    }


def verified() -> str:
    """What the command says of all that is sealed."""
    out = io.StringIO()
    call_command("verify_results", stdout=out, stderr=out)
    return out.getvalue()


# --- put right ------------------------------------------------------------------------------------


def put_right(
    zone: Browser, staff: Browser, one: Assessed, indicator: str, seen: dict[str, Any]
) -> None:
    """Lists from the sealed result, given out; one line is reported and verified by another."""
    url = reverse("rectifications:cycle", args=[one.cycle.uid])
    zone.submit(url, "/propose/")
    page = zone.submit("", issue="1")
    seen["lists"] = re.findall(r"已下发 (\d+) 份整改清单", page)
    (item,) = set(re.findall(LINK.format("/action-items/\\d+"), staff.get("/action-items/")))
    staff.submit(item, "/receive/")
    effects.run_due()
    reports = re.findall(r"<b>(\d+)\. ([^<]*)</b>", staff.get(item))
    seen["lines"] = [text for _, text in reports]
    number = next(number for number, text in reports if indicator in text)
    form = line_of(staff, number, "/report/")
    staff.submit("", form, evidence="七月业绩台账 3 页", measure="对标补短")
    zone.get(item)
    page = zone.submit("", line_of(zone, number, "/verify/"))
    seen["line closed"] = "销号" in page
    effects.run_due()


def line_of(browser: Browser, number: str, act: str) -> str:
    """Where a form of a line of the open list leads."""
    tree = document_fromstring(browser.shown[1])
    forms = tree.xpath(f".//li[@id='line-{number}']//form[contains(@action, '{act}')]")
    return str(forms[0].get("action"))
