"""The organisations of the demo zone: one 党工委, 18 committees, 53 general branches, 458 branches."""

import calendar
import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from orgs import titles
from orgs.actions.register import code_of
from orgs.enums import EventKind, OrganizationClass, OrganizationKind, Sector, UnitSituation
from orgs.models import Organization, OrganizationEvent, OrganizationPlacement
from orgs.models.organization import STEP

K = OrganizationKind
C = OrganizationClass

ZONE_NAME = "中共徐州经济技术开发区工作委员会"
RECORDER = "示例数据"
NUMERALS = "一二三四五六七八九十"
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


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit with a branch directly below a committee."""

    name: str
    joint: bool = False
    organization_class: OrganizationClass | None = None  # that of the committee


@dataclass(frozen=True, slots=True)
class _Committee:
    """A direct committee: its general branches (name, number of branches) and its direct units."""

    key: str  # how it begins names below it
    name: str
    short_name: str
    organization_class: OrganizationClass
    general: tuple[tuple[str, int], ...] = ()
    units: tuple[_Unit, ...] = ()


def _street(name: str, *places: tuple[str, int], more: tuple[_Unit, ...] = ()) -> _Committee:
    town = name.endswith("镇")
    own = (
        _Unit(f"{name}机关", organization_class=C.ORGAN),
        _Unit(f"{name}离退休干部", organization_class=C.RETIRED),
    )
    return _Committee(
        key=name,
        name=f"中共{name}{'委员会' if town else '工作委员会'}",
        short_name=name,
        organization_class=C.TOWN if town else C.STREET,
        general=places,
        units=own + more,
    )


def _system(
    key: str,
    organization_class: OrganizationClass,
    sizes: tuple[int, ...],
    units: tuple[_Unit, ...] = (),
    *,
    prefix: str = "经开区",
) -> _Committee:
    """A committee of a trade, a park or a group; its general branches are numbered."""
    return _Committee(
        key=prefix + key,
        name=f"中共{prefix}{key}委员会",
        short_name=f"{key}党委",
        organization_class=organization_class,
        general=tuple((f"第{NUMERALS[i]}", size) for i, size in enumerate(sizes)),
        units=units,
    )


def _units(names: str, joint: str = "") -> tuple[_Unit, ...]:
    """Units, with the joint ones spread among them."""
    plain = [_Unit(name) for name in names.split()]
    joined = [_Unit(name, joint=True) for name in joint.split()]
    for number, unit in enumerate(joined, start=1):
        plain.insert(number * len(plain) // (len(joined) + 1) + number // 2, unit)
    return tuple(plain)


def _firms(trades: str, joint: str, *, shift: int) -> tuple[_Unit, ...]:
    """Invented firms of the trades named: a two-character brand each, none twice in the zone."""
    first, second = "云启恒宏瑞鼎博盛睿晟卓嘉凯朗", "锋源创科联邦和信澜拓"
    names = []
    for number, trade in enumerate(trades.split(), start=shift):
        # 14 and 10 share a factor: step the second list once more each time the cycle closes.
        brand = first[number % 14] + second[(number + number // 70) % 10]
        names.append(f"{brand}{trade}公司")
    return _units(" ".join(names), joint)


_SCHOOLS = _units(
    "大黄山中学 大黄山小学 大黄山幼儿园 侯集小学 侯集幼儿园 前姚小学 大庙中学 大庙小学 大庙幼儿园 "
    "大湖小学 望城小学 后山幼儿园 徐庄中学 徐庄小学 徐庄幼儿园 土楼小学 岗楼小学 山头小学 "
    "金山桥中学 金山桥小学 长安小学 石桥小学 桃园小学 桃园幼儿园 东环中学 东环小学 孟家沟小学 "
    "狮子山小学 民富园幼儿园 金龙湖中学 金龙湖小学 凤凰山小学 龙湖幼儿园 经开区高级中学 "
    "经开区职业学校 经开区教师发展中心",
    "大黄山片区民办幼儿园 大庙片区民办幼儿园 徐庄片区村办幼儿园 金山桥片区培训机构 东环片区民办幼儿园",
)
_CLINICS = _units(
    "经开区人民医院 经开区中医院 经开区疾病预防控制中心 经开区妇幼保健所 经开区卫生监督所 "
    "经开区急救站 大黄山卫生院 大庙卫生院 徐庄卫生院 金山桥社区卫生服务中心 东环社区卫生服务中心 "
    "金龙湖社区卫生服务中心 侯集卫生服务站 前姚卫生服务站 大湖卫生服务站 望城卫生服务站 "
    "土楼卫生服务站 岗楼卫生服务站 桃园卫生服务站 石桥卫生服务站 长安卫生服务站 杨山卫生服务站 "
    "孟家沟卫生服务站 桥南头卫生服务站 狮子山卫生服务站 晓山卫生服务站 凤凰山卫生服务站 龙湖卫生服务站",
    "大黄山片区村卫生室 大庙片区村卫生室 徐庄片区村卫生室 金山桥片区民营诊所",
)
_PRIVATE = _firms(
    "食品 包装 印务 建材 木业 服饰 物流 仓储 商贸 超市 酒店 餐饮 家居 电子商务 软件 网络科技 "
    "文化传媒 教育咨询 人力资源 物业 保安服务 环保科技 园林绿化 建设工程 装饰工程 消防工程 "
    "检测技术 汽车销售 汽车维修 医药连锁 医疗器械 农产品 冷链物流 乳品 饲料 种业 纺织 玻璃 塑业",
    "金山桥商圈 软件园楼宇 城东物流园 农贸市场个体经营户",
    shift=0,
)
_SOCIAL = _units(
    "经开区企业联合会 经开区个体私营经济协会 经开区物流协会 经开区餐饮行业协会 经开区物业协会 "
    "经开区电子商务协会 经开区建筑业协会 经开区机械制造协会 经开区新能源产业联盟 经开区青年企业家协会 "
    "经开区女企业家协会 经开区志愿者联合会 经开区慈善协会 经开区红十字服务队 经开区老年人体育协会 "
    "经开区书法家协会 经开区摄影家协会 经开区戏曲协会 经开区舞蹈协会 经开区足球协会 经开区乒乓球协会 "
    "经开区太极拳协会 桃园社会工作服务中心 石桥社会工作服务中心 晓山社会工作服务中心 孟家沟养老服务中心 "
    "桥南头养老服务中心 大黄山养老服务中心 大庙养老服务中心 徐庄敬老服务中心 阳光助残服务中心 "
    "春蕾儿童服务中心 和风心理服务中心 邻里调解服务中心 经开区法律服务中心",
    "经开区异地商会 经开区文体类社团 金山桥社区社会组织",
)
_EQUIPMENT = _firms(
    "工程机械 精密机械 液压件 铸造 锻压 模具 轴承 齿轮 传动 数控设备 机床 焊接设备 起重设备 "
    "矿山机械 农业机械 环卫装备 专用车 汽车零部件 电机 电气 电缆 阀门 泵业 钢结构 紧固件 "
    "表面处理 热处理 机器人 自动化 智能装备 仪器仪表 轨道配件 工业设计",
    "铸造产业片区 汽配小微企业 标准厂房一期 标准厂房二期 机加工小微企业 工业服务企业",
    shift=39,
)
_ENERGY = _firms(
    "光伏 硅材料 硅片 电池片 组件 逆变器 支架 储能 锂电 电池材料 隔膜 铝箔 电解液 充电设备 "
    "风电装备 叶片 塔筒 氢能 燃料电池 热泵 节能科技 能源管理 电力工程 智能电网 变压器 开关 "
    "新能源汽车 电驱动 电控 回收利用",
    "光伏配套企业 储能配套企业 能源服务小微企业",
    shift=72,
)

COMMITTEES: tuple[_Committee, ...] = (
    _street(
        "大黄山街道",
        ("湖庄村", 4),
        ("前姚社区", 4),
        ("大黄山社区", 4),
        ("小黄山村", 4),
        ("侯集村", 3),
    ),
    _street(
        "大庙街道", ("大庙村", 4), ("侯楼村", 3), ("大湖社区", 3), ("后山村", 3), ("望城社区", 4)
    ),
    _street(
        "徐庄镇",
        ("徐庄村", 4),
        ("土楼村", 3),
        ("岗楼村", 5),
        ("山头村", 3),
        ("张屯村", 3),
        more=(_Unit("百谷农林合作社", organization_class=C.COOPERATIVE),),
    ),
    _street(
        "金山桥街道",
        ("桃园社区", 3),
        ("石桥社区", 4),
        ("金水社区", 4),
        ("长安社区", 3),
        ("杨山社区", 4),
    ),
    _street(
        "东环街道",
        ("孟家沟社区", 5),
        ("桥南头社区", 5),
        ("东店子社区", 3),
        ("民富园社区", 5),
        ("狮子山社区", 4),
    ),
    _street(
        "金龙湖街道",
        ("晓山社区", 5),
        ("绿地社区", 5),
        ("凤凰山社区", 5),
        ("龙湖社区", 4),
        ("桃李社区", 5),
    ),
    _system("机关", C.ORGAN, (4,)),
    _Committee(
        key="经开区教育系统",
        name="中共经开区教育系统委员会",
        short_name="教育系统党委",
        organization_class=C.SCHOOL,
        general=(("第一", 3), ("经开区实验学校", 3)),
        units=_SCHOOLS,
    ),
    _system("卫生健康系统", C.INSTITUTION, (5, 4), _CLINICS),
    _system("国有企业", C.STATE_ENTERPRISE, (4, 5, 5)),
    _system("非公有制企业综合", C.PRIVATE_ENTERPRISE, (5,), _PRIVATE),
    _system("社会组织综合", C.SOCIAL_ORGANIZATION, (5, 5), _SOCIAL),
    _system("恒久集团", C.PRIVATE_ENTERPRISE, (4, 6), prefix=""),
    _system("综合保税区", C.STATE_ENTERPRISE, (4, 4, 5), prefix=""),
    _system("装备制造产业园", C.PRIVATE_ENTERPRISE, (5, 3), _EQUIPMENT, prefix=""),
    _system("新能源产业园", C.PRIVATE_ENTERPRISE, (5, 3, 5), _ENERGY, prefix=""),
    _system("集成电路产业园", C.PRIVATE_ENTERPRISE, (5,), prefix=""),
    _system("生物医药产业园", C.PRIVATE_ENTERPRISE, (4,), prefix=""),
)
_SMALL = ("大黄山街道", "金山桥街道", "教育系统党委")
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

    @property
    def root(self) -> Organization:
        return self.organizations[0]

    @property
    def branches(self) -> list[Organization]:
        return [row for row in self.organizations if row.is_branch]

    def below(self, organization: Organization) -> list[Organization]:
        """The organisation and all under it."""
        return [row for row in self.organizations if row.path.startswith(organization.path)]


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier (later when negative), or the last one of a shorter
    month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def build_tree(*, rng: random.Random, today: dt.date, now: dt.datetime, small: bool) -> Tree:
    """Inserts the organisations with their histories: a fixed number of statements a level."""
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
    _date(tree, rng, today)
    _single_out(tree, rng, today, small)
    for number, row in enumerate(tree.organizations, start=1):
        row.uid = uuid.UUID(int=rng.getrandbits(128), version=4)
        row.code = code_of(number)
        row.updated_at = now
    for depth in range(1, 5):
        level = [row for row in tree.organizations if row.depth == depth]
        Organization.objects.bulk_create(level, batch_size=500)
    _write_history(tree, now)
    return tree


def _chosen(small: bool) -> Iterator[_Committee]:
    for committee in COMMITTEES:
        if not small:
            yield committee
        elif committee.short_name in _SMALL:
            yield _Committee(
                committee.key,
                committee.name,
                committee.short_name,
                committee.organization_class,
                committee.general[:2],
                committee.units[:8],
            )


_Row = tuple[str, str, OrganizationKind, OrganizationClass, str, str]


def _rows(committee: _Committee) -> Iterator[_Row]:
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


def _write_history(tree: Tree, now: dt.datetime) -> None:
    """The founding, the last election, the extension and the abolition; and where each stands."""
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
                    recorded_at=now,
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
    OrganizationEvent.objects.bulk_create(events, batch_size=1000)
    OrganizationPlacement.objects.bulk_create(placements, batch_size=1000)


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
