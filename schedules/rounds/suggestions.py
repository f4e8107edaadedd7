"""Ready texts that the page of a report offers, in the words of the people who write it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import periods

from .definitions import CALENDAR_OF_WORK
from .enums import ItemKind
from .models import Report
from .queries.reports import previous_report, texts_below, values_of
from .validation import plain_text

NOTHING = ("无", "无。")  # what people write where there is nothing to say


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A ready text that can be taken over into an item."""

    item_key: str
    text: str
    source: str


def suggestions(report: Report, values: Mapping[str, Mapping[str, Any]]) -> list[Suggestion]:
    """Texts the portal can offer: from the period's records, from the report before, from the
    calendar of work, and for a committee from what its organisations reported. Three queries."""
    found: list[Suggestion] = []
    rows = {
        row["key"]: row["value"] for value in values.values() for row in value.get("figures", [])
    }
    cadence = periods.cadence_of(report.period)
    this, last_word = periods.this_word(cadence), periods.previous_word(cadence)
    if rows.get("members_joined"):
        found.append(
            Suggestion(
                "highlights", f"{this}接收预备党员 {rows['members_joined']} 名。", "党员名册"
            )
        )
    if rows.get("members_became_full"):
        found.append(
            Suggestion(
                "highlights",
                f"{this} {rows['members_became_full']} 名预备党员按期转正。",
                "党员名册",
            )
        )
    last = previous_report(report)
    before = values_of(last)
    planned = plain_text(ItemKind.TEXT, before.get("next_plan", {}))
    if planned and planned not in NOTHING:
        found.append(
            Suggestion("highlights", f"落实{last_word}打算：{planned}"[:200], f"{last_word}打算")
        )
    problem = plain_text(ItemKind.TEXT, before.get("problems", {}))
    if problem and problem not in NOTHING:
        found.append(Suggestion("problems", problem, f"{last_word}未了的问题"))
    following = periods.last_day(report.period) + dt.timedelta(days=1)
    for text in CALENDAR_OF_WORK.get(following.month, []):
        found.append(Suggestion("next_plan", text, "工作日历"))
    if not report.organization.is_branch:
        found += _from_below(report)
    return found


def _from_below(report: Report) -> list[Suggestion]:
    return [
        Suggestion(key, f"{name}：{text}", name)
        for key, name, text in texts_below(report)
        if text not in NOTHING
    ]
