"""The committees of the demo zone with the general branches and units below them. The place names
are those of the real zone; nobody and no firm in them exists."""

from dataclasses import dataclass

from orgs.enums import OrganizationClass

C = OrganizationClass

NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with a branch directly below a committee."""

    name: str
    joint: bool = False
    organization_class: OrganizationClass | None = None  # that of the committee


@dataclass(frozen=True, slots=True)
class Committee:
    """A direct committee: its general branches (name, number of branches) and its direct units."""

    key: str  # how it begins names below it
    name: str
    short_name: str
    organization_class: OrganizationClass
    general: tuple[tuple[str, int], ...] = ()
    units: tuple[Unit, ...] = ()


def _street(name: str, *places: tuple[str, int], more: tuple[Unit, ...] = ()) -> Committee:
    town = name.endswith("镇")
    own = (
        Unit(f"{name}机关", organization_class=C.ORGAN),
        Unit(f"{name}离退休干部", organization_class=C.RETIRED),
    )
    return Committee(
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
    units: tuple[Unit, ...] = (),
    *,
    prefix: str = "经开区",
) -> Committee:
    """A committee of a trade, a park or a group; its general branches are numbered."""
    return Committee(
        key=prefix + key,
        name=f"中共{prefix}{key}委员会",
        short_name=f"{key}党委",
        organization_class=organization_class,
        general=tuple((f"第{NUMERALS[i]}", size) for i, size in enumerate(sizes)),
        units=units,
    )


def _units(names: str, joint: str = "") -> tuple[Unit, ...]:
    """Units, with the joint ones spread among them."""
    plain = [Unit(name) for name in names.split()]
    joined = [Unit(name, joint=True) for name in joint.split()]
    for number, unit in enumerate(joined, start=1):
        plain.insert(number * len(plain) // (len(joined) + 1) + number // 2, unit)
    return tuple(plain)


def _firms(trades: str, joint: str, *, shift: int) -> tuple[Unit, ...]:
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

COMMITTEES: tuple[Committee, ...] = (
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
        more=(Unit("百谷农林合作社", organization_class=C.COOPERATIVE),),
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
    Committee(
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
