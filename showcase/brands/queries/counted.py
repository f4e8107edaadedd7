"""How many brands had a name, or were cultivated, when a day was over: by the steps of their way."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core.figures import Window
from orgs.models import Organization
from orgs.queries.places import stood_at

from ..enums import Passed
from ..models import Brand, BrandPassage
from ..models.brand import BrandQuerySet

NAMED, CULTIVATED = "brands_named", "brands_cultivated"
KEYS = (NAMED, CULTIVATED)


def condition(key: str, window: Window) -> Q:
    """Whether a brand had been named by then and not lost its name; or begun, and neither named nor
    given up. No query."""
    after = timezone.make_aware(dt.datetime.combine(window.end, dt.time.max))
    until = after if window.known_at is None else min(after, window.known_at)
    steps = BrandPassage.objects.filter(brand=OuterRef("pk"), at__lte=until)
    begins, ends = {
        NAMED: (Passed.NAME, [Passed.WITHDRAW]),
        CULTIVATED: (Passed.BEGIN, [Passed.NAME, Passed.DROP]),
    }[key]
    return Q(Exists(steps.filter(kind=begins))) & ~Q(Exists(steps.filter(kind__in=ends)))


def counted_at(key: str, place: Organization, window: Window, *, below: bool) -> BrandQuerySet:
    """Those of them at a place, with `below` at all that stood below it. No query, one for the tree of a
    past day."""
    there = stood_at(place, window.end, below=below, known_at=window.known_at)
    return Brand.objects.filter(condition(key, window), organization__in=there)
