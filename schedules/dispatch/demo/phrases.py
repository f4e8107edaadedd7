"""What visits and tours of the demo zone find, in the words of the field.

`{a}` is a small number. A finding leads to the theme of action items whose title ends as its key.
"""

from schedules.action_items.demo.phrases import THEMES, Theme

FOUND = {
    "补齐三会一课记录": "三会一课记录缺 {a} 次，有的没有签到。",
    "主题党日到会人数偏低": "近两次主题党日到会不到三分之二，缺席的没有补课。",
    "配齐支委分工": "支委分工还是换届前的，{a} 项工作没有人管。",
    "核对流动党员名册": "流动党员名册上 {a} 人的去向与本人说的不一致。",
    "发展党员档案缺材料": "发展党员档案缺谈话记录 {a} 份。",
    "“突出问题”长期不写进展": "月报“突出问题”连着 {a} 个月一字未改，现场问没有人跟。",
    "党费公示断档": "党费公示栏停在 {a} 个月以前。",
    "党群活动室与仓库混用": "活动室一半堆着杂物，平时锁着，党员进不去。",
    "活动室屋顶渗水": "活动室屋顶渗水，雨天不能上党课。",
    "楼道堆物反复": "党员责任楼道又堆了杂物，责任人牌子还是去年的。",
    "网格岗位空缺": "网格党员岗空着 {a} 个，名单没有更新。",
    "重点项目党员先锋岗没有落地": "先锋岗只挂了牌，{a} 个岗位没有具体任务。",
}
SEEN = (
    "翻看了会议记录、党费证和活动台账，抽问党员 {a} 人。",
    "看了活动室和公示栏，和 {a} 名党员座谈，问了月报里写的事。",
    "随机走访党员家庭 {a} 户，核对了流动党员名册。",
    "对照上月月报逐条问，现场看了 {a} 处。",
)
TRUE = (
    "月报写的活动都办过，有签到和照片。",
    "月报数字与台账一致，有一处时间写错，当场改了。",
    "亮点属实，群众说得出来；计划推进慢于月报所写。",
)
WELL = (
    "党员积分上墙，谁做了什么一眼看得清。",
    "党课请退休老教师讲村史，年轻党员到得齐。",
    "党员责任区有名有姓有电话，群众找得到人。",
    "台账一事一页，谁办的、办到哪一步都写着。",
)
CONCLUSIONS = (
    "组织生活正常，月报属实。{problems}",
    "班子齐、台账清楚，党员情绪好。{problems}",
    "基本情况与月报一致。{problems}",
)
NO_PROBLEM = "没有发现需要交办的问题。"
PROBLEMS = "发现问题 {a} 个，已当场交换意见，请按要求改。"
CANCELLED = ("支部正在换届，改由下次抽取。", "当地防汛，整个街道的调研取消。")
SHOWS = (
    ("党员积分管理", "积分怎么记、怎么公示、怎么用"),
    ("党群服务中心", "一窗办事和党员轮值"),
    ("红色物业", "楼栋党小组怎样接诉即办"),
    ("车间党员先锋岗", "夜班职工的组织生活怎么开"),
    ("村史馆和党课点", "党课怎么讲得有人听"),
    ("网格党员岗", "带岗带责进网格的台账"),
)
LEARNED = (
    "积分上墙，一月一公示，回去就能学。",
    "一事一页的台账比我们的清楚。",
    "党员轮值表贴在门口，群众知道找谁。",
    "夜班职工分两场开会，办法实在。",
    "讲解太长，看台账的时间少了。",
)


def theme_of(ending: str) -> Theme:
    """The theme of action items with that title."""
    return next(one for one in THEMES if one.title.endswith(ending))


def finding_for(title: str) -> str:
    """What was found before an item with the title was given out; empty when nobody says."""
    return next((text for ending, text in FOUND.items() if title.endswith(ending)), "")
