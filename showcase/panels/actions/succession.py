"""What becomes of panels when an organisation becomes part of another."""

from typing import Any

from core.actions import action
from core.actor import Actor
from orgs.models import Organization

from ..models import Panel
from . import rights


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> int:
    """Open panels that `source` arranges are arranged by `target`, and those over something of `source`
    are over something of `target`: who belongs to it gives no opinion from then on. What was closed
    stays under its name. Returns how many went over."""
    rows = Panel.objects.under_way().select_for_update(of=("self",)).order_by("pk")
    found = {}
    for name in ("organization", "judged"):
        told: dict[str, Any] = {name: target}
        for row in rows.filter(**{name: source}).select_related("organization"):
            Panel.machine.move(row, "inherit", **told)
            found[row.pk] = row
    for row in found.values():
        rights.note(
            row, "panels.panel.inherit", by=by, changes={"holder": [str(source), str(target)]}
        )
    return len(found)
