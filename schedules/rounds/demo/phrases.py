"""What the reports of the demo zone say, in the words of the field, by class of organisation.

In a text `{a}` is a small number, `{b}` a middling one, `{c}` a larger one; in problems `{who}`
is the person in charge and `{by}` the day by which it shall be done.
"""

import random
from dataclasses import dataclass

from orgs.enums import OrganizationClass

C = OrganizationClass

NONE = "无"
RETURN_REASONS = {
    "problems": (
        "请写明牵头人和计划完成日期。",
        "请写清需要哪个部门协调、协调什么。",
        "与上月内容相同，请写明目前进展。",
    ),
    "next_plan": (
        "打算没有时间安排，请补充。",
        "请写具体要做的一两件事，不要只写“继续做好各项工作”。",
    ),
    "highlights": (
        "写得太笼统，请写清做了什么、有什么成效。",
        "参加人数与名册不符，请核对。",
    ),
}
# What stood there before it was returned.
TOO_THIN = {
    "problems": "活动经费不足，请上级支持。",
    "next_plan": "继续做好各项工作。",
    "highlights": "扎实开展各项工作，成效明显。",
}


@dataclass(frozen=True, slots=True)
class _Words:
    highlights: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]  # what is wrong, what is asked for
    plans: tuple[str, ...]


_ANYWHERE = (
    "主题党日开展学习研讨，交流发言 {a} 人。",
    "支委与党员开展谈心谈话 {a} 人次，意见建议均已答复。",
    "补课 {a} 人，缺席党员当月学习内容全部补齐。",
)

_WORDS: dict[str, _Words] = {
    C.VILLAGE: _Words(
        (
            "“带岗带责进网格”：{b} 名无职党员认领 {a} 个网格岗位，调解邻里纠纷 {a} 起。",
            "党员带头清理村内沟渠 {a} 处，整治房前屋后杂物 {b} 户。",
            "土地流转新增 {c} 亩，村集体增收 {a} 万元，已按“四议两公开”公示。",
            "走访困难群众 {b} 户，代办医保、养老认证 {b} 件。",
            "村内道路修缮方案经村民代表会议通过，{a} 名党员参与质量监督。",
            "为 {a} 名行动不便的老党员送学上门。",
            "农忙时节组织 {b} 名党员帮缺劳力家庭抢收抢种 {c} 亩。",
        ),
        (
            ("活动室屋顶渗水，影响党课使用", "请街道协调施工队"),
            ("村口至主干道路灯损坏 {a} 盏，夜间出行不便", "请协调供电部门检修"),
            ("外出务工党员多，支部大会到会人数偏紧", "拟调整到周末召开"),
            ("东侧排水沟淤堵，雨天积水", "请协调水务部门清淤"),
            ("发展党员年龄结构偏大，青年积极分子不足", "拟在返乡青年中培养"),
        ),
        (
            "走访 {a} 户困难党员",
            "完成 {a} 户人居环境整治",
            "讨论 {a} 名发展对象",
            "清理公共区域杂物一次",
        ),
    ),
    C.COMMUNITY: _Words(
        (
            "“四个小心愿”：认领居民微心愿 {b} 个，已办结 {a} 个。",
            "“带岗带责进网格”：{b} 名党员下沉网格，入户 {c} 户，收集诉求 {b} 件。",
            "“三夫妻”志愿服务队上门服务高龄老人 {b} 人次。",
            "协调物业修复电梯、门禁等问题 {a} 处，回访 {a} 户均满意。",
            "为 {a} 名行动不便的老党员送学上门。",
            "楼栋党员议事会召开 {a} 次，解决停车、充电问题 {a} 件。",
            "联合共建单位开展义诊、理发等便民服务，惠及居民 {c} 人。",
        ),
        (
            ("{a} 号楼电动车飞线充电屡劝不止", "请协调增设充电桩 {a} 处"),
            ("老旧小区下水管道老化，{b} 户反映堵塞", "请住建部门纳入改造计划"),
            ("小区无物业，公共照明费用无着落", "请街道协调"),
            ("社区活动室面积不足，支部大会只能分两批召开", "请协调共建单位会议室"),
            ("流动党员联系不及时，{a} 人未参加本月学习", "拟逐一电话联系并补课"),
        ),
        ("走访 {a} 户困难党员", "召开居民议事会一次", "办结 {a} 件居民诉求", "组织志愿服务 {a} 次"),
    ),
    C.SCHOOL: _Words(
        (
            "党员教师示范课 {a} 节，听课 {c} 人次。",
            "党员教师结对帮扶学习困难学生 {b} 名，家访 {b} 户。",
            "开展师德专题党课，{c} 名教师参加。",
            "课后服务党员先锋岗 {a} 个，护学岗值守 {c} 人次。",
        ),
        (
            ("教学任务重，支部委员会时间难以统一", "拟固定在每月第一周周三"),
            ("青年教师递交入党申请人数少", "拟由支委一对一联系"),
            ("校门口高峰时段交通拥堵", "请协调交警部门疏导"),
        ),
        ("组织党员教师示范课 {a} 节", "家访 {b} 户", "召开支委会研究发展对象"),
    ),
    C.ORGAN: _Words(
        (
            "党员到社区“双报到”{b} 人次，认领服务事项 {a} 件。",
            "“即知即改”办结群众诉求 {b} 件，平均办理 {a} 天。",
            "政务服务窗口党员先锋岗办件 {c} 件，无投诉。",
            "青年理论学习小组交流 {a} 次，形成调研报告 {a} 篇。",
        ),
        (
            ("业务工作与组织生活时间冲突，{a} 人请假", "拟提前一周通知并安排补课"),
            ("与结对社区的共建项目进展慢", "请社区明确需求清单"),
        ),
        ("到结对社区报到服务一次", "完成 {a} 篇调研报告", "组织专题学习 {a} 次"),
    ),
    C.INSTITUTION: _Words(
        (
            "党员义诊进社区 {a} 场，服务群众 {c} 人次。",
            "家庭医生签约随访党员包片 {b} 户，高血压、糖尿病随访 {c} 人次。",
            "党员先锋岗优化就诊流程 {a} 项，平均候诊时间缩短 {b} 分钟。",
            "开展警示教育 {a} 次，{c} 名党员职工参加。",
        ),
        (
            ("一线值班人员多，集中学习到会率偏低", "拟分两批开展并补课"),
            ("村卫生室设备老化", "请协调更新 {a} 台"),
        ),
        ("进村义诊 {a} 场", "党员包片随访 {b} 户", "召开支委会研究换岗人员编组"),
    ),
    C.STATE_ENTERPRISE: _Words(
        (
            "党员突击队承担重点项目 {a} 个，提前 {a} 天完成节点。",
            "党员责任区隐患排查 {b} 处，已整改 {a} 处。",
            "“揭榜挂帅”技术攻关 {a} 项，节约成本 {b} 万元。",
            "劳模党员带徒 {a} 对，技能比武 {c} 人参加。",
        ),
        (
            ("项目部分散，党小组活动组织难", "拟在工地就近设活动点"),
            ("青年技术骨干发展党员名额不足", "请上级统筹"),
        ),
        ("开展党员责任区安全检查 {a} 次", "推进攻关项目 {a} 个", "组织项目部联合主题党日"),
    ),
    C.PRIVATE_ENTERPRISE: _Words(
        (
            "党员示范岗 {a} 个，带动班组提合理化建议 {b} 条，采纳 {a} 条。",
            "党支部协调解决职工子女入学、住宿问题 {a} 件。",
            "党员技术攻关小组改进工艺 {a} 项，废品率下降。",
            "运用“345”工作法，支部书记列席经营例会 {a} 次。",
            "组织职工技能培训 {a} 场，{c} 人参加。",
        ),
        (
            ("生产旺季倒班，组织生活难以集中", "拟按班次分组开展"),
            ("活动场地与会议室合用，资料无处存放", "请园区协调党群服务中心"),
            ("党员流动快，{a} 人离职未转组织关系", "拟逐一联系办理"),
        ),
        ("与园区党群服务中心联办主题党日", "培养积极分子 {a} 名", "召开职工恳谈会一次"),
    ),
    C.SOCIAL_ORGANIZATION: _Words(
        (
            "党员志愿者服务 {b} 人次，惠及群众 {c} 人。",
            "为会员企业提供政策咨询 {b} 次，协助申报项目 {a} 个。",
            "与社区党组织共建，认领服务项目 {a} 个。",
        ),
        (
            ("党员多为兼职，组织关系不在本支部", "拟请其参加双重组织生活"),
            ("无固定活动场所", "请协调使用社区党群服务中心"),
        ),
        ("开展公益服务 {a} 次", "与社区商定共建清单", "走访会员单位 {a} 家"),
    ),
    C.COOPERATIVE: _Words(
        (
            "党员技术员下田指导 {b} 户，推广良种 {c} 亩。",
            "带动周边农户务工 {b} 人，人均月增收 {c} 元。",
            "农产品线上销售 {c} 单，党员直播带货 {a} 场。",
        ),
        (("冷库容量不足，采收期损耗大", "请协调项目资金"),),
        ("开展技术培训 {a} 次", "与 {a} 个村签订种植协议"),
    ),
    C.RETIRED: _Words(
        (
            "老党员宣讲 {a} 场，听众 {c} 人次。",
            "银发志愿队调解矛盾 {a} 起，护学值守 {b} 人次。",
            "走访慰问住院、高龄老党员 {a} 人。",
        ),
        (("高龄党员行动不便，集中活动到会难", "拟就近分组、送学上门"),),
        ("走访高龄党员 {a} 人", "组织老党员座谈一次"),
    ),
    C.STREET: _Words(
        (
            "线上服务平台受理群众诉求 {c} 件，办结率持续提高。",
            "统一观摩 {a} 个村（社区），现场交办问题 {b} 件。",
            "对软弱涣散隐患支部逐一谈话，制定“一支部一策”。",
            "组织科下沉指导支部 {b} 个，规范台账 {b} 份。",
        ),
        (
            ("{a} 个支部临近届满，换届人选储备不足", "请组织部门指导摸排"),
            ("部分支部月报内容雷同", "拟组织一次填报培训"),
            ("两新组织党员找寻难", "请市场监管部门提供名单"),
        ),
        ("调度 {a} 个重点支部", "开展支部书记培训一期", "现场督导月报退回支部"),
    ),
}
_WORDS[C.TOWN] = _WORDS[C.STREET]
_WORDS[C.ZONE] = _WORDS[C.STREET]
_WORDS[C.OTHER] = _WORDS[C.PRIVATE_ENTERPRISE]
_COMMITTEE = _Words(
    (
        "集中调度 {a} 次，现场调研支部 {b} 个，督促整改问题 {a} 件。",
        "组织支部书记交流会，{b} 名书记发言，推广工作法 {a} 个。",
        "对 {a} 个支部开展组织生活随机抽查，当场反馈、限期整改。",
        "指导 {a} 个支部按期换届。",
    ),
    _WORDS[C.STREET].problems,
    _WORDS[C.STREET].plans,
)


def _words(organization_class: str, is_branch: bool) -> _Words:
    if is_branch or organization_class in (C.STREET, C.TOWN):
        return _WORDS.get(organization_class, _WORDS[C.OTHER])
    return _COMMITTEE


def _numbered(rng: random.Random, text: str, **more: str) -> str:
    for sign, low, high in (("{a}", 2, 6), ("{b}", 6, 18), ("{c}", 20, 90)):
        while sign in text:
            text = text.replace(sign, str(rng.randint(low, high)), 1)
    for name, value in more.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def highlights(rng: random.Random, organization_class: str, is_branch: bool) -> list[str]:
    """None to three highlights of a month."""
    words = _words(organization_class, is_branch)
    pool = [*words.highlights, *(_ANYWHERE if is_branch else ())]
    count = rng.choices((0, 1, 2, 3), (8, 46, 34, 12))[0]
    return [_numbered(rng, text) for text in rng.sample(pool, min(count, len(pool)))]


def problem(
    rng: random.Random, organization_class: str, is_branch: bool, *, who: str, by: str
) -> str:
    """What is wrong, who sees to it and by when; 无 about every second time."""
    if rng.random() < 0.48:
        return NONE
    wrong, wanted = rng.choice(_words(organization_class, is_branch).problems)
    person = f"牵头人：{who}；" if who else ""
    return _numbered(rng, f"{wrong}。{person}计划{by}前完成，{wanted}。")


def plan(rng: random.Random, organization_class: str, is_branch: bool, *, seasonal: str) -> str:
    """One or two things of the organisation's own beside what the season brings."""
    plans = _words(organization_class, is_branch).plans
    own = [_numbered(rng, text) for text in rng.sample(plans, min(2, len(plans)))]
    day = rng.choice(("上旬", "中旬", "下旬", "10日前", "15日前", "20日前", "25日前"))
    return f"{seasonal}{day}{own[0]}。" if rng.random() < 0.6 else f"{seasonal}{'；'.join(own)}。"
