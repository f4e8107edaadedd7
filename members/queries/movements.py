"""Who came onto the roll and who went between two cuts: what makes opening + in − out = closing.

A month begins where the one before was cut off, by the day and by what was known then. From there
a person is followed step by step: with his branch to where it stands now, to where he is known now
to have stood on that day (what was told late), and from day to day to the end. Each step that
crosses the border of a place is one movement of that place, in or out; what happens below it is
none. Nothing is kept: the steps are read from how members stood.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from core import clock
from core.figures import Cut
from orgs.models.organization import paths_above
from orgs.queries.places import places_at, tree_of

from ..enums import (
    PUT_RIGHT,
    REASON_UNTOLD,
    WITH_PLACE,
    Category,
    ExitReason,
    MembershipState,
    MovementKind,
)
from ..models import Member, MemberStanding
from ..models.member import ON_ROLL
from ..rules import ADMISSION
from . import past

FEW = 2
LISTED = 400  # organisations in one IN list; more are all

_REASONS = {
    ExitReason.TRANSFERRED: MovementKind.TRANSFERRED_OUT,
    ExitReason.DECEASED: MovementKind.DECEASED,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A person at one moment stands elsewhere, or otherwise, than before. `source` and `target`
    are organisations on whose roll he was and is; `leaves` and `enters` the paths of them."""

    member_id: int
    kind: MovementKind
    day: dt.date
    source: int | None
    target: int | None
    leaves: str = ""
    enters: str = ""
    reason: str = ""  # of a leaving, in words
    is_late: bool = False  # told after the period in which it happened had been cut off

    with_place: bool = False  # he went along with his organisation: `leaves` is of the opening

    def crosses(self, path: str, then: str) -> int:
        """1 when the person comes into the place that stands at `path` and stood at `then` when
        the period began (nowhere: empty), -1 when he goes, 0 for neither."""
        before = then if self.with_place else path
        was = bool(before) and self.leaves.startswith(before)
        return int(self.enters.startswith(path)) - int(was)

    def kind_at(self, path: str, then: str) -> MovementKind | None:
        """What the step is for the place; None when it does not touch it."""
        if self.kind == MovementKind.BECAME_FULL:
            return self.kind if self.enters.startswith(path) else None
        way = self.crosses(path, then)
        if not way:
            return None
        if self.source is not None and self.target is not None:
            return MovementKind.MOVED_IN if way > 0 else MovementKind.MOVED_OUT
        return self.kind


@dataclass(frozen=True, slots=True)
class Ground:
    """Where organisations stood at both cuts: primary key -> path."""

    before: Mapping[int, str]
    after: Mapping[int, str]

    def then(self, paths: Collection[str]) -> dict[str, str]:
        """Path of a place at the closing -> where it stood at the opening, if it did."""
        wanted = set(paths)
        return {
            path: self.before[pk]
            for pk, path in self.after.items()
            if path in wanted and pk in self.before
        }

    def moved(self) -> list[int]:
        """The organisations that came, went, or stand elsewhere among these places."""
        known = self.before.keys() | self.after.keys()
        return [pk for pk in known if self.before.get(pk) != self.after.get(pk)]

    def near(self, paths: Collection[str]) -> set[int]:
        """The organisations at and below the places at either cut."""
        tops, before = tuple(paths), tuple(self.then(paths).values())
        found = {pk for pk, path in self.after.items() if path.startswith(tops)}
        return found | {pk for pk, path in self.before.items() if path.startswith(before)}


def ground_of(opening: Cut, closing: Cut, paths: Collection[str]) -> Ground:
    """The ground of the places that stand at `paths` at the closing: what is at and below them
    then, and what was where they stood at the opening. Whatever stands elsewhere is nowhere to
    them. Three queries."""
    wanted = set(paths)
    after = tree_of(closing, paths)
    places = [pk for pk, path in after.items() if path in wanted]
    before = tree_of(opening, places_at(opening, places).values())
    return Ground(before, after)


def on_roll_at(cut: Cut, organizations: Collection[int]) -> dict[int, int]:
    """Organisation -> how many were on its roll at the cut. One query."""
    rows: QuerySet[Member] | QuerySet[MemberStanding] = Member.objects.filter(ON_ROLL)
    if cut.known_at is not None or cut.day < clock.today():
        rows = MemberStanding.objects.on(cut.day, cut.known_at).filter(ON_ROLL)
    if len(organizations) <= LISTED:
        rows = rows.filter(organization__in=organizations)
    return dict(rows.order_by().values_list("organization").annotate(n=Count("pk")))


def steps(opening: Cut, closing: Cut, ground: Ground, organizations: Collection[int]) -> list[Step]:
    """All steps of those whose standing in one of the organisations changed between the cuts, in
    the order of days. Two queries."""
    near = Q(organization__in=organizations) if len(organizations) <= LISTED else Q()
    changed = Q(valid_from__gt=opening.day, valid_from__lte=closing.day)
    changed |= Q(valid_to__gt=opening.day, valid_to__lte=closing.day)
    if opening.known_at is not None:
        changed |= Q(recorded_at__gt=opening.known_at) | Q(withdrawn_at__gt=opening.known_at)
    changed |= Q(organization__in=ground.moved())
    rows = MemberStanding.objects.filter(
        member__in=MemberStanding.objects.filter(changed, near).values("member")
    )
    if closing.known_at is not None:
        rows = rows.filter(recorded_at__lte=closing.known_at)
    by_member: dict[int, list[MemberStanding]] = defaultdict(list)
    for row in rows.order_by("valid_from", "pk"):
        by_member[row.member_id].append(row)
    reasons: dict[int, list[tuple[dt.date, str]]] = defaultdict(list)
    exits = past.exits(closing.known_at).filter(happened_on__lte=closing.day)
    for member_id, day, reason in exits.filter(member__in=rows.values("member")).values_list(
        "member_id", "happened_on", "reason"
    ):
        reasons[member_id].append((day, reason))
    found = [
        step
        for member_id, known in by_member.items()
        for step in followed(known, opening, closing, ground, reasons.get(member_id, ()))
    ]
    found.sort(key=lambda step: (step.day, step.member_id))
    return found


def followed(
    rows: Sequence[MemberStanding],
    opening: Cut,
    closing: Cut,
    ground: Ground,
    exits: Iterable[tuple[dt.date, str]] = (),
) -> Iterator[Step]:
    """The steps of one person, whose standings in order of days are `rows`, those withdrawn too.
    No query."""
    known = [row for row in rows if _is_known(row, closing.known_at)]
    then = known
    if opening.known_at is not None:
        then = [row for row in rows if _is_known(row, opening.known_at)]
    first = known[0] if known else None
    was = _on(then, opening.day)
    here = _place(was)
    if here is not None and ground.before.get(here, "") != ground.after.get(here, ""):
        yield Step(
            member_id=rows[0].member_id,
            kind=MovementKind.MOVED_IN,
            day=opening.day + dt.timedelta(days=1),
            source=here,
            target=here,
            leaves=ground.before.get(here, ""),
            enters=ground.after.get(here, ""),
            reason=WITH_PLACE,
            with_place=True,
        )
    chain = [(was, _on(known, opening.day), True)]
    later = [row for row in known if opening.day < row.valid_from <= closing.day]
    before = chain[0][1]
    for row in later:
        chain.append((before, row, False))
        before = row
    for old, new, is_late in chain:
        source, target = _place(old), _place(new)
        if new is not None and old is not None and _became_full(old, new):
            yield _step(MovementKind.BECAME_FULL, new, source, target, ground, is_late=is_late)
        if source == target:
            continue
        seen = new or old
        if seen is None:
            continue
        kind, reason = _kind(old, new, first, exits)
        yield _step(kind, seen, source, target, ground, reason=reason, is_late=is_late)


def _step(
    kind: MovementKind,
    row: MemberStanding,
    source: int | None,
    target: int | None,
    ground: Ground,
    *,
    reason: str = "",
    is_late: bool = False,
) -> Step:
    day = row.valid_from
    if kind == MovementKind.BECAME_FULL:
        target = row.organization_id
        day = row.full_member_on or day
    if kind == MovementKind.RESTORED and is_late:  # as if he had never gone
        day = timezone.localdate(row.recorded_at)
    return Step(
        *(row.member_id, kind, day, source, target),
        leaves=ground.after.get(source, "") if source is not None else "",
        enters=ground.after.get(target, "") if target is not None else "",
        reason=reason,
        is_late=is_late,
    )


def _is_known(row: MemberStanding, at: dt.datetime | None) -> bool:
    if at is None:
        return row.withdrawn_at is None
    return row.recorded_at <= at and (row.withdrawn_at is None or row.withdrawn_at > at)


def _on(rows: Sequence[MemberStanding], day: dt.date) -> MemberStanding | None:
    for row in rows:
        if row.valid_from <= day and (row.valid_to is None or row.valid_to > day):
            return row
    return None


def _place(row: MemberStanding | None) -> int | None:
    """The organisation on whose roll he is."""
    if row is None or row.state != MembershipState.NORMAL:
        return None
    return row.organization_id


def _became_full(old: MemberStanding, new: MemberStanding) -> bool:
    return (
        old.category == Category.PROBATIONARY
        and new.category == Category.FULL
        and MembershipState.LEFT not in (old.state, new.state)
    )


def _kind(
    old: MemberStanding | None,
    new: MemberStanding | None,
    first: MemberStanding | None,
    exits: Iterable[tuple[dt.date, str]],
) -> tuple[MovementKind, str]:
    """Why he is on another roll than before, or on none, with the reason of a leaving."""
    if _place(new) is not None:
        if _place(old) is not None:
            return MovementKind.MOVED_IN, ""
        if old is not None:
            return MovementKind.RESTORED, ""
        return _entering(first), ""
    if new is None:
        return MovementKind.REMOVED, PUT_RIGHT
    if new.state == MembershipState.SUSPENDED:
        return MovementKind.SUSPENDED, ""
    told = sorted(exits)
    reason = next((why for day, why in told if day == new.valid_from), told[-1][1] if told else "")
    if not reason:
        return MovementKind.REMOVED, REASON_UNTOLD
    return _REASONS.get(ExitReason(reason), MovementKind.REMOVED), str(ExitReason(reason).label)


def _entering(first: MemberStanding | None) -> MovementKind:
    if (
        first is not None
        and first.category == Category.PROBATIONARY
        and first.joined_on is not None
        and abs(first.valid_from - first.joined_on) <= ADMISSION
    ):
        return MovementKind.ADMITTED
    return MovementKind.TRANSFERRED_IN


def tally(
    found: Iterable[Step], ground: Ground, paths: Collection[str]
) -> dict[str, dict[MovementKind, int]]:
    """Path of a place -> kind -> how many movements it had. No query."""
    counts: dict[str, dict[MovementKind, int]] = {path: defaultdict(int) for path in paths}
    then = ground.then(paths)
    for step in found:
        for path in paths if step.with_place else _above(step, paths):
            kind = step.kind_at(path, then.get(path, ""))
            if kind is not None:
                counts[path][kind] += 1
                if step.is_late and kind != MovementKind.BECAME_FULL:
                    counts[path][MovementKind.LATE] += 1
    return counts


def _above(step: Step, paths: Collection[str]) -> set[str]:
    """Those of the paths at which the step begins or ends, or which lie above."""
    ends = [end for end in (step.leaves, step.enters) if end]
    if len(paths) <= FEW:
        return {path for path in paths if any(end.startswith(path) for end in ends)}
    return {up for end in ends for up in (*paths_above(end), end)} & set(paths)
