"""What could become a theme, as a sheet: the rows of the page, in its order."""

from collections.abc import Sequence
from typing import BinaryIO

from core.tabular.writing import Column, write_sheet
from core.templatetags.words import datetime_zh

from .. import words
from ..models import Finder
from ..queries.finder import Found
from ..rules import HUNDRED, order_of
from ..weaknesses import Weakness

COLUMNS = (
    Column("先后", "number", 10),
    Column("指标", width=28),
    Column("看的是", width=20),
    Column("现在", width=14),
    Column("通常的目标", width=16),
    Column("差多少", width=18),
    Column("没有达到", "number", 10),
    Column("共有", "number", 10),
    Column("走势", width=34),
)


def write_found(
    target: BinaryIO,
    finder: Finder | None,
    found: Sequence[Found],
    weak: Sequence[Weakness],
    *,
    whose: str,
    stamp: str,
) -> int:
    """All figures and all indicators with a loss, what is wanted most first. Returns how many rows."""
    rows = [(one.order, _of_figure(one)) for one in found if one.value is not None]
    rows += [(order_of(one.lost, one.short, one.of), _of_weakness(one)) for one in weak]
    rows.sort(key=lambda row: -row[0])
    read = (
        f"数据截至 {datetime_zh(finder.read_at or finder.touched_at)}"
        if finder
        else "各项指标还没有读过"
    )
    return write_sheet(
        target,
        "主题发现",
        COLUMNS,
        [[round(float(order * HUNDRED), 2), *cells] for order, cells in rows],
        subtitle=f"{whose}；{read}；{words.HOW}",
        stamp=stamp,
        tab="主题发现",
    )


def _of_figure(one: Found) -> list[object]:
    gauge = one.of.gauge
    return [
        gauge.label,
        words.seen_in(one),
        words.value_found(one),
        words.goal(one.of.goal, gauge),
        words.gap_found(one) if one.missing else "",
        one.row.short,
        one.row.measured,
        words.trend(one),
    ]


def _of_weakness(one: Weakness) -> list[object]:
    return [one.name, one.seen_in, "", "", f"失分 {one.said}", one.short, one.of, ""]
