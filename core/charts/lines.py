"""Lines over time: with their own limits, last year's season and the pace; and small ones."""

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
    apart,
    circle,
    line,
    own_address,
    polyline,
    rect,
    shortened,
    width_of,
    words,
)
from .numbers import Scale, Value, exact, scale_over, short, written

WIDE, TOP, BOTTOM = 720, 14, 254
LETTER = 12  # units a Chinese letter takes
LABEL_GAP = 16  # between words at the right edge
LABEL_ROOM = 7  # letters there


@dataclass(frozen=True, slots=True)
class Point:
    """One value. `note` stands beside it, `is_signal` says that it is no ordinary change."""

    value: Value
    url: str = ""
    title: str = ""
    note: str = ""
    is_signal: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which values a process moves by itself, from slot `first` on. Given, not worked out."""

    lower: Value
    mean: Value
    upper: Value
    first: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """A straight way from a start to a goal, between two slots."""

    first: int
    start: Value
    last: int
    goal: Value

    def at(self, slot: int) -> Fraction | None:
        """Where it should be at the slot; None outside."""
        start, goal = exact(self.start), exact(self.goal)
        if start is None or goal is None or not self.first <= slot <= self.last:
            return None
        if self.last == self.first:
            return goal
        return start + (goal - start) * (slot - self.first) / (self.last - self.first)


@dataclass(frozen=True, slots=True)
class Since:
    """A slot from which something holds: the ground to its right is tinted."""

    slot: int
    label: str


def line_chart(
    labels: Sequence[str],
    points: Sequence[Point | None],
    *,
    name: str,
    series: str = "数值",
    axis: str = "时间",
    unit: str = "",
    limits: Limits | None = None,
    last_year: Sequence[Value] = (),
    pace: Pace | None = None,
    since: Since | None = None,
    digits: int = 2,
    zero: bool = False,
) -> Drawing:
    """A value for each slot of time. A slot without a value (None) is a hole in the line.

    `labels` may go on after the last point: the time still to come. `last_year` has a value (or
    None) for each slot. `zero` lets the axis begin at nothing.
    """
    values = [exact(point.value) if point is not None else None for point in points]
    values += [None] * (len(labels) - len(values))
    past = [exact(value) for value in last_year][: len(labels)]
    bounds = (limits.lower, limits.mean, limits.upper) if limits is not None else ()
    ends = (pace.start, pace.goal) if pace is not None else ()
    known = [
        number
        for number in [*values, *past, *map(exact, bounds), *map(exact, ends)]
        if number is not None
    ]
    up, marks = scale_over(known, BOTTOM, TOP, zero=zero)
    left = int(max(width_of(short(mark, digits)) for mark in marks) * LETTER) + 16
    has_words = limits is not None or pace is not None or any(value is not None for value in past)
    right = WIDE - (LABEL_ROOM * LETTER + 12 if has_words else 16)
    across = Scale(Fraction(0), Fraction(max(1, len(labels) - 1)), left, right)
    spots = [across(Fraction(slot)) for slot in range(len(labels))]
    frame = _Frame(up, across, left, right, spots, digits)
    groups = [
        *_ground(frame, since),
        alone(
            *(line("grid", left, up(mark), right, up(mark)) for mark in marks),
            *(words("tick end", left - 8, up(mark) + 4, short(mark, digits)) for mark in marks),
            *_slots(labels, spots),
        ),
        *_bounds(frame, limits, unit),
        *_season(frame, past, unit),
        *_way(frame, pace, unit),
        *_curve(frame, labels, points, values, unit),
    ]
    side = _side_words(frame, limits, past, pace)
    if side:
        groups.append(alone(*side))
    return Drawing(
        kind="line",
        name=name,
        width=WIDE,
        height=BOTTOM + 28,
        groups=tuple(groups),
        table=_table(labels, points, values, past, pace, limits, (axis, series, unit, digits)),
        description=_said(labels, points, values, limits, unit, digits),
        legend=_legend(series, limits, past, pace),
        is_wide=True,
        has_data=any(value is not None for value in values),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    up: Scale
    across: Scale
    left: int
    right: int
    spots: list[Fraction]
    digits: int


def _ground(frame: _Frame, since: Since | None) -> list[Group]:
    if since is None or not 0 <= since.slot < len(frame.spots):
        return []
    x = frame.spots[since.slot]
    is_late = x > (frame.left + frame.right) / 2
    return [
        alone(
            rect("since", x, TOP, frame.right - x, BOTTOM - TOP),
            line("since-line", x, TOP, x, BOTTOM),
            words(
                "note end" if is_late else "note",
                x - 6 if is_late else x + 6,
                TOP + 12,
                shortened(since.label, 14),
            ),
        )
    ]


def _slots(labels: Sequence[str], spots: Sequence[Fraction]) -> list[Mark]:
    """The names of the slots, as many as there is room for."""
    if not labels:
        return []
    names = [shortened(label, 8) for label in labels]
    room = max(map(width_of, names)) * LETTER + 10
    step = spots[1] - spots[0] if len(spots) > 1 else room
    each = max(1, int(-(-room // step)))
    return [
        words("tick middle", spots[slot], BOTTOM + 20, names[slot])
        for slot in range(0, len(labels), each)
    ]


def _bounds(frame: _Frame, limits: Limits | None, unit: str) -> list[Group]:
    if limits is None or not 0 <= limits.first < max(1, len(frame.spots)):
        return []
    start = frame.spots[limits.first] if frame.spots else Fraction(frame.left)
    groups = []
    for css, label, value in (
        ("limit", "上界", limits.upper),
        ("mean", "平均", limits.mean),
        ("limit", "下界", limits.lower),
    ):
        number = exact(value)
        if number is not None:
            y = frame.up(number)
            said = f"{label} {written(number, frame.digits)}{unit}"
            groups.append(Group((line(css, start, y, frame.right, y),), said))
    return groups


def _runs(values: Sequence[Fraction | None]) -> list[list[int]]:
    """The slots of each unbroken stretch of values."""
    runs: list[list[int]] = []
    for slot, value in enumerate(values):
        if value is None:
            continue
        if runs and runs[-1][-1] == slot - 1:
            runs[-1].append(slot)
        else:
            runs.append([slot])
    return runs


def _strokes(frame: _Frame, values: Sequence[Fraction | None], css: str) -> list[Mark]:
    return [
        polyline(css, ((frame.spots[slot], frame.up(values[slot] or Fraction(0))) for slot in run))
        for run in _runs(values)
        if len(run) > 1
    ]


def _season(frame: _Frame, past: Sequence[Fraction | None], unit: str) -> list[Group]:
    if not any(value is not None for value in past):
        return []
    dots = [
        rect("before-dot", frame.spots[slot] - 3, frame.up(value) - 3, 6, 6)
        for slot, value in enumerate(past)
        if value is not None
    ]
    said = "、".join(written(value, frame.digits) for value in past if value is not None)
    return [Group((*_strokes(frame, past, "before"), *dots), f"去年同季：{said}{unit}")]


def _way(frame: _Frame, pace: Pace | None, unit: str) -> list[Group]:
    if pace is None:
        return []
    start, goal = exact(pace.start), exact(pace.goal)
    if start is None or goal is None:
        return []
    x1, x2 = frame.across(Fraction(pace.first)), frame.across(Fraction(pace.last))
    y1, y2 = frame.up(start), frame.up(goal)
    said = f"进度线：{written(start, frame.digits)}{unit} 到 {written(goal, frame.digits)}{unit}"
    marks = (polyline("pace", ((x1, y1), (x2, y2))), line("goal", x2 - 6, y2, x2 + 6, y2))
    return [Group(marks, said)]


def _curve(
    frame: _Frame,
    labels: Sequence[str],
    points: Sequence[Point | None],
    values: Sequence[Fraction | None],
    unit: str,
) -> list[Group]:
    strokes = _strokes(frame, values, "line")
    groups = [alone(*strokes)] if strokes else []
    for slot, (label, point) in enumerate(zip(labels, points, strict=False)):
        value = values[slot]
        if point is None or value is None:
            continue
        x, y = frame.spots[slot], frame.up(value)
        # The dot is small; what can be touched around it is not.
        marks = [circle("hit", x, y, 12)] if point.url else []
        marks.append(
            circle("signal" if point.is_signal else "dot", x, y, 5 if point.is_signal else 3)
        )
        if point.note:
            text = shortened(point.note, 14)
            fits = x - 8 - width_of(text) * LETTER > frame.left
            marks.append(
                words("note end" if fits else "note", x - 8 if fits else x + 8, y - 8, text)
            )
        said = point.title or f"{label}：{written(value, frame.digits)}{unit}"
        groups.append(Group(tuple(marks), said, own_address(point.url)))
    return groups


def _side_words(
    frame: _Frame,
    limits: Limits | None,
    past: Sequence[Fraction | None],
    pace: Pace | None,
) -> list[Mark]:
    """What the lines are, at the right edge beside where they end, moved apart."""
    entries: list[tuple[str, Fraction]] = []
    if limits is not None:
        for label, value in (
            ("上界", limits.upper),
            ("平均", limits.mean),
            ("下界", limits.lower),
        ):
            number = exact(value)
            if number is not None:
                entries.append((f"{label} {short(number, frame.digits)}", number))
    last = next((value for value in reversed(past) if value is not None), None)
    if last is not None:
        entries.append((f"去年 {short(last, frame.digits)}", last))
    goal = exact(pace.goal) if pace is not None else None
    if goal is not None:
        entries.append((f"目标 {short(goal, frame.digits)}", goal))
    places = apart([frame.up(value) for _, value in entries], LABEL_GAP, TOP, BOTTOM)
    return [
        words("side", frame.right + 10, y + 4, shortened(text, LABEL_ROOM))
        for (text, _), y in zip(entries, places, strict=True)
    ]


def _legend(
    series: str, limits: Limits | None, past: Sequence[Fraction | None], pace: Pace | None
) -> tuple[Key, ...]:
    keys = [Key("line", series, is_line=True)]
    if limits is not None:
        keys.append(Key("limit", "自身界限", is_line=True))
    if pace is not None:
        keys.append(Key("pace", "进度线", is_line=True))
    if any(value is not None for value in past):
        keys.append(Key("before", "去年同季", is_line=True))
    return tuple(keys) if len(keys) > 1 else ()


def _said(
    labels: Sequence[str],
    points: Sequence[Point | None],
    values: Sequence[Fraction | None],
    limits: Limits | None,
    unit: str,
    digits: int,
) -> str:
    known = [slot for slot, value in enumerate(values) if value is not None]
    if not known:
        return "没有数据"
    first, last = known[0], known[-1]
    said = f"{labels[last]} {written(values[last], digits)}{unit}"
    if first != last:
        said = f"{labels[first]} {written(values[first], digits)}{unit} 到 {said}"
    if limits is not None:
        low, high = written(limits.lower, digits), written(limits.upper, digits)
        said += f"；自身界限 {low} 至 {high}{unit}"
    signals = sum(point is not None and point.is_signal for point in points)
    return f"{said}；{signals} 个点不是平常的起伏" if signals else said


def _table(
    labels: Sequence[str],
    points: Sequence[Point | None],
    values: Sequence[Fraction | None],
    past: Sequence[Fraction | None],
    pace: Pace | None,
    limits: Limits | None,
    how: tuple[str, str, str, int],
) -> Table:
    axis, series, unit, digits = how
    has_past = any(value is not None for value in past)
    head = [axis, series]
    head += ["去年同季"] if has_past else []
    head += ["进度线"] if pace is not None else []
    head += ["下界", "平均", "上界"] if limits is not None else []

    def cell(value: Value, url: str = "") -> Cell:
        text = written(value, digits)
        return Cell(text if text == "—" else text + unit, url)

    rows = []
    for slot, label in enumerate(labels):
        point = points[slot] if slot < len(points) else None
        url = own_address(point.url) if point is not None else ""
        cells = [cell(values[slot], url)]
        if has_past:
            cells.append(cell(past[slot] if slot < len(past) else None))
        if pace is not None:
            cells.append(cell(pace.at(slot)))
        if all(one.text == "—" for one in cells):
            continue
        if limits is not None:
            is_inside = slot >= limits.first
            bounds = (limits.lower, limits.mean, limits.upper)
            cells += [cell(value if is_inside else None) for value in bounds]
        rows.append((Cell(label, is_number=False), *cells))
    return Table(tuple(head), tuple(rows))


def small_line(
    values: Sequence[Value],
    *,
    name: str,
    labels: Sequence[str] = (),
    limits: Limits | None = None,
    unit: str = "",
    url: str = "",
    width: int = 96,
    height: int = 22,
    digits: int = 2,
    is_signal: bool = False,
) -> Drawing:
    """A line for within a table: only its way, its last dot, and the band of its limits. `is_signal`
    rings the last one."""
    numbers = [exact(value) for value in values]
    known = [value for value in numbers if value is not None]
    low_high = [exact(limits.lower), exact(limits.upper)] if limits is not None else []
    bounds = [value for value in low_high if value is not None]
    low, high = (
        min([*known, *bounds], default=Fraction(0)),
        max([*known, *bounds], default=Fraction(0)),
    )
    up = Scale(low, high, height - 3, 3) if low != high else Scale(low, low + 1, height // 2, 3)
    across = Scale(Fraction(0), Fraction(max(1, len(values) - 1)), 3, width - 3)
    marks: list[Mark] = []
    if len(bounds) == 2:
        top = up(max(bounds))
        marks.append(rect("band", 0, top, width, up(min(bounds)) - top))
    spots = [across(Fraction(slot)) for slot in range(len(values))]
    for run in _runs(numbers):
        if len(run) > 1:
            marks.append(
                polyline("line", ((spots[slot], up(numbers[slot] or Fraction(0))) for slot in run))
            )
    last = max((slot for slot, value in enumerate(numbers) if value is not None), default=None)
    if last is not None:
        css, radius = ("signal", Fraction(5, 2)) if is_signal else ("dot", 2)
        marks.append(circle(css, spots[last], up(numbers[last] or Fraction(0)), radius))
    said = "、".join(written(value, digits) for value in numbers)
    names = labels or [str(number) for number in range(1, len(values) + 1)]
    return Drawing(
        kind="small-line",
        name=name,
        width=width,
        height=height,
        groups=(Group(tuple(marks), f"{name}：{said}{unit}", own_address(url)),),
        table=Table(
            ("", "数值"),
            tuple(
                (Cell(label, is_number=False), Cell(written(value, digits)))
                for label, value in zip(names, numbers, strict=False)
            ),
        ),
        description=said if known else "没有数据",
        is_small=True,
        has_data=bool(known),
    )
