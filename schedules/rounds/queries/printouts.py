"""Reports as they go on paper and into sheets: what was sent, never somebody's draft."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.actor import Actor
from orgs.models import Organization
from orgs.queries.offices import secretaries

from ..enums import ItemKind, ReportState
from ..models import Plan, Report
from ..planned import PLAN_ITEM
from ..validation import plain_text
from .reports import is_being_mended, last_sent, outcomes_sent, reports_below, values_for


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

    @property
    def is_shown(self) -> bool:
        """Attachments stand in a line of their own."""
        return self.kind != ItemKind.FILES


@dataclass(slots=True)
class Printout:
    """One report on paper, with the lines of its head."""

    report: Report
    secretary: str
    filled_by: str
    items: list[PrintItem]
    file_names: list[str]
    is_sent: bool

    @property
    def organization(self) -> Organization:
        return self.report.organization

    @property
    def figures(self) -> dict[str, int]:
        """Figure key -> value."""
        return {row["key"]: row["value"] for item in self.items for row in item.figures}

    def words(self, key: str) -> str:
        """The text of the item `key`; several entries stand on lines of their own."""
        return "\n".join(text for item in self.items if item.key == key for text in item.texts)


def printouts(actor: Actor, reports: Sequence[Report]) -> list[Printout]:
    """The reports for printing. Two queries however many; one a figure more for an own draft.

    The writer sees his draft; everybody else what was sent last.
    """
    sent = last_sent(
        report.pk
        for report in reports
        if report.organization_id != actor.organization_id and is_being_mended(report)
    )
    heads = secretaries(report.organization_id for report in reports)
    return [
        _printout(
            report,
            values_for(actor, report, sent.get(report.pk, {})),
            heads.get(report.organization_id, ""),
        )
        for report in reports
    ]


def period_printouts(actor: Actor, plan: Plan, node: Organization, period: str) -> list[Printout]:
    """All reports of the plan's period at and below `node`, in tree order, for printing."""
    rows = reports_below(actor, plan, node, period).prefetch_related("attachments")
    return printouts(actor, list(rows))


def _printout(report: Report, values: dict[str, Any], secretary: str) -> Printout:
    is_sent = report.submitted_at is not None
    goes_on = [one.carried_words for one in outcomes_sent(report) if one.carried_words]
    items = []
    for item in report.items.all():
        value = values.get(item.key, {})
        texts = list(value.get("entries", []))
        if item.kind == ItemKind.TEXT and plain_text(item.kind, value):
            texts = [plain_text(item.kind, value)]
        if item.key == PLAN_ITEM:
            texts += goes_on
        items.append(
            PrintItem(
                position=item.position,
                key=item.key,
                title=item.title,
                kind=item.kind,
                figures=list(value.get("figures", [])),
                texts=texts,
                explanation=item.explanation if is_sent else "",
            )
        )
    return Printout(
        report=report,
        secretary=secretary,
        filled_by=report.submitted_by_name or report.saved_by_name if is_sent else "",
        items=items,
        file_names=[row.name for row in report.attachments.all()] if is_sent else [],
        is_sent=is_sent and report.state != ReportState.DRAFT,
    )
