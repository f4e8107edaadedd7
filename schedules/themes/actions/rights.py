"""Who may act on a theme, and its row, which is everybody's lock."""

from collections.abc import Mapping
from typing import Any

from core import audit
from core.actor import Actor
from core.errors import NotAllowed
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import Theme


def expect_holder(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor keeps the themes of the organisation."""
    if not by.may_at(Permission.THEME_EDIT, organization.path):
        raise NotAllowed("季度主题由主办单位的工作人员办理。")


def locked(pk: int) -> Theme:
    """The theme as it is stored, held until the transaction ends. One query."""
    rows = Theme.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=pk)


def note(theme: Theme, verb: str, *, by: Actor, changes: Mapping[str, Any] | None = None) -> None:
    """One audit entry, at the place of the theme's holder."""
    audit.record(
        by=by,
        verb=verb,
        obj=theme,
        organization_id=theme.organization_id,
        organization_path=theme.organization.path,
        changes=changes or {},
    )
