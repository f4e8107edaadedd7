"""How a theme's numbers are said."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from core.charts.numbers import Value, written
from core.figures import Gauge
from schedules.dispatch.enums import MeetingState

from .enums import DateKind
from .models import ThemeDate
from .queries.measuring import Aimed
from .rules import Pace

MOST_ASKED = 5  # figures that an address may name for a new draft


def number(value: Value, gauge: Gauge) -> str:
    """A value with its unit: 78.9%, 0.13 项."""
    if value is None:
        return "—"
    if gauge.of:
        return f"{written(value, 1, fixed=True)}{gauge.unit}"
    return f"{written(value, 2)} {gauge.unit}"


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


def lacking(count: int, aim: Aimed) -> str:
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
