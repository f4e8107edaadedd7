"""Completeness and timeliness by organisation and month, for the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Length, Substr

from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import STEP, path_end

from ..definitions import PLAN_KEY
from ..enums import DONE_STATES, DutyState
from ..models import Duty, DutyStanding, Rollup
from .rollups import directly_below, figures_of


@dataclass(frozen=True, slots=True)
class Rates:
    """`rows` are one roll-up a line, newest period first, to be paged; `shown` says what a line
    says. The lines of `node` itself stand for its own duty in `own`."""

    node: Organization
    rows: QuerySet[Rollup]
    own: Mapping[str, DutyStanding]

    def shown(self, row: Rollup, actor: Actor) -> dict[str, Any]:
        """The line's figures. An organisation that has left the actor's scope has no name."""
        is_subtree = row.organization_id != self.node.pk
        is_mine = actor.covers(row.organization.path)
        return {
            "organization": row.organization_id if is_mine else None,
            "organization_name": str(row.organization) if is_mine else "",
            "is_subtree": is_subtree,
            "period": row.period,
            "as_of": row.as_of,
            **(figures_of(row) if is_subtree else self.own[row.period].figures()),
        }


def reporting_rates(node: Organization, *, first: str = "", last: str = "") -> Rates:
    """The monthly report's rates, months from `first` to `last` (`2026-06`, both included): of
    `node` by its own duty, of each organisation that stood directly below it on the month's last
    day by all that stood there. What is waived is not expected. Two queries, and one when the
    rows are read.
    """
    months = Q()
    if first:
        months &= Q(period__gte=first)
    if last:
        months &= Q(period__lte=last)
    own = {
        standing.period: standing
        for standing in DutyStanding.objects.filter(
            months, plan__key=PLAN_KEY, organization=node, until=None
        )
    }
    figures = Rollup.objects.filter(months, plan__key=PLAN_KEY)
    places = dict(figures.filter(organization=node).values_list("period", "path"))
    wanted = Q(organization=node, period__in=list(own)) | directly_below(places)
    rows = (
        figures.annotate(size=Length("path"))
        .filter(wanted)
        .select_related("organization")
        .order_by("-period", "path", "pk")
    )
    return Rates(node, rows, own)


# What a group of `rates_from_duties` is counted by.
NODE = "node_path"


def rates_from_duties(
    actor: Actor, node: Organization, *, first: str = "", last: str = ""
) -> QuerySet[Any, dict[str, Any]]:
    """The same figures counted from the duties now, in the tree of today; rows {node_path,
    period, expected, submitted, on_time, late, returned, accepted}. One query.

    No page and no address reads this: benchmarks/run.py measures it against SQL written by hand,
    for what a count costs that roll-ups save.
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
            returned=Count("pk", Q(state=DutyState.RETURNED)),
            accepted=Count("pk", Q(state__in=DONE_STATES)),
        )
    )
