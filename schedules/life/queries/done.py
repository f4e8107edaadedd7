"""On which days what duties ask for was done."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from core import periods
from schedules.rounds.models import Duty

from ..enums import HELD, MeetingKind
from ..models import MeetingUnit


def days_of(kind: MeetingKind) -> Callable[[Sequence[Duty]], Mapping[int, Sequence[dt.date]]]:
    """For duties of the kind: the days within their periods on which their organisations held it,
    alone or with others, oldest first. One query for any number."""

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
            .values_list("organization_id", "meeting__held_on")
        )
        held: dict[int, list[dt.date]] = {}
        for organization_id, day in rows:
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
