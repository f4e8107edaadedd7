"""The figure by which a project is measured, read for the organisation that undertakes it."""

from decimal import Decimal
from fractions import Fraction

from core import clock, periods
from core.figures import Gauge, Window, gauged, values
from orgs.models import Organization

PLACES = Decimal("0.01")


def gauge_of(key: str) -> Gauge | None:
    """How the figure is told; None for one that this release knows no more. No query."""
    return gauged()[key][1] if key in gauged() else None


def now_of(key: str, organization: Organization) -> Decimal | None:
    """What the figure is in this month: of a hundred where it is a part of another, else as it is.
    Nothing where it cannot be told. A query for each figure, which counts all below."""
    gauge = gauge_of(key)
    if gauge is None:
        return None
    window = Window(periods.containing(clock.today(), periods.MONTH), clock.today())
    found = values([one for one in (key, gauge.of) if one], [organization], window)
    part = found[key].get(organization.pk)
    if part is None:
        return None
    if not gauge.of:
        return Decimal(part)
    whole = found[gauge.of].get(organization.pk)
    return share(part, whole) if whole else None


def share(part: int, whole: int) -> Decimal:
    """Of a hundred, to two places."""
    exact = Fraction(part * 100, whole)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(PLACES)
