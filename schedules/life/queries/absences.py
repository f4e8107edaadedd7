"""Who was absent and why, as far as the reader may know why.

Illness is nobody's business who neither leads the branch nor looks after it: the reason is told at
the organisation itself and at the one directly above, to all others only whether there was leave.
"""

from collections.abc import Iterable

from core.actor import Actor
from orgs.access import in_scope
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.models.organization import STEP
from orgs.permissions import Permission

from ..enums import GIVEN_LEAVE, WITH_LEAVE, AbsenceReason, Presence
from ..models import Attendance, Meeting


def is_told_reasons(actor: Actor, organization: Organization) -> bool:
    """Whether the actor acts at the organisation or directly above it; above the branch, for its
    党小组."""
    near = [organization.path, organization.path[:-STEP]]
    if organization.kind == OrganizationKind.PARTY_GROUP:
        near.append(organization.path[: -2 * STEP])
    return bool(actor.organization_path) and actor.organization_path in near


def reason_for(actor: Actor, row: Attendance) -> str:
    """The reason as the actor is told it, with who gave leave. The row has its organisation
    loaded."""
    return reason_words(
        row.reason, row.approver_name, is_told=is_told_reasons(actor, row.organization)
    )


def reason_words(reason: str, approver_name: str, *, is_told: bool) -> str:
    """The reason for who is told reasons, and for who is not."""
    if reason != AbsenceReason.NONE and not is_told:
        return WITH_LEAVE
    said = _LABELS.get(reason, "")
    is_given = reason != AbsenceReason.NONE and approver_name
    return GIVEN_LEAVE.format(said, approver_name) if is_given else said


_LABELS = {one.value: one.label for one in AbsenceReason}


def told(actor: Actor, rows: Iterable[Attendance]) -> list[tuple[str, str]]:
    """(name, reason) of those who were absent, in order; members and organisations loaded."""
    return [
        (row.member.name, reason_for(actor, row)) for row in rows if row.presence == Presence.ABSENT
    ]


def absences(actor: Actor, record: Meeting) -> list[tuple[str, str]]:
    """(name, reason) of who was absent from one record of the organisations that the actor sees, by
    pinyin: of others he is told how many. One query."""
    rows = record.attendances.filter(
        in_scope(actor, Permission.LIFE_VIEW), presence=Presence.ABSENT
    )
    rows = rows.select_related("member", "organization")
    return told(actor, rows.order_by("member__name_pinyin", "pk"))
