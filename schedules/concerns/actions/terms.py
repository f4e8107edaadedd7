"""The time limits of a concern, as figures count them: written with the act that begins or ends one."""

from collections.abc import Sequence

from core import clock

from ..models import Concern, ConcernTerm


def begin(concern: Concern) -> None:
    """A time limit begins to run: taken in, or dealt with once more."""
    begin_all([concern])


def begin_all(concerns: Sequence[Concern]) -> None:
    """The same for many at once."""
    ConcernTerm.objects.bulk_create(
        [
            ConcernTerm(concern=one, organization=one.organization, due_at=one.due_at)
            for one in concerns
        ],
        batch_size=200,
    )


def end(concern: Concern, *, is_elsewhere: bool = False) -> None:
    """Answered, or shown where to go."""
    rows = ConcernTerm.objects.filter(concern=concern, ended_at=None)
    rows.update(ended_at=clock.now(), is_elsewhere=is_elsewhere)


def call(concern: Concern, result: str) -> None:
    """Somebody has called back about the last answer."""
    last = ConcernTerm.objects.filter(concern=concern).exclude(ended_at=None).order_by("-pk")[:1]
    ConcernTerm.objects.filter(pk__in=list(last.values_list("pk", flat=True))).update(
        called_at=clock.now(), call_back=result
    )


def hand_over(concerns: Sequence[Concern], organization_id: int) -> None:
    """Somebody else deals with them now. A limit that has passed stays with who had it then."""
    ConcernTerm.objects.filter(
        concern__in=[one.pk for one in concerns], ended_at=None, due_at__gt=clock.now()
    ).update(organization=organization_id)
