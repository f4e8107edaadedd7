"""What a report refers to is added and taken out while the report is written."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict

from .. import evidence
from ..evidence import Found, Reference
from ..models import Evidence, Report, ReportEvidence
from ..queries.reports import EDITABLE_ITEMS
from . import reports

E = TypeVar("E", bound=Evidence)


def link(model: type[E], *, found: Found, by: Actor, **owner: Any) -> tuple[E, bool]:
    """Has `owner` refer to a record, within the running action, and tells whether that is new."""
    kind, uid = found.reference
    now = {"label": found.label[:200], "linked_at": clock.now(), "linked_by_name": by.name[:100]}
    return model._default_manager.get_or_create(**owner, kind=kind, uid=uid, defaults=now)


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
    row, is_new = link(ReportEvidence, found=found, by=by, report=saved, item_key=item_key)
    if is_new:
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
