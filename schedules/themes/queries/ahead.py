"""A theme's figures measured before anything is locked: nobody waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import clock, figures

from ..models import Theme
from .measuring import Pair, aims_of, measured, now_window
from .scope import places_of


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was measured of a theme as it stood at this revision, for these places."""

    revision: int
    found: Mapping[str, Mapping[Any, Pair]]
    places: frozenset[int]


def read_now_ahead(theme: Theme) -> Ahead:
    """Where the organisations of a theme stand. A dozen queries."""
    return _measured(theme, now_window(theme))


def read_month_ahead(theme: Theme, month: str) -> Ahead:
    """One month of a theme's line. A dozen queries."""
    return _measured(theme, figures.Window(month, clock.today()))


def _measured(theme: Theme, window: figures.Window) -> Ahead:
    places = places_of(theme)
    found = measured(aims_of(theme), places, window)
    return Ahead(theme.revision, found, frozenset(one.pk for one in places))
