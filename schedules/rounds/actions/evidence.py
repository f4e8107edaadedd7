"""What a report refers to is added and taken out while the report is written."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict

from .. import evidence
from ..evidence import Reference
from ..models import Report, ReportEvidence
from ..queries.reports import EDITABLE_ITEMS
from . import reports


@action
def take_over(
    *,
    report: Report,
    revision: int,
    typed: Mapping[str, Any],
    item_key: str,
    reference: Reference,
    by: Actor,
    replies: Mapping[str, str] | None = None,
    outcomes: Sequence[Mapping[str, Any]] | None = None,
) -> Report:
    """Saves the draft as `reports.save_draft` does, with the record that the item now speaks of.
    Idempotent. Raises as that does, Conflict for an item that is not open, DomainError for a record
    that the actor may not open."""
    saved = reports.save_draft(
        report=report, revision=revision, typed=typed, replies=replies, outcomes=outcomes, by=by
    )
    found = evidence.opened(by, reference)
    _expect_open(saved, item_key)
    try:
        with transaction.atomic():
            row = ReportEvidence.objects.create(
                report=saved,
                item_key=item_key,
                kind=reference[0],
                uid=reference[1],
                label=found.label[:200],
                linked_at=clock.now(),
                linked_by_name=by.name[:100],
            )
    except IntegrityError:  # it is there already
        return saved
    _note("schedules.report.cite", row, by)
    return saved


@action
def drop(*, report: Report, pk: int, by: Actor) -> Report:
    """Takes a reference out of an item that is still open; the record itself stays. Idempotent.
    Raises Conflict."""
    report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    row = ReportEvidence.objects.filter(report=report, pk=pk).first()
    if row is None:
        return report
    Report.machine.expect(report, "save")
    _expect_open(report, row.item_key)
    _note("schedules.report.drop", row, by)
    row.delete()
    return report


def _expect_open(report: Report, item_key: str) -> None:
    state = report.items.filter(key=item_key).values_list("state", flat=True).first()
    if state not in EDITABLE_ITEMS:
        raise Conflict("这一项已经报送，不能再改。", code="state")


def _note(verb: str, row: ReportEvidence, by: Actor) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=row.report,
        organization_id=row.report.organization_id,
        changes={"evidence": [None, f"{row.kind}:{row.uid}"]},
    )
