"""The template of the ledger that is brought in: the columns of `sheets`, how each is filled in, and
two example rows, which nobody reads."""

from typing import BinaryIO

from core.tabular.templates import TemplateColumn, write_template

from ..enums import MeetingKind, Roll
from ..rules import RULES
from ..sheets import COLUMNS

TITLE = "三会一课台账"
NOTE = "一行登记一次，列的顺序可以改，不用的列可以删；带 * 的必填。序号写着“示例”的行不导入，可以留着。"
_KINDS = tuple(kind.label for kind in MeetingKind if RULES[kind].roll != Roll.CHOSEN)
_TITLES = {spec.key: spec.title for spec in COLUMNS}
# Where there is one organisation only, they are left out.
_SEVERAL = ("unit",)


def _column(
    key: str,
    width: float,
    hint: str,
    *examples: str,
    is_required: bool = False,
    choices: tuple[str, ...] = (),
) -> TemplateColumn:
    return TemplateColumn(_TITLES[key], width, hint, examples, is_required, choices)


_COLUMNS = {
    "number": _column("number", 8, "从 1 起编号；写着“示例”的行不导入。"),
    "unit": _column(
        "unit", 20, "系统里党支部或党小组的名称，全称、简称都行。", "某某村党支部", "某某村党支部"
    ),
    "moment": _column(
        "moment",
        22,
        "开会那天的年月日，后面可以写起止时间；名册按这一天取。",
        "2026-03-05 15:00-16:30",
        "2026年4月10日 上午9点—10点半",
        is_required=True,
    ),
    "kind": _column(
        "kind",
        16,
        f"从列表里选一种：{'、'.join(_KINDS)}。",
        MeetingKind.GENERAL_MEETING.label,
        MeetingKind.GROUP_MEETING.label,
        is_required=True,
        choices=_KINDS,
    ),
    "group": _column("group", 14, "开党小组会的，填是哪个党小组；其他不填。", "", "第一党小组"),
    "place": _column("place", 16, "在哪里开的。", "党群服务中心", "张某某家"),
    "chair": _column("chair", 10, "主持人姓名。", "李某某", "王某某"),
    "recorder": _column("recorder", 10, "记录人姓名。", "赵某某", "赵某某"),
    "speaker": _column("speaker", 10, "党课由谁讲；其他不填。"),
    "topic": _column(
        "topic",
        26,
        "一句话。同一天同一类的会靠主题分辨；不填的按月份或季度起名。",
        "讨论一季度工作",
        "学习党章第一章",
    ),
    "expected": _column("expected", 7, "可以不填；填了要和当天名册一致。", "20", "6"),
    "present": _column(
        "present",
        7,
        "应到的人里来了几个。和应到、缺席的人对得上才导入。",
        "18",
        "6",
        is_required=True,
    ),
    "absent": _column(
        "absent",
        28,
        "应到没来的，逐个写姓名和原因：公务、病假、事假、外出、其他或没有请假；都到了写“全勤”。"
        "准假的人可以写在原因后面：张三（病假，李四准假）。",
        "孙某某（病假）、周某某（公务，李某某准假）",
        "全勤",
    ),
    "agenda": _column("agenda", 24, "议了哪几件事。", "一、一季度工作；二、接收预备党员"),
    "summary": _column(
        "summary",
        36,
        "会议内容，几句话即可。",
        "通报一季度工作，讨论二季度安排。",
        "集中学习四十分钟。",
    ),
    "resolutions": _column("resolutions", 24, "形成了什么决议。", "通过二季度工作安排。"),
    "guests": _column("guests", 16, "没有表决权、列席的人。", "街道联络员"),
    "study": _column(
        "study",
        18,
        "写进这次会议的内容；补课本身请在“补课”里登记，才计入补课。",
        "孙某某已送学上门",
    ),
    "note": _column("note", 18, "其他要说明的，写进这次会议的内容。"),
}


def write_ledger_template(target: BinaryIO, *, has_several: bool) -> None:
    """Writes the template; with a column for the branch where there are several."""
    columns = [column for key, column in _COLUMNS.items() if has_several or key not in _SEVERAL]
    write_template(target, TITLE, columns, note=NOTE)
