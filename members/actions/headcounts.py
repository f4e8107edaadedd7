"""Headcounts of every organisation, kept up to date behind the changes of members.

A change leaves a mark in its own transaction, and from its commit on the organisation's members
are counted when they are asked for, until an effect has written its figures anew. Values are
counted from the members and written whole, so a run that was killed is simply run again.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, transaction

from core import audit, clock, effects
from core.actions import action
from core.actor import Actor
from core.models import Effect

from ..models import HeadcountLedger, HeadcountMark
from ..queries.headcounts import COLUMNS, COUNT, FIGURES, differing

KIND = "members.headcount"
LISTED = 1000  # ids in one IN list


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


@effects.handler(KIND, lease_seconds=120)
def _refresh(effect: Effect) -> None:
    refresh()


def refresh() -> int:
    """Writes the figures of the marked organisations anew; returns how many there were."""
    if not HeadcountMark.objects.exists():
        return 0
    with transaction.atomic():
        _lock()
        # Read under the lock, before the members: what these marks stand for is committed.
        marks = dict(HeadcountMark.objects.values_list("pk", "organization_id"))
        places = set(marks.values())
        _write(places)
        _remove(list(marks))
    return len(places)


def _lock() -> None:
    HeadcountLedger.objects.bulk_create([HeadcountLedger(pk=1)], ignore_conflicts=True)
    HeadcountLedger.objects.select_for_update().get(pk=1)


def _remove(ids: list[int]) -> None:
    for start in range(0, len(ids), LISTED):
        HeadcountMark.objects.filter(pk__in=ids[start : start + LISTED]).delete()


def _write(organization_ids: Collection[int] | None) -> None:
    """Counts the members of the organisations, or of all, and stores the figures."""
    if organization_ids is None:
        _write_where("1 = 1", [])
        return
    ids = sorted(organization_ids)
    for start in range(0, len(ids), LISTED):
        some = ids[start : start + LISTED]
        _write_where(f"o.id IN ({', '.join(['%s'] * len(some))})", some)


def _write_where(condition: str, values: list[Any]) -> None:
    assigned = ", ".join(f'"{name}" = excluded."{name}"' for name in (*FIGURES, "as_of"))
    sql = f"""
INSERT INTO members_ownheadcount (organization_id, {COLUMNS}, as_of)
SELECT counted.*, %s FROM ({COUNT % condition}) counted WHERE 1 = 1
ON CONFLICT (organization_id) DO UPDATE SET {assigned}"""  # noqa: S608  (names of this app only)
    with connection.cursor() as cursor:
        cursor.execute(sql, [clock.now(), *values])


@action
def reconcile(*, by: Actor) -> int:
    """Compares all figures with a full recount and rewrites those that differ; returns how many
    organisations were wrong. Those that were never counted are counted now. Repairs are audited
    and kept for the page of background work."""
    _lock()
    # What is only waiting is no difference: it is written first, under the same lock. A change
    # that is committed meanwhile has its mark, which the comparison reads in its one statement.
    refresh()
    wrong, missing = differing()
    _write([*wrong, *missing])
    HeadcountLedger.objects.filter(pk=1).update(compared_at=clock.now(), differences=len(wrong))
    if wrong:
        audit.record(
            by=by, verb="members.headcount.repair", changes={"differences": [len(wrong), 0]}
        )
    return len(wrong)


@action
def fill(*, by: Actor) -> None:
    """Counts every organisation anew and forgets the marks."""
    _lock()
    marks = list(HeadcountMark.objects.values_list("pk", flat=True))
    _write(None)
    _remove(marks)
    audit.record(by=by, verb="members.headcount.fill")
