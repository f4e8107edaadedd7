"""What becomes of brands when their organisation becomes part of another."""

from core.actions import action
from core.actor import Actor
from orgs.models import Organization

from ..enums import BrandState
from ..models import Brand
from . import rights


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> int:
    """The brands of `source` that have not ended go over to `target`, as they stand. What was noted and
    copied stays under its name. Returns how many went over."""
    ended = (BrandState.WITHDRAWN, BrandState.DROPPED)
    rows = list(
        Brand.objects.filter(organization=source)
        .exclude(state__in=ended)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    moved = Brand.objects.filter(pk__in=[row.pk for row in rows])
    Brand.machine.move_many(moved, "inherit", organization=target)
    for row in rows:
        row.organization = target
        changes = {"organization": [str(source), str(target)]}
        rights.note(row, "brands.brand.inherit", by=by, changes=changes)
    return len(rows)
