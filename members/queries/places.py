"""Organisations to choose from around one of them."""

from django.db.models import Q

from core.actor import Actor
from orgs.models import Organization


def nearby(actor: Actor, current: Organization | None) -> list[Organization]:
    """Those above `current` within the scope, beside it and right below it, in tree order.

    Without `current`, the top of the scope and what is right below. With name, path and depth
    only. One query; none for a role whose scope is a single organisation.
    """
    if not actor.inherits:
        return []
    if current is None:
        around = Q(pk=actor.organization_id) | Q(parent_id=actor.organization_id)
    else:
        around = (
            Q(path__in=[*current.ancestor_paths(), current.path])
            | Q(parent_id=current.pk)
            | Q(parent_id=current.parent_id)
        )
    rows = Organization.objects.visible_to(actor).active().filter(around).order_by("path")
    return list(rows.only("name", "short_name", "path", "depth"))
