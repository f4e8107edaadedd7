"""What the board draws: its periods, and the share of each class."""

from core import clock, periods
from core.charts import Bar, Drawing, Series, bars, small_bar
from orgs.enums import OrganizationClass

from ..models import Rollup
from ..queries.boards import Board, ClassShare
from ..queries.cells import on_time_rate
from .board_rows import rows_of

# What the chart of the periods behind is called.
SPAN_WORDS = {
    periods.MONTH: "近十二个月",
    periods.QUARTER: "近八个季度",
    periods.HALF_YEAR: "近六个半年",
    periods.YEAR: "近五年",
}

MONTHS_SERIES = (Series("按时"), Series("迟报", "warn"), Series("尚未报送", "rest"))


def months_chart(found: Board) -> Drawing:
    """The periods behind: on time at the bottom, late above it; what was not sent stays pale."""
    return bars(
        [_month(month, row, found) for month, row in found.trend],
        MONTHS_SERIES,
        name=f"{SPAN_WORDS[found.plan.cadence]}按时率",
        layout="shares",
        axis="期间",
        total="应报",
        note="按时率",
    )


def _month(month: str, row: Rollup | None, found: Board) -> Bar:
    label = periods.short(month)
    node = found.node
    if row is None:
        return Bar(label, (None, None, None))
    on_time = on_time_rate([row], clock.now())
    return Bar(
        label,
        (row.on_time, row.late, row.unsent),
        url=rows_of(found, node.pk, month, row.as_of),
        urls=tuple(
            rows_of(found, node.pk, month, row.as_of, shown)
            for shown in ("on_time", "late", "unsent")
        ),
        note="—" if on_time is None else f"{on_time}%",
        title=f"{periods.label(month)}：应报 {row.expected}，按时 {row.on_time}，"
        f"迟报 {row.late}，待报 {row.pending}，未报 {row.missing}"
        + (f"，锁定未报 {row.locked}" if row.locked else ""),
        row=periods.label(month),
        is_now=month == found.period,
    )


def class_bar(share: ClassShare, found: Board) -> Drawing:
    """How many of a class have sent; the largest class takes the whole width."""
    return small_bar(
        share.submitted,
        share.expected,
        name=f"{OrganizationClass(share.value).label} 已报 {share.submitted}，应报 {share.expected}",
        most=max(one.expected for one in found.classes),
    )
