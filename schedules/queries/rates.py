"""Completeness and timeliness counted straight from duties, for the API."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Substr

from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import STEP, path_end

from ..enums import DONE_STATES, DutyState
from ..models import Duty

# What a group is counted by: the organisation itself, and each one directly below with all
# that lies under it.
NODE = "node_path"


def reporting_rates(
    actor: Actor, node: Organization, *, first: str = "", last: str = ""
) -> QuerySet[Any, dict[str, Any]]:
    """Rows {node_path, period, expected, submitted, on_time, late, returned, accepted} below
    `node`, months from `first` to `last` (`2026-06`, both included). One query.

    The row of `node` counts its own duty only; that of an organisation directly below counts
    its whole subtree. What is waived is not expected.
    """
    rows = (
        Duty.objects.visible_to(actor)
        .filter(
            report__isnull=False,
            organization__path__gte=node.path,
            organization__path__lt=path_end(node.path),
        )
        .exclude(state=DutyState.WAIVED)
    )
    if first:
        rows = rows.filter(period__gte=first)
    if last:
        rows = rows.filter(period__lte=last)
    return (
        rows.annotate(node_path=Substr("organization__path", 1, len(node.path) + STEP))
        .order_by("-period", NODE)
        .values("period", NODE)
        .annotate(
            expected=Count("pk"),
            submitted=Count("pk", Q(submitted_at__isnull=False)),
            on_time=Count("pk", Q(submitted_at__lte=F("late_after"))),
            late=Count("pk", Q(submitted_at__gt=F("late_after"))),
            returned=Count("pk", Q(returned_count__gt=0)),
            accepted=Count("pk", Q(state__in=DONE_STATES)),
        )
    )
