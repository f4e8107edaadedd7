"""Meetings held together: who marks whom, who sees what, what counts once, who wins a race."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import Notification
from core.states import MovedOn
from members.actions import standings
from members.models import Member
from orgs.models import Organization
from schedules.life.actions import invitations, joint, meetings
from schedules.life.actions.meetings import Written
from schedules.life.actions.rows import Mark
from schedules.life.enums import AbsenceReason, MeetingKind, Presence
from schedules.life.models import Attendance, Invitation, Meeting, MeetingUnit
from schedules.life.queries.guests import Guest
from schedules.life.queries.rolls import roll_of
from schedules.life.rules import key_of
from schedules.rounds.actions import opening
from schedules.rounds.models import Duty, Plan

from .parallel import run_together
from .test_life_pages import DAY, create, people, typed, url, words
from .world import START, Zone, build_zone, make_member

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
HERE = Mark(Presence.PRESENT)
ILL = Mark(Presence.ABSENT, AbsenceReason.ILLNESS, "王书记")
PHONE = "13900001234"
WRITTEN = Written(kind=MeetingKind.PARTY_DAY, held_on=DAY, topic="三个支部一起植树")


@pytest.fixture(autouse=True)
def in_july(request: pytest.FixtureRequest) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def crowd(zone: Zone) -> Zone:
    """Two members in each of three branches."""
    return fill(zone)


def fill(zone: Zone) -> Zone:
    for place, names in (
        (zone.branch, ("甲", "乙")),
        (zone.branch2, ("丙", "丁")),
        (zone.neighbour_branch, ("戊", "己")),
    ):
        people(place, *names)
    return zone


def all_of(place: Organization, mark: Mark = HERE) -> dict[int, Mark]:
    roll = roll_of(place, MeetingKind.PARTY_DAY, DAY)
    return {one.member_id: mark for one in roll.expected}


def held(zone: Zone, *others: Organization, who: str = "huzhuang1", **more: Any) -> Meeting:
    given: dict[str, Any] = {"units": [zone.branch], "marks": all_of(zone.branch), **more}
    return meetings.record(
        uid=uuid.uuid4(), written=WRITTEN, invited=others, by=zone.actor(who), **given
    )


def call(zone: Zone, record: Meeting, place: Organization, who: str, **more: Any) -> Meeting:
    given: dict[str, Any] = {"version": 1, "marks": all_of(place), **more}
    return joint.mark(meeting=record, unit=place, by=zone.actor(who), **given)


def parts(record: Meeting | None = None) -> dict[str, tuple[int, int, int]]:
    rows = MeetingUnit.objects.filter(meeting__superseded_at=None).select_related("organization")
    return {
        str(row.organization): (row.expected_count, row.present_count, row.absent_count)
        for row in rows
    }


# --- whom the recorder marks -------------------------------------------------------------------


def test_within_the_scope_all_are_marked_at_once(crowd: Zone) -> None:
    marks = {**all_of(crowd.branch), **all_of(crowd.branch2, ILL)}
    units = [crowd.branch, crowd.branch2]
    with pytest.raises(NotAllowed):
        held(crowd, units=units, marks=marks)
    record = held(crowd, units=units, marks=marks, who="huzhuang")
    assert parts() == {"湖庄村第一支部": (2, 2, 0), "湖庄村第二支部": (2, 0, 2)}
    assert not Invitation.objects.exists()
    # The form has a section for each; of others only the name of the branch.
    form = create("party_day") + f"&organization={crowd.branch.pk}"
    both = f"&with={crowd.branch2.pk}&with={crowd.neighbour_branch.pk}"
    page = crowd.client("huzhuang").get(form + both)
    shown = {str(part.organization): len(part.expected) for part in page.context["form"].parts}
    assert shown == {"湖庄村第一支部": 2, "湖庄村第二支部": 2}
    assert "桃园社区第一支部<span" in words(page)
    assert "戊" not in words(page)
    assert f'action="{form}{both}"' in words(page)  # sent to what the address says
    assert crowd.client("huzhuang1").get(url("edit", record)).status_code == 200


def test_others_are_asked_and_see_no_names_of_each_other(crowd: Zone) -> None:
    client = crowd.client("huzhuang1")
    address = create("party_day") + f"&with={crowd.neighbour_branch.pk}&with={crowd.branch2.pk}"
    marks = {f"m-{pk}": "illness" for pk in all_of(crowd.branch)}
    page = client.post(address, typed(topic="一起植树", **marks), follow=True)
    assert words(page).count("<span>还没点名</span>") == 2
    assert "我方点名" not in words(page)  # theirs to press
    record = Meeting.objects.get()
    assert parts() == {"湖庄村第一支部": (2, 0, 2)}  # nothing counts for them yet
    told = Notification.objects.filter(key__startswith="life-part")
    assert {row.user.username for row in told} == {"huzhuang2", "taoyuan1"}
    theirs = crowd.client("taoyuan1")
    assert "一起植树" in words(theirs.get(url("list")))
    seen = words(theirs.get(url("detail", record)))
    assert "我方点名" in seen
    assert not {"甲（", "乙（", "病假"} & {
        word for word in ("甲（", "乙（", "病假") if word in seen
    }
    own = reverse("life:part-edit", args=[record.uid, crowd.neighbour_branch.pk])
    other = reverse("life:part-edit", args=[record.uid, crowd.branch2.pk])
    host = reverse("life:part-edit", args=[record.uid, crowd.branch.pk])
    assert [theirs.get(one).status_code for one in (own, other, host)] == [200, 404, 404]
    assert client.get(own).status_code == 404
    form = theirs.get(own).context["form"]
    assert {line.one.name for part in form.parts for line in part.expected} == {"戊", "己"}
    fields = {box.html_name: box.value() for box in form if box.value() is not None}
    assert theirs.post(own, fields).status_code == 302
    assert theirs.post(own, fields).status_code == 302  # a double click
    assert parts() == {"湖庄村第一支部": (2, 0, 2), "桃园社区第一支部": (2, 2, 0)}
    assert Meeting.objects.count() == 2
    record = Meeting.objects.current().get()
    assert (record.written_by_name, record.organization) == ("huzhuang1", crowd.branch)
    # Who was not asked is not there.
    assert crowd.client("jinshanqiao").get(url("detail", record)).status_code == 200
    lone = Organization.objects.get(pk=crowd.branch2.pk)
    with pytest.raises(NotAllowed):
        call(crowd, record, lone, "taoyuan1")


def test_paper_says_how_many_where_it_does_not_say_who(crowd: Zone) -> None:
    record = held(crowd, crowd.branch2)
    marks = {**all_of(crowd.branch2)}
    marks[next(iter(marks))] = ILL
    record = call(crowd, record, crowd.branch2, "huzhuang2", marks=marks)
    address = reverse("life:meeting-print", args=[record.uid])
    page = words(crowd.client("huzhuang1").get(address))
    assert "湖庄村第二支部：1 人，名单在各单位自己的记录里" in page
    assert "其他单位 1 人，名单在各单位自己的记录里" in page
    whole = words(crowd.client("huzhuang").get(address))
    assert "湖庄村第二支部：丁" in whole
    assert "丙（病假" in whole
    assert "名单在" not in whole


def test_branches_are_found_by_name_and_at_most_twenty(crowd: Zone) -> None:
    client, form = crowd.client("huzhuang1"), create("party_day")
    page = client.get(form + "&find=桃园")
    assert [str(one) for one, _ in page.context["joint"]["found"]] == ["桃园社区第一支部"]
    code = crowd.branch2.code
    found = client.get(form + f"&find={code}").context["joint"]["found"]
    assert [one for one, _ in found] == [crowd.branch2]
    assert found[0][1].endswith(f"with={crowd.branch2.pk}")
    assert "没有找到叫“没有的”的支部" in words(client.get(form + "&find=没有的"))
    assert client.get(create("committee_meeting")).context["joint"] is None
    assert client.get(form + "&with=99999999&with=abc").status_code == 200


def test_twenty_cost_as_many_queries_as_two(crowd: Zone) -> None:
    client = crowd.client("huzhuang")
    form = create("party_day") + f"&organization={crowd.branch.pk}&with={crowd.branch2.pk}"

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    two = cost(form)
    from .world import make_organizations

    more = make_organizations(
        crowd.general, [{"name": f"湖庄村第{n}支部", "kind": "branch"} for n in range(3, 12)]
    )
    for place in more:
        make_member(place, "某")
    standings.fill(since=START)
    assert cost(form + "".join(f"&with={one.pk}" for one in more)) == two


# --- what is written later ---------------------------------------------------------------------


def test_parts_are_in_nobodys_way(crowd: Zone) -> None:
    record = held(crowd, crowd.branch2, crowd.neighbour_branch)
    call(crowd, record, crowd.branch2, "huzhuang2", marks=all_of(crowd.branch2, ILL))
    call(crowd, record, crowd.neighbour_branch, "taoyuan1")  # from the same first page
    latest = Meeting.objects.current().get()
    assert latest.version == 3
    # Neither is who holds it: his page of the first version writes the fourth, and keeps the parts.
    meetings.rewrite(
        meeting=latest,
        version=1,
        units=[crowd.branch],
        written=WRITTEN,
        marks=all_of(crowd.branch, ILL),
        by=crowd.actor("huzhuang1"),
    )
    assert parts() == {
        "湖庄村第一支部": (2, 0, 2),
        "湖庄村第二支部": (2, 0, 2),
        "桃园社区第一支部": (2, 2, 0),
    }
    row = Attendance.objects.filter(meeting__superseded_at=None, member__name="丙").get()
    assert (row.reason, row.approver_name) == ("illness", "王书记")
    # What was known before is found again.
    assert Meeting.objects.get(version=1).units.count() == 1
    with pytest.raises(MovedOn, match="刚刚点过名"):
        call(crowd, record, crowd.branch2, "huzhuang2", marks=all_of(crowd.branch2))
    newest = Meeting.objects.current().get()
    call(
        *(crowd, newest, crowd.branch2, "huzhuang2"),
        version=newest.version,
        marks=all_of(crowd.branch2),
    )
    assert parts()["湖庄村第二支部"] == (2, 2, 0)


def test_who_took_no_part_says_so(crowd: Zone) -> None:
    record = held(crowd, crowd.branch2, crowd.neighbour_branch)
    release = reverse("life:part-release", args=[record.uid, crowd.neighbour_branch.pk])
    assert crowd.client("huzhuang2").post(release).status_code == 404
    assert crowd.client("taoyuan1").post(release).status_code == 302
    assert crowd.client("taoyuan1").get(url("detail", record)).status_code == 404
    with pytest.raises(NotAllowed):
        call(crowd, record, crowd.neighbour_branch, "taoyuan1")
    call(crowd, record, crowd.branch2, "huzhuang2")
    with pytest.raises(DomainError, match="已经点过名"):
        invitations.release(meeting=record, unit=crowd.branch2, by=crowd.actor("huzhuang1"))
    latest = Meeting.objects.current().get()
    meetings.withdraw(meeting=latest, reason="登错了", by=crowd.actor("huzhuang1"))
    with pytest.raises(Conflict, match="已经撤回"):
        call(crowd, record, crowd.branch2, "huzhuang2")


# --- what counts --------------------------------------------------------------------------------


def test_joint_and_own_record_of_a_day_are_one_meeting(crowd: Zone) -> None:
    plan = Plan.objects.create(
        key="party_day",
        name="主题党日",
        fulfilment=key_of(MeetingKind.PARTY_DAY),
        kinds=["branch"],
        cadence="month",
        starts_on=dt.date(2026, 6, 1),
    )
    opening.open_period(plan=plan, period="2026-06", by=system())

    def done() -> dict[str, int]:
        rows = Duty.objects.filter(plan=plan).select_related("organization")
        return {str(row.organization): row.done_count for row in rows}

    record = held(crowd, crowd.branch2)
    assert done() == {"湖庄村第一支部": 1, "湖庄村第二支部": 0, "桃园社区第一支部": 0}
    meetings.record(
        uid=uuid.uuid4(),
        units=[crowd.branch2],
        written=WRITTEN,
        marks=all_of(crowd.branch2),
        by=crowd.actor("huzhuang2"),
    )
    part = reverse("life:part-edit", args=[record.uid, crowd.branch2.pk])
    assert "是同一次会的，只算一次" in words(crowd.client("huzhuang2").get(part))
    call(crowd, record, crowd.branch2, "huzhuang2")
    assert done()["湖庄村第二支部"] == 1
    # Whoever writes down a third of the day is asked.
    marks = {f"m-{pk}": "present" for pk in all_of(crowd.branch2)}
    asked = crowd.client("huzhuang2").post(create("party_day"), typed(**marks))
    assert "已登记过一次主题党日" in words(asked)


# --- guests ------------------------------------------------------------------------------------


def test_guest_counts_once_at_home(crowd: Zone) -> None:
    away = make_member(crowd.neighbour_branch, "流动员", phone=PHONE, is_mobile=True)
    standings.fill(since=START)
    marks = {f"m-{pk}": "present" for pk in all_of(crowd.branch)}
    client = crowd.client("huzhuang1")
    for name, phone in (("流动员", "13900001235"), ("戊", PHONE), ("流动员", ""), ("", PHONE)):
        body = typed(**{**marks, "guest-1-name": name, "guest-1-phone": phone})
        refused = client.post(create("party_day"), body)
        # Name and number alike: which of both was wrong is not said.
        assert "没有找到姓名和手机号都相符" in str(refused.context["form"].errors["guest-1-name"])
    assert not Meeting.objects.exists()
    body = typed(**{**marks, "guest-1-name": "流动员", "guest-1-phone": "139 0000 1234"})
    page = words(client.post(create("party_day"), body, follow=True))
    assert "流动员（桃园社区第一支部）" in page
    assert PHONE not in page
    row = Attendance.objects.get(member=away)
    assert (row.presence, row.organization) == (Presence.GUEST, crowd.neighbour_branch)
    assert parts() == {"湖庄村第一支部": (2, 2, 0)}
    # Written anew he stays, until it is said that he was not there.
    record = Meeting.objects.get()
    form = client.get(url("edit", record)).context["form"]
    fields = {box.html_name: box.value() for box in form if box.value() not in (None, "")}
    assert client.post(url("edit", record), fields).status_code == 302
    current = Attendance.objects.filter(meeting__superseded_at=None)
    assert current.filter(member=away).count() == 1
    del fields[f"came-{away.pk}"]
    assert client.post(url("edit", record), {**fields, "version": "2"}).status_code == 302
    assert not current.filter(member=away).exists()


def test_guest_is_nobody_of_the_roll(crowd: Zone) -> None:
    own = make_member(crowd.branch, "自己人", phone=PHONE)
    standings.fill(since=START)
    with pytest.raises(DomainError, match="已经在点名里"):
        held(crowd, marks=all_of(crowd.branch), guests=[Guest(own.name, PHONE)])


# --- at the same moment ------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_organisations_that_call_at_once_both_count() -> None:
    zone = fill(build_zone())
    record = held(zone, zone.branch2, zone.neighbour_branch)

    def act(place: Organization, who: str) -> Any:
        by, marks = zone.actor(who), all_of(place)

        def run() -> Meeting:
            with clock.at(NOW):
                return joint.mark(meeting=record, version=1, unit=place, marks=marks, by=by)

        return run

    outcomes = run_together(
        [act(zone.branch2, "huzhuang2"), act(zone.neighbour_branch, "taoyuan1")] * 2
    )
    assert [one.error for one in outcomes] == [None] * 4
    assert len(parts()) == 3
    assert Meeting.objects.current().get().version == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_joint_and_own_record_at_once_count_once() -> None:
    zone = fill(build_zone())
    plan = Plan.objects.create(
        key="party_day",
        name="主题党日",
        fulfilment=key_of(MeetingKind.PARTY_DAY),
        kinds=["branch"],
        cadence="month",
        starts_on=dt.date(2026, 6, 1),
    )
    opening.open_period(plan=plan, period="2026-06", by=system())
    record = held(zone, zone.branch2)
    by, marks = zone.actor("huzhuang2"), all_of(zone.branch2)

    def own() -> Meeting:
        with clock.at(NOW):
            return meetings.record(
                uid=uuid.uuid4(), units=[zone.branch2], written=WRITTEN, marks=marks, by=by
            )

    def together() -> Meeting:
        with clock.at(NOW):
            return joint.mark(meeting=record, version=1, unit=zone.branch2, marks=marks, by=by)

    outcomes = run_together([own, together])
    assert [one.error for one in outcomes] == [None, None]
    assert Duty.objects.get(plan=plan, organization=zone.branch2).done_count == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_moves_between_opening_and_saving_is_never_guessed() -> None:
    zone = fill(build_zone())
    shown = all_of(zone.branch)
    member = Member.objects.get(name="甲")
    from members.models import MemberStanding

    MemberStanding.objects.filter(member=member).update(organization=zone.branch2)
    with pytest.raises(DomainError, match="名单变了：1 人"):
        held(zone, marks=shown)
    assert not Meeting.objects.exists()
    shown.pop(member.pk)
    assert held(zone, marks=shown).units.get().expected_count == 1
