"""Takes down how members stand, whenever what figures count of them changes.

Called by the actions that write members, in their transaction.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.batches import IN_ONE_LIST, batched

from ..enums import Category, MembershipState
from ..models import Member, MembershipExit, MemberStanding
from ..models.standing import COLUMNS, FACTS, STATE
from ..queries.standings import astray

# values by column, the day from which they hold, and the first on which they do not
_Piece = tuple[dict[str, Any], dt.date, dt.date | None]
BATCH = 500


def begin(members: Iterable[Member], arrived: Mapping[UUID, dt.date] | None = None) -> None:
    """New members stand on the roll: from the day in `arrived` (by their uid), else from the day
    they joined when they were received just now, which is when they are probationary, else from
    today. Inserts only."""
    today, now = clock.today(), clock.now()
    rows = []
    for member in members:
        start = today
        if member.category == Category.PROBATIONARY and member.joined_on:
            start = min(today, member.joined_on)
        start = (arrived or {}).get(member.uid, start)
        rows.append(_row(_of(member), start, None, now))
    MemberStanding.objects.bulk_create(rows, batch_size=BATCH)


def change(members: Sequence[Member], since: Mapping[int, dt.date] | None = None) -> None:
    """Members stand otherwise, from the day in `since` or from today. What was known before is
    withdrawn where it is contradicted; where nothing is, nothing is written.

    One query for every 5,000 members, one UPDATE and the inserts.
    """
    today, now = clock.today(), clock.now()
    known: dict[int, list[MemberStanding]] = defaultdict(list)
    for ids in batched((member.pk for member in members), IN_ONE_LIST):
        rows = MemberStanding.objects.in_force().filter(member__in=ids).order_by("valid_from")
        for row in rows:
            known[row.member_id].append(row)
    withdrawn: list[int] = []
    written: list[MemberStanding] = []
    for member in members:
        day = (since or {}).get(member.pk, today)
        wanted = _timeline(member, known[member.pk], day)
        standing = {_key(row): row for row in known[member.pk]}
        for values, start, end in wanted:
            if standing.pop((*values.values(), start, end), None) is None:
                written.append(_row(values, start, end, now))
        withdrawn += [row.pk for row in standing.values()]
    for ids in batched(withdrawn, IN_ONE_LIST):
        MemberStanding.objects.filter(pk__in=ids).update(withdrawn_at=now)
    MemberStanding.objects.bulk_create(written, batch_size=BATCH)


@action
def settle(*, by: Actor) -> int:
    """Takes down how those members stand who were written past the actions, as an import by SQL
    or an older release during an upgrade does; returns how many. Audited when there were any."""
    count = 0
    wrong = astray().order_by("pk").values_list("pk", flat=True)
    for ids in batched(list(wrong), IN_ONE_LIST):
        change(list(Member.objects.select_for_update().filter(pk__in=ids).order_by("pk")))
        count += len(ids)
    if count:
        audit.record(by=by, verb="members.standing.repair", changes={"differences": [count, 0]})
    return count


def fill(*, since: dt.date) -> int:
    """Writes standings for all members that have none, as if they had been kept since the day:
    entering, becoming full and leaving as the register dates them. Returns how many were written.

    For members that did not come through the actions. A few queries for every 5,000 members.
    """
    count = 0
    lacking = Member.objects.filter(standings=None).order_by("pk")
    for ids in batched(list(lacking.values_list("pk", flat=True)), IN_ONE_LIST):
        left = dict(
            MembershipExit.objects.filter(member__in=ids, undone_at=None).values_list(
                "member_id", "happened_on"
            )
        )
        rows = [
            row
            for member in Member.objects.filter(pk__in=ids).only(*COLUMNS)
            for row in _history(member, since, left.get(member.pk))
        ]
        MemberStanding.objects.bulk_create(rows, batch_size=BATCH)
        count += len(rows)
    return count


def _timeline(member: Member, known: Sequence[MemberStanding], day: dt.date) -> list[_Piece]:
    """What is to hold of all days: as known until `day`; from then on as known, but for what the
    member is otherwise now. So a move told late leaves a later exit where it is."""
    now = _of(member)
    if not known:
        return [(now, day, None)]
    last = _of(known[-1])
    facts = {name: now[name] for name in FACTS}
    news = {name: now[name] for name in STATE if now[name] != last[name]}
    pieces: list[_Piece] = []
    for row in known:
        values, start, end = {**_of(row), **facts}, row.valid_from, row.valid_to
        if start < day:
            pieces.append((values, start, day if end is None else min(day, end)))
        if end is None or end > day:
            pieces.append(({**values, **news}, max(start, day), end))
    found = pieces[:1]
    for piece in pieces[1:]:
        values, start, end = found[-1]
        if piece[0] == values and piece[1] == end:
            found[-1] = (values, start, piece[2])
        else:
            found.append(piece)
    return found


def _history(member: Member, since: dt.date, left_on: dt.date | None) -> Iterator[MemberStanding]:
    """The rows of a member who has none: probationary, full and gone, each from its day on."""
    now = _of(member)
    start = max(since, min(member.joined_on or since, clock.today()))
    steps: list[tuple[dt.date, dict[str, Any]]] = [(start, now)]
    state = member.state
    if state == MembershipState.LEFT and left_on is not None:
        here = {**now, "state": MembershipState.NORMAL}
        steps = [(min(start, left_on), here), (left_on, now)]
    if member.category == Category.FULL and member.full_member_on:
        become = member.full_member_on
        if steps[0][0] < become and (len(steps) == 1 or become < steps[1][0]):
            first = steps[0]
            before = {**first[1], "category": Category.PROBATIONARY}
            steps[:1] = [(first[0], before), (become, first[1])]
    ends = [*(day for day, _ in steps[1:]), None]
    for (day, values), end in zip(steps, ends, strict=True):
        if end is None or day < end:
            yield _row({**values, "member_id": member.pk}, day, end, _midnight(day))


def _of(row: Member | MemberStanding) -> dict[str, Any]:
    member_id = row.pk if isinstance(row, Member) else row.member_id
    return {"member_id": member_id, **{name: getattr(row, name) for name in COLUMNS}}


def _key(row: MemberStanding) -> tuple[Any, ...]:
    return (*_of(row).values(), row.valid_from, row.valid_to)


def _row(
    values: Mapping[str, Any], start: dt.date, end: dt.date | None, at: dt.datetime
) -> MemberStanding:
    return MemberStanding(**values, valid_from=start, valid_to=end, recorded_at=at)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
