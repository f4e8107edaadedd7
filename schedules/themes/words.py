"""How a theme's numbers are said."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from core import periods
from core.charts.numbers import Value, written
from core.figures import Gauge
from schedules.dispatch.enums import MeetingState

from .enums import DateKind
from .models import FinderFigure, ThemeDate
from .queries.finder import Found, Gauged
from .queries.measuring import Aimed
from .rules import BETTER, HUNDRED, ORIGIN, WORSE, Pace


def plain(value: Value, gauge: Gauge) -> str:
    """A value without its unit: 78.9, 0.13."""
    return written(value, 1, fixed=True) if gauge.of else written(value, 2)


def number(value: Value, gauge: Gauge) -> str:
    """A value with its unit: 78.9%, 0.13 项."""
    if value is None:
        return "—"
    return f"{plain(value, gauge)}{'' if gauge.of else ' '}{gauge.unit}"


def goal(value: Value, gauge: Gauge) -> str:
    """The goal as it is asked for: 90% 以上, 不超过 2%."""
    said = f"{written(value, 2)}{gauge.unit}" if gauge.of else number(value, gauge)
    return f"不超过 {said}" if gauge.fewer and value else said if gauge.fewer else f"{said} 以上"


def points(value: Fraction, gauge: Gauge) -> str:
    """A difference: 0.6 个百分点, 0.13 项."""
    if gauge.of and gauge.unit == "%":
        return f"{written(abs(value), 1)} 个百分点"
    return number(abs(value), gauge)


def ahead(pace: Pace, gauge: Gauge) -> str:
    """Whether things go faster or slower than the calendar: 慢 0.6 个百分点."""
    if is_even(pace, gauge):
        return "正合进度"
    return f"{'快' if pace.ahead > 0 else '慢'} {points(pace.ahead, gauge)}"


def is_even(pace: Pace, gauge: Gauge) -> bool:
    """Whether the difference is too small to be written."""
    return abs(pace.ahead) < Fraction(1, 20 if gauge.of else 200)


def tone(pace: Pace, gauge: Gauge) -> str:
    """Of the word above."""
    if is_even(pace, gauge):
        return "mute"
    return "ok" if pace.ahead > 0 else "warn"


def speed(pace: Pace, gauge: Gauge, due_on: dt.date) -> tuple[str, str, str]:
    """In plain words where things go: what comes before the number at the due day, the number, and
    what is missing there."""
    if pace.at_end is None:
        return "刚开始，照现在的快慢还看不出结果", "", ""
    day = f"{due_on:%-m月%-d日}"
    if not pace.days_left:
        return f"{day}到了", number(pace.now, gauge), ""
    short = pace.short_at_end
    left = f"差 {points(short, gauge)}" if short is not None and short > 0 else "够得着目标"
    return f"还有 {pace.days_left} 天；照开始以来的速度，{day}到", number(pace.at_end, gauge), left


def lacking(count: int, aim: Aimed | Gauged) -> str:
    """What one organisation is short by: 差 9 人次, 多 2 项."""
    return f"{'多' if aim.gauge.fewer else '差'} {count} {aim.figure.unit}"


def date_of(one: ThemeDate, today: dt.date) -> tuple[str, str, str]:
    """A key date: what, when, and whether it is over."""
    what = f"{DateKind(one.kind).label} {one.note}".strip()
    day = one.day
    if one.meeting is not None and one.meeting.state == MeetingState.CANCELLED:
        state = "已取消"
    elif day < today:
        state = "已办"
    else:
        state = "今天" if day == today else f"还有 {(day - today).days} 天"
    return what, f"{day:%-m月%-d日}", state


def aims(some: Sequence[Aimed]) -> list[dict[str, Any]]:
    """The figures of a draft: what each is called, its goal, and by when."""
    return [
        {"label": one.gauge.label, "goal": goal(one.goal, one.gauge), "due_on": one.row.due_on}
        for one in some
    ]


# --- the finder --------------------------------------------------------------------------------

HOW = (
    "先后 = 缺的份额 × 没达到的支部占比 × 走势。缺的份额：从最差（0，越少越好的从 100%）到目标这段路，还缺几成；"
    "不是比例的，每个支部多 1 项即为全缺。走势：最近一个月是变差的信号，乘 2；是变好的信号，乘 1/2；没有信号，"
    "或是年内累计、考核失分，乘 1。考核失分：缺的份额即失分占满分的比例，占比为有失分的单位占比。"
)
WEIGHTS = {WORSE: "变差，乘 2", BETTER: "变好，乘 1/2"}


def plain_goal(of: Gauged) -> str:
    """The usual goal as a number alone: 90%, 0 项."""
    return f"{of.gauge.goal}{of.gauge.unit}" if of.gauge.of else number(of.goal, of.gauge)


def few(of: Gauged, row: FinderFigure) -> tuple[str, str]:
    """How many branches have one and how many too many there are, of what so few have that a mean would
    read as none: 1 个支部有, 多 1 项. Empty for all else."""
    gauge = of.gauge
    if gauge.of or not gauge.fewer or of.goal or not row.part or not row.known:
        return "", ""
    if Fraction(row.part, row.known) >= Fraction(1, 100):
        return "", ""
    return f"{row.short} 个支部有", f"多 {row.part} {gauge.unit}"


def value_found(one: Found) -> str:
    """What a figure was found to be, in words."""
    return few(one.of, one.row)[0] or number(one.value or Fraction(0), one.of.gauge)


def gap_found(one: Found) -> str:
    """How far that is from the usual goal."""
    return few(one.of, one.row)[1] or difference(one.value or Fraction(0), one.of)


def difference(value: Fraction, of: Gauged) -> str:
    """How far a value is from the usual goal: 差 11.8 个百分点, 多 0.13 项."""
    return f"{'多' if of.gauge.fewer else '差'} {points(value - of.goal, of.gauge)}"


def rank(value: Fraction) -> str:
    """Where something stands among what could become a theme, of a hundred."""
    return written(value * HUNDRED, 2, fixed=True)


def found(one: Found) -> str:
    """A figure that was found, as a theme says where it comes from."""
    if one.value is None:
        return one.of.gauge.label
    said = f"{periods.label(one.row.period)}{one.of.gauge.label} {value_found(one)}"
    if one.missing:
        said += f"，比通常的目标 {plain_goal(one.of)} {gap_found(one)}"
    return f"{said}，{one.row.measured} 个支部中 {one.row.short} 个没有达到"


def found_short(one: Found) -> str:
    """The same where there is little room."""
    return f"{one.of.gauge.label} {value_found(one)}"


def origin(some: Sequence[tuple[str, str]]) -> str:
    """Where a theme comes from in one sentence, of (in full, in short): as many in full as there is room
    for, and none cut in its middle."""
    said = [full for full, _ in some]
    for at in range(len(some) - 1, -1, -1):
        if len("；".join(said)) < ORIGIN:
            break
        said[at] = some[at][1]
    while len("；".join(said)) >= ORIGIN:
        said.pop()
    return f"{'；'.join(said)}。" if said else ""


def seen_in(one: Found) -> str:
    """The quarter of which the value is; of a sum of the year what it takes in."""
    label = periods.label(one.row.period)
    return f"{label[:5]}累计到{label[5:]}" if one.of.gauge.since_new_year else label


def season(one: Found) -> str:
    """Last year's same quarter, beside a sum of the year; empty beside others."""
    if not one.of.gauge.since_new_year:
        return ""
    return f"年内累计，不画界限；去年同季 {number(one.season, one.of.gauge)}"


def trend(one: Found) -> str:
    """What the line says, where nothing can be drawn."""
    if one.trend is None:
        return season(one)
    return "；".join(part for part in (one.trend.note, WEIGHTS.get(one.weight, "")) if part)
