"""How many members an organisation has, by the denominators and groups that reports ask for.

Each organisation's own figures are stored (`OwnHeadcount`) and added up over a range of paths,
so a page of the top reads one row an organisation and not every member. What has changed since
(`HeadcountMark`), or has never been counted, is counted from its members in the same statement:
the figures are those of this moment, always.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from itertools import pairwise

from django.db import connection
from django.db.models import Count

from core import clock
from orgs.models.organization import STEP, path_end

from ..enums import Category, MembershipState, Sex
from ..models import HeadcountLedger, Member
from .roster import age_band

# GB/T 4658: 研究生 1x, 本科 2x, 专科 3x.
_COLLEGE = "('1', '2', '3')"
# Above this many paths the figures of each organisation are read and added up here.
PATHS_CUT = 2000


@dataclass(frozen=True, slots=True)
class Headcount:
    """Members of an organisation and all below it. All but `left` are counted on the roll."""

    on_roll: int = 0  # 在册
    expected: int = 0  # 应到
    entitled_to_vote: int = 0  # 有表决权
    full: int = 0
    probationary: int = 0
    female: int = 0
    minority: int = 0
    college: int = 0  # 大专 and above
    mobile: int = 0
    lost_contact: int = 0
    suspended: int = 0
    left: int = 0

    def __add__(self, other: "Headcount") -> "Headcount":
        return Headcount(
            *(getattr(self, item.name) + getattr(other, item.name) for item in fields(Headcount))
        )


FIGURES = tuple(item.name for item in fields(Headcount))
_HERE = f"m.state <> '{MembershipState.LEFT}'"
_NORMAL = f"m.state = '{MembershipState.NORMAL}' AND NOT m.is_lost_contact"
# The same conditions as the filters of the model's query set and of the roster.
_CONDITIONS = {
    "on_roll": _HERE,
    "expected": f"{_NORMAL} AND NOT m.is_mobile AND NOT m.is_excused",
    "entitled_to_vote": f"{_NORMAL} AND m.category = '{Category.FULL}' "
    "AND NOT m.is_on_party_probation",
    "full": f"{_HERE} AND m.category = '{Category.FULL}'",
    "probationary": f"{_HERE} AND m.category = '{Category.PROBATIONARY}'",
    "female": f"{_HERE} AND m.sex = '{Sex.FEMALE}'",
    "minority": f"{_HERE} AND m.ethnicity NOT IN ('', '01')",
    "college": f"{_HERE} AND substr(m.education, 1, 1) IN {_COLLEGE}",
    "mobile": f"{_HERE} AND m.is_mobile",
    "lost_contact": f"{_HERE} AND m.is_lost_contact",
    "suspended": f"m.state = '{MembershipState.SUSPENDED}'",
    "left": f"m.state = '{MembershipState.LEFT}'",
}
COLUMNS = ", ".join(f'"{name}"' for name in FIGURES)
_OF_ONE = ", ".join(f"CASE WHEN {_CONDITIONS[name]} THEN 1 ELSE 0 END" for name in FIGURES)
_SUMS = ", ".join(f'SUM("{name}")' for name in FIGURES)
# Every name put in is one of this module; paths are values.
_READ = f"""
WITH cuts(start, stop) AS (VALUES %s),
moving(organization_id) AS (
  SELECT organization_id FROM members_headcountmark
  UNION
  SELECT o.id FROM orgs_organization o
  LEFT JOIN members_ownheadcount h ON h.organization_id = o.id
  WHERE h.organization_id IS NULL AND o.path >= %%s AND o.path < %%s
),
found(place, {COLUMNS}) AS (
  SELECT %s, {", ".join(f'h."{name}"' for name in FIGURES)}
  FROM cuts
  JOIN orgs_organization o ON o.path >= cuts.start AND o.path < cuts.stop
  JOIN members_ownheadcount h ON h.organization_id = o.id
  WHERE NOT EXISTS (SELECT 1 FROM members_headcountmark k WHERE k.organization_id = o.id)
  UNION ALL
  SELECT %s, {_OF_ONE}
  FROM moving
  JOIN orgs_organization o ON o.id = moving.organization_id
  JOIN cuts ON o.path >= cuts.start AND o.path < cuts.stop
  JOIN members_member m ON m.organization_id = o.id
)
SELECT place, {_SUMS} FROM found GROUP BY place"""  # noqa: S608
# The full count of the organisations `o` of a condition.
COUNT = f"""
SELECT o.id AS organization_id, {
    ", ".join(
        f'SUM(CASE WHEN {_CONDITIONS[name]} THEN 1 ELSE 0 END) AS "{name}"' for name in FIGURES
    )
}
FROM orgs_organization o LEFT JOIN members_member m ON m.organization_id = o.id
WHERE %s
GROUP BY o.id"""  # noqa: S608


def headcount(path: str, *, below: bool = True) -> Headcount:
    """Figures of the organisation at `path` and all below it, or without `below` of it alone.
    One query."""
    if not path:
        return Headcount()
    stop = path_end(path) if below else f"{path}0"
    return sum(_read([(path, stop)], "cuts.start").values(), Headcount())


def headcounts(paths: Iterable[str]) -> dict[str, Headcount]:
    """Figures of each organisation and all below it, for any number of paths. One query."""
    wanted = sorted(set(paths))
    if not wanted:
        return {}
    totals = {path: Headcount() for path in wanted}
    if len(wanted) <= PATHS_CUT:
        found = _read(_cuts(wanted), "cuts.start")
    else:
        found = _read([(wanted[0], max(map(path_end, wanted)))], "o.path")
    for place, figures in found.items():
        for length in range(STEP, len(place) + 1, STEP):
            if place[:length] in totals:
                totals[place[:length]] += figures
    return totals


def _cuts(paths: Collection[str]) -> list[tuple[str, str]]:
    """The ranges of `paths` cut where one begins or ends: no two overlap, and each lies wholly
    within the paths that its start begins with. So nothing below a path is read twice."""
    opened: dict[str, int] = {}
    for path in paths:
        opened[path] = opened.get(path, 0) + 1
        opened[path_end(path)] = opened.get(path_end(path), 0) - 1
    cuts, depth = [], 0
    bounds = sorted(opened)
    for start, stop in pairwise(bounds):
        depth += opened[start]
        if depth:
            cuts.append((start, stop))
    return cuts


def _read(cuts: list[tuple[str, str]], place: str) -> dict[str, Headcount]:
    """Figures of the organisations within the cuts, by the SQL expression `place`."""
    sql = _READ % (", ".join(["(%s, %s)"] * len(cuts)), place, place)
    values = [bound for cut in cuts for bound in cut]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, cuts[0][0], max(stop for _, stop in cuts)])
        return {row[0]: Headcount(*map(int, row[1:])) for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Ages:
    """Members on the roll by age today."""

    young: int = 0  # 35 or younger
    senior: int = 0  # 60 or older


def ages(path: str) -> Ages:
    """Ages of the members of the organisation at `path` and all below it, counted one by one:
    every midnight some change. One query."""
    today = clock.today()
    rows = Member.objects.on_roll().filter(
        organization__path__gte=path, organization__path__lt=path_end(path)
    )
    bands = ("young", "senior")
    return Ages(**rows.aggregate(**{b: Count("pk", filter=age_band(b, on=today)) for b in bands}))


def differing() -> tuple[list[int], list[int]]:
    """Organisations whose stored figures are wrong, and those that have none. What is marked is
    neither: it waits. One statement reads all members."""
    same = " AND ".join(f'counted."{name}" = h."{name}"' for name in FIGURES)
    sql = f"""
SELECT counted.organization_id, h.organization_id IS NULL
FROM ({COUNT % "1 = 1"}) counted
LEFT JOIN members_ownheadcount h ON h.organization_id = counted.organization_id
WHERE (h.organization_id IS NULL OR NOT ({same}))
  AND NOT EXISTS (
    SELECT 1 FROM members_headcountmark k WHERE k.organization_id = counted.organization_id)
ORDER BY counted.organization_id"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    return [pk for pk, new in rows if not new], [pk for pk, new in rows if new]


def ledger() -> HeadcountLedger | None:
    """How the last comparison ended. One query."""
    return HeadcountLedger.objects.first()
