"""Who is assessed in a half-year: by the tree of its last day, or of today while it runs."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessments.schemes.models import SchemeVersion
from assessments.schemes.queries.groups import compared_on, groups_of, kept, placed_in
from core import clock, periods
from orgs.enums import BRANCH_KINDS
from orgs.models import Organization
from orgs.queries.places import placed, within

from ..models import Cycle


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One organisation as it is assessed."""

    organization_id: int
    path: str
    name: str
    organization_class: str
    version_id: int
    group_id: int | None


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """An organisation on the level that no version in force measures."""

    organization_id: int
    name: str
    organization_class: str  # empty: nobody has said what class it is of


def day_of(cycle: Cycle) -> dt.date:
    """As of which day the cycle looks at the tree."""
    return min(periods.last_day(cycle.period), clock.today())


def enrolled(cycle: Cycle) -> tuple[list[Enrolled], list[Unmeasured]]:
    """Those whom a version in force measures, by their place, and those on the level whom none
    does. Four queries, however many organisations; six for a day that is over."""
    owner = cycle.organization
    versions: dict[str, int] = {}
    for version in (
        SchemeVersion.objects.in_force(cycle.period)
        .filter(scheme__organization=owner, scheme__level=cycle.level)
        .select_related("scheme")
        .order_by("scheme_id")
    ):
        for one in version.scheme.classes:
            versions.setdefault(one, version.pk)
    there = compared_on(owner, cycle.level, day_of(cycle))
    groups = [kept(group) for group in groups_of(owner, cycle.year, cycle.level)]
    group_of = placed_in(groups, [(one.pk, one.organization_class) for one in there])
    found: list[Enrolled] = []
    left: list[Unmeasured] = []
    for one in there:
        name, its_class = one.full_name, one.organization_class
        if its_class not in versions:
            left.append(Unmeasured(one.pk, name, its_class))
            continue
        group = group_of.get(one.pk)
        found.append(Enrolled(one.pk, one.path, name, its_class, versions[its_class], group))
    return found, left


def branches_below(paths: Sequence[str], day: dt.date) -> dict[str, list[int]]:
    """Path -> the branches that stood at and below it on the day. One query."""
    found: dict[str, list[int]] = {path: [] for path in paths}
    if not paths:
        return found
    lengths = sorted({len(path) for path in paths})
    rows: Iterable[tuple[int, str]]
    if day >= clock.today():
        now = Organization.objects.active().filter(within(paths), kind__in=BRANCH_KINDS)
        rows = now.order_by("path").values_list("pk", "path")
    else:
        then = placed(day).filter(
            within(paths),
            kind__in=BRANCH_KINDS,
            organization__in=Organization.objects.active(day).values("pk"),
        )
        rows = then.order_by("path").values_list("organization_id", "path")
    for pk, path in rows:
        for length in lengths:
            if path[:length] in found and length <= len(path):
                found[path[:length]].append(pk)
    return found
