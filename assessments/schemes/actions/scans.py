"""The paper on which a scheme was issued: its scan, kept with the version."""

from core import attachments
from core.actions import action
from core.actor import Actor
from core.errors import NotAllowed
from orgs.permissions import Permission

from ..models import SchemeScan, SchemeVersion
from . import telling


@action
def attach(*, version: SchemeVersion, file: attachments.Checked, by: Actor) -> SchemeScan:
    """Adds a checked scan to a draft; the same file twice is one. Raises NotAllowed, MovedOn or
    DomainError."""
    stored = _draft(version, by)
    row, is_new = attachments.keep(SchemeScan, file=file, by=by, version=stored)
    if is_new:
        holder = version.scheme.organization
        telling.note(stored, "schemes.version.attach", holder=holder, by=by)
    return row


@action
def detach(*, scan: SchemeScan, version: SchemeVersion, by: Actor) -> None:
    """Takes a scan away from a draft. Idempotent. Raises NotAllowed or MovedOn."""
    stored = _draft(version, by)
    if not stored.scans.filter(pk=scan.pk).exists():
        return
    telling.note(stored, "schemes.version.detach", holder=version.scheme.organization, by=by)
    attachments.discard(scan)


def _draft(version: SchemeVersion, by: Actor) -> SchemeVersion:
    """The version under its lock, if its scans may still change."""
    if not by.may_at(Permission.SCHEME_EDIT, version.scheme.organization.path):
        raise NotAllowed("只有制定这份细则的党委可以上传扫描件。")
    stored = SchemeVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    SchemeVersion.machine.expect(stored, "save")
    return stored
