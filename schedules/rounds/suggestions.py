"""Ready texts that the page of a report offers, in the words of the people who write it.

Nothing is offered that the check refuses afterwards: no text of the period before, no day that is
over. What was planned before is asked about (`planned.py`), not offered again. Higher slices add
what their records say: with the record, which the report then refers to.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core import clock, periods
from core.actor import Actor

from .definitions import CALENDAR_OF_WORK
from .evidence import Found
from .models import Report
from .planned import NOTHING, PLAN_ITEM, names_a_dead_day, things_of
from .queries.reports import texts_below
from .validation import plain_text

FORWARD = (PLAN_ITEM, "problems")  # what these say is still to come


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A ready text that can be taken over into an item, with the record that it is of."""

    item_key: str
    text: str
    source: str
    record: Found | None = None

    @property
    def taken(self) -> str:
        """What the button sends that takes it over."""
        at = f"@{self.record.word}" if self.record else ""
        return f"{self.item_key}{at}|{self.text}"


Provider = Callable[[Actor, Report], Iterable[Suggestion]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Adds a provider: it offers what the actor may know. One query each."""
    _providers.append(provider)
    return provider


def suggestions(
    report: Report,
    values: Mapping[str, Mapping[str, Any]],
    before: Mapping[str, Mapping[str, Any]],
    actor: Actor | None = None,
) -> list[Suggestion]:
    """Texts the portal can offer: from the period's records (those of higher slices to an `actor`),
    from the calendar of work, and for a committee from what its organisations reported. `before`
    are the values of the report before. At most one query, and one for each provider."""
    found: list[Suggestion] = []
    if actor is not None:
        found += [one for provider in _providers for one in provider(actor, report)]
    rows = {
        row["key"]: row["value"] for value in values.values() for row in value.get("figures", [])
    }
    this = periods.this_word(periods.cadence_of(report.period))
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
    following = periods.last_day(report.period) + dt.timedelta(days=1)
    for text in CALENDAR_OF_WORK.get(following.month, []):
        found.append(Suggestion(PLAN_ITEM, text, "工作日历"))
    if not report.organization.is_branch:
        found += _from_below(report)
    kinds = {item.key: item.kind for item in report.items.all()}
    today = clock.today()
    return [
        offer
        for offer in found
        if offer.item_key in kinds
        and not _is_as_before(offer, kinds[offer.item_key], before.get(offer.item_key, {}))
        and not (offer.item_key in FORWARD and names_a_dead_day(offer.text, today))
    ]


def _is_as_before(offer: Suggestion, kind: str, value: Mapping[str, Any]) -> bool:
    """Whether the report before says the same: the check would ask why nothing has changed."""
    words = plain_text(kind, value)
    return bool(words) and (
        offer.text == words or set(things_of(offer.text)) <= set(things_of(words))
    )


def _from_below(report: Report) -> list[Suggestion]:
    return [
        Suggestion(key, f"{name}：{text}", name)
        for key, name, text in texts_below(report)
        if text not in NOTHING
    ]
