"""Who took part in another organisation's life: home sees that, and nothing else of the record."""

import datetime as dt
import html
import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from core import clock
from members.actions import standings
from members.models import Member
from orgs.models import Organization
from schedules.life import ledgers
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Mark, Written
from schedules.life.enums import MeetingKind, Presence
from schedules.life.ledgers.elsewhere import KEY
from schedules.life.models import Meeting
from schedules.life.queries.attendance import elsewhere
from schedules.life.queries.guests import Guest
from schedules.life.queries.rolls import roll_of

from .world import START, Zone, make_member, make_organization

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 6, 10)
HERE = Mark(Presence.PRESENT)
PHONE, OTHER_PHONE = "13900001234", "13900005678"
PAGE, PAGE_NONE = 8, 6  # queries of the page with lines, and without
# All that stands in the other organisation's record and is none of home's business.
SECRETS = {
    "topic": "秘题一二三",
    "summary": "秘内容四五六",
    "agenda": "秘议题七八九",
    "resolutions": "秘决议甲乙丙",
    "place": "秘地点",
    "chair_name": "秘主持",
    "recorder_name": "秘记录",
    "speaker_name": "秘讲课",
    "guests": "秘列席",
}
THEIRS = ("邻居戊", "邻居己", "外来庚")


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


def guests_at(
    zone: Zone,
    *phones: tuple[str, str],
    day: dt.date = DAY,
    kind: MeetingKind = MeetingKind.PARTY_DAY,
    host: Organization | None = None,
    who: str = "taoyuan1",
    **values: Any,
) -> Meeting:
    """A record of another street's branch, with guests."""
    place = host or zone.neighbour_branch
    roll = roll_of(place, kind, day)
    return meetings.record(
        uid=uuid.uuid4(),
        units=[place],
        written=Written(**{"kind": kind, "held_on": day, **SECRETS, **values}),
        marks={one.member_id: HERE for one in roll.expected},
        guests=[Guest(name, phone, n) for n, (name, phone) in enumerate(phones, start=1)],
        by=zone.actor(who),
    )


@pytest.fixture
def away(zone: Zone) -> Member:
    """A mobile member of the branch; two members where he goes, and a guest of a third branch."""
    ours = make_member(zone.branch, "流动甲", phone=PHONE, is_mobile=True, name_pinyin="liudong")
    make_member(zone.branch, "在家乙")
    for name in THEIRS[:2]:
        make_member(zone.neighbour_branch, name)
    make_member(zone.branch2, THEIRS[2], phone=OTHER_PHONE)
    standings.fill(since=START)
    return ours


def at(name: str, place: Organization | None = None, *args: str, **query: Any) -> str:
    asked = {"organization": place.pk, **query} if place else query
    address = reverse(f"life:ledger-{name}", args=[KEY, *args])
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in asked.items())}"


def words(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def lines(zone: Zone, who: str, place: Organization, year: int = 2026) -> list[tuple[Any, ...]]:
    return [line.values for line in ledgers.registered()[KEY].rows(zone.actor(who), place, year)]


def cost(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def mine(zone: Zone) -> str:
    return reverse("life:attendance-list", args=[Member.objects.get(name="流动甲").pk])


# --- what home sees -----------------------------------------------------------------------------


def test_home_sees_who_was_where_and_when(zone: Zone, away: Member) -> None:
    client = zone.client("huzhuang1")
    assert "在外单位参加的组织生活" not in words(client.get(reverse("life:meeting-list")))
    guests_at(zone, ("流动甲", PHONE))
    guests_at(zone, ("流动甲", PHONE), kind=MeetingKind.LESSON, day=dt.date(2026, 3, 4))
    guests_at(zone, ("流动甲", PHONE), day=dt.date(2025, 12, 4))
    assert lines(zone, "huzhuang1", zone.branch) == [
        (1, "湖庄村第一支部", "流动甲", dt.date(2026, 3, 4), "党课", "桃园社区第一支部"),
        (2, "湖庄村第一支部", "流动甲", DAY, "主题党日", "桃园社区第一支部"),
    ]
    page = client.get(reverse("life:meeting-list"))
    assert page.context["away"]["count"] == 2
    assert "2026年在外单位参加的组织生活 2 人次" in words(page)
    listed = client.get(page.context["away"]["url"])
    assert "共 2 人次" in words(listed)
    assert mine(zone) + "?year=2026&show=elsewhere" in words(listed)
    before = client.get(reverse("life:meeting-list") + "?period=2025-12")
    assert before.context["away"]["count"] == 1
    assert lines(zone, "huzhuang1", zone.branch, 2025)[0][3] == dt.date(2025, 12, 4)


def test_nothing_else_of_the_record_is_told(zone: Zone, away: Member) -> None:
    record = guests_at(zone, ("流动甲", PHONE), ("外来庚", OTHER_PHONE), study_minutes=90)
    told = [*SECRETS.values(), *THEIRS, str(record.uid)]
    study = reverse("life:study-member", args=[away.pk])
    pages = [
        *(at("detail", zone.branch), at("print", zone.branch), reverse("life:meeting-list")),
        *(mine(zone), mine(zone) + "?show=elsewhere", study),
        reverse("members:member-detail", args=[away.pk]),
        reverse("core:search") + "?q=" + "秘题",
    ]
    for who in ("huzhuang1", "officer", "huzhuang", "dahuangshan"):
        client = zone.client(who)
        for address in pages:
            text = words(client.get(address)).replace('value="秘题"', "")
            found = [one for one in told if one in text]
            # Who stands above both branches of the village knows the third one's guest as his own.
            assert found in ([], ["外来庚"] if "organization=" in address else []), (who, address)
        assert client.get(record.get_absolute_url()).status_code == 404
    client = zone.client("huzhuang1")
    assert "流动甲" in words(client.get(pages[0]))
    assert "外来庚" not in words(client.get(pages[0]))
    sheet = client.get(at("export", zone.branch, "xlsx"))
    content = b"".join(sheet.streaming_content)
    cells = [
        str(cell)
        for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        for cell in row
    ]
    assert "流动甲" in cells
    assert not [one for one in told if any(one in cell for cell in cells)]
    pdf = b"".join(client.get(at("export", zone.branch, "pdf")).streaming_content)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "流动甲" in text.replace("\n", "")
    assert not [one for one in told if one in text]
    # Who keeps the record, and the zone above both, open it from the member's page.
    assert record.get_absolute_url() in words(zone.client("zone").get(mine(zone)))


def test_other_branches_see_nothing(zone: Zone, away: Member) -> None:
    guests_at(zone, ("流动甲", PHONE))
    for who in ("huzhuang2", "taoyuan1", "jinshanqiao"):
        client = zone.client(who)
        for name, *args in (("detail",), ("print",), ("export", "xlsx"), ("export", "pdf")):
            assert client.get(at(name, zone.branch, *args)).status_code == 404, (who, name)
        assert client.get(mine(zone)).status_code == 404
        assert "流动甲" not in words(client.get(at("detail")))
        page = client.get(reverse("life:meeting-list"))
        assert page.context["away"] is None
        place = zone.actor(who).organization_id
        assert lines(zone, who, Organization.objects.get(pk=place)) == []
    # Asked for directly, too: the rows are those of the scope, whatever the place.
    assert lines(zone, "huzhuang2", zone.branch) == []
    assert lines(zone, "jinshanqiao", zone.root) == []


def test_those_above_see_their_branches_only(zone: Zone, away: Member) -> None:
    guests_at(zone, ("流动甲", PHONE), ("外来庚", OTHER_PHONE))
    assert [line[2] for line in lines(zone, "huzhuang", zone.general)] == ["流动甲", "外来庚"]
    assert [line[2] for line in lines(zone, "zone", zone.root)] == ["流动甲", "外来庚"]
    page = words(zone.client("dahuangshan").get(at("detail", zone.street)))
    assert page.index("湖庄村第一支部") < page.index("湖庄村第二支部")


def test_what_was_taken_back_or_written_anew_counts_once(zone: Zone, away: Member) -> None:
    record = guests_at(zone, ("流动甲", PHONE))
    anew = meetings.rewrite(
        meeting=record,
        version=record.version,
        units=[zone.neighbour_branch],
        written=Written(MeetingKind.PARTY_DAY, dt.date(2026, 6, 11), "改过"),
        marks={
            one.member_id: HERE
            for one in roll_of(zone.neighbour_branch, MeetingKind.PARTY_DAY, DAY).expected
        },
        by=zone.actor("taoyuan1"),
    )
    assert [line[3] for line in lines(zone, "huzhuang1", zone.branch)] == [dt.date(2026, 6, 11)]
    meetings.withdraw(meeting=anew, reason="记错了", by=zone.actor("taoyuan1"))
    assert lines(zone, "huzhuang1", zone.branch) == []
    assert zone.client("huzhuang1").get(reverse("life:meeting-list")).context["away"] is None


def test_a_group_is_named_with_its_branch(zone: Zone, away: Member) -> None:
    group = make_organization("第二党小组", "party_group", parent=zone.neighbour_branch)
    record = guests_at(zone, ("流动甲", PHONE))
    Meeting.objects.filter(pk=record.pk).update(organization=group)
    assert lines(zone, "huzhuang1", zone.branch)[0][5] == "桃园社区第一支部第二党小组"


# --- what it costs --------------------------------------------------------------------------------


def test_page_costs_the_same_for_one_and_three(zone: Zone, away: Member) -> None:
    client, address = zone.client("huzhuang1"), at("detail", zone.branch)
    plain = reverse("life:meeting-list")
    assert cost(client, address) == PAGE_NONE
    none = cost(client, plain)
    guests_at(zone, ("流动甲", PHONE))
    one = cost(client, address), cost(client, plain), cost(client, mine(zone))
    for month in (4, 5):
        guests_at(zone, ("流动甲", PHONE), day=dt.date(2026, month, 8))
    group = make_organization("第三党小组", "party_group", parent=zone.neighbour_branch)
    Meeting.objects.filter(held_on=DAY).update(organization=group)
    assert (cost(client, address), cost(client, plain), cost(client, mine(zone))) == one
    assert one[:2] == (PAGE, none)


def test_guests_are_found_by_their_index(zone: Zone, away: Member) -> None:
    """Few among millions of attendances: nobody reads the others for them."""
    year = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    plan = elsewhere(zone.actor("zone"), zone.root.path, *year).explain()
    assert connection.vendor != "sqlite" or "attendance_of_guest" in plan


# --- pages of one member --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["year=0", "year=999999999999999999999", "show=%ED%A0%80", "page=x"]
)
def test_odd_addresses_are_no_fault(zone: Zone, away: Member, query: str) -> None:
    client = zone.client("huzhuang1")
    assert client.get(f"{mine(zone)}?{query}").status_code == 200
    assert client.get(at("detail", zone.branch) + f"&{query}").status_code == 200
