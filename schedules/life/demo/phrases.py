"""What records of organisation life in the demo zone say, in the words of the field.

`{a}` is a small number, `{b}` a middling one; `{unit}` is the branch's unit, `{month}` a month's
number. Nobody is named: who chaired and who spoke stands in columns of its own.
"""

from dataclasses import dataclass
from random import Random

from orgs.enums import OrganizationClass

from ..enums import MeetingKind

C, K = OrganizationClass, MeetingKind


@dataclass(frozen=True, slots=True)
class Words:
    """What one record says."""

    topic: str
    agenda: str
    summary: str
    resolutions: str = ""


# 主题党日: what the month brings, and what may be done in any.
SEASONAL: dict[int, tuple[str, ...]] = {
    1: ("走访慰问困难党员和老党员", "讲评上年度党员承诺践诺"),
    2: ("新春学习第一课", "节后安全生产提醒和承诺"),
    3: ("学雷锋志愿服务", "义务植树和林木管护"),
    4: ("祭扫烈士陵园", "全民国家安全教育"),
    5: ("防灾减灾知识学习", "劳动者身边的先锋"),
    6: ("重温入党誓词", "安全生产月隐患排查"),
    7: ("七一集中学习和政治生日", "走访慰问功勋荣誉获得者"),
    8: ("汛期党员值守点检查", "国防教育"),
    9: ("开学季护学服务", "诚信教育"),
    10: ("敬老月走访", "国庆主题学习"),
    11: ("消防安全学习和演练", "宪法学习"),
    12: ("学习宪法和党内法规", "年终学习交流"),
}
PARTY_DAYS: dict[str, tuple[str, ...]] = {
    C.VILLAGE: ("清理河道和房前屋后", "村级账目公开和党员评议", "无职党员认岗", "秸秆禁烧巡查"),
    C.COMMUNITY: ("楼道清理和便民服务", "老旧小区改造意见征集", "党员楼栋长议事", "反诈宣传进楼道"),
    C.SCHOOL: ("师德学习和听课评课", "党员教师帮学", "课后服务志愿岗"),
    C.ORGAN: ("机关作风学习讨论", "到社区报到服务", "优化营商环境走访企业"),
    C.STATE_ENTERPRISE: ("党员责任区安全检查", "降本增效金点子", "班组里的党员示范岗"),
    C.PRIVATE_ENTERPRISE: ("党员先锋岗攻关", "职工意见恳谈", "安全生产互查"),
    C.SOCIAL_ORGANIZATION: ("专业服务进社区", "行业自律学习"),
    C.RETIRED: ("读报学文件", "忆党史话传统"),
}
ANY_DAY = ("学习党章党规", "集中学习和交流研讨", "党员积极分子谈体会", "对照承诺找差距")
DONE: dict[str, tuple[str, ...]] = {
    C.VILLAGE: (
        "集中学习后分 {a} 组清理沟渠和村道两侧杂物，收工时当场讲评。",
        "党员逐条看了上季度村级收支，提出 {a} 个问题，村委会干部当场说明。",
        "{b} 名党员走访 {a} 户缺劳力家庭，登记需要帮办的事 {a} 件。",
    ),
    C.COMMUNITY: (
        "学习后到 {a} 个楼道清理堆物，现场登记居民反映的事 {a} 件。",
        "居民代表列席，就停车和照明提了 {a} 条意见，社区答复办理时间。",
        "党员在小区门口设点，办理养老认证和手机使用咨询 {b} 人次。",
    ),
    C.SCHOOL: (
        "学习后交流课堂上的做法，{a} 名党员教师认领帮学对象。",
        "听了两节公开课，围绕作业设计讨论，形成 {a} 条改进意见。",
    ),
    C.ORGAN: (
        "学习后结合岗位谈体会，{a} 人发言，梳理窗口服务问题 {a} 个。",
        "到共建社区报到，参加清洁和政策咨询，登记需求 {a} 件。",
        "分组走访企业 {a} 家，带回需要协调的问题 {a} 个。",
    ),
    C.STATE_ENTERPRISE: (
        "学习后到党员责任区逐点检查，发现隐患 {a} 处，当天整改。",
        "{a} 名党员提出合理化建议，班组当场议定试行 {a} 条。",
    ),
    C.PRIVATE_ENTERPRISE: (
        "学习后到车间看党员先锋岗，交流一线问题 {a} 个。",
        "邀请职工代表参加，收集意见 {a} 条，答复 {a} 条。",
    ),
    C.SOCIAL_ORGANIZATION: ("学习后到社区提供咨询，服务 {b} 人次。",),
    C.RETIRED: ("读文件、谈体会，{a} 名老党员回忆工作经历，对身体不便的 {a} 人送学上门。",),
}
DONE_ANYWHERE = (
    "领学后逐人谈体会，{a} 人重点发言，会后按时散会。",
    "先集中学习四十分钟，再围绕本支部的事讨论，提出意见 {a} 条。",
    "学习后交流近期思想和工作，对 {a} 名长期外出党员商定联系办法。",
)
# 志愿服务: what is done for others, and how it went.
VOLUNTEERING: dict[str, tuple[tuple[str, str], ...]] = {
    C.VILLAGE: (
        ("清理河道和村道", "清运杂物 {a} 车，劝导乱堆 {a} 户，沿线村民一起动手。"),
        ("帮缺劳力户抢收抢种", "帮 {a} 户收种，午前收工，不留饭。"),
        ("为老人理发和打扫", "上门为 {a} 位老人打扫屋子、量血压，登记需要代办的事。"),
    ),
    C.COMMUNITY: (
        ("小区飞线和堆物清理", "清理楼道 {a} 个，劝拆飞线 {b} 处，物业当场运走。"),
        ("独居老人上门看望", "看望独居老人 {b} 户，检查燃气和用电，代办 {a} 件事。"),
        ("路口文明劝导", "分 {a} 个路口值守一个半小时，劝导 {b} 人次。"),
        ("便民服务集市", "磨刀、理发、义诊、手机咨询，服务居民 {b} 人次。"),
    ),
    C.SCHOOL: (
        ("上学放学护学岗", "早晚各一班，{b} 名学生由志愿者护送过街。"),
        ("暑期课业辅导", "为 {b} 名双职工家庭孩子辅导课业。"),
    ),
    C.ORGAN: (
        ("到社区报到服务", "认领微心愿 {a} 个，参加清洁和政策咨询。"),
        ("窗口帮办代办", "在办事大厅引导帮办 {b} 人次，整理常问问题 {a} 条。"),
    ),
    C.RETIRED: (("五老关心下一代", "给孩子讲家风故事，{b} 人参加。"),),
}
VOLUNTEERING_ANYWHERE = (
    ("无偿献血和宣传", "{a} 人献血，其余维持秩序、发放宣传页。"),
    ("园区道路环境整治", "清扫道路和绿化带，拾捡白色垃圾 {b} 袋。"),
    ("结对帮扶困难家庭", "走访结对家庭 {a} 户，送去生活用品，记下要帮的事。"),
    ("安全和反诈宣传", "入户宣传 {b} 户，安装预警软件 {a} 部。"),
)
LESSONS = (
    "学党章、守党章、做合格党员",
    "党的纪律是什么、为什么、怎么守",
    "从身边事看群众路线",
    "支部工作条例里的规矩",
    "怎样过好组织生活",
    "党史里的徐州",
    "把责任扛在岗位上",
    "发扬优良传统，守住清廉底线",
    "党员教育管理条例要点",
    "民主集中制在支部里怎么落实",
    "新发展理念和本单位的实际",
    "安全生产中的党员责任",
)
LESSON_SUMMARY = (
    "讲课约一小时，结合本单位 {a} 件实事讲，课后提问 {a} 人。",
    "先讲条文再讲案例，党员当场讨论，{a} 人谈了自己的差距。",
    "图文讲解，发放学习提纲；因事不能到的另定时间补课。",
    "讲课后分组讨论，收集到对支部工作的意见 {a} 条。",
)
GENERAL = (
    ("通报支部委员会上季度工作", "会议听取支部委员会季度工作报告，党员提出意见 {a} 条。"),
    ("讨论下季度学习和活动安排", "讨论下季度安排，对主题党日时间作了调整。"),
    ("通报党费收缴和使用情况", "公布党费收缴情况，党员没有异议。"),
    ("讨论确定入党积极分子和发展对象", "听取培养联系人介绍，逐一讨论。"),
    ("学习上级党委会议精神", "传达上级党委近期会议精神，结合实际讨论 {a} 项任务。"),
    ("民主评议支部委员会工作", "党员对支委会工作提出建议 {a} 条，已逐条记录。"),
    ("讨论党员责任区划分", "按居住和岗位重新划分责任区 {a} 个，责任到人。"),
    ("通报月报中突出问题的进展", "通报上月突出问题的办理进展，{a} 项已经解决。"),
)
GENERAL_RESOLVED = (
    "同意支部委员会季度工作报告。",
    "通过下季度工作安排，由支委会组织实施。",
    "同意责任区调整方案，会后公示。",
    "对意见建议由支委会一个月内答复。",
)
VOTES = (
    "接收 {a} 号发展对象为预备党员",
    "预备党员按期转正",
    "支部年度工作计划",
    "推荐优秀共产党员人选",
    "增补支部委员候选人名单",
)
COMMITTEE = (
    ("研究本月主题党日方案", "确定主题、时间和分工，提前三天通知。"),
    ("审议月报内容", "逐项核对月报，补写一项进展。"),
    ("研究发展党员工作", "听取培养考察情况，明确谈话人和时间。"),
    ("分析党员思想状况", "排出需要谈心谈话的党员 {a} 名，分工到人。"),
    ("研究困难党员帮扶", "拟定走访对象 {a} 户，经费按规定列支。"),
    ("安排下月学习内容", "学习内容精简为 {a} 项，给不便到会的送学。"),
    ("研究流动党员联系", "逐人核对去向，{a} 人重新约定联系方式。"),
    ("落实上级督办事项", "对照督办清单核对进度，{a} 项按期，一项请求协调。"),
    ("研究活动室使用和维修", "查看现场后商定维修办法，报上级备案。"),
)
COMMITTEE_RESOLVED = (
    "按议定分工办理，下次支委会报告进展。",
    "同意上述安排，由组织委员牵头。",
    "会后三日内通知到每名党员。",
)
GROUP = (
    ("学习和汇报思想工作", "组员逐人汇报近期思想和工作，互提意见 {a} 条。"),
    ("讨论支部交办的事项", "讨论支部交办的 {a} 项任务，分工到人。"),
    ("学习文件、酝酿推荐人选", "学习后酝酿推荐人选，意见汇总报支部。"),
    ("走访群众情况交流", "交流走访情况，汇总群众反映的事 {a} 件。"),
)
LIFE_MEETING = (
    "会前学习研讨、征求意见 {b} 条，开展谈心谈话。会上支部班子作对照检查，"
    "党员逐一开展批评和自我批评，提出批评意见 {b} 条，不绕弯子。"
)
LIFE_MEETING_RESOLVED = "梳理问题 {a} 个，列出整改清单，明确责任人和时限，会后公示。"
APPRAISAL = (
    "按照个人自评、党员互评、民主测评、组织评定的程序进行，发放测评票，当场计票。"
    "支部委员会综合平时表现提出评定意见。"
)
APPRAISAL_RESOLVED = "评定结果报上级党组织，向本人反馈并在支部范围内通报。"
# 问题清单: what was found and how it is put right, of the committee and of members.
PROBLEMS = (
    ("学习不够经常，集中学习时讨论少", "每月集中学习安排两人领学，讨论不少于半小时。"),
    ("联系群众不够主动，走访集中在几户", "支委分片联系，每季度走访一遍并记台账。"),
    ("流动党员管理有缺口，{a} 名党员联系不及时", "每月联系一次，由组织委员登记去向。"),
    ("主题党日形式单一，年轻党员参与不高", "每季度至少一次到现场开展，主题由党员提。"),
    ("发展党员工作滞后，积极分子储备不足", "上半年确定积极分子 {a} 名，明确培养联系人。"),
    ("会议记录不规范，有议题没有决议", "会后三日内整理，书记审签。"),
    ("支委分工落实不到位，工作集中在书记一人", "重新分工并公示，每月支委会逐项对账。"),
    ("谈心谈话不够深入，多在年底集中进行", "按季度排出谈话名单，谈完即登记。"),
    ("党费收缴不够及时", "每月主题党日当天交纳，当场公布。"),
    ("为群众办实事的清单更新慢", "每季度公布办理进展，办不了的说明原因。"),
    ("党员活动室使用率不高", "每周开放 {a} 次，由党员轮流值守。"),
    ("对困难党员的关心不够细", "建立 {a} 类困难党员名单，节前必访，平时有事必访。"),
)
PROBLEMS_OF_MEMBERS = (
    ("理论学习满足于听，自己读得少", "每月自学不少于四小时，写学习笔记。"),
    ("参加组织生活有请假多的时候", "提前安排好工作，确有事的按时补课。"),
    ("对支部工作提意见少，怕得罪人", "每次会上至少提一条意见建议。"),
    ("联系服务群众的办法不多", "认领 {a} 户联系户，每月上门一次。"),
    ("业务钻研劲头不如从前", "参加岗位练兵，带一名徒弟。"),
    ("遇到难事有畏难情绪", "主动承担一项支部交办的任务，年底报告结果。"),
    ("志愿服务参加得少", "全年参加志愿服务不少于 {a} 次。"),
    ("先锋模范作用发挥不够", "亮明身份，在责任区内公开承诺并接受评议。"),
    ("对年轻党员传帮带不够", "与一名年轻党员结对，每月交流一次。"),
)
OUTCOMES = (
    "已按措施落实，支委会核对过。",
    "已整改，党员大会上作了通报。",
    "已形成制度，坚持每月对账。",
    "已完成，党员没有不同意见。",
    "已改，群众评价较好。",
)
# Lines of a year's plan.
PLANNED_GENERAL = (
    "通报支部委员会工作，讨论季度安排",
    "讨论发展党员和党员责任区",
    "听取季度工作报告，征求意见",
)
VOLUNTEERED = (3, 6, 9, 12)  # months for which it is planned
AGENDA_END = ("其他事项", "")
THIN = ("按计划开展。", "集中学习。", "传达上级文件。")
RETURNS = (
    "内容太简单，请写清讨论了什么、定了什么。",
    "没有写议题，请补充。",
    "与上次记录文字相同，请写本次的实际内容。",
    "缺席的没有写准假人，请补。",
)
TWICE = "与同日另一份记录重复，撤回。"
PLACES: dict[str, tuple[str, ...]] = {
    C.VILLAGE: ("村党群服务中心会议室", "村委会二楼会议室", "新时代文明实践站"),
    C.COMMUNITY: ("社区党群服务中心", "社区居民议事厅", "小区党员活动室"),
    C.SCHOOL: ("学校会议室", "教学楼多功能厅", "党员活动室"),
    C.STATE_ENTERPRISE: ("党员活动室", "公司三楼会议室", "班组学习室"),
    C.PRIVATE_ENTERPRISE: ("党群活动室", "公司会议室", "职工之家"),
}
ANY_PLACE = ("党员活动室", "单位会议室", "党建活动阵地")


def _numbers(rng: Random, text: str) -> str:
    return text.format(a=rng.randint(2, 6), b=rng.randint(7, 24))


def _dealt(rng: Random, pairs: tuple[tuple[str, str], ...], count: int) -> tuple[str, str]:
    """Some of the pairs: numbered as an agenda, and what was said of each."""
    chosen = rng.sample(pairs, min(count, len(pairs)))
    heads = [head for head, _ in chosen]
    if end := rng.choice(AGENDA_END):
        heads.append(end)
    agenda = "\n".join(f"{number}. {head}" for number, head in enumerate(heads, start=1))
    return agenda, "".join(_numbers(rng, said) for _, said in chosen)


def words(rng: Random, kind: MeetingKind, place: str, *, topic: str, month: int) -> Words:
    """What a record of the kind says; `place` is the class of the organisation, `topic` what such
    a record is called when nobody says otherwise."""
    if kind == K.PARTY_DAY:
        theme = rng.choice((*SEASONAL[month], *PARTY_DAYS.get(place, ANY_DAY), rng.choice(ANY_DAY)))
        done = rng.choice((*DONE.get(place, ()), *DONE.get(place, ()), *DONE_ANYWHERE))
        return Words(f"主题党日：{theme}", f"1. 集中学习\n2. {theme}", _numbers(rng, done))
    if kind == K.VOLUNTEERING:
        theme, done = rng.choice((*VOLUNTEERING.get(place, ()), *VOLUNTEERING_ANYWHERE))
        return Words(f"志愿服务：{theme}", "", _numbers(rng, done))
    if kind == K.LESSON:
        title = rng.choice(LESSONS)
        return Words(f"党课：{title}", "", _numbers(rng, rng.choice(LESSON_SUMMARY)))
    if kind == K.GENERAL_MEETING:
        agenda, said = _dealt(rng, GENERAL, rng.randint(2, 3))
        return Words(topic, agenda, said, rng.choice(GENERAL_RESOLVED))
    if kind == K.COMMITTEE_MEETING:
        agenda, said = _dealt(rng, COMMITTEE, rng.randint(2, 3))
        return Words(topic, agenda, said, rng.choice(COMMITTEE_RESOLVED))
    if kind == K.GROUP_MEETING:
        agenda, said = _dealt(rng, GROUP, rng.randint(1, 2))
        return Words(topic, agenda, said)
    if kind == K.LIFE_MEETING:
        told = _numbers(rng, LIFE_MEETING)
        return Words(
            topic, "1. 对照检查\n2. 批评和自我批评", told, _numbers(rng, LIFE_MEETING_RESOLVED)
        )
    return Words(topic, "1. 自评互评\n2. 民主测评\n3. 组织评定", APPRAISAL, APPRAISAL_RESOLVED)


def thin(rng: Random, topic: str) -> Words:
    """A record that says next to nothing."""
    return Words(topic, "", rng.choice(THIN))
