"""Dates and moments as Chinese words: filters of the templates, and functions of Python code."""

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone

from core import clock, periods
from core.dates import in_words, told
from core.text import in_one_line

register = template.Library()
register.filter(in_one_line)

EMPTY = "—"


def _local(value: Any) -> Any:
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def told_zh(value: Any) -> Any:
    """A kept text as pages write it, where it is a day or a moment; anything else as it is."""
    return told(value) if isinstance(value, str) else value


@register.filter
def date_zh(value: dt.date | None) -> str:
    """A date or moment as 2026年7月6日; nothing as a dash."""
    value = _local(value)
    if not isinstance(value, dt.date):
        return EMPTY
    return in_words(value)


@register.filter
def day_zh(value: dt.date | None) -> str:
    """A date as 7月6日 when it is in the current year, else with the year."""
    value = _local(value)
    if not isinstance(value, dt.date):
        return EMPTY
    if value.year == clock.today().year:
        return f"{value.month}月{value.day}日"
    return date_zh(value)


@register.filter
def datetime_zh(value: dt.datetime | None) -> str:
    """A moment in the portal's time zone as 2026年7月6日 09:14; nothing as a dash."""
    value = _local(value)
    if not isinstance(value, dt.datetime):
        return date_zh(value)
    return f"{date_zh(value)} {value:%H:%M}"


@register.filter
def month_zh(value: str | dt.date | None) -> str:
    """A period ('2026-06', '2026-Q2', …) as people write it, a date as its month; any other text
    as it is; nothing as a dash."""
    value = _local(value)
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月"
    return periods.label(value) if value and periods.is_period(value) else value or EMPTY


@register.filter
def period_short(value: str) -> str:
    """A period within its year: 6月, 二季度, 上半年."""
    return periods.short(value) if periods.is_period(value) else value


@register.filter
def days_left(value: dt.date | None) -> str:
    """How far away a due date is, in words: 还有 3 天, 今天到期, 逾期 2 天."""
    value = _local(value)
    if isinstance(value, dt.datetime):
        value = value.date()
    if not isinstance(value, dt.date):
        return ""
    days = (value - clock.today()).days
    if days == 0:
        return "今天到期"
    return f"还有 {days} 天" if days > 0 else f"逾期 {-days} 天"


@register.simple_tag
def moment_zh() -> str:
    """The current moment, for 'data as of' and print stamps."""
    return datetime_zh(clock.now())
