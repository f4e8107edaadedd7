"""The figures this slice knows: brands that have a name, and those that are cultivated. They tell how much
there is and are no gauge: nobody becomes better by having more of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.urls import reverse

from core import figures
from core.figures import Counts, Figure, Place, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from .models import Brand
from .queries.counted import CULTIVATED, NAMED, condition


def _list(key: str) -> Callable[[Place, Window], str]:
    def address(place: Place, window: Window) -> str:
        values = {
            "figure": key,
            "organization": place.pk,
            "period": window.period,
            **figures.when_words(window),
        }
        return f"{reverse('brands:figure-rows')}?{urlencode(values)}"

    return address


def _figure(key: str, label: str) -> Figure:
    return Figure(
        key,
        label,
        unit="个",
        source="党建品牌",
        address=_list(key),
        permission=Permission.BRAND_VIEW,
    )


@figures.register(_figure(NAMED, "已命名品牌"), _figure(CULTIVATED, "在培育品牌"))
def count_brands(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Brands by whose they are. One query, one for a past tree."""
    wanted = {key: condition(key, window) for key in keys}
    return counted(Brand.objects.all(), wanted, paths, window.closing, trees)
