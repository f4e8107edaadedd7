"""What the board of a period shows: figures from the roll-ups, lists from what they were counted
from (`DutyStanding`), as of the same moment."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Count, QuerySet
from django.db.models.functions import Length, Substr, TruncDate

from core import periods
from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import STEP
from orgs.permissions import Permission
from orgs.queries.organizations import placed_on

from .. import fulfilment
from ..models import DutyStanding, Plan, Rollup, RollupLedger
from ..models.rollup import LATE, DutyStandingQuerySet
from ..models.vocabulary import Counted, conditions
from .cells import Cell, cell_of, own_standings, summed
from .duties import Opened, opened_periods
from .rollups import directly_below, first_due_and_pending

# How many periods a board looks back on.
SPANS = {periods.MONTH: 12, periods.QUARTER: 8, periods.HALF_YEAR: 6, periods.YEAR: 5}
LISTED = 5
TWICE_LISTED = 8
# What a list of rows can be asked for; empty means all that is expected. `own` is the node alone.
SHOWN = ("", "own", *(str(word) for word in Counted if word != Counted.EXPECTED), "twice")


@dataclass(slots=True)
class BoardRow:
    """An organisation directly below the node in one of the months. `organization` is None for
    one that has left the reader's scope since."""

    organization: Organization | None
    is_own: bool = False
    cells: list[Cell] = field(default_factory=list)
    current: Rollup | None = None
    median_days: float | None = None


@dataclass(slots=True)
class ClassShare:
    """The organisations of one class in the month."""

    value: str
    expected: int = 0
    submitted: int = 0
    on_time: int = 0


@dataclass(slots=True)
class Board:
    """A node's period. `current` is None when nothing was owed at or below the node."""

    node: Organization
    plan: Plan
    period: str | None
    opened: Opened
    is_first_plan: bool = True  # the first plan is meant where an address names none
    span: list[str] = field(default_factory=list)
    trend: list[tuple[str, Rollup | None]] = field(default_factory=list)
    current: Rollup | None = None
    rows: list[BoardRow] = field(default_factory=list)
    slowest: list[BoardRow] = field(default_factory=list)
    twice: list[DutyStanding] = field(default_factory=list)
    classes: list[ClassShare] = field(default_factory=list)
    due_on: dt.date | None = None
    is_being_counted: bool = False
    ledger: RollupLedger | None = None


def board_of(
    actor: Actor,
    plan: Plan,
    node: Organization,
    period: str | None,
    *,
    is_first_plan: bool = True,
) -> Board:
    """The board of `node` for the period, by default the newest one that is over.

    Eight queries, however many organisations there are.
    """
    opened = opened_periods(plan, node)
    period = period or opened.shown_first
    board = Board(node, plan, period, opened, is_first_plan)
    if period is None:
        return board
    board.span = periods.ending(period, SPANS[plan.cadence])
    board.trend = [(one, opened.figures.get(one)) for one in board.span]
    board.current = opened.figures.get(period)
    board.ledger = RollupLedger.objects.filter(plan=plan).first()
    board.due_on, board.is_being_counted = first_due_and_pending(plan, period)
    _fill_rows(board, actor)
    _fill_lists(board, actor)
    return board


def _fill_rows(board: Board, actor: Actor) -> None:
    """The grid: what stood directly below the node in each of the periods."""
    known = board.opened.figures
    places = {period: known[period].path for period in board.span if period in known}
    if not places:
        return
    below: dict[Organization, dict[str, Rollup]] = defaultdict(dict)
    for row in (
        Rollup.objects.filter(plan=board.plan)
        .annotate(size=Length("path"))
        .filter(directly_below(places))
        .prefetch_related("organization")  # each has a row a period: read it once
        .order_by("path", "period")
    ):
        below[row.organization][row.period] = row
    own = _own_figures(board)
    if own:
        cells = [cell_of(period, own.get(period)) for period in board.span]
        current = own.get(board.period or "")
        board.rows.append(BoardRow(board.node, is_own=True, cells=cells, current=current))
    for organization, figures in sorted(below.items(), key=lambda pair: pair[0].path):
        board.rows.append(
            BoardRow(
                organization if actor.may_at(Permission.REPORT_VIEW, organization.path) else None,
                cells=[cell_of(period, figures.get(period)) for period in board.span],
                current=figures.get(board.period or ""),
            )
        )


def _own_figures(board: Board) -> dict[str, Rollup]:
    """Period -> figures of the node's own duties alone, as of those of the node. One query."""
    known = board.opened.figures
    figures = {}
    for (_, period), rows in own_standings(board.plan, [board.node.pk], board.span).items():
        if period not in known:
            continue
        as_of = known[period].as_of
        counted = [one for one in rows if one.since <= as_of]
        if counted:
            figures[period] = summed(counted, period, as_of)
    return figures


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
    if board.period is None or board.current is None:
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
        share = shares.setdefault(kind, ClassShare(kind))
        share.expected += number
        if sent_on is not None:
            share.submitted += number
            share.on_time += 0 if is_late else number
            days[child][(sent_on - last).days] += number
    board.classes = sorted(shares.values(), key=lambda share: (-share.expected, share.value))
    board.twice = list(
        rows.counted(Counted.RETURNED_TWICE)
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


def newest_moment(plan: Plan) -> dt.datetime | None:
    """What the newest figures of the plan are as of. One query."""
    return RollupLedger.objects.filter(plan=plan).values_list("as_of", flat=True).first()


def listed(
    actor: Actor,
    plan: Plan,
    node: Organization,
    period: str,
    *,
    moment: dt.datetime,
    shown: str,
    organization_class: str,
) -> Listed:
    """The rows behind a figure of the board, as the figure counted them: the same for ever.
    `shown` is one of SHOWN. Four queries, and one when the rows are read."""
    rows = standings_at(plan, node, period, moment)
    if shown == "own":
        rows = rows.filter(organization=node)
    else:
        # `twice` stands in addresses that people have kept.
        word = Counted.RETURNED_TWICE if shown == "twice" else Counted(shown or "expected")
        rows = rows.filter(conditions(LATE)[word])
    if organization_class:
        rows = rows.filter(organization_class=organization_class)
    mine = rows.visible_to(actor)
    counts = rows.aggregate(n=Count("pk"))["n"] - mine.aggregate(n=Count("pk"))["n"]
    joined = (f"duty__{name}" for name in fulfilment.of(plan).join)
    return Listed(
        mine.select_related("organization", "duty__plan", *joined).order_by("path", "pk"), counts
    )
