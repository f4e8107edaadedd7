"""Who may act on a panel, and its row, which is everybody's lock."""

from collections.abc import Mapping
from typing import Any

from core import audit
from core.actor import Actor
from core.errors import NotAllowed
from orgs.access import expect_still
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import Panel


def expect_arranger(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor arranges panels of the organisation."""
    if not by.may_at(Permission.SHOWCASE_MANAGE, organization.path):
        raise NotAllowed("评审由组织评审的单位安排。")
    expect_still(by, Permission.SHOWCASE_MANAGE, organization)


def locked(pk: int) -> Panel:
    """The panel as it is stored, held until the transaction ends. One query."""
    rows = Panel.objects.select_for_update(of=("self",)).select_related("organization", "judged")
    return rows.get(pk=pk)


def note(
    panel: Panel,
    verb: str,
    *,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
) -> None:
    """One audit entry, at the place of who arranges the panel."""
    audit.record(
        by=by,
        verb=verb,
        obj=panel,
        organization_id=panel.organization_id,
        organization_path=panel.organization.path,
        changes=changes or {},
        note=text,
    )
