"""Items with all that stands on their 督办单."""

from collections.abc import Collection

from django.db.models import Prefetch, QuerySet

from core.actor import Actor

from ..enums import ActionStepKind
from ..models import ActionItem, ActionStep


def of_letters(actor: Actor, pks: Collection[int], *, is_each: bool = False) -> list[ActionItem]:
    """Those of the items that the actor sees, in their order, with lines, parts and why they were
    cancelled; `is_each` puts the parts in the place of a whole. Four queries, with `is_each`
    eight, however many."""
    found = _whole(actor, ActionItem.objects.visible_to(actor).filter(pk__in=pks))
    by_pk = {item.pk: item for item in found}
    items = [by_pk[pk] for pk in pks if pk in by_pk]
    if not is_each:
        return items
    parts = ActionItem.objects.visible_to(actor).filter(parent__in=by_pk)
    of_whole: dict[int | None, list[ActionItem]] = {}
    for part in _whole(actor, parts.order_by("part", "pk")):
        of_whole.setdefault(part.parent_id, []).append(part)
    return [letter for item in items for letter in of_whole.get(item.pk, [item])]


def count_letters(actor: Actor, pks: Collection[int], *, is_each: bool = False) -> int:
    """How many letters `of_letters` gives. One query, two for each part."""
    rows = ActionItem.objects.visible_to(actor)
    if not is_each:
        return rows.filter(pk__in=pks).count()
    parts = rows.filter(parent__in=pks)
    without = rows.filter(pk__in=pks).exclude(pk__in=parts.values("parent_id"))
    return parts.count() + without.count()


def _whole(actor: Actor, rows: QuerySet[ActionItem]) -> list[ActionItem]:
    cancelled = ActionStep.objects.filter(kind=ActionStepKind.CANCELLED)
    parts = ActionItem.objects.visible_to(actor).select_related("owner", "issuer")
    return list(
        rows.select_related("owner", "issuer", "parent").prefetch_related(
            "lines",
            Prefetch("children", parts.order_by("part", "pk"), to_attr="parts"),
            Prefetch("steps", cancelled, to_attr="cancellations"),
        )
    )
