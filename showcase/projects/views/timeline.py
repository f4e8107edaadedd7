"""Projects along the year, drawn on the server: from approval to the last milestone."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

HEAD = 26


@dataclass(frozen=True, slots=True)
class Shape:
    """How large it is drawn: names beside the lines or, on a phone, above them, with fewer months said."""

    wide: int
    left: int
    row: int
    letters: int
    every: int  # so many months apart they are named

    @property
    def is_small(self) -> bool:
        return not self.left


LARGE = Shape(wide=760, left=210, row=30, letters=14, every=1)
SMALL = Shape(wide=328, left=0, row=46, letters=20, every=3)


def timeline(lines: Sequence[Line], year: int, today: dt.date, shape: Shape = LARGE) -> Drawing:
    """Each milestone a dot at its day: full when done, hollow when not, dark when late; a short line
    at the day first approved where it was moved. No query."""
    first, days = dt.date(year, 1, 1), (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days

    def x(day: dt.date) -> Fraction:
        at = min(max((day - first).days, 0), days)
        return shape.left + 6 + Fraction((shape.wide - shape.left - 22) * at, days)

    height = HEAD + shape.row * len(lines) + 8
    months = [
        line("grid", x(dt.date(year, one, 1)), HEAD - 4, x(dt.date(year, one, 1)), height)
        for one in range(1, 13)
    ]
    names = [
        words("", x(dt.date(year, one, 1)), 14, f"{one}月") for one in range(1, 13, shape.every)
    ]
    groups = [alone(*months, *names)]
    if today.year == year:
        groups.append(Group((line("reference", x(today), HEAD - 4, x(today), height),), "今天"))
    for number, one in enumerate(lines):
        groups.append(_row(one, HEAD + shape.row * number, x, today, shape))
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
        shape.wide,
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
        is_wide=not shape.is_small,
        has_data=bool(lines),
    )


def _row(
    one: Line, top: int, x: Callable[[dt.date], Fraction], today: dt.date, shape: Shape
) -> Group:
    y = top + (shape.row - 12 if shape.is_small else shape.row // 2)
    name = top + 16 if shape.is_small else y + 4
    marks: list[Mark] = [words("", 4, name, shortened(str(one.project), shape.letters))]
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
