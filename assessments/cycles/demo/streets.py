"""The newest half-year of the branches of two streets: one went to its end, the other is reviewed just
now. Each act is carried out on the day on which it would have been."""

import datetime as dt

from assessments.schemes.demo import streets
from assessments.schemes.demo.streets import Street
from assessments.schemes.enums import Level
from core import clock, periods
from core.demo import Seeding

from ..actions import cycles, runs
from ..enums import CycleState
from ..models import Cycle
from . import between, moments

REVIEWED_SINCE = 3  # days
# After the facts were frozen: the branches have sent what they say of themselves; the review begins; it
# is over.
SENT_AFTER, BEGUN_AFTER, OVER_AFTER = 2, 3, 5


def assess(seeding: Seeding, half: str) -> None:
    """The half-year of both streets, where their branches are in the zone."""
    for street in streets.STREETS:
        with seeding.step():
            streets.measure(seeding, street, int(half[:4]))
        _assess(seeding, street, half)
        seeding.breathe()


def _assess(seeding: Seeding, street: Street, half: str) -> None:
    by = streets.person(seeding, street.staff)
    ago = BEGUN_AFTER + REVIEWED_SINCE if street.is_reviewing else OVER_AFTER + REVIEWED_SINCE
    frozen = (seeding.now - dt.timedelta(days=ago)).replace(
        hour=1, minute=0, second=0, microsecond=0
    )
    if not street.is_reviewing:
        frozen = min(frozen, moments.frozen_at(half))
    with seeding.step(), clock.at(moments.at(periods.first_day(half), 9)):
        cycle = cycles.open_cycle(
            organization=street.place(seeding), level=Level.BRANCH, period=half, by=by
        )
    with seeding.step(), clock.at(frozen):
        cycles.freeze(cycle=cycle, revision=cycle.revision, by=by, known_at=frozen)
        for run in cycle.runs.going():
            runs.advance(run)
    cycle.refresh_from_db()
    for act in between():
        act(seeding, cycle)
    cycle.refresh_from_db()
    if cycle.state == CycleState.REVIEWING and not street.is_reviewing:
        with seeding.step(), clock.at(after(cycle, OVER_AFTER)):
            cycles.submit(cycle=cycle, revision=cycle.revision, by=by)


def after(cycle: Cycle, days: int) -> dt.datetime:
    """So many days after the facts were frozen."""
    return (cycle.known_at or clock.now()) + dt.timedelta(days=days)
