"""Sites and their coverage as sheets: the same numbers as on the pages."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import BinaryIO

from core import clock
from core.tabular.writing import Column, Tab, write_sheet, write_sheets
from core.templatetags.words import date_zh

from ..enums import SiteLevel, SiteState
from ..models import DemonstrationSite
from ..queries.coverage import Coverage, Row

COLUMNS = (
    Column("序号", "integer", 6),
    Column("示范点", width=26),
    Column("党组织", width=36),
    Column("类型", width=10),
    Column("级别", width=8),
    Column("命名机关", width=24),
    Column("命名日期", "date", 12),
    Column("牌号", width=20),
    Column("状态", width=10),
    Column("下次复核", "date", 12),
    Column("创建项目", width=26),
)


def write_sites(
    target: BinaryIO,
    rows: Sequence[DemonstrationSite],
    own: Collection[int],
    *,
    whose: str,
    stamp: str,
) -> int:
    """The list; warnings and days of re-review only of the rows in `own`."""
    cells = []
    for number, one in enumerate(rows, 1):
        is_own = one.pk in own
        state = SiteState(one.state) if is_own or not one.is_in_force else SiteState.NAMED
        cells.append(
            [
                number,
                one.title,
                one.organization.name,
                one.organization.get_organization_class_display(),
                one.programme.get_level_display(),
                one.programme.awarded_by,
                one.named_on,
                one.plaque_number or "—",
                state.label,
                one.next_review_on if is_own else None,
                one.programme.title,
            ]
        )
    return write_sheet(
        target,
        "示范点",
        COLUMNS,
        cells,
        subtitle=f"{whose}；{date_zh(clock.today())}",
        stamp=stamp,
        tab="示范点",
    )


def _columns(first: str, units: str) -> tuple[Column, ...]:
    return (
        Column(first, width=32),
        Column(units, "integer", 10),
        *(Column(label, "integer", 8) for label in SiteLevel.labels),
        Column("在册示范点", "integer", 12),
        Column("空白", width=10),
    )


def _cells(row: Row) -> list[object]:
    return [row.label, row.units, *row.by_level, row.sites, "空白" if row.is_gap else ""]


def write_coverage(
    target: BinaryIO, found: Coverage, *, whose: str, stamp: str, day: dt.date
) -> int:
    """One tab by committee with its sum, one by class."""
    said = f"{whose}；{date_zh(day)}"
    tabs = []
    if found.committees:
        tabs.append(
            Tab(
                "示范点覆盖情况（按党委）",
                _columns("党委、总支", "支部"),
                [_cells(row) for row in found.committees],
                subtitle=said,
                stamp=stamp,
                name="按党委",
                totals=["合计", *_cells(found.total)[1:]],
            )
        )
    tabs.append(
        Tab(
            "示范点覆盖情况（按类型）",
            _columns("类型", "党组织"),
            [_cells(row) for row in found.classes],
            subtitle=said,
            stamp=stamp,
            name="按类型",
        )
    )
    return write_sheets(target, tabs)
