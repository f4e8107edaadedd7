"""The ledger of concerns as a sheet and on paper. It never carries who asked, nor his phone."""

import datetime as dt
from collections.abc import Iterable
from typing import BinaryIO

from django.utils import timezone

from core.tabular.writing import Column, write_sheet
from core.templatetags.words import datetime_zh

from ..models import Concern
from ..words import clock_of, until

COLUMNS = (
    Column("受理时间", width=16),
    Column("来源", width=12),
    Column("类别", width=12),
    Column("缓急", width=6),
    Column("群众原话", width=40),
    Column("地点", width=18),
    Column("承办单位", width=22),
    Column("答复期限", width=16),
    Column("状态", width=12),
    Column("答复或去向", width=40),
    Column("回访", width=20),
)


def write_ledger(
    target: BinaryIO, rows: Iterable[Concern], now: dt.datetime, stamp: str, said: str = ""
) -> int:
    """The sheet, `said` above it. Returns how many rows."""
    return write_sheet(
        target,
        "群众诉求台账",
        COLUMNS,
        paper_rows(rows, now),
        subtitle=f"{said}不含诉求人姓名和电话；数据截至 {datetime_zh(now)}",
        stamp=stamp,
        tab="群众诉求",
    )


def paper_rows(rows: Iterable[Concern], now: dt.datetime) -> Iterable[list[object]]:
    """The cells of each concern, in the order of COLUMNS."""
    for row in rows:
        said, _ = clock_of(row, now)
        state = row.get_state_display() + (f"，{said}" if said else "")
        ending = row.answer
        if row.redirect and not row.answer:
            ending = f"{row.reason}；请找{row.redirect}"
        yield [
            f"{timezone.localtime(row.received_at):%Y-%m-%d %H:%M}",
            row.get_source_display() + (f" {row.order_number}" if row.order_number else ""),
            str(row.kind or ""),
            row.get_urgency_display(),
            row.text,
            row.place,
            str(row.organization),
            until(row),
            state,
            ending,
            row.get_call_back_display(),
        ]
