"""The arithmetic of a theme: what a figure's value is, who has reached the goal, how far the others are
from it, and how things go against the calendar. Exact, pure.
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from core.figures import Gauge

from .enums import Outcome

MOST_FIGURES = 5
ORIGIN = 300  # characters of where a theme was seen
EARLY = 14  # days of a theme in which its speed says nothing yet
HUNDRED = Fraction(100)


def value_of(gauge: Gauge, part: int | None, whole: int | None, count: int = 1) -> Fraction | None:
    """A figure's value: for a hundred of its whole, or the mean of `count` organisations. None where
    there is nothing to measure, or nobody can tell."""
    if part is None:
        return None
    if not gauge.of:
        return Fraction(part, count) if count else None
    return Fraction(100 * part, whole) if whole else None


def short_of(gauge: Gauge, goal: Fraction, part: int, whole: int) -> int:
    """How many more (for `fewer`: fewer) the goal asks of one organisation; nothing once it is reached."""
    target = goal * whole / HUNDRED if gauge.of else goal
    lacking = part - floor(target) if gauge.fewer else ceil(target) - part
    return max(lacking, 0)


def standing_of(
    gauge: Gauge, goal: Fraction, part: int | None, whole: int | None
) -> tuple[Outcome, int]:
    """How one organisation stands against the goal, and what it is short by."""
    if part is None or (gauge.of and whole is None):
        return Outcome.UNKNOWN, 0
    if gauge.of and not whole:
        return Outcome.NONE, 0
    short = short_of(gauge, goal, part, whole or 0)
    return (Outcome.SHORT if short else Outcome.REACHED), short


def is_reached(gauge: Gauge, goal: Fraction, value: Fraction) -> bool:
    """Whether a value is as good as the goal."""
    return value <= goal if gauge.fewer else value >= goal


@dataclass(frozen=True, slots=True)
class Pace:
    """How a value goes against the calendar between the day a theme began and its due day."""

    should: Fraction  # where the straight way from start to goal is today
    now: Fraction
    goal: Fraction
    fewer: bool
    days_left: int
    at_end: (
        Fraction | None
    )  # where the way from start to now ends; None while it is too early to say

    @property
    def ahead(self) -> Fraction:
        """By how much the value is better than it should be; below nothing: worse."""
        return self.should - self.now if self.fewer else self.now - self.should

    @property
    def short_at_end(self) -> Fraction | None:
        """By how much the goal would be missed at this speed; nothing or less: not at all."""
        if self.at_end is None:
            return None
        return self.at_end - self.goal if self.fewer else self.goal - self.at_end


def pace_of(
    gauge: Gauge,
    *,
    start: Fraction,
    now: Fraction,
    goal: Fraction,
    begins_on: dt.date,
    due_on: dt.date,
    today: dt.date,
) -> Pace:
    """The pace on a day. Days count whole: on the due day the whole way should be gone."""
    # Who was good enough when it began need only stay so.
    ground = goal if is_reached(gauge, goal, start) else start
    total = max((due_on - begins_on).days + 1, 1)
    gone = min(max((today - begins_on).days + 1, 0), total)
    at_end = None
    if gone >= min(EARLY, total):
        at_end = start + (now - start) * total / gone
        at_end = max(at_end, Fraction(0))
        if gauge.of:
            at_end = min(at_end, HUNDRED)
    return Pace(
        should=ground + (goal - ground) * gone / total,
        now=now,
        goal=goal,
        fewer=gauge.fewer,
        days_left=max((due_on - today).days, 0),
        at_end=at_end,
    )


# --- where a theme is wanted most ----------------------------------------------------------------

# What a signal of the newest month makes of what is missing; without one it stays what it is.
WORSE, BETTER, CALM = Fraction(2), Fraction(1, 2), Fraction(1)


def missing_of(gauge: Gauge, goal: Fraction, value: Fraction) -> Fraction:
    """Which share of the way to the goal is missing, from nothing (0) to all of it (1).

    The way of a share goes from the worst there can be (0, or 100 where less is better) to the goal; that
    of a mean from nothing to the goal, and where less is better the worst is one too many each.
    """
    if is_reached(gauge, goal, value):
        return Fraction(0)
    if not gauge.fewer:
        return (goal - value) / goal
    way = HUNDRED - goal if gauge.of else Fraction(1)
    return min((value - goal) / way, Fraction(1))


def weight_of(gauge: Gauge, is_above: bool | None) -> Fraction:
    """What the newest signal of a line counts: `is_above` is its side of the mean, None for none."""
    if is_above is None:
        return CALM
    return WORSE if is_above == gauge.fewer else BETTER


def order_of(missing: Fraction, short: int, measured: int, weight: Fraction = CALM) -> Fraction:
    """Where something stands among what could become a theme: what is missing × the share of those who
    are short × what the newest signal counts."""
    return missing * Fraction(short, measured) * weight if measured else Fraction(0)
