"""What a project goes by, without a row: limits, days against the baseline, money in Decimal."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from showcase.panels.rules import Criterion

MOST_MILESTONES = 8
MOST_MONEY = Decimal(100_000_000)
LONGEST = 730  # days that a project may take
TEXT = 500
# What a review gives points for (切口小、有难度、能示范、能落实).
CRITERIA = (
    Criterion("focus", "切口小，问题找得准", Decimal(30)),
    Criterion("goal", "目标量得出、办得到", Decimal(30)),
    Criterion("measures", "措施具体，责任到人", Decimal(25)),
    Criterion("effect", "能示范、可推广", Decimal(15)),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A milestone as its owner writes it."""

    title: str
    due_on: dt.date


def is_late(due_on: dt.date, done_on: dt.date | None, today: dt.date) -> bool:
    """Whether a milestone was, or is, not done on its day."""
    return (done_on or today) > due_on


def spent_share(budget: Decimal, spent: Decimal) -> Decimal | None:
    """What was spent, for a hundred of the budget, to one place; None without a budget."""
    if not budget:
        return None
    return (100 * spent / budget).quantize(Decimal("0.1"), ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts."""
    return sum(amounts, Decimal(0))


def fault_of(stages: Sequence[Stage], begins_on: dt.date, due_on: dt.date) -> tuple[int, str] | None:
    """The first milestone that does not fit, by its number from nothing, and why."""
    before = begins_on
    for number, one in enumerate(stages):
        if not begins_on <= one.due_on <= due_on:
            return number, "节点要在项目起止日期之间。"
        if one.due_on < before:
            return number, "节点要按日期先后排。"
        before = one.due_on
    return None
