"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from django.urls import reverse

from core import clock, demo, menu, periods, tones, worklist
from core import verbs as core_verbs
from core.actor import Actor
from orgs import lifecycle, panels
from orgs.models import Organization
from orgs.panels import Panel, PanelRow
from orgs.permissions import Permission

from . import figures, fulfilment, jobs, kinds, packs, relations, starting, verbs  # noqa: F401  (register themselves)
from .actions import rollups
from .enums import DutyState, ItemState, ReportState
from .models import Duty
from .queries.duties import latest_duties
from .words import standing_word
from .worklist import elsewhere, front, provide

PANEL_DUTIES = 6
NAMED = 6  # duties in one line

worklist.register(provide)
worklist.register_elsewhere(elsewhere)
worklist.register_front(front)
lifecycle.register_move_step(rollups.mark_moved)


@lifecycle.register_foresight
def foresee_duties(source: Organization, target: Organization | None) -> list[str]:
    """What it still owes is waived in the night after. One query."""
    owed = Duty.objects.outstanding().filter(organization=source).select_related("plan")
    titles = [duty.title for duty in owed.order_by("due_on", "pk")]
    if not titles:
        return []
    more = " 等" if len(titles) > NAMED else ""
    named = "、".join(titles[:NAMED]) + more
    return [f"{len(titles)} 项没有办完的应办事项不再要求办理：{named}。"]


demo.register("schedules.rounds.demo.rounds", order=40)
core_verbs.register("schedules", verbs.VERBS, verbs.FIELDS)
menu.register(
    menu.Entry(
        "月度调度",
        "schedules:report-matrix",
        "process",
        10,
        permission=Permission.REPORT_VIEW,
        marks=("schedules:report", "schedules:duty"),
        tab=2,
    ),
    menu.Entry(
        "总览",
        "schedules:board",
        "process",
        20,
        permission=Permission.REPORT_VIEW,
        marks=("schedules:board",),
    ),
    menu.Entry(
        "计划与表样",
        "schedules:plan-list",
        "administration",
        10,
        permission=Permission.PLAN_EDIT,
        marks=("schedules:plan", "schedules:case", "schedules:definition"),
    ),
    menu.Entry(
        "工作日历",
        "schedules:calendar",
        "administration",
        20,
        permission=Permission.CALENDAR_EDIT,
        marks=("schedules:calendar",),
    ),
)
menu.register_parts(
    "schedules:report-matrix",
    menu.Part("月报", "schedules:report-matrix", 10, permission=Permission.REPORT_VIEW),
)
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
tones.register(
    DutyState,
    {
        DutyState.SUBMITTED: "info",
        DutyState.RETURNED: "bad",
        DutyState.ACCEPTED: "ok",
        DutyState.CONFIRMED: "ok",
    },
)


@panels.register
def show_reports(actor: Actor, organization: Organization) -> list[Panel]:
    """How the newest of what the organisation owes stands. One query."""
    if not actor.may_at(Permission.REPORT_VIEW, organization.path):
        return []
    matrix = f"{reverse('schedules:report-matrix')}?organization={organization.pk}"
    duties = list(latest_duties(organization, PANEL_DUTIES))
    if not duties:
        return []
    is_one_plan = len({duty.plan_id for duty in duties}) == 1
    rows = tuple(
        PanelRow(
            periods.label(duty.period) if is_one_plan and not duty.subject_kind else duty.title,
            *_standing(duty),
        )
        for duty in duties
    )
    return [Panel(duties[0].plan.name if is_one_plan else "应办事项", rows, url=matrix)]


def _standing(duty: Duty) -> tuple[str, str, str]:
    """Word, address and tone of one duty."""
    kind = fulfilment.of(duty.plan)
    word, tone = standing_word(kind, duty, clock.now())
    if tone == "mute":
        word = f"{duty.due_on.month}月{duty.due_on.day}日 前{kind.words.act}"
    return word, kind.url(duty), tone
