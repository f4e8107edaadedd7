"""What of a sealed cycle was corrected since."""

from assessments.cycles.models import Correction, Cycle


def corrections_of(cycle: Cycle) -> list[Correction]:
    """The corrections of a cycle, in their order. One query."""
    return list(
        Correction.objects.filter(cycle=cycle)
        .select_related("assessed__organization")
        .order_by("at", "pk")
    )
