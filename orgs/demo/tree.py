"""The organisations of the demo zone: one 党工委, 18 committees, 53 general branches, 458 branches."""

import calendar
import datetime as dt
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.utils import timezone

from core.demo import RECORDER, Seeding
from orgs import titles
from orgs.enums import EventKind, OrganizationClass, OrganizationKind, Sector, UnitSituation
from orgs.models import OfficeHolding, Organization, OrganizationEvent, OrganizationPlacement, Term
from orgs.models.organization import STEP
from orgs.titles import code_of

from .committees import COMMITTEES, NUMERALS, Committee

K = OrganizationKind
C = OrganizationClass

ZONE_NAME = "中共徐州经济技术开发区工作委员会"
EXTENSION_DOCUMENT = "徐经开组复〔{year}〕12号"

_SECTORS = {
    C.ZONE: Sector.ORGAN,
    C.STREET: Sector.COMMUNITY,
    C.TOWN: Sector.RURAL,
    C.VILLAGE: Sector.RURAL,
    C.COMMUNITY: Sector.COMMUNITY,
    C.SCHOOL: Sector.SCHOOL,
    C.STATE_ENTERPRISE: Sector.STATE_ENTERPRISE,
    C.PRIVATE_ENTERPRISE: Sector.PRIVATE_ENTERPRISE,
    C.ORGAN: Sector.ORGAN,
    C.INSTITUTION: Sector.INSTITUTION,
    C.COOPERATIVE: Sector.RURAL,
    C.SOCIAL_ORGANIZATION: Sector.SOCIAL_ORGANIZATION,
    C.RETIRED: Sector.ORGAN,
}
_NATURES = {
    C.VILLAGE: "村民委员会",
    C.COMMUNITY: "社区居民委员会",
    C.SCHOOL: "事业单位",
    C.STATE_ENTERPRISE: "国有企业",
    C.PRIVATE_ENTERPRISE: "民营企业",
    C.ORGAN: "机关",
    C.INSTITUTION: "事业单位",
    C.COOPERATIVE: "农民专业合作社",
    C.SOCIAL_ORGANIZATION: "社会组织",
}


# What the small zone has: a good part of some committees, and of others just enough that every
# class of organisation is there.
_SMALL = ("大黄山街道", "金山桥街道", "教育系统党委")
_SMALLER = (
    "徐庄镇",
    "卫生健康系统党委",
    "国有企业党委",
    "非公有制企业综合党委",
    "社会组织综合党委",
)
_DIVISIONS = ("行政", "小学部", "初中部")


@dataclass
class Tree:
    """The organisations as inserted, in the order of their paths, and a few that are told apart."""

    organizations: list[Organization] = field(default_factory=list)
    by_short_name: dict[str, Organization] = field(default_factory=dict)
    largest: Organization | None = None  # the branch with 400 members
    empty: Organization | None = None  # founded lately, its register not brought in yet
    abolished: Organization | None = None
    without_secretary: list[Organization] = field(default_factory=list)
    # Who holds which office is told by the parts that know people: organisation -> post -> (name,
    # phone; "" where it is not known), and the rows that `accounts` ties to accounts and inserts.
    leaders: dict[int, dict[str, tuple[str, str]]] = field(default_factory=dict)
    offices: list[OfficeHolding] = field(default_factory=list)

    @property
    def root(self) -> Organization:
        return self.organizations[0]

    @property
    def branches(self) -> list[Organization]:
        return [row for row in self.organizations if row.is_branch]

    def number(self, pk: int) -> str:
        """Which of the organisations it is in the order of their paths, from "1": the same in every database, where
        ids go on from what had been there before."""
        return str(pk - self.root.pk + 1)

    def below(self, organization: Organization) -> list[Organization]:
        """The organisation and all under it."""
        return [row for row in self.organizations if row.path.startswith(organization.path)]


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier (later when negative), or the last one of a shorter
    month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def occupied() -> str:
    """Whether there are organisations already."""
    return "库中已有党组织" if Organization.objects.exists() else ""


def build(seeding: Seeding) -> Mapping[str, int]:
    """The organisations with their histories: a fixed number of statements a level."""
    rng, small = seeding.rng("tree"), seeding.small
    rows = [row for committee in _chosen(small) for row in _rows(committee)]
    root = _organization(ZONE_NAME, "党工委", K.WORK_COMMITTEE, C.ZONE, None, 1)
    root.unit_name = "徐州经济技术开发区管理委员会"
    built: dict[str, Organization] = {"": root}
    children: dict[str, int] = {}
    for name, short_name, kind, organization_class, parent_name, unit in rows:
        parent = built[parent_name]
        children[parent.path] = number = children.get(parent.path, 0) + 1
        row = _organization(name, short_name, kind, organization_class, parent, number)
        row.unit_name = unit
        built[short_name] = row
    tree = Tree(sorted(built.values(), key=lambda row: row.path))
    tree.by_short_name = {row.short_name: row for row in tree.organizations}
    _date(tree, rng, seeding.today)
    _single_out(tree, rng, seeding.today, small)
    for number, row in enumerate(tree.organizations, start=1):
        row.uid = uuid.UUID(int=rng.getrandbits(128), version=4)
        row.code = code_of(number)
        row.updated_at = seeding.now
    for depth in range(1, 5):
        level = [row for row in tree.organizations if row.depth == depth]
        seeding.insert(level, found_by="uid")
    _write_history(tree, seeding)
    seeding.keep(tree)
    return {"organizations": sum(row.abolished_on is None for row in tree.organizations)}


def _chosen(small: bool) -> Iterator[Committee]:
    for committee in COMMITTEES:
        if not small:
            yield committee
        elif committee.short_name in _SMALL:
            yield replace(committee, general=committee.general[:2], units=committee.units[:8])
        elif committee.short_name in _SMALLER:
            title, _ = committee.general[0]
            yield replace(committee, general=((title, 1),), units=committee.units[-1:])


_Row = tuple[str, str, OrganizationKind, OrganizationClass, str, str]


def _rows(committee: Committee) -> Iterator[_Row]:
    """Name, short name, kind, class, short name of the parent, unit; parents first."""
    own = committee.short_name
    own_class = committee.organization_class
    is_place = own_class in (C.STREET, C.TOWN)
    bare = own.removesuffix("党委")
    yield committee.name, own, K.DIRECT_COMMITTEE, own_class, "", committee.key
    for title, size in committee.general:
        if is_place:
            below = C.VILLAGE if title.endswith("村") else C.COMMUNITY
            full, short = f"{committee.key}{title}", title
            general, unit = f"{title}党总支", title
        elif title.startswith("第"):
            below = own_class
            full, short = f"{committee.key}{title}总支", f"{bare}{title}总支"
            general, unit = f"{bare}{title}党总支", committee.key
        else:
            below = own_class
            full, short = title, title
            general, unit = f"{title}党总支", title
        name = f"中共{full.removesuffix('总支')}总支部委员会"
        yield name, general, K.GENERAL_BRANCH, below, own, unit
        for number in range(size):
            if full.endswith("学校"):
                which, said = _DIVISIONS[number], "党支部"
            else:
                which, said = f"第{NUMERALS[number]}", "支部"
            yield (
                f"中共{full}{which}支部委员会",
                f"{short}{which}{said}",
                K.BRANCH,
                below,
                general,
                unit,
            )
    for item in committee.units:
        joint = "联合" if item.joint else ""
        yield (
            f"中共{item.name}{joint}支部委员会",
            f"{item.name}{joint}党支部",
            K.JOINT_BRANCH if item.joint else K.BRANCH,
            item.organization_class or own_class,
            own,
            committee.key if item.organization_class in (C.ORGAN, C.RETIRED) else item.name,
        )


def _organization(
    name: str,
    short_name: str,
    kind: OrganizationKind,
    organization_class: OrganizationClass,
    parent: Organization | None,
    number: int,
) -> Organization:
    path = f"{parent.path if parent else ''}{number:0{STEP}d}"
    if name.endswith("工作委员会"):
        term = None  # dispatched: appointed, not elected
    elif kind == K.DIRECT_COMMITTEE or organization_class in (C.VILLAGE, C.COMMUNITY):
        term = 5
    else:
        term = 3
    if kind == K.JOINT_BRANCH:
        situation = UnitSituation.JOINT
    elif parent is not None and parent.kind == K.GENERAL_BRANCH:
        situation = UnitSituation.AS_SUPERIOR
    else:
        situation = UnitSituation.LEGAL_PERSON
    spelled, initials = titles.spelled(name)
    return Organization(
        name=name,
        name_key=titles.name_key(name),
        short_name=short_name,
        name_pinyin=spelled,
        name_initials=initials,
        kind=kind,
        organization_class=organization_class,
        sector=_SECTORS[organization_class],
        parent=parent,
        path=path,
        depth=len(path) // STEP,
        term_years=term,
        unit_situation=situation,
        unit_nature=_NATURES.get(organization_class, "机关"),
    )


def _date(tree: Tree, rng: random.Random, today: dt.date) -> None:
    """Founding days, not before the parent's, and terms that end on days spread over the years."""
    newest = dt.date(2023, 6, 30)
    for row in tree.organizations:
        if row.parent is None:
            row.founded_on = dt.date(1993, 7, 5)
            continue
        earliest = row.parent.founded_on or newest
        latest = min(newest, earliest + dt.timedelta(days=12 * 365))
        row.founded_on = _between(rng, earliest, latest)
        term = row.term_years
        if term:
            first = months_before(today, 12 * term) + dt.timedelta(days=4)
            _start_term(row, _between(rng, first, months_before(today, 2)))


def _start_term(row: Organization, since: dt.date) -> None:
    row.term_started_on = max(since, row.founded_on or since)
    row.term_ends_on = months_before(row.term_started_on, -12 * (row.term_years or 3))


def _single_out(tree: Tree, rng: random.Random, today: dt.date, small: bool) -> None:
    """The few organisations with which something is the matter."""
    apart = [
        row
        for row in tree.branches
        if row.parent is not None and row.parent.kind == K.DIRECT_COMMITTEE
        if row.organization_class not in (C.ORGAN, C.RETIRED, C.COOPERATIVE)
    ]
    rng.shuffle(apart)
    for months in (2, 9) if small else (2, 5, 9, 12, 15):
        row = apart.pop()
        row.founded_on = months_before(today, months) - dt.timedelta(days=rng.randrange(12))
        _start_term(row, row.founded_on)
        tree.empty = tree.empty or row
    for months in (3,) if small else (1, 3, 6, 10, 14):
        row = apart.pop()
        ended = months_before(today, months) - dt.timedelta(days=rng.randrange(12))
        _start_term(row, months_before(ended, 12 * (row.term_years or 3)))
    extended = apart.pop()
    _start_term(extended, months_before(today, 12 * (extended.term_years or 3) + 2))
    extended.extended_until = months_before(today, -4)
    extended.extension_document = EXTENSION_DOCUMENT.format(year=months_before(today, 3).year)
    tree.abolished = next(row for row in apart if row.kind == K.BRANCH)
    apart.remove(tree.abolished)
    tree.abolished.abolished_on = months_before(today, 2 if small else 7)
    fitting = [row for row in apart if row.kind == K.BRANCH]
    tree.largest = next((row for row in fitting if "机械公司" in row.name), fitting[0])
    apart.remove(tree.largest)
    tree.without_secretary = [apart.pop()] if small else [apart.pop(), apart.pop()]
    if tree.empty:
        tree.without_secretary.append(tree.empty)
    if tree.abolished.parent is not None:
        _add_successor(tree, tree.abolished, tree.abolished.parent)


def _add_successor(tree: Tree, gone: Organization, parent: Organization) -> None:
    """One more branch where one was abolished, so that 530 organisations exist today."""
    number = 1 + sum(row.parent is parent for row in tree.organizations)
    row = _organization(
        "中共经开区综合服务中心支部委员会",
        "经开区综合服务中心党支部",
        K.BRANCH,
        OrganizationClass(gone.organization_class),
        parent,
        number,
    )
    row.unit_name = "经开区综合服务中心"
    row.founded_on, row.unit_nature = gone.founded_on, gone.unit_nature
    row.term_started_on, row.term_ends_on = gone.term_started_on, gone.term_ends_on
    tree.organizations.append(row)
    tree.organizations.sort(key=lambda each: each.path)
    tree.by_short_name[row.short_name] = row


def _write_history(tree: Tree, seeding: Seeding) -> None:
    """The founding, the last election, the extension and the abolition; and where each stands."""
    now = seeding.now
    events: list[OrganizationEvent] = []
    placements: list[OrganizationPlacement] = []
    for row in tree.organizations:
        above = row.parent.name if row.parent else "上级党委"
        founded = row.founded_on or now.date()
        happened: list[tuple[EventKind, dt.date, str, str]] = [
            (EventKind.FOUNDED, founded, f"徐经开组〔{founded.year}〕{len(events) % 60 + 1}号", "")
        ]
        if row.term_started_on and row.term_started_on > founded:
            happened.append((EventKind.RE_ELECTED, row.term_started_on, "", "按期换届"))
        if row.extended_until and row.term_ends_on:
            decided = row.term_ends_on - dt.timedelta(days=20)
            note = "单位改制尚未完成，申请延期换届"
            happened.append((EventKind.EXTENDED, decided, row.extension_document, note))
        if row.abolished_on:
            note = "单位撤并，党员组织关系已转出"
            happened.append((EventKind.ABOLISHED, row.abolished_on, "", note))
        for kind, day, document, note in happened:
            events.append(
                OrganizationEvent(
                    organization=row,
                    kind=kind,
                    happened_on=day,
                    approved_by=above,
                    document_number=document,
                    note=note,
                    details=_details(row, kind),
                    recorded_by_name=RECORDER,
                    recorded_at=timezone.make_aware(dt.datetime.combine(day, dt.time())),
                )
            )
        placements.append(
            OrganizationPlacement(
                organization=row,
                parent=row.parent,
                path=row.path,
                name=row.name,
                kind=row.kind,
                valid_from=row.founded_on,
                valid_to=row.abolished_on,
            )
        )
    seeding.insert(events)
    seeding.insert(placements)
    seeding.insert(_terms(tree))


def _terms(tree: Tree) -> list[Term]:
    """The term of each as it was elected, and as it was extended."""
    found = []
    for row in tree.organizations:
        if row.term_ends_on is None:
            continue
        term = {
            "organization": row,
            "started_on": row.term_started_on,
            "ends_on": row.term_ends_on,
            "years": row.term_years,
        }
        found.append(Term(**term, valid_from=row.term_started_on))
        if row.extended_until:
            found.append(
                Term(
                    **term,
                    extended_until=row.extended_until,
                    document_number=row.extension_document,
                    valid_from=row.term_ends_on - dt.timedelta(days=20),
                )
            )
    return found


def _details(row: Organization, kind: EventKind) -> dict[str, str]:
    """What the actions of orgs write down with such an event."""
    ended = row.term_ends_on.isoformat() if row.term_ends_on else ""
    if kind == EventKind.EXTENDED and row.extended_until:
        return {"before": ended, "after": row.extended_until.isoformat()}
    if kind == EventKind.RE_ELECTED:
        return {
            "before": row.term_started_on.isoformat() if row.term_started_on else "",
            "after": ended,
        }
    return {"name": row.name}


def _between(rng: random.Random, first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=rng.randint(0, max(0, (last - first).days)))
