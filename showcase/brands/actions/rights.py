"""Who may act on highlights and brands, and their rows, which are everybody's lock."""

from collections.abc import Mapping
from typing import Any

from core import audit
from core.actor import Actor
from core.errors import NotAllowed
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import Brand, BrandCopy, Highlight


def expect_owner(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor writes for the organisation."""
    if not by.may_at(Permission.BRAND_PROPOSE, organization.path):
        raise NotAllowed("亮点和品牌材料由本单位和上级党组织填写。")


def expect_runner(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor runs the brands of the organisation."""
    if not by.may_at(Permission.BRAND_RUN, organization.path):
        raise NotAllowed("候选、培育、命名和复审由党工委工作人员办理。")


def locked(pk: int) -> Brand:
    """The brand as it is stored, held until the transaction ends. One query."""
    rows = Brand.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=pk)


def locked_highlight(pk: int) -> Highlight:
    """The highlight as it is stored, held until the transaction ends. One query."""
    rows = Highlight.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=pk)


def note(
    row: Highlight | Brand | BrandCopy,
    verb: str,
    *,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """One audit entry, at the place of the row's organisation."""
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=row.organization_id,
        organization_path=row.organization.path,
        changes=changes or {},
    )
