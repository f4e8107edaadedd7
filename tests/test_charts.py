"""Charts by value: where marks stand, how many, what they say, and the table behind them."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest

from core.charts import (
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
from core.charts.drawing import apart, shortened
from core.charts.numbers import Value, place, short, ticks, written

MONTHS = [f"{month}月" for month in range(1, 13)]
SENT = [Series("按时"), Series("迟报", "warn"), Series("未报", "rest")]


def spots(drawing: Drawing, css: str, *names: str) -> list[tuple[float, ...]]:
    """The coordinates of the marks that carry the class."""
    return [tuple(float(mark.at(name)) for name in names) for mark in drawing.marks_of(css)]


def texts(drawing: Drawing, css: str) -> list[str]:
    return [mark.text for mark in drawing.marks_of(css)]


def table(drawing: Drawing) -> list[list[str]]:
    return [[cell.text for cell in row] for row in drawing.table.rows]


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "wanted", "brief"),
    [
        (0, "0", "0"),
        (-0.001, "−0.001", "−0.001"),
        (-0.000001, "0", "0"),
        (91.35, "91.35", "91.35"),
        (-2.4, "−2.4", "−2.4"),
        (Decimal("1234.50"), "1,234.5", "1,234.5"),
        (Fraction(1, 3), "0.33", "0.33"),
        (123_456, "123,456", "12.3万"),
        (-450_000_000, "−450,000,000", "−4.5亿"),
        (10**30, f"{10**30:,}", f"{10**22:,}亿"),
        (None, "—", "—"),
        (float("nan"), "—", "—"),
        (float("-inf"), "—", "—"),
    ],
)
def test_numbers_are_written_for_readers(value: Value, wanted: str, brief: str) -> None:
    assert (written(value), short(value)) == (wanted, brief)


def test_scores_keep_their_two_decimals_when_asked() -> None:
    assert (written(1, fixed=True), written(Decimal("0.5"), fixed=True)) == ("1.00", "0.50")


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (57, 90, [50, 60, 70, 80, 90]),
        (0, 0, [0, Fraction(1, 5), Fraction(2, 5), Fraction(3, 5), Fraction(4, 5), 1]),
        (-3, 3, [-4, -2, 0, 2, 4]),
        (0, 10**400, [2 * 10**399 * step for step in range(6)]),
        (0, Fraction(1, 10**400), [Fraction(2 * step, 10**401) for step in range(6)]),
    ],
)
def test_ticks_are_round_and_hold_what_is_drawn(
    low: int, high: int, wanted: list[Fraction]
) -> None:
    assert ticks(Fraction(low), Fraction(high)) == wanted


def test_words_at_the_edge_are_moved_apart_and_stay_inside() -> None:
    assert apart([Fraction(10), Fraction(12), Fraction(50)], 15, 0, 100) == [10, 25, 50]
    assert apart([Fraction(98), Fraction(97)], 15, 0, 100) == [100, 85]
    assert apart([], 15, 0, 100) == []


def test_long_names_are_cut_to_their_room_and_coordinates_to_a_tenth() -> None:
    assert shortened("中共徐州经济技术开发区工作委员会", 6) == "中共徐州经…"
    assert shortened("短名", 6) == "短名"
    assert shortened("a\u202eb\nc", 6) == "ab c"
    assert [place(Fraction(n, 3)) for n in (1, 3, -1, 0)] == ["0.3", "1", "-0.3", "0"]


# --- lines ---------------------------------------------------------------------------------------


def test_line_stands_where_its_numbers_say() -> None:
    drawing = line_chart(
        ["1月", "2月", "3月"], [Point(0), Point(50, "/rows/"), Point(100)], name="率"
    )
    # 0 to 100 on 254 down to 14, three slots from the left edge to the right one
    left, right = 37, 704
    middle = (left + right) / 2
    assert spots(drawing, "dot", "cx", "cy") == [(left, 254), (middle, 134), (right, 14)]
    (stroke,) = drawing.marks_of("line")
    assert [(float(x), float(y)) for x, y in stroke.points] == spots(drawing, "dot", "cx", "cy")
    assert texts(drawing, "tick") == ["0", "20", "40", "60", "80", "100", "1月", "2月", "3月"]
    assert drawing.links == ["/rows/"]
    assert table(drawing) == [["1月", "0"], ["2月", "50"], ["3月", "100"]]
    assert drawing.table.rows[1][1].url == "/rows/"
    assert drawing.description == "1月 0 到 3月 100"


def test_line_shows_its_limits_last_year_and_the_pace() -> None:
    drawing = line_chart(
        MONTHS[:4],
        [Point(60), Point(58), Point(72, note="出上界", is_signal=True)],
        name="补课率",
        series="补课率",
        unit="%",
        limits=Limits(50, 60, 70, first=1),
        last_year=[None, 55, None, 56],
        pace=Pace(1, 60, 3, 90),
        since=Since(1, "主题开始"),
    )
    x = [float(mark.at("x")) for mark in drawing.marks_of("tick") if mark.text in MONTHS]
    y = {
        tick: float(mark.at("y1"))
        for tick, mark in zip((50, 60, 70, 80, 90), drawing.marks_of("grid"), strict=True)
    }
    assert y == {50: 254, 60: 194, 70: 134, 80: 74, 90: 14}
    assert spots(drawing, "limit", "x1", "y1") == [(x[1], y[70]), (x[1], y[50])]
    assert spots(drawing, "mean", "y1") == [(y[60],)]
    assert spots(drawing, "before-dot", "x", "y") == [(x[1] - 3, 221), (x[3] - 3, 215)]
    assert drawing.marks_of("before") == [], "a hole lies between them"
    (pace,) = drawing.marks_of("pace")
    assert [(float(a), float(b)) for a, b in pace.points] == [(x[1], y[60]), (x[3], y[90])]
    assert len(drawing.marks_of("signal")) == 1
    assert texts(drawing, "side") == ["上界 70", "平均 60", "下界 50", "去年 56", "目标 90"]
    assert drawing.table.head == ("时间", "补课率", "去年同季", "进度线", "下界", "平均", "上界")
    assert table(drawing) == [
        ["1月", "60%", "—", "—", "—", "—", "—"],
        ["2月", "58%", "55%", "60%", "50%", "60%", "70%"],
        ["3月", "72%", "—", "75%", "50%", "60%", "70%"],
        ["4月", "—", "56%", "90%", "50%", "60%", "70%"],
    ]
    assert drawing.description == ("1月 60% 到 3月 72%；自身界限 50 至 70%；1 个点不是平常的起伏")


def test_hole_parts_the_line_and_one_value_is_a_dot() -> None:
    points = [Point(1), Point(2), None, Point(None), Point(4), None, Point(3), Point(3)]
    drawing = line_chart(MONTHS, points, name="数")
    assert [len(mark.points) for mark in drawing.marks_of("line")] == [2, 2]
    assert len(drawing.marks_of("dot")) == 5
    assert [row[0] for row in table(drawing)] == ["1月", "2月", "5月", "7月", "8月"]


def test_names_of_slots_are_thinned_where_there_is_no_room() -> None:
    labels = [f"2025年{number}月" for number in range(36)]
    drawing = line_chart(labels, [Point(1)] * 36, name="数")
    shown = [mark for mark in drawing.marks_of("middle") if "年" in mark.text]
    assert 4 <= len(shown) <= 12
    edges = [float(mark.at("x")) for mark in shown]
    assert min(b - a for a, b in itertools.pairwise(edges)) >= 70


def test_small_line_has_its_band_its_way_and_its_last_dot() -> None:
    drawing = small_line([0, 10, None, 5], name="近况", limits=Limits(0, 5, 10), unit="%")
    (band,) = drawing.marks_of("band")
    assert (float(band.at("y")), float(band.at("height"))) == (3, 16)
    (stroke,) = drawing.marks_of("line")
    assert [(float(x), float(y)) for x, y in stroke.points] == [(3, 19), (33, 3)]
    assert spots(drawing, "dot", "cx", "cy") == [(93, 11)]
    assert drawing.groups[0].title == "近况：0、10、—、5%"
    assert [float(y) for _, y in small_line([7, 7], name="平").marks_of("line")[0].points] == [
        11,
        11,
    ]


# --- bars ----------------------------------------------------------------------------------------


def test_shares_stack_to_the_whole_height() -> None:
    drawing = bars(
        [
            Bar("5月", (2, 1, 1), "/a/", ("/a/1/", "/a/2/", "/a/3/"), note="50%", row="2026年5月"),
            Bar("6月", (None, None, None)),
            Bar("7月", (3, 0, 0), "/b/", note="100%", is_now=True),
        ],
        SENT,
        name="按时率",
        layout="shares",
        axis="月份",
        total="应报",
        note="按时率",
    )
    first = {
        css: spots(drawing, css, "x", "y", "width", "height") for css in ("plain", "warn", "rest")
    }
    assert first == {
        "plain": [(12, 60, 26, 60), (112, 0, 26, 120)],
        "warn": [(12, 30, 26, 30)],
        "rest": [(12, 0, 26, 30)],
    }
    assert [mark.text for mark in drawing.marks_of("value")] == ["50%", "100%"]
    assert spots(drawing, "value", "x", "y") == [(25, 24), (125, -6)]
    assert drawing.links == ["/a/", "/b/"]
    assert texts(drawing, "label") == ["5月", "6月", "7月"]
    assert drawing.table.head == ("月份", "应报", "按时", "迟报", "未报", "按时率")
    assert table(drawing) == [
        ["2026年5月", "4", "2", "1", "1", "50%"],
        ["7月", "3", "3", "0", "0", "100%"],
    ]
    assert [cell.url for cell in drawing.table.rows[0]] == [
        "/a/",
        "",
        "/a/1/",
        "/a/2/",
        "/a/3/",
        "",
    ]
    assert [group.css for group in drawing.groups if group.url] == ["", "now"]


def test_stacked_and_side_by_side_are_measured_against_the_tallest() -> None:
    rows = [Bar("甲", (30, 10)), Bar("乙", (20, 0))]
    series = [Series("受理"), Series("办结", "dark")]
    stacked = bars(rows, series, name="数")
    assert spots(stacked, "plain", "y", "height") == [(30, 90), (60, 60)]
    assert spots(stacked, "dark", "y", "height") == [(0, 30)]
    assert texts(stacked, "value") == ["40", "20"]
    beside = bars(rows, series, name="数", layout="beside")
    assert spots(beside, "plain", "x", "height") == [(12, 120), (62, 80)]
    assert spots(beside, "dark", "x", "height") == [(25, 40)]


def test_part_of_a_bar_is_a_link_when_the_bar_is_none() -> None:
    drawing = bars([Bar("甲", (1, 2, 0), urls=("/1/", "/2/", "/3/"))], SENT, name="数")
    assert drawing.links == ["/1/", "/2/"], "what is nothing opens nothing"


def test_bars_across_go_both_ways_from_nothing() -> None:
    drawing = bars_across(
        [Bar("主题党日", (0.9,), "/p/"), Bar("加分", (-0.45,)), Bar("未知", (None,))],
        [Series("变化", "ok")],
        name="比上次",
        signed=True,
        fixed=True,
    )
    (axis,) = drawing.marks_of("axis")
    zero = axis.at("x1")
    (gain,), (loss,) = drawing.marks_of("ok"), drawing.marks_of("bad")
    assert gain.at("x") == zero == loss.at("x") + loss.at("width")
    assert gain.at("width") == 2 * loss.at("width")
    assert texts(drawing, "value") == ["+0.90", "−0.45", "—"]
    assert drawing.links == ["/p/"]
    parts = bars_across([Bar("等次", (6, 11, 1))], SENT, name="等次")
    widths = [float(parts.marks_of(css)[0].at("width")) for css in ("plain", "warn", "rest")]
    assert widths[0] * 11 == pytest.approx(widths[1] * 6)
    assert sum(widths) == 480 - 64 - (2 * 13 + 12)


def test_small_bar_compares_lengths_and_marks_the_pace() -> None:
    drawing = small_bar(25, 50, name="进度", most=100, pace=30, before=20)
    assert spots(drawing, "rest", "width") == [(80,)]
    assert spots(drawing, "plain", "width") == [(40,)]
    assert spots(drawing, "pace-mark", "x1") == [(48,)]
    assert [float(x) for x, _ in drawing.marks_of("before-mark")[0].points] == [32, 35, 29, 32]
    assert "aria-label" in drawing.svg()
    silent = small_bar(1, 1, name="进度", most=1000)
    assert spots(silent, "rest", "width") == [(2,)], "one is still seen"
    assert 'aria-hidden="true"' in silent.svg()
    assert small_bar(0, 0, name="进度").marks_of("rest")[0].at("width") == 0


def test_distribution_counts_steps_and_marks_the_one_that_holds_a_value() -> None:
    bins = binned([82, 83.99, 84, 88, None, Decimal("88.5")], 2)
    assert [(int(one.low), one.count) for one in bins] == [(82, 2), (84, 1), (86, 0), (88, 2)]
    drawing = distribution(bins, name="分布", size=2, marked=84, unit=" 分")
    assert spots(drawing, "plain", "height") == [(120,), (60,), (120,)]
    assert [group.css for group in drawing.groups if group.title] == ["", "now", "", ""]
    assert table(drawing)[0] == ["82–84 分", "2"]
    assert drawing.description == "共 5 个"
    assert binned([], 2) == []
    for wrong in (0, -1, None):
        with pytest.raises(ValueError, match="size"):
            binned([1], wrong)
    with pytest.raises(ValueError, match="200"):
        binned([0, 10**9], 1)


# --- dots and grids ------------------------------------------------------------------------------


def test_dots_stand_on_their_interval_and_differ_by_shape() -> None:
    drawing = dots(
        [
            Dot("大庙街道", 94, 92, 96, "above", "/a/"),
            Dot("大黄山街道", 90, 88, 92, "level", note="限额"),
            Dot("金山桥街道", 86, 84, 88, "below"),
            Dot("未评", None),
        ],
        name="得分",
        reference=Reference(90, "组均", 88, 92),
    )
    left, right = 5 * 13 + 76, 640 - 8 * 13
    scale = (right - left) / (96 - 84)

    def x(value: int) -> float:
        return pytest.approx(left + (value - 84) * scale)  # type: ignore[return-value]

    assert spots(drawing, "dot-above", "cx", "cy") == [(x(94), 40)]
    assert spots(drawing, "dot-level", "cx", "cy") == [(x(90), 68)]
    assert spots(drawing, "dot-below", "x", "width") == [(pytest.approx(left + 2 * scale - 5), 10)]
    assert spots(drawing, "spread", "x1", "x2")[0] == (x(92), x(96))
    assert spots(drawing, "reference", "x1") == [(x(90),)]
    assert spots(drawing, "band", "x") == [(x(88),)]
    assert table(drawing) == [
        ["大庙街道", "94.00", "92.00 至 96.00", "明显高于", ""],
        ["大黄山街道", "90.00", "88.00 至 92.00", "无明显差异", "限额"],
        ["金山桥街道", "86.00", "84.00 至 88.00", "明显低于", ""],
        ["未评", "—", "—", "—", ""],
    ]
    assert drawing.description == "组均 90.00；明显高于 1 个，无明显差异 1 个，明显低于 1 个"


def test_a_dot_in_a_corner_says_nothing_that_nobody_can_tell() -> None:
    drawing = dots(
        [Dot("得分", 91.35, standing="unsaid")],
        name="得分",
        reference=Reference(90, "组均", 88, 92),
        width=250,
    )
    assert drawing.width == 250
    assert not drawing.is_wide
    assert not drawing.legend
    assert spots(drawing, "dot", "cy") == [(40,)]
    assert table(drawing) == [["得分", "91.35", "—"]]
    assert drawing.description == "组均 90.00；得分 91.35"


def test_grid_colours_by_weight_and_writes_every_cell() -> None:
    cells = (
        HeatCell(Decimal("0.3"), weight=4, url="/1/"),
        HeatCell(Decimal("2.4"), weight=36),
        HeatCell(0),
        HeatCell(None),
        HeatCell(word="免"),
    )
    columns = [
        HeatColumn(name, "组织生活") for name in ("主题党日", "学时达标", "党课", "双报到", "楼宇")
    ]
    drawing = heat(
        [HeatRow("街道、镇组"), HeatRow("大黄山街道", cells, after=("2.70",))],
        columns,
        name="失分",
        after=("失分",),
        steps=(5, 10, 20, 35),
        unit="%",
    )
    assert len(drawing.marks_of("heat-0")) == len(drawing.marks_of("heat-4")) == 1
    assert drawing.marks_of("heat-1") == []
    assert texts(drawing, "none") == ["·", "—"]
    assert texts(drawing, "word") == ["免"]
    assert [mark.text for mark in drawing.marks_of("middle") if mark.css == "value middle"] == [
        "0.30",
        "2.40",
    ]
    left = 5 * 13 + 14
    assert spots(drawing, "cell", "x")[:2] == [(left,), (left + 42,)]
    assert table(drawing) == [["大黄山街道", "0.30", "2.40", "0.00", "—", "免", "2.70"]]
    assert drawing.table.head == ("党组织", *(column.label for column in columns), "失分")
    assert [key.label for key in drawing.legend] == [
        "5% 以下",
        "5–10%",
        "10–20%",
        "20–35%",
        "35% 以上",
    ]
    assert drawing.description == "1 行 5 列，最大的是 大黄山街道 学时达标 2.40"
    down = [mark for mark in drawing.marks if mark.down]
    assert [mark.text for mark in down] == [column.label for column in columns]
    assert len({mark.at("y") + 14 * len(mark.text) for mark in down}) == 1, "all end at the grid"


@pytest.mark.parametrize(
    ("value", "digits", "fixed", "said"),
    [
        (Fraction(1, 458), 2, False, "0.002"),
        (Fraction(-1, 458), 2, False, "−0.002"),
        (Fraction(1, 130), 1, True, "0.01"),
        (Fraction(0), 1, True, "0.0"),
        (Fraction(1, 10**9), 2, False, "0"),
        (Fraction(1, 2), 2, False, "0.5"),
    ],
)
def test_what_is_there_never_reads_as_none(
    value: Fraction, digits: int, fixed: bool, said: str
) -> None:
    assert written(value, digits, fixed=fixed) == said
