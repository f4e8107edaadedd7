"""What of a sealed cycle was corrected since."""

from collections.abc import Iterable

from ..models import Assessed, Correction, Cycle


def corrections_of(cycle: Cycle) -> list[Correction]:
    """The corrections of a cycle, in their order. One query."""
    return list(
        Correction.objects.filter(cycle=cycle)
        .select_related("assessed__organization", "to_run", "from_run")
        .order_by("at", "pk")
    )


def corrections_of_assessed(assessed: Assessed) -> list[Correction]:
    """Those of one of the assessed, in their order. One query."""
    return list(Correction.objects.filter(assessed=assessed).order_by("at", "pk"))


def corrected_of(assessed: Iterable[int]) -> dict[int, list[Correction]]:
    """Assessed -> its corrections, in their order, of those that have any. One query."""
    found: dict[int, list[Correction]] = {}
    rows = Correction.objects.filter(assessed__in=list(assessed)).order_by("at", "pk")
    for one in rows:
        found.setdefault(one.assessed_id, []).append(one)
    return found
