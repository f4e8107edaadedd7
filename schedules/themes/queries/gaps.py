"""What one organisation is still short of, as things are at this moment."""

from dataclasses import dataclass
from fractions import Fraction

from core import clock, periods
from core.actor import Actor
from core.figures import Reading
from orgs.models import Organization

from ..enums import Outcome, ThemeState
from ..models import Theme, ThemePlace
from ..rules import standing_of, value_of
from .measuring import Aimed, aims_of, measured, now_window


@dataclass(frozen=True, slots=True)
class Gap:
    """An organisation at one figure of a theme."""

    aim: Aimed
    part: int | None
    whole: int | None
    outcome: Outcome
    short: int

    @property
    def value(self) -> Fraction | None:
        """Its value now."""
        return value_of(self.aim.gauge, self.part, self.whole)


def gaps_of(theme: Theme, place: Organization, reading: Reading | None = None) -> list[Gap]:
    """The organisation at each figure of the theme, read now: what it has just written down counts.
    Queries as of the figures, and one."""
    aims = aims_of(theme)
    found = measured(aims, [place], now_window(theme), reading)
    gaps = []
    for aim in aims:
        part, whole = found[aim.key][place.pk]
        gaps.append(Gap(aim, part, whole, *standing_of(aim.gauge, aim.goal, part, whole)))
    return gaps


def theme_at(actor: Actor) -> ThemePlace | None:
    """The actor's own organisation in the theme of this quarter, if that runs and concerns it: one, so
    that its page costs the same however many there are. One query."""
    rows = (
        ThemePlace.objects.visible_to(actor)
        .counted()
        .filter(
            organization=actor.organization_id or 0,
            theme__state=ThemeState.RUNNING,
            theme__quarter=periods.containing(clock.today(), periods.QUARTER),
        )
    )
    found = rows.select_related("theme__organization", "organization")
    return found.order_by("theme__organization__path").first()
