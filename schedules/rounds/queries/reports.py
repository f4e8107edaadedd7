"""Reads of monthly reports."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from core import clock, figures, periods
from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below as in_subtree
from orgs.models.organization import paths_above

from .. import item_kinds
from ..enums import DutyState, ItemKind, ItemState, ReportState
from ..fulfilment import Returned
from ..item_kinds import asked
from ..models import Duty, DutyStanding, Plan, Report, ReportItem, ReportVersion
from ..models.rollup import DutyStandingQuerySet
from ..models.vocabulary import Counted, conditions
from ..planned import PLAN_ITEM, Thing, findings_of, planned, stored
from ..validation import Finding, check
from . import books
from .rollups import place_of

EDITABLE_ITEMS = (ItemState.DRAFT, ItemState.RETURNED)
BELOW_NAMED = 12  # of those below who have not sent; the others are counted


def report_with_items(reports: QuerySet[Report], *, whole: bool = True) -> QuerySet[Report]:
    """Reports with all that one page of them shows; not `whole`, without what has happened to them
    and their files. Four queries when evaluated, or two."""
    more = ("steps", "attachments") if whole else ()
    return reports.select_related(
        "organization", "organization__parent", "duty__plan", "definition"
    ).prefetch_related("items", *more)


def listed(
    actor: Actor,
    *,
    organization: Organization | None = None,
    below: Organization | None = None,
    period: str = "",
    state: str = "",
    late: bool | None = None,
) -> QuerySet[Report]:
    """Reports in the actor's scope, newest period first, then in the order of the tree.

    `organization` means that one alone, `below` it and all under it; `late` whether the report
    was first sent late (one that was never sent was not).
    """
    rows = Report.objects.visible_to(actor)
    if organization is not None:
        rows = rows.filter(organization=organization)
    if below is not None:
        rows = rows.filter(in_subtree(below.path, "organization__"))
    if period:
        rows = rows.filter(period=period)
    if state:
        rows = rows.filter(state=state)
    if late is not None:
        were_late = conditions(Q(duty__submitted_at__gt=F("duty__late_after")), "duty__")[
            Counted.LATE
        ]
        rows = rows.filter(were_late) if late else rows.exclude(were_late)
    return rows.select_related("organization", "duty").order_by(
        "-period", "organization__path", "pk"
    )


def accepted_above_report(report: Report) -> Organization | None:
    """The nearest organisation above whose report of the same plan and period is accepted: what
    was sent below it stands still until that one is reopened. One query."""
    above = (
        Report.objects.filter(
            duty__plan=report.duty.plan_id,
            period=report.period,
            organization__path__in=paths_above(report.organization.path),
            state__in=[ReportState.ACCEPTED, ReportState.CONFIRMED],
        )
        .select_related("organization")
        .order_by("-organization__path")
        .first()
    )
    return above.organization if above else None


@dataclass(frozen=True, slots=True)
class UnsentBelow:
    """Who below an organisation had not sent when it did (or has not yet): how many, and the
    first of them by name."""

    count: int = 0
    names: tuple[str, ...] = ()


def unsent_below(report: Report) -> UnsentBelow:
    """Who below had not sent the same plan's report of the period when this one was sent, or has
    not by now. One query; none for a branch."""
    if report.organization.is_branch:
        return UnsentBelow()
    missing = Q(submitted_at=None)
    if report.submitted_at is not None:
        missing |= Q(submitted_at__gt=report.submitted_at)
    rows = (
        Duty.objects.filter(
            missing,
            in_subtree(report.organization.path, "organization__", itself=False),
            plan=report.duty.plan_id,
            period=report.period,
        )
        .exclude(state=DutyState.WAIVED)
        .select_related("organization")
        .order_by("organization__path")
    )
    names = [str(duty.organization) for duty in rows]
    return UnsentBelow(len(names), tuple(names[:BELOW_NAMED]))


def live_figures(
    report: Report, window: figures.Window, reading: figures.Reading | None = None
) -> list[dict[str, Any]]:
    """The report's figures as the records give them now. The number of queries does not depend
    on rows."""
    keys = [key for spec in report.definition.items for key in spec.get("figures", [])]
    return figures.rows(keys, [report.organization], window, reading)[report.organization_id]


def shown_values(
    report: Report,
    reading: figures.Reading | None = None,
    near: Mapping[str, Report] | None = None,
) -> dict[str, dict[str, Any]]:
    """Item key -> value: figures live while the figures item can still change, frozen after.
    `near` are the reports before and after, where they have been read."""
    values = {}
    for item in report.items.all():
        if item.kind == ItemKind.FIGURES and item.state in EDITABLE_ITEMS:
            window = books.live_window(report, books.neighbours(report) if near is None else near)
            values[item.key] = books.kept(live_figures(report, window, reading), window)
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


def sent_value(item: ReportItem) -> dict[str, Any]:
    """The item as it was sent last; empty for what never was, or was taken back. One query while it
    is open to its writers, none otherwise."""
    if item.state not in EDITABLE_ITEMS:
        return dict(item.value)
    return dict(last_sent([item.report_id]).get(item.report_id, {}).get(item.key, {}))


def sent_rows(item: ReportItem) -> dict[int, str]:
    """What of the item as sent can be read and answered by itself: the whole as 0, or its lines from
    1. Reads the report's form. Queries as `sent_value`."""
    specs = {spec["key"]: spec for spec in item.report.definition.items}
    return item_kinds.of(item.kind).rows(sent_value(item), specs.get(item.key))


def mended_from(report: Report) -> dict[str, dict[str, Any]]:
    """Item key -> what was sent before, of the items that came back, were mended and wait to be
    checked again. One query; none where nothing was mended."""
    keys = [
        item.key
        for item in report.items.all()
        if item.state == ItemState.SUBMITTED and item.return_reason
    ]
    if not keys:
        return {}
    sent = report.versions.filter(is_submission=True).values_list("values", flat=True)[:2]
    before = list(sent)[1:]
    return {key: before[0].get(key, {}) for key in keys} if before else {}


def is_being_mended(report: Report) -> bool:
    """Whether an item that was sent is open again, so that what is stored may be a draft."""
    return report.submitted_at is not None and any(
        item.state in EDITABLE_ITEMS for item in report.items.all()
    )


def values_for(
    actor: Actor,
    report: Report,
    sent: Mapping[str, Any],
    reading: figures.Reading | None = None,
    near: Mapping[str, Report] | None = None,
) -> dict[str, dict[str, Any]]:
    """Item key -> value for this reader: the writers see their draft, others what was `sent`."""
    if report.organization_id == actor.organization_id:
        return shown_values(report, reading, near)
    return {
        item.key: sent.get(item.key, {}) if item.state in EDITABLE_ITEMS else item.value
        for item in report.items.all()
    }


def previous_report(report: Report) -> Report | None:
    """The same organisation's report of the same plan for the period before, with its items. Two
    queries."""
    return previous_of(report, books.neighbours(report))


def previous_of(report: Report, near: Mapping[str, Report]) -> Report | None:
    """The report of the period before, among those around. No query."""
    return near.get(periods.shift(report.period, -1))


def values_of(report: Report | None) -> dict[str, dict[str, Any]]:
    """Item key -> stored value."""
    return {item.key: item.value for item in report.items.all()} if report else {}


def findings(
    report: Report, values: Mapping[str, Mapping[str, Any]], near: Mapping[str, Report]
) -> list[Finding]:
    """What must be mended or explained before the report is sent; of editable items only. `near`
    are the reports before and after. No query."""
    editable = {item.key for item in report.items.all() if item.state in EDITABLE_ITEMS}
    specs = [spec for spec in report.definition.items if spec["key"] in editable]
    told = findings_of(report.outcomes, clock.today()) if PLAN_ITEM in editable else []
    is_carried = any(one.is_carried for one in stored(report.outcomes))
    found = check(
        specs,
        values,
        previous=values_of(previous_of(report, near)),
        form=asked(report.definition.items, report.period),
        period=report.period,
        filled={PLAN_ITEM} if is_carried else set(),
    )
    return found + told


def outcomes_sent(report: Report) -> list[Thing]:
    """What became of what was planned before, as it was sent; nothing while that is being written.
    No query where the items are read."""
    sent = any(
        item.key == PLAN_ITEM and item.state not in EDITABLE_ITEMS for item in report.items.all()
    )
    return stored(report.outcomes) if sent else []


def planned_before(previous: Report | None) -> list[Thing]:
    """What the report before planned, thing by thing. No query where its items are read."""
    if previous is None:
        return []
    text = values_of(previous).get(PLAN_ITEM, {}).get("text", "")
    return planned(str(text), previous.outcomes)


def texts_below(report: Report) -> list[tuple[str, str, str]]:
    """What the organisations below have sent as highlights and problems for the same plan and
    period: (item key, organisation, text), of the first 120 items. One query."""
    items = (
        ReportItem.objects.filter(
            in_subtree(report.organization.path, "report__organization__", itself=False),
            report__duty__plan=report.duty.plan_id,
            report__period=report.period,
            key__in=["highlights", "problems"],
            state__in=[ItemState.SUBMITTED, ItemState.ACCEPTED],
        )
        .select_related("report__organization")
        .order_by("key", "report__organization__path")[:120]
    )
    return [
        (item.key, str(item.report.organization), text)
        for item in items
        for text in item.value.get("entries") or [item.value.get("text", "")]
        if text
    ]


def standings_below(plan: Plan, node: Organization, period: str) -> DutyStandingQuerySet:
    """How the plan's duties of `period` stand that count at `node` and below it. One query now,
    for the place of the node."""
    counted = DutyStanding.objects.filter(plan=plan, period=period, until=None)
    return counted.below(place_of(plan, node, period))


def reports_of(actor: Actor, counted: DutyStandingQuerySet) -> QuerySet[Report]:
    """The reports of these standings in the actor's scope, with their items, in tree order. Two
    queries when evaluated."""
    return (
        Report.objects.visible_to(actor)
        .filter(duty__standings__in=counted)
        .select_related("organization", "duty__plan", "definition")
        .prefetch_related(Prefetch("items", ReportItem.objects.order_by("position")))
        .order_by("organization__path")
    )


# --- what the registry of kinds asks about reports ------------------------------------------


def returned_items(duties: Sequence[Duty]) -> dict[int, Returned]:
    """Duty id -> the items that came back. One query."""
    found: dict[int, list[ReportItem]] = {}
    for item in (
        ReportItem.objects.filter(
            report__duty__in=[duty.pk for duty in duties], state=ItemState.RETURNED
        )
        .select_related("report")
        .order_by("position")
    ):
        found.setdefault(item.report.duty_id, []).append(item)
    return {
        duty_id: Returned(
            parts=tuple(item.title for item in items),
            reason=items[0].return_reason,
            at=items[0].checked_at,
        )
        for duty_id, items in found.items()
    }


def returned_counts(duty_ids: Sequence[int]) -> dict[int, int]:
    """Duty id -> how many items of its report came back. One query."""
    return _items_of(duty_ids, ItemState.RETURNED)


def submitted_counts(duty_ids: Sequence[int]) -> dict[int, int]:
    """Duty id -> how many items of its report wait for the checker. One query."""
    return _items_of(duty_ids, ItemState.SUBMITTED)


def _items_of(duty_ids: Sequence[int], state: ItemState) -> dict[int, int]:
    if not duty_ids:
        return {}
    return dict(
        ReportItem.objects.filter(state=state, report__duty__in=duty_ids)
        .order_by()
        .values_list("report__duty")
        .annotate(n=Count("pk"))
    )


def second_look(actor: Actor) -> Q:
    """Duties whose report was accepted below the actor's level, by somebody else than he and whom
    he acts for."""
    own = Q(report__checked_by_id__in=actor.persons)
    return Q(report__checked_by_path__gt=actor.organization_path) & ~own & ~sent_by(actor.persons)


def sent_by(people: Collection[int]) -> Q:
    """Duties whose report these people have sent."""
    return Q(report__submitted_by_id__in=people)
