"""The figures this app knows: organisations, their offices and terms."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from core import clock, figures
from core.figures import Counts, Figure, Place, Window

from .permissions import Permission
from .queries import found, places

figures.register_tree(places.paths_on)

# Key -> what the list of organisations is narrowed to.
_NARROWED = {"branches": "branches", "offices_vacant": "vacant", "terms_ending": "ending"}


def _figure(
    key: str, label: str, source: str, since: Callable[[], dt.date] | None = None
) -> Figure:
    def address(place: Place, window: Window) -> str:
        values = {"below": str(place.pk), "only": _NARROWED[key]}
        if window.day < clock.today():
            values["on"] = window.day.isoformat()
        if key == "branches" and window.last < window.day:
            values["existing"] = window.last.isoformat()
        return f"{reverse('orgs:organization-list')}?{urlencode(values)}"

    return Figure(
        key,
        label,
        unit="个",
        source=source,
        address=address,
        permission=Permission.ORGANIZATION_VIEW,
        since=since,
    )


def _never() -> dt.date:
    """Of terms only those that run are kept."""
    return figures.NEVER


@figures.register(
    _figure("offices_vacant", "书记空缺", "任职记录"),
    _figure("terms_ending", "半年内届满", "组织名录，届满日期", since=_never),
)
def count_organizations(
    keys: Sequence[str], paths: Collection[str], window: Window
) -> Mapping[str, Counts]:
    """Organisations that exist on the day. One query."""
    return _count(keys, paths, window, window.day)


@figures.register(_figure("branches", "所属支部", "组织名录"))
def count_branches(
    keys: Sequence[str], paths: Collection[str], window: Window
) -> Mapping[str, Counts]:
    """Branches that exist at the end of the period, or on the day while it runs. One query."""
    return _count(keys, paths, window, window.end)


def _count(
    keys: Sequence[str], paths: Collection[str], window: Window, existing: dt.date
) -> Mapping[str, Counts]:
    wanted = {key: Count("pk", filter=found.condition(_NARROWED[key], window.day)) for key in keys}
    rows = found.standing_on(window.day, existing).filter(places.within(paths)).order_by()
    counts: dict[str, dict[str, int]] = {key: {} for key in keys}
    for path, *numbers in rows.values_list("path").annotate(**wanted):
        for key, number in zip(keys, numbers, strict=True):
            counts[key][path] = number
    return counts
