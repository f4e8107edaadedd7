"""What reports of the demo zone say of organisation life: counted from the records that are there,
each as it was known at the moment when a report froze it."""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from core import periods
from core.figures import Window
from orgs.models import Organization
from orgs.models.organization import STEP
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty

from ..enums import HELD
from ..models import MeetingUnit
from ..queries.counted import MISSING, owed_within
from ..rules import RULES, key_of, kind_of

# Key -> kind (empty: all) and column (empty: how often), as the figures of the app are called.
COLUMNS = {"expected": "expected_count", "present": "present_count", "unexcused": "unexcused_count"}
KEYS: dict[str, tuple[str, str]] = {
    **{f"life_{kind}": (str(kind), "") for kind in RULES},
    "life_held": ("", ""),
    **{f"life_{word}": ("", word) for word in COLUMNS},
    **{
        f"life_{kind}_{word}": (str(kind), word)
        for kind in RULES
        for word in ("expected", "present")
    },
    "life_missing": ("", MISSING),
    **{f"life_{kind}_missing": (str(kind), MISSING) for kind in RULES},
}


class Counted:
    """Counts month by month; one query for each month asked for, the last one kept."""

    def __init__(self) -> None:
        self._month = ""
        self._sums: dict[tuple[str, str, str], tuple[list[dt.datetime], list[int]]] = {}

    def tell(self, key: str, place: Organization, period: str, moment: dt.datetime) -> int | None:
        """The figure for the place with all below it; None for one that is not known here."""
        if key not in KEYS or periods.cadence_of(period) != periods.MONTH:
            return None
        if period != self._month:
            self._read(period)
        moments, sums = self._sums.get((*KEYS[key], place.path), ([], []))
        index = bisect_right(moments, moment)
        return sums[index - 1] if index else 0

    def _read(self, period: str) -> None:
        changes: dict[tuple[str, str, str], list[tuple[dt.datetime, int]]] = defaultdict(list)
        rows = MeetingUnit.objects.filter(
            meeting__held_on__range=(periods.first_day(period), periods.last_day(period)),
            meeting__state__in=HELD,
        ).values_list(
            "organization__path",
            "meeting__kind",
            "meeting__written_at",
            "meeting__superseded_at",
            *COLUMNS.values(),
        )
        for path, kind, written_at, superseded_at, *counts in rows:
            values = dict(zip(("", *COLUMNS), (1, *counts), strict=True))
            for one in _up(path):
                for word, value in values.items():
                    for of in ("", kind):
                        changes[of, word, one].append((written_at, value))
                        if superseded_at is not None:
                            changes[of, word, one].append((superseded_at, -value))
        for path, kind, moment, value in _missing(period):
            for one in _up(path):
                for of in ("", kind):
                    changes[of, MISSING, one].append((moment, value))
        self._sums = {where: _running(some) for where, some in changes.items()}
        self._month = period


def _missing(month: str) -> Iterator[tuple[str, str, dt.datetime, int]]:
    """(path, kind, moment, ±1): what of the periods that end in the month was owed and not held, and
    what of it was entered later. Two queries."""
    wanted = owed_within(Window(month, periods.last_day(month)))
    began = min(map(periods.first_day, wanted))
    entered: dict[tuple[str, str, str], dt.datetime] = {}
    units = MeetingUnit.objects.filter(
        meeting__held_on__range=(began, periods.last_day(month)), meeting__state__in=HELD
    ).values_list("organization__path", "meeting__kind", "meeting__held_on", "meeting__written_at")
    for path, kind, day, at in units.order_by("-meeting__written_at"):  # the first is kept
        for period in wanted:
            if periods.first_day(period) <= day <= periods.last_day(period):
                entered[path, kind, period] = at
    duties = Duty.objects.filter(
        period__in=wanted, plan__fulfilment__in=[key_of(kind) for kind in RULES]
    ).exclude(state=DutyState.WAIVED)
    for path, key, period, due_at, opened_at in duties.values_list(
        "organization__path", "plan__fulfilment", "period", "due_at", "opened_at"
    ):
        kind = str(kind_of(key))
        begins, known = max(due_at, opened_at), entered.get((path, kind, period))
        if known is None or known > begins:
            yield path, kind, begins, 1
            if known is not None:
                yield path, kind, known, -1


def _running(changes: list[tuple[dt.datetime, int]]) -> tuple[list[dt.datetime], list[int]]:
    """Moments in order, and the sum after each."""
    changes.sort(key=lambda one: one[0])
    moments, sums, so_far = [], [], 0
    for moment, value in changes:
        so_far += value
        moments.append(moment)
        sums.append(so_far)
    return moments, sums


def _up(path: str) -> Sequence[str]:
    """The path and all above it."""
    return [path[:end] for end in range(STEP, len(path) + 1, STEP)]
