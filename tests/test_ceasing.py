"""合并 and 撤销 say exactly what they will do, do that and nothing else, and end the grants there."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import AuditEntry, Notification
from members.models import Member
from orgs.actions import namings
from orgs.models import NamedRight, OfficeHolding, Organization, RoleGrant, User
from orgs.models.naming import ALWAYS
from schedules.rounds.models import Duty

from .access_objects import NOW
from .world import Zone, grant, make_member, make_organization, make_user

QUERIES_OF_NAMINGS = 19
DECIDED = {"on": "2026-07-01", "document_number": "徐开委〔2026〕9号"}


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def asked(zone: Zone, act: str, source: Organization, **typed: str) -> tuple[str, dict[str, str]]:
    """The question, and what agrees to it."""
    client = zone.client("zone")
    url = reverse(f"orgs:organization-{act}", args=[source.pk])
    page = client.post(url, {"revision": source.revision, **DECIDED, **typed})
    assert page.status_code == 200, page.content.decode()
    text = page.content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', text)
    assert seen, text
    return text, {"agreed": "yes", "seen": seen[1]}


def filled(zone: Zone) -> Organization:
    """A branch with members in every state, offices, grants, a naming and open duties."""
    branch = zone.branch
    for name in ("甲", "乙", "丙"):
        make_member(branch, name)
    make_member(branch, "丁", state="suspended")
    make_member(branch, "戊", state="left")
    OfficeHolding.objects.create(organization=branch, post="secretary", person_name="蔡航国")
    NamedRight.objects.create(
        user=make_user("named"),
        relation="schedules.checker",
        organization=branch,
        valid_from=dt.date(2026, 1, 1),
        reason="抽调核报",
        named_by_name="党工委",
        named_at=NOW,
    )
    User.objects.filter(username="named").update(named_until=ALWAYS)
    return branch


@pytest.mark.parametrize("people", [2, 6])  # of both kinds
def test_namings_end_in_as_many_queries(
    zone: Zone, django_assert_num_queries: Any, people: int
) -> None:
    """Of those still to come, too; what the person is named for elsewhere goes on."""
    for place in range(people):
        user = make_user(f"named{place}")
        for organization in (zone.branch, zone.branch2):
            NamedRight.objects.create(
                user=user,
                relation="schedules.checker",
                organization=organization,
                is_recusal=place % 2 == 1,
                valid_from=dt.date(2026, 9, 1) if place else dt.date(2026, 1, 1),
                valid_to=dt.date(2026, 12, 1) if organization == zone.branch2 else None,
                reason="抽调核报",
                named_by_name="党工委",
                named_at=NOW,
            )
    with django_assert_num_queries(QUERIES_OF_NAMINGS):
        assert namings.end_at(by=zone.actor("zone"), organization=zone.branch) == people
    with clock.at(dt.datetime(2026, 10, 1, tzinfo=dt.UTC)):
        left = NamedRight.objects.current().values_list("organization", flat=True)
        assert list(left) == [zone.branch2.pk] * people
    assert set(User.objects.filter(username__startswith="named").values_list("named_until")) == {
        (dt.date(2026, 12, 1),)
    }
    verbs = (
        AuditEntry.objects.filter(verb__endswith=".ended")
        .order_by("sequence")
        .values_list("verb", flat=True)
    )
    assert list(verbs) == ["orgs.naming.ended", "orgs.recusal.ended"] * (people // 2)


def test_merging_says_what_it_does_and_does_what_it_says(zone_in_june: Zone) -> None:
    zone = zone_in_june
    source, target = filled(zone), zone.branch2
    owed = [
        duty.title
        for duty in Duty.objects.outstanding().filter(organization=source).order_by("due_on", "pk")
    ]
    assert owed
    text, agreed = asked(zone, "merge", source, target=str(target.pk))
    for line in (
        f"5 名党员的登记转入{target}：在册 3 名、停止党籍 1 名、已离开 1 名。",
        "1 项任职同日结束：蔡航国（书记）。",
        "2 项授权今天结束：huzhuang1（支部书记）、officer（支部委员）。",
        "1 项指名或回避今天结束。",
        f"{len(owed)} 项没有办完的应办事项不再要求办理：{'、'.join(owed)}。",
    ):
        assert line in text, line
    assert Member.objects.filter(organization=source).count() == 5  # asked, nothing done
    assert RoleGrant.objects.current().filter(organization=source).count() == 2
    url = reverse("orgs:organization-merge", args=[source.pk])
    body = {"revision": str(source.revision), "target": str(target.pk), **DECIDED, **agreed}
    # One more member meanwhile: the question is asked anew, with its number.
    make_member(source, "己")
    again = zone.client("zone").post(url, body).content.decode()
    assert "6 名党员的登记" in again
    assert Member.objects.filter(organization=source).count() == 6
    _, agreed = asked(zone, "merge", source, target=str(target.pk))
    assert zone.client("zone").post(url, body | agreed).status_code == 302
    assert Member.objects.filter(organization=target).count() == 6
    assert not Member.objects.filter(organization=source).exists()
    assert not RoleGrant.objects.current().filter(organization=source).exists()
    assert not NamedRight.objects.not_over().filter(organization=source).exists()
    assert not OfficeHolding.objects.filter(organization=source, ended_on=None).exists()
    told = Notification.objects.filter(user=zone.users["huzhuang1"], title__contains="授权已结束")
    assert told.count() == 1
    named = NamedRight.objects.select_related("user").get(organization=source)
    assert named.user.named_until is None
    entry = AuditEntry.objects.get(verb="orgs.naming.ended", object_id=str(named.pk))
    assert entry.changes == {"valid_to": [None, named.valid_to.isoformat()]}
    assert Notification.objects.filter(user=named.user, title=f"{source}的指名已结束").count() == 1
    assert zone.client("huzhuang1").get(reverse("members:member-list")).status_code == 404


def test_abolishing_ends_grants_deputies_and_those_to_come(zone: Zone) -> None:
    branch = zone.branch
    own = zone.users["huzhuang1"].grants.get()
    deputy = make_user("standing-in")
    right = grant(deputy, own.role, branch)
    RoleGrant.objects.filter(pk=right.pk).update(deputy_for=own, valid_to=dt.date(2026, 12, 1))
    later = grant(make_user("later"), "branch_officer", branch)
    RoleGrant.objects.filter(pk=later.pk).update(valid_from=dt.date(2026, 9, 1))
    other = grant(zone.users["huzhuang1"], "branch_secretary", zone.branch2)
    text, agreed = asked(zone, "abolish", branch)
    assert "4 项授权今天结束" in text
    url = reverse("orgs:organization-abolish", args=[branch.pk])
    body = {"revision": str(branch.revision), **DECIDED, **agreed}
    assert zone.client("zone").post(url, body).status_code == 302
    with clock.at(NOW + dt.timedelta(days=90)):
        assert not RoleGrant.objects.current().filter(organization=branch).exists()
    later.refresh_from_db()
    assert later.valid_to == later.valid_from
    assert RoleGrant.objects.current().filter(pk=other.pk).exists()


def test_organisations_below_are_told_by_name(zone: Zone) -> None:
    beside = make_organization("湖庄村第三党总支", "general_branch", zone.street)
    make_member(zone.branch, "甲")
    text, _ = asked(zone, "merge", zone.general, target=str(beside.pk))
    assert (
        f"2 个下级党组织（连同其下级和党员）转入{beside}：{zone.branch}、{zone.branch2}。" in text
    )
    assert "名党员的登记" not in text  # they stay in their branches


@pytest.mark.parametrize("seen", [{}, {"seen": ""}, {"seen": "0" * 16}, {"seen": ["", "x"]}])
@pytest.mark.parametrize("act", ["merge", "abolish"])
def test_agreeing_to_nothing_that_was_shown_is_answered_with_the_question(
    zone: Zone, act: str, seen: dict[str, Any]
) -> None:
    """A post made by hand says yes without the mark of the question: nobody has seen the numbers."""
    client = Client()
    client.force_login(zone.users["zone"], backend="orgs.backends.NameOrPhoneBackend")
    url = reverse(f"orgs:organization-{act}", args=[zone.branch.pk])
    body = {"revision": "1", **DECIDED, "target": str(zone.branch2.pk), "agreed": "yes", **seen}
    answer = client.post(url, body)
    assert answer.status_code == 200
    assert "还没有办理" in answer.content.decode()
    zone.branch.refresh_from_db()
    assert zone.branch.abolished_on is None
