"""What members study beside meetings: the winter training, lectures, courses of the committees.

With what is studied at meetings most members come to what a year asks, and some do not.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils import timezone

from core import periods
from core.batches import batched
from core.demo import Seeding
from members.models import MemberStanding
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.models.organization import STEP

from ..enums import StudyKind
from ..models import StudyRecord
from ..queries.study import on_committees
from . import studied
from .draws import MODULUS, NIL
from .meetings import Life
from .studied import Studied

TOGETHER = 200  # entries that are written in one statement
COMMITTEE = 2 * STEP  # digits in the path of a committee right below the zone


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to study: of a thousand members how many take part, by how much can be relied on
    their branch; its length as one of these, in minutes or in half days."""

    kind: StudyKind
    titles: tuple[str, ...]
    share: Mapping[str, int]
    minutes: tuple[int, ...] = (0,)
    half_days: int = 0


WINTER = Offer(
    StudyKind.FULL_TIME,
    ("党员冬训：学习贯彻中央全会精神", "党员冬训：年度工作部署和党纪学习"),
    {"good": 900, "fair": 780, "poor": 420},
    half_days=2,
)
SUMMER = Offer(
    StudyKind.LECTURE,
    ("七一专题党课辅导", "区委党校专题辅导：学习党章", "专题辅导：党的创新理论学习"),
    {"good": 820, "fair": 660, "poor": 330},
    half_days=1,
)
AUTUMN = Offer(
    StudyKind.LECTURE,
    ("专题辅导：基层治理和民法典", "专题辅导：安全生产和应急", "专题辅导：产业发展和招商"),
    SUMMER.share,
    half_days=1,
)
ONLINE = Offer(
    StudyKind.ONLINE,
    ("远程教育专题：身边的榜样", "线上学习：党纪学习教育", "线上学习：国家安全"),
    {"good": 620, "fair": 400, "poor": 150},
    minutes=(60, 90, 120),
)
OUTING = Offer(
    StudyKind.PRACTICE,
    ("淮海战役烈士纪念塔现场教学", "王杰纪念馆现场教学", "乡村振兴示范村现场教学"),
    {"good": 640, "fair": 480, "poor": 150},
    half_days=1,
)
COURSE = Offer(
    StudyKind.FULL_TIME,
    ("基层党组织书记和班子成员集中轮训",),
    {"good": 900, "fair": 850, "poor": 700},
    half_days=6,
)
COURSE_DAYS, COURSE_MONTHS = 3, (4, 5, 6, 9, 10, 11)
ONLINE_MONTHS, OUTING_MONTHS = (3, 5, 8, 10), (4, 5, 10)
GO_OUT = (OrganizationClass.VILLAGE, OrganizationClass.COMMUNITY, OrganizationClass.SCHOOL)


def build(seeding: Seeding) -> Mapping[str, int]:
    """The study of the recent months."""
    if seeding.is_again:
        return {}
    for month in seeding.recent:
        _write(seeding, month, ())
    return {"study_records": StudyRecord.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """That of one older month; entries that are there stay."""
    within = (periods.first_day(month), periods.last_day(month))
    rows = StudyRecord.objects.filter(started_on__range=within, makes_up=None)
    known = set(rows.values_list("batch", flat=True))
    with seeding.step():
        _write(seeding, month, known)


def _write(seeding: Seeding, month: str, known: Collection[uuid.UUID]) -> None:
    """What was studied in the month and is entered by now: a statement for some hundred entries."""
    tree, first = seeding.of(Tree), seeding.of(Life).rolls(seeding).first
    entries = [
        entry
        for branch in tree.branches
        if branch is not tree.abolished and branch is not tree.empty
        for entry in _of_branch(seeding, branch, month)
        if _is_known(seeding, entry, branch) and entry.batch not in known
    ]
    for some in batched(entries, TOGETHER):
        studied.by_members(some, first)
    courses = [one for one in _courses(seeding, month) if one[0].batch not in known]
    for few in batched(courses, TOGETHER):
        people = [pk for _, members in few for pk in members]
        studied.by_members([entry for entry, _ in few], first, only=people)


def _is_known(seeding: Seeding, entry: Studied, branch: Organization) -> bool:
    is_over = entry.ended_on < seeding.today and entry.recorded_at < seeding.now
    return is_over and branch.was_there(entry.started_on)


def _of_branch(seeding: Seeding, branch: Organization, month: str) -> Iterator[Studied]:
    """What its members could take part in."""
    number = int(month[5:7])
    own = seeding.rng("study", month[:4], branch.path)
    above = seeding.rng("study", month[:4], branch.path[:COMMITTEE])
    rng = seeding.rng("study", month, branch.path)
    days = [rng.randint(3, 24) for _ in range(5)]
    winter, summer = above.choice((1, 1, 2)), above.choice((6, 7))
    autumn = own.choice((9, 10, 11, 0, 0))  # in two branches of five there is none
    is_online, goes_out = own.random() < 0.45, own.random() < 0.4
    outing = own.choice(OUTING_MONTHS)
    for day, offer, is_held in zip(
        days,
        (WINTER, SUMMER, AUTUMN, ONLINE, OUTING),
        (
            number == winter,
            number == summer,
            number == autumn,
            is_online and number in ONLINE_MONTHS,
            goes_out and number == outing and branch.organization_class in GO_OUT,
        ),
        strict=True,
    ):
        if is_held:
            yield _entry(seeding, branch, offer, periods.first_day(month).replace(day=day), 1)


def _courses(seeding: Seeding, month: str) -> list[tuple[Studied, list[int]]]:
    """The courses of the committees that were held in the month: one entry for each branch whose
    members were there, with those who sit on some committee. Two queries, one more where there are
    any."""
    tree, first = seeding.of(Tree), periods.first_day(month)
    held: dict[str, dt.date] = {}
    for place in tree.organizations:
        if len(place.path) == COMMITTEE:
            rng = seeding.rng("course", month[:4], place.path)
            if rng.choice(COURSE_MONTHS) == first.month:
                held[place.path] = first.replace(day=rng.randint(4, 22))
    if not held:
        return []
    branches = {branch.pk: branch for branch in tree.branches}
    by_branch: dict[int, list[int]] = defaultdict(list)
    standing = MemberStanding.objects.on(first).filter(
        member__in=on_committees({tree.root.path}, first, None)
    )
    for pk, member in standing.order_by("organization__path", "member_id").values_list(
        "organization_id", "member_id"
    ):
        by_branch[pk].append(member)
    found = []
    for pk, members in by_branch.items():
        branch = branches.get(pk)
        day = held.get(branch.path[:COMMITTEE]) if branch else None
        if branch is None or day is None:
            continue
        entry = _entry(seeding, branch, COURSE, day, COURSE_DAYS)
        if _is_known(seeding, entry, branch):
            found.append((entry, members))
    return found


def _entry(
    seeding: Seeding, branch: Organization, offer: Offer, day: dt.date, days: int
) -> Studied:
    life, author = seeding.of(Life), seeding.of(Accounts).responsible.get(branch.pk)
    name = f"{branch.path}:{offer.titles[0]}:{day}"
    rng = seeding.rng("studied", name)
    since = life.draws.calendar.roll_forward(day)
    until = since
    for _ in range(days - 1):
        until = life.draws.calendar.add_working_days(until, 1)
    entered = dt.datetime.combine(
        until + dt.timedelta(days=rng.randint(0, 4)), dt.time(17, rng.randint(0, 59))
    )
    return Studied(
        batch=uuid.uuid5(NIL, f"study:{name}"),
        unit_id=branch.pk,
        number=rng.randrange(MODULUS),
        low=0,
        high=offer.share[life.draws.habits[branch.pk].trait],
        kind=offer.kind,
        title=rng.choice(offer.titles),
        started_on=since,
        ended_on=until,
        recorded_at=timezone.make_aware(entered),
        minutes=rng.choice(offer.minutes),
        half_days=offer.half_days,
        is_central_course=offer is COURSE,
        confirmed_by_name=branch.contact_name,
        written_by_id=author.pk if author else None,
        written_by_name=author.name if author else branch.contact_name,
    )
