"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from django.urls import reverse

from core import clock, health, periods, tones, worklist
from core.actor import Actor
from orgs import lifecycle, panels
from orgs import verbs as orgs_verbs
from orgs.models import Organization
from orgs.panels import Panel, PanelRow
from orgs.permissions import Permission

from . import figures, jobs, verbs  # noqa: F401  (register figures and periodic jobs)
from .actions import rollups
from .enums import DONE_STATES, DutyState, ItemState, ReportState
from .models import Duty
from .queries.duties import latest_duties
from .queries.rollups import comparison
from .worklist import provide

PANEL_MONTHS = 6

worklist.register(provide)
lifecycle.register_move_step(rollups.mark_moved)
orgs_verbs.VERBS.update(verbs.VERBS)
orgs_verbs.FIELDS.update(verbs.FIELDS)

tones.register(
    ItemState,
    {ItemState.SUBMITTED: "info", ItemState.RETURNED: "bad", ItemState.ACCEPTED: "ok"},
)
tones.register(
    ReportState,
    {
        ReportState.SUBMITTED: "info",
        ReportState.RETURNED: "bad",
        ReportState.ACCEPTED: "ok",
        ReportState.CONFIRMED: "ok",
    },
)


@health.register
def tell_comparison() -> health.Comparison:
    """How the last comparison of the boards' figures with all duties ended. One query."""
    return health.Comparison("figures", "报送汇总", *comparison())


@panels.register
def show_reports(actor: Actor, organization: Organization) -> list[Panel]:
    """How the organisation's own reports of the last months stand. One query."""
    if not actor.may(Permission.REPORT_VIEW) or not actor.covers(organization.path):
        return []
    matrix = f"{reverse('schedules:report-matrix')}?organization={organization.pk}"
    rows = tuple(
        PanelRow(
            periods.label(duty.period),
            *_standing(duty),
        )
        for duty in latest_duties(organization, PANEL_MONTHS)
    )
    if not rows:
        return []
    return [Panel("月报", rows, url=matrix)]


def _standing(duty: Duty) -> tuple[str, str, str]:
    """Word, address and tone of one duty."""
    url = reverse("schedules:duty-open", args=[duty.pk])
    if duty.state in DONE_STATES:
        return ("迟报，已通过", url, "warn") if duty.is_late else ("已通过", url, "ok")
    if duty.state == DutyState.RETURNED:
        return "退回待补", url, "bad"
    if duty.state == DutyState.SUBMITTED:
        return "待核", url, "info"
    if duty.is_overdue(clock.now()):
        return "未报", url, "bad"
    return f"{duty.due_on.month}月{duty.due_on.day}日 前报送", url, "mute"
