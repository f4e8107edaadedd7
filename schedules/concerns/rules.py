"""Time limits of concerns where their category says nothing else, and how long contacts are kept."""

import datetime as dt
import re

from core.periods import WorkCalendar

from .enums import Urgency

URGENT_HOURS = 24
WORKING_DAYS = 5
ALIKE_DAYS = 365  # what was solved the same way within a year is looked at together
ALIKE = 2  # so often, before it is proposed as the usual way
WAY = 40  # letters of a way
KEPT_DAYS = 180  # after its end a concern keeps the resident's name and phone so long

# --- the public form: what it begins with, all of it data of the office (models/intake.py) ---------
INTRODUCTION = (
    "身边的环境、设施、出行、邻里等问题，写在这里，由街道和社区办理。"
    "可以不留姓名和电话，凭编号和查询码看办理情况。"
)
EMERGENCY_WORDS = (
    "着火 起火 失火 火灾 爆炸 煤气泄漏 燃气泄漏 漏气 有人被困 触电 溺水 落水 跳楼 轻生 自杀 自残 "
    "昏迷 晕倒 没有呼吸 心脏病发作 大出血 中毒 持刀 砍人 打人 行凶 抢劫 入室 绑架 家暴 车祸 坍塌 倒塌"
)
SUBJECT_WORDS = (
    "路灯 垃圾 污水 臭味 油烟 噪声 噪音 扬尘 停车 车位 堵车 红绿灯 道路 坑洼 积水 井盖 下水道 水管 停水 "
    "停电 暖气 电梯 消防通道 楼道 绿化 树枝 健身器材 公厕 飞线 充电 电动车 广场舞 施工 违建 公交"
)
# Words, body, phone, address: the usual ones, which the office completes.
OTHER_BODIES = (
    ("纪检监察机关", "贪污 受贿 腐败 举报干部 吃拿卡要 公款", "12388", "www.12388.gov.cn"),
    ("信访部门", "信访 上访 历史遗留 复查复核", "12345", "国家信访局网上信访：www.gjxfj.gov.cn"),
    ("人力资源社会保障", "拖欠工资 欠薪 不发工资 社保 工伤 劳动合同 失业金", "12333", ""),
    ("市场监督管理", "假货 退款 消费纠纷 短斤缺两 食品安全", "12315", "www.12315.cn"),
    ("法律援助", "打官司 法律援助 诉讼 判决", "12348", ""),
    ("供电公司", "电费 电表", "95598", ""),
    ("政务服务便民热线", "身份证 户口 公积金 医保 驾照", "12345", ""),
)
CODE_SHOWN = dt.timedelta(minutes=30)  # who sends the same form again is shown the code so long
ALIKE_DAYS, ALIKE_MOST, ALIKE_WORDS = 90, 5, 6


def words_of(text: str) -> list[str]:
    """The words of a list that the office has typed, parted by blanks, commas or lines."""
    return list(dict.fromkeys(re.split(r"[\s,，、;；]+", text.strip()))) if text.strip() else []


def due_at(
    received_at: dt.datetime,
    urgency: str,
    calendar: WorkCalendar,
    *,
    hours: int = URGENT_HOURS,
    days: int = WORKING_DAYS,
) -> dt.datetime:
    """Until when it is to be answered: what is urgent within hours, by day and night; the rest at the
    same time of day, working days later."""
    if urgency == Urgency.URGENT:
        return received_at + dt.timedelta(hours=hours)
    day = calendar.add_working_days(received_at.date(), days)
    return dt.datetime.combine(day, received_at.timetz())
