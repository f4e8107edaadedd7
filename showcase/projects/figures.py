"""The figures this slice knows: projects that run and were closed, milestones kept and late. None of them
counts proposals: that many are written is no good by itself."""

from collections.abc import Collection, Mapping, Sequence

from core import figures
from core.figures import Counts, Figure, Gauge, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from .queries.counted import (
    CLOSED,
    DUE,
    EXCELLENT,
    OF_PROJECTS,
    ON_TIME,
    OVERDUE,
    PARTS,
    RUNNING,
    WHOLES,
    counted_rows,
    part_of,
)

LATE_WRITING = 10  # days after which what was done is as a rule written down


def _figure(key: str, label: str, gauge: Gauge | None = None) -> Figure:
    return Figure(
        key,
        label,
        gauge=gauge,
        unit="个",
        source="党建项目",
        address=figures.rows_at("projects:figure-rows", key),
        permission=Permission.PROJECT_VIEW,
    )


@figures.register(
    _figure(RUNNING, "在办党建项目"),
    _figure(OVERDUE, "逾期项目节点", Gauge("逾期项目节点", 0, fewer=True, unit="个")),
    _figure(DUE, "本月到期项目节点"),
    _figure(
        ON_TIME,
        "本月到期项目节点中按原定日子完成",
        Gauge("项目节点按原定日子完成的比例", 90, of=DUE, lag=LATE_WRITING),
    ),
    _figure(CLOSED, "本月结项党建项目"),
    _figure(EXCELLENT, "本月结项中评为优秀", Gauge("结项项目评为优秀的比例", 30, of=CLOSED)),
)
def count_projects(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Projects and milestones by who undertakes them. A query for each whole with its part, one for a past
    tree."""
    found: dict[str, Counts] = {}
    for whole in WHOLES:
        wanted = {key: part_of(key, window) for key in keys if whole in (key, PARTS.get(key))}
        if not wanted:
            continue
        relation = "organization" if whole in OF_PROJECTS else "project__organization"
        rows = counted_rows(whole, window)
        found |= counted(rows, wanted, paths, window.closing, trees, relation=relation)
    return found
