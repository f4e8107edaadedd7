"""A small zone that the tests act in, built straight into the tables.

Two streets with a general branch and branches each, so that every permission test has a
neighbour whose data could leak.
"""

import datetime as dt
import re
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.test import Client

from core.actor import Actor
from core.crypto import blind_index, seal
from core.text import search_key
from members.models import Member
from members.models.member import column, phone_indexes
from orgs.access import actor_of
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.models import Organization, OrganizationPlacement, RoleGrant, User
from orgs.models.organization import STEP
from orgs.sessions import SessionStore

from .standing import Standing, level

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
    return make_organizations(parent, [{"name": name, "kind": kind, **fields}])[0]


def make_organizations(
    parent: Organization | None, wanted: list[dict[str, Any]]
) -> list[Organization]:
    """Organisations below `parent` (or roots), with their placements. Four statements."""
    place = Organization.objects.filter(parent=parent).count()
    number = Organization.objects.count()
    rows = []
    for index, fields in enumerate(wanted, start=1):
        path = f"{parent.path if parent else ''}{place + index:0{STEP}d}"
        usual = {
            "code": f"T{number + index:06d}",
            "name_key": fields["name"],
            "short_name": fields["name"],
            "founded_on": START,
            "updated_at": _MOMENT,
        }
        rows.append(
            Organization(**{**usual, **fields}, parent=parent, path=path, depth=len(path) // STEP)
        )
    Organization.objects.bulk_create(rows)
    OrganizationPlacement.objects.bulk_create(
        OrganizationPlacement(
            organization=row,
            parent=parent,
            path=row.path,
            name=row.name,
            kind=row.kind,
            valid_from=START,
        )
        for row in rows
    )
    return rows


def make_user(
    username: str, role: str = "", organization: Organization | None = None, **fields: Any
) -> User:
    """An account that can sign in with PASSWORD, with one grant when `role` is given."""
    user = _user(username, **fields)
    user.save()
    if role and organization:
        grant(user, role, organization)
    return user


def _by_the_real_clock() -> dt.datetime:
    """Now, also in a test that travels: a world that it built stands for others, which do not."""
    hatch = time_machine.escape_hatch
    now = hatch.datetime.datetime if hatch.is_travelling() else dt.datetime
    return now.now(tz=dt.UTC)


def _user(username: str, **fields: Any) -> User:
    user = User(
        username=username,
        name=fields.pop("name", username),
        created_at=_MOMENT,
        password_changed_at=fields.pop("password_changed_at", _by_the_real_clock()),
        **fields,
    )
    user.password = _hash(settings.PASSWORD_HASHERS[0])
    return user


@lru_cache(maxsize=2)
def _hash(hasher: str) -> str:
    """PASSWORD as it is stored: hashed once, for hashing is made to take long."""
    return make_password(PASSWORD)


def grant(user: User, role: str, organization: Organization) -> RoleGrant:
    """Gives `user` the role there, since long."""
    given = _grant(user, role, organization)
    given.save()
    return given


def _grant(user: User, role: str, organization: Organization) -> RoleGrant:
    return RoleGrant(
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
        name_key=search_key(name),
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
        member.phone_index = phone_indexes(phone)
    if address:
        member.address_sealed = seal(address, column=column("address"), row=member.uid)
    member.save()
    return member


class Browser(Client):
    """A client whose person reads what is asked before an act (core/acts.py) and agrees to it:
    `agreed` without the mark of a question is answered with that question's own."""

    def post(self, path: Any, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The answer to the second post, where the first was answered with a question."""
        if isinstance(data, dict) and data.get("agreed") == "yes" and "seen" not in data:
            asking = {name: value for name, value in data.items() if name != "agreed"}
            asked = super().post(path, asking, *args, **kwargs)
            mark = re.search(rb'name="seen" value="([0-9a-f]+)"', asked.content)
            if not mark:
                return asked
            data = {**data, "seen": mark[1].decode()}
        return super().post(path, data, *args, **kwargs)


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

    def client(self, username: str) -> Browser:
        """A browser in which `username` is signed in: his session stands in its table. Nothing
        else of signing in has happened, which most tests would only wait for. One statement."""
        user, session = self.users[username], SessionStore(uuid.uuid4().hex)
        row = session.create_model_instance(
            {
                SESSION_KEY: str(user.pk),
                BACKEND_SESSION_KEY: "orgs.backends.NameOrPhoneBackend",
                HASH_SESSION_KEY: user.get_session_auth_hash(),
            }
        )
        row.save(force_insert=True)
        client = Browser()
        client.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
        return client

    def actor(self, username: str) -> Actor:
        """`username` acting in his grant, or as the administrator that he is."""
        return actor(self.users[username])


@level("zone")
def build_zone() -> Zone:
    """The tree, and one account for each role. In few statements: nearly every test builds it."""
    kinds, street_class = OrganizationKind, {"organization_class": OrganizationClass.STREET}

    def one(name: str, short_name: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "short_name": short_name, "kind": kind, **more}

    (root,) = make_organizations(
        None, [one("中共徐州经济技术开发区工作委员会", "党工委", kinds.WORK_COMMITTEE)]
    )
    street, neighbour = make_organizations(
        root,
        [
            one(
                *("中共大黄山街道工作委员会", "大黄山街道", kinds.DIRECT_COMMITTEE), **street_class
            ),
            one(
                *("中共金山桥街道工作委员会", "金山桥街道", kinds.DIRECT_COMMITTEE), **street_class
            ),
        ],
    )
    (general,) = make_organizations(
        street, [one("中共大黄山街道湖庄村总支部委员会", "湖庄村党总支", kinds.GENERAL_BRANCH)]
    )
    branch, branch2 = make_organizations(
        general,
        [
            one("中共大黄山街道湖庄村第一支部委员会", "湖庄村第一支部", kinds.BRANCH),
            one("中共大黄山街道湖庄村第二支部委员会", "湖庄村第二支部", kinds.BRANCH),
        ],
    )
    (neighbour_branch,) = make_organizations(
        neighbour, [one("中共金山桥街道桃园社区第一支部委员会", "桃园社区第一支部", kinds.BRANCH)]
    )
    zone = Zone(root, street, general, branch, branch2, neighbour, neighbour_branch)
    acting = {
        "zone": ("zone_staff", root),
        "committee": ("committee", root),
        "reviewer": ("reviewer", street),
        "dahuangshan": ("committee_staff", street),
        "huzhuang": ("general_branch_staff", general),
        "huzhuang1": ("branch_secretary", branch),
        "officer": ("branch_officer", branch),
        "huzhuang2": ("branch_secretary", branch2),
        "jinshanqiao": ("committee_staff", neighbour),
        "taoyuan1": ("branch_secretary", neighbour_branch),
    }
    administering = {"sysadmin": "system", "secadmin": "security", "auditor": "audit"}
    users = [_user(name) for name in acting]
    users += [_user(name, admin_kind=kind) for name, kind in administering.items()]
    zone.users = {user.username: user for user in User.objects.bulk_create(users)}
    RoleGrant.objects.bulk_create(
        _grant(zone.users[name], role, organization)
        for name, (role, organization) in acting.items()
    )
    return zone


@pytest.fixture
def zone(db: None, standing: Standing) -> Zone:
    found: Zone = standing.value("zone")
    return found
