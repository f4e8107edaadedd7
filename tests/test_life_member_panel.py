"""A member's year on his page, and what is to be made up on his branch's home: the same numbers as the
pages of the records, told to those alone who may read these."""

import datetime as dt
import html
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from members import panels
from members.actions import members, standings
from members.models import Member
from orgs.panels import Panel
from orgs.permissions import Permission as P
from schedules.life.actions import meetings, study, talks
from schedules.life.actions.meetings import Mark, Written
from schedules.life.actions.study import Studied
from schedules.life.enums import AbsenceReason, MeetingKind, Presence, StudyKind
from schedules.life.models import Meeting
from schedules.life.queries.attendance import took_part
from schedules.life.queries.made_up import unmade
from schedules.life.queries.rolls import roll_of

from .test_life_elsewhere import PHONE, guests_at
from .world import START, Zone, make_member, make_organization

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 7, 6)
ILL = Mark(Presence.ABSENT, AbsenceReason.ILLNESS, "准假人甲")
NO_LEAVE = Mark(Presence.ABSENT, AbsenceReason.NONE)
NAMES = ("甲某", "乙某", "丙某")
SECRET = "家里的难处一二三"


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def three(zone: Zone) -> list[Member]:
    found = [
        make_member(zone.branch, name, name_pinyin=pinyin)
        for name, pinyin in zip(NAMES, "abc", strict=True)
    ]
    make_member(zone.neighbour_branch, "邻居")
    make_member(zone.branch2, "旁支")
    standings.fill(since=START)
    return found


def held(
    zone: Zone,
    day: dt.date,
    marks: dict[Member, Mark],
    kind: MeetingKind = MeetingKind.LESSON,
    who: str = "huzhuang1",
    **more: Any,
) -> Meeting:
    place = {"huzhuang1": zone.branch, "huzhuang2": zone.branch2}[who]
    roll = roll_of(place, kind, day)
    return meetings.record(
        uid=uuid.uuid4(),
        units=[place],
        written=Written(kind, day, f"{day}的会", **more),
        marks={one.member_id: Mark(Presence.PRESENT) for one in roll.expected}
        | {member.pk: mark for member, mark in marks.items()},
        by=zone.actor(who),
    )


def make_up(zone: Zone, lesson: Meeting, day: dt.date, *people: Member) -> None:
    study.record(
        batch=uuid.uuid4(),
        place=zone.branch,
        studied=Studied(StudyKind.SELF_STUDY, "补课", day, day, minutes=60),
        members=[one.pk for one in people],
        makes_up=lesson,
        by=zone.actor("huzhuang1"),
    )


def of(zone: Zone, who: str, member: Member) -> Panel | None:
    row = Member.objects.select_related("organization").get(pk=member.pk)
    found = [
        one
        for one in panels.collect(zone.actor(who), row)
        if one.title.startswith("2026年组织生活")
    ]
    return found[0] if found else None


def rows(zone: Zone, who: str, member: Member) -> dict[str, str]:
    panel = of(zone, who, member)
    return {row.label: row.value for row in panel.rows} if panel else {}


def number(text: str) -> int:
    found = re.match(r"\d+", text)
    return int(found[0]) if found else 0


def words(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def detail(member: Member) -> str:
    return reverse("members:member-detail", args=[member.pk])


def a_year(zone: Zone, three: list[Member]) -> list[Meeting]:
    one, two, _ = three
    found = [
        held(zone, dt.date(2026, 2, 10), {one: ILL}, study_minutes=90),
        held(zone, dt.date(2026, 3, 10), {one: NO_LEAVE, two: ILL}, study_minutes=60),
        held(zone, dt.date(2026, 5, 12), {one: ILL}, MeetingKind.LIFE_MEETING),
        held(zone, dt.date(2026, 6, 9), {}, MeetingKind.PARTY_DAY, study_minutes=60),
        held(zone, dt.date(2025, 11, 4), {one: ILL}),
    ]
    make_up(zone, found[0], dt.date(2026, 2, 20), one)
    return found


# --- one word, one number -------------------------------------------------------------------------


def test_numbers_are_those_of_the_pages(zone: Zone, three: list[Member]) -> None:
    a_year(zone, three)
    client = zone.client("huzhuang1")
    told = [rows(zone, "huzhuang1", one) for one in three]
    assert told[0] == {
        "应到": "4 次",
        "到会": "1 次",
        "请假": "2 次",
        "没有请假": "1 次",
        "缺席应补课": "2 次，已补 1",
        "学时 / 应学": "2 / 32",
        "最近谈心谈话": "今年还没有",
    }
    # What the records' list adds up of the branch and year.
    listed = client.get(
        reverse("life:meeting-list") + f"?organization={zone.branch.pk}&period=2026"
    )
    sums = listed.context["sums"]
    for word, key in (("应到", "expected"), ("到会", "present"), ("没有请假", "unexcused")):
        assert sum(number(one[word]) for one in told) == sums[key], word
        assert f"{word} <b>{sums[key]}</b> 人次" in words(listed)
    # 三会一课台账 of the kinds that stand there, and their rows on the member's own page.
    ledger = client.get(
        reverse("life:ledger-detail", args=["meetings"]) + f"?organization={zone.branch.pk}"
    )
    in_ledger = [row["cells"] for row in ledger.context["rows"]]
    lessons = [
        sum(int(cell["text"]) for row in in_ledger for cell in row if cell["title"] == title)
        for title in ("应到", "实到")
    ]
    assert lessons == [6, 3]
    # What the page of what is missed says of the year.
    missed = client.get(
        reverse("life:study-missed") + f"?organization={zone.branch.pk}&period=2026"
    )
    count = missed.context["page"].paginator.count
    assert sum(number(one.get("缺席应补课", "")) for one in told) == count == 3
    # What the page and the ledger of study hours say of each.
    hours = client.get(reverse("life:study-hours") + f"?organization={zone.branch.pk}")
    for row in hours.context["rows"]:
        member = next(one for one in three if one.pk == row["line"].member_id)
        said = rows(zone, "huzhuang1", member)["学时 / 应学"]
        assert said == f"{row['hours']} / {row['norm']}"
    page = client.get(reverse("life:study-member", args=[three[0].pk]))
    assert page.context["own"]["hours"] == 2


def test_each_number_opens_its_rows(zone: Zone, three: list[Member]) -> None:
    a_year(zone, three)
    client = zone.client("huzhuang1")
    for member in three:
        panel = of(zone, "huzhuang1", member)
        assert panel is not None
        for row in panel.rows:
            answer = client.get(row.url)
            assert answer.status_code == 200, row.label
            if "attendance" in row.url:
                found = answer.context["page"].paginator.count
                assert found == number(row.value), (member.name, row.label)
                label = answer.context["show"]
                assert label == row.label
                stat = {one["label"]: one["number"] for one in answer.context["stats"]}
                assert stat[label] == found
    whole = of(zone, "huzhuang1", three[0])
    assert whole is not None
    page = words(client.get(whole.url))
    assert "共 4 次" in page
    assert "2026年2月20日已补" in page
    assert page.count("还没补") == 2, "the lesson of March, and the number"


def test_guest_and_talk_stand_in_the_panel(zone: Zone) -> None:
    away = make_member(zone.branch, "流动甲", phone=PHONE, is_mobile=True)
    make_member(zone.branch, "在家乙")
    make_member(zone.neighbour_branch, "邻居")
    standings.fill(since=START)
    record = guests_at(zone, ("流动甲", PHONE), study_minutes=60)
    held(zone, dt.date(2026, 6, 9), {away: Mark(Presence.PRESENT)})
    assert rows(zone, "huzhuang1", away) == {
        "应到": "0 次",
        "不计应到而到会": "1 次",
        "在外单位参加": "1 次",
        "学时 / 应学": "1 / 32",
        "最近谈心谈话": "今年还没有",
    }
    assert record.topic not in words(zone.client("huzhuang1").get(detail(away)))


def test_what_is_over_is_not_this_years(zone: Zone, three: list[Member]) -> None:
    a_year(zone, three)
    with clock.at(dt.datetime(2027, 1, 8, 2, tzinfo=dt.UTC)):
        row = Member.objects.select_related("organization").get(pk=three[0].pk)
        (panel,) = panels.collect(zone.actor("huzhuang1"), row)
        assert panel.title == "2027年组织生活（截至今天）"
        assert {one.label for one in panel.rows} == {"学时 / 应学", "最近谈心谈话"}
        year = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
        assert took_part(zone.actor("huzhuang1"), row.pk, *year).expected == 4


# --- who is told ----------------------------------------------------------------------------------


def test_only_who_may_see_the_member_and_the_records(zone: Zone, three: list[Member]) -> None:
    a_year(zone, three)
    one = three[0]
    for who in ("huzhuang1", "officer", "huzhuang", "dahuangshan", "zone", "committee"):
        assert rows(zone, who, one)["应到"] == "4 次", who
        assert "2026年组织生活（截至今天）" in words(zone.client(who).get(detail(one))), who
    for who in ("huzhuang2", "taoyuan1", "jinshanqiao", "reviewer", "sysadmin"):
        assert of(zone, who, one) is None, who
        assert zone.client(who).get(detail(one)).status_code == 404, who
        address = reverse("life:attendance-list", args=[one.pk])
        assert zone.client(who).get(address).status_code == 404, who
    row = Member.objects.select_related("organization").get(pk=one.pk)
    actor = zone.actor("huzhuang1")
    blind = replace(actor, permissions=actor.permissions - {P.LIFE_VIEW})
    assert panels.collect(blind, row) == []
    recused = replace(actor, recused=(_part(zone.branch.path),))
    assert panels.collect(recused, row) == []


def _part(path: str) -> Any:
    from core.actor import Part

    return Part(path=path, includes_below=False, permissions=frozenset({P.LIFE_VIEW}))


def test_records_of_the_branch_he_left_stay_its_own(zone: Zone, three: list[Member]) -> None:
    """His hours go with him; how he took part elsewhere, and why he was ill there, do not."""
    a_year(zone, three)
    one = three[0]
    members.move(member=one, to=zone.branch2, by=zone.actor("huzhuang"))
    standings.fill(since=START)
    held(zone, TODAY, {}, who="huzhuang2")
    mine = rows(zone, "huzhuang2", one)
    assert (mine["应到"], mine["到会"], mine.get("缺席应补课")) == ("1 次", "1 次", None)
    assert mine["学时 / 应学"].startswith("2 / ")
    panel = of(zone, "huzhuang2", one)
    assert panel is not None
    assert "不在此列" in panel.text
    assert rows(zone, "huzhuang", one)["应到"] == "5 次", "above both"
    client = zone.client("huzhuang2")
    for address in (
        detail(one),
        reverse("life:attendance-list", args=[one.pk]),
        reverse("life:study-member", args=[one.pk]),
    ):
        page = words(client.get(address))
        assert "2026-03-10的会" not in page, address
        assert "病假" not in page, address
    # Nobody above, and nobody there, is asked to make up what he missed as another's.
    assert not unmade(zone.actor("huzhuang1"), TODAY).filter(member=one).exists()


def test_why_somebody_was_absent_is_told_nearby_only(zone: Zone, three: list[Member]) -> None:
    """Illness is nobody's business who neither leads the branch nor looks after it (decision 55)."""
    a_year(zone, three)
    pages = [
        reverse("life:attendance-list", args=[three[0].pk]),
        reverse("life:study-member", args=[three[1].pk]),
        reverse("life:study-missed") + "?period=2026",
        reverse("life:study-missed"),
        detail(three[0]),
    ]
    for who in ("huzhuang1", "huzhuang"):
        for address in pages[:4]:
            assert "病假" in words(zone.client(who).get(address)), (who, address)
    for who in ("dahuangshan", "zone"):
        for address in pages:
            page = words(zone.client(who).get(address))
            assert "病假" not in page, (who, address)
            assert "准假人甲" not in page, (who, address)


def test_a_talk_is_told_by_its_day_to_the_branch_and_who_is_directly_above(
    zone: Zone, three: list[Member]
) -> None:
    talks.record(
        uid=uuid.uuid4(),
        organization=zone.branch,
        held_on=dt.date(2026, 6, 10),
        talker=f"m{three[1].pk}",
        partner=f"m{three[0].pk}",
        said=talks.Said(content=SECRET),
        place="他家里",
        by=zone.actor("huzhuang1"),
    )
    for who in ("huzhuang1", "officer", "huzhuang"):
        assert rows(zone, who, three[0])["最近谈心谈话"] == "2026年6月10日"
        page = words(zone.client(who).get(detail(three[0])))
        for hidden in (SECRET, "他家里", "乙某"):
            assert hidden not in page, (who, hidden)
    for who in ("dahuangshan", "zone", "committee"):
        assert "最近谈心谈话" not in rows(zone, who, three[0]), who
        page = words(zone.client(who).get(detail(three[0])))
        assert "2026年6月10日" not in page, who
    # The same day as on the list of who was talked with.
    listed = zone.client("huzhuang1").get(
        reverse("life:talk-list") + f"?organization={zone.branch.pk}&year=2026"
    )
    (covered,) = [one for one in listed.context["covered"] if one.member_id == three[0].pk]
    assert covered.last_on == dt.date(2026, 6, 10)


# --- what is to be made up, on the home -----------------------------------------------------------


def line(zone: Zone, who: str) -> str:
    page = words(zone.client(who).get("/"))
    found = re.findall(r"\d+ 名党员有缺课要补.*?</p>", page, re.DOTALL)
    assert len(found) <= 1, "one line"
    return re.sub(r"<[^>]+>|\s+", " ", found[0]) if found else ""


def test_home_tells_how_many_and_until_when_and_is_silent_when_made_up(
    zone: Zone, three: list[Member]
) -> None:
    assert line(zone, "huzhuang1") == ""
    one, two, _ = three
    first = held(zone, dt.date(2026, 6, 9), {one: ILL, two: NO_LEAVE})
    second = held(zone, dt.date(2026, 6, 20), {one: ILL}, MeetingKind.PARTY_DAY)
    held(zone, dt.date(2026, 6, 22), {one: ILL}, MeetingKind.LIFE_MEETING)  # not made up
    said = line(zone, "huzhuang1")
    assert "2 名党员有缺课要补" in said
    assert "共 3 人次" in said
    assert "最早的7月9日前补" in said
    assert "已过" not in said
    assert said == line(zone, "officer")
    client = zone.client("huzhuang1")
    address = reverse("life:study-missed") + f"?organization={zone.branch.pk}"
    page = words(client.get("/"))
    assert f'href="{address}"' in page
    assert not [name for name in NAMES if name in page], "nobody is named on a home"
    assert client.get(address).context["page"].paginator.count == 3
    make_up(zone, first, TODAY, one, two)
    assert "1 名党员有缺课要补" in line(zone, "huzhuang1")
    assert "最早的7月20日前补" in line(zone, "huzhuang1")
    with clock.at(dt.datetime(2026, 7, 20, 2, tzinfo=dt.UTC)):
        assert "7月20日前补" in line(zone, "huzhuang1"), "the thirtieth day"
    with clock.at(dt.datetime(2026, 7, 21, 2, tzinfo=dt.UTC)):
        assert "1 人次已过三十天" in line(zone, "huzhuang1")
        assert "日前补" not in line(zone, "huzhuang1")
    make_up(zone, second, TODAY, one)
    assert line(zone, "huzhuang1") == ""


def test_home_of_others_says_nothing_of_it(zone: Zone, three: list[Member]) -> None:
    held(zone, dt.date(2026, 6, 9), dict.fromkeys(three, NO_LEAVE))
    assert line(zone, "huzhuang1")
    for who in (
        "zone",
        "committee",
        "reviewer",
        "dahuangshan",
        "huzhuang",
        "huzhuang2",
        "taoyuan1",
    ):
        page = words(zone.client(who).get("/", follow=True))
        assert "缺课" not in page, who
        assert not [name for name in NAMES if name in page], who


def test_home_has_what_groups_of_the_branch_missed(zone: Zone, three: list[Member]) -> None:
    group = make_organization("湖庄村第一支部第一党小组", "party_group", parent=zone.branch)
    record = held(zone, dt.date(2026, 6, 9), {three[0]: ILL}, MeetingKind.LESSON)
    record.attendances.update(organization=group)
    record.units.update(organization=group)
    assert "1 名党员有缺课要补" in line(zone, "huzhuang1")


def test_nobody_is_asked_for_who_has_left(zone: Zone, three: list[Member]) -> None:
    held(zone, dt.date(2026, 6, 9), {three[0]: ILL})
    members.record_exit(
        member=three[0],
        reason="deceased",
        happened_on=dt.date(2026, 7, 1),
        by=zone.actor("huzhuang1"),
    )
    assert line(zone, "huzhuang1") == ""
    address = reverse("life:study-missed")
    assert zone.client("huzhuang1").get(address).context["page"].paginator.count == 0
    # The figures of the month count him as before.
    counted = zone.client("huzhuang1").get(f"{address}?period=2026-06")
    assert counted.context["page"].paginator.count == 1


# --- what it costs --------------------------------------------------------------------------------


def test_pages_cost_the_same_for_one_and_three(zone: Zone, three: list[Member]) -> None:
    client = zone.client("huzhuang1")
    pages = [detail(three[0]), reverse("life:attendance-list", args=[three[0].pk]), "/"]

    def costs() -> list[int]:
        found = []
        for address in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    held(zone, dt.date(2026, 6, 9), {three[0]: ILL}, study_minutes=60)
    one = costs()
    for day in (10, 11):
        held(zone, dt.date(2026, 6, day), dict.fromkeys(three, ILL), study_minutes=60)
    assert costs() == one
    assert one[0] <= 24
