"""Dots with the interval in which a value may really lie, one organisation a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .drawing import (
    Cell,
    Drawing,
    Group,
    Key,
    Mark,
    Table,
    alone,
    circle,
    line,
    own_address,
    rect,
    shortened,
    width_of,
    words,
)
from .numbers import Scale, Value, exact, scale_over, short, written

Standing = Literal["above", "level", "below", "unsaid"]

WIDE, ROW, HEAD = 640, 28, 26
LETTER, LABEL_ROOM, NOTE_ROOM = 13, 14, 8
STANDINGS: dict[Standing, str] = {"above": "明显高于", "level": "无明显差异", "below": "明显低于"}


@dataclass(frozen=True, slots=True)
class Dot:
    """One row. `standing` says by shape and colour how it compares; the caller decides. `unsaid`
    where nobody can tell."""

    label: str
    value: Value
    low: Value = None
    high: Value = None
    standing: Standing = "level"
    url: str = ""
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """What the rows are compared with: a line, and around it maybe a band."""

    value: Value
    label: str
    low: Value = None
    high: Value = None


def dots(
    rows: Sequence[Dot],
    *,
    name: str,
    series: str = "得分",
    axis: str = "党组织",
    unit: str = "",
    reference: Reference | None = None,
    digits: int = 2,
    width: int = WIDE,
) -> Drawing:
    """A dot and its interval for each row, under one axis. Rows keep the order they are given in. A
    smaller `width` is for few rows in a corner of a page, which then need no scrolling."""
    numbers = [exact(value) for row in rows for value in (row.value, row.low, row.high)]
    if reference is not None:
        numbers += [exact(reference.value), exact(reference.low), exact(reference.high)]
    known = [number for number in numbers if number is not None]
    names = [shortened(row.label, LABEL_ROOM) for row in rows]
    left = int(max(map(width_of, names), default=Fraction(0)) * LETTER) + 76
    right = width - (NOTE_ROOM * LETTER if any(row.note for row in rows) else 16)
    scale, ticks = scale_over(known, left, right, wanted=6 if width == WIDE else 3)
    bottom = HEAD + ROW * max(1, len(rows))
    groups = [
        *_behind(reference, scale, bottom),
        alone(
            *(line("grid", scale(tick), HEAD, scale(tick), bottom) for tick in ticks),
            *(words("tick middle", scale(tick), HEAD - 10, short(tick, digits)) for tick in ticks),
        ),
    ]
    for number, (row, label) in enumerate(zip(rows, names, strict=True)):
        middle = HEAD + ROW * number + ROW // 2
        groups.append(_row(row, label, middle, scale, left, right, unit, digits, width))
    return Drawing(
        kind="dots",
        name=name,
        width=width,
        height=bottom + 4,
        groups=tuple(groups),
        table=_table(rows, (axis, series), unit, digits),
        description=_said(rows, reference, unit, digits),
        legend=tuple(
            Key(f"dot-{standing}", STANDINGS[standing])
            for standing in STANDINGS
            if any(row.standing == standing for row in rows)
        ),
        is_wide=width == WIDE,
        has_data=any(exact(row.value) is not None for row in rows),
    )


def _behind(reference: Reference | None, scale: Scale, bottom: int) -> list[Group]:
    """The line compared with, and its band."""
    value = exact(reference.value) if reference is not None else None
    if reference is None or value is None:
        return []
    marks: list[Mark] = []
    low, high = exact(reference.low), exact(reference.high)
    if low is not None and high is not None:
        marks.append(rect("band", scale(low), HEAD, scale(high) - scale(low), bottom - HEAD))
    marks.append(line("reference", scale(value), HEAD - 4, scale(value), bottom))
    return [Group(tuple(marks), f"{reference.label} {written(value)}")]


def _row(
    row: Dot,
    label: str,
    middle: int,
    scale: Scale,
    left: int,
    right: int,
    unit: str,
    digits: int,
    width: int,
) -> Group:
    value, low, high = exact(row.value), exact(row.low), exact(row.high)
    url = own_address(row.url)
    marks = [rect("hit", 0, middle - ROW // 2, width, ROW)] if url else []
    marks.append(words("label", 0, middle + 4, label))
    marks.append(words("value end", left - 16, middle + 4, short(value, digits, fixed=True)))
    if low is not None and high is not None:
        marks.append(line("spread", scale(low), middle, scale(high), middle))
        marks += [
            line("spread", scale(end), middle - 4, scale(end), middle + 4) for end in (low, high)
        ]
    if value is not None:
        spot = scale(value)
        if row.standing == "below":
            marks.append(rect("dot-below", spot - 5, middle - 5, 10, 10))
        else:
            shape = "dot" if row.standing == "unsaid" else f"dot-{row.standing}"
            marks.append(circle(shape, spot, middle, 5))
    if row.note:
        marks.append(words("note", right + 12, middle + 4, shortened(row.note, NOTE_ROOM - 1)))
    stands = f"，{STANDINGS[row.standing]}" if row.standing in STANDINGS else ""
    said = row.title or f"{row.label} {written(value, digits, fixed=True)}{unit}{stands}"
    return Group(tuple(marks), said, url, row.standing)


def _said(rows: Sequence[Dot], reference: Reference | None, unit: str, digits: int) -> str:
    known = [row for row in rows if exact(row.value) is not None]
    if not known:
        return "没有数据"
    counts = "，".join(
        f"{label} {sum(row.standing == standing for row in known)} 个"
        for standing, label in STANDINGS.items()
    )
    against = (
        f"{reference.label} {written(reference.value, digits, fixed=True)}{unit}；"
        if reference is not None
        else ""
    )
    if any(row.standing not in STANDINGS for row in known):
        counts = "；".join(
            f"{row.label} {written(row.value, digits, fixed=True)}{unit}" for row in known
        )
    return f"{against}{counts}"


def _table(rows: Sequence[Dot], head: tuple[str, str], unit: str, digits: int) -> Table:
    has_interval = any(exact(row.low) is not None for row in rows)
    has_note = any(row.note for row in rows)
    titles = [*head, *(["区间"] if has_interval else []), "判断", *(["备注"] if has_note else [])]
    lines = []
    for row in rows:
        value = written(row.value, digits, fixed=True)
        cells = [
            Cell(row.label, own_address(row.url), is_number=False),
            Cell(value if value == "—" else value + unit),
        ]
        if has_interval:
            low, high = written(row.low, digits, fixed=True), written(row.high, digits, fixed=True)
            cells.append(Cell("—" if "—" in (low, high) else f"{low} 至 {high}{unit}"))
        stands = STANDINGS.get(row.standing, "—")
        cells.append(Cell(stands if value != "—" else "—", is_number=False))
        if has_note:
            cells.append(Cell(row.note, is_number=False))
        lines.append(tuple(cells))
    return Table(tuple(titles), tuple(lines))
