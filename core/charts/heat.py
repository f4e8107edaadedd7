"""A grid of rows and columns in one hue, the number in every cell."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .drawing import (
    Cell,
    Drawing,
    Group,
    Key,
    Mark,
    Table,
    alone,
    line,
    own_address,
    rect,
    shortened,
    width_of,
    words,
)
from .numbers import Value, exact, short, written

ROW, COLUMN, AFTER = 26, 42, 58
LETTER, LABEL_ROOM, HEAD_ROOM, DOWN = 13, 12, 6, 14
LEVELS = 5
NONE, OUTSIDE = "·", "—"


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell. Nothing (0) is a dot, None does not belong to the row; `word` stands instead of a
    number (免). `weight` is what the depth of the colour follows, by default the value."""

    value: Value = None
    weight: Value = None
    word: str = ""
    url: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One row; without cells it is a heading over those that follow. `after` stands behind it."""

    label: str
    cells: tuple[HeatCell, ...] = ()
    url: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeatColumn:
    """One column, maybe under a heading that its neighbours share; `foot` stands below it."""

    label: str
    group: str = ""
    url: str = ""
    foot: str = ""
    is_marked: bool = False


def heat(
    rows: Sequence[HeatRow],
    columns: Sequence[HeatColumn],
    *,
    name: str,
    axis: str = "党组织",
    after: Sequence[str] = (),
    foot: str = "",
    steps: Sequence[Value] = (),
    unit: str = "",
    digits: int = 2,
) -> Drawing:
    """The grid. `steps` are four weights at which the colour gets one step deeper, by default the
    fifths of the largest; `after` heads the columns behind; `foot` is the name of the last line."""
    limits = _limits(rows, steps)
    names = [shortened(row.label, LABEL_ROOM) for row in rows]
    widest = max(map(width_of, [*names, axis, foot]), default=Fraction(0))
    left = int(widest * LETTER) + 14
    heads = [shortened(column.label, HEAD_ROOM) for column in columns]
    is_down = any(width_of(head) * LETTER > COLUMN for head in heads)
    has_groups = any(column.group for column in columns)
    tall = (max(map(len, heads), default=1) * DOWN if is_down else 18) + 8
    top = tall + (24 if has_groups else 0)
    width = left + COLUMN * len(columns) + AFTER * len(after)
    groups = [
        alone(*_heads(columns, heads, axis, after, left, top, is_down)),
        *([alone(*_group_heads(columns, left))] if has_groups else []),
    ]
    for number, (row, label) in enumerate(zip(rows, names, strict=True)):
        groups += _row(row, label, columns, left, top + ROW * number, limits, digits)
    bottom = top + ROW * len(rows)
    has_foot = any(column.foot for column in columns)
    if has_foot:
        groups.append(alone(*_feet(columns, foot, left, bottom)))
    return Drawing(
        kind="heat",
        name=name,
        width=width,
        height=bottom + (ROW if has_foot else 0) + 2,
        groups=tuple(groups),
        table=_table(rows, columns, axis, after, digits),
        description=_said(rows, columns, unit, digits),
        legend=_legend(rows, limits, unit),
        is_wide=True,
        has_data=any(exact(cell.value) is not None for row in rows for cell in row.cells),
    )


def _weight(cell: HeatCell) -> Fraction | None:
    weight = exact(cell.weight)
    return exact(cell.value) if weight is None else weight


def _limits(rows: Sequence[HeatRow], steps: Sequence[Value]) -> list[Fraction]:
    """Four weights, each the least of the next depth."""
    given = [number for number in map(exact, steps) if number is not None]
    if len(given) == LEVELS - 1:
        return sorted(given)
    weights = [_weight(cell) for row in rows for cell in row.cells]
    most = max((weight for weight in weights if weight is not None), default=Fraction(0))
    return [most * number / LEVELS for number in range(1, LEVELS)]


def level(weight: Fraction, limits: Sequence[Fraction]) -> int:
    """How deep the colour is, from 0 to 4."""
    return sum(weight >= limit for limit in limits)


def _heads(
    columns: Sequence[HeatColumn],
    heads: Sequence[str],
    axis: str,
    after: Sequence[str],
    left: int,
    top: int,
    is_down: bool,
) -> list[Mark]:
    marks = [words("head", 0, top - 8, axis)]
    for number, (column, head) in enumerate(zip(columns, heads, strict=True)):
        middle = left + COLUMN * number + COLUMN // 2
        css = "head middle marked" if column.is_marked else "head middle"
        if is_down:
            # From the bottom upwards, so that all end at the grid.
            start = top - 8 - DOWN * (len(head) - 1)
            marks.append(words(css, middle, start, head, down=DOWN))
        else:
            marks.append(words(css, middle, top - 8, head))
    end = left + COLUMN * len(columns)
    for number, title in enumerate(after):
        marks.append(
            words("head end", end + AFTER * (number + 1) - 4, top - 8, shortened(title, 4))
        )
    marks.append(line("axis", 0, top, end + AFTER * len(after), top))
    return marks


def _group_heads(columns: Sequence[HeatColumn], left: int) -> list[Mark]:
    marks: list[Mark] = []
    start = 0
    for number in range(1, len(columns) + 1):
        if number < len(columns) and columns[number].group == columns[start].group:
            continue
        size = number - start
        middle = left + COLUMN * start + Fraction(COLUMN * size, 2)
        text = shortened(columns[start].group, Fraction(COLUMN * size, LETTER))
        marks.append(words("head middle", middle, 14, text))
        x = left + COLUMN * start
        marks.append(line("grid", x + 2, 22, x + COLUMN * size - 2, 22))
        start = number
    return marks


def _row(
    row: HeatRow,
    label: str,
    columns: Sequence[HeatColumn],
    left: int,
    y: int,
    limits: Sequence[Fraction],
    digits: int,
) -> list[Group]:
    base = y + ROW // 2 + 4
    url = own_address(row.url)
    groups = [Group((words("label" if row.cells else "head", 0, base, label),), row.label, url)]
    for number, cell in enumerate(row.cells[: len(columns)]):
        groups.append(_cell(cell, row, columns[number], left + COLUMN * number, y, limits, digits))
    end = left + COLUMN * len(columns)
    if row.after:
        groups.append(
            alone(
                *(
                    words("value end", end + AFTER * (number + 1) - 4, base, text)
                    for number, text in enumerate(row.after)
                )
            )
        )
    return groups


def _cell(
    cell: HeatCell,
    row: HeatRow,
    column: HeatColumn,
    x: int,
    y: int,
    limits: Sequence[Fraction],
    digits: int,
) -> Group:
    value, weight = exact(cell.value), _weight(cell)
    text, css = written(value, digits, fixed=True), "none"
    ground = rect("hit", x, y, COLUMN, ROW)
    if cell.word:
        text, css = shortened(cell.word, 3), "word"
        ground = rect("cell exempt", x + 1, y + 1, COLUMN - 2, ROW - 2)
    elif value is None:
        text = OUTSIDE
    elif not value:
        text = NONE
    else:
        text, css = short(value, digits, fixed=True), "value"
        ground = rect(f"cell heat-{level(weight or Fraction(0), limits)}", x, y, COLUMN, ROW)
    said = (
        cell.title
        or f"{row.label} {column.label}：{cell.word or written(value, digits, fixed=True)}"
    )
    shown = words(f"{css} middle", x + COLUMN // 2, y + ROW // 2 + 4, text)
    return Group((ground, shown), said, own_address(cell.url))


def _feet(columns: Sequence[HeatColumn], foot: str, left: int, y: int) -> list[Mark]:
    base = y + ROW // 2 + 4
    marks = [line("axis", 0, y, left + COLUMN * len(columns), y), words("head", 0, base, foot)]
    for number, column in enumerate(columns):
        css = "value middle marked" if column.is_marked else "value middle"
        marks.append(
            words(css, left + COLUMN * number + COLUMN // 2, base, shortened(column.foot, 4))
        )
    return marks


def _legend(rows: Sequence[HeatRow], limits: Sequence[Fraction], unit: str) -> tuple[Key, ...]:
    cells = [cell for row in rows for cell in row.cells]
    if not any(_weight(cell) for cell in cells):
        return ()
    marks = [written(limit) for limit in limits]
    labels = [f"{marks[0]}{unit} 以下"]
    labels += [f"{low}–{high}{unit}" for low, high in itertools.pairwise(marks)]
    labels.append(f"{marks[-1]}{unit} 以上")
    return tuple(Key(f"heat-{number}", label) for number, label in enumerate(labels))


def _said(rows: Sequence[HeatRow], columns: Sequence[HeatColumn], unit: str, digits: int) -> str:
    lines = [row for row in rows if row.cells]
    found = [
        (value, row.label, column.label)
        for row in lines
        for column, cell in zip(columns, row.cells, strict=False)
        if (value := exact(cell.value)) is not None
    ]
    if not found:
        return "没有数据"
    value, label, column_label = max(found, key=lambda entry: entry[0])
    return f"{len(lines)} 行 {len(columns)} 列，最大的是 {label} {column_label} {written(value, digits, fixed=True)}"


def _table(
    rows: Sequence[HeatRow],
    columns: Sequence[HeatColumn],
    axis: str,
    after: Sequence[str],
    digits: int,
) -> Table:
    head = (axis, *(column.label for column in columns), *after)
    lines = []
    for row in rows:
        if not row.cells:
            continue
        cells = [Cell(row.label, own_address(row.url), is_number=False)]
        cells += [
            Cell(cell.word or written(cell.value, digits, fixed=True), own_address(cell.url))
            for cell in row.cells[: len(columns)]
        ]
        cells += [Cell(text) for text in row.after]
        lines.append(tuple(cells))
    return Table(head, tuple(lines))
