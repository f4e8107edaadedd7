"""Files of an item, and records of other slices: what shows that it was done, and what it is about."""

from core import attachments, audit
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, NotAllowed
from orgs.permissions import Permission
from schedules.rounds.actions.evidence import link
from schedules.rounds.evidence import Reference, opened

from ..enums import ActionState
from ..models import ActionAttachment, ActionEvidence, ActionItem
from . import rights

_RUNNING = (ActionState.ISSUED, ActionState.DOING, ActionState.WAITING)


@action
def attach(*, item: ActionItem, file: attachments.Checked, by: Actor) -> ActionAttachment:
    """Adds a checked file: by the owner until he has reported, by the issuer until it is closed.
    The same file twice is one. Raises NotAllowed, Conflict or DomainError."""
    item = rights.locked(item)
    _expect_open(item, by)
    row, is_new = attachments.keep(ActionAttachment, file=file, by=by, item=item)
    if is_new:
        _note("action_items.attachment.add", row, item, by=by)
    return row


@action
def remove(*, attachment: ActionAttachment, by: Actor) -> None:
    """Takes a file away: who added it, or the owner, while files may be added. Idempotent. Raises
    NotAllowed or Conflict."""
    item = rights.locked(attachment.item)
    _expect_open(item, by)
    if attachment.uploaded_by_id not in by.persons and by.organization_id != item.owner_id:
        raise NotAllowed("附件由上传的人或责任单位移除。")
    if not ActionAttachment.objects.filter(pk=attachment.pk).exists():
        return
    _note("action_items.attachment.remove", attachment, item, by=by)
    attachments.discard(attachment)


@action
def cite(*, item: ActionItem, reference: Reference, by: Actor) -> ActionEvidence:
    """Refers to a record that is there already, by whom and while files may be added; the same one
    twice is one. Raises NotAllowed, Conflict, or DomainError for a record that the actor may not
    open."""
    item = rights.locked(item)
    _expect_open(item, by)
    row, is_new = link(ActionEvidence, found=opened(by, reference), by=by, item=item)
    if is_new:
        _note("action_items.evidence.add", row, item, by=by)
    return row


@action
def drop(*, evidence: ActionEvidence, by: Actor) -> None:
    """Refers to the record no more; the record itself stays. Idempotent. Raises NotAllowed or
    Conflict."""
    item = rights.locked(evidence.item)
    _expect_open(item, by)
    if not ActionEvidence.objects.filter(pk=evidence.pk).exists():
        return
    _note("action_items.evidence.remove", evidence, item, by=by)
    evidence.delete()


def _expect_open(item: ActionItem, by: Actor) -> None:
    issues = by.may_at(Permission.ACTION_ISSUE, item.issuer.path)
    if not issues and not by.may_at(Permission.ACTION_HANDLE, item.owner.path):
        raise NotAllowed("附件由责任单位和交办单位增减。")
    closed = item.state in (ActionState.CLOSED, ActionState.CANCELLED)
    if closed or (not issues and item.state not in _RUNNING):
        raise Conflict(f"这项督办现在是“{item.get_state_display()}”，附件不能增减。", code="state")


def _note(
    verb: str, row: ActionAttachment | ActionEvidence, item: ActionItem, *, by: Actor
) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=item.owner_id,
        organization_path=item.owner.path,
    )
