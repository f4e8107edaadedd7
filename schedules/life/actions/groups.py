"""Who of a branch is in which 党小组, and who leads it."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from orgs.models import Organization

from ..models import GroupMembership
from ..queries.groups import Placed, groups_of, mark_of, placed_in
from . import rights

BACK = dt.timedelta(days=731)  # how long after its day an arrangement can be written down
STALE = "另一人刚刚改过编组。请核对下面的最新编组后再保存，你选的都在。"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is to be: in a 党小组, or in none (`group_id` 0)."""

    group_id: int = 0
    is_leader: bool = False


@action
def arrange(
    *, branch: Organization, wanted: Mapping[int, Place], shown: str, since: dt.date, by: Actor
) -> int:
    """Puts each member of the branch into the 党小组 wanted, from the day on; answers how many
    were changed. Who is not in `wanted` stays where he is.

    `shown` is the mark of the arrangement that the page showed. Sent again, nothing is changed.
    Raises NotAllowed, Conflict when somebody else has changed it meanwhile, or DomainError for a
    day or a place that cannot be.
    """
    rights.expect_writer(branch, by, "党小组由支部自己编。")
    # Of two who save at once the second sees what the first has written.
    Organization.objects.select_for_update(no_key=True, of=("self",)).get(pk=branch.pk)
    if since > clock.today():
        raise DomainError("从哪一天起，不能晚于今天。", field="since", code="day")
    if since < clock.today() - BACK:
        raise DomainError("只能补记两年以内的编组。", field="since", code="day")
    people = placed_in(branch, clock.today())
    now_in = {one.member_id: Place(one.group_id, one.is_leader) for one in people}
    gone = wanted.keys() - now_in.keys()
    if gone:
        raise DomainError(
            f"名单变了：{len(gone)} 人已不在本支部的名册上。请核对后再保存。",
            field="since",
            code="roll",
        )
    after = {**now_in, **wanted}
    _check(branch, people, after)
    changed = [one for one in people if now_in[one.member_id] != after[one.member_id]]
    if not changed:
        return 0
    if shown != mark_of(people):
        raise Conflict(STALE, code="stale")
    _write(branch, people, changed, after, since)
    audit.record(
        by=by,
        verb="life.groups.arrange",
        obj=branch,
        organization_id=branch.pk,
        organization_path=branch.path,
        changes={"people": [None, len(changed)], "since": [None, str(since)]},
    )
    return len(changed)


def _check(branch: Organization, people: Sequence[Placed], after: Mapping[int, Place]) -> None:
    """Raises DomainError for a group that is not the branch's, and for two who lead one."""
    groups = {one.pk: one for one in groups_of(branch)}
    names = {one.member_id: one.name for one in people}
    for pk, place in after.items():
        if place.group_id and place.group_id not in groups:
            raise DomainError(
                f"{names[pk]}的党小组已经不在本支部。请重新选。", field=f"g-{pk}", code="group"
            )
    leaders = Counter(place.group_id for place in after.values() if place.is_leader)
    for group_id, count in leaders.items():
        if count > 1:
            two = [names[pk] for pk, one in after.items() if one == Place(group_id, True)]
            raise DomainError(
                f"{groups[group_id]}只能有一名组长，现在选了{'、'.join(two)}。",
                field="since",
                code="leader",
            )


def _write(
    branch: Organization,
    people: Sequence[Placed],
    changed: Sequence[Placed],
    after: Mapping[int, Place],
    since: dt.date,
) -> None:
    """A fixed number of statements. What held until then ends the day before; what was written for
    the very day is written anew; and what is left of people who have gone ends with it."""
    ids, here = {one.member_id for one in changed}, {one.member_id for one in people}
    in_force = GroupMembership.objects.filter(until=None)
    of_gone = Q(group__parent=branch) & ~Q(member__in=here)
    rows = list(in_force.filter(Q(member__in=ids) | of_gone))
    later = [row for row in rows if row.member_id in ids and row.since > since]
    if later:
        names = {one.member_id: one.name for one in changed}
        day = max(row.since for row in later)
        raise DomainError(
            f"{names[later[0].member_id]}的编组从 {day:%Y-%m-%d} 起才有。请选这一天或以后的日期。",
            field="since",
            code="day",
        )
    same_day = [row.pk for row in rows if row.member_id in ids and row.since == since]
    begun = [row.pk for row in rows if row.since < since]
    left = [row.pk for row in rows if row.member_id not in ids and row.since >= since]
    GroupMembership.objects.filter(pk__in=same_day).delete()
    GroupMembership.objects.filter(pk__in=begun).update(until=since - dt.timedelta(days=1))
    GroupMembership.objects.filter(pk__in=left).update(until=F("since"))
    GroupMembership.objects.bulk_create(
        (
            GroupMembership(
                group_id=after[pk].group_id,
                member_id=pk,
                is_leader=after[pk].is_leader,
                since=since,
            )
            for pk in sorted(ids)
            if after[pk].group_id
        ),
        batch_size=500,
    )
