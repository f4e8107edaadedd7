"""Reports that were sent, as records that who sums up his work refers to."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from core import periods
from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission

from ..enums import ReportState
from ..evidence import Found, numbered
from ..models import Report
from ..models.report import ReportQuerySet

KEY = "report"
OFFERED = 30


def _sent(actor: Actor) -> ReportQuerySet:
    rows = Report.objects.visible_to(actor, Permission.REPORT_VIEW)
    return rows.exclude(state__in=[ReportState.DRAFT, ReportState.RETURNED])


def find(actor: Actor, uids: Collection[UUID]) -> Mapping[UUID, Found]:
    """Those that the actor may read. One query."""
    pks = [uid.int for uid in uids if uid.int < 2**63]
    rows = _sent(actor).filter(pk__in=pks).select_related("duty__plan", "organization")
    return {numbered(one.pk): _found(one) for one in rows}


def below_place(
    actor: Actor, place: Organization, first: dt.date, last: dt.date
) -> Sequence[Found]:
    """Those of the organisation and of all below it, the latest first. One query."""
    rows = _sent(actor).filter(
        below(place.path, "organization__"), submitted_at__date__range=(first, last)
    )
    rows = rows.select_related("duty__plan", "organization").order_by("-submitted_at", "-pk")
    return [_found(one) for one in rows[:OFFERED]]


def _found(one: Report) -> Found:
    return Found(
        (KEY, numbered(one.pk)),
        f"{periods.label(one.period)}{one.duty.plan.name}",
        one.get_absolute_url(),
        str(one.organization),
        one.organization_id,
    )
