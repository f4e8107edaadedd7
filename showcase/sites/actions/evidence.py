"""What shows that an application is so: records that are there, photographs where they are wanted."""

from dataclasses import replace

from core import attachments
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from orgs.permissions import Permission
from schedules.rounds.actions.evidence import link
from schedules.rounds.evidence import Reference, opened

from ..models import DemonstrationSite, SiteAttachment, SiteEvidence
from ..models.site import LIVE
from ..rules import MOST_RECORDS
from . import rights


@action
def cite(*, site: DemonstrationSite, reference: Reference, by: Actor) -> SiteEvidence:
    """Has an application refer to a record that is there; the same one twice is one. Raises NotAllowed,
    Conflict once it was sent, DomainError for a record that the actor may not open."""
    row = rights.locked(site.pk)
    rights.expect_applicant(row.organization, by)
    DemonstrationSite.machine.expect(row, "edit")
    if row.evidence.count() >= MOST_RECORDS:
        raise DomainError(f"最多引用 {MOST_RECORDS} 份记录，请先去掉不需要的。", field="evidence")
    record = opened(by, reference)
    record = replace(record, label=record.label_for(row.organization))
    found, is_new = link(SiteEvidence, found=record, by=by, site=row)
    if is_new:
        _note("sites.evidence.add", row, found.label, by)
    return found


@action
def drop(*, evidence: SiteEvidence, by: Actor) -> None:
    """Refers to the record no more; the record itself stays. Idempotent. Raises NotAllowed or Conflict
    once it was sent."""
    row = rights.locked(evidence.site_id)
    rights.expect_applicant(row.organization, by)
    DemonstrationSite.machine.expect(row, "edit")
    if not SiteEvidence.objects.filter(pk=evidence.pk).exists():
        return
    _note("sites.evidence.remove", row, evidence.label, by)
    evidence.delete()


@action
def attach(*, site: DemonstrationSite, file: attachments.Checked, by: Actor) -> SiteAttachment:
    """Adds a checked file: by who applies until it is sent, by who holds the programme as long as there
    is something to look at. The same one twice is one. Raises NotAllowed, Conflict or DomainError."""
    row = rights.locked(site.pk)
    _expect_files_open(row, by)
    found, is_new = attachments.keep(SiteAttachment, file=file, by=by, site=row)
    if is_new:
        _note("sites.attachment.add", row, found.name, by)
    return found


@action
def remove(*, attachment: SiteAttachment, by: Actor) -> None:
    """Takes a file away, while files may be added. Idempotent. Raises NotAllowed or Conflict."""
    row = rights.locked(attachment.site_id)
    _expect_files_open(row, by)
    if not SiteAttachment.objects.filter(pk=attachment.pk).exists():
        return
    _note("sites.attachment.remove", row, attachment.name, by)
    attachments.discard(attachment)


def _expect_files_open(row: DemonstrationSite, by: Actor) -> None:
    holds = by.may_at(Permission.SITE_EDIT, row.programme.organization.path)
    applies = by.may_at(Permission.SITE_APPLY, row.organization.path)
    if not holds and not applies:
        raise NotAllowed("附件由申报的组织和组织单位增减。")
    if row.state not in LIVE or not (holds or row.is_open):
        raise Conflict(f"现在是“{row.get_state_display()}”，附件不能增减。", code="state")


def _note(verb: str, row: DemonstrationSite, label: str, by: Actor) -> None:
    rights.note(row, verb, by=by, changes={"evidence": [None, label]})
