"""The 党小组 of a branch and who is not expected for a time: pages, days, races, what must not leak."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from members.actions import standings
from members.models import Member, MemberStanding
from orgs.enums import OrganizationKind
from orgs.models import Organization
from schedules.life.actions import exemptions, groups
from schedules.life.actions.groups import Place
from schedules.life.enums import ExemptionReason, MeetingKind
from schedules.life.ledgers.meetings import name_of
from schedules.life.models import Exemption, GroupMembership, Meeting
from schedules.life.queries.groups import mark_of, placed_in
from schedules.life.queries.rolls import roll_of

from .parallel import run_together
from .test_life_pages import DAY, create, people, typed, url, words, write
from .world import START, Zone, build_zone, make_member, make_organization

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 7, 6)
GROUPS, EXEMPTIONS = reverse("life:group-list"), reverse("life:exemption-list")
ROWS = {"groups": 8, "exemptions": 6}  # queries of a page


@pytest.fixture(autouse=True)
def in_july(request: pytest.FixtureRequest) -> Iterator[None]:
    with clock.at(NOW):
        yield


def group(zone: Zone, name: str, branch: Organization | None = None) -> Organization:
    return make_organization(name, OrganizationKind.PARTY_GROUP, branch or zone.branch)


def arrange(zone: Zone, wanted: dict[int, Place], **more: Any) -> int:
    given = {"branch": zone.branch, "since": TODAY, "by": zone.actor("huzhuang1"), **more}
    shown = mark_of(placed_in(given["branch"], TODAY))
    return groups.arrange(wanted=wanted, **{"shown": shown, **given})


def in_groups(day: dt.date = TODAY) -> dict[str, tuple[str, bool]]:
    rows = GroupMembership.objects.on(day).select_related("member", "group")
    return {row.member.name: (str(row.group), row.is_leader) for row in rows}


# --- 党小组 ------------------------------------------------------------------------------------


def test_groups_are_arranged_on_one_page_and_kept_by_day(zone: Zone) -> None:
    first, second, third = people(zone.branch, "甲", "乙", "丙")
    one, two = group(zone, "第一党小组"), group(zone, "第二党小组")
    client = zone.client("huzhuang1")
    token = client.get(GROUPS).context["form"]["token"].value()
    body = {
        "token": token,
        "since": "2026-06-01",
        f"g-{first.pk}": f"{one.pk}*",
        f"g-{second.pk}": f"{two.pk}",
    }
    assert "2 人的编组有变化" in words(client.post(GROUPS, body, follow=True))
    assert "编组没有变化" in words(client.post(GROUPS, body, follow=True))  # sent again
    assert in_groups() == {"甲": ("第一党小组", True), "乙": ("第二党小组", False)}
    # From July on another leads, and one more is in it: June stays as it was.
    arrange(zone, {first.pk: Place(one.pk), third.pk: Place(one.pk, True)})
    assert in_groups() == {
        "甲": ("第一党小组", False),
        "乙": ("第二党小组", False),
        "丙": ("第一党小组", True),
    }
    assert in_groups(DAY) == {"甲": ("第一党小组", True), "乙": ("第二党小组", False)}
    called = roll_of(one, MeetingKind.GROUP_MEETING, TODAY)
    assert [person.name for person in called.expected] == ["甲", "丙"]


def test_what_cannot_be_of_groups_is_refused(zone: Zone) -> None:
    first, second = people(zone.branch, "甲", "乙")
    (theirs,) = people(zone.branch2, "邻")
    one, other = group(zone, "第一党小组"), group(zone, "隔壁党小组", zone.branch2)
    with pytest.raises(DomainError, match="只能有一名组长，现在选了甲、乙"):
        arrange(zone, {first.pk: Place(one.pk, True), second.pk: Place(one.pk, True)})
    with pytest.raises(DomainError, match="不在本支部"):
        arrange(zone, {first.pk: Place(other.pk)})
    with pytest.raises(DomainError, match="名单变了"):
        arrange(zone, {theirs.pk: Place(one.pk)})
    with pytest.raises(DomainError, match="不能晚于今天"):
        arrange(zone, {first.pk: Place(one.pk)}, since=TODAY + dt.timedelta(days=1))
    with pytest.raises(NotAllowed):
        arrange(zone, {theirs.pk: Place(other.pk)}, branch=zone.branch2)
    assert not GroupMembership.objects.exists()
    arrange(zone, {first.pk: Place(one.pk)})
    with pytest.raises(DomainError, match="从 2026-07-06 起才有"):
        arrange(zone, {first.pk: Place()}, since=DAY)


def test_groups_are_named_by_what_the_branch_is_not(zone: Zone) -> None:
    both = [group(zone, f"{zone.branch}第一党小组"), group(zone, "第二党小组")]
    assert [name_of(one) for one in both] == [
        "湖庄村第一支部第一党小组",
        "湖庄村第一支部第二党小组",
    ]
    make_member(zone.branch, "甲")
    standings.fill(since=START)
    page = words(zone.client("huzhuang1").get(GROUPS))
    options = re.findall(r"<option [^>]*>([^<]*)</option>", page)
    assert options == ["没有编组", "第一党小组", "第一党小组组长", "第二党小组", "第二党小组组长"]


def test_older_page_of_groups_is_told_what_differs(zone: Zone) -> None:
    first, second = people(zone.branch, "甲", "乙")
    one = group(zone, "第一党小组")
    client = zone.client("officer")
    token = client.get(GROUPS).context["form"]["token"].value()
    arrange(zone, {first.pk: Place(one.pk)})
    body = {"token": token, "since": "2026-07-06", f"g-{second.pk}": str(one.pk)}
    refused = client.post(GROUPS, body)
    assert refused.status_code == 409
    assert ("甲", "第一党小组", "没有编组") in refused.context["different"]
    form = refused.context["form"]
    assert form[f"g-{second.pk}"].value() == str(one.pk)
    again = {box.html_name: box.value() for box in form if box.value() is not None}
    assert client.post(GROUPS, again).status_code == 302
    assert set(in_groups()) == {"乙"}
    with pytest.raises(Conflict):
        arrange(zone, {first.pk: Place(one.pk)}, shown=token)


def test_who_leaves_the_branch_leaves_its_group(zone: Zone) -> None:
    first, _ = people(zone.branch, "甲", "乙")
    one, other = group(zone, "第一党小组"), group(zone, "隔壁党小组", zone.branch2)
    arrange(zone, {first.pk: Place(one.pk, True)}, since=DAY)
    move(first, zone.branch2, TODAY)
    assert [person.group_id for person in placed_in(zone.branch2, TODAY)] == [0]
    assert roll_of(one, MeetingKind.GROUP_MEETING, TODAY).is_empty
    assert not roll_of(one, MeetingKind.GROUP_MEETING, DAY).is_empty
    page = words(zone.client("huzhuang1").get(GROUPS))
    assert "甲</label>" not in page
    # The new branch puts him into its own, and the old one may name another to lead.
    arrange(*(zone, {first.pk: Place(other.pk)}), branch=zone.branch2, by=zone.actor("huzhuang2"))
    (_, last) = Member.objects.order_by("pk")
    arrange(zone, {last.pk: Place(one.pk, True)})
    assert in_groups() == {"甲": ("隔壁党小组", False), "乙": ("第一党小组", True)}


def move(member: Member, place: Organization, day: dt.date) -> None:
    """He belongs to another branch from the day on."""
    member.organization = place
    member.save()
    row = MemberStanding.objects.get(member=member, valid_to=None)
    MemberStanding.objects.filter(pk=row.pk).update(valid_to=day)
    row.pk, row.organization, row.valid_from = None, place, day
    row.save(force_insert=True)


def test_group_meeting_asks_which_group(zone: Zone) -> None:
    people(zone.branch, "甲")
    client, form = zone.client("huzhuang1"), create("group_meeting")
    kinds = reverse("life:meeting-new")
    assert "党小组会" not in words(client.get(kinds))
    assert "没有党小组，不开党小组会" in words(client.get(form, follow=True))
    one = group(zone, "第一党小组")
    (member,) = Member.objects.all()
    arrange(zone, {member.pk: Place(one.pk)}, since=DAY)
    opened = client.get(form, follow=True)
    assert opened.redirect_chain[-1][0].endswith(f"?organization={one.pk}&on={DAY}")
    body = typed(topic="6月党小组会", **{f"m-{member.pk}": "present"})
    record = client.post(opened.redirect_chain[-1][0], body, follow=True)
    assert "6月党小组会" in words(record)
    assert Meeting.objects.get().organization == one
    for who, status in (("officer", 200), ("dahuangshan", 404), ("huzhuang2", 404)):
        assert zone.client(who).get(url("edit", Meeting.objects.get())).status_code == status
    group(zone, "第二党小组")
    page = client.get(form, follow=True)
    assert page.redirect_chain[-1][0].startswith(kinds)
    assert [str(place) for place in page.context["groups"]] == ["第一党小组", "第二党小组"]


@pytest.mark.parametrize("name", ["groups", "exemptions"])
def test_pages_cost_the_same_for_one_and_many(zone: Zone, name: str) -> None:
    client = zone.client("huzhuang1")
    group(zone, "第一党小组")

    def cost(count: int) -> int:
        for one in people(zone.branch, *(f"人{number}" for number in range(count))):
            free(one, zone)
        with CaptureQueriesContext(connection) as queries:
            page = client.get({"groups": GROUPS, "exemptions": EXEMPTIONS}[name])
        assert page.status_code == 200
        return len(queries)

    assert cost(1) == cost(40) == ROWS[name]


# --- 免到 -------------------------------------------------------------------------------------


def free(member: Member, zone: Zone, **more: Any) -> Exemption:
    given = {
        "reason": ExemptionReason.ILLNESS,
        "since": DAY,
        "until": None,
        "approver_name": "李书记",
        "by": zone.actor("huzhuang1"),
    }
    return exemptions.exempt(member=member, **{**given, **more})


def test_exemption_holds_for_its_days_and_changes_no_record(zone: Zone) -> None:
    first, _ = people(zone.branch, "甲", "乙")
    record = write(zone)
    client = zone.client("huzhuang1")
    body = {
        "member": str(first.pk),
        "reason": "abroad",
        "since": "2026-06-01",
        "until": "2026-06-30",
        "approver_name": "李书记",
    }
    page = words(client.post(reverse("life:exemption-create"), body, follow=True))
    assert "从 2026-06-01 起不计应到" in page
    client.post(reverse("life:exemption-create"), body)  # a double click
    assert Exemption.objects.count() == 1
    assert [one.name for one in roll_of(zone.branch, MeetingKind.LESSON, DAY).expected] == ["乙"]
    assert record.units.get().expected_count == 2  # what was written stays
    assert len(roll_of(zone.branch, MeetingKind.LESSON, TODAY).expected) == 2
    # What is over stays readable.
    shown = client.get(EXEMPTIONS)
    assert [len(shown.context[name]) for name in ("running", "over", "ended")] == [0, 1, 0]


def test_exemption_ends_early_or_is_taken_back(zone: Zone) -> None:
    first, second = people(zone.branch, "甲", "乙")
    row, wrong = free(first, zone), free(second, zone)
    client = zone.client("huzhuang1")
    address = reverse("life:exemption-end", args=[row.pk])
    assert client.post(address, {"until": "2026-06-20"}).status_code == 302
    assert client.post(address, {"until": "2026-06-20"}).status_code == 409
    exemptions.end(exemption=wrong, until=DAY - dt.timedelta(days=1), by=zone.actor("officer"))
    in_june = [one.name for one in roll_of(zone.branch, MeetingKind.LESSON, DAY).expected]
    in_july = [one.name for one in roll_of(zone.branch, MeetingKind.LESSON, TODAY).expected]
    assert (in_june, in_july) == (["乙"], ["甲", "乙"])
    shown = client.get(EXEMPTIONS)
    assert [len(shown.context[name]) for name in ("running", "over", "ended")] == [0, 1, 2]
    with pytest.raises(DomainError, match="已有一条免到"):
        free(first, zone, until=dt.date(2026, 8, 1))


def test_neighbours_exemptions_are_nowhere(zone: Zone) -> None:
    theirs = make_member(zone.neighbour_branch, "邻人")
    standings.fill(since=DAY)
    row = free(theirs, zone, by=zone.actor("taoyuan1"), note="住院")
    client = zone.client("huzhuang1")
    assert "邻人" not in words(client.get(EXEMPTIONS))
    asked = {"organization": zone.neighbour_branch.pk}
    assert client.get(EXEMPTIONS, asked).status_code == 404
    assert client.get(GROUPS, asked).status_code == 404
    address = reverse("life:exemption-end", args=[row.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"until": "2026-06-20"}).status_code == 404
    with pytest.raises(NotAllowed):
        exemptions.end(exemption=row, until=DAY, by=zone.actor("huzhuang1"))
    body = {"member": str(theirs.pk), "reason": "age", "since": "2026-01-01"}
    refused = client.post(reverse("life:exemption-create"), {**body, "approver_name": "冒名"})
    assert refused.status_code == 422
    assert Exemption.objects.get().ended_at is None
    # Reasons of health are for who keeps the roll.
    assert zone.client("committee").get(EXEMPTIONS).status_code == 404


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_arrange_at_once_one_is_told() -> None:
    zone = build_zone()
    first, second = people(zone.branch, "甲", "乙")
    one = group(zone, "第一党小组")
    shown = mark_of(placed_in(zone.branch, TODAY))

    def act(member: Member, who: str) -> Any:
        by = zone.actor(who)

        def run() -> int:
            with clock.at(NOW):
                wanted = {member.pk: Place(one.pk, True)}
                return groups.arrange(
                    branch=zone.branch, wanted=wanted, shown=shown, since=TODAY, by=by
                )

        return run

    outcomes = run_together([act(first, "huzhuang1"), act(second, "officer")])
    errors = [one.error for one in outcomes if one.error is not None]
    # The second sees that somebody leads it, or that the arrangement is another.
    assert len(errors) == 1
    assert isinstance(errors[0], DomainError)
    assert GroupMembership.objects.get().is_leader


def test_above_the_branches_it_is_said_who_writes_it_down(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    assert "党小组在各党支部里" in words(client.get(GROUPS))
    page = words(client.get(EXEMPTIONS))
    assert "免到由各党支部登记" in page
    assert "登记免到" not in page, "nobody could be chosen there"
    assert "登记免到" in words(zone.client("huzhuang1").get(EXEMPTIONS))
