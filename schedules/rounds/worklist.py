"""What schedules puts on a person's home page."""

from django.urls import reverse

from core import clock, periods
from core.actor import Actor
from core.worklist import SideCard, WorkItem, Worklist
from orgs.models import Organization
from orgs.permissions import Permission

from .enums import DONE_STATES, DutyState, ItemState
from .models import Duty, ReportItem
from .queries.duties import opened_periods
from .queries.reports import (
    accepted_above,
    missing_duties,
    waiting,
    waiting_for_second_look,
)

WRITE_MINUTES = 10
MEND_MINUTES = 4


def provide(actor: Actor, worklist: Worklist) -> None:
    """Own duties to be done or mended, reports waiting for a check, organisations missing."""
    if actor.may(Permission.REPORT_DRAFT):
        _own(actor, worklist)
    if actor.may(Permission.REPORT_CHECK):
        _to_check(actor, worklist)


def _own(actor: Actor, worklist: Worklist) -> None:
    today, now = clock.today(), clock.now()
    duties = list(
        Duty.objects.filter(organization_id=actor.organization_id or 0, report__isnull=False)
        .select_related("plan", "report")
        .order_by("-period")[:18]
    )
    still = accepted_above(actor.organization_path, {duty.period for duty in duties})
    returned = _returned_items([duty for duty in duties if duty.state == DutyState.RETURNED])
    current = periods.containing(today, periods.MONTH)
    for duty in duties:
        label = f"{periods.label(duty.period)}{duty.plan.name}"
        url = reverse("schedules:report-detail", args=[duty.report.pk])
        days = (duty.due_on - today).days
        if duty.period in still or duty.is_locked(now):
            continue  # nothing that can still be done
        if duty.state == DutyState.RETURNED:
            items = returned.get(duty.report.pk, [])
            titles = "、".join(f"“{item.title}”" for item in items)
            reason = items[0].return_reason if items else ""
            worklist.items.append(
                WorkItem(
                    title=f"{label}：{titles}退回补充",
                    text=f"{reason} 其余项目已通过，不必重报。".strip(),
                    url=url,
                    button="补充这一项" if len(items) == 1 else "补充",
                    due_on=duty.due_on,
                    lead="退回",
                    lead_note=_ago(
                        items[0].checked_at.date() if items and items[0].checked_at else None, today
                    ),
                    tone="bad",
                    minutes=MEND_MINUTES,
                    order=(0, days),
                    is_primary=True,
                )
            )
        elif duty.state == DutyState.OPEN and (duty.period < current or duty.due_on <= today):
            overdue = duty.is_overdue(now)
            worklist.items.append(
                WorkItem(
                    title=label,
                    text="已过截止日，仍可补报，会记为迟报。"
                    if overdue
                    else "数据已由系统算好，补上文字即可报送。",
                    url=url,
                    button="补报" if overdue else "填写月报",
                    due_on=duty.due_on,
                    days_left=days,
                    lead=f"过期 {-days} 天" if overdue else (f"{days} 天" if days else "今天"),
                    lead_note=f"{duty.due_on.month}月{duty.due_on.day}日 前",
                    tone="bad" if overdue else ("warn" if days <= 3 else ""),
                    minutes=WRITE_MINUTES,
                    order=(1, days),
                    is_primary=not worklist.items,
                )
            )
        elif duty.state == DutyState.OPEN:
            worklist.items.append(
                WorkItem(
                    title=f"{label}草稿已备好",
                    text=f"数据由记录自动计算，{duty.due_on.month}月{duty.due_on.day}日 前报送。",
                    url=url,
                    button="查看草稿",
                    lead=f"{int(duty.period[5:7])}月",
                    lead_note="月报草稿",
                    order=(8, days),
                    group="drafts",
                )
            )
    year = str(today.year)
    this_year = [duty for duty in duties if duty.period.startswith(year) and duty.period < current]
    worklist.done_count += sum(
        duty.state in DONE_STATES or duty.state == DutyState.SUBMITTED
        for duty in duties
        if duty.period == periods.shift(current, -1)
    )
    if this_year:
        sent = [duty for duty in this_year if duty.submitted_at]
        worklist.cards.append(
            SideCard(
                title=f"{actor.organization_name} {year} 年",
                rows=(
                    ("月报已报送", f"{len(sent)} / {len(this_year)}"),
                    ("按时", f"{sum(not duty.is_late for duty in sent)} / {len(this_year)}"),
                    (
                        "已通过",
                        f"{sum(duty.state in DONE_STATES for duty in this_year)} / {len(this_year)}",
                    ),
                ),
            )
        )


def _returned_items(duties: list[Duty]) -> dict[int, list[ReportItem]]:
    found: dict[int, list[ReportItem]] = {}
    if duties:
        for item in ReportItem.objects.filter(
            report__duty__in=[duty.pk for duty in duties], state=ItemState.RETURNED
        ).order_by("position"):
            found.setdefault(item.report_id, []).append(item)
    return found


def _ago(day: object, today: object) -> str:
    if day is None:
        return ""
    days = (today - day).days  # type: ignore[operator]
    return {0: "今天", 1: "昨天"}.get(days, f"{days} 天前")


def _to_check(actor: Actor, worklist: Worklist) -> None:
    today = clock.today()
    rows = waiting(actor)
    count = rows.count()
    if count:
        oldest = rows.first()
        waited = (
            (today - clock.now().date()).days
            if oldest is None
            else (clock.now() - (oldest.submitted_at or clock.now())).days
        )
        worklist.items.append(
            WorkItem(
                title=f"{count} 份月报待核",
                text=f"最早的一份已等 {waited} 天。逐项核对，可只退回其中一项。"
                if waited
                else "逐项核对，可只退回其中一项。",
                url=reverse("schedules:report-queue"),
                button="核报",
                lead=f"{count} 份",
                lead_note="待核",
                tone="warn" if waited >= 2 else "",
                minutes=2 * min(count, 15),
                order=(2, -count),
                is_primary=not worklist.items,
            )
        )
    second = waiting_for_second_look(actor).count()
    if second:
        worklist.items.append(
            WorkItem(
                title=f"{second} 份月报待复核",
                text="下级已通过，按计划需上级复核。",
                url=f"{reverse('schedules:report-queue')}?second=1",
                button="复核",
                lead=f"{second} 份",
                lead_note="待复核",
                minutes=min(second, 20),
                order=(3, -second),
            )
        )
    node = Organization.objects.filter(pk=actor.organization_id or 0).first()
    period = opened_periods(node).shown_first if node else None
    if node is None or period is None:
        return
    missing = missing_duties(node, period).exclude(organization=node)
    not_sent = missing.filter(state=DutyState.OPEN).count()
    if not_sent:
        worklist.items.append(
            WorkItem(
                title=f"{not_sent} 个组织未报{periods.label(period)}月报",
                text="可一键提醒，只提醒未报的。",
                url=f"{reverse('schedules:report-matrix')}?period={period}&state=missing",
                button="查看并提醒",
                lead=f"{not_sent} 个",
                lead_note="未报送",
                tone="bad" if missing.overdue().exists() else "warn",
                minutes=1,
                order=(4, -not_sent),
            )
        )
