"""The partner as it was typed."""

from django.db.models import Q

from core import clock
from orgs.models import Organization


def called(name: str) -> list[Organization]:
    """Organisations of today with this full or short name, a full one first and alone; two at most. One
    query. Nobody is offered a list of those outside his scope: he writes whom he knows."""
    rows = Organization.objects.active(clock.today()).filter(Q(name=name) | Q(short_name=name))
    found = list(rows.order_by("pk")[:20])
    exact = [one for one in found if one.name == name]
    return (exact or found)[:2]
