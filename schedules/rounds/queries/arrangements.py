"""Reads of what can be arranged for many organisations at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission

from .. import fulfilment
from ..enums import Arrangement, DutyState, LeftOut
from ..models import Duty, DutyStep, Plan
from ..models.duty import OPEN_STATES, DutyQuerySet
from ..models.vocabulary import Counted

OPEN = "open"  # whatever is still to be sent or mended
WAIVED = "waived"
# The lists, as they are called, of what can still be waived or put off.
ARRANGED = (
    Counted.UNSENT,
    Counted.PENDING,
    Counted.MISSING,
    Counted.LOCKED,
    Counted.RETURNED,
)


def arrangeable(actor: Actor, plan: Plan, node: Organization, period: str) -> DutyQuerySet:
    """The duties of the plan's period at and below `node` that the actor may waive, put off or
    have done after all: those of others, where he holds the right row by row."""
    return (
        Duty.objects.visible_to(actor, Permission.REPORT_REOPEN)
        .filter(below(node.path, "organization__"), plan=plan, period=period)
        .exclude(organization_id=actor.organization_id or 0)
        .select_related("organization", *fulfilment.joins())
        .order_by("organization__path", "pk")
    )


def narrowed(rows: DutyQuerySet, shown: str, organization_class: str = "") -> DutyQuerySet:
    """Those of the rows that stand as `shown` says: `open`, `waived`, or a word of the vocabulary;
    of one class of organisations."""
    if shown == OPEN:
        rows = rows.outstanding()
    elif shown == WAIVED:
        rows = rows.filter(state=DutyState.WAIVED)
    else:
        rows = rows.counted(Counted(shown))
    if organization_class:
        rows = rows.filter(organization__organization_class=organization_class)
    return rows


@dataclass(frozen=True, slots=True)
class Judged:
    """Of what was chosen: what the act is done for, and what is left out, by the reason."""

    fitting: list[Duty]
    left: Mapping[LeftOut, list[Duty]]

    @property
    def left_count(self) -> int:
        """How many are left out."""
        return sum(map(len, self.left.values()))


def judged(
    act: str,
    duties: Iterable[Duty],
    until: dt.date | None = None,
    *,
    seen: Mapping[int, int] | None = None,
) -> Judged:
    """For which of the duties the act (`waive`, `extend`, `resume`) can be done as they stand, and
    where `seen` (id -> revision) says so as they were seen. One query for `resume`, none for the
    others."""
    rows = list(duties)
    by_hand = _waived_by_hand([one.pk for one in rows]) if act == "resume" else frozenset()
    fitting, left = [], defaultdict(list)
    for duty in rows:
        reason = _resuming(duty, by_hand) if act == "resume" else _open(duty)
        if reason is None and act == "extend" and until is not None:
            reason = _extending(duty, until)
        if seen is not None and duty.revision != seen[duty.pk]:
            reason = reason or LeftOut.MOVED
        if reason is None:
            fitting.append(duty)
        else:
            left[reason].append(duty)
    return Judged(fitting, left)


def _open(duty: Duty) -> LeftOut | None:
    if duty.state == DutyState.WAIVED:
        return LeftOut.WAIVED
    return None if duty.state in OPEN_STATES else LeftOut.SENT


def _extending(duty: Duty, until: dt.date) -> LeftOut | None:
    if duty.subject_kind:
        return LeftOut.CASE
    return LeftOut.NO_LATER if until <= duty.next_due_on else None


def _resuming(duty: Duty, by_hand: Collection[int]) -> LeftOut | None:
    if duty.state != DutyState.WAIVED:
        return LeftOut.NOT_WAIVED
    return None if duty.pk in by_hand else LeftOut.BY_RULE


def _waived_by_hand(ids: Collection[int]) -> frozenset[int]:
    steps = DutyStep.objects.filter(duty=OuterRef("pk"), kind=Arrangement.WAIVED)
    return frozenset(Duty.objects.filter(Exists(steps), pk__in=ids).values_list("pk", flat=True))


def locked_duties(ids: Collection[int]) -> list[Duty]:
    """The duties with their plans and organisations, locked for this transaction where the database
    can, in an order that two people share. One query."""
    return list(
        Duty.objects.select_for_update(of=("self",))
        .select_related("organization", *fulfilment.joins())
        .filter(pk__in=ids)
        .order_by("pk")
    )
