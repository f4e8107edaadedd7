"""Third part of tests/start_walk.py: a half-year whose facts are frozen, as the assessed, a team of
reviewers and those who count ballots meet it, by the pages alone."""

import re
from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from assessments.cycles.models import Assessed, Cycle
from core import effects
from orgs.models import User

from .scheme_tables import T1_HEAD, T1_ROWS, book, upload_of
from .start_browser import Browser, Office, fields_of

REVIEWERS = {
    "zhouping": ("周评", "10020000001"),
    "wuping": ("吴评", "10020000002"),
    "zhengping": ("郑评", "10020000003"),
    "fengping": ("冯评", "10020000004"),
}
ORGAN, SCHOOL = "经开区机关党委", "经开区教育系统党委"
WELL = {"none": "on", "reason": "看过现场", "basis": "看过现场"}
LINK = 'href="({}[^"]*/)"'
Marks = Mapping[tuple[str, str], Mapping[str, Any]]
"""(organisation, indicator) -> what is typed otherwise than that all is well."""


def review(
    office: Office, zone: Browser, staff: Mapping[str, Browser], cycle: Cycle, seen: dict[str, Any]
) -> dict[str, Browser]:
    """From the self-assessments to the last mark; who reviewed."""
    assess_themselves(staff, seen)
    reviewers = name_teams(office, zone, cycle, seen)
    mark(reviewers, staff, seen)
    vote(zone, reviewers["zhouping"], cycle, "2027-07-16", seen)
    return reviewers


def answers(fields: Mapping[str, Any], full: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What is typed into the fields of a mark: nothing is missing, of 酌情 the whole, unless `typed`
    says something else; both by the last word of a field's name."""
    words = WELL | {"points": full} | dict(typed)
    found = {}
    for name in fields:
        last = name.rpartition("-")[2]
        if last in words and not (last == "none" and words.get("missing")):
            found[name] = words[last]
    return found


# --- self-assessment ------------------------------------------------------------------------------


def assess_themselves(staff: Mapping[str, Browser], seen: dict[str, Any]) -> None:
    """Both fill in what is asked; one questions what was counted, claims an award and sends."""
    for name, browser in staff.items():
        one = assessed_of(name)
        page = browser.get(reverse("self_assessments:self-assessment", args=[one.uid]))
        asked = page[page.index("还差 ") : page.index("</p>", page.index("还差 "))]
        seen["a ballot is asked"] = "群众反映" in asked
        for url in re.findall(LINK.format("/self-assessments/"), asked):
            form, _ = browser.form(url)
            browser.submit("", **answers(fields_of(form), full_of(browser), {}))
        if name == ORGAN:
            files = reverse(
                "self_assessments:attachment-add", args=[one.uid, key_of(page, "工作业绩")]
            )
            browser.post(files, file=upload_of(book(T1_ROWS, T1_HEAD)))
            effects.run_due()
            counted = reverse(
                "self_assessments:item-edit", args=[one.uid, key_of(page, "保障机制")]
            )
            browser.submit(counted, reason="其中一个支部5月已换届，6月才登记")
            awards = reverse("self_assessments:item-edit", args=[one.uid, "@awards"])
            browser.submit(
                awards, **{"0-awards": "先进基层党组织 市级"}, reason="徐组通〔2027〕8号"
            )
        page = browser.submit(reverse("self_assessments:self-assessment", args=[one.uid]), "/send/")
        seen.setdefault("sent", []).append("已报送" in page)


def assessed_of(name: str) -> Assessed:
    """One of those of the first half-year."""
    return Assessed.objects.order_by("-pk").get(
        organization__short_name=name, cycle__period="2027-H1"
    )


def key_of(page: str, indicator: str) -> str:
    """What an indicator on the page of a self-assessment is known by."""
    found = re.search(rf'<tr id="(\w+)">\s*<th scope="row">\d+\. {indicator}', page)
    assert found, indicator
    return found[1]


def full_of(browser: Browser) -> str:
    """The full marks that the open page names."""
    found = re.search(r"满分 (\d+)", browser.shown[1])
    return found[1] if found else ""


# --- teams ----------------------------------------------------------------------------------------


def name_teams(
    office: Office, zone: Browser, cycle: Cycle, seen: dict[str, Any]
) -> dict[str, Browser]:
    """People without accounts become reviewers; conflicts are said and refused; one team looks at both,
    another stands by."""
    url = reverse("reviews:arrange", args=[cycle.uid])
    page = zone.get(url)
    seen["how people come in"] = "请系统管理员开账号" in page and "考核组成员" in page
    reviewers = office.engage("reviewer", "2027-07-20", REVIEWERS)
    people = {user.name: f"p-{user.pk}" for user in User.objects.filter(is_active=True)}
    cases = {one.short_name: f"c-{one.pk}" for one in Assessed.objects.filter(cycle=cycle)}
    own = {people[name]: "1" for name in ("武亨河", "白志")}
    page = zone.submit(url, propose="1", count="1", sampled="1", seed="3 7 9", **own)
    seen["nobody left"] = f"2 家没有组能评：{ORGAN}、{SCHOOL}" in page
    taken = dict.fromkeys(cases.values(), "1")
    page = zone.submit("", status=422, sampled="1", seed="3 7 9", **taken)
    seen["conflicts refused"] = "处要回避，没有保存" in page
    nobody = dict.fromkeys(own, "0")
    four = {people[name]: "1" for name, _ in REVIEWERS.values()}
    zone.submit("", propose="1", count="1", **nobody, **four)
    second = {people[name]: "2" for name in ("郑评", "冯评")}
    page = zone.submit("", **second)
    seen["arranged"] = "安排已保存" in page and "考核2组不看单位" in page
    page = zone.get(reverse("reviews:example-list", args=[cycle.uid]))
    found = re.search(r'工作业绩.*?href="([^"]+)"', page, re.DOTALL)
    assert found, page
    form, _ = zone.form(found[1])
    case = {"case": "某支部业务考核居中，群团组织健全，没有业绩突出的事。"}
    zone.submit("", **answers(fields_of(form), "16", {}), **case)
    page = zone.submit(reverse("reviews:review", args=[cycle.uid]), "/begin/")
    seen["begun"] = "复核已开始" in page
    return reviewers


# --- the desk -------------------------------------------------------------------------------------


def mark(
    reviewers: Mapping[str, Browser], staff: Mapping[str, Browser], seen: dict[str, Any]
) -> None:
    """Two mark by themselves after the example; one item is sent back, of one a third is asked."""
    organ, school = staff
    both: Marks = {
        (organ, "保障机制"): {"verdict": "changes", "count": "2", "reason": "换届批复5月20日"},
        (school, "保障机制"): {"verdict": "stands", "reason": ""},
        (school, "工作制度"): {"missing": ["三会一课"], "reason": "缺两次支委会"},
        (school, "活动阵地"): {"missing": ["有场所无设施"], "reason": "两个支部没有设备"},
        (organ, "工作业绩"): {"points": "20", "reason": "两项工作全区第一"},
        (organ, "加分"): {"awards": "先进基层党组织 市级", "reason": "徐组通〔2027〕8号"},
    }
    other = {**both, (organ, "工作业绩"): {"points": "10", "reason": "与别家相当"}}
    first, second = reviewers["zhouping"], reviewers["wuping"]
    page = first.get(reverse("reviews:desk"))
    seen["example first"] = "评完才能评单位" in page
    returned = seat_of(first, school, "工作思路")
    first.submit(f"{returned}return/", reason="请写明总结在哪次会上通过")
    assessed = assessed_of(school)
    page = staff[school].get(reverse("self_assessments:self-assessment", args=[assessed.uid]))
    again = reverse("self_assessments:item-edit", args=[assessed.uid, key_of(page, "工作思路")])
    page = staff[school].submit(again, reason="总结1月12日党委会通过", answer="1")
    seen["sent again"] = "已重新报送" in page
    given = [desk(first, both), desk(second, other)]
    effects.run_due()
    third = desk(reviewers["zhengping"], both | THIRD) + desk(reviewers["fengping"], both | THIRD)
    effects.run_due()
    seen["marked"] = [*given, third]


THIRD: Marks = {(ORGAN, "工作业绩"): {"points": "16", "reason": "一项全区第一"}}


def desk(browser: Browser, marks: Marks) -> int:
    """An afternoon at the desk: the examples, then all that is open; how many items were marked. Who
    has nothing to mark has no desk."""
    if browser.client.get(reverse("reviews:desk"), secure=True).status_code == 404:
        return 0
    page = browser.get(reverse("reviews:desk"))
    for url in dict.fromkeys(re.findall(LINK.format("/reviews/examples/"), page)):
        form, _ = browser.form(url)
        browser.submit("", **answers(fields_of(form), "16", {}))
    count = 0
    for case in dict.fromkeys(re.findall(LINK.format("/reviews/desk/"), page)):
        queue = re.findall(LINK.format("/reviews/desk/"), queue_of(browser.get(case)))
        for url in dict.fromkeys(queue):
            page = browser.get(url)
            if "/look/" in page:
                page = browser.submit("", "/look/")
                (file,) = re.findall(r'href="(/reviews/desk/[^"]+/files/[^"]+)"', page)
                assert browser.client.get(file, secure=True).status_code == 200, file
            at = name_of(page), named(page)
            form, _ = browser.form("", url)
            browser.submit("", url, **answers(fields_of(form), full_of(browser), marks.get(at, {})))
            count += 1
    return count


def queue_of(page: str) -> str:
    """The list of the items of a case."""
    start = page.index('class="desk-queue"')
    return page[start : page.index("</nav>", start)]


def name_of(page: str) -> str:
    """Whose item is open."""
    return re.findall(r"<h1>复核 ([^<]+)</h1>", page)[0]


def named(page: str) -> str:
    """Which indicator is open."""
    return re.findall(r'id="item-name">(?:<span[^>]*>[^<]*</span>)?([^<]+?) <', page)[0]


def seat_of(browser: Browser, name: str, indicator: str) -> str:
    """The address of one of the own items."""
    page = browser.get(reverse("reviews:desk"))
    for case in dict.fromkeys(re.findall(LINK.format("/reviews/desk/"), page)):
        page = browser.get(case)
        line = rf'href="(/reviews/desk/[^"]+)"[^>]*><span class="no">\d+</span><span>{indicator}<'
        found = re.findall(line, page)
        if name_of(page) == name:
            return str(found[0])
    raise AssertionError(name, indicator)


# --- ballots --------------------------------------------------------------------------------------


OF_ORGAN = {"issued": 20, "collected": 20, "v0": 15, "v1": 3, "v2": 2, "v3": 0, "invalid": 0}
OF_SCHOOL = {**OF_ORGAN, "v0": 10, "v1": 10, "v2": 0}
VOTED = {ORGAN: OF_ORGAN, SCHOOL: OF_SCHOOL}


def vote(zone: Browser, other: Browser, cycle: Cycle, held_on: str, seen: dict[str, Any]) -> None:
    """Two count the ballots by themselves; where they differ, one looks at the paper again."""
    listed = reverse("ballots:ballot-list", args=[cycle.uid])
    found = re.findall(r'href="([^"]+/ballots/arrange/[^"]+)"', zone.get(listed))
    zone.submit(found[0], held_on=held_on, place="评议会")
    count = found[0].replace("/arrange/", "/count/")
    other.submit(count, **counts(other, count, VOTED))
    seen["one of two counted"] = "23.25" in other.get(listed)
    wrong = VOTED | {SCHOOL: {**OF_SCHOOL, "v0": 9, "invalid": 1}}
    page = zone.submit(count, **counts(zone, count, wrong))
    seen["counts differ"] = "1 家两人一致" in page and "1 家两人不一致" in page
    settle = re.findall(r'href="(/ballots/[^"]+/)"[^>]*>' + SCHOOL, page)
    right = counts(zone, f"{settle[0]}settle/", {"": OF_SCHOOL})
    page = zone.submit("", **right, reason="重点一遍，好 10 张")
    seen["settled"] = "已核对" in page


def counts(browser: Browser, url: str, typed: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """What was counted, by the fields of the rows in which the names stand."""
    form, _ = browser.form(url)
    rows: dict[str, str] = {}
    for name in fields_of(form):
        number, _, last = name.partition("-")
        if last == "issued":
            label = "".join(form.xpath(f".//tr[.//input[@name='{name}']]/th//text()"))
            rows[number] = next(one for one in typed if one in label)
    return {
        f"{number}-{last}": value
        for number, name in rows.items()
        for last, value in typed[name].items()
    }
