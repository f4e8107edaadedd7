"""What a duty counts as, defined once.

应报, 已报, 按时, 迟报, 待报, 未报, 锁定未报, 退回待补, 待核 and 已通过 mean the same on every page, sheet, board
and answer: lists filter by `conditions`, sums count them, and a single row is told by `told`. All
three are tested to agree. A waived duty counts nowhere.

What was never sent is 待报 until its day has passed, 未报 after that, and 锁定未报 once it is no longer
taken; one of the three, by the phase that the clock has brought it to. What came back is none of
them: it was sent, and has a day of its own (`Duty.mend_by`).
"""

import datetime as dt
from enum import StrEnum

from django.db.models import Count, Q

from ..enums import DONE_STATES, DutyState, Phase

# What somebody who is named, or keeps out, for one duty alone is named for (NamedRight).
DUTY = "schedules.duty"


class Counted(StrEnum):
    """The words; the values name figures in tables, addresses and answers."""

    EXPECTED = "expected"
    SUBMITTED = "submitted"
    ON_TIME = "on_time"
    LATE = "late"
    UNSENT = "unsent"
    PENDING = "pending"
    MISSING = "missing"
    LOCKED = "locked"
    WAITING = "waiting"
    RETURNED = "returned"
    RETURNED_TWICE = "returned_twice"
    ACCEPTED = "accepted"


def conditions(late: Q, prefix: str = "") -> dict[Counted, Q]:
    """What makes a row count as each of the words.

    `late` says when the row was first sent late: duties tell it from two moments, standings keep
    it. `prefix` leads to the duty from another table (`duty__`).
    """

    def where(**lookups: object) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in lookups.items()})

    expected = ~where(state=DutyState.WAIVED)
    sent = expected & where(submitted_at__isnull=False)
    unsent = expected & where(submitted_at__isnull=True)
    return {
        Counted.EXPECTED: expected,
        Counted.SUBMITTED: sent,
        Counted.ON_TIME: sent & ~late,
        Counted.LATE: sent & late,
        Counted.UNSENT: unsent,
        Counted.PENDING: unsent & where(phase=Phase.RUNNING),
        Counted.MISSING: unsent & where(phase=Phase.DUE),
        Counted.LOCKED: unsent & where(phase=Phase.LOCKED),
        Counted.WAITING: where(state=DutyState.SUBMITTED),
        Counted.RETURNED: where(state=DutyState.RETURNED),
        Counted.RETURNED_TWICE: expected & where(returned_count__gte=2),
        Counted.ACCEPTED: where(state__in=DONE_STATES),
    }


def sums(late: Q, prefix: str = "") -> dict[str, Count]:
    """One conditional sum for each word, to annotate or aggregate: `n_expected`, `n_late` …"""
    return {
        f"n_{name}": Count("pk", filter=condition)
        for name, condition in conditions(late, prefix).items()
    }


def told(
    *,
    state: str,
    submitted_at: dt.datetime | None,
    is_late: bool,
    returned_count: int,
    phase: str,
) -> frozenset[Counted]:
    """The words that a single duty counts as. Pure; agrees with `conditions`."""
    if state == DutyState.WAIVED:
        return frozenset()
    sent = submitted_at is not None
    words = {
        Counted.EXPECTED: True,
        Counted.SUBMITTED: sent,
        Counted.ON_TIME: sent and not is_late,
        Counted.LATE: sent and is_late,
        Counted.UNSENT: not sent,
        Counted.PENDING: not sent and phase == Phase.RUNNING,
        Counted.MISSING: not sent and phase == Phase.DUE,
        Counted.LOCKED: not sent and phase == Phase.LOCKED,
        Counted.WAITING: state == DutyState.SUBMITTED,
        Counted.RETURNED: state == DutyState.RETURNED,
        Counted.RETURNED_TWICE: returned_count >= 2,
        Counted.ACCEPTED: state in DONE_STATES,
    }
    return frozenset(word for word, holds in words.items() if holds)
