"""Posts of an organisation: who takes one up, who leaves it."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed

from ..enums import Post
from ..models import OfficeHolding, Organization

SINGLE = (Post.SECRETARY, Post.FIRST_SECRETARY)


@action
def take_up(
    *,
    organization: Organization,
    post: str,
    person_name: str,
    started_on: dt.date,
    by: Actor,
    appointment: str = "",
    document_number: str = "",
) -> OfficeHolding:
    """A person takes up a post on `started_on`. There is one secretary at a time."""
    _covered(by, organization)
    # Two people entering a secretary at once: the row of the organisation is the queue.
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    if organization.abolished_on is not None:
        raise DomainError("该党组织已撤销")
    if started_on > clock.today():
        raise DomainError("任职日期不能晚于今天", field="started_on")
    held = organization.offices.filter(post=post, ended_on=None)
    if post in SINGLE and (other := held.first()):
        raise DomainError(
            f"现任{other.get_post_display()}是{other.person_name}，请先登记免职", field="post"
        )
    try:
        with transaction.atomic():
            holding = OfficeHolding.objects.create(
                organization=organization,
                post=post,
                person_name=person_name,
                started_on=started_on,
                appointment=appointment,
                document_number=document_number,
                recorded_at=clock.now(),
            )
    except IntegrityError as error:
        raise DomainError("这个人已经担任这个职务", field="person_name") from error
    _record(by, "take_up", holding, organization, {"started_on": [None, started_on]})
    return holding


@action
def leave(*, holding: OfficeHolding, ended_on: dt.date, by: Actor) -> None:
    """The person leaves the post on `ended_on`. Raises Conflict when that was recorded already."""
    organization = holding.organization
    _covered(by, organization)
    if ended_on > clock.today():
        raise DomainError("免职日期不能晚于今天", field="ended_on")
    if holding.started_on and ended_on < holding.started_on:
        raise DomainError("免职日期不能早于任职日期", field="ended_on")
    OfficeHolding.machine.move(holding, "leave", ended_on=ended_on, end_recorded_at=clock.now())
    _record(by, "leave", holding, organization, {"ended_on": [None, ended_on]})


def leave_all(holdings: QuerySet[OfficeHolding], on: dt.date) -> None:
    """Ends what of these posts is still held on the day `on`, within the running action; what has
    not begun by then ends with its first day. Two queries."""
    late, now = Q(started_on__gt=on), clock.now()
    OfficeHolding.machine.move_many(
        holdings.filter(late), "leave", ended_on=F("started_on"), end_recorded_at=now
    )
    OfficeHolding.machine.move_many(holdings, "leave", ended_on=on, end_recorded_at=now)


def _covered(by: Actor, organization: Organization) -> None:
    if by.user_id is not None and not by.covers(organization.path):
        raise NotAllowed(f"{organization} 不在管辖范围内")


def _record(
    by: Actor,
    act: str,
    holding: OfficeHolding,
    organization: Organization,
    changes: dict[str, list[dt.date | None]],
) -> None:
    audit.record(
        by=by,
        verb=f"orgs.office.{act}",
        obj=holding,
        organization_id=organization.pk,
        organization_path=organization.path,
        changes=changes,
    )
