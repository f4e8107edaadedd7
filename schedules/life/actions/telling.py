"""The audit entry of an act on a record of organisation life."""

from collections.abc import Mapping, Sequence

from core import audit
from core.actor import Actor

from ..models import Meeting


def note(
    meeting: Meeting, verb: str, *, by: Actor, changes: Mapping[str, Sequence[object]] | None = None
) -> None:
    """The act's entry in the audit trail, under the organisation that held the meeting."""
    audit.record(
        by=by,
        verb=verb,
        obj=meeting,
        organization_id=meeting.organization_id,
        organization_path=meeting.organization.path,
        changes=changes,
    )
