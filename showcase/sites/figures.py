"""The figure this slice knows: sites in force on a day."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from core import figures
from core.figures import Counts, Figure, Place, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from .queries.listing import stood_in

IN_FORCE = "sites_in_force"


def _address(place: Place, window: Window) -> str:
    values = {
        "organization": place.pk,
        "period": window.period,
        **figures.when_words(window),
    }
    return f"{reverse('sites:site-list')}?{urlencode(values)}"


@figures.register(
    Figure(
        IN_FORCE,
        "在册示范点",
        unit="个",
        source="示范点",
        address=_address,
        permission=Permission.SITE_VIEW,
    )
)
def count_sites(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Sites that had their plaque when the day was over, by what is known of naming and removal now.
    One query; one for a past tree."""
    rows = stood_in(window)
    return counted(rows, {key: Q() for key in keys}, paths, window.closing, trees)
