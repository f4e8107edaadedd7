"""Registering a member: what is known is not asked, what nobody else knows is; no dead ends."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from core.actor import system
from members.actions import members
from members.enums import EXCLUSIONS, MembershipState
from members.models import Member
from orgs.models import Organization

from .test_members import number, typed
from .world import Zone, build_zone, make_member

CREATE = "members:member-create"


@pytest.fixture
def zone(db: None) -> Zone:
    """A small zone."""
    return build_zone()


def register(zone: Zone, username: str = "dahuangshan", **given: Any) -> Any:
    body = typed(organization=zone.branch.pk) | given
    return zone.client(username).post(
        reverse(CREATE), {key: value for key, value in body.items() if value is not None}
    )


def wrong(response: Any) -> str:
    assert response.status_code == 422
    return str(response.content.decode())


def test_sex_and_birth_date_come_from_the_identity_number(zone: Zone) -> None:
    text = zone.client("dahuangshan").get(reverse(CREATE)).content.decode()
    assert "按身份号码" in text
    assert register(zone, sex="", birth_on="").status_code == 302
    member = Member.objects.get()
    of_number = number(9)
    assert member.sex == ("1" if int(of_number[16]) % 2 else "2")
    assert f"{member.birth_on:%Y%m%d}" == of_number[6:14]


def test_what_is_typed_goes_before_the_identity_number(zone: Zone) -> None:
    assert register(zone, sex="2", birth_on="1970-01-02").status_code == 302
    member = Member.objects.get()
    assert (member.sex, member.birth_on) == ("2", dt.date(1970, 1, 2))


def test_emptying_a_birth_date_takes_that_of_the_registered_number(zone: Zone) -> None:
    member = make_member(zone.branch, "张三", number(9), sex="1", birth_on=dt.date(1970, 1, 1))
    url = reverse("members:member-edit", args=[member.pk])
    given = typed(identity_number="", birth_on="", sex="", revision=1)
    assert zone.client("dahuangshan").post(url, given).status_code == 302
    member.refresh_from_db()
    assert f"{member.birth_on:%Y%m%d}" == number(9)[6:14]


def test_the_only_branch_is_chosen_already(zone: Zone) -> None:
    form = zone.client("huzhuang1").get(reverse(CREATE)).context["form"]
    assert form["organization"].value() == zone.branch.pk
    form = zone.client("dahuangshan").get(reverse(CREATE)).context["form"]
    assert form["organization"].value() is None


@pytest.mark.parametrize("phone", ["1", "123", "无号码", "138", "1380000000", "12345678901234"])
def test_what_is_no_telephone_number_is_refused(zone: Zone, phone: str) -> None:
    assert "请填 11 位手机号" in wrong(register(zone, phone=phone))
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    "phone", ["13800000000", "138 0000 0000", "0516-83870000", "+86 13800000000", "83870000", ""]
)
def test_telephone_numbers_are_kept_as_they_were_written(zone: Zone, phone: str) -> None:
    assert register(zone, phone=phone).status_code == 302
    assert Member.objects.get().unsealed("phone") == phone


def test_a_transfer_is_asked_when_it_arrived_and_counts_from_then(zone: Zone) -> None:
    assert "请填写转入日期" in wrong(register(zone, arrived_on=""))
    assert "转入日期不能晚于今天" in wrong(register(zone, arrived_on="2099-01-01"))
    assert "转入日期不能早于入党时间" in wrong(register(zone, arrived_on="1999-01-01"))
    page = register(zone, arrived_on="", name="").content.decode()
    assert "转入日期：请填写转入日期" not in page  # the label once
    assert "姓名：" in page
    day = dt.date(2026, 6, 3)
    assert register(zone, arrived_on=day.isoformat()).status_code == 302
    member = Member.objects.get()
    assert [row.valid_from for row in member.standings.all()] == [day]
    text = zone.client("dahuangshan").get(member.get_absolute_url()).content.decode()
    assert "转入日期" in text


def test_a_new_probationary_member_has_no_day_of_arrival(zone: Zone) -> None:
    joined = dt.date.today() - dt.timedelta(days=20)
    given = {"category": "probationary_member", "full_member_on": "", "arrived_on": ""}
    assert register(zone, joined_on=joined.isoformat(), **given).status_code == 302
    assert Member.objects.get().standings.get().valid_from == joined


ACTS = ("edit", "move", "exit", "restore", "status")


@pytest.mark.parametrize("username", ["zone", "dahuangshan", "huzhuang1"])
@pytest.mark.parametrize("state", MembershipState.values)
@pytest.mark.parametrize("category", ["full_member", "probationary_member"])
@pytest.mark.parametrize("is_abolished", [False, True])
def test_every_act_that_is_offered_has_a_way_through(
    zone: Zone, username: str, state: str, category: str, *, is_abolished: bool
) -> None:
    member = make_member(zone.branch, "张三", number(9), category=category, full_member_on=None)
    if state == "left":
        members.record_exit(
            member=member, reason="transferred", happened_on=dt.date(2026, 1, 5), by=system()
        )
    else:
        Member.objects.filter(pk=member.pk).update(state=state)
    if is_abolished:
        if state != "left":
            pytest.skip("nobody remains where an organisation ceases")
        day = dt.date(2026, 2, 1)
        Organization.objects.filter(pk=zone.branch.pk).update(abolished_on=day)
    client = zone.client(username)
    page = client.get(member.get_absolute_url())
    if page.status_code == 404:
        return
    text = page.content.decode()
    for name in ACTS:
        url = reverse(f"members:member-{name}", args=[member.pk])
        if f'href="{url}"' not in text:
            continue
        form = client.get(url).context["form"]
        for field in form.fields.values():
            if hasattr(field, "queryset"):
                assert field.queryset.exists(), (name, field.label)
        if name == "exit":
            reasons = [key for key, _label in form.fields["reason"].choices if key]
            assert not EXCLUSIONS & set(reasons), "decided by two: 党籍处理"
        if name == "status" and state != "left":
            kinds = [key for key, _label in form.fields["kind"].choices if key]
            assert ("expelled" in kinds) == (category == "full_member")
            assert ("probation_cancelled" in kinds) == (category != "full_member")


def test_a_secretary_of_one_branch_is_not_offered_another(zone: Zone) -> None:
    member = make_member(zone.branch, "张三", number(9))
    url = reverse("members:member-move", args=[member.pk])
    assert url not in zone.client("huzhuang1").get(member.get_absolute_url()).content.decode()
    assert url in zone.client("dahuangshan").get(member.get_absolute_url()).content.decode()


def test_who_left_an_abolished_branch_is_restored_into_another(zone: Zone) -> None:
    member = make_member(zone.branch, "张三", number(9))
    members.record_exit(
        member=member, reason="transferred", happened_on=dt.date(2026, 1, 5), by=system()
    )
    Organization.objects.filter(pk=zone.branch.pk).update(abolished_on=dt.date(2026, 2, 1))
    url = reverse("members:member-restore", args=[member.pk])
    client = zone.client("dahuangshan")
    assert client.post(url, {"reason": "登记有误"}).status_code == 422
    foreign = {"reason": "登记有误", "organization": zone.neighbour_branch.pk}
    assert client.post(url, foreign).status_code == 422
    given = {"reason": "登记有误", "organization": zone.branch2.pk}
    assert client.post(url, given).status_code == 302
    member.refresh_from_db()
    assert (member.state, member.organization_id) == ("normal", zone.branch2.pk)
    assert member.standings.in_force().get(valid_to=None).organization_id == zone.branch2.pk
