"""What a panel's opinions come to, without a row: who agreed, and the means of what was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from core.errors import DomainError
from core.text import clean

LEAST = 3  # opinions with which a panel can be closed
MOST_PEOPLE = 15
MOST_OPINION = 1000
MOST_REASON = 200
MOST_TITLE = 100
PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is judged by points, and how many there are."""

    key: str
    name: str
    full: Decimal


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one of the panel gave: for or against, and points by criterion."""

    agrees: bool
    scores: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """How many gave an opinion, how many agreed, and the means; None where nothing is judged by
    points or nobody gave any."""

    given: int
    agreed: int
    mean: Decimal | None
    by_criterion: Mapping[str, Decimal]


def result_of(criteria: Sequence[Criterion], opinions: Sequence[Opinion]) -> Result:
    """What the opinions come to. The mean is that of the totals, each mean rounded half up to two
    places by itself: the rounded parts need not add up to the rounded whole."""
    agreed = sum(one.agrees for one in opinions)
    if not criteria or not opinions:
        return Result(len(opinions), agreed, None, {})
    nothing = Decimal(0)
    totals = [
        sum((one.scores.get(each.key, nothing) for each in criteria), nothing) for one in opinions
    ]
    by_criterion = {
        each.key: mean_of([one.scores.get(each.key, nothing) for one in opinions])
        for each in criteria
    }
    return Result(len(opinions), agreed, mean_of(totals), by_criterion)


def checked_reason(reason: str) -> str:
    """The reason as it is kept. Raises DomainError."""
    text = clean(reason)
    if not 2 <= len(text) <= MOST_REASON:
        raise DomainError(f"请写明理由，{MOST_REASON} 字以内。", field="reason")
    return text


def mean_of(values: Sequence[Decimal]) -> Decimal:
    """The mean of some values, rounded half up to two places."""
    return (sum(values, Decimal(0)) / len(values)).quantize(PLACES, ROUND_HALF_UP)


def full_marks(criteria: Sequence[Criterion]) -> Decimal:
    """The points that there are in all."""
    return sum((one.full for one in criteria), Decimal(0))


def frozen(criteria: Sequence[Criterion]) -> list[list[str]]:
    """The criteria as a panel keeps them, whatever becomes of them later."""
    return [[one.key, one.name, str(one.full)] for one in criteria]


def thawed(rows: Sequence[Sequence[str]]) -> list[Criterion]:
    """The criteria that a panel kept."""
    return [Criterion(key, name, Decimal(full)) for key, name, full in rows]
