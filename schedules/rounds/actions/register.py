"""Numbers of the zone's register of what is asked for: given when it goes out, never twice."""

from django.db.models import F

from core import clock
from core.actions import action
from core.actor import Actor

from ..models import RegisterSeries
from ..rules import number_of


@action
def take(*, kind: str, by: Actor) -> str:
    """The next number of the kind in this year. Whoever asks at the same moment waits for the
    transaction that took one, so that a number is free again only when nothing came of it. Three
    queries."""
    return take_many(kind=kind, count=1, by=by)[0]


@action
def take_many(*, kind: str, count: int, by: Actor) -> list[str]:
    """So many numbers in a row. Queries as for one, none for none."""
    if not count:
        return []
    year = clock.today().year
    rows = RegisterSeries.objects.filter(kind=kind, year=year)
    if not rows.update(last=F("last") + count):
        # Of many who begin the series at once, one does, and the others wait for him.
        first = RegisterSeries(kind=kind, year=year)
        RegisterSeries.objects.bulk_create([first], ignore_conflicts=True)
        rows.update(last=F("last") + count)
    last = rows.values_list("last", flat=True)[0]
    return [number_of(kind, year, last - count + place) for place in range(1, count + 1)]
