"""How many members an organisation has, by the denominators and groups that reports ask for.

Stored are each organisation's own figures (`OwnHeadcount`) and the sum at every path that has
something below (`TotalHeadcount`), so a page of the top reads one row for each row it shows.
What has changed since (`HeadcountMark`) is taken out of the sum and counted from its members in
the same statement: the figures are those of this moment, always. Without a sum, as for a branch,
members are counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db import connection
from django.db.models import Count

from core import clock
from core.batches import batched
from orgs.models.organization import STEP, below, path_ranges

from ..enums import Category, MembershipState, Sex
from ..models import Member
from .roster import MemberFilters, age_band

DEEPEST = 120 // STEP
# GB/T 4658: 研究生 1x, 本科 2x, 专科 3x.
_COLLEGE = "('1', '2', '3')"
PATHS_READ = 2000  # in one statement


@dataclass(frozen=True, slots=True)
class Headcount:
    """Members of an organisation and all below it. `left` and `suspended` are not on the roll."""

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
_HERE = f"m.state = '{MembershipState.NORMAL}'"
_NORMAL = f"{_HERE} AND NOT m.is_lost_contact"
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
_PLUS = ", ".join(f't."{name}"' for name in FIGURES)
_MINUS = ", ".join(f'-h."{name}"' for name in FIGURES)
# Every name put in is one of this module; paths are values.
_READ = f"""
WITH wanted(path, stop) AS (VALUES %s),
moving AS (SELECT DISTINCT organization_id FROM members_headcountmark),
found(path, {COLUMNS}) AS (
  SELECT t.path, {_PLUS} FROM wanted JOIN members_totalheadcount t ON t.path = wanted.path
  UNION ALL
  SELECT t.path, {_MINUS}
  FROM moving
  JOIN members_ownheadcount h ON h.organization_id = moving.organization_id
  JOIN wanted ON h.path >= wanted.path AND h.path < wanted.stop
  JOIN members_totalheadcount t ON t.path = wanted.path
  UNION ALL
  SELECT t.path, {_OF_ONE}
  FROM moving
  JOIN orgs_organization o ON o.id = moving.organization_id
  JOIN wanted ON o.path >= wanted.path AND o.path < wanted.stop
  JOIN members_totalheadcount t ON t.path = wanted.path
  JOIN members_member m ON m.organization_id = o.id
  UNION ALL
  SELECT wanted.path, {_OF_ONE}
  FROM wanted
  JOIN orgs_organization o ON o.path >= wanted.path AND o.path < wanted.stop
  JOIN members_member m ON m.organization_id = o.id
  WHERE NOT EXISTS (SELECT 1 FROM members_totalheadcount t WHERE t.path = wanted.path)
)
SELECT path, {_SUMS} FROM found GROUP BY path"""  # noqa: S608
# The full count of the organisations `o` of a condition.
COUNT = f"""
SELECT o.id AS organization_id, o.path AS path, {
    ", ".join(
        f'SUM(CASE WHEN {_CONDITIONS[name]} THEN 1 ELSE 0 END) AS "{name}"' for name in FIGURES
    )
}
FROM orgs_organization o LEFT JOIN members_member m ON m.organization_id = o.id
WHERE %s
GROUP BY o.id"""  # noqa: S608


# One filter of the roster -> the figure that counts its rows.
_FIGURE_OF = {
    ("category", Category.FULL): "full",
    ("category", Category.PROBATIONARY): "probationary",
    ("sex", Sex.FEMALE): "female",
    ("presence", "mobile"): "mobile",
    ("presence", "lost"): "lost_contact",
    ("state", MembershipState.SUSPENDED): "suspended",
    ("state", MembershipState.LEFT): "left",
    ("denominator", "expected"): "expected",
    ("denominator", "entitled"): "entitled_to_vote",
}


def rows_of(filters: MemberFilters, figures: Headcount) -> int | None:
    """How many rows the roster has when at most one filter is set and `figures` are those of the
    same place, so that nothing need be counted; None for any other choice."""
    plain = MemberFilters(organization=filters.organization, sort=filters.sort)
    if filters == plain:
        return figures.on_roll
    for (name, value), figure in _FIGURE_OF.items():
        narrowed: dict[str, Any] = {name: value}
        if filters == replace(plain, **narrowed):
            return int(getattr(figures, figure))
    return None


def headcount(path: str, *, below: bool = True) -> Headcount:
    """Figures of the organisation at `path` and all below it, or without `below` of it alone.
    One query."""
    if below:
        return headcounts([path])[path]
    with connection.cursor() as cursor:
        cursor.execute(COUNT % "o.path = %s", [path])
        row = cursor.fetchone()
    return Headcount(*map(int, row[2:])) if row else Headcount()


def headcounts(paths: Iterable[str]) -> dict[str, Headcount]:
    """Figures of each organisation and all below it. One query for every 2,000 paths."""
    wanted = sorted(set(paths))
    found = {path: Headcount() for path in wanted}
    for some in batched(wanted, PATHS_READ):
        places, values = path_ranges(some)
        with connection.cursor() as cursor:
            cursor.execute(_READ % places, values)
            found |= {row[0]: Headcount(*map(int, row[1:])) for row in cursor.fetchall()}
    return found


@dataclass(frozen=True, slots=True)
class Ages:
    """Members on the roll by age today."""

    young: int = 0  # 35 or younger
    senior: int = 0  # 60 or older


def ages(path: str) -> Ages:
    """Ages of the members of the organisation at `path` and all below it, counted one by one:
    every midnight some change. One query."""
    today = clock.today()
    rows = Member.objects.on_roll().filter(below(path, "organization__"))
    bands = ("young", "senior")
    return Ages(**rows.aggregate(**{b: Count("pk", filter=age_band(b, on=today)) for b in bands}))


# The sums of what is stored at and below paths that have something below: those listed, and all.
SUMS_AT = f"""
WITH wanted(path, stop) AS (VALUES %s)
SELECT wanted.path, {", ".join(f'SUM(h."{name}")' for name in FIGURES)}
FROM wanted JOIN members_ownheadcount h ON h.path >= wanted.path AND h.path < wanted.stop
GROUP BY wanted.path
HAVING MAX(h.path) > wanted.path"""  # noqa: S608
SUMS = f"""
WITH lengths(n) AS (VALUES {", ".join(f"({STEP * level})" for level in range(1, DEEPEST))})
SELECT substr(h.path, 1, lengths.n) AS path, {
    ", ".join(f'SUM(h."{name}") AS "{name}"' for name in FIGURES)
}
FROM members_ownheadcount h
JOIN lengths ON lengths.n < length(h.path)
GROUP BY substr(h.path, 1, lengths.n)"""  # noqa: S608


def _same(one: str, other: str) -> str:
    return " AND ".join(f'{one}."{name}" = {other}."{name}"' for name in FIGURES)


def wrong_own() -> list[int]:
    """Organisations whose own stored figures are not those of a full count. What is marked is
    left out: it waits. One statement reads all members."""
    sql = f"""
SELECT counted.organization_id
FROM ({COUNT % "1 = 1"}) counted
LEFT JOIN members_ownheadcount h ON h.organization_id = counted.organization_id
WHERE NOT EXISTS (
    SELECT 1 FROM members_headcountmark k WHERE k.organization_id = counted.organization_id)
  AND (h.organization_id IS NULL AND counted.on_roll + counted."left" > 0
    OR h.path <> counted.path OR NOT ({_same("counted", "h")}))
ORDER BY counted.organization_id"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def wrong_sums() -> list[str]:
    """Paths whose stored sum is missing, left over, or not the sum of what is stored below.
    One statement; right under the lock alone."""
    sql = f"""
WITH summed AS ({SUMS})
SELECT summed.path FROM summed LEFT JOIN members_totalheadcount t ON t.path = summed.path
WHERE t.path IS NULL OR NOT ({_same("summed", "t")})
UNION
SELECT t.path FROM members_totalheadcount t
WHERE NOT EXISTS (SELECT 1 FROM summed WHERE summed.path = t.path)
ORDER BY 1"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]
