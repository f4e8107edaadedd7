"""What a publication shows: grades, and totals where it says so; nothing else of anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from assessments.cycles.models import Cycle, Score
from assessments.cycles.queries.corrected import corrections_of

from ..enums import Shown
from ..models import Publication


@dataclass(frozen=True, slots=True)
class Row:
    """One organisation as others see it. `is_corrected`: the result is not the one first decided."""

    name: str
    grade: str
    total: Decimal | None
    full: Decimal | None
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A group, its organisations in the order of the tree: never in that of their points."""

    name: str
    rows: Sequence[Row]


def shown_by(publication: Publication) -> list[Part]:
    """What the publication shows of the results that count now. Two queries."""
    cycle: Cycle = publication.cycle
    corrected = {one.assessed_id for one in corrections_of(cycle)}
    has_totals = publication.shown == Shown.TOTALS
    scores = (
        Score.objects.filter(run=cycle.run_id, assessed__is_out=False)
        .select_related("assessed__group", "assessed__organization")
        .defer("facts", "result", "compared")
        .order_by(
            F("assessed__group__order").asc(nulls_last=True), "assessed__group_id", "assessed__path"
        )
    )
    parts: dict[str, list[Row]] = {}
    for score in scores:
        group = score.assessed.group.name if score.assessed.group else ""
        parts.setdefault(group, []).append(
            Row(
                score.assessed.short_name,
                score.grade,
                score.total if has_totals else None,
                score.full if has_totals else None,
                score.assessed_id in corrected,
            )
        )
    return [Part(name, rows) for name, rows in parts.items()]
