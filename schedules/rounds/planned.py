"""What was planned in the report before, thing by thing, and what became of it.

Nothing planned is copied into a text: each thing is asked about once (完成, 未完成 or 继续), and what
goes on is carried with a new date, by itself. Pure: knows no database.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import item_kinds
from .enums import Outcome
from .validation import Finding

PLAN_ITEM = "next_plan"
THINGS = 12
LONGEST = 200
NOTHING = ("无", "无。")
_ENDS = re.compile(r"[\n；;。]+")
_NUMBER = re.compile(
    r"^\s*(?:[0-9０-９]{1,2}[.．、)）]|[（(][0-9一二三四五六七八九十]{1,2}[)）]|[一二三四五六七八九十]、)\s*"
)
_DAY = re.compile(r"(?:(20\d{2})年)?(\d{1,2})月(\d{1,2})日")


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing planned, what became of it, and by when it is to go on."""

    text: str
    outcome: str = ""
    until: str = ""  # a day as ISO has it; empty where none was given

    @property
    def until_day(self) -> dt.date | None:
        """The day, if it is one."""
        try:
            return dt.date.fromisoformat(self.until)
        except ValueError:
            return None

    @property
    def outcome_label(self) -> str:
        """完成, 未完成 or 继续; empty while nobody has said."""
        return Outcome(self.outcome).label if self.outcome in Outcome.values else ""

    @property
    def carried_words(self) -> str:
        """What goes on, and by when, as paper says it; empty where it does not."""
        day = self.until_day
        return f"继续：{self.text}（{day:%-m月%-d日}前）" if self.is_carried and day else ""

    @property
    def is_carried(self) -> bool:
        """Whether it goes on in the next period."""
        return self.outcome == Outcome.CONTINUED


def things_of(text: str) -> list[str]:
    """The things that a text of plans names, one for each sentence or line."""
    found: list[str] = []
    for part in _ENDS.split(text):
        thing = _NUMBER.sub("", part).strip()[:LONGEST]
        if len(thing) > 1 and thing not in NOTHING and thing not in found:
            found.append(thing)
    return found[:THINGS]


def planned(text: str, outcomes: Iterable[Mapping[str, Any]]) -> list[Thing]:
    """What is to be asked about: what the report before planned, and what it carried on."""
    carried = [one for one in stored(outcomes) if one.is_carried]
    known = {one.text for one in carried}
    fresh = [Thing(one) for one in things_of(text) if one not in known]
    return [*(Thing(one.text, "", one.until) for one in carried), *fresh][:THINGS]


def stored(outcomes: Iterable[Mapping[str, Any]]) -> list[Thing]:
    """The things as a report keeps them."""
    return [
        Thing(str(one.get("text", "")), str(one.get("outcome", "")), str(one.get("until", "")))
        for one in outcomes
    ]


def carried_lines(key: str, outcomes: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the item `key` says beside its own text: what goes on from the report before."""
    if key != PLAN_ITEM:
        return []
    return [one.carried_words for one in stored(outcomes) if one.carried_words]


def sent_text(
    item: tuple[str, str],
    value: Mapping[str, Any],
    spec: Mapping[str, Any] | None,
    outcomes: Iterable[Mapping[str, Any]],
) -> str:
    """What an item (key and kind) says in words when it is sent, with what goes on from the report
    before and without what only says 无: what those above look through and search."""
    key, kind = item
    parts = [item_kinds.told(kind, value, spec), *carried_lines(key, outcomes)]
    return "\n".join(filter(None, parts))


def asked(things: Sequence[Thing], outcomes: Iterable[Mapping[str, Any]]) -> list[Thing]:
    """The things with what was said of them so far."""
    said = {one.text: one for one in stored(outcomes)}
    return [said.get(one.text, Thing(one.text)) for one in things]


def answered(things: Sequence[Thing], said: Iterable[Thing]) -> list[dict[str, str]]:
    """What is kept of what was typed: of things that were planned, with an outcome there is."""
    wanted = {one.text for one in things}
    return [
        {
            "text": one.text,
            "outcome": one.outcome,
            "until": one.until if one.is_carried and one.until_day else "",
        }
        for one in said
        if one.text in wanted and one.outcome in Outcome.values
    ]


def findings_of(outcomes: Iterable[Mapping[str, Any]], today: dt.date) -> list[Finding]:
    """What goes on wants a day that is still to come."""
    return [
        Finding("error", PLAN_ITEM, f"“{one.text[:20]}”继续办理，请写明新的完成日期（今天以后）。")
        for one in stored(outcomes)
        if one.is_carried and (one.until_day is None or one.until_day <= today)
    ]


def names_a_dead_day(text: str, today: dt.date) -> bool:
    """Whether the text names a day that is over: half a year back is read as over, further away
    as of the next year."""
    for year, month, day in _DAY.findall(text):
        try:
            named = dt.date(int(year or today.year), int(month), int(day))
        except ValueError:
            continue
        if not year and (today - named).days > 183:
            continue
        if named < today:
            return True
    return False
