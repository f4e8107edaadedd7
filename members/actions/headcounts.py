"""Headcounts of every organisation, kept up to date behind the changes of members.

A change leaves a mark in its own transaction, and from its commit on the organisation's members
are counted when they are asked for, until an effect has written its figures, and those above,
anew. Values are counted and written whole, so a run that was killed is simply run again.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection

from core import clock, derived
from core.batches import batched
from orgs.models import Organization
from orgs.models.organization import path_ranges, paths_above

from ..models import HeadcountLedger, HeadcountMark, OwnHeadcount, TotalHeadcount
from ..queries.headcounts import COLUMNS, COUNT, FIGURES, SUMS, SUMS_AT, wrong_own, wrong_sums

LISTED = 1000  # ids in one IN list
# Above this many paths all sums are written: one statement without a list.
PATHS_LISTED = 400


def mark(*, organization_ids: Iterable[int]) -> None:
    """Says, in the running transaction, that members changed there. Two inserts."""
    HEADCOUNTS.mark(HeadcountMark(organization_id=pk) for pk in sorted(set(organization_ids)))


def mark_moved(organizations: Sequence[Organization], on: dt.date) -> None:
    """Marks organisations that stand elsewhere now."""
    mark(organization_ids=[one.pk for one in organizations])


def _write_marked(ledger: HeadcountLedger, marks: list[HeadcountMark]) -> int:
    return _write({one.organization_id for one in marks})


def _write(organization_ids: Collection[int]) -> int:
    """Counts the organisations, and adds up anew above where they stood and where they stand;
    returns how many organisations."""
    ids, above = sorted(organization_ids), set()
    for some in batched(ids, LISTED):
        before = OwnHeadcount.objects.filter(organization__in=some)
        above |= {up for path in before.values_list("path", flat=True) for up in paths_above(path)}
        _write_own(f"o.id IN ({', '.join(['%s'] * len(some))})", some)
        above |= {
            up for path in before.all().values_list("path", flat=True) for up in paths_above(path)
        }
    _write_sums(above)
    return len(ids)


def _write_own(condition: str, values: list[Any]) -> int:
    assigned = ", ".join(f'"{name}" = excluded."{name}"' for name in ("path", *FIGURES, "as_of"))
    return _execute(
        f"""
INSERT INTO members_ownheadcount (organization_id, path, {COLUMNS}, as_of)
SELECT counted.*, %s FROM ({COUNT % condition}) counted WHERE 1 = 1
ON CONFLICT (organization_id) DO UPDATE SET {assigned}""",  # noqa: S608  (names of this app only)
        [clock.now(), *values],
    )


def _write_sums(paths: Collection[str]) -> None:
    if len(paths) > PATHS_LISTED:
        _write_all_sums()
        return
    if not paths:
        return
    TotalHeadcount.objects.filter(path__in=paths).delete()
    rows, bounds = path_ranges(paths)
    _insert_sums(SUMS_AT % rows, bounds)


def _write_all_sums() -> None:
    TotalHeadcount.objects.all().delete()
    _insert_sums(SUMS, [])


def _insert_sums(sums: str, values: list[Any]) -> None:
    sql = f"""
INSERT INTO members_totalheadcount (path, {COLUMNS}, as_of)
SELECT summed.*, %s FROM ({sums}) summed"""  # noqa: S608  (names of this app only)
    _execute(sql, [clock.now(), *values])


def _write_all(ledger: HeadcountLedger) -> int:
    written = _write_own("1 = 1", [])
    _write_all_sums()
    return written


def _execute(sql: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


HEADCOUNTS = derived.register(
    derived.Derivation(
        kind="members.headcount",
        plural="headcounts",
        label="党员人数",
        marks=HeadcountMark,
        ledgers=HeadcountLedger,
        write=_write_marked,
        write_all=_write_all,
        # What is marked waits and is no difference: the statement leaves it out itself.
        checks=[
            derived.Check(
                find=lambda ledger: dict.fromkeys(wrong_own(), 1),
                repair=lambda ledger, wrong: _write(wrong),
                words=lambda ledger, pk: f"organization {pk}",
            ),
            derived.Check(
                find=lambda ledger: dict.fromkeys(wrong_sums(), 1),
                repair=lambda ledger, wrong: _write_all_sums(),
                words=lambda ledger, path: f"sum at {path}",
            ),
        ],
        nightly=dt.time(2, 20),
        lease_seconds=300,
    )
)
refresh = HEADCOUNTS.refresh
reconcile = HEADCOUNTS.reconcile
fill = HEADCOUNTS.fill
