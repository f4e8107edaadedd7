"""What becomes of sites when one organisation becomes part of another."""

from typing import Any

from core import clock
from core.actions import action
from core.actor import Actor
from orgs.models import Organization

from ..enums import SiteStepKind
from ..models import DemonstrationSite, SiteStep
from ..models.site import IN_FORCE, LIVE
from . import rights


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> int:
    """Applications and sites of the source go over to the target, with plaque and days. Where the
    target has one of the same programme already, an application is withdrawn, and a site removed: one
    organisation has one plaque of a programme. Returns how many rows."""
    rows = list(
        DemonstrationSite.objects.filter(organization=source, state__in=LIVE)
        .select_for_update(of=("self",))
        .select_related("organization", "programme")
        .order_by("pk")
    )
    has = set(
        DemonstrationSite.objects.filter(organization=target, state__in=LIVE).values_list(
            "programme_id", flat=True
        )
    )
    for row in rows:
        text = f"{source}并入{target}"
        if row.programme_id not in has:
            DemonstrationSite.machine.move(
                row,
                "follow",
                step=SiteStep(site=row, kind=SiteStepKind.PASSED, text=text),
                by=by,
                organization=target,
            )
            changes = {"organization": [str(source), str(target)]}
            rights.note(row, "sites.site.follow", by=by, changes=changes)
            continue
        why = f"{text}，后者在同一项目里已有一份"
        told: dict[str, Any] = {
            "reason": why,
            "decided_at": clock.now(),
            "decided_by_name": by.name[:100],
        }
        if row.state in IN_FORCE:
            step = SiteStep(site=row, kind=SiteStepKind.REMOVED, text=why)
            DemonstrationSite.machine.move(
                row, "remove", step=step, by=by, removed_on=clock.today(), **told
            )
            rights.note(row, "sites.site.remove", by=by, changes={"reason": [None, why]})
        else:
            step = SiteStep(site=row, kind=SiteStepKind.WITHDRAWN, text=why)
            DemonstrationSite.machine.move(row, "withdraw", step=step, by=by, **told)
            rights.note(row, "sites.site.withdraw", by=by, changes={"reason": [None, why]})
    return len(rows)
