"""The form of a record: its roll, groups, leave, what is held together, guests."""

import datetime as dt
from collections.abc import Iterator

import pytest

from core import clock
from core.errors import NotAllowed
from orgs.enums import OrganizationKind, Post
from orgs.models import OfficeHolding, RoleGrant
from schedules.life.actions import meetings
from schedules.life.models import GroupMembership, Meeting

from .test_life_pages import create, people, typed, url, words, write
from .world import START, Zone, make_organization

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_july(request: pytest.FixtureRequest) -> Iterator[None]:
    with clock.at(NOW):
        yield


def test_without_a_roll_the_page_says_what_to_do(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    page = words(client.get(create()))
    assert "名册上没有党员，不能点名。请先导入名册或登记党员" in page
    assert 'name="topic"' not in page
    refused = client.post(create(), typed(topic="已经写好的主题"))
    assert refused.status_code == 422
    assert 'value="已经写好的主题"' in words(refused)
    assert not Meeting.objects.exists()
    assert client.post(create("volunteering"), typed()).status_code == 302


def test_the_level_above_sends_back_and_writes_only_where_nobody_can(zone: Zone) -> None:
    record, client = write(zone), zone.client("huzhuang")
    body = {"uid": str(record.uid), "version": "1", "topic": "上级改的"}
    assert client.get(url("edit", record)).status_code == 404
    assert client.post(url("edit", record), body).status_code == 404
    assert client.post(url("withdraw", record), {"reason": "上级撤的"}).status_code == 404
    assert url("edit", record) not in words(client.get(url("detail", record)))
    with pytest.raises(NotAllowed, match="请退回并写明"):
        meetings.withdraw(meeting=record, reason="上级撤的", by=zone.actor("huzhuang"))
    assert Meeting.objects.get().version == 1
    # Who has written it for the branch mends it himself, and does not look at it.
    own = write(zone, who="huzhuang", topic="代为补登")
    assert client.get(url("edit", own)).status_code == 200
    assert client.post(url("thank", own)).status_code == 403
    # Nobody there can sign in any more.
    RoleGrant.objects.filter(organization=zone.branch).update(valid_to=START)
    assert client.get(url("edit", record)).status_code == 200


def test_who_gave_leave_is_kept_with_each_absence(zone: Zone) -> None:
    ill, away, silent, here = people(zone.branch, "甲", "乙", "丙", "丁")
    OfficeHolding.objects.create(
        organization=zone.branch, post=Post.SECRETARY, person_name="王书记"
    )
    client = zone.client("huzhuang1")
    assert '<option value="王书记">' in words(client.get(create()))
    body = {
        f"m-{ill.pk}": "illness",
        f"leave-{ill.pk}": " 王书记 ",
        f"m-{away.pk}": "away",
        # Nobody gave leave to who had none, nor to who came.
        f"m-{silent.pk}": "none",
        f"leave-{silent.pk}": "王书记",
        f"m-{here.pk}": "present",
        f"leave-{here.pk}": "王书记",
    }
    page = words(client.post(create(), typed(**body), follow=True))
    assert "甲（病假，王书记准假）" in page
    assert ("乙（外出）" in page, "丙（没有请假）" in page) == (True, True)
    record = Meeting.objects.get()
    given = dict(record.attendances.values_list("member__name", "approver_name"))
    assert given == {"甲": "王书记", "乙": "", "丙": "", "丁": ""}
    # Written anew, it is offered as it stood.
    form = client.get(url("edit", record)).context["form"]
    assert form[f"leave-{ill.pk}"].value() == "王书记"
    again = {box.html_name: box.value() for box in form if box.value() is not None}
    assert client.post(url("edit", record), again).status_code == 302
    newest = Meeting.objects.current().get()
    assert (newest.version, newest.attendances.get(member=ill).approver_name) == (2, "王书记")
    long = typed(**{**body, f"leave-{ill.pk}": "王" * 51})
    assert client.post(create(), long).status_code == 422


def test_roll_is_offered_by_group_only_where_there_are_groups(zone: Zone) -> None:
    first, last, _ = people(zone.branch, "甲", "乙", "丙")
    client = zone.client("huzhuang1")
    assert "data-order" not in words(client.get(create()))
    groups = [
        make_organization(name, OrganizationKind.PARTY_GROUP, zone.branch)
        for name in ("第一党小组", "第二党小组")
    ]
    for member, group in ((first, groups[1]), (last, groups[0])):
        GroupMembership.objects.create(member=member, group=group, since=START)
    page = client.get(create())
    assert 'data-groups="第一党小组|第二党小组"' in words(page)
    (part,) = page.context["form"].parts
    places = {line.one.name: line.group for line in part.expected}
    assert places == {"甲": 1, "乙": 0, "丙": 2}  # who is in none comes last
