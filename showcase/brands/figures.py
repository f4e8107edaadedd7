"""The figures this slice knows: brands that have a name, and those that are cultivated. They tell how much
there is and are no gauge: nobody becomes better by having more of them."""

from collections.abc import Collection, Mapping, Sequence

from core import figures
from core.figures import Counts, Figure, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from .models import Brand
from .queries.counted import CULTIVATED, NAMED, condition


def _figure(key: str, label: str) -> Figure:
    return Figure(
        key,
        label,
        unit="个",
        source="党建品牌",
        address=figures.rows_at("brands:figure-rows", key),
        permission=Permission.BRAND_VIEW,
    )


@figures.register(_figure(NAMED, "已命名品牌"), _figure(CULTIVATED, "在培育品牌"))
def count_brands(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Brands by whose they are. One query, one for a past tree."""
    wanted = {key: condition(key, window) for key in keys}
    return counted(Brand.objects.all(), wanted, paths, window.closing, trees)
