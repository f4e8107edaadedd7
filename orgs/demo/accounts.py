"""Accounts of the demo zone: thirteen by name, and one for each organisation that reports."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from core.crypto import seal
from core.demo import RECORDER, Seeding
from orgs import roles
from orgs.backends import PHONE_COLUMN, phone_index
from orgs.enums import AdminKind, OrganizationKind, Post
from orgs.models import Organization, RoleGrant, User

from .names import person_name
from .tree import Tree, months_before

ZONE = "党工委"


@dataclass(frozen=True, slots=True)
class Named:
    """An account that the guide names: whom it belongs to and where it acts (short names)."""

    username: str
    about: str
    grants: tuple[tuple[type[roles.Role], str], ...] = ()
    admin_kind: str = AdminKind.NONE
    post: Post = Post.SECRETARY
    name: str = ""


NAMED = (
    Named("zone", "党工委组织部工作人员：全区组织、党员、计划和月报", ((roles.ZoneStaff, ZONE),), name="陈志远"),
    Named("zone2", "党工委组织部副部长：与另一位工作人员互相把关，参加品牌评审", ((roles.ZoneStaff, ZONE),), name="赵明远"),
    Named("committee", "考核委员会委员：查看全区的情况和月报", ((roles.Committee, ZONE),), name="王弘志"),
    Named(
        "reviewer",
        "考核组成员：查看大黄山街道、金山桥街道的组织和月报，正在复核金山桥街道的支部",
        ((roles.Reviewer, "大黄山街道"), (roles.Reviewer, "金山桥街道")),
        name="周文静",
    ),
    Named("dahuangshan", "大黄山街道党务工作者：核报、提醒、报送街道月报，组织本街道支部的考核", ((roles.CommitteeStaff, "大黄山街道"),)),
    Named(
        "dahuangshan2",
        "大黄山街道党工委副书记：发布本街道支部的考核细则，审定考核结果",
        ((roles.CommitteeStaff, "大黄山街道"),),
        post=Post.DEPUTY_SECRETARY,
    ),
    Named(
        "huzhuang",
        "湖庄村党总支工作人员，兼湖庄村第二支部委员（可切换身份）",
        ((roles.GeneralBranchStaff, "湖庄村党总支"), (roles.BranchOfficer, "湖庄村第二支部")),
    ),
    Named("huzhuang1", "湖庄村第一支部书记：填写、报送月报，上月有一项被退回", ((roles.BranchSecretary, "湖庄村第一支部"),)),
    Named(
        "jinshanqiao",
        "金山桥街道党务工作者：相邻街道，看不到大黄山街道；本街道支部的考核正在复核",
        ((roles.CommitteeStaff, "金山桥街道"),),
        post=Post.ORGANIZATION_COMMISSIONER,
    ),
    Named(
        "jinshanqiao2",
        "金山桥街道党工委副书记：发布本街道支部的考核细则，审定考核结果",
        ((roles.CommitteeStaff, "金山桥街道"),),
        post=Post.DEPUTY_SECRETARY,
    ),
    Named("taoyuan1", "桃园社区第一支部书记：相邻街道的支部，要复核别的支部", ((roles.BranchSecretary, "桃园社区第一支部"),)),
    Named("sysadmin", "系统管理员：账号和后台作业，看不到党员信息", admin_kind=AdminKind.SYSTEM, name="孙立新"),
    Named("secadmin", "安全管理员：授权和登录会话，看不到党员信息", admin_kind=AdminKind.SECURITY, name="何雪梅"),
    Named("auditor", "审计管理员：审计记录，看不到党员信息", admin_kind=AdminKind.AUDIT, name="罗建平"),
)  # fmt: skip
_ROLES: dict[str, tuple[type[roles.Role], str]] = {
    OrganizationKind.DIRECT_COMMITTEE: (roles.CommitteeStaff, "d"),
    OrganizationKind.GENERAL_BRANCH: (roles.GeneralBranchStaff, "z"),
    OrganizationKind.BRANCH: (roles.BranchSecretary, "b"),
    OrganizationKind.JOINT_BRANCH: (roles.BranchSecretary, "b"),
}


@dataclass
class Accounts:
    """The accounts, and who of them works for which organisation."""

    by_username: dict[str, User] = field(default_factory=dict)
    responsible: dict[int, User] = field(default_factory=dict)


def accounts() -> list[dict[str, str]]:
    """Whom whoever starts the demo can sign in as."""
    return [
        *({"username": row.username, "about": row.about} for row in NAMED),
        {"username": "d0001 …", "about": "各直属党委党务工作者"},
        {"username": "z0001 …", "about": "各党总支工作人员"},
        {"username": "b00001 …", "about": "各党支部书记"},
    ]


def build(seeding: Seeding) -> Mapping[str, int]:
    """Accounts and grants, and the offices tied to the accounts of their holders.

    The password is hashed once; all accounts share the hash.
    """
    tree, found = seeding.of(Tree), Accounts()
    maker = _Maker(seeding)
    granted: list[tuple[User, type[roles.Role], Organization]] = []
    seated: dict[tuple[int, str], User] = {}
    for entry in NAMED:
        places = [
            (role, tree.root if place == ZONE else tree.by_short_name.get(place))
            for role, place in entry.grants
        ]
        known = [(role, place) for role, place in places if place is not None]
        name, phone = entry.name, ""
        if not name:
            name, phone = _holder(tree, known[0][1], entry.post)
        user = maker.user(entry.username, name, phone, admin_kind=entry.admin_kind, email=True)
        found.by_username[user.username] = user
        for role, place in known:
            granted.append((user, role, place))
            if role is _ROLES.get(place.kind, (None, ""))[0]:
                found.responsible.setdefault(place.pk, user)
                seated[place.pk, user.name] = user
    numbers: dict[str, int] = {}
    for organization in tree.organizations:
        if organization.kind not in _ROLES or organization.abolished_on is not None:
            continue
        role, letter = _ROLES[organization.kind]
        numbers[letter] = number = numbers.get(letter, 0) + 1
        if organization.pk in found.responsible:
            continue
        name, phone = _holder(tree, organization, Post.SECRETARY)
        if organization.kind == OrganizationKind.DIRECT_COMMITTEE:
            name, phone = _holder(tree, organization, Post.ORGANIZATION_COMMISSIONER)
        username = f"{letter}{number:0{5 if letter == 'b' else 4}d}"
        user = maker.user(username, name, phone)
        found.responsible[organization.pk] = user
        seated[organization.pk, user.name] = user
        granted.append((user, role, organization))
    seeding.insert(maker.users, found_by="username")
    seeding.insert(
        [
            RoleGrant(
                user=user,
                role=role.key,
                organization=place,
                valid_from=max(maker.since, place.founded_on or maker.since),
                granted_by_name=RECORDER,
                granted_at=seeding.now,
            )
            for user, role, place in granted
        ]
    )
    for office in tree.offices:
        office.user = seated.get((office.organization_id, office.person_name))
    seeding.insert(tree.offices)
    seeding.keep(found)
    return {"accounts": len(maker.users)}


def _holder(tree: Tree, organization: Organization, post: Post) -> tuple[str, str]:
    """Name and phone of whoever holds the post, else of any leader there; empty when nobody."""
    leaders = tree.leaders.get(organization.pk, {})
    return leaders.get(post) or next(iter(leaders.values()), ("", ""))


class _Maker:
    """Makes accounts that can sign in at once; a phone number belongs to one account only."""

    def __init__(self, seeding: Seeding) -> None:
        self.rng, self.now = seeding.rng("accounts"), seeding.now
        # Only looked up when drawn again, and hashing is slow on purpose.
        self.encoded = "" if seeding.is_again else make_password(seeding.password)
        self.since = months_before(self.now.date(), 36)
        self.users: list[User] = []
        self._phones: set[str] = set()

    def user(
        self, username: str, name: str, phone: str, *, admin_kind: str = "", email: bool = False
    ) -> User:
        user = User(
            uid=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            username=username,
            name=name or person_name(self.rng, female=self.rng.random() < 0.5, birth_year=1982),
            # .invalid is never delivered to: a demo must not write to anybody.
            email=f"{username}@demo.invalid" if email else "",
            password=self.encoded,
            password_changed_at=self.now,
            admin_kind=admin_kind,
            created_at=self.now,
        )
        if phone and phone not in self._phones:
            self._phones.add(phone)
            user.phone_sealed = seal(phone, column=PHONE_COLUMN, row=user.uid)
            user.phone_index = phone_index(phone)
        self.users.append(user)
        return user
