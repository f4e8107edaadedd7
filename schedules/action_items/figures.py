"""The figures this slice knows: items under way and overdue on a day, closed and relapsed in a
period."""

from collections.abc import Collection, Mapping, Sequence

from core import figures
from core.figures import Counts, Figure, Gauge, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from .models import ActionItem
from .queries.counted import (
    CLOSED,
    CLOSED_LATE,
    OPEN,
    OVERDUE,
    RELAPSED,
    STOOD,
    condition,
    is_of_the_past,
    kept_since,
    standings,
)

UNIT, SOURCE = "项", "督办"


def _figure(key: str, label: str, gauge: Gauge | None = None) -> Figure:
    return Figure(
        key,
        label,
        gauge=gauge,
        unit=UNIT,
        source=SOURCE,
        address=figures.rows_at("action_items:item-rows", key),
        permission=Permission.ACTION_VIEW,
        since=kept_since if key in STOOD else None,
    )


@figures.register(
    _figure(OPEN, "在办督办"),
    _figure(OVERDUE, "逾期督办", Gauge("逾期督办", 0, fewer=True, unit="项")),
    _figure(CLOSED, "本月督办销号"),
    _figure(
        CLOSED_LATE,
        "本月销号中曾逾期",
        Gauge("销号中曾逾期的比例", 10, of=CLOSED, fewer=True),
    ),
    _figure(RELAPSED, "本月督办反弹", Gauge("督办反弹", 0, fewer=True, unit="项")),
)
def count_items(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Items by their owners. One query, one for a past tree, one for how items stood on a day that
    is over, two for the calendar where it asks for what is overdue."""
    stood = [key for key in keys if is_of_the_past(key, window)]
    found: dict[str, Counts] = {}
    for rows, some in (
        (standings(window), stood),
        (ActionItem.objects.counted(), [key for key in keys if key not in stood]),
    ):
        if some:
            wanted = {key: condition(key, window) for key in some}
            found |= counted(rows, wanted, paths, window.closing, trees, relation="owner")
    return found
