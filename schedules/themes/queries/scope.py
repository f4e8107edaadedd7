"""Whom a theme concerns: the branches below its holder, of some classes, below some committees."""

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import QuerySet

from core import clock
from core.actor import Actor
from orgs.models import Organization, RoleGrant
from orgs.models.organization import below
from orgs.permissions import Permission
from orgs.roles import holding

from ..models import Theme


def branches_of(
    holder: Organization, classes: Collection[str], committees: Collection[Organization]
) -> QuerySet[Organization]:
    """The branches there are today; of all classes and below all committees, where none are named."""
    rows = Organization.objects.below(holder.path).active(clock.today()).branches()
    if classes:
        rows = rows.filter(organization_class__in=list(classes))
    if committees:
        rows = rows.filter(reduce(or_, (below(one.path) for one in committees)))
    return rows.order_by("path")


def committees_of(holder: Organization) -> QuerySet[Organization]:
    """Those directly below the holder today, in the order of the tree."""
    return Organization.objects.filter(parent=holder).active(clock.today()).order_by("path")


def limits_of(theme: Theme) -> list[Organization]:
    """The committees that the theme is limited to. One query."""
    return [one.organization for one in theme.limits.select_related("organization")]


def places_of(theme: Theme) -> list[Organization]:
    """Those whom the theme concerns now. One query."""
    rows = Organization.objects.filter(pk__in=theme.places.counted().values("organization"))
    return list(rows.order_by("path"))


def concerns(theme: Theme, committee: Organization) -> bool:
    """Whether the theme counts organisations below the committee. One query."""
    return theme.places.counted().filter(below(committee.path, "organization__")).exists()


def holders() -> QuerySet[Organization]:
    """Organisations at which somebody keeps themes today. One query."""
    grants = RoleGrant.objects.current().filter(role__in=holding(Permission.THEME_EDIT))
    rows = Organization.objects.active(clock.today())
    return rows.filter(pk__in=grants.values("organization")).order_by("path")


def sees_all(actor: Actor, theme: Theme) -> bool:
    """Whether the actor reads all that the theme concerns, not only his own part. No query."""
    return actor.may_at(Permission.THEME_VIEW, theme.organization.path)
