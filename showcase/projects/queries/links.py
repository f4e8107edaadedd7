"""What a project is joined to: action items of its organisation, records that say so."""

from collections.abc import Collection, Mapping

from core.actor import Actor
from schedules.action_items.models import ActionItem, ActionLink

from ..models import Project
from ..models.project import KIND

OFFERED = 50


def items_of(actor: Actor, project: Project) -> list[ActionItem]:
    """The items that the project was joined to, as far as the actor sees them. One query."""
    linked = ActionLink.objects.filter(source_kind=KIND, source_id=project.pk).values("item")
    rows = ActionItem.objects.visible_to(actor).filter(pk__in=linked)
    return list(rows.select_related("issuer").order_by("pk"))


def is_joined(project: Project, item: ActionItem) -> bool:
    """Whether the project is joined to the item. One query."""
    return item.links.filter(source_kind=KIND, source_id=project.pk).exists()


def items_to_join(
    actor: Actor, project: Project, joined: Collection[ActionItem]
) -> list[ActionItem]:
    """Items under way of the project's organisation that it can be joined to. One query."""
    rows = ActionItem.objects.visible_to(actor).under_way().filter(owner=project.organization_id)
    rows = rows.exclude(pk__in=[one.pk for one in joined]).select_related("issuer")
    return list(rows.order_by("-pk")[:OFFERED])


def addresses(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """Project -> its address, of those that the actor may open. One query."""
    rows = Project.objects.visible_to(actor).filter(pk__in=list(ids))
    return {one.pk: one.get_absolute_url() for one in rows}
