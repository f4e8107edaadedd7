"""The account of an organisation's year, as of a day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments.scoring.numbers import number
from core.actor import Actor

from ..enums import PostingKind
from ..models import Assessed, Posting


@dataclass(frozen=True, slots=True)
class Account:
    """What was booked by a day, in order, and what it adds up to, exactly."""

    year: int
    on: dt.date
    postings: Sequence[Posting]
    total: Fraction

    def of(self, kind: PostingKind) -> list[Posting]:
        """The bookings of one kind."""
        return [one for one in self.postings if one.kind == kind]


def account_of(actor: Actor, assessed: Assessed, on: dt.date) -> Account:
    """The account of the year of the assessed's cycle: bookings of all cycles of that holder and
    level which the actor may see, made by the end of the day. One query."""
    cycle = assessed.cycle
    year = cycle.year
    rows = list(
        Posting.objects.visible_to(actor)
        .filter(
            organization=assessed.organization_id,
            year=year,
            cycle__organization=cycle.organization_id,
            cycle__level=cycle.level,
            posted_on__lte=on,
        )
        .select_related("cycle")
        .order_by("posted_at", "pk")
    )
    total = sum((number(one.points) for one in rows), Fraction(0))
    return Account(year, on, rows, total)
