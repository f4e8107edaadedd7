"""Natural process limits of a line of figures (XmR chart: mean ± 2.66 × mean moving range), between which
it moves by itself, and the signals that say otherwise. Whoever draws or judges a line takes both from
here, so that a change is told only where it is one. Pure.

The three rules are those of D. J. Wheeler, Understanding Variation (1993): a value beyond a limit, a run
of eight on one side of the mean, three of four running values nearer to a limit than to the mean. A signal
says that something is different, not what, and not that anybody did better or worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from statprocon import XmR

MONTHS = 12  # months of a figure, of which fewer draw no limits
HALVES = 8  # half-years, four years
RUN = 8  # values on one side of the mean
NEAR, NEAR_OF = 3, 4  # so many of so many nearer to a limit than to the mean
Value = Fraction | float | int


class Rule(StrEnum):
    """By which rule a value is a signal; the first that applies."""

    BEYOND = "beyond"
    RUN = "run"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Natural:
    """Between `lower` and `upper` a line moves by itself, about its `mean`."""

    lower: Fraction
    mean: Fraction
    upper: Fraction

    def holds(self, value: Value) -> bool:
        """Whether the value lies within."""
        return self.lower <= value <= self.upper


def natural_limits(
    values: Sequence[Value],
    *,
    least: int,
    low: Value | None = None,
    high: Value | None = None,
    places: int = 2,
) -> Natural | None:
    """The limits of a line, to so many decimal places and never beyond `low` and `high`, which the
    figure cannot pass (a share: 0 and 100); None of fewer than `least` values: limits of a short past
    say more than it knows."""
    if len(values) < max(least, 2):
        return None
    chart = XmR([float(one) for one in values])
    lower, mean, upper = (
        Fraction(str(round(float(one[-1]), places)))
        for one in (
            chart.lower_natural_process_limit(),
            chart.x_central_line(),
            chart.upper_natural_process_limit(),
        )
    )
    if low is not None:
        lower = max(lower, Fraction(str(low)))
    if high is not None:
        upper = min(upper, Fraction(str(high)))
    return Natural(lower, mean, upper)


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that a line says: by which rule, on which side of the mean, and at which of its values
    (`slots`, oldest first). `first` to `last` is the stretch that they stand in: of three of four near a
    limit the fourth, if it lies between them, is in the stretch and is no signal."""

    rule: Rule
    is_above: bool
    slots: tuple[int, ...]
    first: int
    last: int


def told(values: Sequence[Value], *, least: int, base: int | None = None) -> list[Signal]:
    """All that a line says, rule by rule; nothing of a line too short for limits. What lies beyond one
    limit is one signal, wherever it lies; a run and values near a limit are one for each stretch. A
    value on the mean itself ends a run: nobody could say on which side it is. The
    limits are drawn from the first `base` values alone, if it is given: from how it was before something
    began."""
    if (len(values) if base is None else base) < max(least, 2):
        return []
    chart = XmR([float(one) for one in values], subset_end_index=base)
    mean = chart.x_central_line()
    found = []
    for is_above in (True, False):
        limit, half = (
            (chart.upper_natural_process_limit(), chart.upper_halfway_line())
            if is_above
            else (chart.lower_natural_process_limit(), chart.lower_halfway_line())
        )
        beyond, beside, near = (
            [
                _is_past(one, bound, is_above)
                for one, bound in zip(chart.counts, bounds, strict=True)
            ]
            for bounds in (limit, mean, half)
        )
        out = [slot for slot, is_out in enumerate(beyond) if is_out]
        if out:
            found.append(Signal(Rule.BEYOND, is_above, tuple(out), out[0], out[-1]))
        found += [
            Signal(Rule.RUN, is_above, tuple(range(first, last + 1)), first, last)
            for first, last in _stretches(beside)
            if last - first + 1 >= RUN
        ]
        together = [
            any(sum(near[at : at + NEAR_OF]) >= NEAR for at in _fours(slot, near))
            for slot in range(len(near))
        ]
        for first, last in _stretches(together):
            slots = tuple(slot for slot in range(first, last + 1) if near[slot])
            found.append(Signal(Rule.NEAR, is_above, slots, slots[0], slots[-1]))
    return sorted(found, key=lambda one: list(Rule).index(one.rule))


def _is_past(value: Any, bound: Any, is_above: bool) -> bool:
    return bool(value > bound if is_above else value < bound)


def _stretches(marks: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last slot of each unbroken stretch of those marked."""
    found: list[tuple[int, int]] = []
    for slot, is_marked in enumerate(marks):
        if is_marked and found and found[-1][1] == slot - 1:
            found[-1] = (found[-1][0], slot)
        elif is_marked:
            found.append((slot, slot))
    return found


def _fours(slot: int, near: Sequence[bool]) -> range:
    """Where the fours begin that the slot lies in."""
    return range(max(0, slot - NEAR_OF + 1), min(slot, len(near) - NEAR_OF) + 1)


def signals(values: Sequence[Value], *, least: int, base: int | None = None) -> list[Rule | None]:
    """Of each value whether it is a signal, and by which rule, the first that applies (`told`); none of
    a line too short for limits."""
    found: list[Rule | None] = [None] * len(values)
    for one in told(values, least=least, base=base):
        for slot in one.slots:
            found[slot] = found[slot] or one.rule
    return found
