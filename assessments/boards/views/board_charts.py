"""What boards and portraits draw. The numbers stand in the tables behind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from django.urls import reverse

from assessments.cycles.standings import HUNDRED
from core import periods, trends
from core.charts import (
    Bar,
    Bin,
    Drawing,
    HeatCell,
    HeatColumn,
    HeatRow,
    Limits,
    Point,
    Series,
    bars_across,
    binned,
    distribution,
    heat,
    line_chart,
    small_bar,
)

from .. import words
from ..queries.losses import LossCell, Losses, LossRow
from ..queries.portraits import Portrait
from ..queries.repairing import Repairs
from ..queries.reviewing import Reviewed
from ..queries.trends import Pace, Paced, Trend

STEP = 5  # hundredths of the full marks of one bar of differences
STEPS = (5, 10, 20, 35)  # hundredths of full marks at which the one hue gets deeper


def loss_heat(
    losses: Losses, shown: Sequence[tuple[str, Sequence[LossRow]]], heads: Mapping[str, str]
) -> Drawing:
    """Organisation by indicator, those `shown` under the name of their group; the last row adds up
    all, shown or not. `heads`: indicator -> the rows behind its column."""
    marked = {one.key for one in losses.weakest}
    columns = [
        HeatColumn(
            one.name,
            one.group,
            heads[one.key],
            f"{float(one.share) * HUNDRED:.1f}",
            one.key in marked,
        )
        for one in losses.columns
    ]
    rows: list[HeatRow] = []
    for name, some in shown:
        if name:
            rows.append(HeatRow(name))
        rows += [_row(one, losses) for one in some]
    rows.append(_sums(losses))
    after = ["失分"]
    after += ["折算"] if losses.is_scaled else []
    after += ["加分"] if losses.has_bonus else []
    drawing = heat(
        rows,
        columns,
        name="各单位各项失分",
        after=[*after, "得分"],
        foot="平均失分率%",
        steps=STEPS,
        unit="%",
    )
    return replace(drawing, description=words.weakest(losses))


def _row(row: LossRow, losses: Losses) -> HeatRow:
    url = reverse("cycles:score", args=[row.score.assessed.uid])
    name = row.score.assessed.short_name
    cells = [_cell(row.cells.get(one.key), name, one.name, url) for one in losses.columns]
    return HeatRow(name, tuple(cells), url, _after(row, losses))


def _cell(one: LossCell | None, name: str, head: str, url: str) -> HeatCell:
    if one is None:
        return HeatCell(title=f"{name} {head}：细则无此项")
    address = f"{url}?open={one.number}#i{one.number}"
    if one.state:
        return HeatCell(
            word=words.STATES[one.state],
            url=address,
            title=f"{name} {head}：{words.STATES[one.state]}",
        )
    said = (
        f"{name} {head}：失 {words.lost(one.lost or Decimal(0))} 分，占 {words.percent(one.share)}"
    )
    return HeatCell(one.lost, max(one.share * HUNDRED, Fraction(0)), url=address, title=said)


def _after(row: LossRow, losses: Losses) -> tuple[str, ...]:
    cells = [words.lost(row.lost)]
    cells += [_signed(row.scaled)] if losses.is_scaled else []
    cells += [_signed(row.bonus)] if losses.has_bonus else []
    return (*cells, "—" if row.total is None else f"{row.total:f}")


def _signed(value: Decimal) -> str:
    if not value:
        return words.NOTHING
    return f"+{value:f}" if value > 0 else f"−{-value:f}"


def _sums(losses: Losses) -> HeatRow:
    # Colour is for shares: sums have none.
    cells = [
        HeatCell(one.lost, 0, title=f"{one.name} 合计失 {one.lost} 分") for one in losses.columns
    ]
    after = [words.lost(losses.lost)]
    after += [_signed(sum((one.scaled for one in losses.rows), Decimal(0)))] * losses.is_scaled
    after += [_signed(sum((one.bonus for one in losses.rows), Decimal(0)))] * losses.has_bonus
    return HeatRow("合计", tuple(cells), after=(*after, ""))


def trend_line(trend: Trend) -> Drawing:
    """The mean of all over the half-years, with the limits between which it moves by itself."""
    labels = [words.half(one.period) for one in trend.pasts]
    line = words.line_of(trend)
    points = [
        Point(
            one.mean,
            reverse("boards:board", args=[one.cycle.uid]) if one.cycle is not None else "",
            f"{periods.label(one.period)}：{one.count} 家，均值 {float(one.mean):.2f}%",
            is_signal=line.is_signal(one.period),
        )
        if one.mean is not None
        else None
        for one in trend.pasts
    ]
    return line_chart(
        labels,
        points,
        name="各期得分率均值",
        series="得分率均值",
        axis="期间",
        unit="%",
        limits=_limits(line),
    )


def _limits(line: trends.Trend) -> Limits | None:
    found = line.limits
    return None if found is None else Limits(found.lower, found.mean, found.upper)


def portrait_line(portrait: Portrait) -> Drawing:
    """One organisation's own shares of full marks, each opening its explanation."""
    stands, line = portrait.counted, words.line_of_one(portrait)
    return line_chart(
        [words.half(one.cycle.period) for one in stands],
        [
            Point(
                one.share,
                one.score.assessed.get_absolute_url(),
                f"{periods.label(one.cycle.period)}：{float(one.share or 0):.2f}%",
                is_signal=line.is_signal(one.cycle.period),
            )
            for one in stands
        ],
        name=f"{portrait.organization}各期得分率",
        series="得分率",
        axis="期间",
        unit="%",
        limits=_limits(line),
    )


def pace_bar(row: Paced, pace: Pace) -> Drawing:
    """How much of the year is done: the red line is the calendar, the triangle last year's half."""
    return small_bar(
        min(row.share, Fraction(HUNDRED)),
        HUNDRED,
        pace=pace.gone,
        before=row.before,
        name=f"{row.name} 完成 {float(row.share):.1f}%，{words.paced(row, pace)[0]}",
        tone="dark",
        width=320,
    )


def steps_of(found: Reviewed) -> dict[str, Bin]:
    """The bars of differences by their number, from nothing on; none where nothing was marked by
    two."""
    if not found.pairs:
        return {}
    bins = binned([0, *(one.apart for one in found.pairs)], STEP)
    return {
        str(n): replace(one, count=one.count - (not n), url=f"?step={n}#pairs")
        for n, one in enumerate(bins)
    }


def apart_spread(found: Reviewed, chosen: int | None) -> Drawing:
    """How far two lay apart: each bar opens its indicators."""
    return distribution(
        list(steps_of(found).values()),
        name="两人独立评分之差",
        size=STEP,
        marked=None if chosen is None else chosen * STEP,
        unit="%",
        axis="占该项满分",
        count="项数",
    )


REPAIR_PARTS = (
    Series("随数据销号", "ok"),
    Series("核验销号", "dark"),
    Series("待核验", "info"),
    Series("办理中", "rest"),
    Series("逾期", "bad"),
)


def repair_bars(found: Repairs) -> Drawing:
    """The lines of each organisation by how they stand, each bar opening its list."""
    return bars_across(
        [
            Bar(
                one.row.assessed.short_name,
                (
                    one.count.facts,
                    one.count.verified,
                    one.count.reported,
                    one.count.open - one.count.reported - one.count.overdue,
                    one.count.overdue,
                ),
                url=one.row.get_absolute_url(),
                note=f"{one.count.done} / {one.count.lines}",
            )
            for one in found.lists
        ],
        REPAIR_PARTS,
        name="各单位整改进展",
        axis="单位",
        unit="条",
    )
