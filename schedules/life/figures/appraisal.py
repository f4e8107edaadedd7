"""Figures of 组织生活会 and 民主评议党员: who held them, and how many members got which grade."""

from collections.abc import Collection, Mapping, Sequence

from core import figures
from core.figures import Counts, Figure, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from ..enums import Grade
from ..queries.appraised import (
    APPRAISED,
    GRADED,
    LIFE_MEETINGS,
    PARTS,
    condition_of_grade,
    parts_held,
    results_held,
)


def _figure(key: str, label: str, unit: str, permission: str) -> Figure:
    return Figure(
        key,
        label,
        unit=unit,
        source="组织生活",
        address=figures.rows_at("life:appraisal-rows", key),
        permission=permission,
    )


@figures.register(
    _figure(LIFE_MEETINGS, "本月组织生活会", "次", Permission.LIFE_VIEW),
    _figure(APPRAISED, "本月民主评议党员", "次", Permission.LIFE_VIEW),
)
def count_parts(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Organisations' parts in records held in the period. One query, one for a past tree."""
    wanted = {key: PARTS[key] for key in keys}
    found: dict[str, Counts] = {}
    found |= counted(parts_held(window), wanted, paths, window.closing, trees)
    return found


@figures.register(
    *(
        _figure(key, f"本月评议为{Grade(grade).label}的党员", "人", Permission.MEMBER_VIEW)
        for key, grade in GRADED.items()
    )
)
def count_grades(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Members by the grade that appraisals held in the period gave them. One query, one for a past
    tree."""
    wanted = {key: condition_of_grade(key) for key in keys}
    found: dict[str, Counts] = {}
    found |= counted(
        results_held(window),
        wanted,
        paths,
        window.closing,
        trees,
        relation="appraisal__organization",
    )
    return found
