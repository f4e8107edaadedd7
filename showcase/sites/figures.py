"""The figures this slice knows: sites in force on a day, and how many committees have one. Which share of
the committees has a site is a gauge; how many sites there are is none."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from core import figures
from core.figures import Counts, Figure, Gauge, Place, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from .queries.coverage import committees_then
from .queries.listing import stood_in

IN_FORCE = "sites_in_force"
COMMITTEES, COVERED = "sites_committees", "sites_committees_covered"


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


def _figure(key: str, label: str, gauge: Gauge | None = None) -> Figure:
    return Figure(
        key,
        label,
        unit="个",
        source="示范点",
        address=figures.rows_at("sites:figure-rows", key),
        permission=Permission.SITE_VIEW,
        gauge=gauge,
    )


@figures.register(
    _figure(COMMITTEES, "党委数"),
    _figure(
        COVERED,
        "有示范点的党委",
        Gauge("有示范点的党委的比例", 60, of=COMMITTEES),
    ),
)
def count_committees(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Committees below the work committee, and those of them with a site in force at or below them. One
    query, and one or two for the tree."""
    rows = committees_then(window, paths, trees).values()
    found: dict[str, Counts] = {
        COMMITTEES: {path: 1 for path, _ in rows},
        COVERED: {path: 1 for path, sites in rows if sites},
    }
    return {key: found[key] for key in keys}
