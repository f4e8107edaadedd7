"""换届: how far a term of office is from its end, in words and in tone. Pure."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from core.dates import in_words

from .enums import COMMITTEE_KINDS, OrganizationClass

WARN_DAYS = (180, 90, 30, 0)
NOTICE_DAYS = max(WARN_DAYS)  # 半年
ERROR_DAYS = 365  # overdue longer than twelve months is an error state (reference §1.1)

# What lists can be narrowed to.
CHOICES = (
    ("due", "180天内届满或逾期"),
    ("ending", "半年内届满，未延期"),
    ("extended", "已延期，尚未到期"),
    ("overdue", "逾期未换届"),
    ("error", "逾期超过12个月"),
    ("unknown", "未填届满日期"),
)

YEARS = (3, 5)

Level = Literal["none", "unknown", "ok", "180", "90", "30", "overdue", "error"]


@dataclass(frozen=True, slots=True)
class TermState:
    """State of one term. `days` to its end, negative when over."""

    level: Level
    text: str = ""
    tone: str = ""
    until: dt.date | None = None
    days: int | None = None
    is_extended: bool = False

    @property
    def needs_attention(self) -> bool:
        """Whether 180 days or fewer are left."""
        return self.level in ("180", "90", "30", "overdue", "error")


def state(
    ends_on: dt.date | None, extended_until: dt.date | None, today: dt.date, *, has_term: bool
) -> TermState:
    """The state of a term that ends on `ends_on`, or later where an extension was approved."""
    if not has_term:
        return TermState("none", "不换届")
    if ends_on is None:
        return TermState("unknown", "未填届满日期", "warn")
    is_extended = extended_until is not None and extended_until > ends_on
    until = extended_until if is_extended and extended_until else ends_on
    days = (until - today).days
    kind = "延期" if is_extended else ""
    if days < -ERROR_DAYS:
        return TermState(
            "error", f"{kind}逾期未换届 {-days} 天，已超过 12 个月", "bad", until, days, is_extended
        )
    if days < 0:
        return TermState("overdue", f"{kind}逾期未换届 {-days} 天", "bad", until, days, is_extended)
    for level, limit in (("30", 30), ("90", 90), ("180", 180)):
        if days <= limit:
            text = "今天届满" if days == 0 else f"{kind}还有 {days} 天届满"
            tone = "bad" if limit == 30 else "warn"
            return TermState(level, text, tone, until, days, is_extended)  # type: ignore[arg-type]
    return TermState("ok", "延期至" if is_extended else "", "", until, days, is_extended)


def years_later(day: dt.date, years: int) -> dt.date:
    """The same day `years` later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def usual_years(kind: str, organization_class: str, kept: int | None = None) -> int:
    """How long a term of such an organisation is: as is kept for it, else five years for
    committees, villages and communities and three for others (reference §1.1)."""
    if kept in YEARS:
        return kept or 0
    settled = (OrganizationClass.VILLAGE, OrganizationClass.COMMUNITY)
    return 5 if kind in COMMITTEE_KINDS or organization_class in settled else 3


def odd_election(on: dt.date, ends_on: dt.date | None) -> str:
    """What is to be questioned in an election on the day; empty when nothing is (reference §1.1:
    not more than a year early without approval)."""
    if ends_on is None or years_later(on, 1) >= ends_on:
        return ""
    return f"比届满日期（{in_words(ends_on)}）提前超过 1 年"


def odd_extension(until: dt.date, ends_on: dt.date) -> str:
    """What is to be questioned in an extension until the day; empty when nothing is."""
    if until <= years_later(ends_on, 1):
        return ""
    return f"比届满日期（{in_words(ends_on)}）延期超过 12 个月"
