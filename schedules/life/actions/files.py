"""Photographs and papers of a record of organisation life."""

from core import attachments, audit
from core.actions import action
from core.actor import Actor
from core.errors import NotAllowed
from orgs.access import expect_still
from orgs.permissions import Permission

from ..models import LifeFile, Meeting


@action
def attach(*, meeting: Meeting, file: attachments.Checked, by: Actor) -> LifeFile:
    """Adds a checked photograph or paper to the record. The same file twice is one, whichever
    version it was added to. Raises NotAllowed, MovedOn for a record that was taken back, or
    DomainError."""
    _expect_writer(meeting, by)
    # All files hang on the first version: one content is kept once, however often the record is
    # written anew.
    first, latest = _locked(meeting)
    Meeting.machine.expect(latest, "add_file")
    present = set(LifeFile.objects.filter(record_uid=meeting.uid).values_list("pk", flat=True))
    row = attachments.keep(LifeFile, file=file, by=by, meeting=first, record_uid=meeting.uid)
    if row.pk not in present:
        _note(latest, "attach", by)
    return row


@action
def detach(*, attachment: LifeFile, meeting: Meeting, by: Actor) -> None:
    """Takes a file away, until the level above has looked at the record. Idempotent. Raises
    NotAllowed or MovedOn."""
    _expect_writer(meeting, by)
    _, latest = _locked(meeting)
    Meeting.machine.expect(latest, "remove_file")
    if not LifeFile.objects.filter(pk=attachment.pk, record_uid=meeting.uid).exists():
        return
    _note(latest, "detach", by)
    attachments.discard(attachment)


def _locked(meeting: Meeting) -> tuple[Meeting, Meeting]:
    """The first and the latest version; nobody takes the record back or looks at it meanwhile."""
    rows = list(
        Meeting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organization")
        .filter(uid=meeting.uid)
        .order_by("version")
    )
    return rows[0], rows[-1]


def _expect_writer(meeting: Meeting, by: Actor) -> None:
    if not by.may_at(Permission.LIFE_RECORD, meeting.organization.path):
        raise NotAllowed("照片由召开的党组织自己上传。", code="holder")
    expect_still(by, Permission.LIFE_RECORD, meeting.organization)


def _note(meeting: Meeting, act: str, by: Actor) -> None:
    audit.record(
        by=by,
        verb=f"life.meeting.{act}",
        obj=meeting,
        organization_id=meeting.organization_id,
        organization_path=meeting.organization.path,
    )
