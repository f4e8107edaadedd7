"""Themes in a list, each with how far its first figure is."""

from dataclasses import dataclass

from core.actor import Actor

from ..enums import ThemeState
from ..models import Theme, ThemeFigure, ThemeStanding
from .measuring import Aimed, aims_among
from .sums import COUNTS, Sums, sums_of

FOUND = 5  # of one search


@dataclass(frozen=True, slots=True)
class Line:
    """A theme, its first figure, and what the organisations that the actor may see come to."""

    theme: Theme
    aim: Aimed | None
    sums: Sums | None


def listed(actor: Actor, start: int, count: int) -> list[Line]:
    """Some of the themes that the actor may read, the newest quarter first. Three queries."""
    rows = list(
        Theme.objects.visible_to(actor)
        .exclude(state=ThemeState.DROPPED)
        .select_related("organization")
        .order_by("-quarter", "-pk")[start : start + count]
    )
    found = ThemeFigure.objects.filter(theme__in=rows, position=1)
    firsts = {one.row.theme_id: one for one in aims_among(found)}
    standings = (
        ThemeStanding.objects.visible_to(actor)
        .counted()
        .filter(figure__in=[one.row for one in firsts.values()])
        .order_by()
        .values("figure")
        .annotate(**COUNTS)
    )
    sums = {row["figure"]: sums_of(row) for row in standings}
    return [
        Line(one, first, sums.get(first.row.pk) if first is not None else None)
        for one in rows
        for first in [firsts.get(one.pk)]
    ]


def themes_called(actor: Actor, query: str) -> list[Theme]:
    """Those that the actor may read and whose title has the text, the newest first. One query."""
    rows = Theme.objects.visible_to(actor).exclude(state=ThemeState.DROPPED)
    return list(rows.filter(title__icontains=query.strip())[:FOUND])
