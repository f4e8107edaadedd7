"""What an exception is, and the month in which exceptions are sought."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.periods import WorkCalendar
from orgs.enums import Post
from orgs.models import OfficeHolding, Organization
from orgs.models.organization import STEP
from schedules.action_items.rules import overdue_line
from schedules.rounds.models import Plan

from ..models import DispatchMeeting


class Kind(StrEnum):
    """The rules by which exceptions are found."""

    DECISIONS = "decisions"
    MISSING = "missing"
    LIMITS = "limits"
    LOW = "low"
    MISSES = "misses"
    RETURNED = "returned"
    VACANT = "vacant"
    TERMS = "terms"
    OVERDUE = "overdue"
    LATE = "late"
    HIGHLIGHT = "highlight"
    THEME = "theme"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Finding:
    """One exception: the rule, the key that makes it the same one tomorrow, how much it weighs among
    its kind, how many rows it is about, whose it is, and what its words are made of."""

    kind: Kind
    key: str
    weight: float = 0
    size: int = 1
    committee: Organization | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Month:
    """What is looked at: the holder, the month reported, its plan and the committees below."""

    meeting: DispatchMeeting
    holder: Organization
    period: str  # the month reported: the one before the meeting's, or the last that is due
    plan: Plan | None
    committees: Mapping[str, Organization]  # by path
    today: dt.date
    calendar: WorkCalendar

    @property
    def line(self) -> dt.date:
        """What was due before it is overdue."""
        return overdue_line(self.today, self.calendar)

    def committee_of(self, path: str) -> Organization | None:
        """The organisation directly below the holder under which `path` stands."""
        return self.committees.get(path[: len(self.holder.path) + STEP])


def by_committee(month: Month, paths: Iterable[str]) -> list[tuple[Organization, int]]:
    """How many of the paths stand under each committee, the most first. No query."""
    counts = Counter(path[: len(month.holder.path) + STEP] for path in paths)
    return [
        (month.committees[path], number)
        for path, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if path in month.committees
    ]


def speakers_for(committees: Iterable[Organization]) -> dict[int, str]:
    """Who speaks for each committee: its deputy secretary, else its secretary. One query."""
    ids = {one.pk for one in committees}
    rows = (
        OfficeHolding.objects.current()
        .filter(organization__in=ids, post__in=[Post.DEPUTY_SECRETARY, Post.SECRETARY])
        .order_by("started_on", "pk")
        .values_list("organization_id", "post", "person_name")
    )
    found: dict[int, tuple[bool, str]] = {}
    for pk, post, name in rows:
        is_deputy = post == Post.DEPUTY_SECRETARY
        if pk not in found or (is_deputy and not found[pk][0]):
            found[pk] = (is_deputy, name)
    return {pk: name for pk, (_, name) in found.items()}
