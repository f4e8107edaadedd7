"""Made-up numbers for one chart of each kind on the gallery page."""

from collections.abc import Sequence
from typing import Any

from .. import periods
from ..charts import (
    Bar,
    Dot,
    Drawing,
    HeatCell,
    HeatColumn,
    HeatRow,
    Limits,
    Pace,
    Point,
    Reference,
    Series,
    Since,
    bars,
    bars_across,
    binned,
    distribution,
    dots,
    heat,
    line_chart,
    small_bar,
    small_line,
)
from ..charts.numbers import Value
from ..shares import percent
from ..trends import Trend, trend_of

MAKE_UPS = (57.3, 59.9, 58.6, 60.2, 58.1, 61.0, 55.2, 52.7, 51.3, 60.5, 63.2, 61.9, 64.0, 60.8)
ON_TIME = ((162, 9, 5), (164, 8, 4), (160, 10, 6), (168, 5, 3), (158, 10, 8))
SCORES = (83.1, 84.5, 85.0, 86.2, 87.7, 88.0, 88.4, 88.6, 89.3, 89.9, 90.1, 90.6, 91.2, 92.9, 94.2)


def charts() -> list[dict[str, Any]]:
    """One chart of each kind, with its caption."""
    found: list[tuple[str, Drawing]] = [
        ("缺席后 30 天内补课率 %", _line()),
        (
            "按时率",
            bars(
                [
                    Bar(f"{number}月", values, "#", note=f"{percent(values[0], sum(values))}%")
                    for number, values in enumerate(ON_TIME, start=6)
                ],
                [Series("按时"), Series("迟报", "warn"), Series("未报", "rest")],
                name="近五个月报送",
                layout="shares",
                axis="月份",
                total="应报",
                note="按时率",
            ),
        ),
        (
            "受理、办结",
            bars(
                [Bar("6月", (40, 36), "#"), Bar("7月", (44, 43), "#"), Bar("8月", (31, 30), "#")],
                [Series("受理"), Series("办结", "dark")],
                name="诉求受理和办结",
                layout="beside",
                axis="月份",
            ),
        ),
        (
            "比上次",
            bars_across(
                [
                    Bar("发展党员程序时限", (1.00,), "#"),
                    Bar("主题党日", (0.90,), "#"),
                    Bar("加分", (-0.50,), "#"),
                    Bar("党员学时达标率", (-0.60,), "#"),
                ],
                [Series("变化", "ok")],
                name="各项比上次的变化",
                axis="指标",
                signed=True,
                fixed=True,
            ),
        ),
        ("与本组均值比", _dots()),
        ("失在哪里", _heat()),
        (
            "得分分布",
            distribution(
                binned(SCORES, 2), name="43 个总支得分分布", size=2, marked=88.5, unit=" 分"
            ),
        ),
    ]
    return [{"caption": caption, "drawing": drawing} for caption, drawing in found]


def _line() -> Drawing:
    labels = [f"25年{month}月" for month in range(6, 13)] + [f"{month}月" for month in range(1, 13)]
    points = [Point(value, "#") for value in (*MAKE_UPS, 59.4, 62.4)]
    points.append(Point(71.6, "#", note="10月 71.6，出上界", is_signal=True))
    return line_chart(
        labels,
        points,
        name="缺席后 30 天内补课率",
        series="补课率",
        unit="%",
        limits=Limits(50.6, 59.2, 67.8, first=4),
        last_year=[*[None] * 16, 58.1, 61.0, 55.2],
        pace=Pace(15, 62.4, 18, 90),
        since=Since(15, "主题开始 10月1日"),
    )


def _dots() -> Drawing:
    return dots(
        [
            Dot("大庙街道", 93.10, 91.81, 94.39, "above", "#"),
            Dot("大黄山街道", 91.35, 90.06, 92.64, "level", "#", note="限额"),
            Dot("东湖街道", 88.50, 87.21, 89.79, "below", "#"),
        ],
        name="各街道得分与本组均值",
        reference=Reference(90.76, "组均", 88.9, 92.62),
    )


def _heat() -> Drawing:
    heads = ("班子换届", "支部设置", "党课", "主题党日", "学时达标", "商圈楼宇")
    rows = (
        ("大庙街道", (1.0, 0, 0, 0.6, 1.4, 0)),
        ("大黄山街道", (0.5, 0, 0.5, 1.5, 2.4, "免")),
        ("东湖街道", (1.0, 0.5, 1.5, 0.3, 1.8, None)),
    )
    return heat(
        [
            HeatRow("街道、镇组"),
            *(
                HeatRow(
                    name,
                    tuple(
                        HeatCell(word=value) if isinstance(value, str) else HeatCell(value, url="#")
                        for value in values
                    ),
                    after=(f"{sum(one for one in values if isinstance(one, int | float)):.2f}",),
                )
                for name, values in rows
            ),
        ],
        [
            HeatColumn(head, "组织建设" if number < 2 else "组织生活", is_marked=head == "学时达标")
            for number, head in enumerate(heads)
        ],
        name="各街道各项失分",
        after=("失分",),
        steps=(0.5, 1, 1.5, 2),
    )


def small_charts() -> list[dict[str, Any]]:
    """Lines of a table with a small bar and a small line."""
    return [
        {
            "label": "主题党日（支部次）",
            "text": "2,682 / 5,496",
            "bar": small_bar(2682, 5496, name="主题党日进度", pace=2726, before=2649, tone="dark"),
            "line": small_line(MAKE_UPS, name="近 14 个月", limits=Limits(50.6, 59.2, 67.8)),
            "trend": _trend((*MAKE_UPS[:-1], 74.2)),
        },
        {
            "label": "发展党员（计划名额）",
            "text": "118 / 286",
            "bar": small_bar(118, 286, name="发展党员进度", pace=142, before=126, tone="warn"),
            "line": small_line((33, 35, None, 34, 37, 28, 21), name="近 7 个月"),
            "trend": _trend((33, 35, None, 34, 37, 28, 21)),
        },
    ]


def _trend(values: Sequence[Value]) -> Trend:
    span = periods.ending("2026-11", len(values))
    return trend_of(list(zip(span, values, strict=True)), name="补课率", unit="%", low=0, high=100)
