"""What a theme's page draws."""

from core import periods
from core.charts import Drawing, Limits, Pace, Point, Since, line_chart, small_bar
from core.limits import MONTHS
from core.trends import NOT_PROVED

from .. import words
from ..models import Theme
from ..queries.lines import Line
from ..queries.measuring import Aimed
from ..queries.sums import Sums
from ..rules import is_reached

IS_SUM = "年内累计的数，不画界限，看去年同季"
QUIET = "主题开始以来没有信号：各月的高低是平常的起伏，还看不出主题有没有起作用。"
OLDER = "有的变化早于主题，不全是主题的作用。"


def signals_said(line: Line) -> str:
    """What the line says, with the rules, and what it does not prove."""
    trend = line.trend
    if trend is None:
        return f"{IS_SUM}。"
    if trend.limits is None:
        return f"{trend.note}。"
    said = "；".join(trend.sentences)
    if line.is_quiet:
        return f"{QUIET}此前：{said}。" if said else QUIET
    older = OLDER if line.is_older else ""
    return f"信号 {len(trend.sentences)} 个：{said}。{older}{NOT_PROVED}"


def _limits(line: Line) -> Limits | None:
    found = line.trend.limits if line.trend is not None else None
    if found is None:
        return None
    return Limits(found.lower, found.mean, found.upper, max(line.first - MONTHS, 0))


def _labels(line: Line) -> list[str]:
    """The months; the year before the first, and where a new one begins."""
    heads = periods.heads([one.period for one in line.points])
    return [f"{year[2:]}年{word}" if year else word for year, word in heads]


def reached_bar(sums: Sums, most: int | None = None) -> Drawing:
    """How many of those who can reach the goal have reached it; `most` are the most of a table."""
    return small_bar(
        sums.reached,
        sums.measured,
        name=f"{sums.reached} / {sums.measured} 已达到",
        most=most,
        tone="dark" if most is not None else "ok",
        width=120 if most is not None else 720,
    )


def theme_line(theme: Theme, aim: Aimed, line: Line) -> Drawing:
    """Month by month with the limits of before, last year's season, and the way to the goal."""
    gauge = aim.gauge
    points = [
        None
        if one.value is None
        else Point(
            one.value,
            note=words.number(one.value, gauge) if one.is_signal and at >= line.first else "",
            is_signal=one.is_signal,
        )
        for at, one in enumerate(line.points)
    ]
    start = next(
        (one.value for one in reversed(line.points[: line.first]) if one.value is not None), None
    )
    last = len(line.points) - 1
    # It begins with the theme, where that was published after its quarter had begun.
    begins = periods.containing(theme.begins_on, periods.MONTH)
    slot = max(next(at for at, one in enumerate(line.points) if one.period == begins) - 1, 0)
    pace = None
    if start is not None and not is_reached(gauge, aim.goal, start) and line.first:
        pace = Pace(slot, start, last, aim.goal)
    return line_chart(
        _labels(line),
        points,
        name=f"{gauge.label}，按月",
        series=gauge.label,
        axis="月份",
        unit=gauge.unit,
        limits=_limits(line),
        last_year=[one.last_year for one in line.points],
        pace=pace,
        since=Since(slot, f"主题开始 {theme.begins_on:%-m月%-d日}"),
        digits=1 if gauge.of else 2,
    )
