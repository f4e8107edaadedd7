"""Upright bars: stacked, as shares of each, or side by side."""

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
    line,
    own_address,
    rect,
    shortened,
    words,
)
from .numbers import Value, exact, short, written

Layout = Literal["stacked", "shares", "beside"]
Tone = Literal["plain", "strong", "dark", "warn", "rest", "ok", "bad", "info"]

TALL = 120  # of upright bars


@dataclass(frozen=True, slots=True)
class Series:
    """What one part of every bar stands for."""

    label: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, with a value for each series (None: nothing known). `url` opens its rows, `urls`
    those of each part, `note` stands above it, `title` is what it says when pointed at, `row` its
    name in the table where the one below the bar is cut short (6月, 2026年6月)."""

    label: str
    values: tuple[Value, ...]
    url: str = ""
    urls: tuple[str, ...] = ()
    note: str = ""
    title: str = ""
    row: str = ""
    is_now: bool = False

    def part_url(self, number: int) -> str:
        """The address of the rows of one part."""
        return own_address(self.urls[number]) if number < len(self.urls) else ""

    @property
    def is_known(self) -> bool:
        """Whether there is a value at all."""
        return any(exact(value) is not None for value in self.values)


def parts_of(bar: Bar) -> list[Fraction]:
    """The values, nothing for what is not known and for what is less than nothing."""
    return [max(exact(value) or Fraction(0), Fraction(0)) for value in bar.values]


def bars(
    bars: Sequence[Bar],
    series: Sequence[Series],
    *,
    name: str,
    layout: Layout = "stacked",
    axis: str = "",
    total: str = "",
    note: str = "",
    unit: str = "",
    step: int = 50,
    thick: int = 26,
) -> Drawing:
    """Upright bars on one line, lowest part first.

    stacked: the highest bar is as tall as the drawing. shares: every bar is, its parts are shares
    of it. beside: the parts stand side by side. `total` and `note` name the columns of the table
    for the sum and for what stands above a bar; `axis` names its first column.
    """
    width = max(step * len(bars), step)
    top = _tallest(bars, layout)
    groups = [alone(line("axis", 0, TALL, width, TALL))]
    for number, bar in enumerate(bars):
        left = number * step + (step - thick) // 2
        groups += _upright(bar, series, left, thick, layout, top, unit)
        css = "now" if bar.is_now else ""
        label = words("label middle", left + Fraction(thick, 2), TALL + 20, shortened(bar.label, 5))
        groups.append(Group((label,), css=css))
    return Drawing(
        kind="bars",
        name=name,
        width=width,
        height=TALL + 48,
        top=-22,
        groups=tuple(groups),
        table=table_of(bars, series, axis=axis, total=total, note=note, unit=unit),
        description=said_of(bars, series, unit),
        legend=tuple(Key(one.tone, one.label) for one in series) if len(series) > 1 else (),
        has_data=any(bar.is_known for bar in bars),
    )


def _tallest(bars: Sequence[Bar], layout: Layout) -> Fraction:
    sizes = [max(parts_of(bar), default=Fraction(0)) for bar in bars]
    if layout != "beside":
        sizes = [sum(parts_of(bar), Fraction(0)) for bar in bars]
    return max(sizes, default=Fraction(0)) or Fraction(1)


def _upright(
    bar: Bar,
    series: Sequence[Series],
    left: int,
    thick: int,
    layout: Layout,
    top: Fraction,
    unit: str,
) -> list[Group]:
    """One bar: a group that is a link, or a group for each part that is one."""
    if not bar.is_known:
        return []
    parts = parts_of(bar)
    scale = sum(parts, Fraction(0)) if layout == "shares" else top
    pieces: list[Mark] = []
    low, each = Fraction(TALL), Fraction(thick, max(1, len(parts)))
    for number, (part, one) in enumerate(zip(parts, series, strict=True)):
        tall = TALL * part / scale if scale else Fraction(0)
        if layout == "beside":
            pieces.append(rect(one.tone, left + number * each, TALL - tall, each - 1, tall))
        else:
            low -= tall
            pieces.append(rect(one.tone, left, low, thick, tall))
    drawn = [piece for piece in pieces if piece.at("height")]
    head = min((piece.at("y") for piece in drawn if piece.css != "rest"), default=Fraction(TALL))
    # A bar of nothing has no height: the ground behind it is what can be pointed at and opened.
    hit = rect("hit", left, 0, thick, TALL)
    note = bar.note or (short(sum(parts, Fraction(0))) if layout == "stacked" else "")
    above = [words("value middle", left + Fraction(thick, 2), head - 6, note)] if note else []
    title = bar.title or f"{bar.label}：{listed_of(bar, series, unit)}"
    css = "now" if bar.is_now else ""
    url = own_address(bar.url)
    if url or not any(map(bar.part_url, range(len(series)))):
        return [Group((hit, *drawn, *above), title, url, css)]
    groups = [Group((hit,), css=css)]
    for number, piece in enumerate(pieces):
        if piece.at("height"):
            said = f"{bar.label}：{series[number].label} {written(bar.values[number])}{unit}"
            groups.append(Group((piece,), said, bar.part_url(number), css))
    return [*groups, Group(tuple(above), css=css)] if above else groups


def listed_of(bar: Bar, series: Sequence[Series], unit: str) -> str:
    """The values of a bar in words."""
    pairs = zip(series, bar.values, strict=True)
    if len(series) == 1:
        return f"{written(bar.values[0])}{unit}"
    return "，".join(f"{one.label} {written(value)}{unit}" for one, value in pairs)


def said_of(bars: Sequence[Bar], series: Sequence[Series], unit: str) -> str:
    """What can be read off the bars, in a sentence."""
    known = [bar for bar in bars if bar.is_known]
    if not known:
        return "没有数据"
    last = known[-1]
    return f"共 {len(known)} 项，最后一项 {last.label}：{listed_of(last, series, unit)}"


def table_of(
    bars: Sequence[Bar], series: Sequence[Series], *, axis: str, total: str, note: str, unit: str
) -> Table:
    """The table behind bars."""
    head = [axis, *([total] if total else []), *(one.label for one in series)]
    rows = []
    for bar in bars:
        if not bar.is_known:
            continue
        cells = [Cell(bar.row or bar.label, own_address(bar.url), is_number=False)]
        if total:
            cells.append(Cell(written(sum(parts_of(bar), Fraction(0))) + unit))
        for number, value in enumerate(bar.values):
            url = bar.part_url(number) if exact(value) else ""
            cells.append(Cell(written(value) + unit if exact(value) is not None else "—", url))
        if note:
            cells.append(Cell(bar.note or "—"))
        rows.append(tuple(cells))
    return Table((*head, *([note] if note else [])), tuple(rows))
