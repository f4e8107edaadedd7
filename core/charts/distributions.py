"""How values spread: counted in steps, a bar for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .bars import Bar, Series, bars
from .drawing import Cell, Drawing, Table, own_address
from .numbers import Value, exact, short, written


@dataclass(frozen=True, slots=True)
class Bin:
    """How many values lie from `low` up to but not including the next one's."""

    low: Fraction
    count: int
    url: str = ""


def binned(values: Sequence[Value], size: Value) -> list[Bin]:
    """The values counted in steps of `size`, from the lowest to the highest, empty steps between
    them too. Raises ValueError when `size` is not more than nothing, or makes over 200 steps."""
    step = exact(size)
    if step is None or step <= 0:
        raise ValueError("the size of a step must be more than nothing")
    steps = [number // step for number in map(exact, values) if number is not None]
    if not steps:
        return []
    first, last = min(steps), max(steps)
    if last - first >= 200:
        raise ValueError("more than 200 steps: choose a larger size")
    return [Bin(step * number, steps.count(number)) for number in range(first, last + 1)]


def distribution(
    bins: Sequence[Bin],
    *,
    name: str,
    size: Value,
    marked: Value = None,
    unit: str = "",
    axis: str = "分段",
    count: str = "个数",
) -> Drawing:
    """How values spread: a bar for each step, the one that holds `marked` in red."""
    at, step = exact(marked), exact(size) or Fraction(1)
    shown = [
        Bar(
            short(one.low),
            (one.count,),
            url=one.url,
            note=str(one.count) if one.count else "",
            title=f"{written(one.low)}{unit} 至 {written(one.low + step)}{unit} 以下：{one.count}",
            is_now=at is not None and one.low <= at < one.low + step,
        )
        for one in bins
    ]
    drawn = bars(shown, [Series(count)], name=name, axis=axis)
    rows = tuple(
        (
            Cell(
                f"{written(one.low)}–{written(one.low + step)}{unit}", own_address(one.url), False
            ),
            Cell(str(one.count)),
        )
        for one in bins
    )
    number = sum(one.count for one in bins)
    return Drawing(
        kind="bars",
        name=name,
        width=drawn.width,
        height=drawn.height,
        top=drawn.top,
        groups=drawn.groups,
        table=Table((axis, count), rows),
        description=f"共 {number} 个" if number else "没有数据",
        has_data=bool(number),
    )
