"""The board of a cycle and the pack of its score sheets, against the sums by one statement of SQL."""

import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from django.db import connection
from django.urls import reverse

from assessments.boards import packs
from assessments.boards.queries.boards import board_of
from assessments.boards.queries.losses import Losses, losses_of
from assessments.boards.queries.sheets import assessed_in, sheets_of
from assessments.cycles.models import Assessed, Cycle
from assessments.rectifications.queries.proposals import proposed_of
from assessments.reviews import rules
from assessments.reviews.queries.conflicts import conflicts
from assessments.schemes.enums import Level
from benchmarks.measuring import queries, turns
from core.actor import Actor
from orgs.models import User

Row = Callable[..., None]
PEOPLE = 36  # reviewers to be put in teams
HELD = """SELECT g.user_id, o.path FROM orgs_rolegrant g
JOIN orgs_organization o ON o.id = g.organization_id WHERE g.user_id IN ({marks})"""
NEAR = Decimal("0.01")  # hundredths of a point that printing may move, of each organisation
# What was lost by organisation and indicator, and where each stands: the board's numbers.
CELLS = """SELECT s.assessed_id, s.total, s.grade, s.rank, i.key, i.full, i.points
FROM cycles_score s JOIN cycles_assessed a ON a.id = s.assessed_id
JOIN cycles_indicatorscore i ON i.score_id = s.id
WHERE s.run_id = %s AND NOT a.is_out ORDER BY a.path"""


def measure(rounds: int, row: Row, by: Actor) -> None:
    """The newest cycle of the committees that has a board, and that of all branches."""
    print("\n## Boards: laid out, and bound as score sheets\n")
    row("what", "SQL", "ms", "hand-written SQL for the same numbers, ms", "ratio")
    row("---", *["---:"] * 4)
    some = Cycle.objects.select_related("organization", "run").exclude(run=None)
    branches = some.filter(level=Level.BRANCH).order_by("-period").first()
    direct = some.filter(level=Level.DIRECT).exclude(state="running").order_by("-period").first()
    for cycle, times in ((direct, rounds), (branches, max(2, rounds // 3))):
        if cycle is None:
            continue
        work, by_hand = partial(_board, cycle), partial(_cells, cycle)
        _compare(work(), by_hand())
        took, floor = turns(times, work, by_hand)
        many = len(assessed_in(by, cycle)) or cycle.assessed.filter(is_out=False).count()
        cells = f"{took * 1000:.0f}", f"{floor * 1000:.1f}", f"{took / floor:.1f}"
        row(f"board of {many} organisations", queries(work), *cells)
    if direct is not None:
        findings, by_hand = partial(proposed_of, direct), partial(_cells, direct)
        took, floor = turns(rounds, findings, by_hand)
        cells = f"{took * 1000:.0f}", f"{floor * 1000:.1f}", f"{took / floor:.1f}"
        row(f"{len(findings())} findings proposed", queries(findings), *cells)
        _pages(direct, rounds, row, by)
    naming(rounds, row, [one for one in (direct, branches) if one is not None])


def naming(rounds: int, row: Row, some: Sequence[Cycle]) -> None:
    """Who must not look at whom, against one statement for what they hold; and teams proposed, for 36
    people."""
    people = list(User.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    people = people[:PEOPLE]
    for cycle in some:
        cases = list(
            Assessed.objects.filter(cycle=cycle, is_out=False).select_related("organization")
        )
        label = f"{len(people)} people × {len(cases)} organisations"
        ask = partial(conflicts, people, cases)
        barred = ask()
        took, floor = turns(rounds, ask, partial(_held, people))
        cells = f"{took * 1000:.0f}", f"{floor * 1000:.1f}", f"{took / floor:.1f}"
        row(f"conflicts, {label}", queries(ask), *cells)
        named = [
            rules.Person(pk, "", frozenset(case for person, case in barred if person == pk))
            for pk in people
        ]
        looked = [rules.Case(one.pk, one.path) for one in cases]
        count = rules.most_teams(len(named))
        took, _ = turns(rounds, partial(rules.propose, named, looked, count), None)
        row(f"teams proposed, {label}", 0, f"{took * 1000:.1f}", "", "")


def _held(people: list[int]) -> int:
    """The rows from which a conflict is told, read by one statement."""
    marks = ", ".join(["%s"] * len(people))
    with connection.cursor() as cursor:
        cursor.execute(HELD.format(marks=marks), people)
        return len(cursor.fetchall())


def _pages(cycle: Cycle, rounds: int, row: Row, by: Actor) -> None:
    from benchmarks.run import signed_in

    address, client = reverse("boards:board", args=[cycle.uid]), signed_in("zone")

    def visit() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")

    def follow() -> None:
        answer = client.get(reverse("boards:board-follow", args=[cycle.uid]))
        if answer.status_code != 200:
            raise SystemExit(f"{cycle.uid}: {answer.status_code}")

    some = assessed_in(by, cycle)
    for what, work in (
        ("page of a board", visit),
        ("page of review and rectification", follow),
        (f"{len(some)} score sheets read", lambda: list(sheets_of(by, cycle, some))),
        (f"pack of {len(some)} score sheets, Word", partial(_pack, cycle, by, "docx")),
        (f"pack of {len(some)} score sheets, Excel", partial(_pack, cycle, by, "xlsx")),
    ):
        took, _ = turns(max(2, rounds // 6), work, None)
        row(what, queries(work), f"{took * 1000:.0f}", "", "")


def _pack(cycle: Cycle, by: Actor, ending: str) -> None:
    wanted = packs.wanted(cycle, ending)
    packs.make(io.BytesIO(), wanted.what, by, lambda done, of: None)


def _board(cycle: Cycle) -> Losses:
    return losses_of(board_of(cycle).stored)


def _cells(cycle: Cycle) -> dict[str, Decimal]:
    """Indicator -> what all lost at it."""
    found: dict[str, Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(CELLS, [cycle.run_id])
        for _, _, _, _, key, full, points in cursor.fetchall():
            if points is not None:
                lost = Decimal(str(full)) - Decimal(str(points))
                found[key] = found.get(key, Decimal(0)) + lost
    return found


def _compare(own: Losses, by_hand: dict[str, Decimal]) -> None:
    """Both say the same, but for the last place that printing moves."""
    for column in own.columns:
        if abs(column.lost - by_hand.get(column.key, Decimal(0))) > NEAR * max(column.of, 1):
            raise SystemExit(
                f"{column.key}: {column.lost} by the portal, {by_hand.get(column.key)}"
            )
