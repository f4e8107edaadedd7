"""Who may act on a case, its row under the lock, and the entry in the audit trail."""

from collections.abc import Mapping
from typing import Any

from core import audit
from core.actor import Actor
from core.errors import NotAllowed
from orgs.models import Organization

from ..models import WeakCase
from ..queries.scope import holds, runs


def expect_runner(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed for who does not stand above the organisation."""
    if not runs(by, organization):
        raise NotAllowed("提出、认定和定方案由上级党委或党工委办理。")


def expect_holder(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed for who is not of the zone."""
    if not holds(by, organization):
        raise NotAllowed("验收和回访由党工委办理。")


def locked(pk: int) -> WeakCase:
    """The case as it is stored, held until the transaction ends. One query."""
    rows = WeakCase.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=pk)


def note(case: WeakCase, verb: str, *, by: Actor, changes: Mapping[str, Any] | None = None) -> None:
    """One audit entry, at the place of the organisation."""
    audit.record(
        by=by,
        verb=verb,
        obj=case,
        organization_id=case.organization_id,
        organization_path=case.organization.path,
        changes=changes or {},
    )
