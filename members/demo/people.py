"""The members of the demo zone, those who left it, and who holds which office."""

import datetime as dt
import itertools
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from core.crypto import blind_index, seal
from core.demo import RECORDER, Seeding
from core.identity import check_digit
from members.actions import headcounts, standings
from members.enums import Category, ExitReason, MembershipState, Sex
from members.models import Member, MembershipExit
from members.models.member import column, phone_indexes, spell
from orgs.demo.names import person_name
from orgs.demo.tree import Tree, months_before
from orgs.enums import Appointment, OrganizationClass, OrganizationKind, Post
from orgs.models import OfficeHolding, Organization
from orgs.queries.rosters import sealed_phone

C = OrganizationClass

# Assigned to no county; as many as the city has, so that a number is as hard to guess as there.
AREA_CODES = tuple(f"3203{number}" for number in range(87, 100))
WATCHED = "留党察看一年"
PHONE_PREFIX = "100"  # assigned to no network
LARGEST = 400
KEPT_YEARS = 6  # of how members stood: longer than any demo tells of
MEMBERS, MEMBERS_SMALL = 13_000, 500
# People whom the guide and the pictures know by name: branch or committee, post, name.
KNOWN = {
    ("湖庄村第一支部", Post.SECRETARY): "蔡航国",
    ("湖庄村党总支", Post.SECRETARY): "潘榕轮",
    ("大黄山街道", Post.SECRETARY): "康红涛",
}

_JOBS: dict[str, tuple[tuple[str, int], ...]] = {
    C.VILLAGE: (("农民", 60), ("村(社区)工作者", 8), ("个体劳动者", 14), ("工人", 14), ("学生", 4)),
    C.COMMUNITY: (("村(社区)工作者", 12), ("工人", 24), ("个体劳动者", 26), ("企业管理人员", 16), ("专业技术人员", 18), ("学生", 4)),
    C.SCHOOL: (("教师", 94), ("其他", 6)),
    C.ORGAN: (("公务员", 88), ("专业技术人员", 8), ("其他", 4)),
    C.INSTITUTION: (("专业技术人员", 88), ("其他", 12)),
    C.STATE_ENTERPRISE: (("企业管理人员", 30), ("专业技术人员", 30), ("工人", 40)),
    C.PRIVATE_ENTERPRISE: (("企业管理人员", 26), ("专业技术人员", 34), ("工人", 40)),
    C.SOCIAL_ORGANIZATION: (("专业技术人员", 40), ("企业管理人员", 20), ("个体劳动者", 20), ("其他", 20)),
    C.COOPERATIVE: (("农民", 80), ("专业技术人员", 20)),
}  # fmt: skip
_TITLES = {
    "农民": ("村民",),
    "村(社区)工作者": ("工作人员", "网格员", "委员"),
    "教师": ("教师", "教研组长", "年级主任"),
    "公务员": ("科员", "副科长", "科长"),
    "专业技术人员": ("技术员", "工程师", "主管"),
    "企业管理人员": ("部门经理", "主管", "办公室主任"),
    "工人": ("职工", "班组长"),
}
# Education by class of age: below 35, 35-54, from 55; codes of GB/T 4658.
_EDUCATION = (
    (("21", 46), ("31", 28), ("14", 12), ("41", 6), ("61", 7), ("11", 1)),
    (("21", 34), ("31", 28), ("14", 5), ("41", 12), ("61", 13), ("71", 8)),
    (("71", 34), ("61", 24), ("81", 16), ("41", 10), ("31", 11), ("21", 5)),
)
_EDUCATED = (("21", 62), ("31", 16), ("14", 19), ("11", 3))
_ETHNICITIES = (("01", 975), ("03", 12), ("11", 5), ("06", 3), ("15", 3), ("02", 2))
_NATIVE = (
    ("江苏徐州", 70), ("江苏邳州", 5), ("江苏新沂", 4), ("江苏睢宁", 5), ("江苏丰县", 4),
    ("江苏沛县", 4), ("安徽宿州", 3), ("山东枣庄", 3), ("河南商丘", 2),
)  # fmt: skip
_MOBILE_TO = (
    "江苏省苏州市", "江苏省南京市", "江苏省无锡市", "上海市", "浙江省杭州市", "广东省深圳市", "北京市",
)  # fmt: skip
_EXITS = (
    (ExitReason.TRANSFERRED, 70, ""),
    (ExitReason.DECEASED, 26, ""),
    (ExitReason.RESIGNED, 2, "本人书面申请"),
    (ExitReason.PROBATION_CANCELLED, 1, "预备期未履行党员义务"),
    (ExitReason.EXPELLED, 1, "受党纪处分"),
)
_COMMISSIONERS = (
    Post.ORGANIZATION_COMMISSIONER,
    Post.PUBLICITY_COMMISSIONER,
    Post.DISCIPLINE_COMMISSIONER,
)


@dataclass
class People:
    """Who is in the zone. `phones` holds what is sealed in the register, by the member's uid."""

    members: list[Member] = field(default_factory=list)
    exits: list[MembershipExit] = field(default_factory=list)
    by_branch: dict[int, list[Member]] = field(default_factory=dict)
    phones: dict[uuid.UUID, str] = field(default_factory=dict)


def build(seeding: Seeding) -> Mapping[str, int]:
    """Members and leavers; tells the organisations their contacts and sizes, and the tree who
    holds which office."""
    tree, rng, today = seeding.of(Tree), seeding.rng("people"), seeding.today
    people = People()
    maker = _Maker(rng, today, seeding.now)
    sizes = _sizes(tree, rng, MEMBERS_SMALL if seeding.small else MEMBERS)
    for branch, size in sizes.items():
        rows = [maker.member(branch) for _ in range(size)]
        people.by_branch[branch.pk] = rows
        people.members += rows
        seeding.breathe()
    for branch, rows in ((branch, people.by_branch[branch.pk]) for branch in sizes):
        branch.group_count = len(rows) // 12 if len(rows) >= 24 else 0
        branch.has_committee = sum(row.category == Category.FULL for row in rows) >= 7
    people.phones = maker.phones
    _single_out(people, tree, today)
    _fill_offices(people, tree, rng, today)
    leavers = [maker.member(branch) for branch in _leaving_from(tree, rng, sizes, seeding.small)]
    # Each reason once, then as it happens.
    reasons = itertools.chain((reason for reason, _, _ in _EXITS), itertools.repeat(None))
    people.exits = [maker.leave(row, reason) for row, reason in zip(leavers, reasons, strict=False)]
    people.members += leavers
    if not seeding.is_again:  # nobody reads it then
        for row in people.members:
            maker.seal(row)
    seeding.insert(people.members)
    seeding.insert(people.exits)
    _tell_contacts(people, tree, seeding)
    seeding.keep(people)
    if not seeding.is_again:
        standings.fill(since=today.replace(year=today.year - KEPT_YEARS, day=1))
        headcounts.fill(by=seeding.by)
    return {"members": sum(row.state != MembershipState.LEFT for row in people.members)}


def _single_out(people: People, tree: Tree, today: dt.date) -> None:
    """What is rare happens once at least: 停止党籍, 留党察看, 流动."""
    if tree.largest is None:
        return
    rows = people.by_branch[tree.largest.pk]
    suspended, watched, away = [row for row in rows if row.category == Category.FULL][-3:]
    for row in (suspended, watched, away):
        row.state, row.note = MembershipState.NORMAL, ""
        row.is_lost_contact = row.is_mobile = row.is_excused = row.is_on_party_probation = False
        row.lost_contact_since, row.mobile_to = None, ""
    _suspend(suspended, months_before(today, 14).replace(day=1))
    watched.is_on_party_probation, watched.note = True, WATCHED
    away.is_mobile, away.mobile_to = True, _MOBILE_TO[0]


def _suspend(row: Member, since: dt.date) -> None:
    row.is_lost_contact, row.lost_contact_since = True, since
    row.state, row.note = MembershipState.SUSPENDED, "失联超过六个月，停止党籍"


def _tell_contacts(people: People, tree: Tree, seeding: Seeding) -> None:
    for organization in tree.organizations:
        leaders = tree.leaders.get(organization.pk, {})
        name, phone = leaders.get(Post.SECRETARY) or next(iter(leaders.values()), ("", ""))
        if organization is tree.abolished:
            name = next(row.member.name for row in people.exits if row.organization is organization)
        organization.contact_name = name
        organization.contact_phone_sealed = sealed_phone(organization, phone)
    seeding.update(
        tree.organizations,
        ["contact_name", "contact_phone_sealed", "group_count", "has_committee"],
    )


def _sizes(tree: Tree, rng: random.Random, total: int) -> dict[Organization, int]:
    """How many members each branch has: `total` in all, 400 in one, none in another."""
    sizes: dict[Organization, int] = {}
    ordinary = []
    for branch in tree.branches:
        if branch is tree.empty or branch is tree.abolished:
            sizes[branch] = 0
        elif branch is tree.largest:
            sizes[branch] = min(LARGEST, total // 3)
        elif branch.kind == OrganizationKind.JOINT_BRANCH:
            sizes[branch] = rng.randint(4, 12)
        else:
            ordinary.append(branch)
            sizes[branch] = 0
    left = total - sum(sizes.values())
    weights = []
    for branch in ordinary:
        top = {C.VILLAGE: 48, C.COMMUNITY: 46, C.SCHOOL: 36}.get(C(branch.organization_class), 40)
        weights.append(rng.triangular(5, top, top * 0.62))
    share = left / sum(weights)
    for branch, weight in zip(ordinary, weights, strict=True):
        sizes[branch] = max(3, round(weight * share))
    difference = total - sum(sizes.values())
    while difference:
        branch = rng.choice(ordinary)
        if sizes[branch] > 3 or difference > 0:
            sizes[branch] += 1 if difference > 0 else -1
            difference += -1 if difference > 0 else 1
    return sizes


def _leaving_from(
    tree: Tree, rng: random.Random, sizes: dict[Organization, int], small: bool
) -> Iterator[Organization]:
    filled = [branch for branch, size in sizes.items() if size > 8]
    yield from rng.choices(filled, [sizes[branch] for branch in filled], k=6 if small else 216)
    if tree.abolished is not None:
        yield from [tree.abolished] * 5


class _Maker:
    """Invents members; no identity number and no phone number comes twice."""

    def __init__(self, rng: random.Random, today: dt.date, now: dt.datetime) -> None:
        self.rng, self.today, self.now = rng, today, now
        self.phones: dict[uuid.UUID, str] = {}
        self._numbers: dict[uuid.UUID, str] = {}
        self._addresses: dict[uuid.UUID, str] = {}
        self._taken: set[str] = set()

    def member(self, branch: Organization) -> Member:
        """A member of the branch, not inserted yet."""
        rng, today = self.rng, self.today
        place = C(branch.organization_class)
        sex = Sex.FEMALE if rng.random() < 0.36 else Sex.MALE
        chance = rng.random()
        if place == C.RETIRED:
            chance = 1.0
        probationary = chance < 0.071
        if probationary:
            joined = today - dt.timedelta(days=rng.randint(4, 362))
            age = rng.triangular(19, 52, 27)
        elif chance < 0.145:
            joined = today - dt.timedelta(days=rng.randint(372, 800))
            age = rng.triangular(20, 52, 29)
        else:
            age = self._age(place)
            at = rng.triangular(18.6, age - 2.3, min(26, age - 2.4))  # how old he was then
            joined = today - dt.timedelta(days=int((age - at) * 365.25))
        born = today - dt.timedelta(days=int(max(age, 20.5) * 365.25) + rng.randrange(365))
        row = Member(
            uid=uuid.UUID(int=rng.getrandbits(128), version=4),
            organization=branch,
            sex=sex,
            ethnicity=_pick(rng, _ETHNICITIES),
            birth_on=born,
            education=self._education(place, age),
            category=Category.PROBATIONARY if probationary else Category.FULL,
            joined_on=joined,
            full_member_on=None if probationary else self._a_year_later(joined),
            native_place=_pick(rng, _NATIVE),
            source=RECORDER,
            as_of=today,
            updated_at=self.now,
        )
        row.name = person_name(rng, female=sex == Sex.FEMALE, birth_year=born.year)
        self._employ(row, place, age, branch)
        self._circumstances(row, age)
        self.phones[row.uid] = self._fresh(lambda: f"{PHONE_PREFIX}{rng.randrange(10**8):08d}")
        area = AREA_CODES[row.uid.int % len(AREA_CODES)]
        digits = area + self._fresh(lambda: self._born_and_serial(born, sex))
        self._numbers[row.uid] = digits + check_digit(digits)
        self._addresses[row.uid] = self._address(branch)
        return row

    def seal(self, row: Member) -> None:
        """Fills what is derived from the name, and seals number, phone and address."""
        number, phone = self._numbers[row.uid], self.phones[row.uid]
        spell(row)
        row.identity_sealed = seal(number, column=column("identity_number"), row=row.uid)
        row.identity_index = blind_index(number, column=column("identity_number"))
        row.identity_tail_index = blind_index(number[-4:], column=column("identity_tail"))
        row.phone_sealed = seal(phone, column=column("phone"), row=row.uid)
        row.phone_index = phone_indexes(phone)
        row.address_sealed = seal(self._addresses[row.uid], column=column("address"), row=row.uid)

    def leave(self, row: Member, reason: ExitReason | None = None) -> MembershipExit:
        """Lets the member have left on some day of the last year and a half, for that reason or
        for one that is drawn."""
        rng = self.rng
        branch = row.organization
        row.state = MembershipState.LEFT
        row.is_lost_contact = row.is_mobile = False
        row.lost_contact_since, row.mobile_to = None, ""
        drawn, _, _ = rng.choices(_EXITS, [weight for _, weight, _ in _EXITS])[0]
        if reason == ExitReason.PROBATION_CANCELLED:
            row.category, row.full_member_on = Category.PROBATIONARY, None
            row.joined_on = self.today - dt.timedelta(days=540)
        elif reason is not None and row.category == Category.PROBATIONARY:
            row.category, row.joined_on = Category.FULL, months_before(self.today, 36)
            row.full_member_on = months_before(self.today, 24)
        reason = reason or drawn
        if row.category == Category.PROBATIONARY and reason == ExitReason.RESIGNED:
            reason = ExitReason.TRANSFERRED
        if row.category == Category.FULL and reason == ExitReason.PROBATION_CANCELLED:
            reason = ExitReason.TRANSFERRED
        day = self.today - dt.timedelta(days=rng.randint(3, 540))
        if branch.abolished_on:
            reason = ExitReason.TRANSFERRED
            day = branch.abolished_on - dt.timedelta(days=rng.randint(1, 30))
        day = max(day, (row.full_member_on or row.joined_on or day) + dt.timedelta(days=1))
        return MembershipExit(
            member=row,
            organization=branch,
            reason=reason,
            happened_on=day,
            note=next(note for known, _, note in _EXITS if known == reason),
            recorded_by_name=RECORDER,
            recorded_at=timezone.make_aware(dt.datetime.combine(day, dt.time())),
        )

    def _age(self, place: OrganizationClass) -> float:
        low, high, usual = {
            C.VILLAGE: (24, 88, 62),
            C.COMMUNITY: (24, 86, 58),
            C.RETIRED: (58, 90, 70),
            C.COOPERATIVE: (24, 70, 50),
        }.get(place, (23, 60, 40))
        return self.rng.triangular(low, high, usual)

    def _a_year_later(self, joined: dt.date) -> dt.date:
        return min(
            self.today, months_before(joined, -12) + dt.timedelta(days=self.rng.randrange(6))
        )

    def _education(self, place: OrganizationClass, age: float) -> str:
        if place in (C.SCHOOL, C.ORGAN, C.INSTITUTION) and age < 60:
            return _pick(self.rng, _EDUCATED)
        return _pick(self.rng, _EDUCATION[0 if age < 35 else 1 if age < 55 else 2])

    def _employ(
        self, row: Member, place: OrganizationClass, age: float, branch: Organization
    ) -> None:
        retired = age >= (55 if row.sex == Sex.FEMALE else 60)
        if place == C.RETIRED or (retired and place != C.VILLAGE):
            row.job = "离退休人员"
            return
        row.job = _pick(self.rng, _JOBS.get(place, _JOBS[C.PRIVATE_ENTERPRISE]))
        if (row.job == "学生" and age > 26) or age >= 66:
            row.job = "农民" if place == C.VILLAGE else "其他"
        title = self.rng.choice(_TITLES.get(row.job, ("",)))
        if title and place not in (C.COMMUNITY,):
            row.work_unit = f"{branch.unit_name}{title}"

    def _circumstances(self, row: Member, age: float) -> None:
        rng = self.rng
        chance = rng.random()
        if chance < 0.04 and age < 60:
            row.is_mobile = True
            row.mobile_to = rng.choice(_MOBILE_TO)
        elif 0.04 <= chance < 0.042 and row.category == Category.FULL:
            row.is_lost_contact = True
            row.lost_contact_since = months_before(self.today, rng.randint(3, 20)).replace(day=1)
            if months_before(self.today, 8) > row.lost_contact_since:
                _suspend(row, row.lost_contact_since)
        elif 0.042 <= chance < 0.0425 and row.category == Category.FULL:
            row.is_on_party_probation = True
            row.note = WATCHED
        elif age >= 76 and rng.random() < 0.45:
            row.is_excused = True

    def _born_and_serial(self, born: dt.date, sex: str) -> str:
        serial = self.rng.randrange(500) * 2 + (1 if sex == Sex.MALE else 0)
        return f"{born:%Y%m%d}{serial:03d}"

    def _address(self, branch: Organization) -> str:
        rng = self.rng
        start = "江苏省徐州市经济技术开发区"
        if branch.organization_class == C.VILLAGE:
            return f"{start}{branch.unit_name}{rng.randint(1, 12)}组{rng.randint(1, 90)}号"
        estate = rng.choice(("锦绣", "和平", "金水", "龙湖", "春晖", "东城", "文昌", "翡翠"))
        return (
            f"{start}{estate}{rng.choice(('花园', '家园', '新村', '小区'))}"
            f"{rng.randint(1, 40)}号楼{rng.randint(1, 4)}单元{rng.randint(1, 18)}0{rng.randint(1, 4)}室"
        )

    def _fresh(self, make: Callable[[], str]) -> str:
        text = make()
        while text in self._taken:
            text = make()
        self._taken.add(text)
        return text


def _fill_offices(people: People, tree: Tree, rng: random.Random, today: dt.date) -> None:
    """Secretaries and commissioners: those of branches from their members, those above from the
    members below. A branch with seven full members has a committee, a smaller one a secretary."""
    for branch in tree.branches:
        if branch.abolished_on:
            continue
        fit = _fit(people.by_branch[branch.pk], today)
        posts = [Post.SECRETARY]
        if branch.has_committee:
            posts += [*_COMMISSIONERS, *([Post.DEPUTY_SECRETARY] if len(fit) > 20 else [])]
        for post in posts:
            if not fit:
                break
            if post == Post.SECRETARY and branch in tree.without_secretary:
                continue
            row = _take(fit, branch, post, rng)
            row.party_post = Post(post).label
            _hold(people, tree, branch, post, row, today)
    for organization in tree.organizations:
        if organization.is_branch:
            continue
        below = [
            row for each in tree.below(organization) for row in people.by_branch.get(each.pk, ())
        ]
        fit = _fit((row for row in below if not row.party_post), today)
        posts = [Post.SECRETARY, Post.DEPUTY_SECRETARY, *_COMMISSIONERS]
        if organization.kind == OrganizationKind.DIRECT_COMMITTEE:
            posts.append(Post.ORGANIZATION_SECTION_CHIEF)
        for post in posts[: len(fit)]:
            row = _take(fit, organization, post, rng)
            _hold(people, tree, organization, post, row, today)


def _fit(rows: Iterable[Member], today: dt.date) -> list[Member]:
    """Those who may hold a post: full members of a year's standing, in the prime of life first."""
    year_ago = months_before(today, 12)
    fit = [
        row
        for row in rows
        if row.state == MembershipState.NORMAL
        and row.full_member_on is not None
        and row.full_member_on <= year_ago
        and not (row.is_lost_contact or row.is_mobile or row.is_excused)
        and not row.is_on_party_probation
    ]
    prime = months_before(today, 12 * 62)
    fit.sort(key=lambda row: row.birth_on is not None and row.birth_on < prime)
    return fit


def _take(fit: list[Member], organization: Organization, post: Post, rng: random.Random) -> Member:
    """One of the fittest, no longer in `fit`; bears the name that is known for this post."""
    known = KNOWN.get((organization.short_name, post))
    chosen = fit.pop(rng.randrange(max(1, min(len(fit), 2 + len(fit) // 3))))
    if known:
        chosen.name = known
    return chosen


def _hold(
    people: People,
    tree: Tree,
    organization: Organization,
    post: Post,
    row: Member,
    today: dt.date,
) -> None:
    started = organization.term_started_on or months_before(today, 20)
    appointed = organization.term_years is None
    appointment = Appointment.APPOINTED if appointed else Appointment.ELECTED
    tree.leaders.setdefault(organization.pk, {})[post] = (row.name, people.phones[row.uid])
    since = max(started, row.full_member_on or started)
    # Who is elected again has held it for the term before.
    before = months_before(started, 12 * (organization.term_years or 3))
    before = max(before, organization.founded_on or before, row.full_member_on or before)
    spans: list[tuple[dt.date, dt.date | None]] = [(since, None)]
    if before < since:
        spans.insert(0, (before, since))
    tree.offices += [
        OfficeHolding(
            organization=organization,
            post=post,
            person_name=row.name,
            appointment=appointment,
            started_on=first,
            ended_on=last,
        )
        for first, last in spans
    ]


def _pick(rng: random.Random, weighted: tuple[tuple[str, int], ...]) -> str:
    return rng.choices([text for text, _ in weighted], [weight for _, weight in weighted])[0]
