"""The items of an organisation as people write them, and how they are shown in a preview. Pure."""

import datetime as dt
from typing import Any

from core.dates import in_words

from .enums import OrganizationClass, OrganizationKind, Sector, UnitSituation

LABELS = {
    "name": "党组织全称",
    "short_name": "简称",
    "kind": "组织类别",
    "parent": "上级党组织",
    "organization_class": "组织类型",
    "sector": "所属领域",
    "unit_name": "所在单位",
    "unit_nature": "单位性质",
    "unit_code": "统一社会信用代码",
    "unit_situation": "所在单位情况",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "founded_on": "成立日期",
    "term_started_on": "换届时间",
    "term_ends_on": "届满时间",
    "term_years": "任期",
    "note": "备注",
}
CHOICES: dict[str, Any] = {
    "kind": OrganizationKind,
    "organization_class": OrganizationClass,
    "sector": Sector,
    "unit_situation": UnitSituation,
}
# What is asked for where a row cannot stand below the superior that it names.
PLACE_WANTED = {
    "parent_refused": "请先改正上级党组织那一行",
    "unknown_parent": "请填本表或系统中已有的党组织全称",
    "out_of_scope": "不在管辖范围内，不能导入",
    "second_root": "已有党工委，请填它的全称",
    "parent_cycle": "上级党组织不能是自己现在的下级",
}


def shown(item: str, value: Any) -> str:
    """A value in words: choices by their label, days and years written out; empty for nothing."""
    if not value:
        return ""
    if item in CHOICES:
        return str(CHOICES[item](value).label)
    if item == "term_years":
        return f"{value} 年"
    if isinstance(value, dt.date):
        return in_words(value)
    return str(value)
