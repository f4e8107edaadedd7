"""Charts on pages, built in: templates need no {% load %}."""

import datetime as dt
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from ..charts import Drawing

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
