"""Milestones as the duties of who undertakes their projects."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Exists, OuterRef

from schedules.rounds.fulfilment import Subject
from schedules.rounds.models import Duty

from ..models import Milestone
from ..rules import LEAD, MILESTONE

_AHEAD = dt.timedelta(days=LEAD)

# Whether a duty tells of it: of who undertakes the project now, for the day that holds now.
ASKED = Exists(
    Duty.objects.outstanding().filter(
        organization=OuterRef("project__organization"),
        due_on=OuterRef("due_on"),
        subject_kind=MILESTONE,
        subject_id=OuterRef("pk"),
    )
)


def running(day: dt.date) -> Iterable[Subject]:
    """The milestones of projects that run which are not done and due within the lead, or before. One
    query."""
    rows = Milestone.objects.open_until(day + _AHEAD).select_related("project")
    for one in rows.order_by("due_on", "pk"):
        label = f"“{one.project}”{one}"
        begins = one.due_on - _AHEAD
        yield Subject(one.project.organization_id, MILESTONE, one.pk, label, begins, one.due_on)


def done(ids: Sequence[int]) -> Mapping[int, dt.date]:
    """When each of these was called done. One query."""
    rows = Milestone.objects.filter(pk__in=ids, is_done=True).values_list("pk", "done_on")
    return {pk: day for pk, day in rows if day is not None}
