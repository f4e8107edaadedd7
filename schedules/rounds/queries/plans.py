"""Reads of plans."""

from dataclasses import dataclass

from django.db.models import Count, Q

from core import periods

from ..enums import DONE_STATES
from ..models import Duty, Plan


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
        .annotate(
            expected=Count("pk"),
            sent=Count("pk", Q(submitted_at__isnull=False)),
            done=Count("pk", Q(state__in=DONE_STATES)),
        )[:limit]
    )
    return [PeriodCount(row["period"], row["expected"], row["sent"], row["done"]) for row in rows]
