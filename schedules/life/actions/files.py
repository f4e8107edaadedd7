"""Photographs and papers of a record of organisation life."""

from uuid import UUID

from core import attachments
from core.actions import action
from core.actor import Actor

from ..models import LifeFile, Meeting
from . import rights, telling

UPLOADS = "照片由召开的党组织自己上传。"


@action
def attach(
    *, meeting: Meeting, file: attachments.Checked, by: Actor, uid: UUID | None = None
) -> LifeFile:
    """Adds a checked photograph or paper to the record. The same file twice is one, whichever
    version it was added to; so is what is sent again with its `uid`, also when the record was taken
    back by then. Raises NotAllowed, MovedOn for a record that was taken back, or DomainError."""
    rights.expect_changer(meeting, by, UPLOADS)
    # All files hang on the first version: one content is kept once, however often the record is
    # written anew.
    first, latest = _locked(meeting)
    files = LifeFile.objects.filter(record_uid=meeting.uid)
    if uid is not None and (same := files.filter(sent_as=uid).first()) is not None:
        return same
    Meeting.machine.expect(latest, "add_file")
    row, is_new = attachments.keep(
        LifeFile, file=file, by=by, meeting=first, record_uid=meeting.uid
    )
    if uid is not None:
        files.filter(pk=row.pk, sent_as=None).update(sent_as=uid)
    if is_new:
        telling.note(latest, "life.meeting.attach", by=by)
    return row


@action
def detach(*, attachment: LifeFile, meeting: Meeting, by: Actor) -> None:
    """Takes a file away, until the level above has looked at the record. Idempotent. Raises
    NotAllowed or MovedOn."""
    rights.expect_changer(meeting, by, UPLOADS)
    _, latest = _locked(meeting)
    Meeting.machine.expect(latest, "remove_file")
    if not LifeFile.objects.filter(pk=attachment.pk, record_uid=meeting.uid).exists():
        return
    telling.note(latest, "life.meeting.detach", by=by)
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
