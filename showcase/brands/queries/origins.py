"""Records of which a bright spot is told: reports that were sent, meetings, and projects, which are known
here as records alone."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from core import clock, periods
from core.actor import Actor
from core.text import whole_number
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.life.models import Meeting
from schedules.life.suggestions import KEY
from schedules.rounds import evidence
from schedules.rounds.enums import ReportState
from schedules.rounds.models import Report

from ..sources import Found

OFFERED = 12
LATELY = dt.timedelta(days=200)
AYEAR = dt.timedelta(days=365)
REPORT, MEETING, PROJECT = "report", "meeting", "project"
UNSENT = (ReportState.DRAFT, ReportState.RETURNED)


def find_report(actor: Actor, key: str) -> Found | None:
    """A report that was sent, if the actor may read it. One query."""
    if not actor.may(Permission.REPORT_VIEW):
        return None
    rows = Report.objects.visible_to(actor, Permission.REPORT_VIEW).select_related("duty__plan")
    row = rows.filter(pk=whole_number(key) or 0).exclude(state__in=UNSENT).first()
    return _of_report(row) if row is not None else None


def offer_reports(actor: Actor, place: Organization) -> Sequence[Found]:
    """The last reports of the organisation that were sent. One query."""
    if not actor.may_at(Permission.REPORT_VIEW, place.path):
        return []
    rows = Report.objects.filter(organization=place).exclude(state__in=UNSENT)
    rows = rows.select_related("duty__plan").order_by("-submitted_at", "-pk")
    return [_of_report(row) for row in rows[:OFFERED]]


def _of_report(row: Report) -> Found:
    return Found((REPORT, str(row.pk)), row.organization_id, _name(row), row.get_absolute_url())


def _name(row: Report) -> str:
    return f"{periods.label(row.period)}{row.duty.plan.name}"


def find_meeting(actor: Actor, key: str) -> Found | None:
    """A meeting that the actor may read. Two queries."""
    try:
        uid = UUID(key)
    except ValueError:
        return None
    found = evidence.find(actor, [(KEY, uid)]).get((KEY, uid))
    if found is None:
        return None
    place = Meeting.objects.filter(uid=uid).values_list("organization_id", flat=True).first()
    return Found((MEETING, key), place or 0, found.label, found.url)


def offer_meetings(actor: Actor, place: Organization) -> Sequence[Found]:
    """The last meetings of the organisation. One query for each kind of records."""
    today = clock.today()
    rows = evidence.offered(actor, place, today - LATELY, today)
    return [
        Found((MEETING, str(one.reference[1])), place.pk, one.label, one.url)
        for one in rows
        if one.reference[0] == KEY
    ][:OFFERED]


def find_project(actor: Actor, key: str) -> Found | None:
    """An approved project that the actor may read. One query."""
    try:
        uid = UUID(key)
    except ValueError:
        return None
    found = evidence.find(actor, [(PROJECT, uid)]).get((PROJECT, uid))
    return Found((PROJECT, key), found.place_id or 0, found.label, found.url) if found else None


def offer_projects(actor: Actor, place: Organization) -> Sequence[Found]:
    """The organisation's own projects of the last year. One query."""
    today = clock.today()
    groups = evidence.work_below(actor, place, today - AYEAR, today, PROJECT)
    return [
        Found((PROJECT, str(one.reference[1])), place.pk, one.label, one.url)
        for _, rows in groups
        for one in rows
        if one.place_id == place.pk
    ][:OFFERED]
