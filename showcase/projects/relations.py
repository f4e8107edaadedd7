"""Who stands how to a project, which needs no row but its organisation's."""

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission


def undertakes(actor: Actor, organization: Organization) -> bool:
    """Whether the actor writes the projects of the organisation, his own. No query."""
    own = actor.organization_id == organization.pk
    return own and actor.may_at(Permission.PROJECT_EDIT, organization.path)


def decides(actor: Actor, organization: Organization) -> bool:
    """Whether the actor decides on projects of the organisation: from above; on its own only the one
    above which nobody stands. No query."""
    if actor.organization_id == organization.pk and organization.parent_id is not None:
        return False
    return actor.may_at(Permission.SHOWCASE_MANAGE, organization.path)
