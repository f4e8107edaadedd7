"""The figures this app knows: organisations, their offices and terms."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from core import figures
from core.figures import Counts, Figure, Place, Trees, Window

from .permissions import Permission
from .queries import found, places

figures.register_tree(places.KnownTrees)

# Key -> what the list of organisations is narrowed to.
_NARROWED = {
    "branches": "branches",
    "offices_vacant": "vacant",
    "terms_ending": "ending",
    "terms_overdue": "overdue",
    "terms_extended": "extended",
}


def _figure(key: str, label: str, source: str, *names: str) -> Figure:
    def address(place: Place, window: Window) -> str:
        values = {"below": str(place.pk), "only": _NARROWED[key]}
        if window.is_past:
            values["on"] = window.end.isoformat()
        if window.known_at is not None:
            values["known"] = figures.moment_word(window.known_at)
        return f"{reverse('orgs:organization-list')}?{urlencode(values)}"

    return Figure(
        key,
        label,
        unit="个",
        source=source,
        address=address,
        permission=Permission.ORGANIZATION_VIEW,
        names=names,
    )


@figures.register(
    _figure(
        "branches",
        "所属支部",
        "组织名录，期末",
        *("所属支部", "所属党支部", "下属支部", "下属党支部", "党支部"),
    ),
    _figure(
        "offices_vacant",
        "书记空缺",
        "任职记录，期末",
        *("书记空缺", "支部书记空缺", "书记空缺支部", "书记空缺的支部"),
    ),
    _figure(
        "terms_ending",
        "半年内届满",
        "届次，期末起半年内届满，不含逾期和已延期",
        *("半年内届满", "半年内届满支部", "半年内届满党组织"),
    ),
    _figure(
        "terms_overdue",
        "逾期未换届",
        "届次，期末已过届满日期",
        *("逾期未换届", "逾期未换届支部", "逾期未换届党组织", "超期未换届支部"),
    ),
    _figure(
        "terms_extended",
        "延期换届",
        "届次，经批准延期且尚未到期",
        *("延期换届", "延期换届支部", "延期换届党组织"),
    ),
)
def count_organizations(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Organisations that exist at the end of the period, or today while it runs. One query."""
    cut = window.closing
    wanted = {key: Count("pk", filter=found.condition(_NARROWED[key], cut)) for key in keys}
    rows = found.standing_on(cut).filter(places.within(paths)).order_by()
    counts: dict[str, dict[str, int]] = {key: {} for key in keys}
    for path, *numbers in rows.values_list("path").annotate(**wanted):
        for key, number in zip(keys, numbers, strict=True):
            counts[key][path] = number
    return counts
