"""Standing practices as a sheet."""

from collections.abc import Iterable
from typing import BinaryIO

from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh

from ..models import Practice

COLUMNS = (
    Column("类别", width=12),
    Column("名称", width=22),
    Column("办法", width=22),
    Column("怎么做", width=50),
    Column("确定单位", width=22),
    Column("依据（件）", width=10),
    Column("状态", width=10),
    Column("确定时间", width=14),
    Column("不上升的理由", width=30),
)


def write_practices(target: BinaryIO, rows: Iterable[Practice], stamp: str) -> int:
    """The sheet; rows come with `count`, how many concerns each stands on. Returns how many rows."""
    return write_sheet(
        target, "常态做法", COLUMNS, (_cells(row) for row in rows), stamp=stamp, tab="常态做法"
    )


def _cells(row: Practice) -> list[object]:
    return [
        str(row.kind),
        row.title,
        row.way,
        row.text,
        str(row.organization),
        getattr(row, "count", 0),
        row.get_state_display(),
        date_zh(row.decided_at),
        row.reason,
    ]
