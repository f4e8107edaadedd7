"""用在哪里: all that one record counts for, in words."""

from collections.abc import Sequence

from django.urls import reverse

from core.actor import Actor
from schedules.rounds.evidence import Use, used
from schedules.rounds.models import Report

from ..enums import MeetingState
from ..models import Meeting, MeetingUnit
from ..queries.uses import duties_of, reports_of
from ..suggestions import reference_of


def uses_of(actor: Actor, record: Meeting, units: Sequence[MeetingUnit]) -> list[Use]:
    """Duties, reports and whatever refers to the record, as far as the actor may know. Two queries,
    and one for each app whose rows refer to records; a record that was taken back counts nowhere."""
    found: list[Use] = []
    if record.state != MeetingState.WITHDRAWN:
        found += [
            Use(
                f"{duty.organization}{duty.title}：已开 {duty.done_count} / {duty.required_count}",
                reverse("life:duty-open", args=[duty.pk]),
            )
            for duty in duties_of(actor, record, units)
        ]
        found += [
            Use(
                f"{report.organization}{report.duty.title}：{_counted(record, report)}",
                report.get_absolute_url(),
            )
            for report in reports_of(actor, record, units)
        ]
    return found + used(actor, reference_of(record))


def _counted(record: Meeting, report: Report) -> str:
    """Whether the report's figures have the record: they are frozen when it is sent."""
    frozen = report.figures_at
    if frozen is None:
        return "报送时计入"
    return "已计入" if record.recorded_at <= frozen else "报送后才登记，没有计入"
