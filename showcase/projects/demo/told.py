"""What the demo's campaigns and projects say, in our own words."""

from dataclasses import dataclass

from ..enums import CampaignKind, Grade

POINTS = (("23", "21", "20", "22"), ("22", "20.5", "21", "23"), ("21", "22", "19", "22"))
OPINIONS = (
    "问题找得准，节点数得清。",
    "难在协调几家单位，街道要出面。",
    "做成了别处可以照着做。",
)
LAND, VILLAGE = "低效用地盘活攻坚", "农村公共空间治理"
CAMPAIGNS = (
    (
        LAND,
        CampaignKind.LAND,
        "党支部进厂进村，一块地一本账，把闲置和低效的地用起来；督办事项不拖过期。",
        "items_overdue",
    ),
    (
        VILLAGE,
        CampaignKind.VILLAGE,
        "每月主题党日清一处，房前屋后、河边路口不再乱堆乱占，腾出来的地方给大家用。",
        "life_party_day_present",
    ),
)


@dataclass(frozen=True, slots=True)
class Outlined:
    """A milestone: what is done, by which day after the beginning, and when it was done."""

    title: str
    due: int
    done: int | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A project: whose, what it says, how many days ago it was handed in, and how far it came: `draft`,
    `submitted`, `returned`, `review`, `running`, `closing`, `closed`, `spread`."""

    place: str
    title: str
    problem: str
    goal: str
    measures: str
    stages: tuple[Outlined, ...]
    begun: int
    far: str
    background: str = ""
    people: str = ""
    material: str = ""
    budget: int = 0
    campaign: str = ""
    figure: str = ""
    figure_goal: int = 0
    of_theme: bool = False
    spent: tuple[tuple[int, int, str], ...] = ()  # days after the beginning, yuan, for what
    midterm: tuple[int, str] | None = None
    late: str = ""  # why an extension of the first open milestone is asked for
    closing: tuple[int, str, int] | None = None  # days, what came of it, satisfied per cent
    grade: tuple[Grade, str] | None = None


MADE: tuple[Made, ...] = (
    Made(
        "徐庄镇",
        "三处乱堆地变成小游园",
        "河边、村口、旧粮站旁三处空地常年堆柴堆料，下雨积水，群众反映了好几年。",
        "三处全部清完、铺好、有人管，反映这件事的来电归零。",
        "党员先清自家的；村干部和户主一户一户商量；清出来的地由村民代表定做什么用，管护排班上墙。",
        (
            Outlined("三处占用情况一户一户摸清，签好协议", 35, 33, "协议 46 份，村口公示"),
            Outlined("河边和村口两处清完", 70, 68, "清运单 31 车，前后照片"),
            Outlined("旧粮站旁清完，三处铺好", 108),
            Outlined("管护班上岗，回访周边住户", 165),
        ),
        120,
        "running",
        background="三处空地产权不一，过去清过两次，几个月又堆回去。",
        people="镇党委组织委员，三个村的书记，党员志愿者 24 人",
        material="透水砖 1200 平方米，长椅 12 张",
        budget=86000,
        campaign=VILLAGE,
        figure="life_party_day_present",
        figure_goal=90,
        spent=((40, 9800, "清运车辆"), (66, 31200, "透水砖第一批"), (75, 4600, "长椅定金")),
        late="旧粮站的产权交接要等粮食系统盖章，已约好日子。",
    ),
    Made(
        "非公有制企业综合党委",
        "十二处旧厂房找到新用场",
        "十二处旧厂房空着，老企业嫌租金低不肯腾，新企业等着要厂房。",
        "年内腾出并用起来八处以上，一处一本账，没有一起纠纷。",
        "企业党支部和村支部结对谈；租金、补偿、税费三笔账当面算清；谈不拢的每周报一次，由党委派人上门。",
        (
            Outlined("十二处逐一建账", 40, 36, "台账 12 本，业主签字"),
            Outlined("谈成四处，签订腾退协议", 85, 84, "协议 4 份"),
            Outlined("再谈成四处，八处全部有企业进场", 175),
        ),
        140,
        "running",
        people="综合党委委员 3 人，企业党支部书记 9 人",
        budget=30000,
        campaign=LAND,
        figure="items_overdue",
        spent=((50, 6500, "评估费"), (90, 4200, "法律咨询")),
        midterm=(95, "四处已进场三处；另一处卡在消防验收，已请消防部门到现场。进度正常。"),
    ),
    Made(
        "金山桥街道",
        "重大项目工地上的周五碰头会",
        "三个重大项目的水电、道路、农户协调各找各的部门，一件小事拖半个月。",
        "工地上报来的难题平均五天以内办结，没有因为协调不到位停工。",
        "工地设临时党支部，每周五下午在现场碰头；能当场定的当场定，定不了的写清谁办、哪天办好。",
        (
            Outlined("三个工地都设好临时党支部和碰头会", 30, 27, "三处批复，首次碰头会记录"),
            Outlined("头二十件难题办结", 80, 78, "办结单 21 件"),
            Outlined("做法写成一页纸，交给各工地照用", 120, 118, "一页纸做法，街道印发"),
        ),
        135,
        "closing",
        people="街道党工委副书记，建设、供电、供水等七家单位联系人",
        budget=12000,
        spent=((35, 3800, "碰头会板房布置"), (110, 1500, "印刷")),
        closing=(
            124,
            "碰头会开了 17 次，收到难题 38 件，办结 36 件，平均 4.2 天；没有因协调停工。"
            "没办结的两件写明了原因和日子。",
            96,
        ),
    ),
    Made(
        "大黄山街道",
        "老小区夜里停车不再堵门",
        "四个老小区夜里车把消防通道和楼门堵住，居民吵架、报警一个月三十多次。",
        "夜间堵门堵通道的报警降到每月五次以下。",
        "小区党支部牵头画线、议规矩；附近机关和商场夜里让出车位；党员车主带头挪车，排班巡到十一点。",
        (
            Outlined("四个小区画线，规矩由居民会议通过", 45, 40, "居民会议记录 4 份"),
            Outlined("谈成夜间共用车位二百个", 95, 90, "共用协议 5 份，车位 212 个"),
            Outlined("连续两个月报警在五次以下", 170, 168, "派出所每月接警数"),
        ),
        260,
        "spread",
        background="四个小区建于九十年代，车位一户摊不到三分之一。",
        people="街道党工委委员，四个小区支部书记，派出所联系民警",
        budget=48000,
        spent=((50, 18600, "画线和标牌"), (100, 21500, "道闸改造")),
        midterm=(100, "画线和规矩已到位，共用车位超过原定数；巡查要坚持住。"),
        closing=(
            175,
            "报警从每月 33 次降到 3 次；共用车位 212 个；规矩写进小区公约，巡查由物业接上。",
            98,
        ),
        grade=(Grade.EXCELLENT, "结果数得出来，居民认；做法简单，别的老小区可以照着做。"),
    ),
    Made(
        "石桥社区党总支",
        "新来的租户七天有人上门",
        "租户换得快，党员和困难家庭搬来几个月社区还不知道。",
        "新来的租户七天内有人上门，党员当月接上组织关系或编进小组。",
        "房东、中介、楼长三头报；楼长两天内上门送一张明白卡；党员当场登记，支部一周内联系原支部。",
        (
            Outlined("房东和中介都签约报信", 40, 44, "签约名册 63 家"),
            Outlined("连续三个月七天内上门", 140, 138, "上门登记 187 户"),
        ),
        230,
        "closed",
        people="总支委员 3 人，楼长 41 人",
        budget=6000,
        figure="life_party_day_present",
        figure_goal=85,
        spent=((30, 2400, "印明白卡"),),
        closing=(150, "登记 187 户，七天内上门 171 户；新编进小组的党员 14 名。", 93),
        grade=(Grade.PASSED, "目标基本达到；满意率低于 95%，十六户超过七天，楼长少的楼要补人。"),
    ),
    Made(
        "国有企业党委",
        "老厂区空楼改成人才公寓",
        "厂区两栋空楼闲了六年，新来的技术员在外租房，路上要一个多小时。",
        "年底前改好四十间，第一批技术员住进去。",
        "党委领题，工程、财务、工会各认一段；改造方案给要住的人看过再动工；每周公布进度。",
        (
            Outlined("方案定好，要住的人看过", 30),
            Outlined("改好四十间", 95),
            Outlined("第一批住进去，回访一次", 120),
        ),
        7,
        "review",
        people="党委委员 2 人，工程、财务、工会负责人",
        material="旧楼两栋",
        budget=240000,
        campaign=LAND,
    ),
    Made(
        "桃园社区第一支部",
        "楼道里的旧家具一次清光",
        "六栋楼的楼道堆满旧家具，消防检查每次都点名。",
        "六栋楼清光，三个月不再堆回来。",
        "党员先清自家门口；每月主题党日清一栋；旧家具联系回收，每周六上午有车来。",
        (
            Outlined("六栋楼都清完", 45),
            Outlined("三个月回头看没有再堆", 135),
        ),
        3,
        "submitted",
        people="支部党员 18 人",
        budget=3000,
        figure="life_party_day_present",
        figure_goal=92,
        of_theme=True,
    ),
    Made(
        "经开区实验学校党总支",
        "放学路上有人护",
        "放学时校门口人车混在一起，家长担心。",
        "放学半小时校门口秩序好转。",
        "党员教师轮流站岗，家长志愿者帮忙。",
        (Outlined("排好班，试行一个月", 40), Outlined("总结", 100)),
        16,
        "returned",
        people="党员教师、家长志愿者",
        budget=5000,
    ),
    Made(
        "湖庄村第二支部",
        "村口废塘变成小荷塘",
        "村口废塘淤了多年，夏天蚊虫多。",
        "清淤、种荷、修好护栏，明年夏天能走一圈。",
        "党员出工清淤，能人捐荷种，护栏请村里列支。",
        (Outlined("清淤完工", 40), Outlined("护栏装好", 100)),
        2,
        "draft",
        budget=15000,
        campaign=VILLAGE,
    ),
)
