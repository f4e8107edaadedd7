"""Whose cases are whose: pure, no query."""

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission


def runs(actor: Actor, organization: Organization) -> bool:
    """Whether the actor decides on and plans for the organisation: from above, never for his own."""
    own = organization.pk == actor.organization_id
    return not own and actor.may_at(Permission.WEAK_CASE_RUN, organization.path)


def holds(actor: Actor, organization: Organization) -> bool:
    """Whether the actor accepts and follows up: the zone, for what stands below it."""
    own = organization.pk == actor.organization_id
    return not own and actor.may_at(Permission.WEAK_CASE_HOLD, organization.path)
