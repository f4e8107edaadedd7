"""Reports as they go on paper and into sheets: what was sent, never somebody's draft."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.actor import Actor
from core.figures import UNKNOWN, as_shown
from orgs.models import Organization
from orgs.queries.offices import secretaries

from .. import item_kinds
from ..enums import ReportState
from ..models import DutyStanding, Plan, Report, ReportItem
from ..models.vocabulary import Counted
from ..planned import PLAN_ITEM
from .estimates import Estimates
from .reports import (
    is_being_mended,
    last_sent,
    outcomes_sent,
    reports_of,
    standings_below,
    values_for,
)


@dataclass(slots=True)
class PrintItem:
    """One item on paper."""

    position: int
    key: str
    title: str
    kind: str
    figures: list[dict[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    explanation: str = ""
    grid: list[list[str]] = field(default_factory=list)  # the head first
    cell: object = None  # in one cell of a sheet

    @property
    def is_shown(self) -> bool:
        """Attachments stand in a line of their own."""
        return item_kinds.of(self.kind).is_paper


@dataclass(slots=True)
class Printout:
    """One report on paper, with the lines of its head."""

    report: Report
    secretary: str
    filled_by: str
    items: list[PrintItem]
    file_names: list[str]
    is_sent: bool
    minutes: float = 0.0  # that filling it in takes, as a rule

    @property
    def organization(self) -> Organization:
        return self.report.organization

    @property
    def figures(self) -> dict[str, int]:
        """Figure key -> value."""
        return {
            row["key"]: row["value"]
            for item in self.items
            for row in item.figures
            if row["value"] != UNKNOWN
        }

    def cell(self, key: str) -> object:
        """What the item `key` is in one cell of a sheet; several entries stand on lines."""
        return next((item.cell for item in self.items if item.key == key), None)


def printouts(actor: Actor, reports: Sequence[Report]) -> list[Printout]:
    """The reports for printing. Three queries however many; one a figure more for an own draft.

    The writer sees his draft; everybody else what was sent last.
    """
    sent = last_sent(
        report.pk
        for report in reports
        if report.organization_id != actor.organization_id and is_being_mended(report)
    )
    heads = secretaries(report.organization_id for report in reports)
    estimates = Estimates.load() if reports else Estimates({})
    return [
        _printout(
            report,
            values_for(actor, report, sent.get(report.pk, {})),
            heads.get(report.organization_id, ""),
            estimates,
        )
        for report in reports
    ]


@dataclass(slots=True)
class PrintedPeriod:
    """A plan's period on paper: the reports in the reader's scope, in tree order, and what else
    counts at the node, of organisations that have left his scope since: counted, not named."""

    plan: Plan
    node: Organization
    period: str
    rows: list[Printout]
    elsewhere: list[DutyStanding] = field(default_factory=list)

    @property
    def sent(self) -> list[Printout]:
        """The reports that were sent."""
        return [row for row in self.rows if row.is_sent]

    @property
    def counts(self) -> Counter[Counted]:
        """The words of the vocabulary over all of them, as the board counts them."""
        found: Counter[Counted] = Counter()
        for row in self.rows:
            found.update(row.report.duty.counts_as)
        for one in self.elsewhere:
            found.update(one.counts_as)
        return found

    def named(self, word: Counted) -> list[str]:
        """The organisations in the reader's scope that count as the word."""
        return [str(row.organization) for row in self.rows if word in row.report.duty.counts_as]


def period_printouts(actor: Actor, plan: Plan, node: Organization, period: str) -> PrintedPeriod:
    """All reports of the plan's period at and below `node`, for printing."""
    counted = standings_below(plan, node, period)
    rows = reports_of(actor, counted).prefetch_related("attachments")
    elsewhere = counted.exclude(pk__in=counted.visible_to(actor).values("pk"))
    return PrintedPeriod(plan, node, period, printouts(actor, list(rows)), list(elsewhere))


def print_item(
    item: ReportItem, spec: Mapping[str, Any] | None, value: Mapping[str, Any]
) -> PrintItem:
    """The item with this value on paper. No queries."""
    kind = item_kinds.of(item.kind)
    return PrintItem(
        position=item.position,
        key=item.key,
        title=item.title,
        kind=item.kind,
        figures=[as_shown(row) for row in value.get("figures", [])],
        texts=kind.lines(value, spec),
        grid=kind.grid(value, spec),
        cell=kind.cell(value, spec) if value else None,
    )


def _printout(
    report: Report, values: dict[str, Any], secretary: str, estimates: Estimates
) -> Printout:
    is_sent = report.submitted_at is not None
    goes_on = [one.carried_words for one in outcomes_sent(report) if one.carried_words]
    specs = {spec["key"]: spec for spec in report.definition.items}
    rows = []
    for item in report.items.all():
        row = print_item(item, specs.get(item.key), values.get(item.key, {}))
        if item.key == PLAN_ITEM and goes_on:
            row.texts = [*row.texts, *goes_on]
            row.cell = "\n".join(row.texts)
        if is_sent:
            row.explanation = item.explanation
        rows.append(row)
    return Printout(
        report=report,
        secretary=secretary,
        filled_by=report.submitted_by_name or report.saved_by_name if is_sent else "",
        items=rows,
        file_names=[row.name for row in report.attachments.all()] if is_sent else [],
        is_sent=is_sent and report.state != ReportState.DRAFT,
        minutes=estimates.minutes(
            report.definition.key, item_kinds.asked(report.definition.items, report.period)
        ),
    )
