"""How much there is to mark of whom, before it is known what is questioned."""

from assessments.cycles.models import Assessed, Cycle
from assessments.cycles.queries.computing import contents_of
from assessments.schemes.definitions import leaves

from .exceptions import markable


def weights_of(cycle: Cycle) -> dict[int, int]:
    """Assessed -> how many of its indicators people mark. Two queries."""
    by_version = {
        pk: sum(bool(markable(leaf, counted=False)) for leaf in leaves(content))
        for pk, content in contents_of(cycle).items()
    }
    rows = Assessed.objects.filter(cycle=cycle, is_out=False)
    return {pk: by_version[version] for pk, version in rows.values_list("pk", "version_id")}
