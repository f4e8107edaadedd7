"""Who may act on programmes and sites, and their rows, which are everybody's lock."""

from collections.abc import Mapping
from typing import Any

from core import audit
from core.actor import Actor
from core.errors import NotAllowed
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import AwardProgramme, DemonstrationSite


def expect_holder(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor keeps the programmes of the organisation."""
    if not by.may_at(Permission.SITE_EDIT, organization.path):
        raise NotAllowed("示范创建项目由组织单位的工作人员办理。")


def expect_applicant(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor applies for the organisation."""
    if not by.may_at(Permission.SITE_APPLY, organization.path):
        raise NotAllowed("示范点由本组织或上级党委的党务工作者申报。")


def locked_programme(pk: int) -> AwardProgramme:
    """The programme as it is stored, held until the transaction ends. One query."""
    rows = AwardProgramme.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=pk)


def locked(pk: int) -> DemonstrationSite:
    """The site as it is stored, held until the transaction ends. One query."""
    rows = DemonstrationSite.objects.select_for_update(of=("self",))
    return rows.select_related("organization", "programme__organization").get(pk=pk)


def note(
    row: AwardProgramme | DemonstrationSite,
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
