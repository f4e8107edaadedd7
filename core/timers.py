"""Clocks that run in an app: a term that ends, a probation that is over, a hand-over to be received.

An app registers what is running; apps to its right make duties from it and see to reminders. The
app that owns the rows knows nothing of them.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Running:
    """One clock of one subject. It is to be acted on from `begins_on`, by `due_on`."""

    subject_id: int
    organization_id: int
    label: str  # the case or the person, as a list names it
    begins_on: dt.date
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Timer:
    """A kind of clock.

    `running(day)` gives the clocks that have begun by the day and are not stopped; one query or
    two. `stopped(ids)` says of subjects that run no longer on which day what was asked was done;
    one that is missing from the answer has no longer to be done. `url(subject_id)` is the page on
    which to act. `lead_days` is how long before the day a clock begins by itself: asked of a later
    day, `running` names those that would begin that much earlier.
    `watched_above`: whoever leads the body directly above is told of it as the body itself is.
    """

    key: str
    label: str
    running: Callable[[dt.date], Iterable[Running]]
    stopped: Callable[[Collection[int]], Mapping[int, dt.date]]
    url: Callable[[int], str]
    minutes: int = 5
    names_people: bool = False
    lead_days: int = 0
    watched_above: bool = False


_timers: dict[str, Timer] = {}


def register(timer: Timer) -> Timer:
    """Adds a kind of clock. Its key begins with the label of its app: `members.probation`."""
    _timers[timer.key] = timer
    return timer


def registered() -> Mapping[str, Timer]:
    """All kinds of clocks by key."""
    return _timers
