"""What is written down of an act on organisations: its event, the placements, the audit entry."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import audit, clock
from core.actor import Actor

from .. import lifecycle
from ..enums import EventKind
from ..models import Organization, OrganizationEvent, OrganizationPlacement


@dataclass(frozen=True, slots=True)
class Decision:
    """On which day, by whom and with which document something was decided."""

    on: dt.date
    approved_by: str = ""
    document_number: str = ""
    note: str = ""


def place(organizations: Sequence[Organization]) -> None:
    """First placements of new organisations, from their founding on."""
    OrganizationPlacement.objects.bulk_create(
        [_placed(organization, organization.founded_on) for organization in organizations],
        batch_size=500,
    )


def replace_placements(organizations: Sequence[Organization], on: dt.date) -> None:
    """From the day `on` the organisations stand where and are called as they are now.

    Two queries, one more for each day on which something ends, and the inserts. What was known
    before is kept: a placement that began on that day or later ends with the day it began.
    """
    by_id = {organization.pk: organization for organization in organizations}
    current = list(
        OrganizationPlacement.objects.filter(organization__in=by_id.keys(), valid_to=None)
    )
    closed: dict[dt.date, list[int]] = defaultdict(list)
    since = dict.fromkeys(by_id, on)
    for placement in current:
        now = by_id[placement.organization_id]
        if _as_placed(placement) == (now.parent_id, now.path, now.name, now.kind):
            by_id.pop(now.pk)
        else:
            since[now.pk] = max(on, placement.valid_from or on)
            closed[since[now.pk]].append(placement.pk)
    for day, ids in closed.items():
        OrganizationPlacement.objects.filter(pk__in=ids).update(valid_to=day)
    OrganizationPlacement.objects.bulk_create(
        [_placed(organization, since[organization.pk]) for organization in by_id.values()],
        batch_size=500,
    )
    lifecycle.run_move_steps(organizations, on)


def event(
    organization: Organization,
    kind: EventKind,
    decision: Decision,
    by: Actor,
    details: Mapping[str, Any],
) -> OrganizationEvent:
    """An unsaved event of the history."""
    return OrganizationEvent(
        organization=organization,
        kind=kind,
        happened_on=decision.on,
        approved_by=decision.approved_by,
        document_number=decision.document_number,
        note=decision.note,
        details=dict(details),
        recorded_by_name=by.name,
        recorded_at=clock.now(),
    )


def save_events(events: Iterable[OrganizationEvent]) -> None:
    """Writes events made by `event`, in batches."""
    OrganizationEvent.objects.bulk_create(list(events), batch_size=500)


def happened(
    organization: Organization,
    kind: EventKind,
    decision: Decision,
    by: Actor,
    details: Mapping[str, Any],
) -> None:
    """Writes one event of the history."""
    event(organization, kind, decision, by, details).save(force_insert=True)


def record(
    by: Actor,
    act: str,
    organization: Organization,
    changes: Mapping[str, Any],
    decision: Decision | None = None,
) -> None:
    """The audit entry `orgs.organization.<act>`, with the decision's document and note."""
    audit.record(
        by=by,
        verb=f"orgs.organization.{act}",
        obj=organization,
        organization_id=organization.pk,
        organization_path=organization.path,
        changes=changes,
        note=" ".join(filter(None, (decision.document_number, decision.note))) if decision else "",
    )


def _placed(organization: Organization, since: dt.date | None) -> OrganizationPlacement:
    """The unsaved placement of an organisation as it stands, from the day `since` on."""
    return OrganizationPlacement(
        organization=organization,
        parent_id=organization.parent_id,
        path=organization.path,
        name=organization.name,
        kind=organization.kind,
        valid_from=since,
        recorded_at=clock.now(),
    )


def _as_placed(placement: OrganizationPlacement) -> tuple[int | None, str, str, str]:
    return placement.parent_id, placement.path, placement.name, placement.kind
