"""免到 of a branch: in force, over, and those that were changed."""

from core import clock
from orgs.models import Organization

from ..models import Exemption


def exemptions_of(
    place: Organization,
) -> tuple[list[Exemption], list[Exemption], list[Exemption]]:
    """Those of the members that the branch has: still running or to come, over, and ended before
    their time or taken back. One query."""
    today = clock.today()
    running: list[Exemption] = []
    over: list[Exemption] = []
    ended: list[Exemption] = []
    rows = Exemption.objects.filter(member__organization=place).select_related("member")
    for row in rows.order_by("-since", "-pk"):
        if row.ended_at is not None:
            ended.append(row)
        elif row.until is not None and row.until < today:
            over.append(row)
        else:
            running.append(row)
    return running, over, ended
