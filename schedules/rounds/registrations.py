"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from core import clock, demo, menu, periods, searching, tones, worklist
from core import verbs as core_verbs
from core.actor import Actor
from core.searching import Hit, Hits
from orgs import alarms, lifecycle, panels
from orgs.models import Organization
from orgs.panels import Panel, PanelRow
from orgs.permissions import Permission

from . import (  # noqa: F401  (register themselves)
    asks,
    evidence,
    figures,
    fulfilment,
    jobs,
    kinds,
    packs,
    relations,
    self_checks,
    starting,
    verbs,
)
from .actions import contacts, rollups
from .enums import DutyState, ItemState, ReportState
from .evidence import Reference, Use
from .models import Duty, Report, ReportEvidence
from .queries import asked, estimates, worked
from .queries.duties import latest_duties
from .queries.readings import around, with_words
from .words import standing_word
from .worklist import elsewhere, front, provide

PANEL_DUTIES = 6
LISTS_LOOKED_AT = 10  # in a day
FOUND = 6  # items with the words that were searched for
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


def _numbers_looked_at(since: dt.datetime) -> Iterator[alarms.Alarm]:
    """Who looked at the telephone numbers of many lists. One query."""
    for key, name, count in alarms.by_person(since, Q(verb__in=(contacts.VERB,)), LISTS_LOOKED_AT):
        yield alarms.Alarm(
            key,
            f"{name}一天内查看 {count} 份名单的电话",
            "请核对用途是否与催报相符；看了哪些名单、事由见审计记录“查看名单电话”。",
        )


alarms.register(alarms.Rule("schedules.phones", "多次查看名单电话", _numbers_looked_at))
asks.register(
    asks.Source(
        asked.PLANNED,
        "计划和表样",
        {"plan": "计划", "form": "表样"},
        asked.asks_of_plans,
        asked.totals_of_duties,
        estimates.written_items,
    )
)
demo.register("schedules.rounds.demo.rounds", order=40)
demo.register("schedules.rounds.demo.marks", order=45)
demo.register("schedules.rounds.demo.burden", order=120)  # counts what the others ask
core_verbs.register("schedules", verbs.VERBS, verbs.FIELDS)
menu.register(
    menu.Entry(
        "月度调度",
        "schedules:report-matrix",
        "process",
        10,
        permission=Permission.REPORT_VIEW,
        marks=("schedules:report", "schedules:duty", "schedules:reading", "schedules:mark"),
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
        "基层减负",
        "schedules:burden",
        "voice",
        20,
        marks=("schedules:burden",),
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
menu.register_parts(
    "schedules:burden",
    menu.Part("基层用时", "schedules:burden", 10),
    menu.Part("减负自查", "schedules:burden-rules", 20),
)
menu.register_parts(
    "schedules:plan-list",
    menu.Part("例行计划", "schedules:plan-list", 10, permission=Permission.PLAN_EDIT),
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


@searching.register
def find_in_reports(actor: Actor, query: str) -> Hits | None:
    """What reports of the last year say, newest first, in the scope; of one sign too much would be
    found. One query."""
    if not actor.may(Permission.REPORT_VIEW) or len(query) < 2:
        return None
    return Hits(
        "月报内容",
        [
            Hit(
                f"{item.report.organization} {item.report.duty.title}",
                f"{item.title}：{around(item.sent_text, query)}",
                f"{item.report.get_absolute_url()}#item-{item.key}",
            )
            for item in with_words(actor, query, FOUND)
        ],
    )


evidence.register(
    evidence.EvidenceKind(
        worked.KEY, "报送的报表", worked.find, evidence.nothing, work=worked.below_place
    )
)


@evidence.register_uses
def uses_in_reports(actor: Actor, reference: Reference) -> list[Use]:
    """The items of reports that refer to the record, newest first. One query."""
    kind, uid = reference
    rows = ReportEvidence.objects.filter(
        kind=kind, uid=uid, report__in=Report.objects.visible_to(actor)
    ).select_related("report__duty__plan", "report__organization")
    return [
        Use(
            f"{row.report.organization}{row.report.duty.title}引用",
            f"{row.report.get_absolute_url()}#item-{row.item_key}",
        )
        for row in rows.order_by("-pk")
    ]


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
