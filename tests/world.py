"""A small zone that the tests act in, built straight into the tables.

Two streets with a general branch and branches each, so that every permission test has a
neighbour whose data could leak.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from core.actor import Actor
from core.crypto import blind_index, seal
from members.models import Member
from members.models.member import column
from orgs.access import actor_of
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.models import Organization, OrganizationPlacement, RoleGrant, User
from orgs.models.organization import STEP

PASSWORD = "Correct-Horse-9"
START = dt.date(2020, 1, 1)
_MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def make_organization(
    name: str,
    kind: str = OrganizationKind.BRANCH,
    parent: Organization | None = None,
    **fields: Any,
) -> Organization:
    """An organisation below `parent` (or a root), with its placement."""
    if parent is None:
        index = Organization.objects.filter(parent=None).count() + 1
        path = f"{index:0{STEP}d}"
    else:
        index = Organization.objects.filter(parent=parent).count() + 1
        path = f"{parent.path}{index:0{STEP}d}"
    fields.setdefault("founded_on", START)
    organization = Organization.objects.create(
        code=f"T{Organization.objects.count() + 1:06d}",
        name=name,
        name_key=name,
        short_name=fields.pop("short_name", name),
        kind=kind,
        parent=parent,
        path=path,
        depth=len(path) // STEP,
        updated_at=_MOMENT,
        **fields,
    )
    OrganizationPlacement.objects.create(
        organization=organization, parent=parent, path=path, name=name, kind=kind, valid_from=START
    )
    return organization


def make_user(
    username: str, role: str = "", organization: Organization | None = None, **fields: Any
) -> User:
    """An account that can sign in with PASSWORD, with one grant when `role` is given."""
    user = User(
        username=username,
        name=fields.pop("name", username),
        created_at=_MOMENT,
        password_changed_at=fields.pop("password_changed_at", dt.datetime.now(dt.UTC)),
        **fields,
    )
    user.set_password(PASSWORD)
    user.save()
    if role and organization:
        grant(user, role, organization)
    return user


def grant(user: User, role: str, organization: Organization) -> RoleGrant:
    """Gives `user` the role there, since long."""
    return RoleGrant.objects.create(
        user=user,
        role=role,
        organization=organization,
        valid_from=START,
        granted_by_name="测试",
        granted_at=_MOMENT,
    )


def actor(user: User) -> Actor:
    """The user acting in his first grant."""
    return actor_of(user, user.grants.select_related("organization").first())


def make_member(
    organization: Organization, name: str = "张三", number: str = "", **fields: Any
) -> Member:
    """A full member of the branch; identity number, phone and address sealed when given."""
    phone = fields.pop("phone", "")
    address = fields.pop("address", "")
    member = Member(
        organization=organization,
        name=name,
        name_pinyin=fields.pop("name_pinyin", "zhangsan"),
        name_initials=fields.pop("name_initials", "zs"),
        category=fields.pop("category", "full_member"),
        joined_on=fields.pop("joined_on", dt.date(2010, 7, 1)),
        full_member_on=fields.pop("full_member_on", dt.date(2011, 7, 1)),
        updated_at=_MOMENT,
        **fields,
    )
    if number:
        member.identity_sealed = seal(number, column=column("identity_number"), row=member.uid)
        member.identity_index = blind_index(number, column=column("identity_number"))
        member.identity_tail_index = blind_index(number[-4:], column=column("identity_tail"))
    if phone:
        member.phone_sealed = seal(phone, column=column("phone"), row=member.uid)
        member.phone_index = blind_index(phone, column=column("phone"))
    if address:
        member.address_sealed = seal(address, column=column("address"), row=member.uid)
    member.save()
    return member


@dataclass
class Zone:
    """The small zone. `users` by login name."""

    root: Organization
    street: Organization
    general: Organization
    branch: Organization
    branch2: Organization
    neighbour_street: Organization
    neighbour_branch: Organization
    users: dict[str, User] = field(default_factory=dict)

    def client(self, username: str) -> Client:
        """A browser in which `username` is signed in."""
        client = Client()
        client.force_login(self.users[username], backend="orgs.backends.NameOrPhoneBackend")
        return client

    def actor(self, username: str) -> Actor:
        """`username` acting in his grant, or as the administrator that he is."""
        return actor(self.users[username])


def build_zone() -> Zone:
    """The tree, and one account for each role."""
    kinds = OrganizationKind
    root = make_organization(
        "中共徐州经济技术开发区工作委员会", kinds.WORK_COMMITTEE, short_name="党工委"
    )
    street = make_organization(
        "中共大黄山街道工作委员会",
        kinds.DIRECT_COMMITTEE,
        root,
        short_name="大黄山街道",
        organization_class=OrganizationClass.STREET,
    )
    general = make_organization(
        "中共大黄山街道湖庄村总支部委员会", kinds.GENERAL_BRANCH, street, short_name="湖庄村党总支"
    )
    branch = make_organization(
        "中共大黄山街道湖庄村第一支部委员会", kinds.BRANCH, general, short_name="湖庄村第一支部"
    )
    branch2 = make_organization(
        "中共大黄山街道湖庄村第二支部委员会", kinds.BRANCH, general, short_name="湖庄村第二支部"
    )
    neighbour = make_organization(
        "中共金山桥街道工作委员会",
        kinds.DIRECT_COMMITTEE,
        root,
        short_name="金山桥街道",
        organization_class=OrganizationClass.STREET,
    )
    neighbour_branch = make_organization(
        "中共金山桥街道桃园社区第一支部委员会",
        kinds.BRANCH,
        neighbour,
        short_name="桃园社区第一支部",
    )
    zone = Zone(root, street, general, branch, branch2, neighbour, neighbour_branch)
    for username, role, organization in (
        ("zone", "zone_staff", root),
        ("committee", "committee", root),
        ("reviewer", "reviewer", street),
        ("dahuangshan", "committee_staff", street),
        ("huzhuang", "general_branch_staff", general),
        ("huzhuang1", "branch_secretary", branch),
        ("officer", "branch_officer", branch),
        ("huzhuang2", "branch_secretary", branch2),
        ("jinshanqiao", "committee_staff", neighbour),
        ("taoyuan1", "branch_secretary", neighbour_branch),
    ):
        zone.users[username] = make_user(username, role, organization)
    for username, kind in (("sysadmin", "system"), ("secadmin", "security"), ("auditor", "audit")):
        zone.users[username] = make_user(username, admin_kind=kind)
    return zone


@pytest.fixture
def zone(db: None) -> Zone:
    return build_zone()
