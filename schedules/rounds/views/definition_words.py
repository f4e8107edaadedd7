"""Settings of items in the words of the editor."""

from collections.abc import Iterable
from typing import Any

from core import figures

from ..forms.definitions import USES
from ..item_kinds.numbers import WINDOWS
from ..item_kinds.picks import REASONS
from ..models import ReportDefinition

WORDS = {"new": "新增", "removed": "删去", "moved": "移了位置", "changed": "改了"}
TONES = {"new": "info", "removed": "bad", "moved": "mute", "changed": "warn"}
SETTINGS = {
    "title": "题目",
    "help": "说明",
    "required": "要不要填",
    "figures": "数据项",
    "max_entries": "最多条数",
    "max_chars": "字数上限",
    "unit": "单位",
    "minimum": "最小",
    "maximum": "最大",
    "decimals": "小数位数",
    "total_of": "等于合计",
    "at_most": "不大于",
    "compares": "与上期比",
    "window": "日期范围",
    "options": "答案",
    "reason_on": "写原因",
    "columns": "栏目",
    "max_rows": "最多行数",
    "use": "归类",
    "alone": "只填本级",
    "why": "为什么要问",
    "until": "问到",
}


def in_words(
    definition: ReportDefinition, changes: Iterable[tuple[str, Any, Any]]
) -> list[tuple[str, str, str]]:
    """Setting, before and after as people read them."""
    titles = {spec["key"]: spec["title"] for spec in definition.items}
    return [
        (SETTINGS[name], _word(name, old, titles), _word(name, new, titles))
        for name, old, new in changes
    ]


def _word(name: str, value: Any, titles: dict[str, str]) -> str:
    if name == "required":
        return "必填" if value else "选填"
    if name == "compares":
        return "比" if value else "不比"
    if name == "alone":
        return "只填本级" if value else "含下级"
    if name == "use":
        return dict(USES)[value or ""]
    if name == "window":
        return WINDOWS.get(value or "", "")
    if name == "reason_on":
        return REASONS.get(value or "", "")
    if name == "figures":
        known = figures.registered()
        return "、".join(known[key].label if key in known else key for key in value or [])
    if name in ("total_of", "at_most"):
        keys = value if isinstance(value, list) else [str(value)] if value else []
        return "、".join(titles.get(str(key), str(key)) for key in keys) or "无"
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)
