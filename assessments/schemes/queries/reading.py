"""Schemes with their versions, and who is measured by them."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Prefetch

from core.actor import Actor
from orgs.models import Organization

from ..enums import VersionState
from ..models import Scheme, SchemeVersion
from .groups import Compared, compared_on


@dataclass(slots=True)
class Row:
    """A scheme of a list, with the versions that the actor may read, newest first."""

    scheme: Scheme
    versions: list[SchemeVersion] = field(default_factory=list)

    @property
    def published(self) -> SchemeVersion | None:
        """The newest that is published."""
        return next((one for one in self.versions if one.state == VersionState.PUBLISHED), None)

    @property
    def working(self) -> SchemeVersion | None:
        """The draft, or what waits to be published."""
        states = (VersionState.DRAFT, VersionState.SUBMITTED)
        return next((one for one in self.versions if one.state in states), None)

    @property
    def shown(self) -> SchemeVersion | None:
        """The one that a line of the list speaks of."""
        return self.published or self.working or (self.versions[0] if self.versions else None)


def years(actor: Actor) -> list[int]:
    """Years for which the actor sees schemes, the latest first. One query."""
    rows = Scheme.objects.visible_to(actor).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


def listed(actor: Actor, year: int) -> list[Row]:
    """The schemes of a year with their versions, without what they say. Two queries."""
    versions = SchemeVersion.objects.visible_to(actor).defer("content").order_by("-number")
    rows = (
        Scheme.objects.visible_to(actor)
        .of_year(year)
        .select_related("organization")
        .order_by("organization__depth", "organization__path", "level", "pk")
        .prefetch_related(Prefetch("versions", queryset=versions, to_attr="readable"))
    )
    return [Row(scheme, scheme.readable) for scheme in rows]


def versions_of(actor: Actor, scheme: Scheme) -> Row:
    """One scheme with what the actor may read of it. One query."""
    rows = SchemeVersion.objects.visible_to(actor).filter(scheme=scheme).order_by("-number")
    return Row(scheme, list(rows))


def measured_by(scheme: Scheme, day: dt.date) -> list[Compared]:
    """Whom the scheme measures on the day, by their place: those of its level and classes. One query;
    for a day that is over three."""
    found = compared_on(scheme.organization, scheme.level, day)
    return [one for one in found if one.organization_class in scheme.classes]


def before(version: SchemeVersion) -> SchemeVersion | None:
    """What the version is compared with: the newest published one before it, else that of the
    scheme which it was copied from. At most two queries."""
    published = SchemeVersion.objects.published().select_related("scheme").order_by("-number")
    own = published.filter(scheme=version.scheme_id, number__lt=version.number).first()
    if own is not None or version.scheme.copied_from_id is None:
        return own
    return published.filter(scheme=version.scheme.copied_from_id).first()


def to_copy(actor: Actor, organization: Organization) -> list[SchemeVersion]:
    """Versions from which the organisation may begin a scheme: the newest published of each scheme
    that it made, the latest year first. One query."""
    rows = (
        SchemeVersion.objects.visible_to(actor)
        .published()
        .filter(scheme__organization=organization)
        .select_related("scheme")
        .order_by("-scheme__year", "scheme_id", "-number")
        .defer("content")
    )
    newest: dict[int, SchemeVersion] = {}
    for row in rows:
        newest.setdefault(row.scheme_id, row)
    return list(newest.values())
