"""What the board draws: its twelve months, and the share of each class."""

from core import periods
from core.charts import Bar, Drawing, Series, bars, small_bar
from orgs.models import Organization

from ..models import Rollup
from ..queries.boards import Board, ClassShare
from ..queries.rollups import rate
from .board_rows import rows_url

MONTHS_SERIES = (Series("按时"), Series("迟报", "warn"), Series("未报", "rest"))


def months_chart(found: Board) -> Drawing:
    """Twelve months: on time at the bottom, late above it; what is missing stays pale."""
    return bars(
        [_month(month, row, found.node, found.period) for month, row in found.trend],
        MONTHS_SERIES,
        name="近十二个月按时率",
        layout="shares",
        axis="月份",
        total="应报",
        note="按时率",
    )


def _month(month: str, row: Rollup | None, node: Organization, current: str | None) -> Bar:
    label = f"{int(month[5:])}月"
    if row is None:
        return Bar(label, (None, None, None))
    missing = row.expected - row.submitted
    return Bar(
        label,
        (row.on_time, row.late, missing),
        url=rows_url(node.pk, month, row.as_of),
        urls=tuple(
            rows_url(node.pk, month, row.as_of, shown) for shown in ("on_time", "late", "missing")
        ),
        note=f"{rate(row.on_time, row.expected)}%",
        title=f"{periods.label(month)}：应报 {row.expected}，按时 {row.on_time}，"
        f"迟报 {row.late}，未报 {missing}",
        row=periods.label(month),
        is_now=month == current,
    )


def class_bar(share: ClassShare, found: Board) -> Drawing:
    """How many of a class have sent; the largest class takes the whole width."""
    return small_bar(
        share.submitted,
        share.expected,
        name=f"{share.label} 已报 {share.submitted}，应报 {share.expected}",
        most=max(one.expected for one in found.classes),
    )
