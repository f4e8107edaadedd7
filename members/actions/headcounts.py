"""Headcounts of every organisation, kept up to date behind the changes of members.

A change leaves a mark in its own transaction, and from its commit on the organisation's members
are counted when they are asked for, until an effect has written its figures, and those above,
anew. Values are counted and written whole, so a run that was killed is simply run again.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from core import audit, clock, effects
from core.actions import action
from core.actor import Actor
from core.models import Effect
from orgs.models import Organization
from orgs.models.organization import path_ranges, paths_above

from ..models import HeadcountLedger, HeadcountMark, OwnHeadcount, TotalHeadcount
from ..queries.headcounts import COLUMNS, COUNT, FIGURES, SUMS, SUMS_AT, wrong_own, wrong_sums

KIND = "members.headcount"
LISTED = 1000  # ids in one IN list
# Above this many paths all sums are written: one statement without a list.
PATHS_LISTED = 400


def mark(*, organization_ids: Iterable[int]) -> None:
    """Says, in the running transaction, that members changed there. Two inserts."""
    now = clock.now()
    marks = HeadcountMark.objects.bulk_create(
        [HeadcountMark(organization_id=pk, at=now) for pk in sorted(set(organization_ids))],
        batch_size=500,
    )
    if marks:
        # A key for each change: one for everybody would make writers wait for each other's
        # commit. Whoever runs first takes all marks, the others find none.
        effects.enqueue(KIND, f"headcount:{marks[0].pk}")


def mark_moved(organizations: Sequence[Organization], on: dt.date) -> None:
    """Marks organisations that stand elsewhere now."""
    mark(organization_ids=[one.pk for one in organizations])


@effects.handler(KIND, label="党员人数", lease_seconds=300)
def _refresh(effect: Effect) -> None:
    refresh()


def refresh() -> int:
    """Writes the figures of the marked organisations and the sums above them anew; all of them
    the first time. Returns how many organisations were marked."""
    is_filled = HeadcountLedger.objects.exclude(filled_at=None).exists()
    if is_filled and not HeadcountMark.objects.exists():
        return 0
    with transaction.atomic():
        ledger = _locked()
        # Read under the lock, before the members: what these marks stand for is committed.
        marks = dict(HeadcountMark.objects.values_list("pk", "organization_id"))
        places = set(marks.values())
        if ledger.filled_at is None:
            _write_all()
        elif places:
            _write(places)
        _remove(list(marks))
    return len(places)


def _locked() -> HeadcountLedger:
    """The only ledger, locked until the end of the transaction."""
    HeadcountLedger.objects.bulk_create([HeadcountLedger(pk=1)], ignore_conflicts=True)
    return HeadcountLedger.objects.select_for_update().get(pk=1)


def _remove(ids: list[int]) -> None:
    for start in range(0, len(ids), LISTED):
        HeadcountMark.objects.filter(pk__in=ids[start : start + LISTED]).delete()


def _write(organization_ids: Collection[int]) -> None:
    """Counts the organisations, and adds up anew above where they stood and where they stand."""
    ids, above = sorted(organization_ids), set()
    for start in range(0, len(ids), LISTED):
        some = ids[start : start + LISTED]
        before = OwnHeadcount.objects.filter(organization__in=some)
        above |= {up for path in before.values_list("path", flat=True) for up in paths_above(path)}
        _write_own(f"o.id IN ({', '.join(['%s'] * len(some))})", some)
        above |= {
            up for path in before.all().values_list("path", flat=True) for up in paths_above(path)
        }
    _write_sums(above)


def _write_own(condition: str, values: list[Any]) -> None:
    assigned = ", ".join(f'"{name}" = excluded."{name}"' for name in ("path", *FIGURES, "as_of"))
    _execute(
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


def _write_all() -> None:
    _write_own("1 = 1", [])
    _write_all_sums()
    HeadcountLedger.objects.filter(pk=1).update(filled_at=clock.now())


def _execute(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@action
def reconcile(*, by: Actor) -> int:
    """Compares all figures with a full recount and rewrites those that differ; returns how many
    were wrong. Repairs are audited and kept for the page of background work."""
    _locked()
    # What is only waiting is no difference: it is written first, under the same lock. A change
    # that is committed meanwhile has its mark, which the comparison reads in its one statement.
    refresh()
    own = wrong_own()
    _write(own)
    sums = wrong_sums()
    if sums:
        _write_all_sums()
    wrong = len(own) + len(sums)
    HeadcountLedger.objects.filter(pk=1).update(compared_at=clock.now(), differences=wrong)
    if wrong:
        audit.record(by=by, verb="members.headcount.repair", changes={"differences": [wrong, 0]})
    return wrong


@action
def fill(*, by: Actor) -> None:
    """Counts every organisation anew and forgets the marks."""
    _locked()
    marks = list(HeadcountMark.objects.values_list("pk", flat=True))
    _write_all()
    _remove(marks)
    audit.record(by=by, verb="members.headcount.fill")
