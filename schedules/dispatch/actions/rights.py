"""Who may act for who holds a meeting or a visit, and the meeting's row, which is everybody's lock."""

from core.actor import Actor
from core.errors import NotAllowed
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import DispatchMeeting


def expect_holder(
    organization: Organization, by: Actor, refusal: str = "调度会由召集单位的工作人员办理。"
) -> None:
    """Raises NotAllowed, with the `refusal`, unless the actor keeps the meetings and visits of the
    organisation."""
    if not by.may_at(Permission.DISPATCH_EDIT, organization.path):
        raise NotAllowed(refusal)


def locked_together(*keys: int) -> dict[int, DispatchMeeting]:
    """Several meetings as they are stored, held until the transaction ends; always in the order of
    their keys, so that two who hold the same ones never wait for each other. One query."""
    rows = DispatchMeeting.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    return {row.pk: row for row in rows.select_related("organization", "series").order_by("pk")}


def locked(pk: int) -> DispatchMeeting:
    """The meeting as it is stored, held until the transaction ends. One query."""
    return (
        DispatchMeeting.objects.select_for_update(of=("self",))
        .select_related("organization", "series")
        .get(pk=pk)
    )
