"""The months of a brand's figures are read, each in a transaction of its own."""

import datetime as dt
from collections.abc import Mapping

from core import clock, periods
from core.actions import action
from core.actor import Actor
from schedules.themes.queries.measuring import Pair

from ..models import Brand, BrandFigure, BrandMonth

SETTLES = dt.timedelta(days=45)  # after which what is written down late has come in


@action
def read_month(*, brand: Brand, month: str, found: Mapping[str, Pair], by: Actor) -> None:
    """Takes down one month of the brand's figures, as it was measured before. Two queries."""
    settled = periods.last_day(month) + SETTLES < clock.today()
    fresh = [
        BrandMonth(
            figure=one,
            period=month,
            part=found[one.key][0],
            whole=found[one.key][1],
            is_settled=settled,
            read_at=clock.now(),
        )
        for one in BrandFigure.objects.filter(brand=brand)
        if one.key in found
    ]
    BrandMonth.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["figure", "period"],
        update_fields=["part", "whole", "is_settled", "read_at"],
    )
