"""Half-years of the demo zone, assessed by the real acts.

What people do between the freeze of a half-year's facts and its submission belongs to higher apps: they
register it here and are called in the order of the apps, with the cycle frozen and computed."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.demo import Seeding

if TYPE_CHECKING:
    from ..models import Cycle

Between = Callable[[Seeding, "Cycle"], object]
_between: list[Between] = []


def register_between(act: Between) -> Between:
    """Adds what happens to a half-year whose facts are frozen, before it is submitted."""
    _between.append(act)
    return act


def between() -> Sequence[Between]:
    """All that is registered, in the order of the apps."""
    return tuple(_between)
