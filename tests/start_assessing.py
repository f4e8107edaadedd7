"""Second part of tests/start_walk.py: the office that has just begun draws up a scheme from the sheet it
has, a second person publishes it, and half a year later it is assessed by it, by the pages alone."""

import datetime as dt
import html
import re
from typing import Any

import time_machine

from assessments.cycles.models import Assessed, Cycle, Score
from assessments.schemes.definitions import AWARDS
from assessments.schemes.models import SchemeVersion
from core import derived, effects

from .scheme_tables import T1_HEAD, T1_ROWS, book, upload_of

AFTER = dt.datetime(2027, 7, 20, 2, tzinfo=dt.UTC)
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


def agree(browser: Any, url: str, **fields: Any) -> str:
    """Acts, reads what will happen, and agrees to it."""
    asked = browser.post(url, **fields)
    seen = re.search(r'name="seen" value="(\w+)"', asked)
    assert seen, asked
    return str(browser.post(url, seen=seen[1], agreed="yes", **fields))


def revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found, page
    return found[1]


def assess(zone: Any, publisher: Any, again: Any, decider: Any) -> dict[str, Any]:
    """What each step showed. `again` and `decider` sign the two in at a later day."""
    seen: dict[str, Any] = {}
    scheme = {"year": 2027, "level": "direct", "name": "机关类", "classes": ["organ"], "source": ""}
    zone.post("/schemes/new/", **scheme)
    version = SchemeVersion.objects.get()
    at = version.get_absolute_url()
    zone.post(f"{at}import/", file=upload_of(book(T1_ROWS, T1_HEAD)))
    effects.run_due()
    batch = version.imports.get()
    zone.post(f"{batch.get_absolute_url()}confirm/")
    effects.run_due()
    page = zone.get(f"{at}settings/")
    zone.post(f"{at}settings/", revision=revision(page), **SETTINGS)
    # The sheet names no plan: it has to be typed once and not for each of the indicators.
    page = zone.get(f"{at}submit/")
    seen["wrong"] = WRONG.findall(page)
    zone.post(f"{at}submit/", revision=revision(page), from_period="2027-H1")
    page = publisher.get(f"{at}publish/")
    paper = {"document_number": "徐开工委〔2026〕52号", "document_on": "2026-11-27"}
    agree(publisher, f"{at}publish/", revision=revision(page), **paper)
    version.refresh_from_db()
    seen["version"] = version.state

    with time_machine.travel(AFTER, tick=True):
        zone = again()
        zone.post("/cycles/open/", level="direct", period="2027-H1")
        effects.run_due()
        cycle = Cycle.objects.get()
        page = zone.get(cycle.get_absolute_url())
        seen["unmeasured"] = "没有细则考核的单位" in page
        one = Assessed.objects.get(cycle=cycle)
        for key in dict.fromkeys(re.findall(rf"{cycle.get_absolute_url()}mark/([^/]+)/", page)):
            for seat in ("1", "2"):
                give(zone, cycle, one, key.replace("%40", "@"), seat)
        derived.registered()["scores"].refresh_all()
        agree(zone, f"{cycle.get_absolute_url()}freeze/")
        effects.run_due()
        agree(zone, f"{cycle.get_absolute_url()}submit/")
        meeting = {"met_on": "2027-07-20", "minutes_number": "徐开工委纪要〔2027〕9号"}
        agree(decider(), f"{cycle.get_absolute_url()}decision/", **meeting)
        score = Score.objects.current().get(assessed=one)
        seen["score"] = f"{score.total:.2f} {score.grade}"
        seen["page"] = score_words(zone.get(one.get_absolute_url()))
        for ending in ("docx", "pdf"):
            answer = zone.client.get(f"{one.get_absolute_url()}document/{ending}/", secure=True)
            seen[ending] = answer.status_code
    return seen


def give(zone: Any, cycle: Cycle, one: Assessed, key: str, seat: str) -> None:
    """Marks an indicator as it is: nothing missing, and of 酌情 the whole."""
    url = f"{cycle.get_absolute_url()}mark/{key}/?seat={seat}"
    answer = zone.client.get(url, secure=True)
    if answer.status_code == 404:  # one marks this alone
        return
    body: dict[str, Any] = {"seat": seat}
    page = html.unescape(answer.content.decode())
    for tag, name in re.findall(
        r'(<(?:input|textarea|select)[^>]* name="(\d+-\d+-\w+)"[^>]*>)', page
    ):
        words = {
            "none": "on",
            "reason": "看过现场",
            "awards": "先进基层党组织 市级",
            "why": "徐组通〔2027〕8号" if key == AWARDS else "",
            "points": "".join(re.findall(r'placeholder="0 至 (\d+)"', tag)),
        }
        if name.rpartition("-")[2] not in ("missing", "happened"):  # boxes that nobody ticks
            body[name] = words.get(name.rpartition("-")[2], "")
    zone.post(url, **body)


def score_words(page: str) -> str:
    """The equation as it is read."""
    terms = page[page.index('class="terms"') : page.index('<div class="place"')]
    return " ".join(re.sub(r"<[^>]+>", " ", terms[terms.index(">") + 1 :]).split())
