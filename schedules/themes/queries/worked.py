"""Themes as records that who sums up his work refers to."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from core.actor import Actor
from orgs.models import Organization
from schedules.rounds.evidence import Found

from ..models import Theme
from ..models.theme import TOLD

KEY = "theme"
OFFERED = 12


def find(actor: Actor, uids: Collection[UUID]) -> Mapping[UUID, Found]:
    """Those that the actor may read. One query."""
    rows = Theme.objects.visible_to(actor).filter(uid__in=list(uids), state__in=TOLD)
    return {one.uid: _found(one) for one in rows.select_related("organization")}


def open_to(actor: Actor, place: Organization, first: dt.date, last: dt.date) -> Sequence[Found]:
    """Those of these days that the actor may read: held above the organisation, mostly. One query."""
    rows = Theme.objects.visible_to(actor).filter(state__in=TOLD, published_at__date__lte=last)
    rows = rows.filter(published_at__date__gte=first).select_related("organization")
    return [_found(one) for one in rows.order_by("-quarter", "-pk")[:OFFERED]]


def _found(one: Theme) -> Found:
    return Found((KEY, one.uid), str(one), one.get_absolute_url(), place_id=one.organization_id)
