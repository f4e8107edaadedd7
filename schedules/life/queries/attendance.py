"""How members took part: one member's year, and what an organisation's own took part in elsewhere.

Of a record that another organisation keeps nothing is read here but its day, its kind and whose it
is: who may open the record finds the rest there.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value

from core.actor import Actor
from orgs.access import in_scope
from orgs.models.organization import below
from orgs.permissions import Permission

from ..enums import AbsenceReason, Presence
from ..models import Attendance, StudyRecord
from .counted import held_then
from .made_up import missed

ABSENT = Q(presence=Presence.ABSENT)
NO_LEAVE = Q(reason=AbsenceReason.NONE)
# What is counted of a member's year, and what lists it: the words of the page are in its form.
SHOWN = {
    "expected": Q(is_expected=True),
    "present": Q(is_expected=True, presence=Presence.PRESENT),
    "excused": ABSENT & ~NO_LEAVE,
    "unexcused": ABSENT & NO_LEAVE,
    "extra": Q(is_expected=False, presence=Presence.PRESENT),
    "elsewhere": Q(presence=Presence.GUEST),
}
# What an organisation is called by, a 党小组 with its branch.
_NAMED = (
    *("name", "short_name", "kind", "parent"),
    *("parent__name", "parent__short_name"),
)
MISSED = "missed"  # listed by `missed`, as the page of what is to be made up is


class _Word(Value):
    """A word that stands in the statement itself: by a value that is bound to it SQLite cannot tell
    that an index of some rows alone has them."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return f"'{self.value}'", ()


_GUEST = _Word(Presence.GUEST.value)


@dataclass(frozen=True, slots=True)
class Took:
    """How often a member was expected, came, was excused, stayed away without leave, came though he
    was not expected, and took part elsewhere; what he missed that is made up, and what of that he
    has made up. `is_more`: whether records that the reader does not see have more of him."""

    expected: int
    present: int
    excused: int
    unexcused: int
    extra: int
    elsewhere: int
    missed: int
    made_up: int
    is_more: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no record that the reader sees says anything of him."""
        return not (self.expected or self.extra or self.elsewhere)


def took_part(actor: Actor, member_id: int, first: dt.date, last: dt.date) -> Took:
    """One member's attendance from the first day to the last, by the records of organisations that
    the actor sees: the rows that `attendances` lists. Two queries."""
    seen = in_scope(actor, Permission.LIFE_VIEW)
    counts = {name: Count("pk", filter=seen & one) for name, one in SHOWN.items()}
    found = _of(member_id, first, last).aggregate(
        whole=Count("pk"), known=Count("pk", filter=seen), **counts
    )
    is_more = found.pop("whole") > found.pop("known")
    made = (
        missed(first, last)
        .filter(seen, member=member_id)
        .aggregate(missed=Count("pk"), made_up=Count("pk", filter=Q(made_up_on__isnull=False)))
    )
    return Took(**found, **made, is_more=is_more)


def attendances(
    actor: Actor, member_id: int, first: dt.date, last: dt.date, shown: str = ""
) -> QuerySet[Attendance]:
    """The rows that `took_part` counts as the word, all without one, latest first, with record and
    organisations. One query when evaluated."""
    if shown == MISSED:
        rows: Any = missed(first, last).filter(member=member_id)
    else:
        rows = _of(member_id, first, last).filter(SHOWN.get(shown, Q()))
    return (
        rows.filter(in_scope(actor, Permission.LIFE_VIEW))
        .select_related("organization__parent", "meeting__organization__parent")
        .order_by("-meeting__held_on", "-meeting_id")
    )


def made_up_days(member_id: int, uids: Collection[UUID]) -> dict[UUID, dt.date]:
    """Record -> on which day the member had made it up. One query, none for nothing."""
    if not uids:
        return {}
    rows = StudyRecord.objects.known().filter(member=member_id, makes_up__in=uids)
    return {uid: day for uid, day in rows.values_list("makes_up", "ended_on") if uid is not None}


def opens(actor: Actor, row: Attendance) -> bool:
    """Whether the actor may open the record and read what it was about: who kept it, or whose part
    in it the row is. A guest's own organisation has no part in it. No query where both
    organisations are loaded."""
    paths = [row.meeting.organization.path]
    if row.presence != Presence.GUEST:
        paths.append(row.organization.path)
    return any(actor.may_at(Permission.LIFE_VIEW, path) for path in paths)


# --- what an organisation's own took part in elsewhere -------------------------------------------


def elsewhere(actor: Actor, path: str, first: dt.date, last: dt.date) -> QuerySet[Attendance]:
    """Who of the organisation at the path and of all below it took part in another organisation's life, as far as the
    actor sees the place: member, home, day, kind and whose it was, and not one column more of that
    record. By home and day. One query when evaluated."""
    # By the guests first: they are few, attendances and records of a year are many.
    guests = Attendance.objects.filter(
        in_scope(actor, Permission.LIFE_VIEW), below(path, "organization__"), presence=_GUEST
    )
    return (
        Attendance.objects.filter(
            held_then(None),
            pk__in=guests.order_by().values("pk"),
            meeting__held_on__range=(first, last),
        )
        .select_related("member", "organization__parent", "meeting__organization__parent")
        .only(
            *("organization", "member__name", "meeting__kind", "meeting__held_on"),
            *(f"organization__{name}" for name in _NAMED),
            *(f"meeting__organization__{name}" for name in _NAMED),
        )
    )


def _of(member_id: int, first: dt.date, last: dt.date) -> QuerySet[Attendance]:
    return Attendance.objects.filter(
        held_then(None), member=member_id, meeting__held_on__range=(first, last)
    ).order_by()
