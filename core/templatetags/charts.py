"""Charts on pages, built in: templates need no {% load %}."""

import datetime as dt
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ..charts import Drawing
from ..trends import Trend

register = template.Library()


@register.inclusion_tag("components/chart.html")
def chart(
    drawing: Drawing, caption: str = "", as_of: dt.datetime | None = None, empty: str = ""
) -> dict[str, Any]:
    """A chart with its caption, what its colours mean, 数据截至, and the table behind it.

    `empty` is what stands there instead when there is no number to draw.
    """
    return {
        "drawing": drawing,
        "svg": mark_safe(drawing.svg()),
        "caption": caption,
        "as_of": as_of,
        "empty": empty or "还没有可以画的数据。",
    }


@register.simple_tag
def small_chart(drawing: Drawing) -> SafeString:
    """A small drawing beside its number in a table: no caption, no table of its own."""
    return mark_safe(drawing.svg())


@register.simple_tag
def trend(one: Trend, tone: str = "", said: str = "") -> SafeString:
    """A line within a table: small, with its limits, and in words only where its newest value is a
    signal or its past is short. `tone`: ok or warn, of the signal; without one it is only told.
    `said` is what stands there instead of the bare rule."""
    drawing = one.drawing
    svg = SafeString(drawing.svg()) if drawing is not None else SafeString("")
    if one.newest is None:
        words = format_html('<small class="muted">{}</small>', one.note) if one.note else ""
    else:
        words = format_html('<small class="{}">{}</small>', tone or "told", said or one.said)
    return format_html('<span class="trend">{}{}</span>', svg, words)


@register.simple_tag
def trend_note(one: Trend) -> SafeString:
    """What a whole line says, in a paragraph: limits, signals with their rules, what they do not prove."""
    return format_html('<p class="small muted trend-note">{}</p>', one.summary)
