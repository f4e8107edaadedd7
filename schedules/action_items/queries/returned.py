"""Reports that came back, as the source of items."""

from collections.abc import Iterable

from core.actor import Actor
from orgs.permissions import Permission
from schedules.rounds.enums import ItemState, ReportState
from schedules.rounds.models import Report, ReportItem

from ..enums import ActionState
from ..models import ActionItem


def addresses(actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Of these reports, those that the actor may read, with their addresses. One query."""
    rows = Report.objects.visible_to(actor, Permission.REPORT_VIEW).filter(pk__in=list(ids))
    return {row.pk: row.get_absolute_url() for row in rows}


def may_hand(actor: Actor, report: Report) -> bool:
    """Whether the actor can make an item of the report: it came back, it is not his own, and he
    checks it and gives out items above it. No query."""
    path = report.organization.path
    return (
        (report.state == ReportState.RETURNED or report.duty.returned_count > 0)
        and report.organization_id != actor.organization_id
        and actor.may_at(Permission.REPORT_CHECK, path, about=report.duty.as_thing)
        and actor.may_at(Permission.ACTION_ISSUE, path)
        and actor.covers(path)
    )


def item_of(actor: Actor, report: Report, kind: str) -> ActionItem | None:
    """The item that was made of the report and is not cancelled, if the actor sees it. One
    query."""
    rows = ActionItem.objects.visible_to(actor).filter(source_kind=kind, source_id=report.pk)
    return rows.exclude(state=ActionState.CANCELLED).first()


def reasons(report: Report) -> list[tuple[int, str, str]]:
    """Position, title and reason of each item that came back and was not mended. One query."""
    rows = ReportItem.objects.filter(report=report, state=ItemState.RETURNED)
    return list(rows.order_by("position").values_list("position", "title", "return_reason"))
