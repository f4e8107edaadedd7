"""Whom the digest of a day tells of objections that should have been answered."""

from dataclasses import dataclass, field

from schedules.rounds.digests import Morning

from ..enums import ObjectionState
from ..models import Objection, ObjectionNotice
from .people import carrying_on, deciding


@dataclass(slots=True)
class Heard:
    """What one person is to be told: the objections that are late, and those new to him."""

    rows: list[Objection] = field(default_factory=list)
    fresh: list[Objection] = field(default_factory=list)


def stage_of(row: Objection) -> str:
    """How it is remembered that somebody was told: a new date or another step begins anew."""
    return f"{row.due_on:%Y-%m-%d}:{row.state}"


def to_hear(morning: Morning) -> dict[int, Heard]:
    """User -> what he is to be told, of those to whom something is new or who are `weekly`: whoever
    has the next step, and who holds the cycle. Holds the rows until the transaction ends. Five
    queries, one when nothing is late."""
    rows = list(
        Objection.objects.overdue(morning.today)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("assessed__cycle", "assessed__organization")
        .order_by("due_on", "pk")
    )
    if not rows:
        return {}
    holders = {row.assessed.cycle.organization_id for row in rows}
    carry, decide = carrying_on(holders), deciding(holders)
    known = set(
        ObjectionNotice.objects.filter(objection__in=rows).values_list(
            "objection_id", "user_id", "stage"
        )
    )
    found: dict[int, Heard] = {}
    for row in rows:
        holder = row.assessed.cycle.organization_id
        users = set(carry.get(holder, ()))
        if row.state == ObjectionState.RECHECKING and row.rechecker_id is not None:
            users.add(row.rechecker_id)
        if row.state == ObjectionState.PROPOSED:
            users |= set(decide.get(holder, ())) - {row.rechecker_id}
        for user in users:
            heard = found.setdefault(user, Heard())
            heard.rows.append(row)
            if (row.pk, user, stage_of(row)) not in known:
                heard.fresh.append(row)
    return {user: heard for user, heard in found.items() if heard.fresh or user in morning.weekly}
