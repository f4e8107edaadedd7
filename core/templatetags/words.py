"""Dates and moments as Chinese words: filters of the templates, and functions of Python code."""

import datetime as dt
import re
from typing import Any

from django import template
from django.utils import timezone

from core import clock

register = template.Library()

EMPTY = "—"


def _local(value: Any) -> Any:
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def date_zh(value: dt.date | None) -> str:
    """A date or moment as 2026年7月6日; nothing as a dash."""
    value = _local(value)
    if not isinstance(value, dt.date):
        return EMPTY
    return f"{value.year}年{value.month}月{value.day}日"


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
    """'2026-06' or a date as 2026年6月; any other text as it is; nothing as a dash."""
    value = _local(value)
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月"
    found = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})", value or "")
    if found:
        return f"{found[1]}年{int(found[2])}月"
    return value or EMPTY


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
