"""What waits: for an organisation its next step, for the zone its decisions."""

import datetime as dt

from django.db.models import Count, Q

from core.actor import Actor

from ..enums import BrandState
from ..models import Brand, BrandStep


def own_brands(actor: Actor) -> list[tuple[Brand, BrandStep | None]]:
    """The brands of the actor's organisation that are cultivated, each with its first step that is not
    done. Two queries."""
    rows = Brand.objects.filter(
        organization=actor.organization_id or 0, state=BrandState.CULTIVATING
    ).prefetch_related("steps")
    return [
        (one, next((step for step in one.steps.all() if step.done_on is None), None))
        for one in rows.order_by("pk")
    ]


def to_run(actor: Actor, today: dt.date) -> dict[str, int]:
    """How many brands wait for somebody who runs them, by what for. One query."""
    named = Q(state=BrandState.NAMED)
    found: dict[str, int] = Brand.objects.held_in(actor).aggregate(
        candidates=Count("pk", filter=Q(state=BrandState.CANDIDATE)),
        reviewing=Count("pk", filter=Q(state=BrandState.REVIEWING)),
        wanted=Count("pk", filter=named & (Q(wanted_on__isnull=False) | Q(recheck_on__lte=today))),
        rechecking=Count("pk", filter=Q(state=BrandState.RECHECKING)),
    )
    return found
