"""The one chart of a card: a line with its own limits, as the card keeps it."""

from decimal import Decimal, InvalidOperation
from typing import Any

from core.charts import Drawing, Limits, Point, line_chart


def card_chart(chart: dict[str, Any]) -> Drawing | None:
    """The drawing of what `AgendaCard.chart` holds; None where there is none to draw."""
    points = [pair for pair in chart.get("points") or () if len(pair) >= 2]
    if len(points) < 2:
        return None
    lower, mean, upper = (_number(chart.get(name)) for name in ("lower", "mean", "upper"))
    values = [_number(pair[1]) for pair in points]
    return line_chart(
        [str(pair[0]) for pair in points],
        [_point(value, lower, upper) for value in values],
        name=str(chart.get("title") or "变化"),
        axis="月份",
        unit=str(chart.get("unit") or ""),
        limits=None if mean is None else Limits(lower, mean, upper),
    )


def _point(value: Decimal | None, lower: Decimal | None, upper: Decimal | None) -> Point | None:
    if value is None:
        return None
    below = lower is not None and value < lower
    above = upper is not None and value > upper
    return Point(value, is_signal=below or above)


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
