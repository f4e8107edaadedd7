"""Posts of an organisation: who takes one up, who leaves it, and what was mistyped about it.

An office is tied to the account of its holder where one is known, and a grant that stands on an
office ends with it.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.states import Stale

from ..enums import Post
from ..models import OfficeHolding, Organization, RoleGrant, User
from ..queries.offices import account_at, mark_of
from . import grants

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
    username: str = "",
) -> OfficeHolding:
    """A person takes up a post on `started_on`. There is one secretary at a time.

    The office is tied to the account `username`, else to the one account of that name which works
    or holds an office here. Raises DomainError.
    """
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
    user = _account(organization, person_name, username)
    try:
        with transaction.atomic():
            holding = OfficeHolding.objects.create(
                organization=organization,
                post=post,
                person_name=person_name,
                user=user,
                started_on=started_on,
                appointment=appointment,
                document_number=document_number,
                recorded_at=clock.now(),
            )
    except IntegrityError as error:
        raise DomainError("这个人已经担任这个职务", field="person_name") from error
    changes: dict[str, Any] = {"started_on": [None, started_on]}
    if user is not None:
        changes["username"] = [None, user.username]
    _record(by, "take_up", holding, organization, changes)
    return holding


@action
def leave(*, holding: OfficeHolding, ended_on: dt.date, by: Actor) -> list[RoleGrant]:
    """The person leaves the post on `ended_on`; the grants that stood on it end today and are
    returned. Raises Conflict when that was recorded already."""
    organization = holding.organization
    _covered(by, organization)
    if ended_on > clock.today():
        raise DomainError("免职日期不能晚于今天", field="ended_on")
    if holding.started_on and ended_on < holding.started_on:
        raise DomainError("免职日期不能早于任职日期", field="ended_on")
    OfficeHolding.machine.move(holding, "leave", ended_on=ended_on, end_recorded_at=clock.now())
    _record(by, "leave", holding, organization, {"ended_on": [None, ended_on]})
    return grants.end_of_offices(by=by, holdings=[holding])


@action
def correct(
    *,
    holding: OfficeHolding,
    by: Actor,
    post: str,
    person_name: str,
    started_on: dt.date | None,
    appointment: str = "",
    document_number: str = "",
    username: str = "",
    ended_on: dt.date | None = None,
    seen: str | None = None,
) -> list[RoleGrant]:
    """Puts right what was mistyped: nobody took or left an office. An office that has ended keeps
    a last day. Returns the grants that stood on what was wrong, which end.

    `seen` is the `mark_of` of the page worked on. Raises Stale when it was changed since, and
    DomainError.
    """
    organization = holding.organization
    _covered(by, organization)
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    holding = OfficeHolding.objects.select_related("organization", "user").get(pk=holding.pk)
    if seen is not None and seen != mark_of(holding):
        raise Stale("另一人刚刚改过这项任职，请对照现在的内容再更正。", holding)
    today = clock.today()
    if started_on and started_on > today:
        raise DomainError("任职日期不能晚于今天", field="started_on")
    if holding.ended_on is None:
        ended_on = None
    elif ended_on is None:
        raise DomainError("请填免职日期", field="ended_on")
    elif ended_on > today or (started_on and ended_on < started_on):
        raise DomainError("免职日期应在任职日期之后，不晚于今天", field="ended_on")
    if ended_on is None and post in SINGLE:
        other = organization.offices.filter(post=post, ended_on=None).exclude(pk=holding.pk).first()
        if other is not None:
            raise DomainError(
                f"现任{other.get_post_display()}是{other.person_name}，请先登记免职", field="post"
            )
    user = holding.user
    if username or person_name != holding.person_name:
        user = _account(organization, person_name, username) or (user if not username else None)
    values: dict[str, Any] = {
        "post": post,
        "person_name": person_name,
        "started_on": started_on,
        "ended_on": ended_on,
        "appointment": appointment,
        "document_number": document_number,
    }
    before = {name: getattr(holding, name) for name in values}
    was = OfficeHolding(organization=organization, post=holding.post, user=holding.user)
    changes = audit.changed(before, values)
    if user != holding.user:
        pair = (holding.user.username if holding.user else "", user.username if user else "")
        changes["username"] = list(pair)
    if not changes:
        return []
    try:
        with transaction.atomic():
            OfficeHolding.machine.move(holding, "correct", user=user, **values)
    except IntegrityError as error:
        raise DomainError("这个人已经担任这个职务", field="person_name") from error
    _record(by, "correct", holding, organization, changes)
    return grants.end_of_offices(by=by, holdings=[was])


def leave_all(
    holdings: QuerySet[OfficeHolding],
    on: dt.date,
    *,
    by: Actor,
    going_on: Collection[int] = (),
) -> None:
    """Ends what of these posts is still held on the day `on`, within the running action; what has
    not begun by then ends with its first day. The grants that stood on them end, but for those
    `going_on`, which the caller begins anew. Three queries, and as many again where accounts are
    concerned."""
    tied = list(
        holdings.filter(ended_on=None, user__isnull=False)
        .exclude(pk__in=going_on)
        .select_related("organization", "user")
    )
    late = Q(started_on__gt=on)
    now = clock.now()
    OfficeHolding.machine.move_many(
        holdings.filter(late), "leave", ended_on=F("started_on"), end_recorded_at=now
    )
    OfficeHolding.machine.move_many(holdings, "leave", ended_on=on, end_recorded_at=now)
    grants.end_of_offices(by=by, holdings=tied)


def _account(organization: Organization, name: str, username: str) -> User | None:
    """The account meant. Raises DomainError for a login name that is none of that person's."""
    if not username:
        return account_at(organization, name)
    user = User.objects.filter(
        username=User.normalize_username(username), is_active=True, admin_kind="", name=name
    ).first()
    if user is None:
        raise DomainError(f"没有登录名为 {username}、姓名为{name}的账号", field="username")
    return user


def _covered(by: Actor, organization: Organization) -> None:
    if by.user_id is not None and not by.covers(organization.path):
        raise NotAllowed(f"{organization} 不在管辖范围内")


def _record(
    by: Actor,
    act: str,
    holding: OfficeHolding,
    organization: Organization,
    changes: dict[str, Any],
) -> None:
    audit.record(
        by=by,
        verb=f"orgs.office.{act}",
        obj=holding,
        organization_id=organization.pk,
        organization_path=organization.path,
        changes=changes,
    )
