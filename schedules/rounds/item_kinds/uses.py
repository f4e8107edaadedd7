"""What an item is read as by those above: 突出问题, 工作亮点, 下期打算, or something else."""

import re
from collections.abc import Collection

from core.text import to_half_width

from ..enums import ItemKind, ItemUse
from .base import Spec

TEXTUAL = frozenset({ItemKind.TEXT, ItemKind.ENTRIES, ItemKind.TABLE})
# How titles say it; the first that fits. What a form says itself goes before.
_TITLES = (
    (
        ItemUse.PROBLEM,
        re.compile("问题|困难|难点|难题|短板|诉求|(?:需要?|请)(?:上级)?(?:协调|解决|支持)"),
    ),
    (ItemUse.HIGHLIGHT, re.compile("亮点|典型|特色|经验|好做法")),
    (ItemUse.PLAN, re.compile("打算|下一?(?:步|个?月|期|个?季度|阶段|年度?)")),
)
# What people write where there is nothing to write.
_NOTHING = frozenset(
    {"", "无", "没有", "暂无", "暂没有", "无内容", "无情况", "未发现", "无问题", "/"}
)
_SIGNS = re.compile(r"[\s。.,，、;；:：!！-]+")


def use_of(spec: Spec) -> ItemUse:
    """What the item is read as: what its form says, else what its title says."""
    if spec["kind"] not in TEXTUAL:
        return ItemUse.OTHER
    if spec.get("use"):
        return ItemUse(spec["use"])
    title = str(spec["title"])
    return next((use for use, words in _TITLES if words.search(title)), ItemUse.OTHER)


def said(lines: Collection[str]) -> str:
    """What was really said: the lines without those that say 无; empty when all do."""
    return "\n".join(line for line in lines if not is_nothing(line))


def is_nothing(text: str) -> bool:
    """Whether the text only says that there is nothing: 无, 暂无。"""
    return len(text) < 12 and _SIGNS.sub("", to_half_width(text)) in _NOTHING
