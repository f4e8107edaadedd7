"""Who is assessed in a half-year: by the tree of its last day, or of today while it runs."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessments.schemes.enums import Level
from assessments.schemes.models import AssessmentGroup, GroupPlace, SchemeVersion
from core import clock, periods
from orgs.enums import BRANCH_KINDS, OrganizationKind
from orgs.models import Organization
from orgs.models.organization import STEP
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
    does. Six queries, however many organisations."""
    owner, day = cycle.organization, day_of(cycle)
    standing = _standing(owner, day)
    root = standing.pop(owner.pk, (owner.path, "", ""))[0]
    classes = dict(
        Organization.objects.filter(pk__in=list(standing)).values_list("pk", "organization_class")
    )
    versions: dict[str, int] = {}
    for version in (
        SchemeVersion.objects.in_force(cycle.period)
        .filter(scheme__organization=owner, scheme__level=cycle.level)
        .select_related("scheme")
        .order_by("scheme_id")
    ):
        for one in version.scheme.classes:
            versions.setdefault(one, version.pk)
    by_class, by_place = groups_of(owner, int(cycle.period[:4]), cycle.level)
    found: list[Enrolled] = []
    left: list[Unmeasured] = []
    for pk, (path, name, kind) in sorted(standing.items(), key=lambda row: row[1][0]):
        if not _is_on_level(cycle.level, root, path, kind):
            continue
        its_class = classes.get(pk, "")
        if its_class not in versions:
            left.append(Unmeasured(pk, name, its_class))
            continue
        group = by_place.get(pk, by_class.get(its_class))
        found.append(Enrolled(pk, path, name, its_class, versions[its_class], group))
    return found, left


def groups_of(
    owner: Organization, year: int, level: str
) -> tuple[Mapping[str, int], Mapping[int, int]]:
    """(class -> group, organisation named -> group) of a year. Two queries."""
    groups = AssessmentGroup.objects.filter(organization=owner, year=year, level=level)
    by_class: dict[str, int] = {}
    for group in groups.order_by("order", "pk"):
        for one in group.classes:
            by_class.setdefault(one, group.pk)
    named = GroupPlace.objects.filter(group__in=groups).order_by("group__order", "pk")
    by_place: dict[int, int] = {}
    for pk, group_id in named.values_list("organization_id", "group_id"):
        by_place.setdefault(pk, group_id)
    return by_class, by_place


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


def _standing(owner: Organization, day: dt.date) -> dict[int, tuple[str, str, str]]:
    """Organisation -> (path, name, kind) of the owner and all below it that were there on the day.
    One query, two for a day that is over."""
    if day >= clock.today():
        rows = Organization.objects.active().filter(within([owner.path]))
        return {
            one.pk: (one.path, one.name, one.kind)
            for one in rows.only("pk", "path", "name", "kind")
        }
    there = placed(day).filter(organization=owner).values_list("path", flat=True).first()
    rows_then = placed(day).filter(within([there or owner.path]))
    existing = rows_then.filter(organization__in=Organization.objects.active(day).values("pk"))
    return {
        pk: (path, name, kind)
        for pk, path, name, kind in existing.values_list("organization_id", "path", "name", "kind")
    }


def _is_on_level(level: str, root: str, path: str, kind: str) -> bool:
    if level == Level.BRANCH:
        return kind in BRANCH_KINDS
    return len(path) == len(root) + STEP and kind != OrganizationKind.PARTY_GROUP
