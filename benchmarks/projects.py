"""The board of projects, its list and timeline, and the figures of projects, with some hundreds and with ten
times as many, against one statement of SQL for the same rows."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.urls import reverse

from benchmarks.measuring import queries, turns
from core import clock, figures, periods
from core.figures import Window
from orgs.models import Organization
from showcase.projects.models import Milestone, Project, Spending
from showcase.projects.queries.counted import KEYS

Row = Callable[..., None]
MANY, STAGES = 300, 4
STATES = ("submitted", "review", "running", "running", "running", "closing", "closed", "spread")
# What the first page of the board is made of.
BOARD = """SELECT p.id, p.title, p.state, o.name,
  (SELECT COUNT(*) FROM projects_milestone m WHERE m.project_id = p.id AND m.is_done),
  (SELECT MIN(m.due_on) FROM projects_milestone m WHERE m.project_id = p.id AND NOT m.is_done),
  (SELECT SUM(s.amount) FROM projects_spending s WHERE s.project_id = p.id)
FROM projects_project p JOIN orgs_organization o ON o.id = p.organization_id
WHERE p.state <> 'draft' ORDER BY p.year DESC, p.id DESC LIMIT 61"""


def fill(many: int) -> None:
    """So many projects, by turns of all branches and in all states, each with milestones and money."""
    today = clock.today()
    places = list(Organization.objects.branches().order_by("pk"))
    made = Project.objects.bulk_create(
        [
            Project(
                organization=places[number % len(places)],
                year=today.year,
                title=f"小区里的第 {number} 件实事",
                problem="楼道没有灯",
                goal="楼道都有灯",
                measures="党员分楼包干",
                owner_name="周建国",
                budget=3000,
                state=STATES[number % len(STATES)],
                created_at=clock.now(),
                approved_on=today - dt.timedelta(days=number % 200),
            )
            for number in range(many)
        ],
        batch_size=500,
    )
    Milestone.objects.bulk_create(
        [
            Milestone(
                project=one,
                position=position,
                title="装好一栋楼的灯",
                due_on=today + dt.timedelta(days=30 * position - 60),
                baseline_on=today + dt.timedelta(days=30 * position - 60),
                is_done=position == 1,
                done_on=today - dt.timedelta(days=40) if position == 1 else None,
            )
            for one in made
            for position in range(1, STAGES + 1)
        ],
        batch_size=500,
    )
    Spending.objects.bulk_create(
        [Spending(project=one, on=today, amount=1200, what="买灯", at=clock.now()) for one in made],
        batch_size=500,
    )


def measure(rounds: int, row: Row) -> None:
    """The pages of the zone, as many projects as there are now."""
    from benchmarks.run import signed_in

    client, address = signed_in("zone"), reverse("projects:project-list")
    root = Organization.objects.get(parent=None)
    print(f"\n## Projects: {Project.objects.count()}\n")
    row("what", "SQL", "ms", "hand-written SQL for the same rows, ms", "ratio")
    row("---", *["---:"] * 4)
    for what, query in (("board", "?view=board"), ("timeline", "?view=timeline"), ("list", "")):
        work = partial(_visit, client, f"{address}{query}")
        took, floor = turns(rounds, work, _by_hand)
        row(
            f"{what} of projects",
            queries(work),
            f"{took * 1000:.0f}",
            f"{floor * 1000:.2f}",
            f"{took / floor:.1f}",
        )
    window = Window(periods.containing(clock.today(), periods.MONTH), clock.today())
    count = partial(figures.values, KEYS, [root], window)
    took, _ = turns(max(2, rounds // 3), count, None)
    row("all figures of projects", queries(count), f"{took * 1000:.0f}", "", "")


def _visit(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")


def _by_hand() -> int:
    with connection.cursor() as cursor:
        cursor.execute(BOARD)
        return len(cursor.fetchall())
