"""What the clock does for brands: their own figures are read, and where one has left its limits it is proposed
to look again."""

import datetime as dt

from core import scheduler
from core.actor import system

from . import words
from .actions import deciding, readings
from .enums import BrandState
from .models import Brand
from .queries.readings import lines_of, months_to_read, read_ahead


@scheduler.daily("brands.read", label="读品牌的数据", hour=4, minute=40)
def read(planned_for: dt.datetime) -> None:
    """Reads the figures of the brands that have any."""
    rows = Brand.objects.exclude(state__in=[BrandState.DROPPED, BrandState.WITHDRAWN])
    for brand in rows.filter(figures__isnull=False).distinct().order_by("pk"):
        read_one(brand)


def read_one(brand: Brand) -> None:
    """Reads what is missing of a brand's lines, and says where one has left its limits."""
    figures = list(brand.figures.prefetch_related("months"))
    for month in months_to_read(figures):
        found = read_ahead(brand, figures, month)
        readings.read_month(brand=brand, month=month, found=found, by=system())
    if brand.state != BrandState.NAMED or brand.wanted_on is not None:
        return
    left = [one for one in lines_of(brand) if one.has_left]
    if left:
        deciding.want(brand=brand, why="；".join(words.left_said(one) for one in left), by=system())
