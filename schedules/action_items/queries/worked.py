"""Items as records that who sums up his work refers to."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below
from schedules.rounds.evidence import Found, numbered

from ..models import ActionItem

KEY = "item"
OFFERED = 30


def find(actor: Actor, uids: Collection[UUID]) -> Mapping[UUID, Found]:
    """Those that the actor may see. One query."""
    pks = [uid.int for uid in uids if uid.int < 2**63]
    rows = ActionItem.objects.visible_to(actor).exclude(issued_at=None).filter(pk__in=pks)
    return {numbered(one.pk): _found(one) for one in rows.select_related("owner", "issuer")}


def below_place(
    actor: Actor, place: Organization, first: dt.date, last: dt.date
) -> Sequence[Found]:
    """Those given in these days to the organisation and to all below it, the latest first. One query."""
    rows = ActionItem.objects.visible_to(actor).filter(
        below(place.path, "owner__"), issued_at__date__range=(first, last)
    )
    rows = rows.select_related("owner", "issuer").order_by("-issued_at", "-pk")
    return [_found(one) for one in rows[:OFFERED]]


def _found(one: ActionItem) -> Found:
    reference = (KEY, numbered(one.pk))
    return Found(reference, str(one), one.get_absolute_url(), str(one.owner), one.owner_id)
