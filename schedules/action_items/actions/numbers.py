"""Numbers of 督办单: one series for each organisation and year, without a gap and never twice."""

from django.db.models import F

from core.actions import action
from core.actor import Actor
from orgs.models import Organization

from ..models import NumberSeries


@action
def take(*, issuer: Organization, year: int, by: Actor, count: int = 1) -> int:
    """The next number of the organisation in the year; of `count` the last. Whoever asks at the same
    moment waits for the transaction that took one, so that a number is free again only when nothing
    came of it."""
    rows = NumberSeries.objects.filter(organization=issuer, year=year)
    if not rows.update(last=F("last") + count):
        # Of many who begin the series at once, one does, and the others wait for him.
        first = NumberSeries(organization=issuer, year=year)
        NumberSeries.objects.bulk_create([first], ignore_conflicts=True)
        rows.update(last=F("last") + count)
    return rows.values_list("last", flat=True)[0]
