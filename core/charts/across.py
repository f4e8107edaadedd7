"""Bars from left to right: with names beside them, or one small bar for a line of a table."""

from collections.abc import Sequence
from fractions import Fraction

from .bars import Bar, Series, Tone, listed_of, parts_of, said_of, table_of
from .drawing import (
    Cell,
    Drawing,
    Group,
    Key,
    Mark,
    Place,
    Table,
    alone,
    line,
    own_address,
    polyline,
    rect,
    shortened,
    words,
)
from .numbers import Value, exact, scale_over, short, written

LABEL_ROOM = 12  # letters of a name beside a bar


def bars_across(
    bars: Sequence[Bar],
    series: Sequence[Series],
    *,
    name: str,
    axis: str = "",
    unit: str = "",
    width: int = 480,
    signed: bool = False,
    fixed: bool = False,
) -> Drawing:
    """Bars from left to right with their names beside them, parts one after the other.

    With one series values may be negative: they go to the left of the line, in the tone `bad`.
    `signed` writes a plus before what is more than nothing, `fixed` two decimals always.
    """
    row, thick = 26, 12
    names = max((min(len(bar.label), LABEL_ROOM) for bar in bars), default=0)
    left, right = names * 13 + 12, width - 64
    known = [bar for bar in bars if bar.is_known]
    ends = [
        exact(bar.values[0]) or Fraction(0) if len(series) == 1 else sum(parts_of(bar), Fraction(0))
        for bar in known
    ]
    scale, _ = scale_over([*ends, Fraction(0)], left, right, zero=True)
    if ends and any(ends):
        # No axis is written: the longest bar may take all the room.
        scale.low, scale.high = min(*ends, Fraction(0)), max(*ends, Fraction(0))
    zero = scale(Fraction(0))
    groups = [alone(line("axis", zero, 0, zero, row * len(bars)))]
    for number, bar in enumerate(bars):
        middle = number * row + Fraction(row, 2)
        marks = [words("label", 0, middle + 4, shortened(bar.label, LABEL_ROOM))]
        end = zero
        if len(series) == 1 and bar.is_known:
            value = exact(bar.values[0]) or Fraction(0)
            spot = scale(value)
            tone = "bad" if value < 0 else series[0].tone
            marks.append(rect(tone, min(zero, spot), middle - 6, abs(spot - zero), thick))
            end = max(zero, spot)
        elif bar.is_known:
            for part, one in zip(parts_of(bar), series, strict=True):
                size = scale(part) - zero
                if size:
                    marks.append(rect(one.tone, end, middle - 6, size, thick))
                end += size
        marks.append(
            words("value", end + 6, middle + 4, bar.note or _sum(bar, series, signed, fixed))
        )
        title = bar.title or f"{bar.label}：{listed_of(bar, series, unit)}"
        url = own_address(bar.url)
        ground = [rect("hit", 0, number * row, width, row)] if url else []
        groups.append(Group((*ground, *marks), title, url, "now" if bar.is_now else ""))
    return Drawing(
        kind="across",
        name=name,
        width=width,
        height=max(row * len(bars), row),
        groups=tuple(groups),
        table=table_of(bars, series, axis=axis, total="", note="", unit=unit),
        description=said_of(bars, series, unit),
        legend=tuple(Key(one.tone, one.label) for one in series) if len(series) > 1 else (),
        has_data=bool(known),
    )


def _sum(bar: Bar, series: Sequence[Series], signed: bool, fixed: bool) -> str:
    if not bar.is_known:
        return "—"
    value = exact(bar.values[0]) if len(series) == 1 else sum(parts_of(bar), Fraction(0))
    text = short(value, fixed=fixed)
    return f"+{text}" if signed and value and value > 0 else text


def small_bar(
    part: Value,
    whole: Value,
    *,
    name: str,
    most: Value = None,
    pace: Value = None,
    before: Value = None,
    tone: Tone = "plain",
    width: int = 160,
) -> Drawing:
    """How much of a whole is done, beside its number in a table.

    The longest whole of the table is `most`, so that lengths compare. `pace` is a line where it
    should be today, `before` a triangle where it was last year.
    """
    height, thick = 18 if pace is not None or before is not None else 12, 12
    done, all_ = exact(part) or Fraction(0), exact(whole) or Fraction(0)
    longest = exact(most) or all_ or Fraction(1)
    full = max(Fraction(2), min(Fraction(1), all_ / longest) * width) if all_ else Fraction(0)

    def spot(value: Fraction) -> Fraction:
        return max(Fraction(0), min(Fraction(width), width * value / longest))

    marks = [rect("rest", 0, 0, full, thick), rect(tone, 0, 0, spot(done), thick)]
    rows = [("完成", part), ("全部", whole)]
    if exact(pace) is not None:
        at = spot(exact(pace) or Fraction(0))
        marks.append(line("pace-mark", at, 0, at, height - 2))
        rows.append(("按进度应到", pace))
    if exact(before) is not None:
        at = spot(exact(before) or Fraction(0))
        marks.append(_triangle(at, thick))
        rows.append(("去年同日", before))
    return Drawing(
        kind="share",
        name=name,
        width=width,
        height=height,
        groups=(Group(tuple(marks), name),),
        table=Table(
            ("", "数值"),
            tuple((Cell(label, is_number=False), Cell(written(value))) for label, value in rows),
        ),
        is_small=True,
        is_silent=pace is None and before is None,
        has_data=exact(part) is not None,
    )


def _triangle(x: Place, y: Place) -> Mark:
    return polyline("before-mark", ((x, y), (x + 3, y + 5), (x - 3, y + 5), (x, y)))
