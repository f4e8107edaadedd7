"""Reads of monthly reports."""

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Substr

from core import clock, figures, periods
from core.actor import Actor
from orgs.enums import Post
from orgs.models import OfficeHolding, Organization
from orgs.models.organization import STEP, path_end, paths_above

from ..definitions import CALENDAR_OF_WORK
from ..enums import DONE_STATES, DutyState, ItemKind, ItemState, ReportState
from ..models import Duty, MonthlyReport, ReportItem, ReportVersion
from ..models.plan import DutyQuerySet
from ..validation import Finding, check, plain_text
from .rollups import rate

EDITABLE_ITEMS = (ItemState.DRAFT, ItemState.RETURNED)


def report_with_items(reports: QuerySet[MonthlyReport]) -> QuerySet[MonthlyReport]:
    """Reports with all that one page of them shows. Four queries when evaluated."""
    return reports.select_related(
        "organization", "organization__parent", "duty__plan", "definition"
    ).prefetch_related("items", "steps", "attachments")


def listed(
    actor: Actor,
    *,
    organization: Organization | None = None,
    below: Organization | None = None,
    period: str = "",
    state: str = "",
    late: bool | None = None,
) -> QuerySet[MonthlyReport]:
    """Reports in the actor's scope, newest period first, then in the order of the tree.

    `organization` means that one alone, `below` it and all under it; `late` whether the report
    was first sent late (one that was never sent was not).
    """
    rows = MonthlyReport.objects.visible_to(actor)
    if organization is not None:
        rows = rows.filter(organization=organization)
    if below is not None:
        rows = rows.filter(
            organization__path__gte=below.path, organization__path__lt=path_end(below.path)
        )
    if period:
        rows = rows.filter(period=period)
    if state:
        rows = rows.filter(state=state)
    if late is not None:
        were_late = Q(duty__submitted_at__gt=F("duty__late_after"))
        rows = rows.filter(were_late) if late else rows.exclude(were_late)
    return rows.select_related("organization", "duty").order_by(
        "-period", "organization__path", "pk"
    )


def accepted_above(path: str, months: Iterable[str]) -> dict[str, Organization]:
    """Month -> the organisation above `path` whose report is accepted: what lies below it stands
    still until that one is reopened. One query."""
    rows = (
        MonthlyReport.objects.filter(
            period__in=list(months),
            organization__path__in=paths_above(path),
            state__in=[ReportState.ACCEPTED, ReportState.CONFIRMED],
        )
        .select_related("organization")
        .order_by("organization__path")
    )
    return {row.period: row.organization for row in rows}


def live_figures(report: MonthlyReport) -> list[dict[str, Any]]:
    """The report's figures as the records give them now. At most one query a figure."""
    keys = [key for spec in report.definition.items for key in spec.get("figures", [])]
    window = figures.Window(report.period, clock.today())
    return figures.rows(keys, [report.organization], window)[report.organization_id]


def shown_values(report: MonthlyReport) -> dict[str, dict[str, Any]]:
    """Item key -> value: figures live while the figures item can still change, frozen after."""
    values = {}
    for item in report.items.all():
        if item.kind == ItemKind.FIGURES and item.state in EDITABLE_ITEMS:
            values[item.key] = {"figures": live_figures(report)}
        else:
            values[item.key] = item.value
    return values


def last_sent(report_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Report id -> item values as they were sent last. One query; none without ids."""
    ids = list(report_ids)
    if not ids:
        return {}
    rows = ReportVersion.objects.filter(report_id__in=ids, is_submission=True)
    return dict(rows.order_by("revision").values_list("report_id", "values"))


def is_being_mended(report: MonthlyReport) -> bool:
    """Whether an item that was sent is open again, so that what is stored may be a draft."""
    return report.submitted_at is not None and any(
        item.state in EDITABLE_ITEMS for item in report.items.all()
    )


def values_for(
    actor: Actor, report: MonthlyReport, sent: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Item key -> value for this reader: the writers see their draft, others what was `sent`."""
    if report.organization_id == actor.organization_id:
        return shown_values(report)
    return {
        item.key: sent.get(item.key, {}) if item.state in EDITABLE_ITEMS else item.value
        for item in report.items.all()
    }


def previous_report(report: MonthlyReport) -> MonthlyReport | None:
    """Last month's report of the same organisation, with its items. Two queries."""
    return (
        MonthlyReport.objects.filter(
            organization_id=report.organization_id, period=periods.shift(report.period, -1)
        )
        .prefetch_related("items")
        .first()
    )


def values_of(report: MonthlyReport | None) -> dict[str, dict[str, Any]]:
    """Item key -> stored value."""
    return {item.key: item.value for item in report.items.all()} if report else {}


def findings(report: MonthlyReport, values: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """What must be mended or explained before the report is sent; of editable items only."""
    editable = {item.key for item in report.items.all() if item.state in EDITABLE_ITEMS}
    specs = [spec for spec in report.definition.items if spec["key"] in editable]
    return check(specs, values, previous=values_of(previous_report(report)))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A ready text that can be taken over into an item."""

    item_key: str
    text: str
    source: str


def suggestions(report: MonthlyReport, values: Mapping[str, Mapping[str, Any]]) -> list[Suggestion]:
    """Texts the portal can offer: from the month's records, from last month, from the calendar
    of work, and for a committee from what its organisations reported. Three queries."""
    found: list[Suggestion] = []
    rows = {
        row["key"]: row["value"] for value in values.values() for row in value.get("figures", [])
    }
    month = int(report.period[5:7])
    if rows.get("members_joined"):
        found.append(
            Suggestion("highlights", f"本月接收预备党员 {rows['members_joined']} 名。", "党员名册")
        )
    if rows.get("members_became_full"):
        found.append(
            Suggestion(
                "highlights", f"本月 {rows['members_became_full']} 名预备党员按期转正。", "党员名册"
            )
        )
    last = previous_report(report)
    before = values_of(last)
    planned = plain_text(ItemKind.TEXT, before.get("next_plan", {}))
    if planned and planned != "无":
        found.append(Suggestion("highlights", f"落实上月打算：{planned}"[:200], "上月打算"))
    problem = plain_text(ItemKind.TEXT, before.get("problems", {}))
    if problem and problem != "无":
        found.append(Suggestion("problems", problem, "上月未了的问题"))
    for text in CALENDAR_OF_WORK.get(month % 12 + 1, []):
        found.append(Suggestion("next_plan", text, "工作日历"))
    if not report.organization.is_branch:
        found += _from_below(report)
    return found


def _from_below(report: MonthlyReport) -> list[Suggestion]:
    """Highlights and problems of the organisations below that have been sent this month."""
    items = (
        ReportItem.objects.filter(
            report__period=report.period,
            report__organization__path__gt=report.organization.path,
            report__organization__path__lt=path_end(report.organization.path),
            key__in=["highlights", "problems"],
            state__in=[ItemState.SUBMITTED, ItemState.ACCEPTED],
        )
        .select_related("report__organization")
        .order_by("key", "report__organization__path")[:120]
    )
    found = []
    for item in items:
        texts = item.value.get("entries") or [item.value.get("text", "")]
        for text in texts:
            if text and text not in ("无", "无。"):
                name = str(item.report.organization)
                found.append(Suggestion(item.key, f"{name}：{text}", name))
    return found


def waiting(actor: Actor, *, everything: bool = False) -> QuerySet[MonthlyReport]:
    """Reports that wait for the actor's check: those of the organisations directly below his,
    or with `everything` all below, first come first."""
    rows = MonthlyReport.objects.visible_to(actor).filter(state=ReportState.SUBMITTED)
    rows = rows.exclude(organization_id=actor.organization_id or 0)
    if not everything:
        rows = rows.filter(organization__parent_id=actor.organization_id or 0)
    return rows.select_related("organization", "duty").order_by("submitted_at", "pk")


def waiting_for_second_look(actor: Actor) -> QuerySet[MonthlyReport]:
    """Accepted reports whose plan asks for a second look from the actor's level."""
    return (
        MonthlyReport.objects.visible_to(actor)
        .filter(
            state=ReportState.ACCEPTED,
            duty__plan__needs_second_look=True,
            checked_by_path__gt=actor.organization_path,
            organization__parent__parent_id=actor.organization_id or 0,
        )
        .select_related("organization", "duty")
        .order_by("submitted_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One mark of the matrix. `tone`: a accepted, s sent, r returned, l late, m missing,
    d not due yet, x not expected."""

    tone: str
    text: str
    title: str
    url_kind: str = ""  # report: opens that report; node: opens the rows below
    report_id: int | None = None
    period: str = ""


@dataclass(slots=True)
class Row:
    """One organisation of the matrix."""

    organization: Organization
    secretary: str
    indent: int
    has_children: bool
    cells: list[Cell] = field(default_factory=list)
    on_time_rate: int | None = None  # per cent of what was due


@dataclass(slots=True)
class Matrix:
    """Organisation × month. `totals` counts the last month over all organisations below."""

    node: Organization
    months: list[str]
    rows: list[Row]
    totals: dict[str, int]
    previous_on_time: int
    as_of: dt.datetime
    due_on: dt.date | None
    average_minutes: int | None
    previous_average_minutes: int | None


@dataclass(slots=True)
class _Tally:
    expected: int = 0
    sent: int = 0
    done: int = 0
    late: int = 0
    returned: int = 0
    missing: int = 0
    spent: int = 0  # seconds, of the reports that know them
    spent_on: int = 0
    due_on: dt.date | None = None

    def add(self, other: "_Tally") -> None:
        for name in ("expected", "sent", "done", "late", "returned", "missing"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.spent += other.spent
        self.spent_on += other.spent_on
        self.due_on = other.due_on or self.due_on


# Above this many organisations a node shows its children summed up.
DETAILED = 150
ORGANIZATION_FIELDS = (
    "id",
    "name",
    "short_name",
    "kind",
    "parent_id",
    "path",
    "depth",
    "founded_on",
)
DUTY_FIELDS = (
    "organization_id",
    "organization__path",
    "period",
    "state",
    "submitted_at",
    "late_after",
    "due_at",
    "due_on",
    "report__id",
    "report__spent_seconds",
)


def report_matrix(
    node: Organization, *, last: str, months: int = 6, states: frozenset[str] = frozenset()
) -> Matrix:
    """Who has reported and who has not, below `node`, for `months` months ending with `last`.

    A node with many organisations shows its children summed up (5/6 sent), which the database
    does; one with few shows every organisation. At most six queries whatever the size.
    """
    now = clock.now()
    span = periods.months_back(last, months)
    below = Organization.objects.below(node.path).active().only(*ORGANIZATION_FIELDS)
    organizations = list(below.order_by("path")[: DETAILED + 1])
    detailed = len(organizations) <= DETAILED
    duties = _duties_below(node, span)
    if detailed:
        parents = {row.parent_id for row in organizations}
    else:
        organizations = list(below.filter(Q(pk=node.pk) | Q(parent=node.pk)).order_by("path"))
        keys = {row.pk for row in organizations}
        parents = set(
            Organization.objects.active()
            .filter(parent__in=keys - {node.pk})
            .order_by()
            .values_list("parent_id", flat=True)
            .distinct()
        )
        tallies = _summed(duties, len(node.path) + STEP, now)
        duties = duties.filter(organization__in=keys - parents | {node.pk})
    rows = list(duties.values_list(*DUTY_FIELDS))
    returned_items = dict(
        ReportItem.objects.filter(
            state=ItemState.RETURNED,
            report__in=[row[8] for row in rows if row[3] == DutyState.RETURNED],
        )
        .order_by()
        .values_list("report_id")
        .annotate(n=Count("pk"))
    )
    own: dict[tuple[str, str], tuple[Any, ...]] = {(row[1], row[2]): row for row in rows}
    depth_here = node.depth
    shown = [row for row in organizations if row.depth > depth_here or node.is_branch]
    if not node.is_branch and any((node.path, period) in own for period in span):
        shown.insert(0, node)
    if detailed:
        heads = {row.path for row in shown if row.path != node.path or node.is_branch}
        tallies = _tallies_of(rows, heads, now)
    names = secretaries(row.pk for row in shown)
    matrix_rows = []
    for organization in shown:
        has_children = organization.pk in parents and organization.pk != node.pk
        entry = Row(
            organization=organization,
            secretary=names.get(organization.pk, ""),
            indent=max(0, organization.depth - depth_here - 1),
            has_children=has_children,
        )
        due = on_time = 0
        for period in span:
            row = own.get((organization.path, period))
            tally = tallies.get((organization.path, period), _Tally())
            if has_children:
                entry.cells.append(_sum_cell(tally, period))
                due += tally.sent + tally.missing
                on_time += tally.sent - tally.late
            else:
                entry.cells.append(_own_cell(organization, row, period, returned_items, now))
                if row is not None and (row[4] is not None or now > row[6]):
                    due += 1
                    on_time += row[4] is not None and row[4] <= row[5]
        entry.on_time_rate = rate(on_time, due)
        if (
            not states
            or (entry.cells and entry.cells[-1].tone in states)
            or (has_children and states & _tones(tallies.get((organization.path, last), _Tally())))
        ):
            matrix_rows.append(entry)
    # What hangs on the node itself is no row below it.
    totals: dict[str, _Tally] = defaultdict(_Tally)
    if detailed:
        for row in rows:
            if row[1] != node.path or node.is_branch:
                _count(totals[row[2]], row, now)
    else:
        for (path, period), tally in tallies.items():
            if path != node.path:
                totals[period].add(tally)
    total, before = totals[last], totals[span[-2]] if len(span) > 1 else _Tally()
    own_duty = own.get((node.path, last))
    return Matrix(
        node=node,
        months=span,
        rows=matrix_rows,
        totals={
            "expected": total.expected,
            "sent": total.sent,
            "on_time": total.sent - total.late,
            "done": total.done,
            "late": total.late,
            "returned": total.returned,
            "missing": total.expected - total.sent,
            "overdue": total.missing,
        },
        previous_on_time=before.sent - before.late,
        as_of=now,
        due_on=total.due_on or (own_duty[7] if own_duty else None),
        average_minutes=_minutes(total),
        previous_average_minutes=_minutes(before),
    )


def _duties_below(node: Organization, span: Iterable[str]) -> DutyQuerySet:
    """The duties with a report at and below the node, but for the waived ones."""
    return Duty.objects.filter(
        organization__path__gte=node.path,
        organization__path__lt=path_end(node.path),
        period__in=list(span),
        report__isnull=False,
    ).exclude(state=DutyState.WAIVED)


def _summed(duties: DutyQuerySet, length: int, now: dt.datetime) -> dict[tuple[str, str], _Tally]:
    """(the first `length` digits of the path, period) -> figures, counted by the database by the
    same conditions as `_count`. One query."""
    is_sent = Q(submitted_at__isnull=False)
    rows: Any = (
        duties.order_by()
        .annotate(head=Substr("organization__path", 1, length))
        .values_list("head", "period")
        .annotate(
            n=Count("pk"),
            n_sent=Count("pk", filter=is_sent),
            n_done=Count("pk", filter=Q(state__in=DONE_STATES)),
            n_late=Count("pk", filter=Q(submitted_at__gt=F("late_after"))),
            n_returned=Count("pk", filter=Q(state=DutyState.RETURNED)),
            n_missing=Count("pk", filter=~is_sent & Q(due_at__lt=now)),
            seconds=Coalesce(Sum("report__spent_seconds"), 0),
            n_spent=Count("pk", filter=Q(report__spent_seconds__gt=0)),
            due=Max("due_on"),
        )
    )
    return {(head, period): _Tally(*figures) for head, period, *figures in rows}


def _tallies_of(
    rows: Iterable[tuple[Any, ...]], heads: Container[str], now: dt.datetime
) -> dict[tuple[str, str], _Tally]:
    """(path of one of `heads`, period) -> figures of the duties at and below it."""
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for row in rows:
        for length in range(STEP, len(row[1]) + 1, STEP):
            if row[1][:length] in heads:
                _count(tallies[row[1][:length], row[2]], row, now)
    return tallies


def _minutes(tally: _Tally) -> int | None:
    return round(tally.spent / tally.spent_on / 60) if tally.spent_on else None


def _tones(tally: _Tally) -> set[str]:
    tones = set()
    if tally.missing or tally.expected > tally.sent:
        tones.add("m")
    if tally.returned:
        tones.add("r")
    if tally.sent - tally.done - tally.returned > 0:
        tones.add("s")
    if tally.late:
        tones.add("l")
    if tally.done:
        tones.add("a")
    return tones


def _count(tally: _Tally, row: tuple[Any, ...], now: dt.datetime) -> None:
    _, _, _, state, submitted_at, late_after, due_at, due_on, _, spent = row
    tally.expected += 1
    tally.due_on = due_on
    if spent:
        tally.spent += spent
        tally.spent_on += 1
    if submitted_at is not None:
        tally.sent += 1
        tally.late += submitted_at > late_after
    elif now > due_at:
        tally.missing += 1
    tally.done += state in DONE_STATES
    tally.returned += state == DutyState.RETURNED


def _sum_cell(tally: _Tally, period: str) -> Cell:
    if not tally.expected:
        return Cell("x", "—", "不计入应报", period=period)
    text = f"{tally.sent}/{tally.expected}"
    if tally.missing:
        tone, word = "m", f"{tally.missing} 个未报"
    elif tally.returned:
        tone, word = "r", f"{tally.returned} 个退回"
    elif tally.sent < tally.expected:
        tone, word = "d", "未到截止"
    elif tally.late:
        tone, word = "l", f"{tally.late} 个迟报"
    elif tally.done == tally.expected:
        tone, word = "a", "全部通过"
    else:
        tone, word = "s", f"{tally.expected - tally.done} 个待核"
    return Cell(tone, text, word, "node", period=period)


def _own_cell(
    organization: Organization,
    row: tuple[Any, ...] | None,
    period: str,
    returned_items: Mapping[int, int],
    now: dt.datetime,
) -> Cell:
    if row is None:
        founded = organization.founded_on
        is_younger = founded is not None and founded > periods.last_day(period)
        return Cell("x", "—", "当时尚未成立" if is_younger else "不计入应报", period=period)
    _, _, _, state, submitted_at, late_after, due_at, due_on, report_id, _ = row
    late = submitted_at is not None and submitted_at > late_after
    days = (submitted_at - late_after).days + 1 if late else 0
    if state == DutyState.RETURNED:
        count = returned_items.get(report_id, 0)
        cell = ("r", f"退回{count}项" if count else "退回", "退回待补")
    elif submitted_at is None:
        cell = ("m", "未报", "未报送") if now > due_at else ("d", "待报", f"{due_on:%m-%d} 截止")
    elif state in DONE_STATES:
        cell = ("l", f"迟{days}天", "迟报，已通过") if late else ("a", "通过", "已通过")
    else:
        cell = ("l", f"迟{days}天", "迟报，待核") if late else ("s", "待核", "待核")
    return Cell(*cell, url_kind="report", report_id=report_id, period=period)


def secretaries(organization_ids: Iterable[int]) -> dict[int, str]:
    """Organisation id -> name of its secretary. One query."""
    return dict(
        OfficeHolding.objects.current()
        .filter(post=Post.SECRETARY, organization_id__in=set(organization_ids))
        .values_list("organization_id", "person_name")
    )


def missing_duties(node: Organization, period: str) -> DutyQuerySet:
    """Duties below `node` whose report for `period` has not been sent or was returned."""
    return (
        Duty.objects.outstanding()
        .filter(
            organization__path__gte=node.path,
            organization__path__lt=path_end(node.path),
            period=period,
            report__isnull=False,
        )
        .select_related("organization", "plan")
        .order_by("organization__path")
    )


def reports_below(node: Organization, period: str) -> QuerySet[MonthlyReport]:
    """All reports of `period` below `node`, with their items, in tree order. Two queries."""
    return (
        MonthlyReport.objects.filter(
            period=period,
            organization__path__gte=node.path,
            organization__path__lt=path_end(node.path),
        )
        .select_related("organization", "duty", "definition")
        .prefetch_related(Prefetch("items", ReportItem.objects.order_by("position")))
        .order_by("organization__path")
    )
