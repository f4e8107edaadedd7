"""On which days what duties ask for was done."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from core import periods
from schedules.rounds.models import Duty

from ..enums import HELD, MeetingKind
from ..models import MeetingUnit


def days_of(kind: MeetingKind) -> Callable[[Sequence[Duty]], Mapping[int, Sequence[dt.date]]]:
    """For duties of the kind: the days within their periods on which their organisations held it,
    alone or with others, oldest first. What an organisation has written down of its own and what
    others have of the same day are one meeting. One query for any number."""

    def days(duties: Sequence[Duty]) -> Mapping[int, Sequence[dt.date]]:
        bounds = {
            one.period: (periods.first_day(one.period), periods.last_day(one.period))
            for one in duties
        }
        rows = (
            MeetingUnit.objects.filter(
                organization__in={one.organization_id for one in duties},
                meeting__kind=kind,
                meeting__superseded_at=None,
                meeting__state__in=HELD,
                meeting__held_on__range=(
                    min(first for first, _ in bounds.values()),
                    max(last for _, last in bounds.values()),
                ),
            )
            .order_by("meeting__held_on")
            .values_list("organization_id", "meeting__held_on", "meeting__organization_id")
        )
        held: dict[int, list[dt.date]] = {}
        for organization_id, day in _once(rows):
            held.setdefault(organization_id, []).append(day)
        return {
            one.pk: [
                day
                for day in held.get(one.organization_id, ())
                if bounds[one.period][0] <= day <= bounds[one.period][1]
            ]
            for one in duties
        }

    return days


def _once(rows: Iterable[tuple[int, dt.date, int]]) -> Iterator[tuple[int, dt.date]]:
    """Of each organisation and day: its own records, or those of others where these are more."""
    counts: dict[tuple[int, dt.date], Counter[bool]] = {}
    for organization_id, day, host_id in rows:
        counts.setdefault((organization_id, day), Counter())[organization_id == host_id] += 1
    for place_and_day, count in counts.items():
        for _ in range(max(count.values())):
            yield place_and_day
