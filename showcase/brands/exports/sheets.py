"""Brands and bright spots as sheets: the rows of their pages, in their order."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from core import clock
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import datetime_zh

from ..models import Brand, Highlight
from ..queries.listing import Spots

BRANDS = (
    Column("品牌", width=20),
    Column("单位", width=34),
    Column("工作法", width=20),
    Column("状态", width=12),
    Column("命名于", "date", 14),
    Column("下次复审", "date", 14),
    Column("学用单位", "number", 10),
    Column("成效", width=60),
)
SPOTS = (
    Column("上级", width=24),
    Column("党组织", width=36),
    Column("亮点", width=30),
    Column("怎么做的", width=70),
    Column("出处", width=30),
    Column("品牌", width=16),
)


def write_brands(target: BinaryIO, rows: Sequence[Any], *, whose: str, stamp: str) -> int:
    """Each brand in a row. Returns how many rows."""
    cells = [_brand(one) for one in rows]
    return write_sheet(
        target,
        "党建品牌",
        BRANDS,
        cells,
        subtitle=f"{whose}；数据截至 {datetime_zh(clock.now())}",
        stamp=stamp,
        tab="党建品牌",
    )


def _brand(one: Any) -> list[object]:
    brand: Brand = one
    return [
        brand.name,
        brand.organization.name,
        brand.method,
        brand.get_state_display(),
        brand.named_on,
        brand.recheck_on,
        one.copied,
        brand.results,
    ]


def write_spots(
    target: BinaryIO,
    rows: Sequence[Spots],
    others: Sequence[Highlight],
    *,
    year: int,
    whose: str,
    stamp: str,
) -> int:
    """Each branch with each of its bright spots, one that has none with an empty line; then those of
    committees. Returns how many rows."""
    cells: list[list[object]] = []
    for one in rows:
        parent = str(one.place.parent or "")
        cells += [[parent, one.place.name, *_spot(spot)] for spot in one.rows]
        if not one.rows:
            cells.append([parent, one.place.name, "", "", "", ""])
    cells += [["", one.organization.name, *_spot(one)] for one in others]
    return write_sheet(
        target,
        f"{year}年党建工作亮点",
        SPOTS,
        cells,
        subtitle=f"{whose}；数据截至 {datetime_zh(clock.now())}",
        stamp=stamp,
        tab="亮点",
    )


def _spot(one: Highlight) -> list[object]:
    return [
        one.title,
        one.text,
        one.source_label,
        one.brand.name if hasattr(one, "brand") else "",
    ]
