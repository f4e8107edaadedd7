"""The row of a concern under its lock, and its audit entry."""

from collections.abc import Mapping
from typing import Any

from core import audit
from core.actor import Actor
from core.errors import NotAllowed

from ..models import Concern


def locked(pk: int) -> Concern:
    """The concern as it is stored, held until the transaction ends. Two queries: read with its
    organisation under the lock, a row that another has just given to somebody else would be gone."""
    Concern.objects.select_for_update().filter(pk=pk).values_list("pk", flat=True).get()
    return Concern.objects.select_related("organization", "intake", "kind").get(pk=pk)


def expect(by: Actor, permission: str, concern: Concern) -> None:
    """Raises NotAllowed unless the actor holds the permission where the concern is dealt with."""
    if not by.may_at(permission, concern.organization.path):
        raise NotAllowed("这件诉求由承办单位和上级党组织办理。")


def note(
    concern: Concern, verb: str, *, by: Actor, changes: Mapping[str, Any] | None = None
) -> None:
    """One audit entry, without the words of the resident."""
    audit.record(
        by=by,
        verb=verb,
        obj=concern,
        label=f"{concern.get_source_display()} {concern.received_at:%Y-%m-%d}",
        organization_id=concern.organization_id,
        organization_path=concern.organization.path,
        changes=changes or {},
    )
