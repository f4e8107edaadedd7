"""Completeness and timeliness by organisation and month, for the API."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import DutyStanding, Plan, Rollup
from .cells import summed
from .rollups import directly_below, figures_of


@dataclass(frozen=True, slots=True)
class Rates:
    """`rows` are one roll-up a line, newest period first, to be paged; `shown` says what a line
    says. The lines of `node` itself stand for its own duty in `own`."""

    node: Organization
    rows: QuerySet[Rollup]
    own: Mapping[str, list[DutyStanding]]

    def shown(self, row: Rollup, actor: Actor) -> dict[str, Any]:
        """The line's figures. An organisation that has left the actor's scope has no name."""
        is_subtree = row.organization_id != self.node.pk
        is_mine = actor.may_at(Permission.REPORT_VIEW, row.organization.path)
        counted = row if is_subtree else summed(self.own[row.period], row.period)
        return {
            "organization": row.organization_id if is_mine else None,
            "organization_name": str(row.organization) if is_mine else "",
            "is_subtree": is_subtree,
            "period": row.period,
            "as_of": row.as_of,
            "pending": counted.pending,
            **figures_of(counted),
        }


def reporting_rates(plan: Plan, node: Organization, *, first: str = "", last: str = "") -> Rates:
    """The plan's rates, periods from `first` to `last` (`2026-06`, both included): of `node` by its
    own duties, of each organisation that stood directly below it on the period's last day by all
    that stood there. What is waived is not expected. Two queries, and two when the
    rows are read.
    """
    months = Q()
    if first:
        months &= Q(period__gte=first)
    if last:
        months &= Q(period__lte=last)
    own: dict[str, list[DutyStanding]] = defaultdict(list)
    for standing in DutyStanding.objects.filter(months, plan=plan, organization=node, until=None):
        own[standing.period].append(standing)
    figures = Rollup.objects.filter(months, plan=plan)
    places = dict(figures.filter(organization=node).values_list("period", "path"))
    wanted = Q(organization=node, period__in=list(own)) | directly_below(places)
    rows = (
        figures.annotate(size=Length("path"))
        .filter(wanted)
        .prefetch_related("organization")  # one is named in each month: read it once
        .order_by("-period", "path", "pk")
    )
    return Rates(node, rows, own)
