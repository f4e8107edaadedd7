"""Stories of the demo zone."""

from collections.abc import Mapping

from core.demo import Seeding

from ..models import Story


def build(seeding: Seeding) -> Mapping[str, int]:
    """All of them."""
    return {"stories": Story.objects.count()}
