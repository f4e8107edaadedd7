"""Who has sent a self-assessment, and who is still asked for one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from core.actor import Actor
from orgs.access import not_recused
from orgs.permissions import Permission

from ..enums import SelfState, Stance
from ..models import SelfAssessment, SelfItem

OPEN = Q(items__returned_at__isnull=False) & (
    Q(items__answered_at=None) | Q(items__answered_at__lt=F("items__returned_at"))
)


@dataclass(frozen=True, slots=True)
class Reported:
    """One of the assessed: how far its self-assessment is, and of what was sent how much is
    questioned and how much was returned and is open."""

    assessed: Assessed
    own: SelfAssessment | None

    @property
    def is_sent(self) -> bool:
        """Whether it was sent by themselves."""
        return self.own is not None and self.own.sent_at is not None

    @property
    def questioned(self) -> int:
        """How many are questioned; nobody but themselves knows before it is sent."""
        return self.own.n_questioned if self.own is not None and self.is_sent else 0  # type: ignore[attr-defined]

    @property
    def returned(self) -> int:
        """How many wait to be sent again."""
        return self.own.n_open if self.own is not None else 0  # type: ignore[attr-defined]


def reported(cycle: Cycle, actor: Actor) -> list[Reported]:
    """All of the assessed in the order of the tree, without those from which the actor is kept away.
    Two queries."""
    rows = list(
        Assessed.objects.filter(
            not_recused(actor, Permission.ASSESSMENT_VIEW), cycle=cycle, is_out=False
        )
        .select_related("organization")
        .order_by("path")
    )
    found = SelfAssessment.objects.filter(assessed__in=[row.pk for row in rows]).annotate(
        n_questioned=Count("items", filter=Q(items__stance=Stance.QUESTIONED)),
        n_open=Count("items", filter=OPEN),
    )
    own = {one.assessed_id: one for one in found}
    return [Reported(row, own.get(row.pk)) for row in rows]


def counts_of(cycle: Cycle) -> tuple[int, int]:
    """How many have sent, of how many. Two queries."""
    rows = Assessed.objects.filter(cycle=cycle, is_out=False)
    sent = rows.filter(self_assessment__sent_at__isnull=False)
    return sent.count(), rows.count()


def unsent() -> QuerySet[Assessed]:
    """Those of whom a self-assessment is asked for now: facts are frozen, and the review has not
    begun."""
    return (
        Assessed.objects.filter(cycle__state=CycleState.FROZEN, is_out=False)
        .filter(Q(self_assessment=None) | Q(self_assessment__state=SelfState.DRAFT))
        .select_related("cycle__organization", "organization")
    )


def returned() -> QuerySet[Assessed]:
    """Those of whom something that was returned is still to be sent again."""
    return Assessed.objects.filter(
        cycle__state__in=(CycleState.FROZEN, CycleState.REVIEWING),
        is_out=False,
        self_assessment__state=SelfState.RETURNED,
    ).select_related("cycle__organization", "organization")


def open_items(assessed: Iterable[Assessed]) -> dict[int, list[SelfItem]]:
    """Assessed -> what was returned to them and is open. One query."""
    rows = SelfItem.objects.filter(self_assessment__assessed__in=[one.pk for one in assessed])
    rows = rows.filter(returned_at__isnull=False).filter(
        Q(answered_at=None) | Q(answered_at__lt=F("returned_at"))
    )
    found: dict[int, list[SelfItem]] = {}
    for one in rows.select_related("self_assessment"):
        found.setdefault(one.self_assessment.assessed_id, []).append(one)
    return found
