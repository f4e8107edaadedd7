"""What becomes of wishes, posts and partnerships when one organisation becomes part of another."""

from typing import Any

from core import clock
from core.actions import action
from core.actor import Actor
from orgs.models import Organization

from ..models import GridPost, Partnership, Wish
from ..models.wish import LIVE
from . import rights


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> int:
    """What is not over goes over to the target, whose members they are by then; a partnership of the
    two ends, and one that the target has already. Returns how many rows."""
    passed = {"claimant": [str(source), str(target)]}
    count = 0
    for column in ("organization", "claimant"):
        rows = Wish.objects.filter(**{column: source}, state__in=LIVE)
        held = rows.select_for_update(of=("self",)).select_related("organization").order_by("pk")
        for wish in list(held):
            setattr(wish, column, target)
            wish.save(update_fields=[column])
            rights.note(wish, "neighbours.wish.follow", by=by, changes=passed)
            count += 1
    posts = GridPost.objects.filter(organization=source, until=None)
    for post in posts.select_for_update(of=("self",)).select_related("organization"):
        post.organization = target
        post.save(update_fields=["organization"])
        rights.note(post, "neighbours.post.follow", by=by)
        count += 1
    return count + _partnerships(source, target, by)


def _partnerships(source: Organization, target: Organization, by: Actor) -> int:
    rows = Partnership.objects.running().select_related("organization", "partner")
    has = {_key(one) for one in [*rows.filter(organization=target), *rows.filter(partner=target)]}
    count = 0
    for column in ("organization", "partner"):
        held = rows.filter(**{column: source}).select_for_update(of=("self",)).order_by("pk")
        for row in list(held):
            setattr(row, column, target)
            if row.organization_id == row.partner_id or _key(row) in has:
                Partnership.machine.move(row, "end", ended_on=clock.today())
                rights.note(row, "neighbours.partnership.end", by=by)
            else:
                row.save(update_fields=[column])
                has.add(_key(row))
                rights.note(row, "neighbours.partnership.follow", by=by)
            count += 1
    return count


def _key(row: Partnership) -> tuple[Any, ...]:
    """What two rows of the same sides have in common, whoever wrote them down."""
    sides = {row.organization_id, row.partner_id} - {None}
    return (frozenset(sides), row.outside, row.kind)
