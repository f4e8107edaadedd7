"""Something else becomes an item (转督办): once, while the one from it is not cancelled."""

from dataclasses import dataclass

from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds.enums import ReportState
from schedules.rounds.models import Report

from ..enums import ActionState
from ..models import ActionItem
from . import issuing

REPORT = "report"


@dataclass(frozen=True, slots=True)
class Handed:
    """To whom an item goes that something is made into, and whether it is given out at once."""

    issuer: Organization
    owners: tuple[Organization, ...]
    given: issuing.Given
    is_issued: bool = True


@action
def from_source(*, origin: issuing.Origin, handed: Handed, by: Actor) -> ActionItem:
    """Drafts an item that comes from the row of `origin`, which the caller holds, and gives it out
    where that is wanted. Raises as `issuing.draft`; Conflict while another from it is not cancelled.
    """
    known = (
        ActionItem.objects.filter(source_kind=origin.kind, source_id=origin.id, part=0)
        .exclude(state=ActionState.CANCELLED)
        .first()
    )
    if known is not None:
        raise Conflict(f"已转督办{known.number}，不用再转。")
    item = issuing.draft(
        issuer=handed.issuer, owners=list(handed.owners), given=handed.given, origin=origin, by=by
    )
    return issuing.issue(item=item, by=by, revision=item.revision) if handed.is_issued else item


@action
def from_report(*, report: Report, handed: Handed, by: Actor) -> ActionItem:
    """Makes an item of a report that came back, whose source it is. Raises NotAllowed, DomainError
    for one that was never returned, Conflict when there is such an item already."""
    held = (
        Report.objects.select_for_update(of=("self",), no_key=True)
        .select_related("duty__plan", "organization")
        .get(pk=report.pk)
    )
    if not by.may_at(Permission.REPORT_CHECK, held.organization.path, about=held.duty.as_thing):
        raise NotAllowed("退回的报表由核报人转督办。")
    if held.state != ReportState.RETURNED and not held.duty.returned_count:
        raise DomainError("没有退回过的报表不转督办。")
    label = f"{held.organization} {held.duty.title}"
    return from_source(origin=issuing.Origin(REPORT, held.pk, label), handed=handed, by=by)
