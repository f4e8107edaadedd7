"""Reads of plans."""

from dataclasses import dataclass

from core import periods

from ..models import Duty, Plan, vocabulary
from ..models.duty import LATE


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """How a period of a plan stands."""

    period: str
    expected: int
    sent: int
    done: int

    @property
    def label(self) -> str:
        return periods.label(self.period)


def duty_counts(plan: Plan, *, limit: int = 6) -> list[PeriodCount]:
    """The newest periods opened, each with how many duties it has. One query."""
    rows = (
        Duty.objects.filter(plan=plan)
        .order_by("-period")
        .values("period")
        .annotate(**vocabulary.sums(LATE))[:limit]
    )
    return [
        PeriodCount(row["period"], row["n_expected"], row["n_submitted"], row["n_accepted"])
        for row in rows
    ]
