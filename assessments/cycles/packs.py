"""Papers of a cycle that are made behind, as something to be made."""

from core.documents import making
from core.downloads import WORDS, file_name

from .models import Cycle


def wanted(kind: str, cycle: Cycle, title: str, ending: str) -> making.Wanted:
    """What a maker of this kind is asked for: all papers of the cycle under that title, as a file of
    that ending, at the place of who holds it."""
    return making.Wanted(
        kind,
        {"cycle": str(cycle.uid), "ending": ending},
        f"{title} {WORDS[ending]}",
        file_name(str(cycle.organization), title, ending=ending),
        ending,
        organization_id=cycle.organization_id,
        organization_path=cycle.organization.path,
    )
