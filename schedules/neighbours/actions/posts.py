"""带岗带责: members take posts in a grid, and leave them."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean
from members.models import Member

from ..models import GridPost
from ..rules import AREA
from . import rights

TAKEN = "这名党员已在这个网格的这个岗上，不用再登记。"
MOVED = "已不在本支部"
MANY = 500


@dataclass(frozen=True, slots=True)
class Place:
    """The grid, the post in it, and what it is for."""

    grid: str
    title: str
    since: dt.date
    area: str = ""


@action
def take(*, member: Member, place: Place, by: Actor) -> GridPost:
    """The member answers for a post in a grid. Raises NotAllowed, Conflict where he does already, or
    DomainError."""
    rows = Member.objects.select_for_update(of=("self",)).select_related("organization")
    member = rows.get(pk=member.pk)
    rights.expect_editor(member.organization, by)
    if not member.is_on_roll:
        raise DomainError("这名党员已不在册，请重新选择。", field="member")
    grid = rights.expect_words(place.grid, 2, 40, "grid", "网格")
    title = rights.expect_words(place.title, 2, 40, "title", "岗位")
    area = clean(place.area)
    if len(area) > AREA:
        raise DomainError(f"责任区最多 {AREA} 字。", field="area")
    since = rights.expect_past(place.since, "since")
    if GridPost.objects.filter(member=member, grid=grid, title=title, until=None).exists():
        raise Conflict(TAKEN, code="taken")
    try:
        with transaction.atomic():
            post = GridPost.objects.create(
                organization=member.organization,
                member=member,
                grid=grid,
                title=title,
                area=area,
                since=since,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise Conflict(TAKEN, code="taken") from error
    rights.note(post, "neighbours.post.take", by=by)
    return post


@action
def end(*, post: GridPost, until: dt.date, reason: str = "", by: Actor) -> GridPost:
    """The member leaves the post. Raises NotAllowed, MovedOn or DomainError."""
    row = rights.locked_post(post.pk)
    rights.expect_editor(row.organization, by)
    GridPost.machine.expect(row, "end")
    rights.expect_past(until, "until")
    if until < row.since:
        raise DomainError("不能早于上岗的那天。", field="until")
    _end(row, until, clean(reason)[:100], by)
    return row


@action
def end_of_those_who_left(*, by: Actor) -> int:
    """Posts of members who have moved to another organisation, or left, end; how many. A second run finds
    none."""
    pks = list(GridPost.objects.left().order_by("pk").values_list("pk", flat=True)[:MANY])
    rows = GridPost.objects.filter(pk__in=pks, until=None).select_for_update(of=("self",))
    held = list(rows.select_related("organization", "member").order_by("pk"))
    for row in held:
        _end(row, max(clock.today(), row.since), MOVED, by)
    return len(held)


def _end(row: GridPost, until: dt.date, reason: str, by: Actor) -> None:
    GridPost.machine.move(row, "end", until=until, reason=reason)
    rights.note(row, "neighbours.post.end", by=by, changes={"until": [None, until]})
