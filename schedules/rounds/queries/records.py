"""Reads of what was written down of a duty."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from ..enums import StepKind
from ..models import Duty, DutyRecord, DutyStep


@dataclass(frozen=True, slots=True)
class CameBack:
    """How a duty came back last: by whom, when, and what was written down then."""

    step: DutyStep
    records: list[DutyRecord]


def came_back(duty: Duty) -> CameBack | None:
    """How the duty came back, while that still has a reason to be shown. Entries are never changed,
    only added and taken back, so what the checker saw is told by their moments. Two queries; one
    where nobody knows when it came back, none where it did not."""
    if not duty.return_reason:
        return None
    step = duty.steps.filter(kind=StepKind.RETURNED).order_by("-at", "-pk").first()
    return CameBack(step, _stood_at(duty, step.at)) if step else None


def _stood_at(duty: Duty, moment: dt.datetime) -> list[DutyRecord]:
    stood = Q(recorded_at__lte=moment) & (Q(removed_at=None) | Q(removed_at__gt=moment))
    return list(duty.records.filter(stood))
