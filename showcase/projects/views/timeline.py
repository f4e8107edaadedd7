"""Projects along the year, drawn on the server: from approval to the last milestone."""

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction

from core.charts.drawing import (
    Cell,
    Drawing,
    Group,
    Key,
    Mark,
    Table,
    alone,
    circle,
    line,
    shortened,
    words,
)

from ..queries.board import Line

WIDE, LEFT, ROW, HEAD = 760, 210, 30, 26
LETTERS = 14


def timeline(lines: Sequence[Line], year: int, today: dt.date) -> Drawing:
    """Each milestone a dot at its day: full when done, hollow when not, dark when late; a short line
    at the day first approved where it was moved. No query."""
    first, days = dt.date(year, 1, 1), (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days

    def x(day: dt.date) -> Fraction:
        at = min(max((day - first).days, 0), days)
        return LEFT + Fraction((WIDE - LEFT - 16) * at, days)

    height = HEAD + ROW * len(lines) + 8
    months = [
        line("grid", x(dt.date(year, one, 1)), HEAD - 4, x(dt.date(year, one, 1)), height)
        for one in range(1, 13)
    ]
    names = [words("", x(dt.date(year, one, 1)), 14, f"{one}月") for one in range(1, 13)]
    groups = [alone(*months, *names)]
    if today.year == year:
        groups.append(Group((line("reference", x(today), HEAD - 4, x(today), height),), "今天"))
    for number, one in enumerate(lines):
        groups.append(_row(one, HEAD + ROW * number + ROW // 2, x, today))
    rows = tuple(
        (
            Cell(str(one.project), one.project.get_absolute_url(), is_number=False),
            Cell(f"{one.done} / {len(one.milestones)}"),
            Cell(f"{one.next.due_on:%-m月%-d日} {one.next}" if one.next else "—", is_number=False),
        )
        for one in lines
    )
    return Drawing(
        "dots",
        f"{year} 年项目时间线",
        WIDE,
        height,
        tuple(groups),
        Table(("项目", "节点", "下一个"), rows),
        description=f"{len(lines)} 个项目的节点，按日子排。",
        legend=(
            Key("dot-above", "已完成"),
            Key("dot-level", "还没到期"),
            Key("dot-below", "逾期"),
            Key("pace-mark", "原定的日子", is_line=True),
        ),
        is_wide=True,
        has_data=bool(lines),
    )


def _row(one: Line, y: int, x: Callable[[dt.date], Fraction], today: dt.date) -> Group:
    marks: list[Mark] = [words("", 4, y + 4, shortened(str(one.project), LETTERS))]
    begins = one.project.approved_on or (one.milestones[0].due_on if one.milestones else today)
    if one.milestones:
        marks.append(line("spread", x(begins), y, x(one.milestones[-1].due_on), y))
    for stage in one.milestones:
        at = stage.done_on or stage.due_on
        late = one.project.state == "running" and not stage.is_done and stage.due_on < today
        css = "dot-above" if stage.is_done else "dot-below" if late else "dot-level"
        if stage.baseline_on and stage.baseline_on != stage.due_on:
            was = x(stage.baseline_on)
            marks.append(line("pace-mark", was, y - 8, was, y + 8))
        marks.append(circle(css, x(at), y, 5))
    done = f"节点完成 {one.done} / {len(one.milestones)}"
    title = f"{one.project}（{one.project.organization}）：{done}"
    return Group(tuple(marks), title, one.project.get_absolute_url())
