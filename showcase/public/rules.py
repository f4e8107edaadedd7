"""Limits of stories, how their text is read, and what may not stand in it. Pure."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass

from core.errors import DomainError
from core.text import clean

from .enums import StoryKind

TITLE, LEAD, SHORT, LONG, LONGEST = 40, 200, 200, 1000, 2000
BASIS, CAPTION, REASON = 80, 80, 200
LATEST = dt.timedelta(days=5 * 366)
MOST_PEOPLE = 4  # named in one story
MOST_PICTURES = 6
QUOTED = 16  # so many characters in a row of what a resident said are his own words

# What is written of each kind, in the order of the page, and how long it may be. No HTML: paragraphs
# are parted by an empty line.
TEXTS = {
    "lead": LEAD,
    "origin": LONGEST,
    "practice": LONGEST,
    "results": LONG,
    "source": SHORT,
    "copied": LONG,
    "lacking": LONG,
    "visit": SHORT,
}
TOLD = {
    StoryKind.SITE: tuple(TEXTS),
    StoryKind.BRAND: tuple(TEXTS),
    StoryKind.PROJECT: ("lead", "origin", "practice", "results", "source", "lacking"),
    StoryKind.ECHO: ("lead", "practice"),
}
WANTED = {
    StoryKind.SITE: ("lead", "practice"),
    StoryKind.BRAND: ("lead", "practice"),
    StoryKind.PROJECT: ("lead", "practice"),
    StoryKind.ECHO: ("lead", "practice"),
}
PLACES = {
    StoryKind.SITE: "sites",
    StoryKind.BRAND: "brands",
    StoryKind.PROJECT: "projects",
    StoryKind.ECHO: "echoes",
}
"""Kind -> its part of the public address."""
NO_LONGER = {
    StoryKind.SITE: "示范点已经摘牌，公开的页面还写着它。",
    StoryKind.BRAND: "品牌已经撤销命名，公开的页面还写着它。",
    StoryKind.PROJECT: "项目已经不是结项状态，公开的页面还写着它。",
    StoryKind.ECHO: "诉求已经不是答复过的状态，公开的页面还写着答复。",
}
"""Kind -> what is no longer so of what its public page tells."""
KINDS = {place: kind for kind, place in PLACES.items()}


def paragraphs(text: str) -> list[str]:
    """The paragraphs, parted by an empty line; a break within one stays."""
    return [one.strip() for one in re.split(r"\n[ \t　]*\n", text) if one.strip()]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: its head and what it says."""

    head: str
    text: str


_HEADED = re.compile(r"([^：:，。\s]{1,8})[：:]\s*(\S.*)")
_FIGURE = re.compile(r"([\d.,]+(?:\s*(?:/|→|%|％)\s*[\d.,]*)?(?:\s*[%％])?)\s*(\S.{0,30})")


def headed(text: str) -> list[Line]:
    """The lines, where each has a short head before a colon (定岗：…); else nothing."""
    return _all(_HEADED, text, least=2)


def figures(text: str) -> list[Line]:
    """The lines, where each begins with a figure (64 名党员认岗); else nothing."""
    found = _all(_FIGURE, text, least=1)
    return found if len(found) <= 8 else []


def _all(pattern: re.Pattern[str], text: str, *, least: int) -> list[Line]:
    lines = [one.strip() for one in text.splitlines() if one.strip()]
    found = [pattern.fullmatch(one) for one in lines]
    if len(lines) < least or not all(found):
        return []
    return [Line(one[1].strip(), one[2].strip()) for one in found if one is not None]


def quotes(text: str, original: str) -> bool:
    """Whether a long stretch of what somebody said stands in the text, whatever its spaces."""
    mine, theirs = ("".join(one.split()) for one in (text, original))
    return any(theirs[at : at + QUOTED] in mine for at in range(len(theirs) - QUOTED + 1))


def unagreed(text: str, names: Collection[str], agreed: Collection[str]) -> list[str]:
    """Of the names, those that stand in the text and of whom no consent is recorded."""
    for one in sorted(agreed, key=len, reverse=True):
        text = text.replace(one, "\n")
    return sorted({one for one in names if len(one) >= 2 and one in text})


def checked_reason(text: str) -> str:
    """The reason, cleaned. Raises DomainError for one that says nothing."""
    text = clean(text)
    if not 4 <= len(text) <= REASON:
        raise DomainError(f"请写明理由，4 至 {REASON} 字。", field="reason")
    return text


def checked_days(
    shown_from: dt.date | None, shown_until: dt.date | None, today: dt.date
) -> tuple[dt.date, dt.date | None]:
    """From which day to which; today where none is said. Raises DomainError."""
    first = shown_from or today
    if not today - LATEST <= first <= today + LATEST:
        raise DomainError("开始公开的日期应在五年以内。", field="shown_from")
    if shown_until is not None and not first <= shown_until <= today + LATEST:
        raise DomainError("结束日期应在开始日期以后、五年以内。", field="shown_until")
    return first, shown_until
