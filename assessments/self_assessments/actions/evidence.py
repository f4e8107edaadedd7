"""What shows that an item is so: records that are there, files where there is none."""

from dataclasses import replace

from assessments.cycles.models import Assessed
from core import attachments
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from schedules.rounds.actions.evidence import link
from schedules.rounds.evidence import Reference, opened

from ..enums import Stance
from ..models import SelfAssessment, SelfAttachment, SelfEvidence, SelfItem
from ..queries import sheet
from . import rows

MOST = 20  # records of one item


@action
def cite(*, assessed: Assessed, indicator: str, reference: Reference, by: Actor) -> SelfEvidence:
    """Has an item refer to a record that is there; the same one twice is one. Raises NotAllowed,
    Conflict once it was sent, DomainError for a record that the actor may not open."""
    row, _ = rows.held(assessed=assessed, by=by)
    item = _open_item(row, assessed, indicator)
    if item.evidence.count() >= MOST:
        raise DomainError(f"每项最多引用 {MOST} 份记录，请先去掉不需要的。", field="evidence")
    record = opened(by, reference)
    record = replace(record, label=record.label_for(assessed.organization))
    found, is_new = link(SelfEvidence, found=record, by=by, item=item)
    if is_new:
        SelfAssessment.machine.move(row, "edit")
        _note("self_assessments.evidence.add", row, indicator, found.label, by)
    return found


@action
def drop(*, evidence: SelfEvidence, by: Actor) -> None:
    """Refers to the record no more; the record itself stays. Idempotent. Raises NotAllowed, Conflict
    once it was sent."""
    item = evidence.item
    row, _ = rows.held(assessed=_assessed_of(item), by=by)
    rows.expect_open(row, sheet.item_of(row, item.indicator))
    if not SelfEvidence.objects.filter(pk=evidence.pk).exists():
        return
    _note("self_assessments.evidence.remove", row, item.indicator, evidence.label, by)
    evidence.delete()
    SelfAssessment.machine.move(row, "edit")


@action
def attach(
    *, assessed: Assessed, indicator: str, file: attachments.Checked, by: Actor
) -> SelfAttachment:
    """Adds a checked file to an item; the same one twice is one. Raises NotAllowed, Conflict once it
    was sent, DomainError."""
    row, _ = rows.held(assessed=assessed, by=by)
    item = _open_item(row, assessed, indicator)
    found, is_new = attachments.keep(SelfAttachment, file=file, by=by, item=item)
    if is_new:
        SelfAssessment.machine.move(row, "edit")
        _note("self_assessments.attachment.add", row, indicator, found.name, by)
    return found


@action
def remove(*, attachment: SelfAttachment, by: Actor) -> None:
    """Takes a file away. Idempotent. Raises NotAllowed, Conflict once it was sent."""
    item = attachment.item
    row, _ = rows.held(assessed=_assessed_of(item), by=by)
    rows.expect_open(row, sheet.item_of(row, item.indicator))
    if not SelfAttachment.objects.filter(pk=attachment.pk).exists():
        return
    _note("self_assessments.attachment.remove", row, item.indicator, attachment.name, by)
    attachments.discard(attachment)
    SelfAssessment.machine.move(row, "edit")


def _assessed_of(item: SelfItem) -> Assessed:
    return Assessed.objects.select_related("version", "organization").get(
        pk=item.self_assessment.assessed_id
    )


def _open_item(row: SelfAssessment, assessed: Assessed, indicator: str) -> SelfItem:
    """The item, made where nothing was said of it yet: evidence may come before the mark."""
    rows.expect_known(assessed, indicator)
    item = sheet.item_of(row, indicator)
    rows.expect_open(row, item)
    if item is None:
        is_hand = indicator in sheet.by_hand(assessed)
        stance = Stance.MARKED if is_hand else Stance.STANDS
        # Nothing was said yet: a mark half typed before still stands on the same revision.
        item = SelfItem.objects.create(
            self_assessment=row, indicator=indicator, stance=stance, revision=0
        )
    return item


def _note(verb: str, row: SelfAssessment, indicator: str, label: str, by: Actor) -> None:
    told = {"indicator": [None, sheet.called(row.assessed, indicator)], "evidence": [None, label]}
    rows.tell(row, verb, row.assessed, by=by, changes=told)
