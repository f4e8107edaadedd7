"""Organisation life for programs and on other pages: the API, search, the panel, the digest."""

import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock, searching
from core.actor import system
from core.models import Notification
from members.actions import standings
from orgs import panels
from orgs.models import OfficeHolding, Organization
from schedules.life.actions import meetings
from schedules.life.enums import MeetingKind
from schedules.life.models import Attendance, Meeting
from schedules.life.queries.rolls import roll_of
from schedules.rounds import fulfilment
from schedules.rounds.actions import opening
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan
from schedules.rounds.words import standing_word

from .test_life_figures import GONE, ILL, write, written
from .world import START, Zone, make_member, make_user

NOW = dt.datetime(2026, 7, 20, 2, tzinfo=dt.UTC)
LIST = "/api/v1/meetings/"
WHO = "/api/v1/attendances/"


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def people(zone: Zone) -> Zone:
    for place, name in ((zone.branch, "甲"), (zone.branch, "乙"), (zone.neighbour_branch, "邻")):
        make_member(place, name)
    standings.fill(since=START)
    return zone


def send(
    zone: Zone, address: str, body: dict[str, Any], who: str = "huzhuang1", **more: str
) -> Any:
    client = zone.client(who)
    return client.post(address, json.dumps(body), content_type="application/json", headers=more)


def body(place: Organization, presence: str = "present", **more: Any) -> dict[str, Any]:
    roll = roll_of(place, MeetingKind.PARTY_DAY, dt.date(2026, 6, 10))
    marks = [{"member": one.member_id, "presence": "present"} for one in roll.expected]
    if presence == "absent":
        marks[0] |= {"presence": "absent", "reason": "illness", "approver_name": "王书记"}
    usual = {"kind": "party_day", "held_on": "2026-06-10", "topic": "清洁家园"}
    return {**usual, "attendances": marks, **more}


def rows(zone: Zone, address: str, who: str = "huzhuang1", **query: Any) -> list[dict[str, Any]]:
    answer = zone.client(who).get(address, query)
    assert answer.status_code == 200, answer.content.decode()
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_a_program_writes_a_record_once_and_writes_it_anew(people: Zone) -> None:
    given = body(people.branch, "absent", summary="打扫村道", study_minutes=60)
    made = send(people, LIST, given, **{"Idempotency-Key": "k1"})
    assert made.status_code == 201, made.content.decode()
    told = made.json()
    assert (told["version"], told["units"][0]["present"], told["units"][0]["absent"]) == (1, 1, 1)
    again = send(people, LIST, given, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["uid"]) == (201, told["uid"])
    assert Meeting.objects.count() == 1

    address = f"{LIST}{told['uid']}/"
    read = people.client("huzhuang1").get(address)
    assert read.json()["summary"] == "打扫村道"
    better = body(people.branch, topic="清洁家园，清理村道")
    del better["kind"]
    assert send(people, f"{address}rewrite/", better).status_code == 428
    newer = send(people, f"{address}rewrite/", better, **{"If-Match": read["ETag"]})
    assert (newer.status_code, newer["ETag"]) == (200, '"2"'), newer.content.decode()
    assert newer.json()["units"][0]["absent"] == 0
    stale = send(people, f"{address}rewrite/", better, **{"If-Match": read["ETag"]})
    assert stale.status_code == 412
    assert [row["version"] for row in rows(people, LIST)] == [2]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"attendances": []}, 400),  # nobody becomes absent by silence
        ({"held_on": "2026-07-30"}, 400),
        ({"topic": ""}, 400),
        ({"kind": "party"}, 400),
        ({"study_minutes": 2000}, 400),
        ({"starts_at": "16:00", "ends_at": "15:00"}, 400),
        ({"votes": [{"subject": "x" * 101, "entitled": 1, "present": 1, "for_count": 1}]}, 400),
        ({"attendances": [{"member": 1, "presence": "late"}]}, 400),
        ({"unknown": 1}, 400),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    people: Zone, changes: dict[str, Any], status: int
) -> None:
    answer = send(people, LIST, body(people.branch) | changes)
    assert answer.status_code == status, answer.content.decode()
    assert not Meeting.objects.exists()


def test_programs_write_where_their_user_does(people: Zone) -> None:
    theirs = body(people.neighbour_branch, organization=people.neighbour_branch.pk)
    assert send(people, LIST, theirs).status_code == 404
    # Of the same people at his own branch: they are on no roll there.
    answer = send(people, LIST, body(people.branch), "taoyuan1")
    assert (answer.status_code, answer.json()["code"]) == (400, "roll")
    record = write(people, people.neighbour_branch)
    address = f"{LIST}{record.uid}/"
    assert people.client("huzhuang1").get(address).status_code == 404
    assert send(people, f"{address}rewrite/", {}, **{"If-Match": '"1"'}).status_code == 404
    assert rows(people, LIST) == rows(people, WHO) == []
    assert people.client("huzhuang1").get(WHO, {"meeting": record.uid}).json()["count"] == 0


def test_a_joint_record_written_anew_keeps_who_took_part(people: Zone) -> None:
    record = write(people, people.branch, people.neighbour_branch)
    marks = [
        {"member": pk, "presence": "present"}
        for pk in record.attendances.values_list("member_id", flat=True)
    ]
    given = {"held_on": "2026-06-11", "topic": "联合清洁家园", "attendances": marks}
    answer = send(people, f"{LIST}{record.uid}/rewrite/", given, "huzhuang1", **{"If-Match": '"1"'})
    assert answer.status_code == 200, answer.content.decode()
    assert [one["expected"] for one in answer.json()["units"]] == [2, 1]


def test_lists_are_narrowed(people: Zone) -> None:
    early = write(people, people.branch, what=written(5))
    write(people, people.branch, what=written(3, MeetingKind.LESSON, month=7))
    write(people, people.neighbour_branch)
    with clock.at(NOW + dt.timedelta(hours=2)):
        meetings.withdraw(meeting=early, reason="登错了", by=people.actor("huzhuang1"))
    assert len(rows(people, LIST, "zone")) == 3
    assert [one["kind"] for one in rows(people, LIST, "zone", period="2026-07")] == ["lesson"]
    assert len(rows(people, LIST, "zone", kind="party_day")) == 2
    assert len(rows(people, LIST, "zone", organization=people.general.pk)) == 2
    since = (NOW + dt.timedelta(hours=1)).isoformat()
    changed = rows(people, LIST, "zone", updated_since=since)
    assert [(one["uid"], one["state"]) for one in changed] == [(str(early.uid), "withdrawn")]
    client = people.client("huzhuang1")
    assert client.get(LIST, {"period": "2026-13"}).status_code == 400
    assert client.get(LIST, {"organization": people.neighbour_branch.pk}).status_code == 404


def test_attendances_tell_who_came_and_not_why_somebody_did_not(people: Zone) -> None:
    kept = write(people, people.branch, mark=ILL)
    gone = write(people, people.branch, what=written(12), mark=GONE)
    meetings.withdraw(
        meeting=write(people, people.branch, what=written(13)),
        reason="登错了",
        by=people.actor("huzhuang1"),
    )
    write(people, people.neighbour_branch)
    found = rows(people, WHO, meeting=kept.uid)
    assert [(one["member_name"], one["presence"]) for one in found] == [
        ("甲", "absent"),
        ("乙", "present"),
    ]
    assert "illness" not in json.dumps(found)
    assert "病" not in json.dumps(found, ensure_ascii=False)
    assert [one["is_unexcused"] for one in rows(people, WHO, meeting=gone.uid)] == [True, False]
    assert len(rows(people, WHO, period="2026-06")) == 4
    member = Attendance.objects.filter(meeting=kept)[0].member_id
    assert len(rows(people, WHO, member=member)) == 2


def test_lists_cost_the_same_for_one_and_three(people: Zone) -> None:
    client = people.client("huzhuang1")

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).json()["count"] >= 1
        return len(queries)

    write(people, people.branch)
    one = cost(LIST), cost(WHO)
    write(people, people.branch, what=written(11))
    write(people, people.branch, people.neighbour_branch, what=written(12))
    assert (cost(LIST), cost(WHO)) == one


# --- elsewhere --------------------------------------------------------------------------------


def test_search_finds_what_it_was_about_and_nothing_of_who_was_absent(people: Zone) -> None:
    record = write(people, people.branch, what=written(place="文化广场"), mark=ILL)
    write(people, people.neighbour_branch, what=written(11))

    def found(words: str, who: str = "huzhuang1") -> list[str]:
        groups = {hits.label: hits for hits in searching.find(people.actor(who), words)}
        return [hit.url for hit in groups["组织生活"].items] if "组织生活" in groups else []

    assert found("清洁家园") == found("文化广场") == [record.get_absolute_url()]
    assert len(found("清洁家园", "zone")) == 2
    assert found("病假") == found("洁") == []
    meetings.withdraw(meeting=record, reason="登错了", by=people.actor("huzhuang1"))
    assert found("清洁家园") == []


def owed(kind: MeetingKind = MeetingKind.PARTY_DAY, period: str = "2026-06") -> Plan:
    plan = Plan.objects.create(
        key=kind,
        name=kind.label,
        fulfilment=f"life.{kind}",
        kinds=["branch"],
        cadence="month",
        starts_on=dt.date(2026, 1, 1),
    )
    opening.open_period(plan=plan, period=period, by=system())
    return plan


def test_panel_of_an_organisation_shows_its_year(people: Zone) -> None:
    def rows_of(who: str, place: Organization) -> dict[str, tuple[str, str]]:
        found = panels.collect(people.actor(who), place)
        return {
            row.label: (row.value, row.tone)
            for panel in found
            if panel.title == "2026年组织生活"
            for row in panel.rows
        }

    assert rows_of("zone", people.branch) == {}
    owed()
    Duty.objects.update(due_at=NOW - dt.timedelta(days=1))
    write(people, people.branch)
    write(people, people.branch, what=written(3, MeetingKind.LESSON, month=7))
    assert rows_of("huzhuang1", people.branch) == {"主题党日": ("1 次", ""), "党课": ("1 次", "")}
    assert rows_of("zone", people.general)["主题党日"] == ("1 次，未开 1", "warn")
    assert rows_of("taoyuan1", people.branch) == {}


def test_mail_and_ladder_speak_of_meetings(people: Zone) -> None:
    """Whoever owes one, and those above him, read of no report that is missing: nothing is sent."""
    make_member(people.branch2, "丁")
    standings.fill(since=START)
    plan = owed()
    write(people, people.branch2)
    chief = make_user("chief", email="chief@example.org")
    OfficeHolding.objects.create(
        organization=people.street,
        post="organization_section_chief",
        person_name="chief",
        user=chief,
    )
    for day in (7, 9):
        call_command("tick", now=f"2026-07-{day:02}T09:00+08:00", stdout=io.StringIO())
    duty = Duty.objects.get(organization=people.branch, plan=plan)
    for user in (people.users["huzhuang1"], chief):
        told = Notification.objects.filter(user=user, key__startswith="digest:").latest("pk")
        said = f"{told.title}{told.body}"
        assert "主题党日" in said
        assert "未报" not in said
        assert "报送" not in said, said
    with clock.at(dt.datetime(2026, 7, 9, 2, tzinfo=dt.UTC)):
        kind = fulfilment.of(duty.plan)
        assert standing_word(kind, duty, clock.now())[0] == "未开"
        duty.submitted_at, duty.late_after = clock.now(), clock.now() - dt.timedelta(days=1)
        duty.state = DutyState.ACCEPTED
        assert standing_word(kind, duty, clock.now()) == ("迟开，已开", "warn")
