"""Who is compared with whom: the groups of a year, and who is in which of them on a day."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import Q

from assessments.scoring.grading import places_of_groups
from assessments.scoring.numbers import number
from assessments.scoring.refusals import Refused
from core import clock
from core.actor import Actor
from orgs.enums import BRANCH_KINDS, OrganizationKind
from orgs.models import Organization
from orgs.models.organization import below
from orgs.queries.places import placed

from ..enums import Level
from ..models import AssessmentGroup, GroupPlace, SchemeVersion


@dataclass(frozen=True, slots=True)
class Compared:
    """An organisation that groups of a level are made of, as it stood on the day asked for: `name` is
    what pages call it today, `full_name` what it was called then. Its class is that of today: the past
    of classes is not kept."""

    pk: int
    name: str
    organization_class: str
    path: str
    full_name: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What a group says of who is in it: by class, and by name."""

    pk: int
    classes: frozenset[str]
    named: frozenset[int]


def placed_in(
    groups: Sequence[Kept], organizations: Collection[tuple[int, str]]
) -> Mapping[int, int]:
    """Organisation -> its group, of those (primary key, class) that are in one. A group that names
    the organisation wins over one that takes its class; of several the first. Pure."""
    by_name: dict[int, int] = {}
    by_class: dict[str, int] = {}
    for group in groups:
        for place in group.named:
            by_name.setdefault(place, group.pk)
        for value in group.classes:
            by_class.setdefault(value, group.pk)
    found = {pk: by_name.get(pk, by_class.get(class_)) for pk, class_ in organizations}
    return {pk: group for pk, group in found.items() if group is not None}


def compared_on(organization: Organization, level: str, day: dt.date) -> list[Compared]:
    """Those whom the organisation compares, and whom a cycle of its assesses: those directly below
    it, or the branches under it, as they stood on the day. One query; for a day that is over three."""
    if day >= clock.today():
        rows = Organization.objects.active(day).filter(below(organization.path, itself=False))
        rows = rows.filter(_on_level(organization, level))
        return [
            Compared(row.pk, str(row), row.organization_class, row.path, row.name)
            for row in rows.order_by("path")
        ]
    # Where it stood itself on that day: it may have moved since.
    there = placed(day).filter(organization=organization).values_list("path", flat=True).first()
    path = there or organization.path
    past = list(
        placed(day)
        .filter(below(path, itself=False), _on_level(organization, level))
        .order_by("path")
    )
    # Names as they are today: what was renamed is one organisation still.
    alive = Organization.objects.active(day).in_bulk([row.organization_id for row in past])
    return [
        Compared(row.organization_id, str(one), one.organization_class, row.path, row.name)
        for row in past
        if (one := alive.get(row.organization_id)) is not None
    ]


def levels_of(kind: str) -> tuple[str, ...]:
    """Whom an organisation of that kind compares: the work committee its direct committees, a
    committee below its branches."""
    if kind == OrganizationKind.WORK_COMMITTEE:
        return (Level.DIRECT,)
    if kind in (OrganizationKind.DIRECT_COMMITTEE, OrganizationKind.GRASSROOTS_COMMITTEE):
        return (Level.BRANCH,)
    return ()


def _on_level(organization: Organization, level: str) -> Q:
    if level == Level.DIRECT:
        return Q(parent=organization.pk) & ~Q(kind=OrganizationKind.PARTY_GROUP)
    return Q(kind__in=BRANCH_KINDS)


def groups_of(organization: Organization, year: int, level: str) -> list[AssessmentGroup]:
    """The groups in their order, each with the organisations that it names. Two queries."""
    rows = AssessmentGroup.objects.alike(organization, year, level).order_by("order", "pk")
    return list(rows.prefetch_related("places"))


def kept(group: AssessmentGroup) -> Kept:
    """What the group says of who is in it. No query when it comes with its places."""
    return Kept(
        group.pk,
        frozenset(group.classes),
        frozenset(one.organization_id for one in group.places.all()),
    )


@dataclass(frozen=True, slots=True)
class Filled:
    """A group with its organisations; `named` are those of them that it names."""

    group: AssessmentGroup
    organizations: Sequence[Compared]
    named: Collection[int] = ()

    @property
    def size(self) -> int:
        """How many are compared in it."""
        return len(self.organizations)

    @property
    def is_big_enough(self) -> bool:
        """Whether there are ranks and places of a quota; else the fixed bands alone count."""
        return self.size >= self.group.minimum

    @property
    def lacking(self) -> int:
        """How many more it would take for that."""
        return max(0, self.group.minimum - self.size)


@dataclass(frozen=True, slots=True)
class Grouping:
    """All groups of a maker, a year and a level on a day, and who is in none (`loose`)."""

    filled: Sequence[Filled] = field(default_factory=tuple)
    loose: Sequence[Compared] = field(default_factory=tuple)
    total: int = 0


def grouping(organization: Organization, year: int, level: str, day: dt.date) -> Grouping:
    """Who is in which group on the day. Three queries however many there are; for a day that is
    over five."""
    groups = groups_of(organization, year, level)
    organizations = compared_on(organization, level, day)
    rules = [kept(group) for group in groups]
    found = placed_in(rules, [(one.pk, one.organization_class) for one in organizations])
    filled = [
        Filled(group, [one for one in organizations if found.get(one.pk) == group.pk], rule.named)
        for group, rule in zip(groups, rules, strict=True)
    ]
    loose = [one for one in organizations if one.pk not in found]
    return Grouping(filled, loose, len(organizations))


def day_of(year: int) -> dt.date:
    """The day on which a year's groups are shown: today, or its last day when it is over."""
    return min(clock.today(), dt.date(year, 12, 31))


# --- which groups there are to look at -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Set:
    """Groups that are looked at together: who makes them, and for whom."""

    organization_id: int
    level: str


def sets_seen(actor: Actor, year: int) -> list[Set]:
    """The sets of a year of which the actor may see a group, the highest first. One query."""
    rows = AssessmentGroup.objects.visible_to(actor).filter(year=year)
    found = rows.order_by("organization__path", "level").values_list("organization_id", "level")
    return [Set(pk, level) for pk, level in found.distinct()]


# --- quotas --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quota:
    """At most (`upper`) or at least (`lower`) such a share in a grade, or below it too."""

    grade: str
    share: Fraction
    kind: str


def quotas_of(organization: Organization, year: int, level: str) -> list[Quota]:
    """The quotas that the published schemes of the set say, each once. One query."""
    versions = SchemeVersion.objects.published().filter(
        scheme__organization=organization, scheme__year=year, scheme__level=level
    )
    newest: dict[int, Any] = {}
    for scheme, quota in versions.order_by("number").values_list("scheme_id", "content__quota"):
        newest[scheme] = quota
    return list(dict.fromkeys(one for quota in newest.values() if (one := _quota(quota))))


def _quota(given: Any) -> Quota | None:
    if not isinstance(given, Mapping):
        return None
    try:
        share = number(given.get("share"))
    except Refused:
        return None
    kind = str(given.get("kind") or "upper")
    if not 0 <= share <= 1 or kind not in ("upper", "lower"):
        return None
    return Quota(str(given.get("grade", "")), share, kind)


@dataclass(frozen=True, slots=True)
class Places:
    """What a quota lets in over the whole, and of each group in their order: None where a group is
    too small to take part."""

    quota: Quota
    taking: int  # organisations of the groups that take part
    total: int
    of_groups: Sequence[int | None]


def places_for(quota: Quota, filled: Sequence[Filled]) -> Places:
    """The places that the quota gives these groups; each takes part from its own minimum on. No
    query."""
    sizes = [one.size if one.is_big_enough else 0 for one in filled]
    total, found = places_of_groups(quota.kind, quota.share, sizes, 1)
    return Places(quota, sum(sizes), total, found)


# --- for acts ------------------------------------------------------------------------------------


def taken(groups: Collection[AssessmentGroup]) -> tuple[dict[str, str], dict[int, str]]:
    """What is in a group already: class -> name of the group, organisation -> name of the group.
    No query when they come with their places."""
    classes = {one: group.name for group in groups for one in group.classes}
    named = {one.organization_id: group.name for group in groups for one in group.places.all()}
    return classes, named


def named_in(group: AssessmentGroup) -> set[int]:
    """The organisations that the group names. One query."""
    return set(GroupPlace.objects.filter(group=group).values_list("organization_id", flat=True))
