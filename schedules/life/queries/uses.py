"""Where a record counts by itself: the duties that it fulfils, and the reports that have it in
their figures."""

from collections.abc import Iterable

from core import periods
from core.actor import Actor
from orgs.permissions import Permission
from schedules.rounds.models import Duty, Report

from ..enums import MeetingKind
from ..models import Meeting, MeetingUnit
from ..rules import key_of


def duties_of(actor: Actor, record: Meeting, units: Iterable[MeetingUnit]) -> list[Duty]:
    """The duties that the record fulfils for those who took part, as far as the actor may know, the
    first due first. One query."""
    return list(
        Duty.objects.visible_to(actor, Permission.LIFE_VIEW)
        .filter(
            organization__in=[unit.organization_id for unit in units],
            period__in=_spans(record),
            plan__fulfilment=key_of(MeetingKind(record.kind)),
        )
        .select_related("plan", "organization")
        .order_by("due_on", "pk")
    )


def reports_of(actor: Actor, record: Meeting, units: Iterable[MeetingUnit]) -> list[Report]:
    """The reports of those who took part that have figures of organisation life for the record's
    day, as far as the actor may know. One query."""
    rows = (
        Report.objects.visible_to(actor)
        .filter(
            organization__in=[unit.organization_id for unit in units],
            period__in=_spans(record),
        )
        .select_related("duty__plan", "organization", "definition")
        .order_by("duty__due_on", "pk")
    )
    return [report for report in rows if _counts_life(report)]


def _spans(record: Meeting) -> list[str]:
    return [periods.containing(record.held_on, one) for one in periods.CADENCES]


def _counts_life(report: Report) -> bool:
    keys = [key for spec in report.definition.items for key in spec.get("figures", [])]
    return any(key.startswith("life_") for key in keys)
