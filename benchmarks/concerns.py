"""Residents' concerns of a street in a zone where every branch has some, then ten times as many: its page,
the rows of a figure, the API, against what somebody would write by hand for the page."""

import datetime as dt
from functools import partial
from typing import Any

from django.db import connection

from benchmarks.measuring import queries, turns
from benchmarks.themes import Row
from core import clock
from orgs.enums import BRANCH_KINDS
from orgs.models import Organization
from orgs.models.organization import path_end
from schedules.concerns.enums import CallBack, ConcernSource, ConcernState
from schedules.concerns.models import Concern, ConcernKind, ConcernTerm

STREET = "dahuangshan"
# The page's (the soonest due, then the newest), how many there are, and what fell due this month.
BY_HAND = (
    """SELECT c.* FROM concerns_concern c JOIN orgs_organization o ON o.id = c.organization_id
    WHERE o.path >= %s AND o.path < %s
    ORDER BY CASE WHEN c.state IN ('waiting', 'doing') THEN c.due_at END NULLS LAST,
    c.received_at DESC, c.id DESC LIMIT 30""",
    """SELECT COUNT(*) FROM (SELECT 1 FROM concerns_concern c
    JOIN orgs_organization o ON o.id = c.organization_id
    WHERE o.path >= %s AND o.path < %s LIMIT 10001) AS few""",
    """SELECT COUNT(*), SUM(CASE WHEN t.ended_at <= t.due_at THEN 1 ELSE 0 END)
    FROM concerns_concernterm t JOIN orgs_organization o ON o.id = t.organization_id
    WHERE o.path >= %s AND o.path < %s AND t.due_at >= %s""",
)
PAGES = (
    ("concerns of a street", "/concerns/"),
    ("those that fell due this month", "/concerns/rows/?figure=concerns_due"),
    ("standing practices", "/concerns/practices/"),
    ("concerns, API", "/api/v1/concerns/"),
)


def fill(count: int) -> None:
    """So many concerns more for each branch, over a year; most are solved, one in ten waits."""
    kind, now = ConcernKind.objects.order_by("pk").first(), clock.now()
    made: list[Concern] = []
    for branch in Organization.objects.active().filter(kind__in=BRANCH_KINDS):
        for number in range(count):
            at = now - dt.timedelta(days=(number * 365 // count), hours=2)
            is_open = number % 10 == 0
            made.append(
                Concern(
                    source=ConcernSource.BRANCH,
                    kind=kind,
                    text="路灯坏了四盏，晚上看不见路",
                    intake=branch,
                    organization=branch,
                    received_at=at,
                    due_at=at + dt.timedelta(days=5),
                    taken_by_name="受理人",
                    state=ConcernState.DOING if is_open else ConcernState.CLOSED,
                    way="" if is_open else f"办法{number % 7}",
                    call_back="" if is_open else CallBack.SOLVED,
                    ended_at=None if is_open else at + dt.timedelta(days=3),
                )
            )
    Concern.objects.bulk_create(made, batch_size=1000)
    ConcernTerm.objects.bulk_create(
        [
            ConcernTerm(
                concern=one,
                organization_id=one.organization_id,
                due_at=one.due_at,
                ended_at=one.ended_at and one.received_at + dt.timedelta(days=2),
                called_at=one.ended_at,
                call_back=one.call_back,
            )
            for one in made
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(rounds: int, row: Row) -> None:
    """The street's pages with as many concerns as there are now."""
    from benchmarks.run import signed_in

    client = signed_in(STREET)
    street = Organization.objects.get(pk=_place())
    print(f"\n## Concerns: {Concern.objects.count():,} in the zone\n")
    row("what", "SQL", "ms", "hand-written SQL for the page, ms", "ratio")
    row("---", *["---:"] * 4)
    by_hand = partial(_read, street.path)
    for what, address in PAGES:
        work = partial(_visit, client, address)
        took, floor = turns(rounds, work, by_hand)
        cells = f"{took * 1000:.0f}", f"{floor * 1000:.1f}", f"{took / floor:.1f}"
        row(what, queries(work), *cells)


def _place() -> int:
    from orgs.models import RoleGrant

    grant = RoleGrant.objects.filter(user__username=STREET).order_by("pk").first()
    assert grant is not None
    return grant.organization_id


def _read(path: str) -> None:
    bounds: list[Any] = [path, path_end(path)]
    with connection.cursor() as cursor:
        for sql in BY_HAND:
            more = [clock.now().replace(day=1)] if "due_at >=" in sql else []
            cursor.execute(sql, bounds + more)
            cursor.fetchall()


def _visit(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
