"""Organisations to choose among."""

from core import clock
from core.actor import Actor
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.models.organization import STEP
from orgs.permissions import Permission


def places_below(top: Organization) -> list[tuple[int, str]]:
    """All that stand below today, in the order of the tree, moved in by their depth. One query."""
    rows = Organization.objects.below(top.path).active(clock.today()).exclude(pk=top.pk)
    rows = rows.exclude(kind=OrganizationKind.PARTY_GROUP).order_by("path")
    first = len(top.path) // STEP + 1
    return [
        (pk, "　" * (depth - first) + name)
        for pk, depth, name in rows.values_list("pk", "depth", "name")
    ]


def committees_in_sight(actor: Actor) -> list[Organization]:
    """The committees directly below the top of the tree which the actor may see; none for who sees one
    of them at most. One query."""
    rows = Organization.objects.visible_to(actor, Permission.SITE_VIEW).active(clock.today())
    found = list(rows.filter(parent__parent=None, parent__isnull=False).order_by("path"))
    return found if len(found) > 1 else []
