"""What the board of a month shows: figures from the roll-ups, lists from what they were counted
from (`DutyStanding`), as of the same moment."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Length, Substr, TruncDate

from core import clock, periods
from core.actor import Actor
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.models.organization import STEP
from orgs.queries.organizations import placed_on

from ..definitions import PLAN_KEY
from ..enums import DONE_STATES, DutyState
from ..models import Duty, DutyStanding, Plan, Rollup, RollupLedger, RollupMark
from ..models.rollup import DutyStandingQuerySet
from .duties import Opened
from .rollups import directly_below

MONTHS = 12
LISTED = 5
TWICE_LISTED = 8
# What a list of rows can be asked for, and what it is called.
SHOWN: dict[str, str] = {
    "": "应报",
    "submitted": "已报送",
    "on_time": "按时",
    "late": "迟报",
    "missing": "未报送",
    "returned": "退回待补",
    "twice": "退回两次以上",
    "accepted": "已通过",
    "own": "本级",
}
FILTERS: dict[str, Q] = {
    "": Q(),
    "submitted": Q(submitted_at__isnull=False),
    "on_time": Q(submitted_at__isnull=False, is_late=False),
    "late": Q(is_late=True),
    "missing": Q(submitted_at=None),
    "returned": Q(state=DutyState.RETURNED),
    "twice": Q(returned_count__gte=2),
    "accepted": Q(state__in=DONE_STATES),
}


@dataclass(slots=True)
class Cell:
    """One organisation's month in the grid: tone and text of a matrix cell, and the moment that
    its figures are as of."""

    period: str
    as_of: dt.datetime | None = None
    tone: str = "x"
    text: str = "—"
    title: str = "不计入应报"


@dataclass(slots=True)
class BoardRow:
    """An organisation directly below the node in one of the months. `organization` is None for
    one that has left the reader's scope since."""

    organization: Organization | None
    name: str
    is_own: bool = False
    cells: list[Cell] = field(default_factory=list)
    current: Rollup | None = None
    median_days: float | None = None


@dataclass(slots=True)
class ClassShare:
    """The organisations of one class in the month."""

    value: str
    label: str
    expected: int = 0
    submitted: int = 0
    on_time: int = 0


@dataclass(slots=True)
class Board:
    """A node's month. `current` is None when nothing was owed at or below the node."""

    node: Organization
    plan: Plan | None
    period: str | None
    offered: list[str]
    months: list[str] = field(default_factory=list)
    trend: list[tuple[str, Rollup | None]] = field(default_factory=list)
    current: Rollup | None = None
    rows: list[BoardRow] = field(default_factory=list)
    slowest: list[BoardRow] = field(default_factory=list)
    twice: list[DutyStanding] = field(default_factory=list)
    classes: list[ClassShare] = field(default_factory=list)
    due_on: dt.date | None = None
    is_being_counted: bool = False
    ledger: RollupLedger | None = None


def board_of(actor: Actor, node: Organization, period: str | None) -> Board:
    """The board of `node` for the month, by default the newest one that is over.

    Nine queries, however many organisations there are.
    """
    plan = Plan.objects.filter(key=PLAN_KEY).first()
    # The month's deadline is the first of its duties': a step on an index for each month.
    first_due = Duty.objects.filter(plan=OuterRef("plan"), period=OuterRef("period")).order_by(
        "due_at"
    )
    known = {
        row.period: row
        for row in Rollup.objects.filter(plan=plan, organization=node, plan__isnull=False).annotate(
            due_on=Subquery(first_due.values("due_on")[:1]),
            due_at=Subquery(first_due.values("due_at")[:1]),
        )
    }
    opened = Opened(sorted(known, reverse=True))
    period = period or opened.shown_first
    board = Board(node, plan, period, opened.periods)
    if plan is None or period is None:
        return board
    board.months = periods.months_back(period, MONTHS)
    board.trend = [(month, known.get(month)) for month in board.months]
    board.current = known.get(period)
    board.is_being_counted = RollupMark.objects.filter(plan=plan, period=period).exists()
    board.ledger = RollupLedger.objects.filter(plan=plan).first()
    board.due_on = known[period].due_on if period in known else None
    now = clock.now()
    passed = {month for month, row in known.items() if row.due_at and row.due_at < now}
    _fill_rows(board, actor, known, passed)
    _fill_lists(board, actor)
    return board


def _fill_rows(board: Board, actor: Actor, known: Mapping[str, Rollup], passed: set[str]) -> None:
    """The grid: what stood directly below the node in each of the months."""
    places = {month: known[month].path for month in board.months if month in known}
    if not places:
        return
    below: dict[Organization, dict[str, Rollup]] = defaultdict(dict)
    for row in (
        Rollup.objects.filter(plan=board.plan)
        .annotate(size=Length("path"))
        .filter(directly_below(places))
        .prefetch_related("organization")  # each has a row a month: read it once
        .order_by("path", "period")
    ):
        below[row.organization][row.period] = row
    own = _own_figures(board, known)
    if own:
        cells = [cell_of(month, own.get(month), month in passed) for month in board.months]
        board.rows.append(
            BoardRow(
                board.node,
                f"{board.node}（本级）",
                is_own=True,
                cells=cells,
                current=own.get(board.period or ""),
            )
        )
    for organization, figures in sorted(below.items(), key=lambda pair: pair[0].path):
        is_mine = actor.covers(organization.path)
        board.rows.append(
            BoardRow(
                organization if is_mine else None,
                str(organization) if is_mine else "已划出的组织",
                cells=[
                    cell_of(month, figures.get(month), month in passed) for month in board.months
                ],
                current=figures.get(board.period or ""),
            )
        )


def _own_figures(board: Board, known: Mapping[str, Rollup]) -> dict[str, Rollup]:
    """Month -> figures of the node's own duty alone, as of those of the node. One query."""
    figures = {}
    for one in DutyStanding.objects.filter(
        plan=board.plan, organization=board.node, period__in=board.months
    ):
        as_of = known[one.period].as_of if one.period in known else None
        if as_of is None or one.since > as_of or (one.until is not None and one.until <= as_of):
            continue
        figures[one.period] = Rollup(period=one.period, as_of=as_of, **one.figures())
    return figures


def cell_of(period: str, row: Rollup | None, is_due: bool) -> Cell:
    """The matrix cell of one node and month."""
    if row is None:
        return Cell(period)
    at = row.as_of
    missing = row.expected - row.submitted
    text = f"{row.submitted}/{row.expected}"
    if missing and is_due:
        return Cell(period, at, "m", text, f"{missing} 个未报")
    if row.returned:
        return Cell(period, at, "r", text, f"{row.returned} 个退回")
    if missing:
        return Cell(period, at, "d", text, "未到截止")
    if row.late:
        return Cell(period, at, "l", text, f"{row.late} 个迟报")
    if row.accepted == row.expected:
        return Cell(period, at, "a", text, "全部通过")
    return Cell(period, at, "s", text, f"{row.expected - row.accepted} 个待核")


def standings_at(
    plan: Plan, node: Organization, period: str, moment: dt.datetime
) -> DutyStandingQuerySet:
    """How the month's duties of what stood at or below the node on the month's last day stood, as
    figures of the moment have counted them. Two queries now, for the place of the node."""
    return (
        DutyStanding.objects.at(moment)
        .filter(plan=plan, period=period)
        .below(_place(plan, node, period, moment))
    )


def _place(plan: Plan, node: Organization, period: str, moment: dt.datetime) -> str:
    """Where the node stood on the month's last day, as known at the moment: a later entry that
    moves it in the past does not change what was counted before."""
    own = DutyStanding.objects.at(moment).filter(plan=plan, period=period, organization=node)
    placements = placed_on(periods.last_day(period)).filter(organization=node)
    for rows in (own, placements):
        path = rows.order_by("pk").values_list("path", flat=True).first()
        if path:
            return str(path)
    return node.path


def _fill_lists(board: Board, actor: Actor) -> None:
    """Slowest, returned twice and by class, grouped in the database from what the figures have
    counted. Two queries."""
    if board.plan is None or board.period is None or board.current is None:
        return
    own_path = board.current.path
    rows = (
        DutyStanding.objects.at(board.current.as_of)
        .filter(plan=board.plan, period=board.period)
        .below(own_path)
    )
    last = periods.last_day(board.period)
    days: dict[str, Counter[int]] = defaultdict(Counter)
    shares: dict[str, ClassShare] = {}
    for child, kind, is_late, sent_on, number in (
        rows.annotate(
            child=Substr("path", 1, len(own_path) + STEP), sent_on=TruncDate("submitted_at")
        )
        .order_by()
        .values_list("child", "organization_class", "is_late", "sent_on")
        .annotate(number=Count("pk"))
    ):
        share = shares.setdefault(kind, ClassShare(kind, OrganizationClass(kind).label))
        share.expected += number
        if sent_on is not None:
            share.submitted += number
            share.on_time += 0 if is_late else number
            days[child][(sent_on - last).days] += number
    board.classes = sorted(shares.values(), key=lambda share: (-share.expected, share.label))
    board.twice = list(
        rows.filter(returned_count__gte=2)
        .visible_to(actor)
        .select_related("organization")
        .order_by("-returned_count", "path")[:TWICE_LISTED]
    )
    for row in board.rows:
        found = own_path if row.is_own else row.current.path if row.current else ""
        if days.get(found):
            row.median_days = float(median(days[found].elements()))
    ranked = [row for row in board.rows if row.median_days is not None]
    board.slowest = sorted(ranked, key=lambda row: -(row.median_days or 0))[:LISTED]


@dataclass(frozen=True, slots=True)
class Listed:
    """What one mark has counted; `elsewhere` have left the reader's scope since."""

    standings: QuerySet[DutyStanding]
    elsewhere: int


def newest_moment() -> dt.datetime | None:
    """What the newest figures of the month's plan are as of. One query."""
    return RollupLedger.objects.filter(plan__key=PLAN_KEY).values_list("as_of", flat=True).first()


def listed(
    actor: Actor,
    node: Organization,
    period: str,
    *,
    moment: dt.datetime,
    shown: str,
    organization_class: str,
) -> Listed:
    """The rows behind a figure of the board, as the figure counted them: the same for ever.
    Five queries, and one when the rows are read."""
    plan = Plan.objects.get(key=PLAN_KEY)
    rows = standings_at(plan, node, period, moment)
    rows = rows.filter(organization=node) if shown == "own" else rows.filter(FILTERS[shown])
    if organization_class:
        rows = rows.filter(organization_class=organization_class)
    mine = rows.visible_to(actor)
    counts = rows.aggregate(n=Count("pk"))["n"] - mine.aggregate(n=Count("pk"))["n"]
    return Listed(
        mine.select_related("organization", "duty", "duty__report").order_by("path", "pk"), counts
    )
