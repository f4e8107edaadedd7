"""Limits of projects and how what was typed is checked; they know no row."""

import datetime as dt
from decimal import Decimal

from core import clock
from core.errors import DomainError
from core.text import clean

MOST_MILESTONES = 6
MILESTONE = "projects.milestone"  # the kind of duty that a milestone is
LEAD = 14  # days before its day that it is one
MOST_MONEY = Decimal("99999999.99")
USUAL_SATISFACTION = 95  # per cent; who grades is told when it is less
LONGEST = 1000  # characters of a section of the proposal


def checked(text: str, field: str, least: int, most: int, what: str) -> str:
    """What was typed, clean. Raises DomainError."""
    text = clean(text)
    if not least <= len(text) <= most:
        said = f"{least} 至 {most} 字" if least else f"最多 {most} 字"
        raise DomainError(f"{what}：{said}。", field=field)
    return text


def money(amount: Decimal, field: str, least: Decimal = Decimal(0)) -> Decimal:
    """An amount in yuan. Raises DomainError."""
    if not amount.is_finite() or not least <= amount <= MOST_MONEY:
        raise DomainError(f"金额应为 {yuan(least)} 至 {yuan(MOST_MONEY)} 元。", field=field)
    return amount.quantize(Decimal("0.01"))


def yuan(amount: Decimal) -> str:
    """An amount as it is read everywhere, without cents where there are none: 12,000."""
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def not_ahead(day: dt.date, field: str, since: dt.date | None = None) -> dt.date:
    """A day on which something was done. Raises DomainError."""
    if day > clock.today():
        raise DomainError("这一天还没有到。", field=field)
    if since is not None and day < since:
        raise DomainError(f"不能早于立项的 {since:%Y年%-m月%-d日}。", field=field)
    return day
