"""From key sites to full coverage: where there are sites, and where there are none."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count

from core import clock
from core.actor import Actor
from core.figures import Trees, Window
from orgs.enums import BRANCH_KINDS, OrganizationClass, OrganizationKind
from orgs.models import Organization
from orgs.models.organization import STEP

from ..enums import SiteLevel
from ..models import DemonstrationSite
from .listing import stood_in

# Of the tree alone: no unit that could be shown.
_LEFT_OUT = (OrganizationClass.ZONE, OrganizationClass.STREET, OrganizationClass.TOWN)


@dataclass(slots=True)
class Row:
    """A committee or a class: how many branches or organisations it has, and how many sites."""

    key: str
    label: str
    place: Organization | None = None
    units: int = 0
    levels: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SiteLevel.values, 0))
    covered: set[int] = field(default_factory=set)

    @property
    def sites(self) -> int:
        """Sites in force, of all levels."""
        return sum(self.levels.values())

    @property
    def is_gap(self) -> bool:
        """Whether there are organisations and no site."""
        return self.units > 0 and not self.sites

    @property
    def by_level(self) -> list[int]:
        """Sites of each level, in the order of the choices."""
        return [self.levels[one] for one in SiteLevel.values]

    @property
    def told(self) -> list[tuple[str, int]]:
        """The same, each with what its level is called."""
        return [(str(one.label), self.levels[one.value]) for one in SiteLevel]


@dataclass(slots=True)
class Coverage:
    """What the page shows."""

    committees: list[Row]
    classes: list[Row]
    total: Row

    @property
    def committee_gaps(self) -> list[Row]:
        """Committees without a site."""
        return [row for row in self.committees if row.is_gap]

    @property
    def class_gaps(self) -> list[Row]:
        """Classes without a site."""
        return [row for row in self.classes if row.is_gap]


# The work committee stands above all and is no committee that has or lacks a site.
COMMITTEES = (OrganizationKind.DIRECT_COMMITTEE, OrganizationKind.GRASSROOTS_COMMITTEE)


def committees_then(
    window: Window, paths: Collection[str], trees: Trees
) -> dict[int, tuple[str, int]]:
    """Committee -> its path at the window's end, and how many sites were in force then at and below it;
    of those at and below the paths. One query, and one or two for the tree."""
    committees = trees.below(window.closing, paths, COMMITTEES)
    places = trees.below(window.closing, paths)
    found = dict.fromkeys(committees.values(), 0)
    held = stood_in(window).order_by().values_list("organization").annotate(n=Count("pk"))
    for pk, number in held:
        path = places.get(pk, "")
        for end in range(STEP, len(path) + 1, STEP):
            if path[:end] in found:
                found[path[:end]] += number
    return {pk: (path, found[path]) for pk, path in committees.items()}


def coverage(actor: Actor, top: Organization) -> Coverage:
    """The organisations at and below `top` today, by the committees directly below it and by class; of
    committees branches are counted, of classes all organisations of the class. Two queries."""
    today = clock.today()
    places = list(
        Organization.objects.below(top.path)
        .active(today)
        .exclude(kind=OrganizationKind.PARTY_GROUP)
        .only("pk", "name", "short_name", "path", "kind", "organization_class", "parent_id")
        .order_by("path")
    )
    sites = (
        DemonstrationSite.objects.visible_to(actor)
        .in_force()
        .filter(organization__path__startswith=top.path)
        .values_list(
            "organization",
            "organization__path",
            "organization__organization_class",
            "programme__level",
        )
    )
    committees = {
        one.path: Row(f"o{one.pk}", str(one), one) for one in places if one.parent_id == top.pk
    }
    classes: dict[str, Row] = {
        key: Row(key, OrganizationClass(key).label)
        for key in OrganizationClass.values
        if key not in _LEFT_OUT
    }
    total = Row("total", "")
    size = len(top.path) + STEP
    for one in places:
        if one.organization_class in classes:
            classes[one.organization_class].units += 1
        if one.kind in BRANCH_KINDS:
            total.units += 1
            if one.path[:size] in committees:
                committees[one.path[:size]].units += 1
    counts: dict[str, int] = defaultdict(int)
    for pk, path, organization_class, level in sites:
        counts[level] += 1
        rows = [total]
        if path[:size] in committees:
            rows.append(committees[path[:size]])
        if organization_class in classes:
            rows.append(classes[organization_class])
        for row in rows:
            row.levels[level] += 1
            row.covered.add(pk)
    kept = [row for row in classes.values() if row.units or row.sites]
    return Coverage(list(committees.values()), kept, total)
