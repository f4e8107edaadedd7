"""A version as the sheet that staff know: to be filled in on paper, and to be brought in again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from assessments.scoring.numbers import number
from assessments.scoring.refusals import Refused
from core import periods
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh
from orgs.enums import OrganizationClass

from .definitions import Leaf, leaves
from .enums import VersionState
from .models import SchemeVersion
from .sheets.columns import TITLES
from .sheets.tree import standard_of

TOTAL = "合计"
SIGNATURE = ("被考核单位（签字盖章）：", "考核组（签字）：")
BLANK_LINES = 25
_WIDTHS = {
    "group": 11.0,
    "name": 13.0,
    "third": 13.0,
    "text": 27.0,
    "marks": 6.0,
    "standard": 40.0,
    "evidence": 15.0,
    "self_score": 7.0,
    "score": 8.5,
    "reason": 16.0,
}


@dataclass(frozen=True, slots=True)
class SchemeSheet:
    """What stands on the sheet."""

    title: str
    subtitle: str
    content: Mapping[str, Any]

    @property
    def keys(self) -> list[str]:
        """The columns; 三级指标 only where there are some."""
        is_deep = any(len(leaf.above) > 1 for leaf in leaves(self.content))
        return [key for key in _WIDTHS if key != "third" or is_deep]


def sheet_of(version: SchemeVersion) -> SchemeSheet:
    """The sheet of a version that comes with its scheme and organisation. No query."""
    scheme = version.scheme
    classes = "、".join(
        OrganizationClass(one).label for one in scheme.classes if one in OrganizationClass.values
    )
    parts = [f"制定单位：{scheme.organization.name}", f"适用：{classes}"]
    if version.state == VersionState.PUBLISHED:
        on = f"，{date_zh(version.document_on)}" if version.document_on else ""
        parts.append(f"{version.document_number}{on}")
        parts.append(f"自{periods.label(version.from_period)}起适用")
    else:
        parts.append(f"第{version.number}版（{VersionState(version.state).label}）")
    title = f"{scheme.year}年度考核细则（{scheme.name}）"
    return SchemeSheet(title, "    ".join(parts), version.content)


def write_scheme(target: BinaryIO, sheet: SchemeSheet, *, stamp: str) -> int:
    """Writes the sheet; gives the number of indicators."""
    keys = sheet.keys
    all_leaves = leaves(sheet.content)
    rows = [[row.get(key, "") for key in keys] for row in _rows(all_leaves)]
    totals: list[Any] = [None] * len(keys)
    totals[0], totals[keys.index("marks")] = TOTAL, _figure(sheet.content["root"].get("full"))
    return write_sheet(
        target,
        sheet.title,
        _columns(keys),
        rows,
        subtitle=sheet.subtitle,
        stamp=stamp,
        totals=totals,
        signature=SIGNATURE,
        tab="考核细则",
        has_long_texts=True,
        joined=[place for place, key in enumerate(keys) if key in ("group", "name")],
    )


def write_template(target: BinaryIO) -> int:
    """An empty sheet to be filled in."""
    keys = [key for key in _WIDTHS if key != "third"]
    return write_sheet(
        target,
        "考核细则",
        _columns(keys),
        [[""] * len(keys)] * BLANK_LINES,
        subtitle="一行一项指标；同一个一级指标合并单元格，或下面几行留空",
        tab="考核细则",
    )


def _columns(keys: list[str]) -> list[Column]:
    kinds: dict[str, Any] = {"marks": "points", "self_score": "points", "score": "points"}
    return [Column(TITLES[key], kinds.get(key, "text"), _WIDTHS[key]) for key in keys]


def _rows(all_leaves: list[Leaf]) -> Iterator[dict[str, Any]]:
    """The cells of each indicator; None joins a name to the one above."""
    last: tuple[str, ...] = ()
    for leaf in all_leaves:
        names = [*leaf.above, leaf.name]
        if len(names) > 3:  # a sheet has no more levels: the upper ones stand together
            names = ["／".join(names[: len(names) - 2]), *names[-2:]]
        row: dict[str, Any] = dict(zip(("group", "name", "third"), names, strict=False))
        shared = tuple(names[:-1])
        if shared[:1] and shared[:1] == last[:1]:
            row["group"] = None
        if len(shared) > 1 and shared == last:
            row["name"] = None
        last = shared
        node = leaf.node
        row["marks"] = _figure(node.get("full"))
        row["standard"] = standard_of(node)
        row |= {key: str(node.get(key) or "") for key in ("text", "evidence")}
        yield row


def _figure(value: Any) -> float | int | str:
    """Marks as a number of the sheet."""
    try:
        found = number(value)
    except Refused:
        return ""
    return int(found) if found.denominator == 1 else float(found)
