"""How far a theme is: of all that the actor may see, committee by committee, branch by branch."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Substr

from core.actor import Actor
from core.figures import Gauge
from orgs.models import Organization
from orgs.models.organization import STEP, below

from ..enums import Outcome
from ..models import Theme, ThemeFigure, ThemeMonth, ThemePlace, ThemeStanding
from ..rules import value_of
from .gaps import gaps_of
from .scope import sees_all


@dataclass(slots=True)
class Sums:
    """A figure over some organisations."""

    count: int = 0
    reached: int = 0
    short: int = 0  # organisations that have not reached it
    none: int = 0  # that have nothing to measure
    unknown: int = 0
    lacking: int = 0  # what they are short by, together
    part: int | None = None
    whole: int | None = None
    start_part: int | None = None
    start_whole: int | None = None
    known: int = 0  # of how many `part` is the sum
    start_known: int = 0

    @property
    def measured(self) -> int:
        """Organisations that can reach it: those with nothing to measure are in neither number."""
        return self.reached + self.short

    def now(self, gauge: Gauge) -> Fraction | None:
        """Its value now."""
        return value_of(gauge, self.part, self.whole, self.known)

    def start(self, gauge: Gauge) -> Fraction | None:
        """Its value when the theme was published."""
        return value_of(gauge, self.start_part, self.start_whole, self.start_known)


@dataclass(slots=True)
class CommitteeSums:
    """A committee's organisations at each figure, by the figure's row."""

    committee: Organization
    sums: dict[int, Sums] = field(default_factory=dict)


COUNTS: dict[str, Any] = {
    "count": Count("pk"),
    "n_reached": Count("pk", filter=Q(outcome=Outcome.REACHED)),
    "n_short": Count("pk", filter=Q(outcome=Outcome.SHORT)),
    "n_none": Count("pk", filter=Q(outcome=Outcome.NONE)),
    "n_unknown": Count("pk", filter=Q(outcome=Outcome.UNKNOWN)),
    "lacking": Sum("short"),
    "s_part": Sum("part"),
    "s_whole": Sum("whole"),
    "s_start_part": Sum("start_part"),
    "s_start_whole": Sum("start_whole"),
    "n_known": Count("part"),
    "n_start_known": Count("start_part"),
}


def sums_of(row: Mapping[str, Any]) -> Sums:
    """Sums of a row annotated with COUNTS."""
    return Sums(
        *(row["count"], row["n_reached"], row["n_short"], row["n_none"], row["n_unknown"]),
        *(row["lacking"] or 0, row["s_part"], row["s_whole"]),
        *(row["s_start_part"], row["s_start_whole"], row["n_known"], row["n_start_known"]),
    )


def standings_of(actor: Actor, theme: Theme) -> QuerySet[ThemeStanding]:
    """All of the theme that the actor may see and that count."""
    rows = ThemeStanding.objects.visible_to(actor).counted()
    return rows.filter(place__theme=theme).order_by()


def totals_of(actor: Actor, theme: Theme) -> dict[int, Sums]:
    """Figure's row -> what the actor's organisations come to. One query."""
    return _totals(standings_of(actor, theme))


def totals_below(theme: Theme, place: Organization) -> dict[int, Sums]:
    """The same of all that the theme concerns at and below a place. One query."""
    return _totals(_standings_below(theme, place))


def _totals(standings: QuerySet[ThemeStanding]) -> dict[int, Sums]:
    rows = standings.values("figure").annotate(**COUNTS)
    return {row["figure"]: sums_of(row) for row in rows}


def _standings_below(theme: Theme, place: Organization) -> QuerySet[ThemeStanding]:
    rows = ThemeStanding.objects.counted().filter(below(place.path, "place__organization__"))
    return rows.filter(place__theme=theme).order_by()


def own_totals(actor: Actor, theme: Theme) -> dict[int, Sums]:
    """The same as the page tells it: who sees nothing of the theme but his own organisation gets how
    things are there at this moment. Two queries, or those of the figures besides."""
    totals = totals_of(actor, theme)
    place = None if theme.is_draft or sees_all(actor, theme) else own_place(actor, theme)
    if place is not None:
        for gap in gaps_of(theme, place.organization):
            sums = totals.get(gap.aim.row.pk, Sums())
            outcome = gap.outcome
            totals[gap.aim.row.pk] = replace(
                sums,
                reached=int(outcome == Outcome.REACHED),
                short=int(outcome == Outcome.SHORT),
                none=int(outcome == Outcome.NONE),
                unknown=int(outcome == Outcome.UNKNOWN),
                lacking=gap.short,
                part=gap.part,
                whole=gap.whole,
                known=int(gap.part is not None),
            )
    return totals


def by_committee(actor: Actor, theme: Theme) -> list[CommitteeSums]:
    """The committees directly below the theme's holder in whose organisations the actor looks, in the
    order of the tree; for who looks from further down his own organisation, never a part of a
    committee by the committee's name. Two queries."""
    length = len(theme.organization.path) + STEP
    if actor.organization_path.startswith(theme.organization.path):
        length = max(length, len(actor.organization_path))
    return _by_head(standings_of(actor, theme), length)


def by_child(theme: Theme, place: Organization) -> list[CommitteeSums]:
    """The organisations directly below a place in which the theme counts, each with all below it, in the
    order of the tree. Two queries."""
    return _by_head(_standings_below(theme, place), len(place.path) + STEP)


def _by_head(standings: QuerySet[ThemeStanding], length: int) -> list[CommitteeSums]:
    rows = (
        standings.annotate(head=Substr("place__organization__path", 1, length))
        .values("head", "figure")
        .annotate(**COUNTS)
    )
    found: dict[str, dict[int, Sums]] = defaultdict(dict)
    for row in rows:
        found[row["head"]][row["figure"]] = sums_of(row)
    places = Organization.objects.filter(path__in=list(found)).order_by("path")
    return [CommitteeSums(one, found[one.path]) for one in places]


def short_ones(
    actor: Actor, theme: Theme, figure: ThemeFigure, committee: Organization, most: int | None
) -> list[ThemeStanding]:
    """Organisations of the committee that have not reached the figure's goal, the furthest first. One
    query."""
    rows = standings_of(actor, theme).filter(
        below(committee.path, "place__organization__"), figure=figure, outcome=Outcome.SHORT
    )
    return list(
        rows.select_related("place__organization").order_by("-short", "place__organization__path")[
            :most
        ]
    )


def own_place(actor: Actor, theme: Theme) -> ThemePlace | None:
    """The row of the actor's own organisation, if the theme concerns it. One query."""
    rows = ThemePlace.objects.visible_to(actor).counted().select_related("organization")
    return rows.filter(theme=theme, organization=actor.organization_id or 0).first()


def months_by_figure(theme: Theme) -> dict[int, list[ThemeMonth]]:
    """Figure's row -> its months, oldest first. One query."""
    found: dict[int, list[ThemeMonth]] = defaultdict(list)
    for row in ThemeMonth.objects.filter(figure__theme=theme).order_by("period"):
        found[row.figure_id].append(row)
    return found
