"""How a theme's figure goes against the calendar today."""

from core import clock

from ..models import Theme
from ..rules import Pace, pace_of
from .measuring import Aimed
from .sums import Sums


def pace_at(theme: Theme, aim: Aimed, sums: Sums) -> Pace | None:
    """The pace of what some organisations come to; None where nobody can tell, or where what is fresh
    may still turn out well while the theme runs: against the calendar it would look slow. No query."""
    if theme.published_at is None or (aim.gauge.lag and theme.is_running):
        return None
    start, now = sums.start(aim.gauge), sums.now(aim.gauge)
    if start is None or now is None:
        return None
    return pace_of(
        aim.gauge,
        start=start,
        now=now,
        goal=aim.goal,
        begins_on=theme.begins_on,
        due_on=aim.row.due_on,
        today=clock.today(),
    )
