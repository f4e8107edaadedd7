"""What a year asks of organisations, and by whom, as sheets."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from core.tabular.writing import Column, Tab, write_sheets

YEAR_COLUMNS = (
    Column("组织", width=40),
    Column("个数", "integer", 8),
    Column("计划和表样（分钟）", "number", 14),
    Column("督办等（分钟）", "number", 14),
    Column("全年（分钟）", "number", 12),
    Column("去年（分钟）", "number", 12),
    Column("最重的月份", width=10),
    Column("那月（分钟）", "number", 12),
)
ASK_COLUMNS = (
    Column("类别", width=8),
    Column("事项", width=34),
    Column("编号", width=18),
    Column("依据", width=36),
    Column("谁要的", width=20),
    Column("每次（分钟）", "number", 10),
    Column("估计依据", width=30),
    Column("今年次数", width=8),
    Column("组织数", "integer", 8),
    Column("合计（小时）", "number", 10),
    Column("有效至", "date", 14),
    Column("系统已有的数据", width=24),
)


def _figure(text: str | None) -> float | None:
    return None if text in (None, "—") else float(str(text))


def write_burden(
    target: BinaryIO,
    rows: Iterable[Mapping[str, Any]],
    lines: Sequence[Mapping[str, Any]],
    *,
    year: int,
    stamp: str,
) -> int:
    """The classes on one sheet, everything that is asked for on the other; returns how many rows."""
    classes = [
        [
            row["name"],
            row["count"],
            _figure(row["planned"]),
            _figure(row["other"]),
            _figure(row["minutes"]),
            _figure(row["last_year"]),
            f"{row['month']}月" if row["month"] else "",
            _figure(row["most"]),
        ]
        for row in rows
    ]
    asked = [
        [
            line["noun"],
            line["title"],
            line["number"],
            line["ask"].basis,
            line["ask"].by,
            _figure(line["minutes"]),
            line["rests_on"],
            line["times"],
            line["ask"].organizations,
            round(line["ask"].hours, 1),
            line["until"],
            "、".join(one.label for one in line["ask"].reuses),
        ]
        for line in lines
    ]
    tabs = [
        Tab(f"{year}年各类组织用时", YEAR_COLUMNS, classes, stamp=stamp, name="各类组织"),
        Tab(
            "正在要的事项",
            ASK_COLUMNS,
            asked,
            subtitle="每次用时按实际填写的内容估计，不是计时",
            stamp=stamp,
            name="事项",
            has_long_texts=True,
        ),
    ]
    return write_sheets(target, tabs)
